"""Which episode plays where and when: each at home at one point for some days, alone there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from seeds.dice import Dice
from seeds.patterns.episodes import Kind
from seeds.patterns.pattern import Ground, Pattern, anywhere
from seeds.patterns.stage import Place, Stage
from seeds.traffic.spread import shuffled

HISTORY_DAYS = 190
"""Before the weeks that are measured: who was paid half a year ago, what has been idle."""
SEASON_DAYS = 75
FEWEST_SEASON_DAYS = 45

FAMILIES = {"R02": "own", "R03": "own", "R04": "own"}
"""Rules whose windows see each other's episodes count as one."""
GAPS = {"own": 32, "R08": 32, "R10": 9, "R12": 400, "R18": 9}
AFTER = {"R18": {"R06": 8, "R08": 8}}
"""A week's share of reversals is small where a crowd was in the same week."""
A_GAP = 3
"""Days between two episodes of one family at one point: as long as its window remembers. A
machine is exchanged at most once."""

TRIES = 60
"""A host on which nothing of the queue fits waits so many days at most."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One episode's time at its host; ``number`` counts within rule and kind."""

    pattern: Pattern
    number: int
    place: Place
    first_day: date

    @property
    def end(self) -> date:
        """The day after the last one."""
        return self.first_day + timedelta(days=self.pattern.days)


@dataclass(slots=True)
class Host:
    """A place with the day from which it is free, and which family was there until when."""

    place: Place
    guests: list[Place]
    free: date
    ends: dict[str, date] = field(default_factory=dict)

    def takes(self, pattern: Pattern) -> bool:
        """Say whether an episode can begin here when the host is free."""
        if not pattern.needs(self.place, self.guests) or not pattern.starts(self.free):
            return False
        if pattern.is_fresh and self.ends:
            return False
        family = family_of(pattern)
        gaps = {family: GAPS.get(family, A_GAP), **AFTER.get(family, {})}
        return all(
            (self.free - self.ends[other]).days >= gap
            for other, gap in gaps.items()
            if other in self.ends
        )

    def take(self, pattern: Pattern, number: int) -> Stay:
        stay = Stay(pattern, number, self.place, self.free)
        self.free = self.ends[family_of(pattern)] = stay.end
        return stay


Cue = tuple[Pattern, int]
"""A pattern, and which episode of its rule and kind it will be."""


def cues_of(patterns: Sequence[Pattern], per_rule: int) -> list[Cue]:
    """Return so many planted and innocent episodes of each rule, its patterns in turn."""
    cues: list[Cue] = []
    for rule_id in sorted({pattern.rule_id for pattern in patterns}):
        for kind in Kind:
            mine = [p for p in patterns if (p.rule_id, p.kind) == (rule_id, kind)]
            cues += [(mine[number % len(mine)], number) for number in range(per_rule)]
    return cues


def hosts_wanted(cues: Iterable[Cue]) -> int:
    """Return how many hosts bring the whole to about the usual length."""
    return sum(_wanted(list(cues), ground) for ground in Ground)


def schedule(cues: Sequence[Cue], stage: Stage, first: date, dice: Dice) -> list[Stay]:
    """Give every cue a host and a first day; raises AssertionError where none can take it."""
    season = first + timedelta(days=HISTORY_DAYS)
    empty = [cue for cue in cues if cue[0].ground is Ground.EMPTY]
    busy = [cue for cue in cues if cue[0].ground is Ground.BUSY]
    count = min(_wanted(empty, Ground.EMPTY), len(stage.hosts) * 11 // 20)
    # First those for whom a host must be new, then the long ones: they decide how long it takes.
    long_first = sorted(shuffled(empty, dice), key=lambda cue: (not cue[0].is_fresh, -cue[0].days))
    # First those that few hosts can take, or not soon again.
    rare_first = sorted(
        shuffled(busy, dice),
        key=lambda cue: (cue[0].needs is anywhere, -GAPS.get(family_of(cue[0]), A_GAP) // 30),
    )
    return [
        *placed(long_first, stage, stage.hosts[:count], first + timedelta(days=1)),
        *placed(rare_first, stage, stage.hosts[count:], season),
    ]


def placed(
    cues: Sequence[Cue], stage: Stage, places: Sequence[Place], free: date
) -> Iterator[Stay]:
    """Give each cue to the host that is free first, as far as it can take it."""
    hosts = [Host(place, stage.guests_of(place), free) for place in places]
    queue = list(cues)
    waited = 0
    while queue:
        host = min(hosts, key=lambda host: (host.free, host.place.point_id))
        found = next((n for n, (pattern, _) in enumerate(queue) if host.takes(pattern)), None)
        if found is None:
            host.free += timedelta(days=1)
            waited += 1
            assert waited < TRIES * len(hosts), f"no host for {queue[0][0].name}"
        else:
            waited = 0
            yield host.take(*queue.pop(found))


def family_of(pattern: Pattern) -> str:
    return FAMILIES.get(pattern.rule_id, pattern.rule_id)


def _wanted(cues: Sequence[Cue], ground: Ground) -> int:
    """Return how many hosts one ground needs."""
    mine = [pattern for pattern, _ in cues if pattern.ground is ground]
    days = sum(pattern.days for pattern in mine)
    if ground is Ground.BUSY:
        season = min(max(days // 25, FEWEST_SEASON_DAYS), SEASON_DAYS)
        return -(-days * 21 // (season * 20)) + 1
    fresh = sum(pattern.is_fresh for pattern in mine)
    return max(fresh, -(-days * 27 // ((HISTORY_DAYS + FEWEST_SEASON_DAYS) * 20)))
