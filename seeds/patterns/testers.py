"""R14: many balances asked for and then drawn empty; and who only looks before drawing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pos_sim.domain.money import yuan
from seeds.patterns.crowds import big, on_day
from seeds.patterns.edges import BIG_SHARE, TWO_HOURS, WHOLE
from seeds.patterns.pattern import innocent, planted
from seeds.patterns.scene import Scene
from seeds.patterns.stage import Person

RULE = "R14"
POOR = yuan(900)
A_ROUND = timedelta(minutes=28)


def tested_and_drained(scene: Scene) -> None:
    """Eight cards and more are looked at, and half of them are drawn empty at once."""
    count = whole(scene) + scene.dice.below(3)
    half = -(-count * scene.edges.start(RULE) // WHOLE)
    cards = scene.people(count, balance=POOR)
    look_and_draw(scene, cards, cards[: half + scene.dice.below(2)], moments(scene))
    since = scene.moves[count + half - 1].at
    scene.claim(RULE, scene.place.point_id, since=since, lasts=TWO_HOURS)


def near_the_limit(scene: Scene) -> None:
    """The same with rich cards: half of them draw near the limit."""
    count = whole(scene)
    drained = -(-count * scene.edges.start(RULE) // WHOLE)
    cards = scene.people(count)
    look_and_draw(scene, cards, cards[:drained], moments(scene))
    scene.claim(RULE, scene.place.point_id, lasts=TWO_HOURS)


def one_card_less(scene: Scene) -> None:
    """Seven poor people look and draw everything: one fewer than the edge."""
    cards = scene.people(whole(scene) - 1, balance=POOR)
    look_and_draw(scene, cards, cards, moments(scene))


def few_drawn_empty(scene: Scene) -> None:
    """Eight to ten look, fewer than half of them draw everything."""
    count = whole(scene) + scene.dice.below(3)
    cards = scene.people(count, balance=POOR)
    drained = (count * scene.edges.start(RULE) - 1) // WHOLE
    look_and_draw(scene, cards, cards[-drained:], moments(scene))


def modest(scene: Scene) -> None:
    """Everybody looks first and then draws a little."""
    at = moments(scene)
    for number, who in enumerate(scene.people(whole(scene))):
        when = at + A_ROUND / 10 * number
        scene.inquire(who, when)
        scene.withdraw(who, scene.notes(yuan(100), yuan(800)), when + timedelta(seconds=70))


def in_a_queue(scene: Scene) -> None:
    """Pensions have come: one after the other looks and draws all, but it takes an hour."""
    at = scene.moment(on_day(scene, busy=False), most=900)
    cards = scene.people(whole(scene), balance=POOR)
    for number, who in enumerate(cards):
        when = at + timedelta(minutes=31 / (len(cards) - 1) * 1.6 * number)
        scene.inquire(who, when)
        scene.withdraw(who, drain(scene, who), when + timedelta(minutes=1))


def moments(scene: Scene) -> datetime:
    """Return when it begins, on an ordinary day with nobody else."""
    return scene.moment(on_day(scene, busy=False), most=960)


def look_and_draw(
    scene: Scene, cards: Sequence[Person], drained: Sequence[Person], start: datetime
) -> None:
    """Let all cards be looked at and then some be drawn empty, within half an hour."""
    step = A_ROUND / (len(cards) + len(drained))
    for number, who in enumerate(cards):
        scene.inquire(who, start + step * number)
    for number, who in enumerate(drained, start=len(cards)):
        scene.withdraw(who, drain(scene, who), start + step * number)


def drain(scene: Scene, who: Person) -> int:
    """Return what counts as empty: four fifths of what is there, or near the limit."""
    if who.balance < scene.edges.limit:
        return scene.notes(-(-who.balance * BIG_SHARE // WHOLE), who.balance * 19 // 20)
    return scene.notes(big(scene), scene.edges.limit)


def whole(scene: Scene) -> int:
    return scene.edges.number(RULE, "", "whole_min")


DAYS = 4

PATTERNS = (
    planted(RULE, "tested_and_drained", "试探后取空", "Tested and drained", tested_and_drained,
            days=DAYS),
    planted(RULE, "near_the_limit", "试探后取满", "Tested and near the limit", near_the_limit,
            days=DAYS),
    innocent(RULE, "one_card_less", "七卡取空", "Seven cards", one_card_less, days=DAYS),
    innocent(RULE, "few_drawn_empty", "取空不足一半", "Less than half", few_drawn_empty,
             days=DAYS),
    innocent(RULE, "modest", "查询后少量取款", "Modest", modest, days=DAYS),
    innocent(RULE, "in_a_queue", "排队近一小时", "In a queue", in_a_queue, days=DAYS),
)  # fmt: skip
