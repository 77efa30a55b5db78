"""One decision, and a group of decisions: what the bank does with each request, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from pos_sim.domain import postings
from pos_sim.domain.authorize import Facts, control_in_force, first_refusal
from pos_sim.domain.book import Book
from pos_sim.domain.calendar import month_of
from pos_sim.domain.cards import after_first_withdrawal, after_right_pin, after_wrong_pin
from pos_sim.domain.charges import post_charge
from pos_sim.domain.decision import Decision
from pos_sim.domain.gather import Rules, facts_of, is_first_of_month
from pos_sim.domain.journal import Entry
from pos_sim.domain.magic import Effect
from pos_sim.domain.records import approved, declined
from pos_sim.domain.requests import (
    CardRequest,
    Charge,
    Request,
    Reversal,
    ToPayee,
    Transfer,
    fingerprint_of,
)
from pos_sim.domain.reversals import decide_reversal
from pos_sim.domain.transactions import Refusal, Status, Transaction
from pos_sim.domain.watching import Verdict, Watcher

HELD_FOR = timedelta(hours=24)


def decide_group(
    requests: Iterable[Request], book: Book, rules: Rules, watcher: Watcher
) -> list[Decision]:
    """Decide the requests in order; each sees what the earlier ones did."""
    return [decide(request, book, rules, watcher) for request in requests]


def decide(request: Request, book: Book, rules: Rules, watcher: Watcher) -> Decision:
    """Decide one request and write the consequences into the book."""
    pan_hash = rules.secrets.pan_hash(request.pan) if isinstance(request, CardRequest) else None
    fingerprint = fingerprint_of(request, pan_hash)
    earlier = book.earlier.get(request.key.transaction_id)
    if earlier is not None:
        is_same = earlier.fingerprint == fingerprint
        return Decision(request, earlier if is_same else None, is_replay=True)
    facts = facts_of(request, pan_hash, book, rules)
    if isinstance(request, Reversal):
        transaction = decide_reversal(facts, request, fingerprint, book)
        watcher.assess(facts, None)
    elif isinstance(request, Charge):
        transaction = post_charge(facts, request, fingerprint, book)
    else:
        transaction = decide_business(facts, fingerprint, book, watcher)
    book.add(transaction)
    decision = Decision(request, transaction, effect=effect_of(facts, transaction))
    watcher.record(decision)
    return decision


def decide_business(facts: Facts, fingerprint: str, book: Book, watcher: Watcher) -> Transaction:
    """Check, ask the monitor, and post when nobody objects."""
    if control_in_force(facts) is not None and watcher.lets_pass(facts):
        facts = replace(facts, is_let_pass=True)
    refusal = first_refusal(facts)
    verdict = watcher.assess(facts, refusal).verdict  # refused requests are watched too
    if refusal is None and verdict is Verdict.DECLINE:
        refusal = Refusal("risk", "59")
    keep_pin_count(facts, refusal, book)
    if refusal is not None:
        return declined(facts, fingerprint, refusal)
    held = must_be_held(facts, verdict)
    is_first = take_first_of_month(facts, book)
    key = facts.request.key.transaction_id
    moved = postings.postings_of(facts, held=held)
    if moved:
        book.post(Entry(key, facts.business_date, moved))
    if facts.usage_key is not None:
        book.use(facts.usage_key, amount=facts.amount, count=1)
    if facts.bill is not None:
        book.put_bill(replace(facts.bill, amount=facts.amount, paid_by=key))
    transaction = approved(facts, fingerprint, book, is_first_of_month=is_first)
    return as_held(transaction) if held else transaction


def take_first_of_month(facts: Facts, book: Book) -> bool:
    """Note on the card that this month's first withdrawal is made; say whether this was it."""
    is_first = is_first_of_month(facts.request, facts.card, facts.business_date)
    if is_first and facts.card is not None:
        card = book.cards[facts.card.card_id]
        book.put_card(after_first_withdrawal(card, month_of(facts.business_date)))
    return is_first


def keep_pin_count(facts: Facts, refusal: Refusal | None, book: Book) -> None:
    """Count a wrong PIN, clear the count after a right one; leave it when no PIN was checked."""
    card = facts.card
    if card is None or card.effect is Effect.WRONG_PIN:
        return
    if refusal is not None and refusal.check in ("pin_wrong", "pin_locked"):
        if not facts.pin_is_right:
            book.put_card(after_wrong_pin(card, facts.business_date))
    elif refusal is None or refusal.check in AFTER_THE_PIN:
        book.put_card(after_right_pin(card))


AFTER_THE_PIN = frozenset(
    {
        "amount_granularity",
        "bill_unknown",
        "bill_paid",
        "bill_amount",
        "payee_unknown",
        "payee_name",
        "amount_limit",
        "count_limit",
        "balance",
        "operator_balance",
        "risk",
    }
)
"""Checks that are reached only with a right PIN."""


def must_be_held(facts: Facts, verdict: Verdict) -> bool:
    """Held are ATM transfers to another holder, and what the monitor holds; cash out never."""
    request = facts.request
    if verdict is Verdict.HOLD and isinstance(request, ToPayee):
        return True
    if not isinstance(request, Transfer) or not facts.is_at_atm:
        return False
    account, payee = facts.account, facts.payee
    return account is not None and payee is not None and account.name != payee.name


def as_held(transaction: Transaction) -> Transaction:
    """Return the record of an approval whose money waits for a day."""
    available_at = transaction.decided_at + HELD_FOR
    held = Status.HELD
    return replace(transaction, first_status=held, status=held, available_at=available_at)


def effect_of(facts: Facts, transaction: Transaction) -> Effect | None:
    """Return how a magic card bends the answer: only one that moved money can be lost or late."""
    effect = facts.card.effect if facts.card else None
    bends = effect in (Effect.SLOW, Effect.SILENT) and transaction.first_status is Status.APPROVED
    return effect if bends else None
