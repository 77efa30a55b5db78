"""One rule judges a stretch of the past again: the same facts, the same evaluation, another day.

Where all windows of the rule belong to one card, or to one point, subject follows subject, so that
a bank's year fits into memory. What is judged is each version as if it were enforced.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pos_sim.domain.requests import Business
from risk.events import Event, Flag
from risk.facts import FACTS, Kind
from risk.live.rows import start_us_of
from risk.metrics import METRICS, longest_days
from risk.monitor import JUMP_RULE, is_jump
from risk.now import Now
from risk.patrol_facts import PointDay, patrol_facts
from risk.places import Place
from risk.prepare import Preparer
from risk.rulebook import Rulebook, Tally
from risk.rules import Hit, RuleVersion
from risk.tiers import Tiers
from risk.vocabulary import POSSIBLE, Lane, Mode, Outcome, Tier
from risk.windows import WindowStore

SUBJECTS: dict[str, frozenset[str]] = {
    "point": frozenset({"point", "card+point", "account+point", "payee+point"}),
    "card": frozenset({"card", "card+point", "card+payee"}),
}
"""By which subject windows of these keys can be kept apart."""

PATROL_METRICS = frozenset(
    {"point_cards_30d", "point_cards_month", "point_month_days", "point_tiny_month"}
)


def metrics_of(version: RuleVersion) -> frozenset[str]:
    """Return the windows that a version looks into."""
    if version.lane is Lane.BATCH:
        return PATROL_METRICS
    return frozenset(name for fact in version.facts for name in FACTS[fact].metrics[:1])


def days_needed(version: RuleVersion) -> int:
    """Return how many days of history a version needs: its longest window, its highest day."""
    used = frozenset(name for fact in version.facts for name in FACTS[fact].metrics)
    edges = (clause.bands[-1].start for clause in version.clauses if clause.unit is Kind.DAYS)
    return max(longest_days(used), *edges, 0)


def subject_of(versions: Sequence[RuleVersion]) -> str:
    """Return by what the windows of versions can be kept apart: point, card, or nothing."""
    if versions[0].lane is Lane.BATCH:
        return "point"
    metrics = [METRICS[name] for version in versions for name in metrics_of(version)]
    scopes = {scope for metric in metrics for scope in (metric.scope, metric.asked) if scope}
    return next((name for name, keys in SUBJECTS.items() if scopes and scopes <= keys), "")


def businesses_of(versions: Iterable[RuleVersion]) -> frozenset[str]:
    """Return what must be read: what is judged, what windows count, and what takes it back."""
    needed: set[str] = {Business.REVERSAL}
    for version in versions:
        needed |= version.businesses
        for name in metrics_of(version):
            where = METRICS[name].where
            needed |= where.businesses or POSSIBLE.keys()
            needed |= {Business.BALANCE_INQUIRY} if where.flags & Flag.DRAINED else set()
    return frozenset(needed)


class Judge:
    """One version, as if it were enforced."""

    def __init__(self, version: RuleVersion) -> None:
        self.version = replace(version, mode=Mode.ENFORCE)
        self.rulebook = Rulebook.of([self.version])
        self.preparer = Preparer.of(self.rulebook)

    def hits(self, facts: Mapping[str, Any], tier: Tier, tally: Tally) -> tuple[Hit, ...]:
        return self.rulebook.evaluate(facts, self.version.lane, tier, tally)


@dataclass(slots=True)
class Heard:
    """What a rule said about a stretch of the past."""

    judged: int = 0
    hits: dict[str, Hit] = field(default_factory=dict)
    about: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    errors: int = 0
    first_error: str | None = None
    exits: Tally = field(default_factory=dict)

    def add(self, event_id: str, at_us: int, point: str | None, hits: Iterable[Hit]) -> None:
        """Take the strongest hit about an event; errors are counted apart."""
        self.judged += 1
        for hit in hits:
            if hit.outcome is Outcome.ERROR:
                self.errors += 1
                self.first_error = self.first_error or hit.reason
                continue
            other = self.hits.get(event_id)
            if other is None or weight(hit) > weight(other):
                self.hits[event_id] = hit
            self.about[event_id] = (at_us, point)


def weight(hit: Hit) -> tuple[int, int]:
    return hit.decision, hit.severity.rank


class Replay:
    """The versions of one rule over time, with their own windows."""

    def __init__(
        self, versions: Sequence[RuleVersion], first_day: int, tiers: Tiers,
        jumped: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        """Take versions by their first days; ``jumped``: where R19 spoke when it was asked."""
        self.heard = Heard()
        self.first_day = first_day
        self._tiers = tiers
        self._judges = [Judge(version) for version in versions]
        self._first_days = [version.effective_from.toordinal() for version in versions]
        self._metrics = [METRICS[n] for n in {n for v in versions for n in metrics_of(v)}]
        self._jumped = jumped
        self._is_about_jumps = any(version.rule_id == JUMP_RULE for version in versions)
        self.forget()

    def forget(self) -> None:
        """Begin anew with another subject."""
        self.windows = WindowStore(self._metrics)

    def judge_on(self, day: int) -> Judge | None:
        """Return the version in force on a day, None before the first."""
        number = bisect_right(self._first_days, day)
        return self._judges[number - 1] if number else None

    def see(self, now: Now, kept: Event, place: Place | None) -> None:
        """Judge a request, if its day is asked about, and remember what became of it."""
        jumped = kept.event_id in self._jumped
        if kept.day >= self.first_day:
            hits = self._hits(now, place)
            jumped = any(map(is_jump, hits)) if self._is_about_jumps else jumped
        self.windows.add(replace(kept, flags=kept.flags | Flag.JUMPED) if jumped else kept)

    def end(self, place: Place | None) -> None:
        """Take note that nothing more comes about this subject."""

    def _hits(self, now: Now, place: Place | None) -> tuple[Hit, ...]:
        """Ask the version of the day, where it is about such requests."""
        event, judge = now.event, self.judge_on(now.event.day)
        if judge is None or event.business not in judge.version.businesses:
            return ()
        facts = judge.preparer.facts(now, self.windows)
        hits = judge.hits(facts, self._tiers.at(place, event.at_us), self.heard.exits)
        self.heard.add(event.event_id, event.at_us, event.point, hits)
        return hits


class PatrolReplay(Replay):
    """The daily patrol over again: each point on the evening of each day."""

    def __init__(
        self, versions: Sequence[RuleVersion], first_day: int, last_day: int,
        successes: Mapping[str, int], tiers: Tiers,
    ) -> None:  # fmt: skip
        """Take versions, the days asked about, and each point's last success before history."""
        self.last_day = last_day
        self._successes = successes
        self.next_day = first_day
        self._last_success: int | None = None
        super().__init__(versions, first_day, tiers)

    def forget(self) -> None:
        super().forget()
        self.next_day = self.first_day
        self._last_success = None

    def see(self, now: Now, kept: Event, place: Place | None) -> None:
        self._evenings(place, before=kept.day)
        self.windows.add(kept)
        if kept.moved and kept.amount:
            self._last_success = kept.day

    def end(self, place: Place | None) -> None:
        self._evenings(place, before=self.last_day + 1)

    def _evenings(self, place: Place | None, *, before: int) -> None:
        """Judge the evenings of a point up to a day."""
        while self.next_day < min(before, self.last_day + 1):
            if place is not None and place.profile.opened_on is not None:
                self._evening(place, self.next_day)
            self.next_day += 1

    def _evening(self, place: Place, day: int) -> None:
        profile, judge = place.profile, self.judge_on(day)
        opened_on = profile.opened_on
        if judge is None or opened_on is None or opened_on.toordinal() > day:
            return
        last = self._last_success or self._successes.get(profile.point)
        that = PointDay(
            point=profile.point,
            today=day,
            as_of_us=start_us_of(day + 1) - 1,
            opened_on=opened_on,
            last_success_day=last,
        )
        facts, tier = patrol_facts(that, self.windows), self._tiers.at(place, that.as_of_us)
        hits = judge.hits(facts, tier, self.heard.exits)
        event_id = f"{profile.point} {date.fromordinal(day)}"
        self.heard.add(event_id, that.as_of_us, profile.point, hits)
