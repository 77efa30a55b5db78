"""Make the pictures again, all or those named: ``python -m tests.pictures terminal-idle lessons``.

A watched village on a morning, with some business in it, a Chromium, and some minutes. Whoever
makes them looks at each one.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from api.settings import Settings
from tests.api import village
from tests.api.console.chromium import screen, started
from tests.api.console.staff.office import manned
from tests.pictures.album import ALBUM
from tests.pictures.picture import Picture
from tests.pictures.small_png import small_png
from tests.pictures.story import live

FOLDER = Path(__file__).parents[2] / "docs" / "img"
LARGEST = 150_000
"""Bytes of one file."""
FORMS = "--enable-blink-features=LangAttributeAwareFormControlUI"
"""Dates in forms follow the page's language; elsewhere they follow the browser's own, which is
Chinese on the computers that this is for.
"""


def main(names: Sequence[str]) -> None:
    """Make the named pictures, or all."""
    wanted = [one for one in ALBUM if not names or one.name in names]
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, started(FORMS) as chromium:
        url = f"sqlite:///{folder}/village.db"
        village.build(url)
        settings = Settings(database_url=url, background_every_s=0.1)
        with manned(settings, village.look(url)) as (watched, address):
            live(watched)
            missing = [one.name for one in wanted if not is_taken(chromium, address, one)]
    assert not missing, f"could not be posed: {' '.join(missing)}"


def is_taken(chromium: Browser, address: str, picture: Picture) -> bool:
    """Take a picture and say so; one that fails does not cost the others."""
    try:
        print(f"{take(chromium, address, picture):>8} {picture.name}", flush=True)
    except Exception as error:
        notes = " ".join(getattr(error, "__notes__", ()))
        print(f"{'failed':>8} {picture.name}: {error} {notes}", flush=True)
        return False
    return True


def take(chromium: Browser, address: str, picture: Picture) -> int:
    """Take one picture and return its size in bytes."""
    wishes = {
        "size": picture.size,
        "language": picture.language,
        "forgiven": picture.forgiven,
    }
    with screen(chromium, address, picture.who, **wishes) as page:  # type: ignore[arg-type]
        picture.pose(page)
        page.mouse.move(0, 0)
        page.wait_for_timeout(300)
        shot = small_png(blank(page), page.screenshot(full_page=picture.is_long))
    assert len(shot) < LARGEST, f"{picture.name} has {len(shot)} bytes"
    (FOLDER / f"{picture.name}.png").write_bytes(shot)
    return len(shot)


def blank(page: Page) -> Page:
    """Return an empty page beside this one."""
    return page.context.new_page()


if __name__ == "__main__":
    main(sys.argv[1:])
