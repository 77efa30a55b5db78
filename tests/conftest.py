"""Databases and chances: what tests share.

``database`` is a migrated database with the small world in it, once on SQLite and once on
PostgreSQL; every test gets a fresh one. ``HYPOTHESIS_SEED=17`` or ``--hypothesis-seed=17``
repeats the examples of a run; the header of every run says its seed.
"""

from __future__ import annotations

import gc
import os
import random
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Protocol

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, make_url

import migrations
from pos_sim.store.database import Database
from tests.postgres import Postgres, running_postgres, temporary_folder
from tests.undone import undone
from tests.world_rows import seed

settings.register_profile("fast", max_examples=50, deadline=None, print_blob=True)
settings.register_profile(
    "long",
    max_examples=2_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed of this run where nobody did; the workers of xdist get the same one."""
    if config.option.hypothesis_seed is None:
        chosen = os.environ.get("HYPOTHESIS_SEED") or str(random.randrange(2**32))
        config.option.hypothesis_seed = chosen


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    """Find all tests without looking for garbage meanwhile: there is none."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Keep what was found out of every later search: it lives as long as the run."""
    gc.freeze()
    gc.enable()


def pytest_report_header(config: pytest.Config) -> str:
    profile = os.environ.get("HYPOTHESIS_PROFILE", "fast")
    return f"hypothesis: profile {profile}, HYPOTHESIS_SEED={config.option.hypothesis_seed}"


@pytest.fixture(scope="session")
def fast_folder() -> Iterator[Path]:
    """A folder in memory where there is room: databases are many here and live shortly."""
    with temporary_folder("pos-sim-test-") as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server, one a worker, started when a test first asks for it."""
    with running_postgres() as server:
        yield server


class NewDatabase(Protocol):
    """Gives the address of a fresh database, each time it is called."""

    def __call__(self) -> str: ...
    def drop(self, url: str) -> None: ...


Build = Callable[[str], None]


@dataclass
class SqliteCopies:
    """Copies of a file that is built once."""

    folder: Path
    build: Build
    made: int = 0

    def __post_init__(self) -> None:
        self.template = self.folder / "template.db"
        self.build(f"sqlite:///{self.template}")
        self.template.touch()

    def __call__(self) -> str:
        self.made += 1
        path = self.folder / str(self.made) / "bank.db"
        path.parent.mkdir()
        shutil.copy(self.template, path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        shutil.rmtree(Path(str(make_url(url).database)).parent, ignore_errors=True)


@dataclass
class PostgresCopies:
    """Copies of a database that is built once."""

    server: Postgres
    build: Build

    def __post_init__(self) -> None:
        self.template = self.server.create()
        self.build(self.server.url(self.template))

    def __call__(self) -> str:
        return self.server.url(self.server.create(self.template))

    def drop(self, url: str) -> None:
        self.server.drop(str(make_url(url).database))


@pytest.fixture(scope="session")
def sqlite_worlds(fast_folder: Path) -> SqliteCopies:
    (fast_folder / "small").mkdir()
    return SqliteCopies(fast_folder / "small", build_small_world)


@pytest.fixture(scope="session")
def postgres_worlds(postgres: Postgres) -> PostgresCopies:
    return PostgresCopies(postgres, build_small_world)


@pytest.fixture
def shared(postgres_worlds: PostgresCopies) -> Iterator[Database]:
    """A database that two processes share."""
    url = postgres_worlds()
    database = Database(url, lock_wait_s=5)
    yield database
    database.close_now()
    postgres_worlds.drop(url)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest) -> NewDatabase:
    """Give the address of a fresh database with the small world, each time it is called."""
    is_sqlite = request.param == "sqlite"
    worlds: NewDatabase = request.getfixturevalue(
        "sqlite_worlds" if is_sqlite else "postgres_worlds"
    )
    return worlds


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_empty_database(request: pytest.FixtureRequest) -> NewDatabase:
    """Give the address of a fresh and empty database, not even migrated."""
    if request.param == "sqlite":
        # Its own folder each time: pytest may make this again when it changes the database.
        folder = Path(mkdtemp(dir=request.getfixturevalue("fast_folder")))
        return SqliteCopies(folder, lambda url: None)
    return PostgresCopies(request.getfixturevalue("postgres"), lambda url: None)


@pytest.fixture
async def database(new_database: NewDatabase) -> AsyncIterator[Database]:
    """A fresh database with the small world, on SQLite and on PostgreSQL."""
    url = new_database()
    database = Database(url)
    yield database
    await database.close()
    new_database.drop(url)


@pytest.fixture
def empty_database(new_empty_database: NewDatabase) -> Iterator[Database]:
    """A fresh and empty database, on SQLite and on PostgreSQL."""
    url = new_empty_database()
    database = Database(url)
    yield database
    database.close_now()
    new_empty_database.drop(url)


@pytest.fixture(scope="module")
def still_database(new_database: NewDatabase) -> Iterator[Database]:
    """The small world for tests that change nothing, or roll back what they did."""
    database = Database(new_database())
    yield database
    database.close_now()


@pytest.fixture
def connection(still_database: Database) -> Iterator[Connection]:
    """An open transaction in the small world; nothing of it stays."""
    with undone(still_database) as opened:
        yield opened


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
