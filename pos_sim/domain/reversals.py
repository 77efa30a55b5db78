"""Reversals 冲正: what a terminal takes back, and what is done when there is nothing to take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from pos_sim.domain.accounts import NEVER_BELOW_ZERO, AccountId, Kind, bank_account_id
from pos_sim.domain.authorize import Facts
from pos_sim.domain.book import Book
from pos_sim.domain.calendar import month_of
from pos_sim.domain.journal import Entry, Posting, mirror
from pos_sim.domain.limits import LimitKind
from pos_sim.domain.money import ZERO, Fen
from pos_sim.domain.records import decided, declined
from pos_sim.domain.requests import Business, Reversal
from pos_sim.domain.transactions import Refusal, Status, Transaction

NOT_REVERSIBLE = frozenset({Business.BALANCE_INQUIRY.value, Business.REVERSAL.value})


def decide_reversal(facts: Facts, request: Reversal, fingerprint: str, book: Book) -> Transaction:
    """Look up the original before every other check, and take back what still stands."""
    original = book.earlier.get(request.original.transaction_id)
    refusal = refusal_of(facts, original)
    if refusal is not None:
        if refusal.check == "original_unknown":
            book.bury(request.original.transaction_id, request.key.transaction_id)
        original_id = original.transaction_id if original else None
        return declined(facts, fingerprint, refusal, original_id=original_id)
    assert original is not None
    stood = original.stands
    if stood:
        undo(original, facts.business_date, request.key.transaction_id, book)
    returned = original.fee_charged if stood else ZERO
    return replace(
        decided(facts, fingerprint, Status.APPROVED, "00"),
        original_id=original.transaction_id,
        card_id=original.card_id,
        card_masked=original.card_masked,
        amount=original.amount,
        fee_before=returned,
        fee_charged=returned,
    )


def refusal_of(facts: Facts, original: Transaction | None) -> Refusal | None:
    """Return why a reversal cannot be answered with 00; it needs no more than a known terminal."""
    if facts.is_tombstoned:
        return Refusal("tombstoned", "94")
    if facts.terminal is None:
        return Refusal("terminal_unknown", "97")
    if original is None or came_too_late(original):
        return Refusal("original_unknown", "25")
    if original.business in NOT_REVERSIBLE:
        return Refusal("not_reversible", "12")
    return None


def came_too_late(original: Transaction) -> bool:
    """Say whether an original met its tombstone: reversing again says what it said before."""
    return original.refusal is not None and original.refusal.check == "tombstoned"


def undo(original: Transaction, today: date, undone_by: str, book: Book) -> None:
    """Take back money, limit usage, the month's first withdrawal and the bill, dated today."""
    undone = covered(mirror(book.entries_of(original.transaction_id)), book)
    if undone:
        book.post(Entry(undone_by, today, undone))
    give_back_usage(original, book)
    give_back_first_of_month(original, book)
    give_back_bill(original, book)
    book.end(original, Status.REVERSED, undone_by)


def covered(postings: Iterable[Posting], book: Book) -> tuple[Posting, ...]:
    """Return the postings with shortfalls taken from suspense, so that no floor is broken.

    A payee who has spent the money meanwhile cannot give it back; the suspense account of that
    payee's bank stands in, as a claim.
    """
    spent: dict[AccountId, int] = {}
    result: list[Posting] = []
    for debit, credit, amount in postings:
        own = min(amount, available(debit, book) - spent.get(debit, 0))
        spent[debit] = spent.get(debit, 0) + own
        spent[credit] = spent.get(credit, 0) - amount
        if own > 0:
            result.append(Posting(debit, credit, Fen(own)))
        if own < amount:
            suspense = bank_account_id(book.accounts[debit].bank_id, Kind.SUSPENSE)
            result.append(Posting(suspense, credit, Fen(amount - own)))
    return tuple(result)


def available(account_id: AccountId, book: Book) -> int:
    """Return what may be debited: the balance where there is a floor, else any amount."""
    account = book.accounts.get(account_id)
    if account is None or account.kind not in NEVER_BELOW_ZERO:
        return UNBOUNDED
    return account.balance or 0


UNBOUNDED = 10**18


def give_back_usage(original: Transaction, book: Book) -> None:
    """Give back the daily limit of the original's own date."""
    subject = original.card_id or original.payee_account_id
    if original.limit_kind is None or subject is None or original.amount is None:
        return
    key = (subject, LimitKind(original.limit_kind), original.business_date)
    book.use(key, amount=-original.amount, count=-1)


def give_back_first_of_month(original: Transaction, book: Book) -> None:
    """Let the month's next withdrawal be its first again."""
    if not original.is_first_of_month or original.card_id is None:
        return
    card = book.cards[original.card_id]
    if card.first_withdrawal_month == month_of(original.business_date):
        book.put_card(replace(card, first_withdrawal_month=0))


def give_back_bill(original: Transaction, book: Book) -> None:
    """Let the bill be paid again."""
    bill = book.bills.get((original.biller_id or "", original.bill_no or ""))
    if bill is not None and bill.paid_by == original.transaction_id:
        book.put_bill(replace(bill, paid_by=None))
