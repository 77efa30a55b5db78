"""The checks stand in the order of the contract: of many faults the first one is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.accounts import Account
from pos_sim.domain.authorize import CHECKS, Facts, first_refusal
from pos_sim.domain.cards import CardStatus, Pan, Product
from pos_sim.domain.codes import CODES, REFUSALS
from pos_sim.domain.limits import Usage
from pos_sim.domain.money import ZERO, Fen, yuan
from pos_sim.domain.requests import Business, CardRequest, Request, Withdrawal
from pos_sim.domain.service_points import Control, PointStatus
from tests.counter import (
    card_bill,
    cash_bill,
    inquiry,
    remittance,
    transfer,
    withdrawal,
)
from tests.domain.asked import facts
from tests.domain.days import MONDAY
from tests.worlds import (
    ATM,
    OTHER_POS,
)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: the check that finds it, its code, and how facts get it."""

    check: str
    code: str
    spoil: Callable[[Facts], Facts]


def point_is(status: PointStatus) -> Callable[[Facts], Facts]:
    return lambda f: replace(f, point=replace(f.point, status=status) if f.point else None)


def card_has(**changes: Any) -> Callable[[Facts], Facts]:
    return lambda f: replace(f, card=replace(f.card, **changes) if f.card else None)


def bill_has(**changes: Any) -> Callable[[Facts], Facts]:
    return lambda f: replace(f, bill=replace(f.bill, **changes) if f.bill else None)


def emptied(account: Account | None) -> Account | None:
    return replace(account, balance=ZERO) if account else None


def number_is_mistyped(f: Facts) -> Facts:
    if not isinstance(f.request, CardRequest):
        return f
    mistyped = Pan(f.request.pan.whole[:-2] + "99")
    return replace(f, request=replace(f.request, pan=mistyped))


def card_is_missing(f: Facts) -> Facts:
    return replace(f, card=None, account=None) if isinstance(f.request, CardRequest) else f


def amount_is_odd(f: Facts) -> Facts:
    if not isinstance(f.request, Withdrawal):
        return f
    amount = Fen(f.amount + 1)
    return replace(f, amount=amount, request=replace(f.request, amount=amount))


ALL_OFF = tuple(Control(business, False, None, None) for business in Business)
STAGES: tuple[tuple[Fault, ...], ...] = (
    (Fault("tombstoned", "94", lambda f: replace(f, is_tombstoned=True)),),
    (Fault("terminal_unknown", "97", lambda f: replace(f, terminal=None, point=None)),),
    (
        Fault("point_not_open", "03", point_is(PointStatus.EXITED)),
        Fault("point_frozen", "58", point_is(PointStatus.FROZEN)),
    ),
    (
        Fault(
            "business_off",
            "12",
            lambda f: replace(f, point=replace(f.point, controls=ALL_OFF) if f.point else None),
        ),
    ),
    (
        Fault("card_unknown", "14", number_is_mistyped),
        Fault("issuer_unknown", "15", lambda f: replace(f, issuer=None)),
        Fault("card_unknown", "14", card_is_missing),
    ),
    (
        Fault("card_lost", "41", card_has(status=CardStatus.LOST)),
        Fault("card_stolen", "43", card_has(status=CardStatus.STOLEN)),
        Fault("card_expired", "54", card_has(status=CardStatus.EXPIRED)),
        Fault("card_restricted", "62", card_has(status=CardStatus.RESTRICTED)),
    ),
    (Fault("credit_card", "57", card_has(product=Product.CREDIT)),),
    (
        Fault("pin_wrong", "55", lambda f: replace(f, pin_is_right=False)),
        Fault("pin_locked", "75", card_has(pin_failures=3, pin_failed_on=MONDAY)),
    ),
    (Fault("amount_granularity", "13", amount_is_odd),),
    (
        Fault("bill_unknown", "25", lambda f: replace(f, bill=None)),
        Fault("bill_paid", "94", bill_has(paid_by="somebody")),
        Fault("bill_amount", "13", bill_has(amount=Fen(7))),
    ),
    (
        Fault("payee_unknown", "42", lambda f: replace(f, payee=None)),
        Fault(
            "payee_name",
            "A3",
            lambda f: replace(f, payee=replace(f.payee, name="谁") if f.payee else None),
        ),
    ),
    (Fault("amount_limit", "61", lambda f: replace(f, usage=Usage(yuan(10**9), 1))),),
    (
        Fault("balance", "51", lambda f: replace(f, account=emptied(f.account))),
        Fault("operator_balance", "51", lambda f: replace(f, operator=emptied(f.operator))),
    ),
)
"""What can be wrong, in the order of the contract; one fault of a stage at a time."""


GOOD: tuple[Request, ...] = (
    withdrawal(),
    withdrawal(terminal=OTHER_POS, card="abc_pension"),
    withdrawal(terminal=ATM, card="ccb_debit"),
    transfer(),
    transfer(terminal=ATM),
    remittance(),
    card_bill(),
    cash_bill(),
    inquiry(),
)


@pytest.mark.parametrize(
    "fault", [fault for stage in STAGES for fault in stage], ids=lambda f: f"{f.check}-{f.code}"
)
def test_each_fault_alone_is_found_by_its_own_check(fault: Fault) -> None:
    found = [first_refusal(fault.spoil(facts(request))) for request in GOOD]
    assert {(r.check, r.code) for r in found if r} == {(fault.check, fault.code)}


at_most_one_a_stage = st.tuples(*(st.sampled_from((None, *stage)) for stage in STAGES))


@given(st.sampled_from(GOOD), at_most_one_a_stage)
def test_of_many_faults_one_is_answered_the_first_in_the_order_of_the_contract(
    request_: Request, chosen: tuple[Fault | None, ...]
) -> None:
    known = spoiled = facts(request_)
    faults = [fault for fault in chosen if fault]
    for fault in faults:
        spoiled = fault.spoil(spoiled)
    matters = [fault for fault in faults if first_refusal(fault.spoil(known))]
    refusal = first_refusal(spoiled)
    expected = (matters[0].check, matters[0].code) if matters else None
    assert ((refusal.check, refusal.code) if refusal else None) == expected
    assert refusal is None or REFUSALS[refusal.check].code == refusal.code
    assert refusal is None or refusal.code in CODES


def test_the_checks_stand_in_the_order_of_the_contract() -> None:
    assert [check.__name__ for check in CHECKS] == [
        "tombstone",
        "terminal_is_bound",
        "point_serves",
        "business_is_on",
        "card_is_known",
        "card_is_usable",
        "no_credit_card",
        "pin_is_accepted",
        "amount_fits_notes",
        "bill_can_be_paid",
        "payee_is_right",
        "limit_is_kept",
        "money_is_there",
    ]
