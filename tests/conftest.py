"""Databases and chances: what tests share.

``database`` is a migrated database with the small world in it, once on SQLite and once on
PostgreSQL; every test gets a fresh one. ``HYPOTHESIS_SEED=17`` or ``--hypothesis-seed=17``
repeats the examples of a run; the header of every run says its seed.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import migrations
from pos_sim.store.database import Database
from tests.postgres import Postgres, running_postgres
from tests.worlds import seed

settings.register_profile("fast", max_examples=50, deadline=None, print_blob=True)
settings.register_profile(
    "long",
    max_examples=2_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))

KINDS = ("sqlite", "postgresql")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed of this run where nobody did; the workers of xdist get the same one."""
    if config.option.hypothesis_seed is None:
        chosen = os.environ.get("HYPOTHESIS_SEED") or str(random.randrange(2**32))
        config.option.hypothesis_seed = chosen


def pytest_report_header(config: pytest.Config) -> str:
    profile = os.environ.get("HYPOTHESIS_PROFILE", "fast")
    return f"hypothesis: profile {profile}, HYPOTHESIS_SEED={config.option.hypothesis_seed}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server, one a worker, started when a test first asks for it."""
    with running_postgres() as server:
        yield server


Build = Callable[[str], None]
NewDatabase = Callable[[], str]


@pytest.fixture(scope="session", params=KINDS)
def new_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NewDatabase]:
    """Give the address of a fresh database with the small world, each time it is called."""
    yield from _copies(request, tmp_path_factory, build_small_world)


@pytest.fixture(scope="session", params=KINDS)
def new_empty_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NewDatabase]:
    """Give the address of a fresh and empty database, not even migrated."""
    yield from _copies(request, tmp_path_factory, lambda url: None)


@pytest.fixture
async def database(new_database: NewDatabase) -> AsyncIterator[Database]:
    """A fresh database with the small world, on SQLite and on PostgreSQL."""
    database = Database(new_database())
    yield database
    await database.close()


@pytest.fixture
def empty_database(new_empty_database: NewDatabase) -> Iterator[Database]:
    """A fresh and empty database, on SQLite and on PostgreSQL."""
    database = Database(new_empty_database())
    yield database
    database.close_now()


@pytest.fixture(scope="module")
def still_database(new_database: NewDatabase) -> Iterator[Database]:
    """The small world for tests that change nothing, or roll back what they did."""
    database = Database(new_database())
    yield database
    database.close_now()


def _copies(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, build: Build
) -> Iterator[NewDatabase]:
    if request.param == "sqlite":
        yield from _sqlite_copies(tmp_path_factory.mktemp("sqlite"), build)
    else:
        yield from _postgres_copies(request.getfixturevalue("postgres"), build)


def _sqlite_copies(folder: Path, build: Build) -> Iterator[NewDatabase]:
    template = folder / "template.db"
    build(f"sqlite:///{template}")
    template.touch()
    made: list[Path] = []

    def copy() -> str:
        path = folder / str(len(made)) / "bank.db"
        path.parent.mkdir()
        made.append(path)
        shutil.copy(template, path)
        return f"sqlite:///{path}"

    yield copy


def _postgres_copies(server: Postgres, build: Build) -> Iterator[NewDatabase]:
    template = server.create()
    build(server.url(template))
    made: list[str] = []

    def copy() -> str:
        made.append(server.create(template))
        return server.url(made[-1])

    yield copy
    for name in [*made, template]:
        server.drop(name)


def build_small_world(url: str) -> None:
    """Migrate an empty database and seed it."""
    database = Database(url)
    try:
        migrations.upgrade(database.sync_engine)
        database.run_now(seed)
    finally:
        database.close_now()


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name functions in test ids by their names: an address differs from worker to worker."""
    return getattr(val, "__name__", None) if callable(val) else None
