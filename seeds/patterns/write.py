"""The whole play before it is performed: episodes with their requests, customers, truth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from pos_sim.domain.calendar import SHANGHAI
from pos_sim.domain.requests import Request
from seeds.dice import Dice
from seeds.patterns.background import Background
from seeds.patterns.cast import Cast
from seeds.patterns.edges import Edges
from seeds.patterns.episodes import Episode, Move, Quiet, Registration
from seeds.patterns.numbering import Device, SerialBook, numbered, together
from seeds.patterns.pattern import Ground
from seeds.patterns.scene import Scene
from seeds.patterns.schedule import HISTORY_DAYS, Stay
from seeds.patterns.stage import Place, Stage
from seeds.patterns.truth import Claim
from seeds.traffic.habits import Habits

CAREFUL_DAYS = 8
"""So long before and after an episode about reversals the customers make no mistakes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """Everything that will happen: ``requests`` are all of them in the order of time.

    ``ambient`` claims belong to no episode: places where nothing happens for a while.
    """

    first: date
    season: date
    season_end: date
    end: date
    episodes: Sequence[Episode]
    requests: Sequence[Request]
    background: int
    ambient: Sequence[Claim]
    places: int


def write_play(
    stays: Sequence[Stay],
    stage: Stage,
    edges: Edges,
    cast: Cast,
    habits: Habits,
    first: date,
    seed: int,
) -> Play:
    """Write every episode, then the customers around them, then number all of it."""
    season = first + timedelta(days=HISTORY_DAYS)
    end = max(stay.end for stay in stays)
    season_end = max([season, *(s.end for s in stays if s.pattern.ground is Ground.BUSY)])
    episodes = [written(stay, stage, edges, cast, seed) for stay in stays]
    season_days = (first, season, season_end, end)
    customers = list(ordinary(stays, episodes, stage, habits, season_days, seed))
    moves, slices = together(episodes, customers)
    devices = devices_of([*stage.hosts, *stage.guests])
    acts = [act for episode in episodes for act in episode.acts]
    serials = SerialBook(devices, [act for act in acts if isinstance(act, Registration)])
    requests = numbered(moves, devices, serials, Dice(seed, "patterns", "reported"))
    used = {stay.place.point_id for stay in stays}
    return Play(
        first=first,
        season=season,
        season_end=season_end,
        end=end,
        episodes=[
            replace(episode, requests=tuple(requests[where]))
            for episode, where in zip(episodes, slices, strict=True)
        ],
        # A stable sort: moves of one second stay in their order.
        requests=sorted(requests, key=lambda request: request.received_at),
        background=len(customers),
        ambient=list(idle_places(stays, stage, first, end)),
        places=len(used) + len(stage.guests),
    )


def written(stay: Stay, stage: Stage, edges: Edges, cast: Cast, seed: int) -> Episode:
    """Let a pattern write its episode."""
    pattern, place = stay.pattern, stay.place
    name = f"{pattern.rule_id}-{pattern.kind.value}-{stay.number + 1:03d}"
    scene = Scene(
        place=place,
        guests=stage.guests_of(place),
        first_day=stay.first_day,
        days=pattern.days,
        dice=Dice(seed, "episode", name),
        edges=edges,
        cast=cast,
        any_biller=stage.stock.any_biller,
        is_close=stay.number // 2 % 2 == 0,
    )
    pattern.build(scene)
    return pattern.episode(name, scene)


def ordinary(
    stays: Sequence[Stay],
    episodes: Sequence[Episode],
    stage: Stage,
    habits: Habits,
    days: tuple[date, date, date, date],
    seed: int,
) -> Iterable[Move]:
    """Give the customers of every busy host and guest house; ``days``: see `Background.moves`."""
    background = Background(stage, habits, Dice(seed, "patterns", "background"))
    quiet: Mapping[str, list[Quiet]] = defaultdict(list)
    for episode in episodes:
        for one in episode.quiet:
            quiet[one.point_id].append(one)
    busy = {s.place.point_id: s.place for s in stays if s.pattern.ground is Ground.BUSY}
    for place in [*busy.values(), *stage.guests]:
        careful = careful_days(stays, place)
        yield from background.moves(place, days, quiet[place.point_id], careful)


def careful_days(stays: Iterable[Stay], place: Place) -> frozenset[date]:
    """Return the days on which a mistake would count in an episode about mistakes."""
    return frozenset(
        stay.first_day + timedelta(days=number)
        for stay in stays
        if stay.place is place and stay.pattern.rule_id in ("R13", "R18")
        for number in range(-CAREFUL_DAYS, stay.pattern.days + CAREFUL_DAYS)
    )


def devices_of(places: Iterable[Place]) -> dict[str, Device]:
    return {
        machine.terminal_id: Device(machine, place.shop)
        for place in places
        for machine in place.shop.machines
    }


def idle_places(stays: Sequence[Stay], stage: Stage, first: date, end: date) -> Iterable[Claim]:
    """Say where nothing happens beside the episodes: R21 may speak there, and nobody counts it."""
    by_place: dict[str, list[Stay]] = {point_id: [] for point_id in stage.others}
    by_place |= {place.point_id: [] for place in stage.hosts}
    for stay in sorted(stays, key=lambda stay: stay.first_day):
        by_place[stay.place.point_id].append(stay)
    for point_id, mine in by_place.items():
        if any(stay.pattern.ground is Ground.BUSY for stay in mine):
            continue
        starts = [*(stay.first_day for stay in mine), end + timedelta(days=HISTORY_DAYS)]
        for since, until in zip([first, *(stay.end for stay in mine)], starts, strict=True):
            yield idle(point_id, since, until)


def idle(point_id: str, since: date, until: date) -> Claim:
    """Return the claim that R21 may speak about a point from one day to another."""
    moments = [datetime.combine(day, time(0), SHANGHAI) for day in (since, until)]
    return Claim(
        rule_id="R21",
        subjects=frozenset({point_id}),
        since=moments[0],
        until=moments[1],
        counted=False,
    )
