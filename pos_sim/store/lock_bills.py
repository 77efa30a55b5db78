"""The bills of a group: locked last, and born where a biller takes any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from pos_sim.domain.bills import Bill, Biller, seal_of_bill
from pos_sim.domain.money import Fen
from pos_sim.domain.requests import CardBillPayment, CashBillPayment, Request
from pos_sim.domain.transactions import Transaction
from pos_sim.store import rows
from pos_sim.store.sql import NOTHING, Answer, InsertSet, Statement
from pos_sim.store.tables import bills

READ_BILLERS = Statement(
    "select b.biller_id, b.name, b.name_en, b.category, b.takes_any_bill, a.account_id,"
    " a.account_no, a.kind, a.bank_id, a.name, a.is_open, a.balance_fen"
    " from billers b join accounts a on a.account_id = b.account_id"
    " where b.biller_id {in:biller_ids text}"
)
BEAR_BILLS = InsertSet(
    bills,
    ("biller_id", "bill_no", "amount_fen", "payer_name", "paid_by", "seal"),
    "on conflict do nothing",
)
LOCK_BILLS = Statement(
    "select biller_id, bill_no, amount_fen, payer_name, paid_by from bills b"
    " where biller_id {in:biller_ids text} and bill_no {in:bill_nos text}"
    " order by biller_id, bill_no {lock:b}"
)


BillKey = tuple[str, str]
"""Biller and number."""


def ask_billers(
    connection: Connection, requests: Sequence[Request], originals: Mapping[str, Transaction]
) -> Answer:
    """Ask for the billers that requests and originals name."""
    named = {biller_id for biller_id, _ in bills_named(requests, originals)}
    return READ_BILLERS.ask(connection, biller_ids=named) if named else NOTHING


def billers_of(asked: Answer) -> dict[str, Biller]:
    return {row[0]: biller_of(row) for row in asked.rows()}


def lock_bills(
    connection: Connection,
    requests: Sequence[Request],
    fresh: Sequence[Request],
    originals: Mapping[str, Transaction],
    billers: Mapping[str, Biller],
    seal_key: bytes,
) -> Answer:
    """Lock the bills; where a biller takes any bill, a fresh request lets it be born."""
    named = bills_named(requests, originals)
    if not named:
        return NOTHING
    wanted = {
        (r.biller_id, r.bill_no): r.amount
        for r in reversed(fresh)  # a bill is born with the amount of the first who asks
        if isinstance(r, CardBillPayment | CashBillPayment)
    }
    born = [
        Bill(biller_id, bill_no, amount, "", None)
        for (biller_id, bill_no), amount in sorted(wanted.items())
        if biller_id in billers and billers[biller_id].takes_any_bill
    ]
    BEAR_BILLS.run(connection, [bill_row(bill, seal_key) for bill in born])
    bill_nos = {bill_no for _, bill_no in named}
    return LOCK_BILLS.ask(connection, biller_ids=billers, bill_nos=bill_nos)


def bills_named(requests: Sequence[Request], originals: Mapping[str, Transaction]) -> set[BillKey]:
    asked = {
        (r.biller_id, r.bill_no)
        for r in requests
        if isinstance(r, CardBillPayment | CashBillPayment)
    }
    paid = {(t.biller_id, t.bill_no) for t in originals.values() if t.biller_id and t.bill_no}
    return asked | paid


def bills_of(asked: Answer) -> dict[BillKey, Bill]:
    return {
        (row[0], row[1]): Bill(row[0], row[1], Fen(row[2]), row[3], row[4]) for row in asked.rows()
    }


def bill_row(bill: Bill, seal_key: bytes) -> tuple[Any, ...]:
    seal = seal_of_bill(bill, seal_key)
    return (bill.biller_id, bill.bill_no, bill.amount, bill.payer_name, bill.paid_by, seal)


def biller_of(row: Any) -> Biller:
    biller_id, name, name_en, category, takes_any_bill, *account = row
    return Biller(
        biller_id, name, name_en, category, rows.account_of(account), bool(takes_any_bill)
    )
