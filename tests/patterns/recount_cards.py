"""The definitions about cards and payees, counted once more from the words of the catalogue.

Slow and literal on purpose: every threshold is written out, nothing of ``risk`` is used. Each
function gives (subject, moment) whenever its rule is satisfied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Any, TypeAlias

from tests.patterns.records import Point, Record

Points: TypeAlias = dict[str, Point]
Seen: TypeAlias = Iterator[tuple[str, datetime]]

L = 200_000
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OUT = frozenset({"withdrawal", "transfer", "bill_payment"})
WITH_CARD = OUT | {"balance_inquiry"}
SENDS = frozenset({"transfer", "cash_remittance"})


def by(records: Iterable[Record], key: Callable[[Record], Any]) -> dict[Any, list[Record]]:
    groups: dict[Any, list[Record]] = defaultdict(list)
    for record in records:
        if key(record) is not None:
            groups[key(record)].append(record)
    return groups


def km(a: Point, b: Point) -> float:
    return meters(a.latitude, a.longitude, b.latitude, b.longitude) / 1_000


def meters(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    half_n, half_e = radians(to_lat - lat) / 2, radians(to_lon - lon) / 2
    part = sin(half_n) ** 2 + cos(radians(lat)) * cos(radians(to_lat)) * sin(half_e) ** 2
    return 2 * 6_371_000 * asin(sqrt(part))


def r01(records: Sequence[Record], points: Points) -> Seen:
    """≥ 0.9 L on ≥ 4 of 7 days; or ≥ 3 withdrawals a day totalling ≥ 0.95 L at ≥ 2 points."""
    drawn = [r for r in records if r.business == "withdrawal"]
    for card, mine in by(drawn, lambda r: r.card).items():
        for number, now in enumerate(mine):
            past = mine[: number + 1]
            sums: dict[Any, int] = defaultdict(int)
            for r in past:
                if r.moved and not (r.undone and r.undone <= now.at):
                    sums[r.day] += r.amount
            near = [d for d, total in sums.items() if 0 <= (now.day - d).days < 7
                    and total * 10 >= L * 9]  # fmt: skip
            today = [r for r in past if r.day == now.day]
            is_split = len(today) >= 3 and len({r.point for r in today}) >= 2
            if len(near) >= 4 or (is_split and sums[now.day] * 100 >= L * 95):
                yield str(card), now.at


def r02(records: Sequence[Record], points: Points) -> Seen:
    """Limit decline, then a transfer to own relations: same card, same point, 30 min."""
    refused = by((r for r in records if r.code == "61"), lambda r: (r.card, r.point))
    for now in records:
        if now.business == "transfer" and now.payee in points[now.point].own_accounts:
            for r in refused.get((now.card, now.point), ()):
                if timedelta(0) <= now.at - r.at <= HOUR / 2:
                    yield str(now.card), now.at


def r03(records: Sequence[Record], points: Points) -> Seen:
    """Card or payee of the own people: ≥ 3 in 7 d, or ≥ ¥5,000 in 30 d."""

    def is_own(r: Record) -> bool:
        here = points[r.point]
        return r.business in SENDS | {"withdrawal"} and (
            r.card in here.own_cards or r.payee in here.own_accounts
        )

    for point, mine in by(filter(is_own, records), lambda r: r.point).items():
        for number, now in enumerate(mine):
            past = mine[: number + 1]
            week = [r for r in past if now.at - r.at < 7 * DAY]
            total = sum(r.amount for r in past if r.moved and (now.day - r.day).days < 30)
            if len(week) >= 3 or total >= 500_000:
                yield point, now.at


def r04(records: Sequence[Record], points: Points) -> Seen:
    """Cash out and the same sum back within 24 h, ± 2 %, from the operator: ≥ 3 in 7 d."""
    outs = by((r for r in records if r.business == "withdrawal" and r.moved),
              lambda r: (r.account, r.point))  # fmt: skip
    backs = by((r for r in records if r.business in SENDS and r.moved
                and (r.card is None or r.card in points[r.point].own_cards)),
               lambda r: (r.payee, r.point))  # fmt: skip
    for (account, _), came in backs.items():
        left = list(outs.get((account, came[0].point), ()))
        loops: list[datetime] = []
        for back in came:
            for out in left:
                is_same = abs(back.amount - out.amount) * 100 <= out.amount * 2
                if timedelta(0) <= back.at - out.at <= DAY and is_same:
                    left.remove(out)
                    loops.append(back.at)
                    break
            if sum(back.at - at < 7 * DAY for at in loops) >= 3:
                yield str(account), back.at


def r05(records: Sequence[Record], points: Points) -> Seen:
    """Outflow ≥ 80 % of a ≥ ¥1,000 credit within 2 h, ≥ 2 cycles in 24 h."""
    credits = by((r for r in records if r.business in SENDS and r.moved), lambda r: r.payee)
    for account, mine in by((r for r in records if r.business in OUT and r.moved),
                            lambda r: r.account).items():  # fmt: skip
        for number, now in enumerate(mine):
            cycles = [
                c for c in credits.get(account, ())
                if c.amount >= 100_000 and now.at - DAY < c.arrives <= now.at
                and sum(r.amount for r in mine[: number + 1]
                        if timedelta(0) <= r.at - c.arrives <= 2 * HOUR) * 10 >= c.amount * 8
            ]  # fmt: skip
            if len(cycles) >= 2 and now.at - cycles[-1].arrives <= 2 * HOUR:
                yield str(now.card), now.at


def r07(records: Sequence[Record], points: Points) -> Seen:
    """> 5 km and > 120 km/h since the last approved transaction within 24 h, card present."""
    for card, mine in by((r for r in records if r.business in WITH_CARD), lambda r: r.card).items():
        last: Record | None = None
        for now in mine:
            if last is not None and now.mode not in ("qr", "manual", "ecommerce"):
                way, hours = km(points[last.point], points[now.point]), (now.at - last.at) / HOUR
                if way > 5 and hours < 24 and way > 120 * hours:
                    yield str(card), now.at
            last = now if now.moved else last


def r09(records: Sequence[Record], points: Points) -> Seen:
    """≥ 3 points in 24 h or ≥ 5 in 7 d."""
    for card, mine in by((r for r in records if r.business in WITH_CARD), lambda r: r.card).items():
        for number, now in enumerate(mine):
            past = mine[: number + 1]
            in_a_day = {r.point for r in past if now.at - r.at < DAY}
            in_a_week = {r.point for r in past if (now.day - r.day).days < 7}
            if len(in_a_day) >= 3 or len(in_a_week) >= 5:
                yield str(card), now.at


def r15(records: Sequence[Record], points: Points) -> Seen:
    """Age ≥ 60, payee new in 180 d, ≥ ¥2,000 or ≥ 50 % of the balance."""
    sent = [r for r in records if r.business in SENDS and r.card is not None]
    for (card, _), mine in by(sent, lambda r: (r.card, r.payee)).items():
        for number, now in enumerate(mine):
            is_known = any(
                r.moved and r.arrives <= now.at and (now.day - r.day).days < 180
                for r in mine[:number]
            )
            balance = now.balance_before
            is_half = balance is not None and now.amount * 2 >= balance
            is_much = now.amount >= 200_000 or is_half
            if now.business == "transfer" and now.age >= 60 and not is_known and is_much:
                yield str(card), now.at


def r16(records: Sequence[Record], points: Points) -> Seen:
    """≥ 5 payers from ≥ 2 points in 24 h; or ≥ 3 aged ≥ 60 in 7 d."""
    for payee, mine in by((r for r in records if r.business in SENDS), lambda r: r.payee).items():
        for number, now in enumerate(mine):
            past = mine[: number + 1]
            day = [r for r in past if now.at - r.at < DAY]
            old = {r.who for r in past if (now.day - r.day).days < 7 and r.card and r.age >= 60}
            is_fan = len({r.who for r in day}) >= 5 and len({r.point for r in day}) >= 2
            if is_fan or len(old) >= 3:
                yield str(payee), now.at


def r17(records: Sequence[Record], points: Points) -> Seen:
    """≥ 3 payments for one bill in 24 h; or ≥ 3 equal amounts, same payer and biller."""
    paid = [r for r in records if r.business == "bill_payment"]
    for bill, mine in by(paid, lambda r: r.bill).items():
        yield from ((bill, at) for at in thrice_a_day(mine))
    for (who, *_), mine in by(paid, lambda r: r.who and (r.who, r.biller, r.amount)).items():
        yield from ((who, at) for at in thrice_a_day(mine))


def thrice_a_day(mine: Sequence[Record]) -> Iterator[datetime]:
    for number, now in enumerate(mine):
        if sum(now.at - r.at < DAY for r in mine[: number + 1]) >= 3:
            yield now.at
