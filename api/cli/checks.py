"""`pos-sim audit`: every balance recomputed, every promise checked, the audit log's chain too."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial

import typer
from sqlalchemy import Connection

from api.cli.options import DatabaseUrl, Json, opened, print_json, settings_of
from api.cli.progress import ShownProgress
from pos_sim.store.audit import CHECKS
from pos_sim.store.audit import audit as audit_books
from pos_sim.store.finding import Finding
from risk.audit_log import Head, verify_chain


def audit(database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """Recompute every balance from the journal and check every promise; 1 if one is broken."""
    sandbox = opened(settings_of(database_url=database_url))
    since = time.monotonic()
    with ShownProgress() as progress:
        progress.start("审计 Audit", len(CHECKS) + 1)
        key = sandbox.secrets.key
        work = partial(check_all, seal_key=key, advance=progress.advance)
        findings, head = sandbox.database.read_now(work)
    sandbox.database.close_now()
    took = time.monotonic() - since
    if as_json:
        log = {"entries": head.seq, "hash": head.hash}
        found = [asdict(finding) for finding in findings]
        print_json({"ok": not findings, "findings": found, "audit_log": log})
    for finding in () if as_json else findings:
        typer.echo(f"{finding.check}: {finding.subject}: {finding.text}")
    if findings:
        typer.echo(f"账目有问题 · {len(findings)} promises broken", err=True)
        raise typer.Exit(1)
    if not as_json:
        typer.echo(f"账目无误 · the books are right: {len(CHECKS)} checks in {took:.1f} s")
        typer.echo(f"审计日志完整 · the audit log is whole: {head.seq} entries {head.hash}")


def check_all(
    connection: Connection, seal_key: bytes, advance: Callable[[int], None]
) -> tuple[list[Finding], Head]:
    """Return what is broken in books and audit log, and how far the log's chain holds."""
    findings = audit_books(connection, seal_key, advance)
    head, broken = verify_chain(connection)
    advance(1)
    if broken is not None:
        findings.append(Finding("audit_log", f"entry {broken.seq}", broken.text))
    return findings, head
