"""`pos-sim migrate`, `seed`, `digest`: the tables, the world in them, and its hash."""

from __future__ import annotations

import time

import typer

import migrations
from api import composition
from api.cli.options import (
    DEFAULT_SEED,
    DatabaseUrl,
    Json,
    WorldSeed,
    WorldSize,
    fail,
    opened,
    print_json,
    settings_of,
)
from api.cli.progress import ShownProgress
from pos_sim.store.database import Database
from seeds.digest import world_digest
from seeds.sizes import Size


def migrate(database_url: DatabaseUrl = None) -> None:
    """Bring the tables up to date."""
    settings = settings_of(database_url=database_url)
    database = Database(settings.database_url)
    migrations.upgrade(database.sync_engine)
    database.close_now()
    typer.echo("表结构已是最新 · The tables are up to date")


def seed(
    size: WorldSize = Size.COUNTY,
    seed: WorldSeed = DEFAULT_SEED,
    no_demo: bool = typer.Option(False, "--no-demo", envvar="POS_SIM_NO_DEMO"),
    database_url: DatabaseUrl = None,
) -> None:
    """Fill an empty database with a world."""
    settings = settings_of(size=size.value, seed=seed, no_demo=no_demo, database_url=database_url)
    since = time.monotonic()
    with ShownProgress() as progress:
        was_empty = composition.prepare(settings, progress)
    if not was_empty:
        fail("数据库里已有一个世界 · The database has a world already; nothing was done", 1)
    took = time.monotonic() - since
    typer.echo(f"{size.value} {seed}: 已生成 · seeded in {took:.1f} s")


def digest(database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """Print one hash of the whole world, the same on both databases."""
    sandbox = opened(settings_of(database_url=database_url))
    with ShownProgress() as progress:
        progress.start("计算摘要 Digest", 1)
        found = sandbox.database.read_now(world_digest)
    sandbox.database.close_now()
    if as_json:
        facts = sandbox.world
        print_json({"size": facts.size, "seed": facts.seed, "digest": found})
    else:
        typer.echo(found)
