"""What works now, page by page: cards, terminals, bills, payees.

One cursor leads through all four lists in step. Each list is read by its key, never by offset,
so the last page of a province costs what the first one does.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, and_, func, not_, select, tuple_

from pos_sim.domain.accounts import Kind
from pos_sim.domain.banks import BANKS
from pos_sim.domain.calendar import business_date
from pos_sim.domain.cards import PIN_TRIES, CardStatus, Product
from pos_sim.domain.service_points import PointStatus
from pos_sim.store.rows import controls_of
from pos_sim.store.tables import accounts, bills, cards, service_points, terminals
from pos_sim.store.world import WorldFacts
from seeds.mistakes import Mistake
from seeds.numbers import pan_of, pin_of
from seeds.world import MAGIC_NAME

Key = list[Any]
"""Where a list goes on: the key of its last row."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Which world is asked, and when."""

    facts: WorldFacts
    now: datetime

    @property
    def today(self) -> date:
        return business_date(self.now)


Page = tuple[list[dict[str, Any]], Key | None]
"""Items, and the key after which the list goes on; None: it ends here."""
Reader = Callable[[Connection, Moment, int, Key], Page]


def manifest_page(
    connection: Connection, facts: WorldFacts, limit: int, cursor: str | None, *, now: datetime
) -> dict[str, Any]:
    """Return up to ``limit`` items of each list, and the cursor of the next page or None.

    ``now`` is what the world's clock shows: locked PINs and controls depend on it. A cursor that
    isn't ours raises ``Mistake``.
    """
    moment = Moment(facts, now)
    after = _keys_of(cursor)
    page: dict[str, Any] = {}
    keys: list[Key | None] = []
    for (name, (read, _)), key in zip(LISTS.items(), after, strict=True):
        page[name], following = ([], None) if key is None else read(connection, moment, limit, key)
        keys.append(following)
    page["next_cursor"] = _cursor_of(keys) if any(keys) else None
    return page


def working_cards(connection: Connection, moment: Moment, limit: int, after: Key) -> Page:
    """Active, not locked today, no credit cards, no magic ones; number and PIN from the seed."""
    c = cards.c
    is_locked = and_(c.pin_failures >= PIN_TRIES, c.pin_failed_on == moment.today)
    query: Select[Any] = (
        select(
            c.card_id, c.product, c.bank_id, accounts.c.account_no, c.holder_name, c.birth_date,
            c.county, accounts.c.balance_fen,
        )
        .join(accounts, accounts.c.account_id == c.account_id)
        .where(
            c.card_id > after[0],
            c.status == CardStatus.ACTIVE.value,
            c.product != Product.CREDIT.value,
            c.magic_name.is_(None),
            c.effect.is_(None),
            accounts.c.is_open,
            func.coalesce(not_(is_locked), True),
        )
        .order_by(c.card_id)
        .limit(limit + 1)
    )  # fmt: skip
    found, following = _cut(connection.execute(query).all(), limit, keys=1)
    return [card_item(row, moment) for row in found], following


def card_item(row: Row[Any], moment: Moment) -> dict[str, Any]:
    """Return a card as the manifest lists it."""
    return {
        "card_no": pan_of(moment.facts.seed, BANKS[row.bank_id], row.card_id).whole,
        "pin": pin_of(moment.facts.seed, row.card_id).digits,
        "product": row.product,
        "bank_id": row.bank_id,
        "account_no": row.account_no,
        "name": row.holder_name,
        "age": age_on(row.birth_date, moment.today),
        "county": row.county,
        "balance_fen": row.balance_fen,
    }


def working_terminals(connection: Connection, moment: Moment, limit: int, after: Key) -> Page:
    """Machines of open points with a trained operator and no business switched off.

    All first machines come before all second ones, so that neighbors stand at different points.
    """
    point, rank = service_points.c, func.row_number().over(
        partition_by=terminals.c.service_point_id, order_by=terminals.c.terminal_id
    )  # fmt: skip
    ranked = select(
        rank.label("rank"), terminals.c.terminal_id, terminals.c.kind, terminals.c.service_point_id
    ).subquery()
    query: Select[Any] = (
        select(
            ranked.c.rank, ranked.c.terminal_id, ranked.c.kind, ranked.c.service_point_id,
            point.bank_id, point.county, point.opens_minute, point.closes_minute, point.controls,
        )
        .join(service_points, point.service_point_id == ranked.c.service_point_id)
        .where(
            tuple_(ranked.c.rank, ranked.c.terminal_id) > tuple_(*after),
            point.status == PointStatus.OPEN.value,
            point.operator_trained_on.is_not(None),
        )
        .order_by(ranked.c.rank, ranked.c.terminal_id)
    )  # fmt: skip
    working = (row for row in connection.execute(query) if not _is_switched_off(row, moment.now))
    some = [row for row, _ in zip(working, range(limit + 1), strict=False)]
    found, following = _cut(some, limit, keys=2)
    return [terminal_item(row) for row in found], following


def terminal_item(row: Row[Any]) -> dict[str, Any]:
    """Return a terminal as the manifest lists it."""
    return {
        "terminal_id": row.terminal_id,
        "service_point_id": row.service_point_id,
        "bank_id": row.bank_id,
        "kind": row.kind,
        "county": row.county,
        "opens": clock_face(row.opens_minute),
        "closes": clock_face(row.closes_minute),
    }


def unpaid_bills(connection: Connection, _moment: Moment, limit: int, after: Key) -> Page:
    """Bills that wait to be paid."""
    query: Select[Any] = (
        select(bills.c.biller_id, bills.c.bill_no, bills.c.amount_fen)
        .where(
            tuple_(bills.c.biller_id, bills.c.bill_no) > tuple_(*after),
            bills.c.paid_by.is_(None),
        )
        .order_by(bills.c.biller_id, bills.c.bill_no)
        .limit(limit + 1)
    )
    found, following = _cut(connection.execute(query).all(), limit, keys=2)
    items = [
        {"biller_id": row.biller_id, "bill_no": row.bill_no, "amount_fen": row.amount_fen}
        for row in found
    ]
    return items, following


def open_payees(connection: Connection, _moment: Moment, limit: int, after: Key) -> Page:
    """Accounts that money can be sent to, with the whole name that a transfer has to state."""
    a = accounts.c
    query: Select[Any] = (
        select(a.account_id, a.account_no, a.name, a.bank_id)
        .where(
            a.account_id > after[0],
            a.kind == Kind.CARDHOLDER.value,
            a.is_open,
            not_(a.name.startswith(MAGIC_NAME)),
        )
        .order_by(a.account_id)
        .limit(limit + 1)
    )
    found, following = _cut(connection.execute(query).all(), limit, keys=1)
    items = [
        {"account_no": row.account_no, "name": row.name, "bank_id": row.bank_id} for row in found
    ]
    return items, following


LISTS: dict[str, tuple[Reader, Key]] = {
    "cards": (working_cards, [0]),
    "terminals": (working_terminals, [0, ""]),
    "bills": (unpaid_bills, ["", ""]),
    "payees": (open_payees, [0]),
}
"""Who reads each list, and the key before its first row."""


def age_on(birth_date: date, today: date) -> int:
    """Return somebody's age in whole years.

    >>> age_on(date(1960, 3, 3), date(2026, 3, 2)), age_on(date(1960, 3, 2), date(2026, 3, 2))
    (65, 66)
    """
    had_birthday = (today.month, today.day) >= (birth_date.month, birth_date.day)
    return today.year - birth_date.year - (0 if had_birthday else 1)


def clock_face(minute: int) -> str:
    """Return minutes after midnight as a clock shows them.

    >>> clock_face(450)
    '07:30'
    """
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _is_switched_off(row: Row[Any], now: datetime) -> bool:
    return bool(row.controls) and any(
        control.is_in_force(now) and not control.allowed for control in controls_of(row.controls)
    )


def _cut(rows: Sequence[Row[Any]], limit: int, keys: int) -> tuple[Sequence[Row[Any]], Key | None]:
    """Return at most ``limit`` rows, and the key of the last one if there are more."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], list(rows[limit - 1][:keys])


def _cursor_of(keys: Sequence[Key | None]) -> str:
    return urlsafe_b64encode(orjson.dumps(keys)).decode().rstrip("=")


def _keys_of(cursor: str | None) -> Sequence[Key | None]:
    """Return where each list goes on."""
    firsts = [first for _, first in LISTS.values()]
    if cursor is None:
        return firsts
    try:
        keys = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        keys = None
    if not isinstance(keys, list) or len(keys) != len(firsts):
        raise Mistake("cursor", NOT_OURS)
    if not all(_is_like(key, first) for key, first in zip(keys, firsts, strict=True)):
        raise Mistake("cursor", NOT_OURS)
    return keys


def _is_like(key: object, first: Key) -> bool:
    if key is None:
        return True
    return isinstance(key, list) and [type(part) for part in key] == [type(p) for p in first]


NOT_OURS = "不是本系统给出的游标 · Not a cursor of ours"
