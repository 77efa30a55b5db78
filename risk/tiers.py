"""The tier 分级 of a point over time: what is judged again is judged by the tier of its day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from risk.places import Place
from risk.vocabulary import Tier


class TierChange(NamedTuple):
    """One grading that gave a point another tier."""

    at_us: int
    before: Tier
    after: Tier


@dataclass(frozen=True, slots=True)
class Tiers:
    """The changes of each point, the earliest first; a point without any is what it always was."""

    changes: Mapping[str, Sequence[TierChange]]

    def at(self, place: Place | None, at_us: int) -> Tier:
        """Return the tier of a point at a moment; B where there is no point.

        >>> d_since_five = Tiers({"SP": [TierChange(5, Tier.B, Tier.D)]})
        >>> d_since_five.of("SP", 4, Tier.D), d_since_five.of("SP", 5, Tier.D)
        (<Tier.B: 'B'>, <Tier.D: 'D'>)
        """
        if place is None:
            return Tier.B
        return self.of(place.profile.point, at_us, place.profile.tier)

    def of(self, point: str, at_us: int, present: Tier) -> Tier:
        changes = self.changes.get(point, ())
        number = bisect_right([change.at_us for change in changes], at_us)
        if number < len(changes):
            return changes[number].before
        return changes[-1].after if changes else present
