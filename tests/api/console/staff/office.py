"""A watched village whose staff sit at the console: browsers without a screen, and their forms."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import httpx2

from api.settings import Settings
from tests.api.console.browser import Browser, hidden
from tests.api.counter import Json
from tests.api.village import Village
from tests.api.watched import Watched, watched

TAGS = re.compile(r"<[^>]+>")


class Clerk(Browser):
    """Somebody at the console, who sends the forms that a page shows."""

    def __init__(self, address: str, key: str) -> None:
        super().__init__(address)
        self.sign_in(key)

    def send(self, path: str, *, to: str = "", **fields: str) -> httpx2.Response:
        """Send a form of a page, with its own tokens; ``to``: where else it goes."""
        page = self.get(path)
        assert page.status_code == 200, page.text
        return self.post(to or path, hidden(page) | fields)


@contextmanager
def manned(settings: Settings, world: Village) -> Iterator[tuple[Watched, str]]:
    """Serve the village under watch, in the morning of a day; give it and its address."""
    with watched(settings, world) as village:
        village.next_morning()
        yield village, str(village.counter.http.base_url)


def stays_closed(address: str, path: str) -> None:
    """Check that a page lets no terminal in, and sends a stranger to the sign-in."""
    terminal, stranger = Clerk(address, "demo-terminal"), Browser(address)
    assert terminal.get(path).status_code == 403
    gone = stranger.get(path, follow=False)
    assert gone.headers["location"].startswith("/console/sign-in?next=")
    terminal.close()
    stranger.close()


def words(page: httpx2.Response) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(TAGS.sub(" ", page.text)).split())


def high_alert(village: Watched) -> Json:
    """An alert of three wrong PINs: high."""
    return village.alert("R13", village.guess()["card_id"])


def medium_alert(village: Watched) -> Json:
    """An alert of a card that draws at three points, once its case is open."""
    key = village.spread()["card_id"]
    for _ in range(200):
        found = village.alert("R09", key)
        if found["case_id"] is not None:
            return found
        time.sleep(0.02)
    raise AssertionError("no case")
