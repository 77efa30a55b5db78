"""Who goes where, and when: every errand gets a shop, a machine, somebody, and a moment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple

from pos_sim.domain.hot import hot_dataclass
from pos_sim.domain.money import Fen
from pos_sim.domain.requests import Business
from seeds.dice import Dice
from seeds.names import person_name
from seeds.people import PERSON_NUMBERS
from seeds.traffic.crowd import FOR_FEES, Crowd
from seeds.traffic.errands import Errand
from seeds.traffic.habits import Habits, Hour, Misdeed, Mishap, Vain
from seeds.traffic.spread import along, even, shuffled, some
from seeds.traffic.stock import Machine, Payee, Shop, Stock, Villager

LAST_CUSTOMER_MIN = 20
"""Nobody comes later than so many minutes before a shop closes."""

NOTE = 1_000
"""An amount that has to be lowered stays a multiple of 10 yuan."""


@hot_dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody at a machine; ``second`` of the day. Who pays with banknotes needs no card."""

    shop: Shop
    machine: Machine
    errand: Errand
    villager: Villager | None
    second: int
    payee: Payee | None = None
    payer_name: str = ""
    is_careful: bool = False
    """An elder sends the money: such a one knows what there is."""
    trouble: Mishap | Misdeed | Vain | None = None


def visits_of(
    errands: Sequence[Errand], stock: Stock, habits: Habits, crowd: Crowd, dice: Dice
) -> list[Visit]:
    """Return the visits of one day; an errand that nobody is left to do is dropped."""
    weights = weights_of(stock.shops, habits)
    shops = [stock.shops[number] for number in along(weights, len(errands), dice)]
    shops = exchanged(errands, at_trade_points(errands, shops, habits))
    seconds = moments(shops, habits, dice)
    near = some(habits.home_point_permille, len(errands), dice)
    pays_near = some(habits.payee_nearby_permille, len(errands), dice)
    visits = []
    # The largest amounts choose first: not everybody has so much. Equals stay in their order.
    amounts = [errand.amount for errand in errands]
    for number in sorted(range(len(errands)), key=amounts.__getitem__, reverse=True):
        ways = Ways(near[number], pays_near[number])
        visit = visit_of(errands[number], shops[number], seconds[number], crowd, ways, dice)
        if visit is not None:
            visits.append(visit)
    return visits


def at_trade_points(errands: Sequence[Errand], shops: Sequence[Shop], habits: Habits) -> list[Shop]:
    """Let who sends much change places with who goes where much is bought and sold."""
    result = list(shops)
    least = min(1_000 - habits.trade_permille, max((shop.luck for shop in shops), default=0))
    free = [
        number
        for number, shop in enumerate(shops)
        if shop.luck >= least and not is_trade(errands[number], habits)
    ]
    for number, errand in enumerate(errands):
        if is_trade(errand, habits) and result[number].luck < least and free:
            other = free.pop()
            result[number], result[other] = result[other], result[number]
    return result


def is_trade(errand: Errand, habits: Habits) -> bool:
    return errand.business is Business.TRANSFER and errand.amount >= habits.trade_from


def weights_of(shops: Sequence[Shop], habits: Habits) -> list[int]:
    """Return how busy each shop is: its kind, its own luck, and the market if there is one."""
    ends = list(accumulate(permille for _, permille in habits.busyness))
    return [
        habits.point_kinds[shop.kind]
        * habits.busyness[bisect_right(ends, shop.luck)][0]
        * (habits.market_day_percent if shop.has_market else 100)
        for shop in shops
    ]


def exchanged(errands: Sequence[Errand], shops: Sequence[Shop]) -> list[Shop]:
    """Send who asks for a business that is switched off to where the next one who can goes."""
    result = list(shops)
    for number, errand in enumerate(errands):
        if errand.business not in result[number].off:
            continue
        for other in (*range(number + 1, len(errands)), *range(number)):
            mine, theirs = result[number], result[other]
            if errand.business not in theirs.off and errands[other].business not in mine.off:
                result[number], result[other] = theirs, mine
                break
    return result


class Ways(NamedTuple):
    """Whether somebody comes from near, and pays somebody near."""

    from_near: bool
    pays_near: bool


def visit_of(
    errand: Errand, shop: Shop, second: int, crowd: Crowd, ways: Ways, dice: Dice
) -> Visit | None:
    """Return the visit with somebody who has the money, or wants less than planned."""
    villager, payee, payer_name = None, None, ""
    if not errand.with_cash:
        called = crowd.call(shop, errand, from_near=ways.from_near, pays_near=ways.pays_near)
        if called is not None:
            villager, payee = called
        elif errand.business is Business.BILL_PAYMENT:
            errand = replace(errand, with_cash=True, looks_before=False, looks_after=False)
        else:
            is_transfer = errand.business is Business.TRANSFER
            called = crowd.call_richest(shop, with_payee=is_transfer)
            if called is None or (is_transfer and called.payee is None):
                return None
            villager, payee = called
            errand = replace(errand, amount=within_reach(errand.amount, called.villager))
    if errand.business is Business.CASH_REMITTANCE:
        payee = crowd.call_payee(shop, from_near=ways.pays_near)
        if payee is None:
            return None
        payer_name = person_name(dice.below(PERSON_NUMBERS))
    return Visit(
        shop=shop,
        machine=dice.pick(shop.machines),
        errand=errand,
        villager=villager,
        second=second,
        payee=payee,
        payer_name=payer_name,
        is_careful=villager is not None and payee is not None and crowd.is_elder(villager),
    )


def within_reach(amount: Fen, villager: Villager) -> Fen:
    """Return the amount, or the most that the villager can pay in ten-yuan notes."""
    most = max(villager.balance - FOR_FEES, 0) // NOTE * NOTE
    return min(amount, Fen(max(most, NOTE)))


def moments(shops: Sequence[Shop], habits: Habits, dice: Dice) -> list[int]:
    """Return for each visit a second of the day in its shop's hours, crowded as the hours are."""
    shapes: dict[tuple[int, int, bool], list[Crowded]] = {}
    result = []
    for shop, place in zip(shops, shuffled(even(len(shops), dice), dice), strict=True):
        key = (shop.opens, shop.closes, shop.has_market)
        if key not in shapes:
            shapes[key] = shape_of(*key, habits.hours)
        result.append(second_at(shapes[key], place))
    return result


class Crowded(NamedTuple):
    """An hour of a shop: first second, seconds, crowd, and the crowd of the day by its end."""

    start: int
    seconds: int
    crowd: int
    by_then: int


def shape_of(opens: int, closes: int, has_market: bool, hours: Sequence[Hour]) -> list[Crowded]:
    """Return the hours of a shop.

    >>> [tuple(hour) for hour in shape_of(510, 620, False, [Hour(8, 10, 20), Hour(9, 30, 60)])]
    [(30600, 1800, 18000, 18000), (32400, 3600, 108000, 126000)]
    """
    last = closes - LAST_CUSTOMER_MIN
    shape: list[Crowded] = []
    by_then = 0
    for hour in hours:
        start, end = max(opens, hour.hour * 60), min(last, hour.hour * 60 + 60)
        if start < end:
            weight = hour.market_weight if has_market else hour.weight
            crowd = weight * (end - start) * 60
            by_then += crowd
            shape.append(Crowded(start * 60, (end - start) * 60, crowd, by_then))
    return shape or [Crowded(opens * 60, max(last - opens, 1) * 60, 1, 1)]


def second_at(shape: Sequence[Crowded], place: float) -> int:
    """Return the second of the day at which so large a part of the crowd has come.

    >>> second_at(shape_of(510, 620, False, [Hour(8, 10, 20), Hour(9, 30, 60)]), 1 / 14)
    31500
    """
    come = place * shape[-1].by_then
    start, seconds, crowd, by_then = shape[bisect_right(shape, come, key=BY_THEN)]
    return start + int((come - (by_then - crowd)) * seconds / crowd)


BY_THEN = attrgetter("by_then")
