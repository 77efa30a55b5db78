"""A real server on a free port, over a copy of one seeded village per test module."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
import uvicorn

from api.app import create_app
from api.composition import open_sandbox
from api.settings import Settings
from pos_sim.engine.sandbox import Sandbox
from tests.api import village
from tests.api.counter import Counter
from tests.api.village import Village
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


@contextmanager
def serving(settings: Settings, sandbox: Sandbox | None = None) -> Iterator[str]:
    """Serve in a thread of its own, and give the address."""
    app = create_app(sandbox or open_sandbox(settings), settings)
    config = uvicorn.Config(
        app, access_log=False, log_level="warning", lifespan="on", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


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
