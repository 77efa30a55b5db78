"""From the request in hand and its windows to the facts that rules read.

``Preparer.of(rulebook)`` works out once which facts the rules about each business need; only those
windows are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pos_sim.domain.requests import Business
from risk.events import Flag
from risk.measures import KEYS
from risk.now import Now
from risk.recipes import Recipe, recipes_for
from risk.rulebook import Rulebook
from risk.vocabulary import POSSIBLE
from risk.windows import Reader


@dataclass(frozen=True, slots=True)
class Preparer:
    """The recipes that each business needs, by the key under which their windows are asked for."""

    recipes: Mapping[str, Mapping[str, tuple[Recipe, ...]]] = field(repr=False)

    @classmethod
    def of(cls, rulebook: Rulebook) -> Preparer:
        """Work out the recipes for the rules of a release."""
        return cls(
            {
                business.value: by_key(recipes_for(business, _facts_about(business, rulebook)))
                for business in POSSIBLE
            }
        )

    def metrics(self, business: str) -> frozenset[str]:
        """Return the metrics that must be readable for a request of this business."""
        groups = self.recipes[business].values()
        return frozenset(recipe.metric.name for recipes in groups for recipe in recipes)

    def facts(self, now: Now, reader: Reader) -> dict[str, Any]:
        """Return the facts of the request in hand."""
        event, as_of_us = now.event, now.event.at_us
        facts = plain_facts(now)
        for scope, recipes in self.recipes[event.business].items():
            key = KEYS[scope](event)
            is_there = None not in key
            for recipe in recipes:
                raw = reader.read(recipe.metric, key, as_of_us) if is_there else None
                recipe.add_to(facts, raw, now)
        return facts


def by_key(recipes: Iterable[Recipe]) -> dict[str, tuple[Recipe, ...]]:
    """Return the recipes by the key that they ask about."""
    groups: dict[str, list[Recipe]] = {}
    for recipe in recipes:
        groups.setdefault(recipe.metric.asked or recipe.metric.scope, []).append(recipe)
    return {scope: tuple(group) for scope, group in groups.items()}


def plain_facts(now: Now) -> dict[str, Any]:
    """Return the facts that need no window."""
    event, flags = now.event, now.event.flags
    reading = event.reading
    return {
        "business": event.business,
        "amount": event.amount,
        "card": None if event.card is None else str(event.card),
        "point": event.point,
        "terminal": event.terminal,
        "serial": event.serial,
        "payee": None if event.payee is None else str(event.payee),
        "payer": event.payer,
        "bill": event.bill,
        "pin_failed": bool(flags & Flag.PIN_FAILED),
        "is_own": bool(flags & Flag.OWN),
        "payee_is_own": now.payee_is_own,
        "reversal_is_manual": now.reversal_is_manual,
        "reversal_delay_min": now.reversal_delay_min,
        "holder_age": now.holder_age,
        "balance": now.balance,
        "card_is_present": now.card_is_present,
        "minutes_outside_hours": now.minutes_outside_hours,
        "minute_of_day": now.minute_of_day,
        "terminal_kind": now.terminal_kind,
        "serial_differs": now.serial_differs,
        "drift_m": reading[0] if reading else None,
        "drift_accuracy_m": reading[1] if reading else None,
        "is_busy_day": now.is_busy(event.day),
        "list_matches": now.list_matches,
        "withdrawal_limit": now.withdrawal_limit,
    }


def _facts_about(business: Business, rulebook: Rulebook) -> frozenset[str]:
    versions = rulebook.versions.values()
    about = (version.facts for version in versions if business in version.businesses)
    return frozenset().union(*about)
