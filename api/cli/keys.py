"""`pos-sim keys`: who may call."""

from __future__ import annotations

import re
import secrets
from typing import Annotated, Any

import typer
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from api.auth import EVERY_ROLE
from api.cli.options import DatabaseUrl, Json, fail, opened, print_json, settings_of
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.keys import ApiKey, add_key, list_keys, revoke_key
from risk.audit_log import write_entry

app = typer.Typer(help="接口密钥 · API keys: add, list, revoke.", no_args_is_help=True)

NAME = re.compile(r"[A-Za-z0-9._-]{1,40}")
TERMINAL = re.compile(r"[0-9A-Z]{8}")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Who carries it.")],
    role: Annotated[str, typer.Option(help=", ".join(sorted(EVERY_ROLE)))],
    terminal_id: Annotated[
        str | None, typer.Option(help="Bind a terminal's key to this terminal.")
    ] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make a key and print it once; only its keyed hash is kept."""
    if NAME.fullmatch(name) is None:
        fail("名称只能用字母、数字和 ._- · The name takes letters, digits and ._- only")
    if role not in EVERY_ROLE:
        fail(f"没有这个角色 · No such role: {role} ({', '.join(sorted(EVERY_ROLE))})")
    if terminal_id is not None and (role != "terminal" or not TERMINAL.fullmatch(terminal_id)):
        fail("只有 terminal 角色可绑定 8 位终端号 · Only a terminal's key binds, to 8 characters")
    sandbox = opened(settings_of(database_url=database_url))
    api_key = secrets.token_urlsafe(24)
    who = ApiKey(name, role, terminal_id)

    def work(connection: Connection) -> None:
        add_key(connection, sandbox.secrets.key, api_key, who)
        after = {"role": role, "terminal_id": terminal_id}
        note(connection, sandbox, "add", name, after)

    try:
        sandbox.database.run_now(work)
    except IntegrityError:
        fail(f"已有同名密钥 · There is a key named {name}", 1)
    typer.echo(api_key)


@app.command("list")
def list_all(database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """List the keys; what they are, nobody can tell any more."""
    sandbox = opened(settings_of(database_url=database_url))
    found = sandbox.database.read_now(list_keys)
    if as_json:
        print_json(
            [
                {
                    "name": key.name,
                    "role": key.role,
                    "terminal_id": key.terminal_id,
                    "revoked": key.revoked,
                }
                for key in found
            ]
        )
        return
    for key in found:
        bound = f" 终端 {key.terminal_id}" if key.terminal_id else ""
        state = " 已撤销 revoked" if key.revoked else ""
        typer.echo(f"{key.name:20} {key.role}{bound}{state}")


@app.command()
def revoke(
    name: Annotated[str, typer.Argument(help="Whose key.")], database_url: DatabaseUrl = None
) -> None:
    """Revoke a key for good; a running server feels it within about a second."""
    sandbox = opened(settings_of(database_url=database_url))

    def work(connection: Connection) -> bool:
        done = revoke_key(connection, name)
        if done:
            note(connection, sandbox, "revoke", name, {"revoked": True})
        return done

    if not sandbox.database.run_now(work):
        fail(f"没有有效的同名密钥 · No working key named {name}", 1)
    typer.echo(f"已撤销 · revoked: {name}")


def note(
    connection: Connection, sandbox: Sandbox, action: str, name: str, after: dict[str, Any]
) -> None:
    """Write into the audit log; who sits at the command line is not known by a key."""
    write_entry(
        connection,
        at=sandbox.clock.now(),
        actor="command-line",
        action=action,
        subject_kind="api_key",
        subject_id=name,
        after=after,
    )
