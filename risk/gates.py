"""Gates: what keeps a clause silent whatever else is true, asked before anything dearer.

Most requests concern no rule. A gate is one comparison that says so: the fact is below the least
value of which the template or a guard of the clause would take notice.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from risk.facts import FACTS, Kind, RiskFacts
from risk.rules import Clause, Guard


class Gate(NamedTuple):
    """Closed where ``is_below`` says that the fact does not reach the floor."""

    fact: str
    is_below: Callable[[Any, Any], bool]
    floor: int


def gates_of(clause: Clause) -> tuple[Gate, ...]:
    """Return the gates of a clause: guards first, most of them are plain facts."""
    floors: dict[str, int] = {}
    for fact, floor in [*map(floor_of, clause.guards), *clause.params.floors().items()]:
        if floor > 0:
            floors[fact] = max(floor, floors.get(fact, 0))
    return tuple(Gate(fact, comparison_for(fact), floor) for fact, floor in floors.items())


def floor_of(guard: Guard) -> tuple[str, int]:
    """Return the least value with which a guard holds, 0 where it is no lower bound."""
    is_lower_bound = guard.op in (">", ">=") or (guard.op == "==" and guard.value is True)
    return guard.fact, int(guard.value) if is_lower_bound else 0


def is_closed(gates: Iterable[Gate], facts: RiskFacts) -> bool:
    """Say whether any of the gates is closed; KeyError where a fact is missing."""
    for fact, is_below, floor in gates:  # noqa: SIM110  (a generator costs more than it asks)
        if is_below(facts[fact], floor):
            return True
    return False


LISTS = frozenset({Kind.TEXTS, Kind.FENS, Kind.MOVES})


def comparison_for(fact: str) -> Callable[[Any, Any], bool]:
    """Return how a fact is compared. None in one that must have a value stays a TypeError."""
    is_list = FACTS[fact].kind in LISTS
    if FACTS[fact].null is None:
        return is_shorter if is_list else operator.lt
    return is_none_or_shorter if is_list else is_none_or_less


def is_shorter(value: Any, floor: int) -> bool:
    return len(value) < floor


def is_none_or_shorter(value: Any, floor: int) -> bool:
    return value is None or len(value) < floor


def is_none_or_less(value: Any, floor: int) -> bool:
    return value is None or value < floor
