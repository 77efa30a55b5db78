"""A pattern: how an episode of one sort is written, how long it stays, and what place it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias

from pos_sim.domain.requests import Request
from risk.places import PENSION_DAY
from seeds.patterns.episodes import Episode, Kind
from seeds.patterns.scene import Scene
from seeds.patterns.stage import Place

Build: TypeAlias = Callable[[Scene], None]
Needs: TypeAlias = Callable[[Place, list[Place]], bool]
"""Says of a place, and of the guest houses by distance, whether it can be played here."""


class Ground(StrEnum):
    """What happens at the host beside the episode."""

    BUSY = "busy"  # ordinary customers, every day
    EMPTY = "empty"  # nothing at all: the episode is everything that happens here


def on_pension_day(day: date) -> bool:
    return day.day == PENSION_DAY


def on_first_of_month(day: date) -> bool:
    return day.day == 1


def any_day(day: date) -> bool:
    return True


def anywhere(place: Place, guests: list[Place]) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One sort of episodes; it stays ``days`` at its host, from a day that ``starts`` allows.

    ``is_fresh``: nothing has ever happened at the host before.
    """

    rule_id: str
    kind: Kind
    name: str
    title: str
    title_en: str
    build: Build
    days: int = 2
    ground: Ground = Ground.BUSY
    needs: Needs = anywhere
    starts: Callable[[date], bool] = any_day
    is_fresh: bool = False

    def episode(self, episode_id: str, scene: Scene, requests: Iterable[Request] = ()) -> Episode:
        """Return as an episode of this pattern what was written into a scene."""
        return Episode(
            episode_id=episode_id,
            rule_id=self.rule_id,
            kind=self.kind,
            pattern=self.name,
            title=self.title,
            title_en=self.title_en,
            point_id=scene.place.point_id,
            first_day=scene.first_day,
            days=self.days,
            moves=tuple(scene.moves),
            claims=tuple(scene.claims),
            acts=tuple(scene.acts),
            quiet=tuple(scene.quiet),
            requests=tuple(requests),
        )


def planted(
    rule_id: str, name: str, title: str, title_en: str, build: Build, **more: Any
) -> Pattern:
    """Return a pattern that satisfies its rule."""
    named: dict[str, Any] = {"rule_id": rule_id, "name": name, "title": title, "title_en": title_en}
    return Pattern(kind=Kind.PLANTED, build=build, **named, **more)


def innocent(
    rule_id: str, name: str, title: str, title_en: str, build: Build, **more: Any
) -> Pattern:
    """Return a look-alike."""
    named: dict[str, Any] = {"rule_id": rule_id, "name": name, "title": title, "title_en": title_en}
    return Pattern(kind=Kind.INNOCENT, build=build, **named, **more)
