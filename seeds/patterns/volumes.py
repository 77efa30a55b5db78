"""R19–R21: a point that jumps, wakes or sleeps; and busy places, slow ones, ones just in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from pos_sim.domain.money import yuan
from seeds.patterns.crowds import spread
from seeds.patterns.edges import A_DAY
from seeds.patterns.episodes import Opening
from seeds.patterns.pattern import Ground, innocent, planted
from seeds.patterns.scene import NOTE, Scene

REST_DAYS = 31
"""Before a history begins nothing happens for so long: no window remembers who was here last."""
HISTORY_DAYS = 29
"""One more than the active days of a baseline."""
SPAN = timedelta(hours=8)
LITTLE = (yuan(50), yuan(400))
FULL_STAY = REST_DAYS + HISTORY_DAYS + 8

# R19: volume jump ----------------------------------------------------------------------------


def many_at_once(scene: Scene) -> None:
    """More than twenty customers on an ordinary day of a small point."""
    day = history(scene, few)
    edge = scene.edges.start("R19", "count")
    moments = customers(scene, day, edge + scene.dice.between(1, 7))
    scene.claim("R19", scene.place.point_id, since=moments[edge], lasts=A_DAY)


def much_at_once(scene: Scene) -> None:
    """More than 20,000 yuan on an ordinary day of a small point, in a few transfers."""
    day, edge = history(scene, few), scene.edges.start("R19", "amount")
    total, passed = 0, None
    for at in spread(scene, scene.at(day, 550), scene.dice.between(5, 7), SPAN):
        amount = scene.notes(edge // 5 + NOTE, edge // 3)
        scene.transfer(scene.person(), scene.payee(), amount, at)
        total += amount
        passed = passed or (at if total > edge else None)
    scene.claim("R19", scene.place.point_id, since=passed, lasts=A_DAY)


def exactly_twenty(scene: Scene) -> None:
    """Twenty customers, not one more."""
    customers(scene, history(scene, few), scene.edges.start("R19", "count"))


def just_not_so_much(scene: Scene) -> None:
    """A little less than 20,000 yuan in four transfers."""
    day, edge = history(scene, few), scene.edges.start("R19", "amount")
    for at in spread(scene, scene.at(day, 550), 4, SPAN):
        amount = scene.notes(edge * 23 // 100, edge // 4)
        scene.transfer(scene.person(), scene.payee(), amount, at)


def resettlement(scene: Scene) -> None:
    """安置点: a dozen customers are usual here, two dozen are no jump."""
    day = history(scene, lambda day, is_busy: scene.dice.between(12, 14))
    customers(scene, day, scene.edges.start("R19", "count") + scene.dice.between(1, 4))


def market_town(scene: Scene) -> None:
    """赶集: on market days a dozen customers are usual, and two dozen are no jump."""
    day = history(
        scene, lambda day, is_busy: 12 + scene.dice.below(3) if is_busy else few(day, is_busy),
        busy=True,
    )  # fmt: skip
    customers(scene, day, scene.edges.start("R19", "count") + scene.dice.between(1, 4))


def few(day: int, is_busy: bool) -> int:
    """One or two customers a day."""
    return 1 + (day * 7 + is_busy) % 5 // 3


def history(scene: Scene, usual: Callable[[int, bool], int], *, busy: bool = False) -> int:
    """Let customers come as is usual here; return the day after that, of the kind asked for."""
    rests(scene)
    last = REST_DAYS + HISTORY_DAYS
    while scene.place.is_busy(scene.day(last)) is not busy:
        last += 1
    for day in range(last - HISTORY_DAYS, last):
        customers(scene, day, usual(day, scene.place.is_busy(scene.day(day))))
    return last


def customers(scene: Scene, day: int, count: int) -> list[datetime]:
    """Let so many people draw a little on a day; return when."""
    moments = spread(scene, scene.at(day, 550), count, SPAN)
    for at in moments:
        scene.withdraw(scene.person(), scene.notes(*LITTLE), at)
    return moments


def rests(scene: Scene) -> None:
    """Say that nothing happened here for a while: that may well be R21."""
    scene.claim(
        "R21", scene.place.point_id, since=scene.at(0, 0), lasts=timedelta(days=REST_DAYS + 6),
        counted=False,
    )  # fmt: skip


# R20: wakes ----------------------------------------------------------------------------------

ASLEEP = 75
NEWLY = 29
IDLE_NOTE = ("R21", "idle")


def wakes_often(scene: Scene) -> None:
    """Idle for two months, then five withdrawals and more on one day."""
    edge = scene.edges.start("R20", "count")
    day = sleeps(scene, *two_months(scene))
    moments = customers(scene, day, edge + scene.dice.below(3))
    scene.claim("R20", scene.place.point_id, since=moments[edge - 1], lasts=A_DAY)


def wakes_rich(scene: Scene) -> None:
    """Idle for two months, then 8,000 yuan in a few withdrawals."""
    edge, limit = scene.edges.start("R20", "amount"), scene.edges.limit
    day = sleeps(scene, *two_months(scene))
    count = -(-edge // limit)
    for at in spread(scene, scene.at(day, 550), count, SPAN):
        scene.withdraw(scene.person(), limit, at)
    scene.claim("R20", scene.place.point_id, lasts=A_DAY)


def wakes_slowly(scene: Scene) -> None:
    """Idle for two months, then a few customers, less than 8,000 yuan together."""
    day, count = sleeps(scene, *two_months(scene)), scene.edges.start("R20", "count") - 1
    high = scene.edges.start("R20", "amount") // count - NOTE
    for at in spread(scene, scene.at(day, 550), count, SPAN):
        scene.withdraw(scene.person(), scene.notes(high * 3 // 4, high), at)


def harvest(scene: Scene) -> None:
    """The village was in the fields for seven weeks: not yet two months."""
    least = scene.edges.number("R20", "count", "idle_min")
    day = sleeps(scene, least * 3 // 4, least - 1)
    customers(scene, day, scene.edges.start("R20", "count") + scene.dice.below(3))


def holiday(scene: Scene) -> None:
    """Closed for three or four weeks."""
    day = sleeps(scene, 20, scene.edges.start(*IDLE_NOTE) - 1)
    customers(scene, day, scene.edges.start("R20", "count") + scene.dice.below(3))


def two_months(scene: Scene) -> tuple[int, int]:
    least = scene.edges.number("R20", "count", "idle_min")
    return least, least + 10


def sleeps(scene: Scene, least: int, most: int) -> int:
    """Let one customer come and then nobody; return the day on which the point wakes."""
    customers(scene, 0, 1)
    days = scene.dice.between(least, most)
    idle_since(scene, days)
    return days


def idle_since(scene: Scene, days: int) -> None:
    """Claim R21 from the day on which the last success is long enough ago."""
    note = scene.edges.start(*IDLE_NOTE)
    if days >= note:
        scene.claim(
            "R21", scene.place.point_id, since=scene.at(note, 0), lasts=timedelta(days=days - note),
        )  # fmt: skip


# R21: sleeps ---------------------------------------------------------------------------------


def a_month(scene: Scene) -> None:
    """Nothing for a month, then somebody comes: noted until then."""
    note = scene.edges.start(*IDLE_NOTE)
    customers(scene, sleeps(scene, note + 2, note + 5), 1)


def a_quarter(scene: Scene) -> None:
    """Nothing for three months: visited."""
    asleep(scene, band=1)


def half_a_year(scene: Scene) -> None:
    """Nothing for half a year: to be closed."""
    asleep(scene, band=2)


def asleep(scene: Scene, band: int) -> None:
    """Let one customer come and then nobody until the end of the stay."""
    customers(scene, 0, 1)
    note = scene.edges.start("R21", "idle", band)
    assert scene.days > note
    idle_since(scene, scene.days)


def never_used(scene: Scene) -> None:
    """建而未用: opened long ago, and nobody ever came."""
    scene.claim("R21", scene.place.point_id, since=scene.at(0, 0), lasts=A_DAY * scene.days)


def just_in_time(scene: Scene) -> None:
    """A very quiet point: the next customer comes just before the month is over."""
    customers(scene, 0, 1)
    customers(scene, scene.edges.start("R21", "idle") - scene.dice.between(1, 4), 1)


def newly_opened(scene: Scene) -> None:
    """Opened within the month, and nobody has come yet."""
    scene.acts.append(Opening(scene.place.point_id, scene.day(0)))


PATTERNS = (
    planted("R19", "many_at_once", "笔数突增", "Many at once", many_at_once, days=FULL_STAY,
            ground=Ground.EMPTY),
    planted("R19", "much_at_once", "金额突增", "Much at once", much_at_once, days=FULL_STAY,
            ground=Ground.EMPTY),
    innocent("R19", "exactly_twenty", "恰好二十笔", "Exactly twenty", exactly_twenty,
             days=FULL_STAY, ground=Ground.EMPTY),
    innocent("R19", "just_not_so_much", "不足两万元", "Just below 20,000", just_not_so_much,
             days=FULL_STAY, ground=Ground.EMPTY),
    innocent("R19", "resettlement", "繁忙的安置点", "A busy resettlement point", resettlement,
             days=FULL_STAY, ground=Ground.EMPTY),
    innocent("R19", "market_town", "赶集日惯常忙碌", "Market day as usual", market_town,
             days=FULL_STAY, ground=Ground.EMPTY),
    planted("R20", "wakes_often", "沉睡后多笔", "Wakes with many", wakes_often, days=ASLEEP,
            ground=Ground.EMPTY),
    planted("R20", "wakes_rich", "沉睡后大额", "Wakes with much", wakes_rich, days=ASLEEP,
            ground=Ground.EMPTY),
    innocent("R20", "wakes_slowly", "沉睡后零星", "Wakes slowly", wakes_slowly, days=ASLEEP,
             ground=Ground.EMPTY),
    innocent("R20", "harvest", "农忙七周", "Seven weeks in the fields", harvest, days=ASLEEP - 11,
             ground=Ground.EMPTY),
    innocent("R20", "holiday", "歇业数周", "Closed for some weeks", holiday, days=32,
             ground=Ground.EMPTY),
    planted("R21", "a_month", "闲置一月", "Idle for a month", a_month, days=40,
            ground=Ground.EMPTY),
    planted("R21", "a_quarter", "闲置一季", "Idle for a quarter", a_quarter, days=95,
            ground=Ground.EMPTY),
    planted("R21", "half_a_year", "闲置半年", "Idle for half a year", half_a_year, days=185,
            ground=Ground.EMPTY),
    planted("R21", "never_used", "建而未用", "Never used", never_used, days=40,
            ground=Ground.EMPTY, is_fresh=True),
    innocent("R21", "just_in_time", "月内偶有业务", "Just in time", just_in_time, days=31,
             ground=Ground.EMPTY),
    innocent("R21", "newly_opened", "新开业未满月", "Newly opened", newly_opened,
             days=NEWLY,
             ground=Ground.EMPTY, is_fresh=True),
)  # fmt: skip
