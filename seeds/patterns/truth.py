"""Ground truth: which rule is satisfied about whom and when, and what a hit is worth beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A rule is satisfied by definition about one of ``subjects``, from ``since`` to ``until``.

    ``subjects`` are ids of points, cards, payees, terminals, serials, bills. A claim that is not
    ``counted`` may be satisfied or not: a hit under it is neither found nor false.
    """

    rule_id: str
    subjects: frozenset[str]
    since: datetime
    until: datetime
    counted: bool = True


class Sighting(NamedTuple):
    """One hit of the monitor, as its store keeps it; ``event_id``: a transaction or a patrol."""

    rule_id: str
    subject: str
    event_id: str
    at: datetime
    decision: str
    is_alert: bool


class Truth:
    """All claims of a run, asked hit by hit; each claim belongs to an episode or to nobody."""

    def __init__(self, claims: Iterable[tuple[str, Claim]]) -> None:
        self._by_subject: dict[tuple[str, str], list[tuple[str, Claim]]] = defaultdict(list)
        for episode_id, claim in claims:
            for subject in sorted(claim.subjects):
                self._by_subject[claim.rule_id, subject].append((episode_id, claim))

    def explains(self, sighting: Sighting) -> list[tuple[str, Claim]]:
        """Return the claims under which a hit is right, with their episodes."""
        about = self._by_subject.get((sighting.rule_id, sighting.subject), ())
        return [
            (episode_id, claim)
            for episode_id, claim in about
            if claim.since <= sighting.at <= claim.until
        ]
