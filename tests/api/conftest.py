"""A real server on a free port, over a copy of one seeded village per test module."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from api.settings import Settings
from tests.api import village
from tests.api.counter import Counter
from tests.api.serving import serving
from tests.api.village import Village
from tests.api.watched import Watched, watched
from tests.postgres import Postgres


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases; a module that asks no database much overrides this."""
    chosen: str = request.param
    return chosen


@pytest.fixture(scope="session")
def sqlite_village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that every module copies."""
    path = tmp_path_factory.mktemp("village") / "village.db"
    village.build(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_village(postgres: Postgres) -> str:
    """The database that every module copies."""
    name = postgres.create()
    village.build(postgres.url(name))
    return name


@pytest.fixture(scope="module")
def database_url(
    kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """This module's own copy of the world."""
    if kind == "sqlite":
        path = tmp_path_factory.mktemp("copy") / "village.db"
        shutil.copy(request.getfixturevalue("sqlite_village"), path)
        yield f"sqlite:///{path}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = postgres.create(request.getfixturevalue("postgres_village"))
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(scope="module")
def world(database_url: str) -> Village:
    return village.look(database_url)


@pytest.fixture(scope="module")
def settings(database_url: str) -> Settings:
    """Short waits; everything else as served."""
    return Settings(
        database_url=database_url,
        slow_answer_s=0.3,
        silent_answer_s=0.6,
        key_cache_s=0.2,
        background_every_s=0.1,
    )


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    """Where the server listens."""
    with serving(settings) as listening:
        yield listening


@pytest.fixture(scope="module")
def http(address: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=address, timeout=10) as client:
        yield client


@pytest.fixture(scope="module")
def counter(http: httpx2.Client, world: Village) -> Counter:
    """Terminals, cards, and keys that were never used."""
    return Counter(http, world)


@pytest.fixture(scope="module")
def desk(settings: Settings, world: Village) -> Iterator[Watched]:
    """The village under watch, at a clock that stands."""
    with watched(settings, world) as opened:
        yield opened
