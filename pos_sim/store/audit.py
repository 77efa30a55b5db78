"""The audit: every balance recomputed from the journal, every promise checked, row by row.

All checks read one snapshot, so the audit may run beside a working server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from sqlalchemy import Connection

from pos_sim.store.audit_money import (
    amounts,
    balances,
    clearing,
    fees,
    holds,
    moved_by_nothing,
    reversals,
    strays,
)
from pos_sim.store.audit_records import bills, seals, settlements, usage
from pos_sim.store.finding import Check, Finding

MOST_PER_CHECK = 20


def audit(
    connection: Connection,
    seal_key: bytes,
    advance: Callable[[int], None] = lambda done: None,
    checks: Sequence[Check] | None = None,
) -> list[Finding]:
    """Return what is broken, at most 20 findings a check; nothing is right.

    ``advance`` is told after each check; ``checks`` are all of them unless some are named.
    """
    findings: list[Finding] = []
    for check in CHECKS if checks is None else checks:
        findings += islice(check(connection, seal_key), MOST_PER_CHECK)
        advance(1)
    return findings


BY_DATABASE: tuple[Check, ...] = (
    balances,
    clearing,
    fees,
    amounts,
    moved_by_nothing,
    reversals,
    holds,
    strays,
    usage,
    settlements,
)
"""What the database sums up by itself."""

ROW_BY_ROW: tuple[Check, ...] = (bills, seals)
CHECKS = (*BY_DATABASE, *ROW_BY_ROW)
