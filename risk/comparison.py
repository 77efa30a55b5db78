"""Two versions about the same past: what one gains, loses and keeps, and what was found true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from risk.alerts import AlertVerdict
from risk.replay import Heard
from risk.rules import Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One event about which one of the two spoke, or both.

    ``verdict`` is the gravest that an investigation of any alert about the event found.
    """

    event_id: str
    at_us: int
    point: str | None
    before: Hit | None
    after: Hit | None
    verdict: AlertVerdict | None

    @property
    def has_changed(self) -> bool:
        """Whether both spoke, and meant something else."""
        if self.before is None or self.after is None:
            return False
        before, after = self.before, self.after
        return (before.decision, before.severity) != (after.decision, after.severity)


@dataclass(frozen=True, slots=True)
class Cases:
    """Events sorted by who spoke, each in order of time."""

    gained: tuple[Case, ...]
    lost: tuple[Case, ...]
    kept: tuple[Case, ...]


GRAVEST_FIRST = (
    AlertVerdict.CONFIRMED,
    AlertVerdict.UNDETERMINED,
    AlertVerdict.FALSE_ALARM,
)


def compared(before: Heard, after: Heard, verdicts: Mapping[str, set[str]]) -> Cases:
    """Sort events by who of the two spoke."""
    about = before.about | after.about
    cases = [
        Case(
            event_id=event_id,
            at_us=at_us,
            point=point,
            before=before.hits.get(event_id),
            after=after.hits.get(event_id),
            verdict=gravest(verdicts.get(event_id, set())),
        )
        for event_id, (at_us, point) in sorted(about.items(), key=lambda one: (one[1][0], one[0]))
    ]
    return Cases(
        gained=tuple(case for case in cases if case.before is None),
        lost=tuple(case for case in cases if case.after is None),
        kept=tuple(case for case in cases if case.before and case.after),
    )


def gravest(verdicts: set[str]) -> AlertVerdict | None:
    return next((one for one in GRAVEST_FIRST if one.value in verdicts), None)
