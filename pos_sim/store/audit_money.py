"""What the audit asks of money: each fen in the journal stands where accounts and answers say."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from pos_sim.domain.accounts import BANK_ACCOUNTS, NORMAL_SIDE, Kind, Side
from pos_sim.store.finding import Finding
from pos_sim.store.sql import Statement
from pos_sim.store.tables import FOLLOWS


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


FEES = Statement(  # both sides in one pass, as for `audit_records.USAGE`
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


OWN_ENTRY = "p.entry_id = t.transaction_id and p.business_date = t.business_date"
AMOUNTS = Statement(  # in the order of the table, which is that of time: neighbors lie together
    "select transaction_id, first_status, total, paid from ("
    " select t.transaction_id, t.first_status, coalesce(t.amount_fen, 0) + t.fee_charged_fen"
    "  as total, coalesce((select sum(p.amount_fen) from postings p"
    f"   where {OWN_ENTRY}"
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
    f" and exists (select 1 from postings p where {OWN_ENTRY})"
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


MOVED_BY = (
    "coalesce((select sum(p.amount_fen) from transactions t cross join postings p"
    f" where t.transaction_id = {{}} and {OWN_ENTRY}), 0)"
)
MOVED_LATER = (
    "coalesce((select sum(p.amount_fen) from postings p"
    f" where p.entry_id = o.transaction_id || '{{}}' and {FOLLOWS}), 0)"
)
REVERSALS = Statement(
    "select * from (select o.transaction_id, o.ended_by,"
    f" {MOVED_BY.format('o.transaction_id')} + {MOVED_LATER.format('-release')} as moved,"
    f" case when o.ended_by like 'by %' then {MOVED_LATER.format('-cancel')}"
    f"  else {MOVED_BY.format('o.ended_by')} end as undone"
    " from transactions o where o.status = 'reversed') as sides where moved <> undone"
)
TWICE = Statement(
    "select t.original_id, count(*) from transactions t"
    " where t.business = 'reversal' and t.original_id is not null"
    f" and exists (select 1 from postings p where {OWN_ENTRY})"
    " group by t.original_id having count(*) > 1"
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
    f"  where p.entry_id = t.transaction_id || '-release' and {FOLLOWS}"
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
    f" and not exists (select 1 from transactions t where {OWN_ENTRY})"
    " and not exists (select 1 from transactions t"
    "  where t.transaction_id = substr(p.entry_id, 1, 20)"
    "  and p.entry_id in (t.transaction_id || '-release', t.transaction_id || '-cancel'))"
)


def strays(connection: Connection, _key: bytes) -> Iterator[Finding]:
    for (entry_id,) in STRAY_ENTRIES.rows(connection):
        yield Finding("stray", f"entry {entry_id}", "belongs to no transaction of its day")
