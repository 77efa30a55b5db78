"""Back to the seed while tills are busy: nobody hears of an accident of ours."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import httpx2
import pytest

from tests.api.counter import Counter
from tests.api.village import GRCU_POS, MOBILE, OTHER_POS, Village


@pytest.fixture
def busy(address: str, world: Village) -> Iterator[list[int]]:
    """Tills that go on asking until the test ends; the statuses that they were answered."""
    statuses: list[int] = []
    enough = Event()

    def ask(terminal_id: str) -> None:
        with httpx2.Client(base_url=address, timeout=30) as client:
            counter = Counter(client, world)
            while not enough.is_set():
                body = counter.body("withdrawal", terminal_id=terminal_id)
                statuses.append(counter.send("withdrawal", body).status_code)

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask, terminal) for terminal in (OTHER_POS, GRCU_POS, MOBILE)]
        try:
            yield statuses
        finally:
            enough.set()
    for one in asking:
        one.result()


def test_a_busy_world_is_reset_without_an_accident(counter: Counter, busy: list[int]) -> None:
    for _ in range(2):
        before = len(busy)
        while len(busy) < before + 20:
            sleep(0.01)
        answer = counter.http.post(
            "/sim/reset", headers={"Authorization": "Bearer demo-admin"}, timeout=60
        )
        assert answer.status_code == 200, answer.text
    assert set(busy) <= {200, 503}


def test_a_world_whose_clock_was_moved_is_reset_too(counter: Counter) -> None:
    moved = counter.post("/sim/clock", {"advance_by": "P2D"}, "demo-admin")
    assert moved.status_code == 200, moved.text
    assert counter.post("/sim/reset").status_code == 200
    assert counter.get("/sim/clock").json()["now"].startswith("2026-03-02T10:")
