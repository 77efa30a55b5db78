"""`pos-sim day`: one business day of real volumes, from the first customer to the audit."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

import migrations
from api.cli.options import (
    DEFAULT_SEED,
    DatabaseUrl,
    Json,
    WorldSeed,
    fail,
    print_json,
    settings_of,
)
from api.cli.progress import ShownProgress
from api.composition import sandbox_over
from api.settings import data_folder
from pos_sim.policies import shipped
from pos_sim.store.database import Database, StoreError
from pos_sim.store.world import read_world
from risk.monitor import RiskMonitor
from seeds.sizes import Size
from seeds.traffic.day import DayRefused, prepare, run_day
from seeds.traffic.report import as_dict, as_text


def day(
    size: Annotated[Size, typer.Option(envvar="POS_SIM_SIZE", help="How large.")] = Size.BANK,
    date: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The business date.")
    ] = datetime(2025, 6, 18),  # noqa: DTZ001 - a calendar date
    seed: WorldSeed = DEFAULT_SEED,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Drive one business day through engine and watch, and compare it with 2025.

    1 if the audit fails.

    Without a database it works on a file of its own, made anew each time.
    """
    url = database_url or scratch_url(size, seed)
    settings = settings_of(database_url=url)
    database = Database(settings.database_url)
    try:
        with ShownProgress() as progress:
            migrations.upgrade(database.sync_engine)
            clock = prepare(
                database, size, seed, date.date(), now=datetime.now(UTC), progress=progress
            )
            world = database.read_now(read_world)
            assert world is not None
            if world.size != size.value:
                fail(f"这里是另一个世界 · The database holds another world: {world.size}")
            monitor = RiskMonitor(shipped())
            sandbox = sandbox_over(database, world, settings, clock=clock, monitor=monitor)
            report = run_day(sandbox, date.date(), seed, progress)
    except (DayRefused, StoreError) as error:
        fail(str(error), 1)
    finally:
        database.close_now()
    if as_json:
        print_json(as_dict(report))
    else:
        typer.echo(as_text(report), nl=False)
    if report.audit:
        raise typer.Exit(1)


def scratch_url(size: Size, seed: int) -> str:
    """Return the address of a file for this day alone; what an earlier day left is removed."""
    file = data_folder() / f"day-{size.value}-{seed}.db"
    for name in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        name.unlink(missing_ok=True)
    return f"sqlite:///{file}"
