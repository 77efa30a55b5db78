"""Day end: what becomes due when the clock passes, done once whoever asks first."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from pos_sim.domain.calendar import business_date
from pos_sim.engine.holds import release_due
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.settlements import Settlement, settle, unsettled_days

GRACE = timedelta(minutes=10)
"""How long after the cut-off a request of the old day may still be on its way to the journal."""


async def do_due_work(sandbox: Sandbox) -> list[str]:
    """Release what is due and settle the days that are over; return what was done, in words."""
    done: list[str] = []
    released = await release_due(sandbox)
    if released:
        done.append(f"{released} held transactions released")
    today = business_date(sandbox.clock.now() - GRACE)
    for day in await sandbox.database.read(partial(unsettled_days, before=today)):
        await sandbox.database.run(partial(settle, day=day))
        done.append(f"business day {day} settled")
    return done


def settle_now(sandbox: Sandbox, day: date) -> list[Settlement]:
    """Settle a business day without an event loop."""
    return sandbox.database.run_now(partial(settle, day=day))
