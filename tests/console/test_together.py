"""A list that many pages follow: read once for several, and at once when a person did something."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from api.console.together import KEPT, Reading, Together
from pos_sim.domain.calendar import SHANGHAI
from pos_sim.store.database import Database
from pos_sim.store.outbox import STAFF, TRANSACTIONS, WORLD, announce

NOON = datetime(2026, 3, 2, 12, tzinfo=SHANGHAI)
LONG_S = 60.0

BY_WATCH: tuple[tuple[str, object], ...] = (
    (TRANSACTIONS, [["one"], []]),
    (STAFF, [["case", "V-1", "open", "clock"]]),
)
BY_PEOPLE: tuple[tuple[str, object], ...] = (
    (STAFF, [["alert", "R07-1", "assign", "demo-maker"]]),
    (STAFF, [["case", "V-2", "open", "clock"], ["case", "V-1", "close", "demo-checker"]]),
    (WORLD, "reset"),
)


class Pages:
    """Pages that ask for one list; what they see is how often it was looked up."""

    def __init__(self, database: Database) -> None:
        self.lists = Together(database)
        self._looks = 0

    def look(self, connection: Connection) -> int:
        self._looks += 1
        return self._looks

    async def ask(
        self, about: str = "alerts", most_s: float = LONG_S, now: datetime = NOON
    ) -> Reading[int]:
        return await self.lists.read(about, self.look, now=now, most_s=most_s)

    async def see(self, about: str = "alerts", most_s: float = LONG_S, **at: datetime) -> int:
        return (await self.ask(about, most_s, **at)).found


async def happens(database: Database, row: tuple[str, object]) -> None:
    await database.run(lambda connection: announce(connection, *row))


async def seen_after(database: Database, rows: Sequence[tuple[str, object]]) -> list[int]:
    """Let a page read, then let things happen and read again after each."""
    pages = Pages(database)
    seen = [await pages.see()]
    for row in rows:
        await happens(database, row)
        seen.append(await pages.see())
    return seen


async def test_what_a_person_did_is_there_at_once(database: Database) -> None:
    assert await seen_after(database, BY_PEOPLE) == [1, 2, 3, 4]


async def test_what_the_watch_does_may_be_a_moment_old(database: Database) -> None:
    assert await seen_after(database, BY_WATCH) == [1, 1, 1]


async def test_a_list_grows_old_by_either_clock(database: Database) -> None:
    pages = Pages(database)
    first, second = await pages.ask(), await pages.ask()
    assert (first.found, first.age_s) == (second.found, 0) == (1, 0)
    assert second.age_s > 0
    assert await pages.see(most_s=0) == 2  # a page that somebody opens
    assert await pages.see(now=NOON + timedelta(hours=1)) == 3  # the clock was moved on
    assert await pages.see(now=NOON) == 4  # and back


async def test_lists_that_ask_for_other_things_are_other_lists(database: Database) -> None:
    pages = Pages(database)
    assert [await pages.see(f"alerts {number}") for number in range(KEPT)] == [*range(1, KEPT + 1)]
    assert await pages.see("alerts 0") == 1
    await pages.see("one too many")
    assert await pages.see("alerts 0") > KEPT  # the oldest was forgotten
