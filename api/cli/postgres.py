"""`pos-sim with-postgres …`: run a command on a real PostgreSQL from a Python wheel."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import typer

from api.cli.options import fail
from api.postgres import NoPostgres, default_data, start


def with_postgres(
    context: typer.Context,
    data: Path | None = typer.Option(  # noqa: B008 - how typer declares options
        None, envvar="POS_SIM_POSTGRES_DATA", help="Where its files live; kept between runs."
    ),
) -> None:
    """Start PostgreSQL on a socket, run the rest of the line on it, and stop it again.

    Example: pos-sim with-postgres serve --size county
    """
    try:
        url = start(data or default_data())
    except NoPostgres as error:
        fail(str(error))
    typer.echo(f"PostgreSQL: {url}")
    environment = {**os.environ, "POS_SIM_DATABASE_URL": url}
    with subprocess.Popen(
        [sys.executable, "-m", "api.cli", *context.args], env=environment
    ) as child:
        # A signal to stop goes on to the child; PostgreSQL stops when that has closed in order.
        signal.signal(signal.SIGTERM, lambda _number, _frame: child.terminate())
        while True:
            try:
                raise typer.Exit(child.wait())
            except KeyboardInterrupt:
                continue  # the child got it too, and closes in order
