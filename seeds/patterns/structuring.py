"""R01: cash drawn again and again just below the limit; and regulars who only look like it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from seeds.patterns.pattern import innocent, planted
from seeds.patterns.scene import NOTE, Scene
from seeds.patterns.stage import Person
from seeds.traffic.spread import shuffled

RULE, DAYS, SPLIT = "R01", "days_near_limit", "split_in_a_day"
TODAY = timedelta(hours=14)


def near_limit_days(scene: Scene) -> None:
    """On 4 to 6 of 7 days somebody draws nine tenths of the limit or more."""
    least = scene.edges.start(RULE, DAYS)
    who = scene.person()
    low = near(scene)
    for number, day in enumerate(some_days(scene, scene.dice.between(least, 6)), start=1):
        scene.withdraw(who, scene.notes(low, scene.edges.limit), scene.moment(day))
        if number == least:
            scene.claim(RULE, who.card_id)


def split_over_points(scene: Scene) -> None:
    """Three or four withdrawals of one day at two shops reach 0.95 L together."""
    low = scene.edges.of_limit(scene.edges.start(RULE, SPLIT))
    parts = parts_of(scene, scene.notes(low, scene.edges.limit), scene.dice.between(3, 4))
    who = walk(scene, parts, two_shops=True)
    scene.claim(RULE, who.card_id, lasts=TODAY)


def regular(scene: Scene) -> None:
    """The villager who always draws 2,000, on 3 of 7 days at most."""
    who = scene.person()
    for day in some_days(scene, scene.edges.start(RULE, DAYS) - 1):
        scene.withdraw(who, scene.edges.limit, scene.moment(day))


def just_below(scene: Scene) -> None:
    """Many days, each a little less than nine tenths of the limit."""
    who, high = scene.person(), near(scene) - NOTE
    for day in some_days(scene, scene.dice.between(4, 6)):
        scene.withdraw(who, scene.notes(high - 15 * NOTE, high), scene.moment(day))


def split_below(scene: Scene) -> None:
    """Three withdrawals at two shops that stay below 0.95 L together."""
    high = scene.edges.of_limit(scene.edges.start(RULE, SPLIT)) - NOTE
    walk(scene, parts_of(scene, scene.notes(high - 15 * NOTE, high), 3), two_shops=True)


def split_at_home(scene: Scene) -> None:
    """The whole limit in three withdrawals, all at the own shop."""
    walk(scene, parts_of(scene, scene.edges.limit, 3), two_shops=False)


def twice_elsewhere(scene: Scene) -> None:
    """The whole limit in two withdrawals at two shops."""
    walk(scene, parts_of(scene, scene.edges.limit, 2), two_shops=True)


def near(scene: Scene) -> int:
    return scene.edges.of_limit(scene.edges.number(RULE, DAYS, "each_of_limit"))


def some_days(scene: Scene, count: int) -> list[int]:
    """Return so many of seven days, in order."""
    return sorted(shuffled(range(7), scene.dice)[:count])


def parts_of(scene: Scene, total: int, count: int) -> list[int]:
    """Cut an amount into parts of a few hundred yuan each."""
    even = total // count // NOTE * NOTE
    moved = scene.notes(0, even // 4)
    middle = [even] * (count - 2)
    return [even + moved, *middle, total - even * (count - 1) - moved]


def walk(scene: Scene, parts: Sequence[int], *, two_shops: bool) -> Person:
    """Let somebody draw the parts, the last of them at the nearest other shop."""
    who, guest = scene.person(), scene.guests[0]
    at = scene.moment(0, most=720)
    for number, part in enumerate(parts):
        is_last = two_shops and number == len(parts) - 1
        scene.withdraw(who, part, at, place=guest if is_last else scene.place)
        way = scene.way(scene.place, guest)
        at = scene.later(at, way, way + 45)
    return who


PATTERNS = (
    planted(
        RULE, "near_limit_days", "多日临近限额取现", "Near the limit on many days",
        near_limit_days, days=8,
    ),
    planted(
        RULE, "split_over_points", "一日多点拆分取现", "Split over two points in a day",
        split_over_points,
    ),
    innocent(
        RULE, "regular", "每次取两千元的老主顾", "The regular who always draws 2,000",
        regular, days=8,
    ),
    innocent(
        RULE, "just_below", "多日略低于九成", "Many days a little below", just_below, days=8
    ),
    innocent(RULE, "split_below", "两点拆分未达标", "Split, and still below", split_below),
    innocent(RULE, "split_at_home", "本点分三笔取满", "In three parts at one point", split_at_home),
    innocent(
        RULE, "twice_elsewhere", "两点两笔取满", "Two withdrawals at two points", twice_elsewhere
    ),
)  # fmt: skip
