"""The audit: every balance recomputed from the journal, every promise checked, row by row.

Each check is one function that yields findings; a finding names the row that broke the promise.
All of them read one snapshot, so the audit may run beside a working server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from pos_sim.domain.accounts import BANK_ACCOUNTS, NORMAL_SIDE, Kind, Side
from pos_sim.domain.bills import Bill, seal_of_bill
from pos_sim.domain.money import Fen
from pos_sim.domain.transactions import seal_of
from pos_sim.store import rows
from pos_sim.store.settlements import CLEARED
from pos_sim.store.sql import Statement

MOST_PER_CHECK = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken promise: which check, which row, and what is wrong with it."""

    check: str
    subject: str
    text: str


Check = Callable[[Connection, bytes], Iterator[Finding]]


def audit(
    connection: Connection, seal_key: bytes, advance: Callable[[int], None] = lambda done: None
) -> list[Finding]:
    """Return what is broken, at most 20 findings a check; nothing is right.

    ``advance`` is told after each check.
    """
    findings: list[Finding] = []
    for check in CHECKS:
        findings += islice(check(connection, seal_key), MOST_PER_CHECK)
        advance(1)
    return findings


def ids_of(kind: Kind) -> str:
    """Return the banks' own accounts of a kind as an SQL list."""
    return ", ".join(str(a.account_id) for a in BANK_ACCOUNTS.values() if a.kind is kind)


DEBIT_NORMAL = ", ".join(f"'{kind}'" for kind, side in NORMAL_SIDE.items() if side is Side.DEBIT)

BALANCES = Statement(
    "with moved as ("
    " select account_id, sum(net) as net from ("
    "  select credit_account_id as account_id, sum(amount_fen) as net from postings group by 1"
    "  union all"
    "  select debit_account_id, -sum(amount_fen) from postings group by 1) as sides group by 1)"
    " select a.account_no, a.balance_fen,"
    f" case when a.kind in ({DEBIT_NORMAL}) then -coalesce(m.net, 0) else coalesce(m.net, 0) end"
    " from accounts a left join moved m on m.account_id = a.account_id"
    " where a.balance_fen is not null and a.balance_fen <>"
    f" case when a.kind in ({DEBIT_NORMAL}) then -coalesce(m.net, 0) else coalesce(m.net, 0) end"
    " order by a.account_no"
)


def balances(connection: Connection, _key: bytes) -> Iterator[Finding]:
    for account_no, balance, journal in BALANCES.rows(connection):
        yield Finding(
            "balance",
            f"account {account_no}",
            f"the account says {balance} fen, the journal says {journal}",
        )


CLEARING = Statement(
    "select entry_id, sum(net) from ("
    " select entry_id, amount_fen as net from postings"
    f" where credit_account_id in ({ids_of(Kind.CLEARING)})"
    " union all"
    " select entry_id, -amount_fen from postings"
    f" where debit_account_id in ({ids_of(Kind.CLEARING)})) as sides"
    " group by entry_id having sum(net) <> 0 order by entry_id"
)


def clearing(connection: Connection, _key: bytes) -> Iterator[Finding]:
    for entry_id, lost in CLEARING.rows(connection):
        text = f"the clearing accounts of the banks are out by {lost} fen"
        yield Finding("clearing", f"transaction {entry_id}", text)


FEES = Statement(  # both sides in one pass, as for `USAGE`
    "select entry_id, sum(charged), sum(earned) from ("
    " select transaction_id as entry_id, fee_charged_fen as charged, 0 as earned"
    "  from transactions where business <> 'reversal' and fee_charged_fen <> 0"
    " union all"
    " select entry_id, 0, amount_fen from postings"
    f" where credit_account_id in ({ids_of(Kind.FEE_INCOME)})) as sides"
    " group by entry_id having sum(charged) <> sum(earned) order by entry_id"
)


def fees(connection: Connection, _key: bytes) -> Iterator[Finding]:
    for transaction_id, charged, earned in FEES.rows(connection):
        text = f"the fee is {charged} fen, the bank earned {earned}"
        yield Finding("fee", f"transaction {transaction_id}", text)


AMOUNTS = Statement(  # in the order of the table, which is that of time: neighbors lie together
    "select transaction_id, first_status, total, paid from ("
    " select t.transaction_id, t.first_status, coalesce(t.amount_fen, 0) + t.fee_charged_fen"
    "  as total, coalesce((select sum(p.amount_fen) from postings p"
    "   where p.entry_id = t.transaction_id"
    "   and p.debit_account_id = coalesce(c.account_id, s.operator_account_id)), 0) as paid"
    "  from transactions t"
    "  left join cards c on c.card_id = t.card_id"
    "  left join service_points s on s.service_point_id = t.service_point_id"
    "  where t.business not in ('reversal', 'balance_inquiry')) as sides"
    " where case when first_status = 'declined' then 0 else total end <> paid"
)


def amounts(connection: Connection, _key: bytes) -> Iterator[Finding]:
    for transaction_id, status, total, paid in sorted(AMOUNTS.rows(connection)):
        text = f"{status}: amount and fee are {total} fen, the payer was debited {paid}"
        yield Finding("amount", f"transaction {transaction_id}", text)


SILENT_ENTRIES = Statement(
    "select t.transaction_id, t.business, t.first_status from transactions t"
    " where (t.first_status = 'declined' or t.business = 'balance_inquiry')"
    " and exists (select 1 from postings p where p.entry_id = t.transaction_id)"
)
BURIED = Statement(
    "select t.transaction_id from tombstones b cross join transactions t"
    " where t.transaction_id = b.transaction_id and t.first_status <> 'declined'"
)


def moved_by_nothing(connection: Connection, _key: bytes) -> Iterator[Finding]:
    """A refusal, an inquiry or a tombstoned key moves no money."""
    for transaction_id, business, status in SILENT_ENTRIES.rows(connection):
        text = f"a {status} {business} moved money"
        yield Finding("no_movement", f"transaction {transaction_id}", text)
    for (transaction_id,) in BURIED.rows(connection):
        yield Finding("no_movement", f"transaction {transaction_id}", "decided beside a tombstone")


MOVED_BY = "coalesce((select sum(p.amount_fen) from postings p where p.entry_id = {}), 0)"
RELEASED = "o.transaction_id || '-release'"
UNDONE = "case when o.ended_by like 'by %' then o.transaction_id || '-cancel' else o.ended_by end"
REVERSALS = Statement(
    "select * from (select o.transaction_id, o.ended_by,"
    f" {MOVED_BY.format('o.transaction_id')} + {MOVED_BY.format(RELEASED)} as moved,"
    f" {MOVED_BY.format(UNDONE)} as undone"
    " from transactions o where o.status = 'reversed') as sides where moved <> undone"
)
TWICE = Statement(
    "select r.original_id, count(*) from transactions r"
    " where r.business = 'reversal' and r.original_id is not null"
    " and exists (select 1 from postings p where p.entry_id = r.transaction_id)"
    " group by r.original_id having count(*) > 1"
)
UNMARKED = Statement(
    "select r.transaction_id, o.transaction_id, o.status from transactions r"
    " join transactions o on o.transaction_id = r.original_id"
    " where r.business = 'reversal' and r.response_code = '00'"
    " and o.status not in ('reversed', 'declined')"
)


def reversals(connection: Connection, _key: bytes) -> Iterator[Finding]:
    """Each original is reversed at most once, by exactly what it moved."""
    for original, ended_by, moved, undone in REVERSALS.rows(connection):
        text = f"moved {moved} fen, {ended_by} took back {undone}"
        yield Finding("reversal", f"transaction {original}", text)
    for original, count in TWICE.rows(connection):
        yield Finding("reversal", f"transaction {original}", f"reversed {count} times")
    for reversal, original, status in UNMARKED.rows(connection):
        text = f"reversed by {reversal}, but its status is {status}"
        yield Finding("reversal", f"transaction {original}", text)


HOLDS = Statement(
    "select transaction_id, status, amount_fen, coalesce(paid, 0) from ("
    " select t.transaction_id, t.status, t.amount_fen, (select sum(p.amount_fen) from postings p"
    "  where p.entry_id = t.transaction_id || '-release'"
    "  and p.credit_account_id = t.payee_account_id) as paid"
    " from transactions t where t.first_status = 'held') as sides"
    " where coalesce(paid, 0) <> case status"
    "  when 'held' then 0 when 'approved' then amount_fen"
    "  else case when paid is null then 0 else amount_fen end end"
)


def holds(connection: Connection, _key: bytes) -> Iterator[Finding]:
    """Held money waits until it is released, and then all of it reaches the payee."""
    for transaction_id, status, amount, paid in HOLDS.rows(connection):
        text = f"{amount} fen were held and are {status}, {paid} went on to the payee"
        yield Finding("hold", f"transaction {transaction_id}", text)


STRAY_ENTRIES = Statement(  # the first question is about nearly all, the second about a few
    "select distinct p.entry_id from postings p where p.entry_id not like 'opening%'"
    " and p.entry_id not like 'credit-%' and p.entry_id not like 'exit-%'"
    " and not exists (select 1 from transactions t where t.transaction_id = p.entry_id)"
    " and not exists (select 1 from transactions t"
    "  where t.transaction_id = substr(p.entry_id, 1, 20)"
    "  and p.entry_id in (t.transaction_id || '-release', t.transaction_id || '-cancel'))"
)


def strays(connection: Connection, _key: bytes) -> Iterator[Finding]:
    for (entry_id,) in STRAY_ENTRIES.rows(connection):
        yield Finding("stray", f"entry {entry_id}", "belongs to no transaction")


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


ALL_TRANSACTIONS = f"select {', '.join(rows.TRANSACTION_COLUMNS)}, seal from transactions"


def seals(connection: Connection, key: bytes) -> Iterator[Finding]:
    """Every record says what it said when it was decided."""
    for row in streamed(connection, ALL_TRANSACTIONS):
        if seal_of(rows.transaction_of(row), key) != row[-1]:
            yield Finding("seal", f"transaction {row[0]}", "the record is not what was decided")


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


def streamed(connection: Connection, sql: str) -> Iterator[Any]:
    """Read a whole table without holding it in memory."""
    options = {"stream_results": True, "yield_per": 5_000}
    with connection.exec_driver_sql(sql, execution_options=options) as result:
        yield from result


CHECKS: tuple[Check, ...] = (
    balances,
    clearing,
    fees,
    amounts,
    moved_by_nothing,
    reversals,
    holds,
    strays,
    usage,
    bills,
    settlements,
    seals,
)
