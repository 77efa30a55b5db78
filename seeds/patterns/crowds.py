"""R06, R08, R13: many cards at one point. Crews, testers; and market day, pension day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pos_sim.domain.money import yuan
from seeds.geography import OUTSIDE, counties
from seeds.patterns.edges import A_DAY, BIG_SHARE, HALF_HOUR, MARKET_CYCLE_DAYS, TWO_HOURS
from seeds.patterns.pattern import innocent, on_pension_day, planted
from seeds.patterns.scene import NOTE, Scene
from seeds.patterns.stage import Person
from seeds.traffic.spread import shuffled

SMALL = (yuan(100), yuan(700))


def spread(scene: Scene, start: datetime, count: int, within: timedelta) -> list[datetime]:
    """Return so many moments of a queue that fit into a span, a little at chance."""
    step = within.total_seconds() / count
    shift = scene.dice.between(0, int(step * 0.4))
    return [start + timedelta(seconds=int(step * n) + shift) for n in range(count)]


def apart(start: datetime, count: int, minutes: float) -> list[datetime]:
    """Return moments with so many minutes between each two."""
    return [start + timedelta(minutes=minutes * number) for number in range(count)]


def on_day(scene: Scene, *, busy: bool) -> int:
    """Return the first day of the stay that is, or is not, market or pension day; keep it quiet."""
    days = range(scene.days)
    day = next(day for day in days if scene.place.is_busy(scene.day(day)) is busy)
    scene.keep_day_quiet(day)
    return day


def draw(
    scene: Scene, people: Sequence[Person], moments: Sequence[datetime], low: int, high: int
) -> None:
    """Let each of them draw something between two amounts (fen)."""
    for who, at in zip(people, moments, strict=True):
        scene.withdraw(who, scene.notes(low, high), at)


# R06: many cards -----------------------------------------------------------------------------


def crew(scene: Scene) -> None:
    """Six to eight cards in half an hour, each near the limit."""
    least = scene.edges.start("R06", "near_limit_30m")
    count = scene.dice.between(least, least + 2)
    start = scene.moment(on_day(scene, busy=False), most=960)
    moments = spread(scene, start, count, HALF_HOUR)
    draw(scene, scene.people(count), moments, big(scene), scene.edges.limit)
    scene.claim("R06", scene.place.point_id, since=moments[least - 1], lasts=TWO_HOURS)


def many_small(scene: Scene) -> None:
    """Twelve cards or more within two hours of an ordinary day."""
    least = scene.edges.start("R06", "many_2h")
    count = scene.dice.between(least, least + 5)
    start = scene.moment(on_day(scene, busy=False), most=900)
    moments = spread(scene, start, count, TWO_HOURS)
    draw(scene, scene.people(count), moments, *SMALL)
    scene.claim("R06", scene.place.point_id, since=moments[least - 1], lasts=TWO_HOURS)


def too_many_for_a_market(scene: Scene) -> None:
    """Three times as many on market day; that may be a jump of the volume too."""
    least = scene.edges.start("R06", "many_2h") * scene.edges.number(
        "R06", "many_2h", "busy_factor"
    )
    start = scene.moment(on_day(scene, busy=True), most=900)
    moments = spread(scene, start, least + 2, TWO_HOURS)
    draw(scene, scene.people(least + 2), moments, yuan(50), yuan(300))
    scene.claim("R06", scene.place.point_id, since=moments[least - 1], lasts=TWO_HOURS)
    scene.claim("R19", scene.place.point_id, since=moments[0], lasts=A_DAY, counted=False)


def one_card_less(scene: Scene) -> None:
    """Five neighbors draw their 2,000 one after the other."""
    count = scene.edges.start("R06", "near_limit_30m") - 1
    start = scene.moment(on_day(scene, busy=False))
    draw(
        scene, scene.people(count), spread(scene, start, count, HALF_HOUR),
        big(scene), scene.edges.limit,
    )  # fmt: skip


def not_near_the_limit(scene: Scene) -> None:
    """Seven cards in half an hour, each a little below 0.8 L."""
    count = scene.edges.start("R06", "near_limit_30m") + 1
    start = scene.moment(on_day(scene, busy=False))
    high = big(scene) - NOTE
    draw(
        scene, scene.people(count), spread(scene, start, count, HALF_HOUR),
        high - yuan(400), high,
    )  # fmt: skip


def slower(scene: Scene) -> None:
    """As many cards near the limit, but half an hour never holds them all."""
    count = scene.edges.start("R06", "near_limit_30m")
    start = scene.moment(on_day(scene, busy=False), most=960)
    minutes = 31 / (count - 1) + scene.dice.below(3)
    draw(scene, scene.people(count), apart(start, count, minutes), big(scene), scene.edges.limit)


def almost_a_dozen(scene: Scene) -> None:
    """Eleven cards in two hours."""
    count = scene.edges.start("R06", "many_2h") - 1
    start = scene.moment(on_day(scene, busy=False), most=900)
    draw(scene, scene.people(count), spread(scene, start, count, TWO_HOURS), *SMALL)


def market_day(scene: Scene) -> None:
    """赶集: a dozen and more within two hours are usual."""
    least = scene.edges.start("R06", "many_2h")
    count = scene.dice.between(least, least + 6)
    start = scene.moment(on_day(scene, busy=True), most=900)
    draw(scene, scene.people(count), spread(scene, start, count, TWO_HOURS), *SMALL)


def pension_day(scene: Scene) -> None:
    """发放日: the old come together."""
    least = scene.edges.start("R06", "many_2h")
    count = scene.dice.between(least, least + 4)
    start = scene.moment(on_day(scene, busy=True), most=800)
    people = [scene.person(age=scene.dice.between(62, 80)) for _ in range(count)]
    draw(scene, people, spread(scene, start, count, TWO_HOURS), *SMALL)


def daughter(scene: Scene) -> None:
    """A daughter draws for three elders, one card after the other."""
    start = scene.moment(0)
    elders = scene.people(3, age=scene.dice.between(66, 85))
    draw(scene, elders, spread(scene, start, 3, timedelta(minutes=8)), yuan(500), scene.edges.limit)


def big(scene: Scene) -> int:
    return scene.edges.of_limit(BIG_SHARE)


# R08: cards from elsewhere -------------------------------------------------------------------


def strangers_day(scene: Scene) -> None:
    """Most of the day's cards come from other cities."""
    least, share = scene.edges.number("R08", "", "whole_min"), scene.edges.start("R08")
    count = scene.dice.between(least, least + 4)
    far = -(-count * share // 10_000) + scene.dice.below(2)
    moments = over_the_day(scene, count)
    is_far = shuffled([number < far for number in range(count)], scene.dice)
    people = [strangers(scene, 1)[0] if one else scene.person() for one in is_far]
    draw(scene, people, moments, *SMALL)
    reached = (n for n in range(least, count + 1) if sum(is_far[:n]) * 10_000 >= share * n)
    scene.claim("R08", scene.place.point_id, since=moments[next(reached) - 1], lasts=A_DAY)


def few_strangers(scene: Scene) -> None:
    """Nine cards from elsewhere: a wedding, and fewer than the edge."""
    count = scene.edges.number("R08", "", "whole_min") - 1
    draw(scene, strangers(scene, count), over_the_day(scene, count), *SMALL)


def half_strangers(scene: Scene) -> None:
    """Many cards, a little more than half of them from elsewhere; locals come first."""
    count = scene.edges.number("R08", "", "whole_min") + scene.dice.below(5)
    far = (count * scene.edges.start("R08") - 1) // 10_000
    people = scene.people(count - far) + strangers(scene, far)
    draw(scene, people, over_the_day(scene, count), *SMALL)


def same_city(scene: Scene) -> None:
    """Cards of the neighboring counties: the same city, so not from elsewhere."""
    home = scene.place.shop.county
    near = [c.code for c in counties() if c.code[:4] == home[:4] and c.code != home]
    count = scene.edges.number("R08", "", "whole_min") + scene.dice.below(4)
    people = [scene.person(county=scene.dice.pick(near)) for _ in range(count)]
    draw(scene, people, over_the_day(scene, count), *SMALL)


def usual_strangers(scene: Scene) -> None:
    """A place at the crossroads: it always serves people from elsewhere."""
    for day in range(14):
        draw(scene, strangers(scene, 3), sorted(scene.moment(day) for _ in range(3)), *SMALL)
    count = scene.edges.number("R08", "", "whole_min")
    far = -(-count * scene.edges.start("R08") // 10_000)
    people = scene.people(count - far) + strangers(scene, far)
    draw(scene, people, over_the_day(scene, count, day=14), *SMALL)


def strangers(scene: Scene, count: int) -> list[Person]:
    """Return people whose cards were issued in other cities or provinces."""
    home = scene.place.shop.county[:4]
    far = [c.code for c in counties() if c.code[:4] != home] + [OUTSIDE.code] * 20
    return [scene.person(county=scene.dice.pick(far)) for _ in range(count)]


def over_the_day(scene: Scene, count: int, day: int = 0) -> list[datetime]:
    """Return moments from morning to afternoon, with nobody else coming that day."""
    scene.keep_day_quiet(day)
    start = scene.at(day, 545 + scene.dice.below(20))
    return spread(scene, start, count, timedelta(hours=8))


# R13: wrong PINs -----------------------------------------------------------------------------


def same_card(scene: Scene) -> None:
    """One card, three wrong PINs and more."""
    least = scene.edges.start("R13", "card")
    who, at = scene.person(), scene.moment(0)
    for number in range(1, scene.dice.between(least, least + 1) + 1):
        scene.withdraw(who, scene.notes(*SMALL), at, mistypes=True)
        if number == least:
            scene.claim("R13", who.card_id, lasts=A_DAY)
        at = scene.later(at, 0.5, 15)


def many_cards_tested(scene: Scene) -> None:
    """Five cards and more within half an hour, each with a wrong PIN."""
    least = scene.edges.start("R13", "point")
    count = scene.dice.between(least, least + 2)
    start = scene.moment(on_day(scene, busy=False))
    moments = spread(scene, start, count, HALF_HOUR)
    for who, at in zip(scene.people(count), moments, strict=True):
        scene.inquire(who, at, mistypes=True)
    scene.claim("R13", scene.place.point_id, since=moments[least - 1], lasts=TWO_HOURS)


def forgetful(scene: Scene) -> None:
    """Twice wrong, then right; and once more the next day."""
    who, at = scene.person(), scene.moment(0)
    for day_at in (at, scene.later(at + A_DAY, 0, 30)):
        for number in range(scene.edges.start("R13", "card") - 1):
            when = scene.later(day_at, number + 0.2, number + 0.9)
            scene.withdraw(who, scene.notes(*SMALL), when, mistypes=True)
        scene.withdraw(who, scene.notes(*SMALL), scene.later(day_at, 4, 6))


def four_forgetful(scene: Scene) -> None:
    """One card less than the edge, each wrong once and then right."""
    count = scene.edges.start("R13", "point") - 1
    start = scene.moment(on_day(scene, busy=False))
    wrong_then_right(scene, spread(scene, start, count, timedelta(minutes=28)))


def forgetful_over_time(scene: Scene) -> None:
    """As many cards, but half an hour never holds them all."""
    count = scene.edges.start("R13", "point")
    start = scene.moment(on_day(scene, busy=False), most=960)
    wrong_then_right(scene, apart(start, count, 31 / (count - 1) + scene.dice.below(4)))


def wrong_then_right(scene: Scene, moments: Sequence[datetime]) -> None:
    for who, at in zip(scene.people(len(moments)), moments, strict=True):
        scene.withdraw(who, scene.notes(*SMALL), at, mistypes=True)
        scene.withdraw(who, scene.notes(*SMALL), scene.later(at, 0.4, 0.9))


A_CYCLE = MARKET_CYCLE_DAYS

PATTERNS = (
    planted("R06", "crew", "团伙集中取现", "A crew near the limit", crew, days=4),
    planted("R06", "many_small", "两小时十二卡", "A dozen cards in two hours", many_small, days=4),
    planted("R06", "too_many_for_a_market", "超过赶集日三倍", "Too many for a market day",
            too_many_for_a_market, days=A_CYCLE),
    innocent("R06", "one_card_less", "五位邻居取满", "Five neighbors", one_card_less, days=4),
    innocent("R06", "not_near_the_limit", "多卡未近限额", "Below 0.8 L", not_near_the_limit,
             days=4),
    innocent("R06", "slower", "多卡间隔较长", "Not within half an hour", slower, days=4),
    innocent("R06", "almost_a_dozen", "两小时十一卡", "Eleven in two hours", almost_a_dozen,
             days=4),
    innocent("R06", "market_day", "赶集日", "Market day", market_day, days=A_CYCLE),
    innocent("R06", "pension_day", "养老金发放日", "Pension day", pension_day,
             starts=on_pension_day),
    innocent("R06", "daughter", "女儿代三老取款", "The daughter of three elders", daughter),
    planted("R08", "strangers_day", "异地卡集中取现", "Cards from elsewhere", strangers_day),
    innocent("R08", "few_strangers", "异地卡未满十笔", "Nine from elsewhere", few_strangers),
    innocent("R08", "half_strangers", "异地卡未过六成", "Half from elsewhere", half_strangers),
    innocent("R08", "same_city", "邻县同市卡", "Cards of the same city", same_city),
    innocent("R08", "usual_strangers", "常年异地客", "A place at the crossroads",
             usual_strangers, days=16),
    planted("R13", "same_card", "一卡多次错密", "One card, wrong again and again", same_card),
    planted("R13", "many_cards_tested", "多卡试密", "Many cards tested", many_cards_tested,
            days=4),
    innocent("R13", "forgetful", "两次输错后想起", "Twice wrong, then right", forgetful, days=3),
    innocent("R13", "four_forgetful", "四人输错", "Four forgetful people", four_forgetful,
             days=4),
    innocent("R13", "forgetful_over_time", "陆续五人输错", "Five, one after the other",
             forgetful_over_time, days=4),
)  # fmt: skip
