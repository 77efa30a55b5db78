"""`pos-sim workflows`: the tables by which cases move."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.options import Json, print_json
from risk.workflow import CaseKind
from risk.workflow_text import as_json, markdown
from risk.workflows import WORKFLOWS

app = typer.Typer(help="工作流 · Workflows: show their tables of moves.", no_args_is_help=True)


@app.callback()
def workflows() -> None:
    """Keep `show` a command of its own."""


@app.command()
def show(
    kind: Annotated[CaseKind | None, typer.Argument(help="Which one; none: all.")] = None,
    as_json_: Json = False,
) -> None:
    """Print each workflow as its table of moves and as a Mermaid diagram."""
    chosen = [one for one in WORKFLOWS.values() if kind in (None, one.kind)]
    if as_json_:
        print_json([as_json(one) for one in chosen])
        return
    typer.echo("\n".join(markdown(one) for one in chosen), nl=False)
