"""The charges that a bank posts to a card itself: opening, replacement, yearly fee, messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pos_sim.domain import postings
from pos_sim.domain.authorize import Facts
from pos_sim.domain.book import Book
from pos_sim.domain.cards import Card
from pos_sim.domain.fees import Channel, Fee, FeeQuestion, Operation, Region, fee_for
from pos_sim.domain.journal import Entry
from pos_sim.domain.money import Fen
from pos_sim.domain.policy import Policy
from pos_sim.domain.records import approved, declined
from pos_sim.domain.requests import (
    Charge,
)
from pos_sim.domain.transactions import Refusal, Transaction


def post_charge(facts: Facts, request: Charge, fingerprint: str, book: Book) -> Transaction:
    """Post one of the bank's charges to a card, with its waiver."""
    card, account = facts.card, facts.account
    assert card is not None
    assert account is not None
    fee = charge_fee(facts.policy, card, Operation(request.operation), facts.business_date)
    if (account.balance or 0) < fee.charged:
        refusal = Refusal("balance", "51")
        return declined(facts, fingerprint, refusal, business=request.operation)
    moved = postings.charge(account, fee.charged)
    if moved:
        book.post(Entry(request.key.transaction_id, facts.business_date, moved))
    transaction = approved(replace(facts, fee=fee), fingerprint, book)
    return replace(transaction, business=request.operation, card_masked=card.masked)


def charge_fee(policy: Policy, card: Card, operation: Operation, day: date) -> Fee:
    """Return what a charge costs on a card, at the counter of its own bank."""
    question = FeeQuestion(
        operation=operation,
        channel=Channel.COUNTER,
        card_bank_id=card.bank_id,
        card_product=card.product,
        acquirer_bank_id=card.bank_id,
        region=Region.LOCAL,
        amount=Fen(0),
    )
    return fee_for(policy, question, day)
