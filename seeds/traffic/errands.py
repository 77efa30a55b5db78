"""What villagers come for on one day: how often each business, and for how much."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from operator import attrgetter

from pos_sim.domain.hot import hot_dataclass
from pos_sim.domain.money import ZERO, Fen
from pos_sim.domain.requests import Business
from risk.places import PENSION_DAY
from seeds.dice import Dice
from seeds.traffic.habits import PAID, Habits
from seeds.traffic.spread import Band, amounts, settled, shuffled, some
from seeds.traffic.stock import Stock, WaitingBill
from seeds.traffic.volumes import YearVolumes

NEAR_ENOUGH = Fraction(1, 10)
"""A waiting bill may ask for so much more or less than what somebody meant to pay."""
AMOUNT = attrgetter("amount")


@hot_dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One reason to come; a bill payment names its bill."""

    business: Business
    amount: Fen = ZERO
    with_cash: bool = False
    with_own_bank: bool = True
    is_pensioners: bool = False
    to_stranger: bool = False
    bill: WaitingBill | None = None
    looks_before: bool = False
    looks_after: bool = False


Quota = Mapping[Business, int]
"""How often each business shall succeed."""


Given = Mapping[Business, Sequence[Fen]]
NOT_GIVEN: Given = {}


def errands_of(
    quota: Quota,
    habits: Habits,
    record: YearVolumes,
    stock: Stock,
    day: date,
    dice: Dice,
    given: Given = NOT_GIVEN,
) -> list[Errand]:
    """Return the errands of one day in an order of chance; looks at balances are in the quota.

    ``given``: the amounts of businesses that are too rare for a day of their own shape.
    """
    errands: list[Errand] = []
    for business in PAID:
        count, bands = quota[business], habits.bands[business]
        total = count * record.volumes[business].mean
        paid: Sequence[tuple[Fen, WaitingBill | None]]
        if business is Business.BILL_PAYMENT:
            paid = bill_payments(count, total, habits, stock, day, dice)
        else:
            paid = [(a, None) for a in given.get(business) or amounts(bands, count, total, dice)]
        errands += dressed(business, paid, habits, day, dice)
    looked = sum(errand.looks_before + errand.looks_after for errand in errands)
    alone = max(quota[Business.BALANCE_INQUIRY] - looked, 0)
    own = some(habits.own_bank_permille, alone, dice)
    inquiry = Business.BALANCE_INQUIRY
    errands += [Errand(business=inquiry, with_own_bank=is_own) for is_own in own]
    return shuffled(errands, dice)


def dressed(
    business: Business,
    paid: Sequence[tuple[Fen, WaitingBill | None]],
    habits: Habits,
    day: date,
    dice: Dice,
) -> list[Errand]:
    """Return the errands of one business: who pays how, and who looks at the balance."""
    count = len(paid)
    before, after = habits.looks.get(business, (0, 0))
    with_cash = some(cash_permille(business, habits), count, dice)
    own = some(habits.own_bank_permille, count, dice)
    pensioners = some(pensioner_permille(business, habits, day), count, dice)
    strangers = some(stranger_permille(business, habits), count, dice)
    looks_before, looks_after = some(before, count, dice), some(after, count, dice)
    return [
        Errand(
            business=business,
            amount=amount,
            with_cash=with_cash[number],
            with_own_bank=own[number],
            is_pensioners=pensioners[number],
            to_stranger=strangers[number],
            bill=bill,
            looks_before=looks_before[number] and not with_cash[number],
            looks_after=looks_after[number] and not with_cash[number],
        )
        for number, (amount, bill) in enumerate(paid)
    ]


def cash_permille(business: Business, habits: Habits) -> int:
    """Return how many in a thousand pay with banknotes."""
    return {Business.CASH_REMITTANCE: 1_000, Business.BILL_PAYMENT: habits.cash_bill_permille}.get(
        business, 0
    )


def pensioner_permille(business: Business, habits: Habits, day: date) -> int:
    """Return how many in a thousand must get a pension; on other days nobody is asked."""
    is_theirs = business is Business.WITHDRAWAL and day.day == PENSION_DAY
    return habits.pensioner_permille if is_theirs else 0


def stranger_permille(business: Business, habits: Habits) -> int:
    """Return how many in a thousand are an elder who sends money to somebody new."""
    return habits.elder_stranger_permille if business is Business.TRANSFER else 0


def bill_payments(
    count: int, total: Fraction, habits: Habits, stock: Stock, day: date, dice: Dice
) -> list[tuple[Fen, WaitingBill]]:
    """Return bills with their amounts: some wait in a biller's books, the others make up the rest.

    The others go to the biller that takes any bill, under numbers that only this day uses.
    """
    bands = habits.bands[Business.BILL_PAYMENT]
    planned = amounts(bands, count, total, dice)
    waits = some(habits.waiting_bill_permille, count, dice)
    shelf = Shelf(shuffled(stock.bills, dice))
    bills = [shelf.take(want) if wait else None for want, wait in zip(planned, waits, strict=True)]
    free = [amount for amount, bill in zip(planned, bills, strict=True) if bill is None]
    left = total - sum(bill.amount for bill in bills if bill is not None)
    whole = Band(min(b.low for b in bands), max(b.high for b in bands), 1, 1_000)
    rest = iter(settled([(whole, amount) for amount in free], left))
    numbers = (f"{day:%Y%m%d}{number:06d}" for number in range(1, count + 1))
    paid = [bill or WaitingBill(stock.any_biller, next(numbers), next(rest)) for bill in bills]
    return [(Fen(bill.amount), bill) for bill in paid]


class Shelf:
    """Waiting bills by amount; one that is taken is gone."""

    def __init__(self, bills: Sequence[WaitingBill]) -> None:
        # A stable sort: bills of one amount stay in the order of chance.
        self._bills = sorted(bills, key=AMOUNT)

    def take(self, amount: Fen) -> WaitingBill | None:
        """Take a bill that asks for about ``amount``; None if there is none."""
        bills = self._bills
        place = bisect_left(bills, amount, key=AMOUNT)
        near = [n for n in (place, place - 1) if 0 <= n < len(bills)]
        if not near:
            return None
        best = min(near, key=lambda number: abs(bills[number].amount - amount))
        if abs(bills[best].amount - amount) > amount * NEAR_ENOUGH:
            return None
        return bills.pop(best)
