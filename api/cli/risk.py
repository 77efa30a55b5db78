"""`pos-sim risk report`: episodes whose truth is known, and what the watch said of them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

import migrations
from api.cli.options import DEFAULT_SEED, Json, fail, print_json
from api.cli.progress import ShownProgress
from pos_sim.store.database import Database, StoreError
from pos_sim.store.world import read_world
from seeds.patterns.report import as_dict, as_text
from seeds.patterns.run import PER_RULE, run_report

app = typer.Typer(help="风险规则检验 · The watch put to the test.", no_args_is_help=True)


@app.callback()
def risk() -> None:
    """Keep `report` a command of its own."""


@app.command()
def report(
    seed: Annotated[int, typer.Option("--seed", min=0, help="What everything follows from.")] = (
        DEFAULT_SEED
    ),
    per_rule: Annotated[
        int, typer.Option(min=1, max=PER_RULE, help="Episodes of each sort for every rule.")
    ] = PER_RULE,
    patrol_every: Annotated[
        int, typer.Option(min=1, max=30, help="The daily patrol comes every so many days.")
    ] = 1,
    database_url: Annotated[
        str | None,
        typer.Option(
            "--database-url",
            help="An empty database of its own; default: a file that is removed afterwards.",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Plant episodes into a county, and report precision and recall of every rule.

    1 if a rule misses what is wanted of it, if a rule fails, or if a look-alike is refused.
    """
    with TemporaryDirectory(prefix="pos-sim-risk-") as folder:
        url = database_url or f"sqlite:///{Path(folder) / 'bank.db'}"
        database = Database(url)
        try:
            with ShownProgress() as progress:
                migrations.upgrade(database.sync_engine)
                if database.read_now(read_world) is not None:
                    fail("数据库里已有一个世界 · There is a world in this database already", 1)
                found = run_report(
                    database, seed, per_rule=per_rule, progress=progress, patrol_every=patrol_every
                )
        except StoreError as error:
            fail(str(error), 1)
        finally:
            database.close_now()
    if as_json:
        print_json(as_dict(found))
    else:
        typer.echo(as_text(found), nl=False)
    if not found.is_good:
        raise typer.Exit(1)
