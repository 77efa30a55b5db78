"""One decision, and a group of decisions: what the bank does with each request, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from pos_sim.domain import postings
from pos_sim.domain.accounts import Account
from pos_sim.domain.authorize import Facts, first_refusal
from pos_sim.domain.bills import Bill, Biller
from pos_sim.domain.book import Book
from pos_sim.domain.calendar import business_date, month_of
from pos_sim.domain.cards import Card, CardSecrets, after_right_pin, after_wrong_pin, bank_of
from pos_sim.domain.fees import Channel, Fee, FeeQuestion, Operation, Region, fee_for, region_of
from pos_sim.domain.journal import Entry
from pos_sim.domain.limits import UNUSED, LimitKind, UsageKey
from pos_sim.domain.magic import Effect
from pos_sim.domain.money import Fen
from pos_sim.domain.policy import Policy, PolicySet
from pos_sim.domain.records import decided, declined, fee_fields
from pos_sim.domain.requests import (
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
    amount_of,
    fingerprint_of,
)
from pos_sim.domain.reversals import decide_reversal
from pos_sim.domain.service_points import CHANNELS, ServicePoint, Terminal
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
    is_first = take_first_of_month(facts, book)
    key = facts.request.key.transaction_id
    moved = postings.postings_of(facts, held=held)
    if moved:
        book.post(Entry(key, facts.business_date, moved))
    if facts.usage_key is not None:
        book.use(facts.usage_key, amount=facts.amount, count=1)
    if facts.bill is not None:
        book.put_bill(replace(facts.bill, amount=facts.amount, paid_by=key))
    more = held_fields(facts) if held else {}
    return approved(facts, fingerprint, book, is_first_of_month=is_first, **more)


def facts_of(request: Request, pan_hash: str | None, book: Book, rules: Rules) -> Facts:
    """Gather what the decision may know; nothing here decides."""
    day = business_date(request.received_at)
    policy = rules.policies.on(day)
    terminal = book.terminals.get(request.key.terminal_id)
    point = book.points.get(terminal.service_point_id or "") if terminal else None
    card = card_of(request, pan_hash, book)
    payee, biller, bill = counterparty_of(request, book)
    limit_kind = LIMIT_KINDS.get((request.business, terminal is not None and terminal.is_atm))
    usage_key = usage_key_of(limit_kind, card, payee, day)
    region = region_of(card.county, point.county) if card and point else None
    till_id = terminal.till_account_id if terminal else None
    return Facts(
        request=request,
        business_date=day,
        policy=policy,
        is_tombstoned=request.key.transaction_id in book.tombstones,
        terminal=terminal,
        point=point,
        issuer=bank_of(request.pan) if isinstance(request, CardRequest) else None,
        card=card,
        pin_is_right=pin_is_right(request, card, rules.secrets),
        account=book.accounts[card.account_id] if card else None,
        operator=book.accounts[point.operator_account_id] if point else None,
        till=book.accounts[till_id] if till_id is not None else None,
        payee=payee,
        biller=biller,
        bill=bill,
        region=region,
        fee=fee_of(request, terminal, point, card, payee, policy, day, region),
        limit_kind=limit_kind,
        usage_key=usage_key,
        usage=book.used(usage_key) if usage_key else UNUSED,
    )


def card_of(request: Request, pan_hash: str | None, book: Book) -> Card | None:
    if isinstance(request, Charge):
        return book.cards.get(request.card_id)
    return book.card(pan_hash) if pan_hash else None


def pin_is_right(request: Request, card: Card | None, secrets: CardSecrets) -> bool:
    """Say whether a known card came with its PIN."""
    if card is None or not isinstance(request, CardRequest) or request.pin is None:
        return False
    return secrets.pin_is_right(request.pan, request.pin, card.pin_verification)


def counterparty_of(
    request: Request, book: Book
) -> tuple[Account | None, Biller | None, Bill | None]:
    """Return the payee, or the biller and the bill."""
    if isinstance(request, Transfer | CashRemittance):
        return book.account_of_no(request.payee_account_no), None, None
    if isinstance(request, CardBillPayment | CashBillPayment):
        bill = book.bills.get((request.biller_id, request.bill_no))
        return None, book.billers.get(request.biller_id), bill
    return None, None, None


LIMIT_KINDS: dict[tuple[Business, bool], LimitKind] = {
    (Business.WITHDRAWAL, False): LimitKind.WITHDRAWAL,
    (Business.WITHDRAWAL, True): LimitKind.ATM_WITHDRAWAL,
    (Business.CASH_REMITTANCE, False): LimitKind.CASH_REMITTANCE,
    (Business.TRANSFER, False): LimitKind.TRANSFER,
    (Business.TRANSFER, True): LimitKind.TRANSFER,
    (Business.BILL_PAYMENT, False): LimitKind.BILL_PAYMENT,
}
"""By business and whether it happens at an ATM."""


def usage_key_of(
    kind: LimitKind | None, card: Card | None, payee: Account | None, day: date
) -> UsageKey | None:
    """Return under which key the daily limit is used: the card, or the payee of a remittance."""
    if kind is None:
        return None
    if card is not None:
        return (card.card_id, kind, day)
    is_payees = kind is LimitKind.CASH_REMITTANCE and payee is not None
    return (payee.account_id, kind, day) if is_payees and payee is not None else None


def fee_of(
    request: Request,
    terminal: Terminal | None,
    point: ServicePoint | None,
    card: Card | None,
    payee: Account | None,
    policy: Policy,
    day: date,
    region: Region | None,
) -> Fee | None:
    """Return the fee, None where point or card are not known well enough to price it."""
    if point is None or terminal is None or (isinstance(request, CardRequest) and card is None):
        return None
    question = FeeQuestion(
        operation=OPERATIONS[request.business],
        channel=CHANNELS[terminal.kind],
        card_bank_id=card.bank_id if card else None,
        card_product=card.product if card else None,
        acquirer_bank_id=point.bank_id,
        region=region or Region.LOCAL,
        amount=amount_of(request),
        payee_bank_id=payee.bank_id if payee else point.bank_id,
        first_subsidy_withdrawal=is_first_of_month(request, card, day)
        and card is not None
        and card.gets_subsidies,
    )
    return fee_for(policy, question, day)


OPERATIONS: dict[Business, Operation] = {
    business: Operation(business.value) for business in Business if business is not Business.CHARGE
}


def is_first_of_month(request: Request, card: Card | None, day: date) -> bool:
    """Say whether this is the card's first withdrawal of the calendar month."""
    if card is None or not isinstance(request, Withdrawal):
        return False
    return card.first_withdrawal_month != month_of(day)


def take_first_of_month(facts: Facts, book: Book) -> bool:
    """Note on the card that this month's first withdrawal is made; say whether this was it."""
    is_first = is_first_of_month(facts.request, facts.card, facts.business_date)
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


def approved(facts: Facts, fingerprint: str, book: Book, **more: Any) -> Transaction:
    """Return the record of an approval; ``more`` overrides."""
    account = book.accounts[facts.account.account_id] if facts.account else None
    fields = {
        "balance": account.balance if account else None,
        "limit_kind": facts.usage_key[1].value if facts.usage_key else None,
        **fee_fields(facts.fee),
        **more,
    }
    return decided(facts, fingerprint, fields.pop("status", Status.APPROVED), "00", fields)


def held_fields(facts: Facts) -> dict[str, Any]:
    return {"status": Status.HELD, "available_at": facts.request.received_at + HELD_FOR}


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
        refusal = Refusal("balance", "51")
        return declined(facts, fingerprint, refusal, business=request.operation)
    moved = postings.charge(account, fee.charged)
    if moved:
        book.post(Entry(request.key.transaction_id, facts.business_date, moved))
    named = {"business": request.operation, "card_masked": card.masked}
    return approved(facts, fingerprint, book, **fee_fields(fee), **named)


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
