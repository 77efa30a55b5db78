"""Load, watch, decide, assert, save: the few lines that matter."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from pos_sim.domain.decide import decide_group
from pos_sim.domain.decision import Decision
from pos_sim.domain.gather import Rules
from pos_sim.domain.invariants import broken_promises
from pos_sim.domain.requests import Request
from pos_sim.engine.monitor import Monitor
from pos_sim.store.load_book import load_book
from pos_sim.store.save_book import save_book


def post_group(
    connection: Connection, requests: Sequence[Request], rules: Rules, monitor: Monitor
) -> list[Decision]:
    """Decide ``requests`` in one transaction; the caller commits."""
    watch = monitor.watch(connection, requests)
    book = load_book(connection, requests, rules.secrets, watch)
    watch.see(book)
    decisions = decide_group(requests, book, rules, watch)
    broken = broken_promises(book)
    assert not broken, broken
    save_book(connection, book, rules.secrets.key)
    watch.save(connection)
    return decisions
