"""Every page of staff in both languages: no text that people read is in one of them only."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection, text

from api.geography import names
from api.settings import Settings
from pos_sim.store.database import Database
from seeds.geography import guizhou
from tests.api.console.staff.office import Clerk, high_alert, manned, medium_alert
from tests.api.console.staff.reading import chinese_only, english_only
from tests.api.counter import Json
from tests.api.village import FROZEN, GRCU_POS, OTHER_POS, POS, Village
from tests.api.watched import Watched

NOTE = "现场核实过了"
LINK = re.compile(r'href="(/console/[^"#]*)"')
LEFT_ALONE = ("/console/language", "/console/static", "/console/terminal", "/console/lessons")
"""The language switch, files, and the pages of the class, which have tests of their own."""
ONE_IS_ENOUGH = re.compile(r"[A-Z0-9]+-[\w.:-]+|\d{3,}|\bR\d\d\b|20\d\d-\d+|(?<=/)\d+$")
"""Numbers and names in an address: of pages that differ in these alone a few are read."""
MOST_ALIKE = 6
NOT_WORDS = frozenset({"demo-maker-2", "demo-checker-2", "demo-maker", "demo-checker",
                       "demo-auditor", "demo-admin", "English", "Dr", "demo-terminal"})  # fmt: skip


@dataclass
class Walk:
    """Follows the links of the pages from the start, and keeps what each page says."""

    clerk: Clerk
    seen: dict[str, str] = field(default_factory=dict)
    alike: dict[str, int] = field(default_factory=dict)

    def all_from(self, start: str) -> dict[str, str]:
        waiting = [start]
        while waiting:
            path = waiting.pop(0)
            if path in self.seen or not self.is_wanted(path):
                continue
            page = self.clerk.get(path)
            assert page.status_code == 200, (path, page.text)
            self.seen[path] = page.text
            waiting += [found.replace("&amp;", "&") for found in LINK.findall(page.text)]
        return self.seen

    def is_wanted(self, path: str) -> bool:
        if path.startswith(LEFT_ALONE):
            return False
        kind = ONE_IS_ENOUGH.sub("*", path.partition("?")[0])
        self.alike[kind] = self.alike.get(kind, 0) + 1
        return self.alike[kind] <= MOST_ALIKE


@dataclass
class Office:
    """A village where everything that staff see has happened."""

    village: Watched
    address: str
    names: frozenset[str]

    def read(self, language: str, key: str = "demo-checker") -> dict[str, str]:
        """Return every page that somebody can reach, in a language."""
        clerk = Clerk(self.address, key)
        clerk.get(f"/console/language/{language}?next=/console")
        walk = Walk(clerk)
        for path in ("/console", "/console/cases?way=all", "/console/alerts?state=all"):
            walk.all_from(path)
        clerk.close()
        return walk.seen


@pytest.fixture(scope="module")
def office(settings: Settings, world: Village, database_url: str) -> Iterator[Office]:
    with manned(settings, world) as (village, address):
        happen(village)
        database = Database(database_url)
        found = database.read_now(names_in)
        database.close_now()
        yield Office(village, address, found)


def names_in(connection: Connection) -> frozenset[str]:
    """Return the names of people and places, and what people wrote."""
    asked = (
        "select name from service_points union select village from service_points"
        " union select operator_name from service_points union select name from accounts"
    )
    found = {str(name) for (name,) in connection.execute(text(asked)) if name}
    places = [one.name for one in guizhou()]
    return frozenset({*found, *names().values(), *places, *NOT_WORDS, NOTE})


def happen(village: Watched) -> None:
    """Let rules speak, dates pass, and people propose something of every kind."""
    alert = high_alert(village)
    medium_alert(village)
    done(village, f"/v1/alerts/{alert['alert_id']}/actions", action="escalate", note=NOTE)
    for terminal in (POS, OTHER_POS):
        case = opened(village, "freeze", terminal)
        move = "emergency_freeze" if terminal == POS else "freeze"
        done(village, f"/v1/cases/{case['case_id']}/actions", action=move, note=NOTE)
    opened(village, "rectification", GRCU_POS)
    opened(village, "exit", FROZEN)
    opened(village, "idle_visit", POS)
    for _ in range(4):
        village.pass_time(days=11)
        settle(village)


def opened(village: Watched, kind: str, terminal: str) -> Json:
    """Open a case, unless an alert did already."""
    point = village.ask(f"/v1/terminals/{terminal}")["service_point_id"]
    body: Json = {"kind": kind, "service_point_id": point, "reason": NOTE}
    return dict(village.send("/v1/cases", body).json())


def done(village: Watched, path: str, **body: object) -> Json:
    answer = village.send(path, dict(body))
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


def settle(village: Watched) -> None:
    """Wait until the clock's work of the days that passed is done."""
    before = -1
    for _ in range(100):
        entries = village.ask("/v1/audit-log", limit=1)["items"][0]["seq"]
        if entries == before:
            return
        before = entries
        time.sleep(0.4)


KEYS = pytest.mark.parametrize("key", ["demo-checker", "demo-admin"])


@KEYS
def test_an_english_page_says_nothing_in_chinese_only(office: Office, key: str) -> None:
    read = {path: chinese_only(page, office.names) for path, page in office.read("en", key).items()}
    assert {path: said for path, said in read.items() if said} == {}


@KEYS
def test_a_chinese_page_says_nothing_in_english_only(office: Office, key: str) -> None:
    read = {path: english_only(page, office.names) for path, page in office.read("zh", key).items()}
    assert {path: said for path, said in read.items() if said} == {}
