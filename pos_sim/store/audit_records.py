"""What the audit asks of records: limits used, bills, settlements and seals say what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection

from pos_sim.domain.bills import Bill, seal_of_bill
from pos_sim.domain.money import Fen
from pos_sim.store.finding import Finding
from pos_sim.store.seals import broken_seals
from pos_sim.store.settlements import CLEARED
from pos_sim.store.sql import Statement

USAGE = Statement(  # both sides in one pass: a join would meet tables without statistics
    "select subject_id, kind, sum(kept), sum(used) from ("
    " select subject_id, kind, business_date, amount_fen as kept, count as kept_times,"
    "  0 as used, 0 as used_times from usage"
    " union all"
    " select coalesce(card_id, payee_account_id), limit_kind, business_date, 0, 0, amount_fen, 1"
    "  from transactions where limit_kind is not null and status in ('approved', 'held')"
    " ) as sides group by subject_id, kind, business_date"
    " having sum(kept) <> sum(used) or sum(kept_times) <> sum(used_times)"
    " order by subject_id, kind, business_date"
)


def usage(connection: Connection, _key: bytes) -> Iterator[Finding]:
    for subject, kind, kept, counted in USAGE.rows(connection):
        text = f"{kind}: {kept} fen kept, {counted} fen used by standing transactions"
        yield Finding("usage", f"subject {subject}", text)


BILLS = Statement(
    "select b.biller_id, b.bill_no, b.amount_fen, b.payer_name, b.paid_by, b.seal,"
    " t.amount_fen, t.status from bills b"
    " left join transactions t on t.transaction_id = b.paid_by"
)
UNPAID = Statement(
    "select t.transaction_id from transactions t left join bills b"
    " on b.biller_id = t.biller_id and b.bill_no = t.bill_no"
    " where t.business = 'bill_payment' and t.status = 'approved'"
    " and coalesce(b.paid_by, '') <> t.transaction_id"
)


def bills(connection: Connection, key: bytes) -> Iterator[Finding]:
    """A paid bill names the standing transaction that paid it, and the other way round."""
    for biller_id, bill_no, amount, payer, paid_by, seal, paid, status in BILLS.rows(connection):
        subject = f"bill {biller_id} {bill_no}"
        if seal_of_bill(Bill(biller_id, bill_no, Fen(amount), payer, paid_by), key) != seal:
            yield Finding("bill", subject, f"{amount} fen is not what the seal says")
        if paid_by is not None and (paid != amount or status != "approved"):
            yield Finding("bill", subject, f"{amount} fen, paid {paid} by {paid_by} ({status})")
    for (transaction_id,) in UNPAID.rows(connection):
        yield Finding("bill", f"transaction {transaction_id}", "its bill does not name it")


def seals(connection: Connection, key: bytes) -> Iterator[Finding]:
    """Every record says what it said when it was decided."""
    for transaction_id in broken_seals(connection, key):
        yield Finding("seal", f"transaction {transaction_id}", "the record is not what was decided")


SETTLED = Statement("select business_date, bank_id, received_fen, given_fen from settlements")
IN_JOURNAL = Statement(CLEARED)
NOTHING_MOVED = (0, 0)


def settlements(connection: Connection, _key: bytes) -> Iterator[Finding]:
    """What was settled for a day is what the clearing accounts say of it."""
    settled = sums_by_day(SETTLED.rows(connection))
    cleared = sums_by_day(IN_JOURNAL.rows(connection))
    days = {day for day, _ in settled}
    for (day, bank_id), (received, given) in sorted(cleared.items()):
        if day in days and (day, bank_id) not in settled:
            text = f"not settled; journal {received} in, {given} out"
            yield Finding("settlement", f"{bank_id} {day}", text)
    for (day, bank_id), (received, given) in sorted(settled.items()):
        in_journal, out_journal = cleared.get((day, bank_id), NOTHING_MOVED)
        if (received, given) != (in_journal, out_journal):
            text = f"settled {received} in, {given} out; journal {in_journal} in, {out_journal} out"
            yield Finding("settlement", f"{bank_id} {day}", text)


def sums_by_day(found: Iterable[Any]) -> dict[tuple[str, str], tuple[int, int]]:
    """Return fen in and out by business date and bank."""
    return {(str(day), bank_id): (int(came), int(went)) for day, bank_id, came, went in found}
