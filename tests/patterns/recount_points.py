"""The definitions about points and terminals, counted once more; see ``recount_cards``."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from pos_sim.domain.calendar import SHANGHAI
from tests.patterns.records import Record
from tests.patterns.recount_cards import DAY, HOUR, OUT, SENDS, L, Points, Seen, by, meters

MOVES = OUT | SENDS


def r06(records: Sequence[Record], points: Points) -> Seen:
    """≥ 6 cards each ≥ 0.8 L in 30 min; or ≥ 12 in 2 h, three times as many on busy days."""
    drawn = [r for r in records if r.business == "withdrawal"]
    for point, mine in by(drawn, lambda r: r.point).items():
        for number, now in enumerate(mine):
            recent = [r for r in mine[max(number - 80, 0) : number + 1] if now.at - r.at < 2 * HOUR]
            big = {r.card for r in recent if r.amount * 10 >= L * 8 and now.at - r.at < HOUR / 2}
            usual = 36 if points[point].is_busy(now.day) else 12
            if len(big) >= 6 or len({r.card for r in recent}) >= usual:
                yield point, now.at


def r08(records: Sequence[Record], points: Points) -> Seen:
    """≥ 60 % non-local of ≥ 10 withdrawals of the day, and ≥ 3 x the share of 30 d before."""
    drawn = [r for r in records if r.business == "withdrawal" and r.card]
    for point, mine in by(drawn, lambda r: r.point).items():
        home = points[point].county[:4]
        for number, now in enumerate(mine):
            past = mine[: number + 1]
            today = [(r.county or "")[:4] != home for r in past if r.day == now.day]
            before = [
                (r.county or "")[:4] != home for r in past if 0 < (now.day - r.day).days <= 30
            ]
            usual = sum(before) / len(before) if before else 0.0
            share = sum(today) / len(today)
            if len(today) >= 10 and share >= 0.6 and share >= 3 * usual:
                yield point, now.at


def r10(records: Sequence[Record], points: Points) -> Seen:
    """Outside hours ± 30 min and ≥ ¥500."""
    for now in records:
        here, minute = points[now.point], now.at.astimezone(SHANGHAI)
        clock = minute.hour * 60 + minute.minute
        outside = min((here.opens - clock) % 1_440, (clock - here.closes) % 1_440)
        is_inside = here.opens <= clock <= here.closes
        if now.business in MOVES and not is_inside and outside > 30 and now.amount >= 50_000:
            yield now.point, now.at


def r11(records: Sequence[Record], points: Points) -> Seen:
    """Two readings in a row > 500 m away, both better than 100 m; mobile machines are exempt."""
    told = [r for r in records if r.reading is not None and r.terminal_kind != "mobile"]
    for terminal, mine in by(told, lambda r: r.terminal).items():
        ways = []
        for now in mine:
            here, reading = points[now.point], now.reading
            assert reading is not None
            way = meters(here.latitude, here.longitude, reading.latitude, reading.longitude)
            ways.append(way if reading.accuracy_m < 100 else 0.0)
            if min(ways[-2:]) > 500 and len(ways) > 1:
                yield terminal, now.at


def r12(records: Sequence[Record], points: Points, bound: Mapping[str, Any]) -> Seen:
    """A serial at two terminals within 24 h, or one that is not the registered one."""
    seen: dict[str, dict[str, datetime]] = defaultdict(dict)
    for now in records:
        if now.serial is None:
            continue
        seen[now.serial][now.terminal] = now.at
        if sum(now.at - at < DAY for at in seen[now.serial].values()) >= 2:
            yield now.serial, now.at
        if now.serial != bound[now.event_id]:
            yield now.terminal, now.at


def r13(records: Sequence[Record], points: Points) -> Seen:
    """One card ≥ 3 wrong PINs a day; or ≥ 5 cards at a point in 30 min."""
    wrong = [r for r in records if r.code in ("55", "75")]
    for number, now in enumerate(wrong):
        past = wrong[max(number - 60, 0) : number + 1]
        if sum(r.card == now.card and r.day == now.day for r in past) >= 3:
            yield str(now.card), now.at
        here = [r for r in past if r.point == now.point and now.at - r.at < HOUR / 2]
        if len({r.card for r in here}) >= 5:
            yield now.point, now.at


def r14(records: Sequence[Record], points: Points) -> Seen:
    """≥ 8 cards inquired within 30 min, ≥ 50 % of them then ≥ 0.8 L or ≥ 80 % of the balance."""
    for point, mine in by(records, lambda r: r.point).items():
        for number, now in enumerate(mine):
            if now.business != "withdrawal":
                continue
            recent = [r for r in mine[max(number - 80, 0) : number + 1] if now.at - r.at < HOUR / 2]
            looked = {r.card: r.at for r in recent if r.business == "balance_inquiry"}
            drained = {
                r.card
                for r in recent
                if r.business == "withdrawal"
                and r.card in looked
                and (r.amount * 10 >= L * 8 or r.amount * 10 >= (r.balance_before or 10**12) * 8)
            }
            if len(looked) >= 8 and len(drained) * 2 >= len(looked):
                yield point, now.at


def r18(records: Sequence[Record], points: Points) -> Seen:
    """Point ≥ 10 % with ≥ 5 in 7 d; card ≥ 2 in 24 h; by hand > 5 min after the original."""
    originals = {r.event_id: r for r in records}
    undone: list[Record] = []
    moved = by((r for r in records if r.business in MOVES and r.moved), lambda r: r.point)
    for now in records:
        if now.business != "reversal" or not now.moved:
            continue
        undone.append(now)
        week = [r for r in undone if r.point == now.point and now.at - r.at < 7 * DAY]
        done = sum(timedelta(0) <= now.at - r.at < 7 * DAY for r in moved[now.point])
        if len(week) >= 5 and len(week) * 10 >= done:
            yield now.point, now.at
        if sum(r.card == now.card and now.at - r.at < DAY for r in undone) >= 2:
            yield str(now.card), now.at
        delay = now.at - originals[now.original or ""].at
        if now.reason == "other" and delay > timedelta(minutes=5):
            yield now.point, now.at


def r19(records: Sequence[Record], points: Points) -> Seen:
    """> 2 x own P95 of such days (28 active ones) and > 20 transactions or > ¥20,000."""
    moved = [r for r in records if r.business in MOVES and r.moved]
    for point, mine in by(moved, lambda r: r.point).items():
        days: dict[date, list[Record]] = by(mine, lambda r: r.day)
        jumped: set[date] = set()
        for today, done in days.items():
            past = sorted(day for day in days if day < today and day not in jumped)[-28:]
            kind = points[point].is_busy(today)
            alike = [days[day] for day in past if points[point].is_busy(day) is kind]
            if len(alike) < 4:
                continue
            counts = sorted(len(day) for day in alike)
            sums = sorted(sum(r.amount for r in day) for day in alike)
            place = -(-len(alike) * 95 // 100) - 1
            total = 0
            for count, now in enumerate(done, start=1):
                total += now.amount
                if count > max(2 * counts[place], 20) or total > max(2 * sums[place], 2_000_000):
                    jumped.add(today)
                    yield point, now.at


def r20(records: Sequence[Record], points: Points) -> Seen:
    """Idle ≥ 60 d since the last cash, then ≥ 5 withdrawals or ≥ ¥8,000 in a day."""
    drawn = [r for r in records if r.business == "withdrawal" and r.moved]
    for point, mine in by(drawn, lambda r: r.point).items():
        days = by(mine, lambda r: r.day)
        for before, today in zip(list(days), list(days)[1:], strict=False):
            total = 0
            for count, now in enumerate(days[today], start=1):
                total += now.amount
                if (today - before).days >= 60 and (count >= 5 or total >= 800_000):
                    yield point, now.at


def evenings(
    records: Sequence[Record], points: Points, days: Sequence[date]
) -> Iterable[tuple[str, str, datetime]]:
    """R21–R23 on every evening: idle, concentrated, farmed. Gives the rule as well."""
    moved = by((r for r in records if r.business in MOVES and r.moved), lambda r: r.point)
    good = by((r for r in records if r.moved and r.business != "reversal"), lambda r: r.point)
    for point, here in points.items():
        mine, success = moved.get(point, []), sorted({r.day for r in good.get(point, [])})
        for today in days:
            at = datetime.combine(today, time(23), SHANGHAI)
            if is_idle(success, here.opened_on, today):
                yield "R21", point, at
            recent = [r for r in mine if 0 <= (today - r.day).days < 31]
            if is_concentrated([r for r in recent if (today - r.day).days < 30]):
                yield "R22", point, at
            if is_farmed([r for r in recent if r.day.month == today.month], today):
                yield "R23", point, at


def is_idle(success: Sequence[date], opened_on: date | None, today: date) -> bool:
    """30 days without a success; or never used 30 days after opening."""
    last = max((day for day in success if day <= today), default=opened_on)
    return last is not None and (today - last).days >= 30


def is_concentrated(month: Sequence[Record]) -> bool:
    """Top 1 ≥ 40 % or top 5 ≥ 80 %, with ≥ 30."""
    tops = [n for _, n in Counter(r.who for r in month).most_common(5)]
    return len(month) >= 30 and (tops[0] * 10 >= 4 * len(month) or sum(tops) * 10 >= 8 * len(month))


def is_farmed(month: Sequence[Record], today: date) -> bool:
    """≤ ¥10 ≥ 40 %, top 5 ≥ 60 %, a grade passed by ≤ 10 % in the last 5 days."""
    grades = [grade for grade in (30, 60, 100, 200) if len(month) >= grade]
    if not grades:
        return False
    tops = sum(n for _, n in Counter(r.who for r in month).most_common(5))
    tiny = sum(r.amount <= 1_000 for r in month)
    crossed = sorted(month, key=lambda r: r.at)[grades[-1] - 1].day
    left = monthrange(today.year, today.month)[1] - crossed.day
    return (
        tiny * 10 >= 4 * len(month)
        and tops * 10 >= 6 * len(month)
        and len(month) * 10 <= grades[-1] * 11
        and left <= 4
    )
