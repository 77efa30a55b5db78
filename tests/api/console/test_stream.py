"""The live stream: everybody sees everything once, also after a lost connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx2
import orjson
import pytest

from api.composition import open_sandbox
from api.console.stream.feed import Feed
from api.settings import Settings
from pos_sim.domain.calendar import StoppedClock
from pos_sim.store.database import Database
from pos_sim.store.outbox import STAFF, Place, announce, prune_outbox
from tests.api import village
from tests.api.console.browser import Browser
from tests.api.counter import Counter
from tests.api.serving import serving
from tests.api.village import Village


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def kind(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


class Listener:
    """One open stream, read as it comes."""

    def __init__(self, answer: httpx2.Response) -> None:
        assert answer.status_code == 200, answer.status_code
        assert answer.headers["content-type"].startswith("text/event-stream")
        self._lines = answer.iter_lines()
        self.place = ""

    def next(self, wanted: str) -> Any:
        """Return the body of the next event of a kind."""
        event = ""
        for line in self._lines:
            name, _, value = line.partition(": ")
            if name == "id":
                self.place = value
            elif name == "event":
                event = value
            elif name == "data" and event == wanted:
                return orjson.loads(value)
        raise AssertionError(f"the stream ended before {wanted}")

    def transactions(self, number: int) -> list[str]:
        """Return the ids of so many new transactions."""
        found: list[str] = []
        while len(found) < number:
            found += [one["i"] for one in self.next("news").get("new", ())]
        return found


@contextmanager
def listening(address: str, last: str = "") -> Iterator[Listener]:
    """Open a stream behind a place, by default behind what the page shows."""
    browser = Browser(address)
    browser.sign_in("demo-auditor")
    since = browser.get("/console/operations/state").json()["since"]
    headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last} if last else {})
    with browser.http.stream("GET", f"/console/stream?since={since}", headers=headers) as answer:
        yield Listener(answer)
    browser.close()


def id_of(answer: dict[str, Any]) -> str:
    return str(answer["terminal_id"] + answer["batch_no"] + answer["trace_no"])


def test_a_transaction_is_seen_by_all_who_watch(address: str, counter: Counter) -> None:
    with listening(address) as one, listening(address) as other:
        done = id_of(counter.do("withdrawal"))
        assert one.transactions(1) == other.transactions(1) == [done]


def test_two_processes_show_the_same(
    settings: Settings, kind: str, address: str, world: Village
) -> None:
    with serving(settings) as second, listening(address) as here, listening(second) as there:
        done: list[str] = []
        for at in (address, second, address):
            with httpx2.Client(base_url=at, timeout=10) as client:
                done.append(id_of(Counter(client, world).do("balance_inquiry", **trace(at, done))))
        assert here.transactions(3) == there.transactions(3) == done
        assert here.place == there.place


def trace(at: str, done: list[str]) -> dict[str, str]:
    """A trace number that no other counter of this test uses."""
    return {"batch_no": f"{len(done) + 77:06d}", "trace_no": f"{int(time.time()) % 900_000:06d}"}


def test_who_comes_back_gets_what_was_missed_and_nothing_twice(
    address: str, counter: Counter
) -> None:
    with listening(address) as before:
        counter.do("withdrawal")
        before.transactions(1)
    missed = [id_of(counter.do("withdrawal")) for _ in range(3)]
    with listening(address, before.place) as after:
        assert after.transactions(3) == missed
        later = id_of(counter.do("withdrawal"))
        assert after.transactions(1) == [later]


def test_a_reversal_shows_on_its_original(address: str, counter: Counter) -> None:
    with listening(address) as stream:
        original = counter.do("withdrawal")
        counter.reverse(original)
        changed: list[dict[str, str]] = []
        while not changed:
            changed = stream.next("news").get("changed", [])
        assert changed == [{"i": id_of(original), "s": "reversed"}]


def test_who_was_away_too_long_reads_everything_again(
    address: str, counter: Counter, database_url: str
) -> None:
    database = Database(database_url)
    counter.do("balance_inquiry")
    database.run_now(lambda connection: prune_outbox(connection, kept=1))
    database.close_now()
    with listening(address, "0-0") as stream:
        assert stream.next("gap") == 0


def test_figures_count_on_from_what_was_there(address: str, counter: Counter) -> None:
    browser = Browser(address)
    browser.sign_in("demo-auditor")
    with listening(address) as stream:
        before = counted(stream, counter)
        after = counted(stream, counter)
        while_watched = browser.get("/console/operations/state").json()["figures"]
    again = browser.get("/console/operations/state").json()["figures"]
    browser.close()
    assert {name: after[name] - before[name] for name in after} == {
        "count": 1,
        "approved": 1,
        "amount": 30_000,
    }
    assert while_watched == again
    assert after.items() <= again.items()


def counted(stream: Listener, counter: Counter) -> dict[str, int]:
    """Return the figures once a withdrawal of 300 yuan has come, which the reader counted."""
    done = id_of(counter.do("withdrawal", amount_fen=30_000))
    while True:
        body = stream.next("news")
        if done in [one["i"] for one in body.get("new", ())]:
            break
    figures: dict[str, int] = body.get("figures") or counted(stream, counter)
    return figures


def test_what_staff_did_is_heard(address: str, database_url: str) -> None:
    database = Database(database_url)
    with listening(address) as stream:
        moved = [["alert", "R07-1", "assign", "demo-maker"]]
        database.run_now(lambda connection: announce(connection, STAFF, moved))
        while (heard := stream.next("news").get("staff")) is None:
            pass
        assert heard == moved
    database.close_now()


def test_nobody_hears_without_signing_in(address: str) -> None:
    headers = {"Accept": "text/event-stream"}
    assert httpx2.get(f"{address}/console/stream", headers=headers).status_code == 401


def test_a_terminal_does_not_hear(address: str) -> None:
    browser = Browser(address)
    browser.sign_in("demo-terminal")
    answer = browser.http.get("/console/stream", headers={"Accept": "text/event-stream"})
    browser.close()
    assert answer.status_code == 403


SHORT_S = 3.0
"""Time enough to sign in and open the stream on a busy machine: whole seconds count."""


def test_the_stream_ends_with_its_session(settings: Settings) -> None:
    short = settings.model_copy(update={"console_session_s": SHORT_S})
    with serving(short) as address, listening(address) as stream:
        time.sleep(SHORT_S + 0.1)
        with httpx2.Client(base_url=address) as client:
            at_counter = Counter(client, village.look(settings.database_url))
            at_counter.do("balance_inquiry", batch_no="000099")
        with pytest.raises(AssertionError, match="the stream ended"):
            stream.next("nothing is called so")


@pytest.fixture
async def feed(settings: Settings) -> AsyncIterator[Feed]:
    """A feed that asks and beats often, over this module's world."""
    sandbox = open_sandbox(settings, clock=StoppedClock())
    feed = Feed(sandbox, every_s=0.01, beat_s=0.05)
    yield feed
    await feed.close()
    await sandbox.close()


async def test_the_reader_works_only_while_somebody_watches(feed: Feed) -> None:
    assert not feed.is_reading
    stream = feed.watch()
    async with asyncio.timeout(5):
        while not feed.is_reading:  # a beat, until the day is counted
            await anext(stream)
    assert feed.watched_by == 1
    await stream.aclose()
    async with asyncio.timeout(5):
        while feed.is_reading:
            await asyncio.sleep(0.01)
    assert feed.watched_by == 0


async def test_silence_is_broken_by_a_beat(feed: Feed) -> None:
    stream = feed.watch()
    heard = [await anext(stream) for _ in range(3)]
    await stream.aclose()
    assert heard[0].startswith(b"retry:")
    assert b"event: beat\ndata: 0\n\n" in heard


async def test_who_is_too_slow_is_let_go_and_misses_nothing(
    settings: Settings, database_url: str
) -> None:
    sandbox = open_sandbox(settings, clock=StoppedClock())
    feed = Feed(sandbox, every_s=0.01, beat_s=0.05, queue_max=2)
    database = Database(database_url)
    stream = feed.watch()
    await anext(stream)
    await anext(stream)
    place = (await feed.state())[0].today.place
    for number in range(6):
        said = [["test", str(number), "did", "somebody"]]
        await database.run(lambda connection, said=said: announce(connection, STAFF, said))  # type: ignore[misc]
        await asyncio.sleep(0.05)
    assert [one async for one in stream] == []
    again = feed.watch(place)
    await anext(again)
    missed = await anext(again)
    await again.aclose()
    await database.close()
    await feed.close()
    await sandbox.close()
    for number in range(6):
        assert f'"test","{number}","did"'.encode() in missed


async def test_the_end_of_the_server_is_the_end_of_the_stream(feed: Feed) -> None:
    stream = feed.watch()
    await anext(stream)
    feed.end()
    async with asyncio.timeout(2):
        assert [one async for one in stream] == []


async def heard_until(stream: AsyncIterator[bytes], wanted: bytes) -> None:
    async for one in stream:
        if wanted in one:
            return


async def test_another_day_is_another_page(settings: Settings) -> None:
    clock = StoppedClock()
    sandbox = open_sandbox(settings, clock=clock)
    feed = Feed(sandbox, every_s=0.01, beat_s=5)
    stream = feed.watch()
    await anext(stream)
    gap = asyncio.ensure_future(heard_until(stream, b"event: gap"))
    async with asyncio.timeout(5):
        while not feed.is_reading:
            await asyncio.sleep(0.01)
        clock.advance(timedelta(days=1))
        await gap
    await stream.aclose()
    await feed.close()
    await sandbox.close()


def test_places_compare_as_the_stream_orders_them() -> None:
    assert Place(7, 12) < Place(8, 1) < Place(8, 2)
