"""The facts of one request, gathered from the book; nothing here decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pos_sim.domain.accounts import Account
from pos_sim.domain.authorize import Facts
from pos_sim.domain.bills import Bill, Biller
from pos_sim.domain.book import Book
from pos_sim.domain.calendar import business_date, month_of
from pos_sim.domain.cards import Card, CardSecrets, bank_of
from pos_sim.domain.fees import Fee, FeeQuestion, Operation, Region, fee_for, region_of
from pos_sim.domain.limits import UNUSED, LimitKind, UsageKey
from pos_sim.domain.policy import Policy, PolicySet
from pos_sim.domain.requests import (
    Business,
    CardRequest,
    Charge,
    ForBill,
    Request,
    ToPayee,
    Withdrawal,
    amount_of,
)
from pos_sim.domain.service_points import CHANNELS, ServicePoint, Terminal


@dataclass(frozen=True, slots=True)
class Rules:
    """What decisions follow beside the book: policies and the keys of the sandbox."""

    policies: PolicySet
    secrets: CardSecrets


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
        amount=amount_of(request),
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
    if isinstance(request, ToPayee):
        return book.account_of_no(request.payee_account_no), None, None
    if isinstance(request, ForBill):
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
        first_subsidy_withdrawal=is_first_of_month(request, card, day),
    )
    return fee_for(policy, question, day)


OPERATIONS: dict[Business, Operation] = {
    business: Operation(business.value) for business in Business if business is not Business.CHARGE
}


def is_first_of_month(request: Request, card: Card | None, day: date) -> bool:
    """Say whether this is the calendar month's first withdrawal with a card that gets subsidies.

    Of other cards nobody counts it: nothing follows from it, and each count is a row to write.
    """
    if card is None or not card.gets_subsidies or not isinstance(request, Withdrawal):
        return False
    return card.first_withdrawal_month != month_of(day)
