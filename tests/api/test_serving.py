"""From settings to a server: one worker on SQLite, settings from outside, work of the clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from api import serve
from api.app import follow_the_clock
from api.composition import open_sandbox
from api.settings import Settings
from pos_sim.engine.sandbox import Sandbox, SandboxClock
from pos_sim.store.world import WorldFacts, write_world


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


async def test_a_clock_that_another_process_moved_is_followed(sandbox: Sandbox) -> None:
    clock = sandbox.clock
    assert isinstance(clock, SandboxClock)
    world = sandbox.world
    moved = world.clock_offset + timedelta(days=1)
    facts = WorldFacts(world.size, world.seed, moved)
    await sandbox.database.run(lambda connection: write_world(connection, facts))
    await follow_the_clock(sandbox)
    assert clock.offset == moved
