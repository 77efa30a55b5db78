"""Alerts that open no case, on the mornings of a year: somebody looks into each and closes it.

A burst of wrong PINs is the usual one: a clerk calls the cardholder. Grave ones are closed by two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from pos_sim.store.sql import Statement
from risk.alerts import Action, AlertVerdict, State
from risk.approval_effects import EFFECTS
from risk.approvals import Choice, decide
from risk.working_alerts import Step, work_on
from seeds.dice import Dice

NOTE = "电话核实 · asked by telephone"
LOOKS_PERMILLE, CLOSES_PERMILLE, TRUE_PERMILLE = 700, 500, 50

OPEN = Statement(
    "select alert_id, state from risk_alerts where case_id is null"
    f" and state not in ('{State.CLOSED}', '{State.SUPPRESSED}') order by alert_id"
)


@dataclass(frozen=True, slots=True)
class Clerks:
    """Who looks into an alert, and who confirms that a grave one is closed."""

    maker: str
    checker: str


def work(connection: Connection, clerks: Clerks, at: datetime, seed: int) -> int:
    """Do a morning's work on open alerts; return how many steps. The caller commits."""
    wanted = list(chosen(connection, at, seed))
    for alert_id, step in wanted:
        worked = work_on(connection, alert_id, step, clerks.maker, at)
        if worked.approval_id is not None:
            decide(
                connection, worked.approval_id, Choice.APPROVE,
                by=clerks.checker, at=at, note=NOTE, effects=EFFECTS,
            )  # fmt: skip
    return len(wanted)


def chosen(connection: Connection, at: datetime, seed: int) -> Iterator[tuple[str, Step]]:
    """Give the alerts that are worked on this morning, and the step."""
    for alert_id, state in OPEN.rows(connection):
        dice = Dice(seed, "alert-desk", alert_id, at.date())
        if state != State.INVESTIGATING:
            if dice.happens(LOOKS_PERMILLE):
                yield alert_id, Step(action=Action.INVESTIGATE, note=NOTE)
        elif dice.happens(CLOSES_PERMILLE):
            is_true = dice.happens(TRUE_PERMILLE)
            verdict = AlertVerdict.CONFIRMED if is_true else AlertVerdict.FALSE_ALARM
            yield alert_id, Step(action=Action.CLOSE, note=NOTE, verdict=verdict)
