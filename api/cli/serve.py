"""`pos-sim serve`: an empty database becomes a served world; a newcomer gets a first request."""

from __future__ import annotations

import json
from functools import partial

import typer

from api import composition
from api import serve as server
from api.cli.options import (
    DEFAULT_SEED,
    DatabaseUrl,
    WorldSeed,
    WorldSize,
    fail,
    opened,
    settings_of,
)
from api.cli.progress import ShownProgress
from api.settings import Settings
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.database import StoreError
from seeds.load import DEMO_KEYS
from seeds.manifest import manifest_page
from seeds.sizes import Size


def serve(
    host: str = typer.Option("127.0.0.1", envvar="POS_SIM_HOST"),
    port: int = typer.Option(8000, envvar="POS_SIM_PORT", min=0, max=65_535),
    workers: int = typer.Option(
        1, envvar="POS_SIM_WORKERS", min=1, help="More than one: PostgreSQL only."
    ),
    size: WorldSize = Size.COUNTY,
    seed: WorldSeed = DEFAULT_SEED,
    no_demo: bool = typer.Option(
        False, "--no-demo", envvar="POS_SIM_NO_DEMO", help="A secret of its own, no demo keys."
    ),
    group_max: int = typer.Option(128, envvar="POS_SIM_GROUP_MAX", min=1, max=4_096),
    database_url: DatabaseUrl = None,
) -> None:
    """Migrate and seed an empty database, then serve."""
    settings = settings_of(
        host=host,
        port=port,
        workers=workers,
        size=size.value,
        seed=seed,
        no_demo=no_demo,
        group_max=group_max,
        database_url=database_url,
    )
    if settings.workers > 1 and server.is_sqlite(settings):
        fail(server.ONE_WORKER.strip())
    try:
        with ShownProgress() as progress:
            composition.prepare(settings, progress)
    except StoreError as error:
        fail(f"数据库无法使用 · The database cannot be used: {error}")
    sandbox = opened(settings)
    typer.echo(welcome(sandbox, settings))
    sandbox.database.close_now()
    raise typer.Exit(server.serve(settings))


def welcome(sandbox: Sandbox, settings: Settings) -> str:
    """Return what a newcomer needs: where the documentation is, the keys, a first request."""
    base, world = f"http://{settings.host}:{settings.port}", sandbox.world
    keys = (
        f"演示密钥 Demo keys:  {'  '.join(DEMO_KEYS)}"
        if world.is_demo
        else ("接口密钥 API keys:  pos-sim keys add NAME --role terminal")
    )
    return "\n".join(
        (
            f"模拟环境，不发生真实资金 · Simulation, no real money: {world.size} {world.seed}",
            f"控制台 Console:     {base}/console",
            f"接口文档 API docs:  {base}/docs",
            keys,
            "第一笔请求 First request:",
            "",
            first_request(sandbox, base),
            "",
        )
    )


def first_request(sandbox: Sandbox, base: str) -> str:
    """Return a withdrawal that works when it is pasted; pasted twice, it is a replay."""
    read = partial(
        manifest_page, facts=sandbox.world, limit=50, cursor=None, now=sandbox.clock.now()
    )
    page = sandbox.database.read_now(read)
    terminal = next(t for t in page["terminals"] if t["kind"] == "pos" and t["bank_id"] == "gyb")
    able = [c for c in page["cards"] if c["balance_fen"] > 100_000]
    # A card of another bank shows a fee and the waiver that takes it away.
    card = next((c for c in able if c["bank_id"] != terminal["bank_id"]), able[0])
    body = {
        "terminal_id": terminal["terminal_id"],
        "batch_no": "000001",
        "trace_no": "000001",
        "card_no": card["card_no"],
        "pin": card["pin"],
        "amount_fen": 50_000,
    }
    key = "demo-terminal" if sandbox.world.is_demo else "KEY"
    return (
        f"curl -s {base}/v1/withdrawals \\\n"
        f"  -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\\n"
        f"  -d '{json.dumps(body)}'"
    )
