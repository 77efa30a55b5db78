"""What a group asks about payees before it decides: what came to them, and what left again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection

from pos_sim.store.rows import to_day
from pos_sim.store.sql import NOTHING, Later, Statement
from risk.events import ELDER_AGE, day_of
from risk.live.rows import APPROVED, Drawn, Paid
from risk.observe import age_on
from risk.store.newest import UNDONE_US, NewestOf
from risk.store.read_group import each_sorted

OF_PAYEES = NewestOf(
    "t.decided_us, t.transaction_id, t.payee_account_id, t.business, t.response_code,"
    " t.amount_fen, t.service_point_id, t.card_id, t.details,"
    " (select c.birth_date from cards c where c.card_id = t.card_id), t.status,"
    f" coalesce(t.available_us, t.decided_us), {UNDONE_US}",
    "payee_account_id",
    "bigint",
)
DRAWN = Statement(
    "select c.account_id, t.service_point_id, t.decided_us, t.transaction_id, t.amount_fen"
    " from cards c join transactions t on t.card_id = c.card_id"
    " where c.account_id {in:accounts bigint} and t.decided_us > :since"
    f" and t.business = 'withdrawal' and t.response_code = '00' and {UNDONE_US} is null"
)


def ask_paid(
    connection: Connection, payees: Collection[int], since_us: int
) -> Later[dict[int, list[Paid]]]:
    """Ask what was paid to each account, in order of time."""

    def by_payee(found: Sequence[Any]) -> dict[int, list[Paid]]:
        paid: dict[int, list[Paid]] = {payee: [] for payee in payees}
        for row in found:
            paid[row[2]].append(_paid(row))
        return each_sorted(paid)

    return Later(OF_PAYEES.ask(connection, payees, since_us), by_payee)


def _paid(row: Any) -> Paid:
    at_us, event_id, payee, business, code, amount, point, card, details, birth, *end = row
    status, settles_us, undone_us = end
    payer = str(card) if card is not None else None
    if payer is None and details:
        payer = orjson.loads(details).get("payer_name")
    is_elder = birth is not None and _is_elder(at_us, to_day(birth))
    never_stood = code != APPROVED or (status == "reversed" and undone_us is None)
    return Paid(
        at_us, event_id, payee, business, code, amount or 0, point, card, payer, is_elder,
        None if never_stood else settles_us, undone_us,
    )  # fmt: skip


def _is_elder(at_us: int, birth: date) -> bool:
    return age_on(date.fromordinal(day_of(at_us)), birth) >= ELDER_AGE


def ask_drawn(
    connection: Connection, accounts: Collection[int], since_us: int
) -> Later[dict[tuple[int, str | None], list[Drawn]]]:
    """Ask what stands of the withdrawals from accounts, by account and point."""
    if not accounts:
        return Later(NOTHING, _by_account_and_point)
    return Later(DRAWN.ask(connection, accounts=accounts, since=since_us), _by_account_and_point)


def _by_account_and_point(found: Sequence[Any]) -> dict[tuple[int, str | None], list[Drawn]]:
    by_pair: dict[tuple[int, str | None], list[Drawn]] = {}
    for account, point, *drawn in found:
        by_pair.setdefault((account, point), []).append(Drawn._make(drawn))
    return each_sorted(by_pair)
