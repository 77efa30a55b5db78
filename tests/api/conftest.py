"""A real server on a free port, over a copy of one seeded SQLite file per test module."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import uvicorn

import migrations
from api.app import create_app
from api.settings import Settings
from pos_sim import policies
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.database import Database
from pos_sim.store.world import read_world
from tests.api.counter import Counter
from tests.api.mini_world import MiniWorld


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, MiniWorld]:
    """The file that every module copies, and what is in it."""
    path = tmp_path_factory.mktemp("world") / "mini.db"
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database.sync_engine)
    world = MiniWorld()
    database.run_now(world.write)
    database.close_now()
    return path, world


@pytest.fixture(scope="module")
def world(seeded: tuple[Path, MiniWorld]) -> MiniWorld:
    return seeded[1]


@pytest.fixture(scope="module")
def database_path(seeded: tuple[Path, MiniWorld], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This module's own copy of the world."""
    path = tmp_path_factory.mktemp("copy") / "mini.db"
    shutil.copy(seeded[0], path)
    return path


@pytest.fixture(scope="module")
def settings(database_path: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{database_path}", slow_answer_s=0.3, silent_answer_s=1.0,
        key_cache_s=0.2,
    )  # fmt: skip


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    """Where the server listens."""
    with serving(settings) as address:
        yield address


class serving:  # noqa: N801
    """A server in a thread, as a context."""

    def __init__(self, settings: Settings) -> None:
        database = Database(settings.database_url)
        world = database.read_now(read_world)
        assert world is not None
        self.sandbox = Sandbox.of(database, world, policies.shipped())
        self.app = create_app(self.sandbox, settings)
        config = uvicorn.Config(self.app, access_log=False, log_level="warning", lifespan="on")
        self.server = uvicorn.Server(config)
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self.server.run, args=([self.socket],))

    def __enter__(self) -> str:
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join()
        self.socket.close()


@pytest.fixture(scope="module")
def http(address: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=address, timeout=10) as client:
        yield client


@pytest.fixture(scope="module")
def counter(http: httpx2.Client, world: MiniWorld) -> Counter:
    """A terminal and its next trace number."""
    return Counter(http, world)
