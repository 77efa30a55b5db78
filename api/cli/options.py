"""The options that several commands share, and what they say when something is wrong."""

from __future__ import annotations

import json
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError

from api.composition import NotReady, open_sandbox
from api.settings import Settings
from pos_sim.domain.calendar import Clock
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.database import StoreError
from seeds.sizes import Size

DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        envvar="POS_SIM_DATABASE_URL",
        help="sqlite:////path/file.db or postgresql://user@host/db; default: a file in your"
        " data folder.",
        show_default=False,
    ),
]
WorldSize = Annotated[Size, typer.Option("--size", envvar="POS_SIM_SIZE", help="How large.")]
WorldSeed = Annotated[
    int, typer.Option("--seed", envvar="POS_SIM_SEED", min=0, help="The integer it grows from.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]

DEFAULT_SEED = 20_260_101


def settings_of(**given: Any) -> Settings:
    """Return the settings; what is not given comes from the environment. Wrong ones: exit 2."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        fail(f"设置有误 · Wrong setting: {wrong}")


def opened(settings: Settings, clock: Clock | None = None) -> Sandbox:
    """Return the sandbox of an existing world, or say that there is none and exit 2."""
    try:
        return open_sandbox(settings, clock=clock)
    except NotReady as error:
        fail(str(error))
    except StoreError as error:
        fail(f"数据库无法使用 · The database cannot be used: {error}")


def fail(message: str, status: int = 2) -> NoReturn:
    """Say what is wrong and leave."""
    typer.echo(message, err=True)
    raise typer.Exit(status)


def print_json(report: Any) -> None:
    """Print a report for machines."""
    typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
