"""`pos-sim policy`: the dated documents of limits, fees and waivers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Json, fail, print_json
from pos_sim.domain.policy import Policy, PolicyError, read_policy
from pos_sim.policies import shared_waivers, shipped

app = typer.Typer(help="政策文件 · Policies: check, list.", no_args_is_help=True)


@app.command()
def check(
    documents: Annotated[
        list[Path] | None,
        typer.Argument(exists=True, dir_okay=False, help="Documents; none: the shipped ones."),
    ] = None,
) -> None:
    """Check policy documents as they would be read; 1 names file, row and field."""
    try:
        waivers = shared_waivers()
        read = [
            read_policy(document.read_text("utf-8"), document.name, waivers)
            for document in documents or ()
        ]
    except PolicyError as error:
        fail(str(error), 1)
    for policy in read or shipped().policies:
        typer.echo(line_of(policy))


@app.command("list")
def list_all(as_json: Json = False) -> None:
    """List the shipped versions."""
    policies = shipped().policies
    if as_json:
        print_json(
            [
                {
                    "version": policy.version,
                    "title": policy.title,
                    "effective_from": policy.effective_from.isoformat(),
                    "checksum": policy.checksum,
                }
                for policy in policies
            ]
        )
        return
    for policy in policies:
        typer.echo(line_of(policy))


def line_of(policy: Policy) -> str:
    """Return one line about a version."""
    return (
        f"{policy.version:12} {policy.effective_from} {policy.title} · {policy.title_en}"
        f" ({len(policy.prices)} prices, {len(policy.waivers)} waivers,"
        f" {policy.checksum[:12]})"
    )
