"""What happens in a visit, step by step, and what the bank must answer to each step.

A visit is a row of a table. From the same table follow the requests that are sent and the expected
share of each answer code, so the two cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

APPROVED = "00"


class Act(StrEnum):
    """What the terminal does."""

    ASK = "ask"
    """Send a request with a new trace number."""
    AGAIN = "again"
    """Send the last request again, byte for byte: the bank must give its first answer."""
    UNDO = "undo"
    """Reverse the last request, whose answer counts as lost."""
    UNDO_UNSENT = "undo_unsent"
    """Reverse a request that never left the terminal."""
    LATE = "late"
    """Send the request that its own reversal has overtaken."""


class Twist(StrEnum):
    """What is wrong with a request."""

    WRONG_PIN = "wrong_pin"
    ODD_AMOUNT = "odd_amount"
    OVER_LIMIT = "over_limit"
    SHORT_OF_MONEY = "short_of_money"
    WRONG_NAME = "wrong_name"


@dataclass(frozen=True, slots=True)
class Step:
    """One act and its expected answer code."""

    act: Act
    wanted: str
    twist: Twist | None = None

    @property
    def is_reversal(self) -> bool:
        """Say whether what is sent is a reversal."""
        return self.act in (Act.UNDO, Act.UNDO_UNSENT)


DONE = Step(Act.ASK, APPROVED)
PLAIN = "plain"

SCRIPTS: Mapping[str, tuple[Step, ...]] = {
    PLAIN: (DONE,),
    "wrong_pin": (Step(Act.ASK, "55", Twist.WRONG_PIN), DONE),
    "wrong_pin_twice": (
        Step(Act.ASK, "55", Twist.WRONG_PIN),
        Step(Act.ASK, "55", Twist.WRONG_PIN),
        DONE,
    ),
    "odd_amount": (Step(Act.ASK, "13", Twist.ODD_AMOUNT), DONE),
    "over_limit": (Step(Act.ASK, "61", Twist.OVER_LIMIT), DONE),
    "short_of_money": (Step(Act.ASK, "51", Twist.SHORT_OF_MONEY), DONE),
    "wrong_payee_name": (Step(Act.ASK, "A3", Twist.WRONG_NAME), DONE),
    "replay": (DONE, Step(Act.AGAIN, APPROVED)),
    "lost_answer": (DONE, Step(Act.UNDO, APPROVED), DONE),
    "lost_request": (Step(Act.UNDO_UNSENT, "25"), DONE),
    "late_request": (Step(Act.UNDO_UNSENT, "25"), Step(Act.LATE, "94"), DONE),
}
"""The visits. A mishap ends well: its last step is approved."""


def answers_of(business: str, script: str) -> list[tuple[str, str]]:
    """Return business and code of every answer that a visit gets, in order.

    >>> answers_of("withdrawal", "lost_request")
    [('reversal', '25'), ('withdrawal', '00')]
    """
    steps = SCRIPTS[script]
    return [("reversal" if step.is_reversal else business, step.wanted) for step in steps]
