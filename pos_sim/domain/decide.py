"""One decision, and a group of decisions: what the bank does with each request, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from pos_sim.domain import postings
from pos_sim.domain.authorize import Facts, first_refusal
from pos_sim.domain.book import Book, UsageKey
from pos_sim.domain.calendar import business_date, month_of
from pos_sim.domain.cards import Card, CardSecrets, after_right_pin, after_wrong_pin, bank_of
from pos_sim.domain.fees import Channel, Fee, FeeQuestion, Operation, fee_for, region_of
from pos_sim.domain.journal import Entry
from pos_sim.domain.limits import LimitKind
from pos_sim.domain.magic import Effect
from pos_sim.domain.money import Fen
from pos_sim.domain.policy import Policy, PolicySet
from pos_sim.domain.requests import (
    BalanceInquiry,
    Business,
    CardBillPayment,
    CardRequest,
    CashBillPayment,
    CashRemittance,
    Charge,
    Request,
    Reversal,
    Transfer,
    Withdrawal,
    fingerprint_of,
)
from pos_sim.domain.records import decided, declined, fee_fields
from pos_sim.domain.reversals import decide_reversal
from pos_sim.domain.service_points import TerminalKind
from pos_sim.domain.transactions import Refusal, Status, Transaction
from pos_sim.domain.watching import Verdict, Watcher

HELD_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one request.

    ``transaction`` is None when the key was used before with other content. ``effect`` is how a
    magic card bends the answer; a replay is always answered plainly.
    """

    request: Request
    transaction: Transaction | None
    is_replay: bool = False
    effect: Effect | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What decisions follow beside the book: policies and the keys of the sandbox."""

    policies: PolicySet
    secrets: CardSecrets


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
        watcher.assess(facts)
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
    refusal = first_refusal(facts)
    verdict = watcher.assess(facts).verdict  # refused requests are watched too
    if refusal is None and verdict is Verdict.DECLINE:
        refusal = Refusal("risk", "59")
    keep_pin_count(facts, refusal, book)
    if refusal is not None:
        return declined(facts, fingerprint, refusal)
    held = must_be_held(facts, verdict)
    is_first_of_month = take_first_of_month(facts, book)
    key = facts.request.key.transaction_id
    moved = postings.postings_of(facts, held=held)
    if moved:
        book.post(Entry(key, facts.business_date, moved))
    usage_key = usage_key_of(facts)
    if usage_key is not None:
        book.use(usage_key, amount=facts.amount, count=1)
    if facts.bill is not None:
        book.put_bill(replace(facts.bill, amount=facts.amount, paid_by=key))
    return approved(facts, fingerprint, book, held=held, is_first_of_month=is_first_of_month)


def facts_of(request: Request, pan_hash: str | None, book: Book, rules: Rules) -> Facts:
    """Gather what the decision may know; nothing here decides."""
    day = business_date(request.received_at)
    policy = rules.policies.on(day)
    terminal = book.terminals.get(request.key.terminal_id)
    point = book.points.get(terminal.service_point_id or "") if terminal else None
    card = book.card(pan_hash) if pan_hash else None
    if isinstance(request, Charge):
        card = book.cards.get(request.card_id)
    facts = Facts(
        request=request,
        business_date=day,
        policy=policy,
        is_tombstoned=request.key.transaction_id in book.tombstones,
        terminal=terminal,
        point=point,
        card=card,
        account=book.accounts[card.account_id] if card else None,
        operator=book.accounts[point.operator_account_id] if point else None,
        till=book.accounts[terminal.till_account_id]
        if terminal and terminal.till_account_id
        else None,
        limit_kind=limit_kind_of(request.business, terminal.kind if terminal else None),
        **card_facts(request, card, rules),
        **counterparty_facts(request, book),
    )
    usage_key = usage_key_of(facts)
    usage = book.used(usage_key) if usage_key else facts.usage
    return replace(facts, fee=fee_of(facts), usage=usage)


def card_facts(request: Request, card: Card | None, rules: Rules) -> dict[str, Any]:
    """Return what the card number and the PIN say."""
    if not isinstance(request, CardRequest):
        return {}
    pin, secrets = request.pin, rules.secrets
    return {
        "issuer": bank_of(request.pan),
        "pin_is_right": card is not None
        and pin is not None
        and secrets.pin_is_right(request.pan, pin, card.pin_verification),
    }


def counterparty_facts(request: Request, book: Book) -> dict[str, Any]:
    """Return the payee, or the biller and the bill."""
    match request:
        case Transfer() | CashRemittance():
            return {"payee": book.account_of_no(request.payee_account_no)}
        case CardBillPayment() | CashBillPayment():
            return {
                "biller": book.billers.get(request.biller_id),
                "bill": book.bills.get((request.biller_id, request.bill_no)),
            }
        case _:
            return {}


LIMIT_KINDS: dict[tuple[Business, bool], LimitKind] = {
    (Business.WITHDRAWAL, False): LimitKind.WITHDRAWAL,
    (Business.WITHDRAWAL, True): LimitKind.ATM_WITHDRAWAL,
    (Business.CASH_REMITTANCE, False): LimitKind.CASH_REMITTANCE,
    (Business.TRANSFER, False): LimitKind.TRANSFER,
    (Business.TRANSFER, True): LimitKind.TRANSFER,
    (Business.BILL_PAYMENT, False): LimitKind.BILL_PAYMENT,
}
"""By business and whether it happens at an ATM."""


def limit_kind_of(business: Business, terminal_kind: TerminalKind | None) -> LimitKind | None:
    """Return the daily limit that binds a business, None where there is none."""
    return LIMIT_KINDS.get((business, terminal_kind is TerminalKind.ATM))


def usage_key_of(facts: Facts) -> UsageKey | None:
    """Return under which key the daily limit is used: the card, or the payee of a remittance."""
    if facts.limit_kind is None:
        return None
    if facts.card is not None:
        return (facts.card.card_id, facts.limit_kind, facts.business_date)
    if facts.limit_kind is LimitKind.CASH_REMITTANCE and facts.payee is not None:
        return (facts.payee.account_id, facts.limit_kind, facts.business_date)
    return None


def fee_of(facts: Facts) -> Fee | None:
    """Return the fee, None where point or card are not known well enough to price it."""
    request, point, terminal, card = facts.request, facts.point, facts.terminal, facts.card
    if point is None or terminal is None or (isinstance(request, CardRequest) and card is None):
        return None
    payee_bank_id = facts.payee.bank_id if facts.payee else point.bank_id
    question = FeeQuestion(
        operation=Operation(request.business.value),
        channel=Channel(terminal.kind.value),
        card_bank_id=card.bank_id if card else None,
        card_product=card.product if card else None,
        acquirer_bank_id=point.bank_id,
        region=region_of(card.county if card else point.county, point.county),
        amount=facts.amount,
        payee_bank_id=payee_bank_id,
        first_subsidy_withdrawal=is_first_of_month(facts) and card is not None and card.gets_subsidies,
    )
    return fee_for(facts.policy, question, facts.business_date)


def is_first_of_month(facts: Facts) -> bool:
    """Say whether this is the card's first withdrawal of the calendar month."""
    if facts.card is None or not isinstance(facts.request, Withdrawal):
        return False
    return facts.card.first_withdrawal_month != month_of(facts.business_date)


def take_first_of_month(facts: Facts, book: Book) -> bool:
    """Note on the card that this month's first withdrawal is made; say whether this was it."""
    is_first = is_first_of_month(facts)
    if is_first and facts.card is not None:
        card = book.cards[facts.card.card_id]
        book.put_card(replace(card, first_withdrawal_month=month_of(facts.business_date)))
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
    if verdict is Verdict.HOLD and isinstance(request, Transfer | CashRemittance):
        return True
    if not isinstance(request, Transfer) or not facts.is_at_atm:
        return False
    account, payee = facts.account, facts.payee
    return account is not None and payee is not None and account.name != payee.name


def approved(
    facts: Facts, fingerprint: str, book: Book, *, held: bool, is_first_of_month: bool
) -> Transaction:
    account = book.accounts[facts.account.account_id] if facts.account else None
    return replace(
        decided(facts, fingerprint, Status.HELD if held else Status.APPROVED, "00"),
        balance=account.balance if account else None,
        limit_kind=facts.limit_kind.value if facts.limit_kind else None,
        is_first_of_month=is_first_of_month,
        available_at=facts.request.received_at + HELD_FOR if held else None,
        **fee_fields(facts.fee),
    )


def effect_of(facts: Facts, transaction: Transaction) -> Effect | None:
    """Return how a magic card bends the answer: only one that moved money can be lost or late."""
    effect = facts.card.effect if facts.card else None
    bends = effect in (Effect.SLOW, Effect.SILENT) and transaction.first_status is Status.APPROVED
    return effect if bends else None


def post_charge(facts: Facts, request: Charge, fingerprint: str, book: Book) -> Transaction:
    """Post one of the bank's charges to a card, with its waiver."""
    card, account = facts.card, facts.account
    assert card is not None
    assert account is not None
    fee = charge_fee(facts.policy, card, Operation(request.operation), facts.business_date)
    if (account.balance or 0) < fee.charged:
        transaction = declined(facts, fingerprint, Refusal("balance", "51"))
        return replace(transaction, business=request.operation, **fee_fields(None))
    moved = postings.charge(account, fee.charged)
    if moved:
        book.post(Entry(request.key.transaction_id, facts.business_date, moved))
    transaction = approved(facts, fingerprint, book, held=False, is_first_of_month=False)
    return replace(
        transaction, business=request.operation, card_masked=card.masked, **fee_fields(fee)
    )


def charge_fee(policy: Policy, card: Card, operation: Operation, day: date) -> Fee:
    """Return what a charge costs on a card, at the counter of its own bank."""
    question = FeeQuestion(
        operation=operation,
        channel=Channel.COUNTER,
        card_bank_id=card.bank_id,
        card_product=card.product,
        acquirer_bank_id=card.bank_id,
        region=region_of(card.county, card.county),
        amount=Fen(0),
    )
    return fee_for(policy, question, day)
