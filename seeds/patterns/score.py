"""What the monitor said, beside the truth: found, missed, false; rule by rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from risk.rules import RuleVersion
from seeds.patterns.episodes import Episode, Kind
from seeds.patterns.truth import Claim, Sighting, Truth

HITS_COUNT = frozenset({"R21"})
"""Rules that raise no alert: their hits count."""

LADDER = ("allow", "alert", "hold", "decline")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """One rule's figures; times are seconds, medians over the found episodes, None without any.

    ``false_alarms`` are those of its own look-alikes, ``elsewhere`` all others, customers included.
    """

    rule_id: str
    title: str
    title_en: str
    planted: int
    detected: int
    recall: float
    innocent: int
    false_alarms: int
    elsewhere: int
    precision: float
    first_to_alert_s: float | None
    edge_to_alert_s: float | None
    decisions: Mapping[str, int]
    innocent_declines: int


class Found(NamedTuple):
    """When a rule first spoke about an episode, and since when it was satisfied."""

    at: datetime
    since: datetime


@dataclass(slots=True)
class Score:
    """The reckoning of one run."""

    found: dict[tuple[str, str], Found] = field(default_factory=dict)
    strongest: dict[tuple[str, str], str] = field(default_factory=dict)
    false: Counter[tuple[str, str, str]] = field(default_factory=Counter)


def reckon(
    episodes: Sequence[Episode], ambient: Iterable[Claim], sightings: Iterable[Sighting]
) -> Score:
    """Put every hit beside the claims; what no claim explains is false."""
    claims = [(e.episode_id, claim) for e in episodes for claim in e.claims]
    truth = Truth([*claims, *(("", claim) for claim in ambient)])
    owners = Owners(episodes)
    score = Score()
    for seen in sorted(sightings, key=lambda one: (one.at, one.rule_id, one.subject)):
        if not seen.is_alert and seen.rule_id not in HITS_COUNT:
            continue
        explained = truth.explains(seen)
        for episode_id, claim in explained:
            if claim.counted:
                _note(score, episode_id, seen, claim)
        if not explained:
            score.false[seen.rule_id, owners.of(seen), seen.subject] += 1
    return score


def _note(score: Score, episode_id: str, seen: Sighting, claim: Claim) -> None:
    key = (episode_id, seen.rule_id)
    score.found.setdefault(key, Found(seen.at, claim.since))
    before = score.strongest.get(key, LADDER[0])
    score.strongest[key] = max(before, seen.decision, key=LADDER.index)


class Owners:
    """Whose request, or whose place and day, a hit is about; the empty text: nobody's."""

    def __init__(self, episodes: Iterable[Episode]) -> None:
        self._requests: dict[str, str] = {}
        self._stays: dict[str, list[Episode]] = defaultdict(list)
        for episode in episodes:
            self._stays[episode.point_id].append(episode)
            for request in episode.requests:
                self._requests[request.key.transaction_id] = episode.episode_id

    def of(self, seen: Sighting) -> str:
        found = self._requests.get(seen.event_id)
        if found is not None:
            return found
        day = seen.at.date()
        for episode in self._stays.get(seen.subject, ()):
            if episode.first_day <= day < episode.first_day + timedelta(days=episode.days):
                return episode.episode_id
        return ""


def lines_of(
    rules: Iterable[RuleVersion],
    episodes: Sequence[Episode],
    score: Score,
    declined: Mapping[str, int],
) -> list[RuleLine]:
    """Return one line a rule; ``declined`` counts refusals of the watch by episode."""
    by_id = {episode.episode_id: episode for episode in episodes}
    return [rule_line(rule, by_id, score, declined) for rule in rules]


def rule_line(
    rule: RuleVersion, episodes: Mapping[str, Episode], score: Score, declined: Mapping[str, int]
) -> RuleLine:
    rule_id = rule.rule_id
    planted = [e for e in episodes.values() if rule_id in e.rule_ids]
    found = {e.episode_id: score.found.get((e.episode_id, rule_id)) for e in planted}
    seen = [one for one in found.values() if one is not None]
    innocent = [e for e in episodes.values() if e.rule_id == rule_id and e.kind is Kind.INNOCENT]
    mine = {e.episode_id for e in innocent}
    alarms = {(where, subject) for name, where, subject in score.false if name == rule_id}
    own = {where for where, _ in alarms if where in mine}
    elsewhere = {one for one in alarms if one[0] not in mine}
    wrong = len(own) + len(elsewhere)
    return RuleLine(
        rule_id=rule_id,
        title=rule.title,
        title_en=rule.title_en,
        planted=len(planted),
        detected=len(seen),
        recall=_share(len(seen), len(planted)),
        innocent=len(innocent),
        false_alarms=len(own),
        elsewhere=len(elsewhere),
        precision=_share(len(seen), len(seen) + wrong),
        first_to_alert_s=_median(
            one.at - episodes[name].begins for name, one in found.items() if one is not None
        ),
        edge_to_alert_s=_median(one.at - one.since for one in seen),
        decisions=Counter(
            score.strongest[e.episode_id, rule_id] for e in planted if found[e.episode_id]
        ),
        innocent_declines=sum(declined.get(name, 0) for name in mine),
    )


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 1.0


def _median(times: Iterable[timedelta]) -> float | None:
    seconds = [time.total_seconds() for time in times]
    return round(median(seconds), 1) if seconds else None
