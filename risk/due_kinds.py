"""Every kind of work that time brings: a new one is one import and one line."""

from __future__ import annotations

from collections.abc import Sequence

from pos_sim.engine.sandbox import Sandbox
from risk import (
    case_deadlines,
    case_intake,
    controls,
    early_reviews,
    idle_visits,
    review_plans,
)
from risk.bank_calendar import BankCalendar
from risk.breaking import breaker_due
from risk.due import Due
from risk.escalation import escalation_due
from risk.grading import grading_due
from risk.list_ends import list_end_due
from risk.money_due import held_due, settlement_due
from risk.patrol import patrol_due
from risk.suppressing import suppression_end_due


def due_kinds(sandbox: Sandbox) -> Sequence[Due]:
    """Return all kinds; of those that are due at one moment, the earlier one is done first."""
    return (
        held_due(sandbox),
        settlement_due(),
        patrol_due(),
        breaker_due(BankCalendar()),
        list_end_due(),
        suppression_end_due(),
        escalation_due(),
        grading_due(),
        *case_intake.DUE_KINDS,
        *early_reviews.DUE_KINDS,
        *idle_visits.DUE_KINDS,
        *case_deadlines.DUE_KINDS,
        *controls.DUE_KINDS,
        *review_plans.DUE_KINDS,
    )
