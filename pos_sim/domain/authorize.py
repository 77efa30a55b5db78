"""The ordered checks: facts in, the first refusal or none out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from pos_sim.domain.accounts import Account
from pos_sim.domain.banks import Bank
from pos_sim.domain.bills import Bill, Biller
from pos_sim.domain.calendar import start_of
from pos_sim.domain.cards import PIN_TRIES, Card, CardStatus, Product, passes_luhn
from pos_sim.domain.fees import Fee, Region
from pos_sim.domain.hot import hot_dataclass
from pos_sim.domain.limits import UNUSED, Limit, LimitKind, Usage, UsageKey, first_breach
from pos_sim.domain.magic import Effect
from pos_sim.domain.money import Fen
from pos_sim.domain.policy import Policy
from pos_sim.domain.requests import (
    Business,
    CardRequest,
    Request,
    ToPayee,
    Transfer,
)
from pos_sim.domain.service_points import (
    CHANNELS,
    OFFERED,
    Control,
    PointStatus,
    ServicePoint,
    Terminal,
)
from pos_sim.domain.transactions import Refusal

ONE_DAY = timedelta(days=1)


@hot_dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a decision may know about one request; None: there is no such thing.

    ``amount`` is what is asked for, zero where the business has no amount.
    """

    request: Request
    business_date: date
    policy: Policy
    amount: Fen
    is_tombstoned: bool = False
    terminal: Terminal | None = None
    point: ServicePoint | None = None
    issuer: Bank | None = None
    card: Card | None = None
    pin_is_right: bool = False
    account: Account | None = None
    operator: Account | None = None
    till: Account | None = None
    payee: Account | None = None
    biller: Biller | None = None
    bill: Bill | None = None
    region: Region | None = None
    fee: Fee | None = None
    limit_kind: LimitKind | None = None
    usage_key: UsageKey | None = None
    usage: Usage = UNUSED
    is_let_pass: bool = False  # 白名单: green, so that amber does not bind

    @property
    def total(self) -> Fen:
        """Amount and fee: what the payer must have."""
        return Fen(self.amount + (self.fee.charged if self.fee else 0))

    @property
    def is_at_atm(self) -> bool:
        return self.terminal is not None and self.terminal.is_atm


Check = Callable[[Facts], Refusal | None]


def first_refusal(facts: Facts) -> Refusal | None:
    """Return what the first failing check says, None when all of them pass."""
    for check in CHECKS:
        refusal = check(facts)
        if refusal is not None:
            return refusal
    return None


def tombstone(facts: Facts) -> Refusal | None:
    return Refusal("tombstoned", "94") if facts.is_tombstoned else None


def terminal_is_bound(facts: Facts) -> Refusal | None:
    return Refusal("terminal_unknown", "97") if facts.point is None else None


def point_serves(facts: Facts) -> Refusal | None:
    point = facts.point
    if point is None or point.serves:
        return None
    if point.status is PointStatus.FROZEN:
        return Refusal("point_frozen", "58")
    return Refusal("point_not_open", "03")


def business_is_on(facts: Facts) -> Refusal | None:
    terminal, business = facts.terminal, facts.request.business
    is_offered = terminal is not None and business in OFFERED[terminal.kind]
    control = binding_control(facts)
    is_on = is_offered and (control is None or control.allowed)
    return None if is_on else Refusal("business_off", "12")


def card_is_known(facts: Facts) -> Refusal | None:
    request = facts.request
    if not isinstance(request, CardRequest):
        return None
    if not passes_luhn(request.pan.whole):
        return Refusal("card_unknown", "14")
    if facts.issuer is None:
        return Refusal("issuer_unknown", "15")
    if facts.card is None:
        return Refusal("card_unknown", "14")
    return Refusal("issuer_down", "91") if facts.card.effect is Effect.ISSUER_DOWN else None


STATUS_REFUSALS: dict[CardStatus, Refusal] = {
    CardStatus.LOST: Refusal("card_lost", "41"),
    CardStatus.STOLEN: Refusal("card_stolen", "43"),
    CardStatus.EXPIRED: Refusal("card_expired", "54"),
    CardStatus.RESTRICTED: Refusal("card_restricted", "62"),
}


def card_is_usable(facts: Facts) -> Refusal | None:
    return STATUS_REFUSALS.get(facts.card.status) if facts.card else None


def no_credit_card(facts: Facts) -> Refusal | None:
    """Debit cards only at a service point (银发〔2011〕177号)."""
    is_credit = facts.card is not None and facts.card.product is Product.CREDIT
    return Refusal("credit_card", "57") if is_credit and not facts.is_at_atm else None


def pin_is_accepted(facts: Facts) -> Refusal | None:
    card = facts.card
    if card is None:
        return None
    if card.effect is Effect.WRONG_PIN:
        return Refusal("pin_wrong", "55")
    failures = card.pin_failures_on(facts.business_date)
    if failures >= PIN_TRIES:
        return Refusal("pin_locked", "75")
    if facts.pin_is_right:
        return None
    is_last_try = failures + 1 >= PIN_TRIES
    return Refusal("pin_locked", "75") if is_last_try else Refusal("pin_wrong", "55")


def amount_fits_notes(facts: Facts) -> Refusal | None:
    if facts.request.business is not Business.WITHDRAWAL or facts.terminal is None:
        return None
    notes = facts.policy.granularity(CHANNELS[facts.terminal.kind])
    return (
        None
        if notes.fits(facts.amount)
        else Refusal("amount_granularity", "13", limit=notes.minimum)
    )


def bill_can_be_paid(facts: Facts) -> Refusal | None:
    if facts.request.business is not Business.BILL_PAYMENT:
        return None
    if facts.biller is None or facts.bill is None:
        return Refusal("bill_unknown", "25")
    if facts.bill.paid_by is not None:
        return Refusal("bill_paid", "94")
    differs = facts.bill.amount != facts.amount and not facts.biller.takes_any_bill
    return Refusal("bill_amount", "13", limit=facts.bill.amount) if differs else None


def payee_is_right(facts: Facts) -> Refusal | None:
    request, payee = facts.request, facts.payee
    if not isinstance(request, ToPayee):
        return None
    payer = facts.account if isinstance(request, Transfer) else facts.operator
    if payee is None or not payee.is_open or payee == payer:
        return Refusal("payee_unknown", "42")
    return None if payee.name == request.payee_name else Refusal("payee_name", "A3")


def limit_is_kept(facts: Facts) -> Refusal | None:
    if facts.limit_kind is None:
        return None
    limit = lowered(facts.policy.limit(facts.limit_kind), binding_control(facts))
    breach = first_breach(limit, facts.usage, facts.amount)
    if breach is None:
        return None
    return Refusal(
        breach.check,
        "61" if breach.check == "amount_limit" else "65",
        limit=breach.limit,
        used=breach.used,
        resets_at=start_of(facts.business_date + ONE_DAY),
    )


def money_is_there(facts: Facts) -> Refusal | None:
    if facts.card is None:
        return operator_can_pay(facts)
    if facts.card.effect is Effect.SHORT_OF_MONEY:
        return Refusal("balance", "51")
    is_short = facts.account is not None and (facts.account.balance or 0) < facts.total
    return Refusal("balance", "51") if is_short else None


def operator_can_pay(facts: Facts) -> Refusal | None:
    """A cash business is paid from the operator's settlement account."""
    is_short = facts.operator is not None and (facts.operator.balance or 0) < facts.total
    return Refusal("operator_balance", "51") if is_short else None


CHECKS: tuple[Check, ...] = (
    tombstone,
    terminal_is_bound,
    point_serves,
    business_is_on,
    card_is_known,
    card_is_usable,
    no_credit_card,
    pin_is_accepted,
    amount_fits_notes,
    bill_can_be_paid,
    payee_is_right,
    limit_is_kept,
    money_is_there,
)
"""In the order of the contract; the risk monitor comes after them all."""


def binding_control(facts: Facts) -> Control | None:
    """Return the control that binds this request: red is above green, green above amber."""
    return None if facts.is_let_pass else control_in_force(facts)


def control_in_force(facts: Facts) -> Control | None:
    """Return the control of this business at this point now."""
    if facts.point is None or not facts.point.controls:
        return None
    request = facts.request
    return next(
        (
            control
            for control in facts.point.controls
            if control.business is request.business and control.is_in_force(request.received_at)
        ),
        None,
    )


def lowered(limit: Limit, control: Control | None) -> Limit:
    """Return the limit, lowered by a control that carries one."""
    if control is None or control.limit is None:
        return limit
    own = limit.amount_max
    return Limit(control.limit if own is None else min(own, control.limit), limit.count_max)
