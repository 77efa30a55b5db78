"""`pos-sim audit`: every balance recomputed, every promise checked."""

from __future__ import annotations

import time
from dataclasses import asdict
from functools import partial

import typer

from api.cli.options import DatabaseUrl, Json, opened, print_json, settings_of
from api.cli.progress import ShownProgress
from pos_sim.store.audit import CHECKS
from pos_sim.store.audit import audit as audit_books


def audit(database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """Recompute every balance from the journal and check every promise; 1 if one is broken."""
    sandbox = opened(settings_of(database_url=database_url))
    since = time.monotonic()
    with ShownProgress() as progress:
        progress.start("审计 Audit", len(CHECKS))
        key = sandbox.secrets.key
        work = partial(audit_books, seal_key=key, advance=progress.advance)
        findings = sandbox.database.read_now(work)
    sandbox.database.close_now()
    took = time.monotonic() - since
    if as_json:
        print_json({"ok": not findings, "findings": [asdict(f) for f in findings]})
    for finding in () if as_json else findings:
        typer.echo(f"{finding.check}: {finding.subject}: {finding.text}")
    if findings:
        typer.echo(f"账目有问题 · {len(findings)} promises broken", err=True)
        raise typer.Exit(1)
    if not as_json:
        typer.echo(f"账目无误 · the books are right: {len(CHECKS)} checks in {took:.1f} s")
