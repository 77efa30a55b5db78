"""The command `pos-sim`. Exit status 0: done, 1: the thing checked is broken, 2: wrong usage."""

from __future__ import annotations

import sys

import typer

from api.cli import (
    checks,
    day,
    incentives,
    keys,
    policy,
    postgres,
    risk,
    rules,
    serve,
    workflows,
    world,
    year,
)

app = typer.Typer(
    name="pos-sim",
    help="助农取款服务点的模拟银行 · A simulated bank behind rural cash service points.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("migrate")(world.migrate)
app.command("seed")(world.seed)
app.command("digest")(world.digest)
app.command("day")(day.day)
app.command("year")(year.year)
app.command("audit")(checks.audit)
app.command("incentives")(incentives.incentives)
app.add_typer(keys.app, name="keys")
app.add_typer(policy.app, name="policy")
app.add_typer(rules.app, name="rules")
app.add_typer(workflows.app, name="workflows")
app.add_typer(risk.app, name="risk")
app.command(
    "with-postgres",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)(postgres.with_postgres)


def main() -> None:
    """Run the command line."""
    sys.exit(app())
