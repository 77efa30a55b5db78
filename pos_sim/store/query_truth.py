"""The whole truth about one key: what the books say, whoever was told what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, or_, select, text

from pos_sim.domain.accounts import Kind, Side
from pos_sim.domain.book import release_entry_id
from pos_sim.domain.transactions import Transaction
from pos_sim.store.queries import find_transaction
from pos_sim.store.tables import FOLLOWS, accounts, postings, tombstones

debited = accounts.alias("debited")
credited = accounts.alias("credited")


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of one posting, in fen."""

    account_no: str
    kind: str
    side: Side
    amount: int
    bank_id: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What the bank knows of a key; ``legs`` are its own, not those of its reversal."""

    transaction: Transaction | None
    is_tombstoned: bool
    legs: Sequence[Leg]

    @property
    def till_delta(self) -> int:
        """By how much the books say that the till's banknotes grew, in fen."""
        tills = [leg for leg in self.legs if leg.kind == Kind.TILL.value]
        return sum(leg.amount if leg.side is Side.DEBIT else -leg.amount for leg in tills)


def truth_of(connection: Connection, transaction_id: str) -> Truth:
    """Return everything about the key."""
    buried = select(tombstones.c.reversal_id).where(tombstones.c.transaction_id == transaction_id)
    found = find_transaction(connection, transaction_id)
    is_buried = connection.execute(buried).first() is not None
    return Truth(found, is_buried, legs_of(connection, found) if found else ())


def legs_of(connection: Connection, transaction: Transaction) -> list[Leg]:
    """Return both sides of every posting of the key, of its release and of its cancellation."""
    p, key = postings.c, transaction.transaction_id
    own = and_(p.business_date == transaction.business_date, p.entry_id == key)
    later = and_(p.entry_id.in_((release_entry_id(key), f"{key}-cancel")), text(FOLLOWS))
    query = (
        select(
            debited.c.account_no, debited.c.kind, debited.c.bank_id,
            credited.c.account_no, credited.c.kind, credited.c.bank_id,
            postings.c.amount_fen,
        )
        .join_from(postings, debited, debited.c.account_id == postings.c.debit_account_id)
        .join(credited, credited.c.account_id == postings.c.credit_account_id)
        .where(or_(own, later))
        .order_by(postings.c.posting_no)
    )  # fmt: skip
    return [
        leg
        for row in connection.execute(query)
        for leg in (
            Leg(row[0], row[1], Side.DEBIT, row[6], row[2]),
            Leg(row[3], row[4], Side.CREDIT, row[6], row[5]),
        )
    ]
