"""R07 and R09: one card here and there. Too fast, at too many points; and who only gets around."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from seeds.patterns.edges import A_DAY, A_WEEK
from seeds.patterns.episodes import Tells
from seeds.patterns.pattern import innocent, planted
from seeds.patterns.scene import Scene
from seeds.patterns.stage import Person, Place

NOT_PRESENT = Tells(entry_mode="qr")
SOME_CASH = (20_000, 45_000)
"""Too little for any rule about amounts; fen."""


# R07 -----------------------------------------------------------------------------------------


def too_fast(scene: Scene) -> None:
    """A card is used far away sooner than anybody can be there."""
    edge = scene.edges.start("R07")
    there = far_away(scene)
    who = two_places(scene, there, speed=scene.beyond(edge * 103 // 100, edge * 5 // 2))
    scene.claim("R07", who.card_id, lasts=A_DAY)


def fast_road(scene: Scene) -> None:
    """By car on the motorway: just below the edge."""
    edge = scene.edges.start("R07")
    two_places(scene, far_away(scene), speed=scene.short_of(edge * 3 // 4, edge * 97 // 100))


def next_door(scene: Scene) -> None:
    """Two shops of one village within a minute or two: fast, and no distance."""
    who, at = scene.person(), scene.moment(0)
    scene.withdraw(who, scene.notes(*SOME_CASH), at)
    scene.withdraw(who, scene.notes(*SOME_CASH), scene.later(at, 0.5, 2), place=scene.guests[0])


def without_card(scene: Scene) -> None:
    """Shown as a code: the card may lie at home."""
    speed = scene.edges.start("R07") * 2
    two_places(scene, far_away(scene), speed=speed, tells=NOT_PRESENT)


def two_places(scene: Scene, there: Place, speed: int, tells: Tells | None = None) -> Person:
    """Let a card be used at home and then elsewhere, as if it traveled at a speed (km/h)."""
    who, at = scene.person(), scene.moment(0, most=900)
    scene.withdraw(who, scene.notes(*SOME_CASH), at)
    there_at = at + timedelta(minutes=scene.place.km_to(there) / speed * 60)
    more = {"tells": tells} if tells else {}
    scene.withdraw(who, scene.notes(*SOME_CASH), there_at, place=there, **more)
    return who


def far_away(scene: Scene) -> Place:
    """Return a guest house that is clearly farther than the distance below which nobody asks."""
    least = scene.edges.number("R07", "", "km_above") * 2
    return scene.dice.pick([guest for guest in scene.guests if scene.place.km_to(guest) > least])


def has_neighbor(place: Place, guests: list[Place]) -> bool:
    return place.km_to(guests[0]) < 4.5


# R09 -----------------------------------------------------------------------------------------


def tour_of_a_day(scene: Scene) -> None:
    """Three or four shops in one day."""
    count = scene.edges.start("R09", "day")
    who, stops = scene.person(), scene.dice.between(count, count + 1)
    at = scene.moment(0, most=600)
    here = scene.place
    for number, there in enumerate([here, *scene.guests[: stops - 1]], start=1):
        at = at if there is here else scene.later(at, *around(scene, here, there))
        visit(scene, who, there, at)
        here = there
        if number == count:
            scene.claim("R09", who.card_id, lasts=A_DAY)


def tour_of_a_week(scene: Scene) -> None:
    """Five or six shops in seven days, never three within one."""
    count = scene.edges.start("R09", "week")
    who, stops = scene.person(), scene.dice.between(count, count + 1)
    for day, there in enumerate([scene.place, *scene.guests[: stops - 1]]):
        visit(scene, who, there, scene.moment(day))
        if day == count - 1:
            scene.claim("R09", who.card_id, lasts=A_WEEK)


def to_town_and_back(scene: Scene) -> None:
    """The village shop, then the one in town, then the village shop again."""
    who, there = scene.person(), scene.guests[0]
    at = scene.moment(0, most=660)
    for place in (scene.place, there, scene.place):
        visit(scene, who, place, at)
        at = scene.later(at, *around(scene, scene.place, there))


def four_in_a_week(scene: Scene) -> None:
    """One shop less than the edge, on four days."""
    who = scene.person()
    stops = scene.edges.start("R09", "week") - 1
    for day, there in enumerate([scene.place, *scene.guests[: stops - 1]]):
        visit(scene, who, there, scene.moment(day * 2))


def three_in_two_days(scene: Scene) -> None:
    """The third shop a little more than a day after the first."""
    who, first = scene.person(), scene.moment(0, most=700)
    visit(scene, who, scene.place, first)
    visit(scene, who, scene.guests[0], scene.later(first, 300, 420))
    visit(scene, who, scene.guests[1], scene.later(first + A_DAY, 5, 90))


def five_in_nine_days(scene: Scene) -> None:
    """A peddler: another shop every other day."""
    who = scene.person()
    stops = scene.edges.start("R09", "week")
    for number, there in enumerate([scene.place, *scene.guests[: stops - 1]]):
        visit(scene, who, there, scene.moment(number * 2))


def visit(scene: Scene, who: Person, place: Place, at: datetime) -> None:
    """Draw a little, or only look at the balance."""
    if scene.dice.happens(300):
        scene.inquire(who, at, place=place)
    else:
        scene.withdraw(who, scene.notes(5_000, 30_000), at, place=place)


def around(scene: Scene, here: Place, there: Place) -> Sequence[float]:
    """Return how long the way takes at least and at most, minutes."""
    way = scene.way(here, there)
    return way, way + 30


PATTERNS = (
    planted("R07", "too_fast", "异地瞬间用卡", "Farther than anybody can travel", too_fast),
    innocent("R07", "fast_road", "走高速赶路", "By car on the motorway", fast_road),
    innocent(
        "R07", "next_door", "同村两店先后用卡", "Two shops next door", next_door,
        needs=has_neighbor,
    ),
    innocent("R07", "without_card", "扫码无卡", "Without the card in hand", without_card),
    planted("R09", "tour_of_a_day", "一日多点", "Many points in a day", tour_of_a_day),
    planted(
        "R09", "tour_of_a_week", "一周多点", "Many points in a week", tour_of_a_week, days=7
    ),
    innocent(
        "R09", "to_town_and_back", "进城往返", "To town and back", to_town_and_back
    ),
    innocent(
        "R09", "four_in_a_week", "一周四点", "Four points in a week", four_in_a_week, days=8
    ),
    innocent(
        "R09", "three_in_two_days", "两日三点", "Three points in more than a day",
        three_in_two_days, days=3,
    ),
    innocent(
        "R09", "five_in_nine_days", "走村串寨的货郎", "The peddler: five points in nine days",
        five_in_nine_days, days=10,
    ),
)  # fmt: skip
