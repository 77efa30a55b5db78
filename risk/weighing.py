"""Typologies at work: what several rules said about one point, weighed as hits are written.

A rule counts once in the window of days, so the score of a point can change only with a rule that
has not spoken there today. When it passes a threshold, the typology speaks itself: an alert about
the point, which from the second threshold on proposes a freeze. Nothing is frozen here. All of it
stands or falls with the transaction that brought the hits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import groupby
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from pos_sim.domain.watching import Verdict
from pos_sim.store.rows import day_or_none
from pos_sim.store.sql import InsertSet, Statement
from risk.alerts import raises_alert
from risk.events import day_of
from risk.facts import Kind
from risk.live.rows import date_text
from risk.rules import Hit, RuleVersion
from risk.store.register import Register
from risk.store.save_hits import Said
from risk.store.tables import risk_point_rules
from risk.typologies import Score, TypologySet, shipped_typologies
from risk.vocabulary import Feed, Lane, Outcome, ScopeKind, Severity

COLUMNS = ("service_point_id", "rule_id", "hit_on", "failed_on")
READ = Statement(
    f"select {', '.join(COLUMNS)} from risk_point_rules where service_point_id {{in:points text}}"
)
SAVE = InsertSet(
    risk_point_rules,
    COLUMNS,
    "on conflict (service_point_id, rule_id) do update set hit_on = excluded.hit_on,"
    " failed_on = excluded.failed_on",
)


class Spoke(NamedTuple):
    """A rule that alerted at a point on a business date, or could not judge there."""

    point: str
    rule_id: str
    has_failed: bool
    day: int


class Known(Protocol):
    """What is known to stand in the table already."""

    def get(self, key: Spoke) -> bool | None: ...
    def put(self, key: Spoke, value: bool) -> None: ...


@dataclass(slots=True)
class LastDays:
    """On which days rules last hit and last failed, by point and rule."""

    hit: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    failed: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    changed: set[tuple[str, str]] = field(default_factory=set)

    def note(self, spoke: Spoke) -> None:
        """Keep the latest day."""
        if not self.has(spoke):
            days = self.failed if spoke.has_failed else self.hit
            days[spoke.point][spoke.rule_id] = spoke.day
            self.changed.add((spoke.point, spoke.rule_id))

    def has(self, spoke: Spoke) -> bool:
        days = self.failed if spoke.has_failed else self.hit
        return days[spoke.point].get(spoke.rule_id, 0) >= spoke.day

    def weighed(self, point: str, since: int) -> dict[str, Outcome]:
        """Return each rule that spoke at a point since a day; a hit outweighs an error."""
        found = {r: Outcome.ERROR for r, day in self.failed[point].items() if day >= since}
        return found | {r: Outcome.HIT for r, day in self.hit[point].items() if day >= since}

    def rows(self) -> Iterator[tuple[str, str, str | None, str | None]]:
        """Give what has changed, in one order for all processes."""
        for point, rule in sorted(self.changed):
            hit_on, failed_on = self.hit[point].get(rule), self.failed[point].get(rule)
            yield point, rule, text_or_none(hit_on), text_or_none(failed_on)


def text_or_none(day: int | None) -> str | None:
    return None if day is None else date_text(day)


def weigh(
    connection: Connection, said: Sequence[Said], register: Register, known: Known | None = None
) -> list[Said]:
    """Return the hits, with what typologies make of them after each event.

    ``known`` is where a process remembers what it has read; the answer is the same without.
    """
    typologies = shipped_in_use()
    spoken = {one: spoke_of(said_one) for one, said_one in enumerate(said) if counts(said_one)}
    is_news = any(
        known is None or not known.get(spoke) or feeds_with(register, spoke)
        for spoke in spoken.values()
    )
    if not is_news:
        return list(said)
    last = read_days(connection, {spoke.point for spoke in spoken.values()})
    for spoke in spoken.values():
        if known is not None and last.has(spoke):
            known.put(spoke, True)
    result: list[Said] = []
    for _, event in groupby(enumerate(said), key=lambda one: one[1].event_id):
        result += weighed_event(dict(event), spoken, last, register, typologies)
    SAVE.run(connection, list(last.rows()))
    return result


def counts(one: Said) -> bool:
    """Say whether a hit weighs: it alerts, or could not judge, at some point."""
    return one.point is not None and raises_alert(one.hit)


def spoke_of(one: Said) -> Spoke:
    assert one.point is not None
    return Spoke(one.point, one.hit.rule_id, one.hit.outcome is Outcome.ERROR, day_of(one.at_us))


def feeds_with(register: Register, spoke: Spoke) -> Mapping[str, tuple[Feed, ...]]:
    version: RuleVersion | None = register.release(spoke.day).versions.get(spoke.rule_id)
    return version.feeds_with if version else {}


def weighed_event(
    event: Mapping[int, Said],
    spoken: Mapping[int, Spoke],
    last: LastDays,
    register: Register,
    typologies: TypologySet,
) -> list[Said]:
    """Return the hits of one event and what typologies say after it."""
    here = [spoken[number] for number in event if number in spoken]
    if not here:
        return list(event.values())
    point, since = here[0].point, here[0].day - typologies.window_days + 1
    is_news = not all(map(last.has, here))
    before = typologies.scores_of(last.weighed(point, since)) if is_news else ()
    for spoke in here:
        last.note(spoke)
    hits = [
        with_company(one, feeds_with(register, spoken[number]), last, spoken[number])
        if number in spoken
        else one
        for number, one in event.items()
    ]
    after = typologies.scores_of(last.weighed(point, since)) if is_news else ()
    return hits + [spoken_by(score, hits[-1], point) for score in passing(before, after)]


def with_company(
    one: Said, feeds: Mapping[str, tuple[Feed, ...]], last: LastDays, spoke: Spoke
) -> Said:
    """Add the feeds that a rule has beside others which spoke at the point on the same day."""
    more = [
        feed
        for other, named in feeds.items()
        if last.has(Spoke(spoke.point, other, False, spoke.day))
        for feed in named
        if feed not in one.hit.feeds
    ]
    return replace(one, hit=replace(one.hit, feeds=(*one.hit.feeds, *more))) if more else one


def passing(before: Iterable[Score], after: Iterable[Score]) -> Iterator[Score]:
    """Give the scores that have just passed a threshold."""
    earlier = {score.typology.code: score for score in before}
    for score in after:
        was = earlier.get(score.typology.code)
        has_alerted, has_proposed = was and was.alerts, was and was.proposes_freeze
        if (score.alerts and not has_alerted) or (score.proposes_freeze and not has_proposed):
            yield score


def spoken_by(score: Score, tipping: Said, point: str) -> Said:
    """Return what a typology says: beside the hit that tipped it, about the point."""
    return Said(hit_of(score, point, tipping.hit), tipping.event_id, point, tipping.at_us)


def hit_of(score: Score, point: str, tipping: Hit) -> Hit:
    typology, proposes = score.typology, score.proposes_freeze
    threshold = typology.freeze_at if proposes else typology.alert_at
    rules = "、".join(score.rules)
    asks = "，建议冻结服务点交易，请核查后由两人决定" if proposes else "，请后督核查"
    asks_en = "; a freeze is proposed to two people" if proposes else "; please verify"
    return Hit(
        rule_id=typology.number,
        version=shipped_in_use().version,
        title=f"类型研判：{typology.title}",
        title_en=f"Typology: {typology.title_en}",
        outcome=Outcome.HIT,
        clause=typology.code,
        band=2 if proposes else 1,
        severity=Severity.CRITICAL if proposes else Severity.HIGH,
        decision=Verdict.ALERT,
        scope=ScopeKind.POINT,
        scope_value=point,
        observed=score.score,
        threshold=threshold,
        baseline=None,
        unit=Kind.COUNT,
        reason=f"本服务点 30 天内命中 {rules}，{typology.title}评分 {score.score}"
        f"（{threshold} 起）{asks}。",
        reason_en=f"{', '.join(score.rules)} spoke at this point within 30 days:"
        f" {typology.title_en} scores {score.score} (from {threshold}){asks_en}.",
        feeds=(Feed.VERIFICATION, Feed.FREEZE_PROPOSAL) if proposes else (Feed.VERIFICATION,),
        lane=Lane.POST if tipping.lane is Lane.INLINE else tipping.lane,
    )


@cache
def shipped_in_use() -> TypologySet:
    return shipped_typologies()


def read_days(connection: Connection, points: Collection[str]) -> LastDays:
    """Return what stands in the table about some points, which are locked by the group."""
    last = LastDays()
    for point, rule_id, hit_on, failed_on in READ.rows(connection, points=points):
        for days, value in ((last.hit, hit_on), (last.failed, failed_on)):
            if day := day_or_none(value):
                days[point][rule_id] = day.toordinal()
    return last
