"""Day end: when a business day is over for the books, and what the banks then owe each other."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.settlements import Settlement, settle

GRACE = timedelta(minutes=10)
"""How long after the cut-off a request of the old day may still be on its way to the journal."""


def settle_now(sandbox: Sandbox, day: date) -> list[Settlement]:
    """Settle a business day without an event loop."""
    return sandbox.database.run_now(partial(settle, day=day))
