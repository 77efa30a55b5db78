"""From settings to a server: one worker on SQLite, settings from outside, work of the clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from time import sleep

import httpx2
import pytest

from api import serve
from api.app import follow_the_clock
from api.composition import open_sandbox
from api.settings import Settings
from pos_sim.engine.sandbox import Sandbox, SandboxClock
from pos_sim.store.world import WorldFacts, write_world
from tests.api.counter import Counter
from tests.api.serving import serving
from tests.api.village import Village


@pytest.fixture
async def sandbox(settings: Settings) -> AsyncIterator[Sandbox]:
    made = open_sandbox(settings)
    yield made
    await made.close()


def test_several_workers_on_sqlite_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(database_url="sqlite:///nowhere.db", workers=2)
    assert serve.serve(settings) == 2
    assert "PostgreSQL" in capsys.readouterr().err


def test_a_worker_finds_the_same_settings_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    given = Settings(database_url="postgresql://me@/db", workers=3, port=1234, no_demo=True)
    for name, value in serve.environment_of(given).items():
        monkeypatch.setenv(name, value)
    assert Settings() == given


def test_an_address_of_who_did_what_is_not_logged() -> None:
    assert serve.options(Settings())["access_log"] is False


def test_a_server_that_stops_answers_who_still_waits(settings: Settings, world: Village) -> None:
    patient = settings.model_copy(update={"silent_answer_s": 60.0})
    with ExitStack() as until_the_end, ThreadPoolExecutor(1) as waiting:
        with serving(patient) as address:
            http = until_the_end.enter_context(httpx2.Client(base_url=address, timeout=10))
            counter = Counter(http, world)
            body = counter.body("withdrawal", magic="silent")
            answer = waiting.submit(counter.send, "withdrawal", body)
            while not counter.truth(body)["seen"]:
                sleep(0.01)
        assert answer.result().json()["type"] == "outcome-unknown"


async def test_a_clock_that_another_process_moved_is_followed(sandbox: Sandbox) -> None:
    clock = sandbox.clock
    assert isinstance(clock, SandboxClock)
    world = sandbox.world
    moved = world.clock_offset + timedelta(days=1)
    facts = WorldFacts(world.size, world.seed, moved)
    await sandbox.database.run(lambda connection: write_world(connection, facts))
    await follow_the_clock(sandbox)
    assert clock.offset == moved
