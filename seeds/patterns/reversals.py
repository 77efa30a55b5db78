"""R18: cash kept and the debit undone; and terminals that only time out."""

from __future__ import annotations

from datetime import datetime, timedelta

from pos_sim.domain.requests import ReversalReason
from seeds.patterns.crowds import SMALL, spread
from seeds.patterns.edges import A_DAY, WHOLE
from seeds.patterns.pattern import innocent, planted
from seeds.patterns.scene import Scene
from seeds.patterns.stage import Person

RULE = "R18"
BY_HAND, BY_MACHINE = ReversalReason.OTHER, ReversalReason.TIMEOUT
WEEK = 8


def too_many_here(scene: Scene) -> None:
    """Five to seven reversals of a week at a small point."""
    least = scene.edges.number(RULE, "point", "part_min")
    for number, at in enumerate(over_the_week(scene, scene.dice.between(least, least + 2))):
        done_and_undone(scene, scene.person(), at, 1, 1.5, BY_MACHINE)
        if number == least - 1:
            scene.claim(RULE, scene.place.point_id)


def same_card_twice(scene: Scene) -> None:
    """One card is reversed twice or three times within a day."""
    least = scene.edges.start(RULE, "card")
    who, at = scene.person(), scene.moment(0, most=800)
    for number in range(scene.dice.between(least, least + 1)):
        done_and_undone(scene, who, at, 1, 1.5, BY_MACHINE)
        if number == least - 1:
            scene.claim(RULE, who.card_id, lasts=A_DAY)
        at = scene.later(at, 5, 90)


def long_afterwards(scene: Scene) -> None:
    """By hand, and more than five minutes after the customer left."""
    edge = scene.edges.start(RULE, "by_hand")
    minutes = scene.beyond(edge * 60 + 5, edge * 720) / 60
    done_and_undone(scene, scene.person(), scene.moment(0), minutes, minutes, BY_HAND)
    scene.claim(RULE, scene.place.point_id, lasts=A_DAY)


def bad_line(scene: Scene) -> None:
    """One reversal less than the edge in a week."""
    for at in over_the_week(scene, scene.edges.number(RULE, "point", "part_min") - 1):
        done_and_undone(scene, scene.person(), at, 1, 1.5, BY_MACHINE)


def busy_place(scene: Scene) -> None:
    """Five reversals, but among so many customers that they are less than a tenth."""
    count = scene.edges.number(RULE, "point", "part_min")
    customers = count * WHOLE // scene.edges.start(RULE, "point") + 5
    days = 5
    for day in range(days):
        start, n = scene.at(day, 550), customers // days + (day < customers % days)
        for at in spread(scene, start, n, timedelta(hours=8)):
            scene.withdraw(scene.person(), scene.notes(*SMALL), at)
    for number in range(count):
        at = scene.later(scene.at(days, 560 + 60 * number), 0, 20)
        done_and_undone(scene, scene.person(), at, 1, 1.5, BY_MACHINE)


def once_a_day(scene: Scene) -> None:
    """The same card, reversed once on each of two days."""
    who, at = scene.person(), scene.moment(0, most=800)
    done_and_undone(scene, who, at, 1, 1.5, BY_MACHINE)
    done_and_undone(scene, who, scene.later(at + A_DAY, 10, 200), 1, 1.5, BY_MACHINE)


def at_once(scene: Scene) -> None:
    """By hand, while the customer still stands there."""
    edge = scene.edges.start(RULE, "by_hand")
    minutes = scene.short_of(60, edge * 60 - 5) / 60
    done_and_undone(scene, scene.person(), scene.moment(0), minutes, minutes, BY_HAND)


def after_the_outage(scene: Scene) -> None:
    """The line was down: the machine itself sends the reversal half an hour later."""
    edge = scene.edges.start(RULE, "by_hand")
    done_and_undone(scene, scene.person(), scene.moment(0), edge * 2, edge * 12, BY_MACHINE)


def done_and_undone(
    scene: Scene, who: Person, at: datetime, least: float, most: float, reason: ReversalReason
) -> None:
    """Draw a little and take it back so many minutes later."""
    move = scene.withdraw(who, scene.notes(*SMALL), at)
    scene.undo(move, scene.later(at, least, most), reason)


def over_the_week(scene: Scene, count: int) -> list[datetime]:
    """Return so many moments of six days, in order; seven days hold them all."""
    return sorted(scene.moment(scene.dice.below(6)) for _ in range(count))


PATTERNS = (
    planted(RULE, "too_many_here", "一周多笔冲正", "Too many here", too_many_here, days=WEEK),
    planted(RULE, "same_card_twice", "一卡反复冲正", "The same card twice", same_card_twice),
    planted(RULE, "long_afterwards", "事后人工冲正", "By hand, long afterwards", long_afterwards),
    innocent(RULE, "bad_line", "线路差偶有冲正", "A bad line", bad_line, days=WEEK),
    innocent(RULE, "busy_place", "业务多冲正占比低", "A busy place", busy_place, days=WEEK),
    innocent(RULE, "once_a_day", "两日各冲正一次", "Once a day", once_a_day, days=3),
    innocent(RULE, "at_once", "当面人工冲正", "By hand, at once", at_once),
    innocent(RULE, "after_the_outage", "断网后自动冲正", "After the outage", after_the_outage),
)
