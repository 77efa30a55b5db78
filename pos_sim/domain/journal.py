"""The journal: an entry is a list of postings, and every posting balances by its very shape."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from pos_sim.domain.accounts import (
    NORMAL_SIDE,
    Account,
    AccountId,
    Kind,
    Side,
    bank_account_id,
)
from pos_sim.domain.hot import hot_dataclass
from pos_sim.domain.money import Fen


class Posting(NamedTuple):
    """一借一贷: ``amount`` is debited to one account and credited to another of the same bank."""

    debit: AccountId
    credit: AccountId
    amount: Fen


@hot_dataclass(frozen=True, slots=True)
class Entry:
    """All postings of one event, written together or not at all."""

    entry_id: str
    business_date: date
    postings: tuple[Posting, ...]


def route(debit: Account, credit: Account, amount: Fen) -> list[Posting]:
    """Return the postings that bring ``amount`` from one account to the other.

    Every bank keeps its own books, so between two banks the money passes the clearing account
    of each; nothing is posted for an amount of zero.
    """
    if amount == 0:
        return []
    if debit.bank_id == credit.bank_id:
        return [Posting(debit.account_id, credit.account_id, amount)]
    return [
        Posting(debit.account_id, bank_account_id(debit.bank_id, Kind.CLEARING), amount),
        Posting(bank_account_id(credit.bank_id, Kind.CLEARING), credit.account_id, amount),
    ]


def mirror(postings: Iterable[Posting]) -> list[Posting]:
    """Return the postings that undo ``postings``, last one first."""
    undone = [Posting(p.credit, p.debit, p.amount) for p in postings]
    return undone[::-1]


def growth(kind: Kind, side: Side, amount: Fen) -> int:
    """Return by how much an account of ``kind`` grows when ``amount`` stands on ``side``.

    >>> growth(Kind.CARDHOLDER, Side.DEBIT, Fen(500)), growth(Kind.TILL, Side.DEBIT, Fen(500))
    (-500, 500)
    """
    return amount if NORMAL_SIDE[kind] is side else -amount


def movements(
    postings: Iterable[Posting], kind_of: Mapping[AccountId, Kind]
) -> dict[AccountId, int]:
    """Return by how much each account of ``kind_of`` grows, fen on its normal side."""
    moved: dict[AccountId, int] = defaultdict(int)
    for debit, credit, amount in postings:
        if debit in kind_of:
            moved[debit] += growth(kind_of[debit], Side.DEBIT, amount)
        if credit in kind_of:
            moved[credit] += growth(kind_of[credit], Side.CREDIT, amount)
    return moved


def clearing_imbalance(postings: Sequence[Posting], clearing: frozenset[AccountId]) -> int:
    """Return what the clearing accounts of all banks together gained; 0 unless money was lost."""
    gained = sum(p.amount for p in postings if p.credit in clearing)
    given = sum(p.amount for p in postings if p.debit in clearing)
    return gained - given
