"""The checks of the counter: each at its edge, in the contract's order, the first refusal wins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.accounts import Account
from pos_sim.domain.authorize import CHECKS, Facts, first_refusal
from pos_sim.domain.book import Book
from pos_sim.domain.calendar import DEMO_START, start_of
from pos_sim.domain.cards import CardStatus, Pan, Product, luhn_digit
from pos_sim.domain.codes import CODES, REFUSALS
from pos_sim.domain.fees import Fee
from pos_sim.domain.gather import facts_of
from pos_sim.domain.limits import Limit, LimitKind, Usage
from pos_sim.domain.magic import Effect
from pos_sim.domain.money import ZERO, Fen, yuan
from pos_sim.domain.requests import Business, CardRequest, Request, Withdrawal
from pos_sim.domain.service_points import Control, PointStatus
from pos_sim.domain.transactions import Refusal
from tests.counter import (
    card_bill,
    cash_bill,
    inquiry,
    remittance,
    transfer,
    withdrawal,
)
from tests.worlds import (
    ANY,
    ATM,
    BILL_AMOUNT,
    BILL_NO,
    CLOSED,
    MOBILE,
    OPERATOR,
    OTHER_POS,
    POINT,
    POS,
    POWER,
    RULES,
    SECRETS,
    SMALL,
    UNBOUND,
    UNKNOWN,
    WRONG_PIN,
    World,
    book_of,
)

DAY = date(2026, 3, 2)


def facts(request: Request, world: World = SMALL, book: Book | None = None) -> Facts:
    """Return what the bank knows about a request at the counter of ``world``."""
    pan_hash = SECRETS.pan_hash(request.pan) if isinstance(request, CardRequest) else None
    return facts_of(request, pan_hash, book or book_of(world), RULES)


def answer(request: Request, world: World = SMALL) -> tuple[str, str] | None:
    """Return check and code of the first refusal, None when everything is all right."""
    refusal = first_refusal(facts(request, world))
    return (refusal.check, refusal.code) if refusal else None


# Each business, as it should be -----------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        withdrawal(),
        withdrawal(terminal=ATM),
        withdrawal(terminal=MOBILE),
        transfer(),
        transfer(terminal=ATM),
        remittance(),
        remittance(terminal=MOBILE),
        card_bill(),
        cash_bill(),
        inquiry(),
        inquiry(terminal=ATM),
    ],
    ids=lambda r: f"{type(r).__name__} at {r.key.terminal_id}",
)
def test_nobody_objects_to_an_ordinary_request(request_: Request) -> None:
    assert answer(request_) is None


# The table of the contract, line by line --------------------------------------------------------


@pytest.mark.parametrize(("is_buried", "code"), [(False, None), (True, "94")])
def test_a_key_with_a_tombstone(is_buried: bool, code: str | None) -> None:
    book = book_of()
    if is_buried:
        book.bury(withdrawal().key.transaction_id, "a reversal")
    refusal = first_refusal(facts(withdrawal(), book=book))
    assert (refusal.code if refusal else None) == code


@pytest.mark.parametrize(
    ("terminal", "expected"),
    [
        (POS, None),
        (UNBOUND, ("terminal_unknown", "97")),  # known, but at no point
        (UNKNOWN, ("terminal_unknown", "97")),
    ],
)
def test_the_terminal(terminal: str, expected: tuple[str, str] | None) -> None:
    assert answer(withdrawal(terminal=terminal)) == expected


@pytest.mark.parametrize(
    ("status", "is_trained", "expected"),
    [
        (PointStatus.TRIAL, False, ("point_not_open", "03")),
        (PointStatus.TRIAL, True, None),
        (PointStatus.OPEN, True, None),
        (PointStatus.OPEN, False, None),  # training matters before opening only
        (PointStatus.RECTIFYING, True, None),
        (PointStatus.FROZEN, True, ("point_frozen", "58")),
        (PointStatus.EXITED, True, ("point_not_open", "03")),
    ],
)
def test_the_status_of_the_point(
    status: PointStatus, is_trained: bool, expected: tuple[str, str] | None
) -> None:
    world = SMALL.with_point(POINT, status=status, operator_is_trained=is_trained)
    assert answer(withdrawal(), world) == expected


def test_a_frozen_point_does_not_even_tell_a_balance() -> None:
    world = SMALL.with_point(POINT, status=PointStatus.FROZEN)
    assert answer(inquiry(), world) == ("point_frozen", "58")


OFF = ("business_off", "12")


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (withdrawal(terminal=ATM), None),
        (transfer(terminal=ATM), None),
        (inquiry(terminal=ATM), None),
        (remittance(terminal=ATM), OFF),  # an ATM takes no banknotes
        (card_bill(terminal=ATM), OFF),
        (cash_bill(terminal=ATM), OFF),
    ],
    ids=lambda r: type(r).__name__,
)
def test_what_an_atm_offers(request_: Request, expected: tuple[str, str] | None) -> None:
    assert answer(request_) == expected


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("control", "expected"),
    [
        (Control(Business.WITHDRAWAL, False, None, None), OFF),
        (Control(Business.WITHDRAWAL, True, None, None), None),
        (Control(Business.TRANSFER, False, None, None), None),  # another business
        (Control(Business.WITHDRAWAL, False, None, DEMO_START + SECOND), OFF),
        (Control(Business.WITHDRAWAL, False, None, DEMO_START), None),  # ends in this moment
        (Control(Business.WITHDRAWAL, False, None, DEMO_START - SECOND), None),
    ],
)
def test_a_business_that_is_switched_off(
    control: Control, expected: tuple[str, str] | None
) -> None:
    assert answer(withdrawal(), SMALL.with_point(POINT, controls=(control,))) == expected


def checked(digits: str) -> str:
    return f"{digits}{luhn_digit(digits)}"


def mistyped(digits: str) -> str:
    return f"{digits[:-1]}{(int(digits[-1]) + 1) % 10}"


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        (SMALL.pan("gyb_debit").whole, None),
        (mistyped(SMALL.pan("gyb_debit").whole), ("card_unknown", "14")),  # fails Luhn
        (checked("990001999999999"), ("card_unknown", "14")),  # passes, but nobody has it
        (checked("990099000000000"), ("issuer_unknown", "15")),  # the network has no bank 99
        (checked("622202000000000"), ("issuer_unknown", "15")),  # not a number of this world
        (mistyped(checked("622202000000000")), ("card_unknown", "14")),  # Luhn comes first
    ],
)
def test_the_card_number(digits: str, expected: tuple[str, str] | None) -> None:
    assert answer(replace(withdrawal(), pan=Pan(digits))) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (CardStatus.ACTIVE, None),
        (CardStatus.LOST, ("card_lost", "41")),
        (CardStatus.STOLEN, ("card_stolen", "43")),
        (CardStatus.EXPIRED, ("card_expired", "54")),
        (CardStatus.RESTRICTED, ("card_restricted", "62")),
    ],
)
def test_the_status_of_the_card(status: CardStatus, expected: tuple[str, str] | None) -> None:
    world = SMALL.with_card("gyb_debit", status=status)
    assert answer(withdrawal(), world) == expected
    assert answer(inquiry(), world) == expected


@pytest.mark.parametrize(
    ("terminal", "expected"),
    [(POS, ("credit_card", "57")), (MOBILE, ("credit_card", "57")), (ATM, None)],
)
def test_a_credit_card(terminal: str, expected: tuple[str, str] | None) -> None:
    assert answer(withdrawal(terminal=terminal, card="gyb_credit")) == expected


WRONG, LOCKED = ("pin_wrong", "55"), ("pin_locked", "75")


@pytest.mark.parametrize(
    ("failures", "failed_on", "is_right", "expected"),
    [
        (0, None, True, None),
        (0, None, False, WRONG),
        (1, DAY, False, WRONG),
        (2, DAY, True, None),  # two wrong ones, then the right one
        (2, DAY, False, LOCKED),  # the third wrong PIN
        (3, DAY, True, LOCKED),  # and after it
        (3, DAY, False, LOCKED),
        (4, DAY, True, LOCKED),
        (3, DAY - timedelta(days=1), True, None),  # the next business date
        (2, DAY - timedelta(days=1), False, WRONG),
        (3, DAY - timedelta(days=1), False, WRONG),
    ],
)
def test_the_pin(
    failures: int, failed_on: date | None, is_right: bool, expected: tuple[str, str] | None
) -> None:
    world = SMALL.with_card("gyb_debit", pin_failures=failures, pin_failed_on=failed_on)
    request = withdrawal() if is_right else withdrawal(pin=WRONG_PIN)
    assert answer(request, world) == expected


def test_a_malformed_pin_block_is_a_wrong_pin() -> None:
    assert answer(replace(withdrawal(), pin=None)) == WRONG


@pytest.mark.parametrize("failures", [0, 2, 3, 99])
def test_the_magic_wrong_pin_card_never_locks(failures: int) -> None:
    world = SMALL.with_card("magic_wrong_pin", pin_failures=failures, pin_failed_on=DAY)
    assert answer(withdrawal(card="magic_wrong_pin"), world) == WRONG


NOTES = ("amount_granularity", "13")


@pytest.mark.parametrize(
    ("terminal", "amount", "expected"),
    [
        (POS, 999, NOTES),
        (POS, 1_000, None),  # 10 yuan
        (POS, 1_001, NOTES),
        (POS, 1_999, NOTES),
        (POS, 2_000, None),
        (MOBILE, 1_000, None),
        (MOBILE, 1_500, NOTES),
        (ATM, 9_999, NOTES),
        (ATM, 10_000, None),  # 100 yuan
        (ATM, 11_000, NOTES),
        (ATM, 20_000, None),
    ],
)
def test_notes_of_a_withdrawal(
    terminal: str, amount: int, expected: tuple[str, str] | None
) -> None:
    assert answer(withdrawal(terminal=terminal, amount=Fen(amount))) == expected


@pytest.mark.parametrize(
    "request_",
    [
        transfer(amount=Fen(1)),
        remittance(amount=Fen(1)),
        card_bill(biller=ANY, amount=Fen(1)),
        cash_bill(biller=ANY, amount=Fen(1)),
    ],
    ids=lambda r: type(r).__name__,
)
def test_only_withdrawals_need_notes(request_: Request) -> None:
    refusal = answer(request_)
    assert refusal is None or refusal[0] != "amount_granularity"


@pytest.mark.parametrize("make", [card_bill, cash_bill])
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"bill_no": "99999999"}, ("bill_unknown", "25")),
        ({"biller": "nobody"}, ("bill_unknown", "25")),
        ({"amount": Fen(BILL_AMOUNT - 1)}, ("bill_amount", "13")),
        ({"amount": Fen(BILL_AMOUNT + 1)}, ("bill_amount", "13")),
    ],
)
def test_a_bill(
    make: Callable[..., Request], changes: dict[str, object], expected: tuple[str, str] | None
) -> None:
    assert answer(make(**changes)) == expected


@pytest.mark.parametrize("amount", [BILL_AMOUNT, Fen(BILL_AMOUNT + 1)])
def test_a_paid_bill_is_not_paid_again(amount: Fen) -> None:
    book = book_of()
    book.put_bill(replace(book.bills[POWER, BILL_NO], paid_by="somebody"))
    refusal = first_refusal(facts(card_bill(amount=amount), book=book))
    assert refusal == Refusal("bill_paid", "94")  # whatever the amount


def test_the_answer_to_a_wrong_amount_tells_the_right_one() -> None:
    refusal = first_refusal(facts(card_bill(amount=Fen(1))))
    assert refusal is not None
    assert refusal.limit == BILL_AMOUNT


NO_PAYEE = ("payee_unknown", "42")


@pytest.mark.parametrize("make", [transfer, remittance])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (None, None),
        ("孙二", ("payee_name", "A3")),
        ("孙二娘娘", ("payee_name", "A3")),
        ("", ("payee_name", "A3")),
    ],
)
def test_the_name_of_the_payee(
    make: Callable[..., Request], name: str | None, expected: tuple[str, str] | None
) -> None:
    assert answer(make(payee_name=name)) == expected


def to_account(request: Request, account_no: str, name: str) -> Request:
    return replace(request, payee_account_no=account_no, payee_name=name)  # type: ignore[call-arg]


@pytest.mark.parametrize("request_", [transfer(), remittance()], ids=lambda r: type(r).__name__)
def test_the_account_of_the_payee(request_: Request) -> None:
    closed, biller = SMALL.account(CLOSED), SMALL.billers[0].account
    assert answer(to_account(request_, "520010000000000", "谁")) == NO_PAYEE
    assert answer(to_account(request_, closed.account_no, "wrong")) == NO_PAYEE  # before the name
    assert answer(to_account(request_, closed.account_no, closed.name)) == NO_PAYEE
    assert answer(to_account(request_, biller.account_no, biller.name)) == NO_PAYEE


def test_nobody_pays_himself() -> None:
    own, operator = SMALL.account_of("gyb_debit"), SMALL.account(OPERATOR)
    assert answer(to_account(transfer(), own.account_no, own.name)) == NO_PAYEE
    assert answer(to_account(remittance(), operator.account_no, operator.name)) == NO_PAYEE
    assert answer(to_account(transfer(), operator.account_no, operator.name)) is None
    assert answer(to_account(remittance(), own.account_no, own.name)) is None


RICH = SMALL.with_account("王小明", balance=yuan(9_000_000)).with_account(
    OPERATOR, balance=yuan(9_000_000)
)
OVER = ("amount_limit", "61")


@pytest.mark.parametrize(
    ("request_", "used", "expected"),
    [
        (withdrawal(amount=yuan(2_000)), 0, None),
        (withdrawal(amount=yuan(2_010)), 0, OVER),
        (withdrawal(amount=yuan(100)), 1_890, None),
        (withdrawal(amount=yuan(100)), 1_900, None),  # lands exactly on the limit
        (withdrawal(amount=yuan(100)), 1_910, OVER),
        (withdrawal(terminal=ATM, amount=yuan(20_000)), 0, None),
        (withdrawal(terminal=ATM, amount=yuan(20_100)), 0, OVER),
        (remittance(amount=yuan(2_000)), 0, None),
        (remittance(amount=yuan("2000.01")), 0, OVER),
        (remittance(amount=yuan("0.01")), 2_000, OVER),
        (transfer(amount=yuan(200_000)), 0, None),
        (transfer(amount=yuan("200000.01")), 0, OVER),
        (card_bill(), 1_000_000, None),  # bills have no limit
    ],
    ids=lambda v: type(v).__name__ if isinstance(v, Request) else str(v),
)
def test_the_day_limits_of_2014(
    request_: Request, used: int, expected: tuple[str, str] | None
) -> None:
    known = facts(request_, RICH)
    refusal = first_refusal(replace(known, usage=Usage(yuan(used), 3)))
    assert ((refusal.check, refusal.code) if refusal else None) == expected


def test_the_limit_of_2011_was_another_one() -> None:
    in_2013 = DEMO_START.replace(year=2013)
    limit = RULES.policies.on(in_2013.date()).limit(LimitKind.WITHDRAWAL).amount_max
    assert limit is not None
    assert limit != yuan(2_000)
    assert answer(withdrawal(amount=limit, at=in_2013), RICH) is None
    assert answer(withdrawal(amount=Fen(limit + 1_000), at=in_2013), RICH) == OVER


def test_a_breached_limit_explains_itself() -> None:
    known = replace(facts(withdrawal(amount=yuan(200))), usage=Usage(yuan(1_900), 2))
    assert first_refusal(known) == Refusal(
        "amount_limit",
        "61",
        limit=yuan(2_000),
        used=yuan(1_900),
        resets_at=start_of(DAY + timedelta(days=1)),
    )
    assert start_of(DAY + timedelta(days=1)).isoformat() == "2026-03-02T23:00:00+08:00"


@pytest.mark.parametrize(
    ("used", "amount", "expected"),
    [
        (Usage(yuan(100), 2), yuan(100), None),
        (Usage(yuan(100), 3), yuan(100), ("count_limit", "65")),  # the fourth of three
        (Usage(yuan(100), 4), yuan(100), ("count_limit", "65")),
        (Usage(yuan(1_950), 3), yuan(100), OVER),  # the amount comes first
    ],
)
def test_a_policy_may_limit_the_count(
    used: Usage, amount: Fen, expected: tuple[str, str] | None
) -> None:
    known = facts(withdrawal(amount=amount))
    _, origin = known.policy.limits[LimitKind.WITHDRAWAL]
    three_times = {LimitKind.WITHDRAWAL: (Limit(yuan(2_000), 3), origin)}
    policy = replace(known.policy, limits={**known.policy.limits, **three_times})
    refusal = first_refusal(replace(known, policy=policy, usage=used))
    assert ((refusal.check, refusal.code) if refusal else None) == expected


@pytest.mark.parametrize(
    ("own", "amount", "expected"),
    [
        (yuan(500), yuan(500), None),
        (yuan(500), yuan(510), OVER),
        (yuan(5_000), yuan(2_000), None),  # a control only ever lowers
        (yuan(5_000), yuan(2_010), OVER),
        (Fen(0), yuan(10), OVER),
    ],
)
def test_a_control_lowers_the_limit(
    own: Fen, amount: Fen, expected: tuple[str, str] | None
) -> None:
    world = RICH.with_point(POINT, controls=(Control(Business.WITHDRAWAL, True, own, None),))
    assert answer(withdrawal(amount=amount), world) == expected


SHORT, OPERATOR_SHORT = ("balance", "51"), ("operator_balance", "51")


@pytest.mark.parametrize(
    ("balance", "expected"),
    [
        (yuan(100), SHORT),  # the fee is missing
        (Fen(yuan(101) - 1), SHORT),
        (yuan(101), None),  # amount and fee, to the last fen
        (Fen(yuan(101) + 1), None),
    ],
)
def test_the_balance_covers_amount_and_fee(balance: Fen, expected: tuple[str, str] | None) -> None:
    world = SMALL.with_account("王小明", balance=balance)
    request = transfer(amount=yuan(100), payee="abc_debit")
    assert facts(request, world).fee == Fee(yuan(1), ZERO, yuan(1), None, None)
    assert answer(request, world) == expected


@pytest.mark.parametrize(("make", "total"), [(remittance, yuan(102)), (cash_bill, BILL_AMOUNT)])
def test_the_operator_covers_amount_and_fee_of_cash_businesses(
    make: Callable[..., Request], total: Fen
) -> None:
    for balance, expected in ((Fen(total - 1), OPERATOR_SHORT), (total, None)):
        assert answer(make(), SMALL.with_account(OPERATOR, balance=balance)) == expected


def test_a_withdrawal_does_not_ask_for_the_operators_balance_nor_for_the_till() -> None:
    world = SMALL.with_account(OPERATOR, balance=ZERO).with_account("till", balance=ZERO)
    assert answer(withdrawal(), world) is None


def test_an_inquiry_needs_no_money() -> None:
    assert answer(inquiry(card="poor")) is None


# The first refusal wins -------------------------------------------------------------------------


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
        Fault("pin_locked", "75", card_has(pin_failures=3, pin_failed_on=DAY)),
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


# Magic cards ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (Effect.SHORT_OF_MONEY, SHORT),
        (Effect.WRONG_PIN, WRONG),
        (Effect.ISSUER_DOWN, ("issuer_down", "91")),
        (Effect.SLOW, None),
        (Effect.SILENT, None),
    ],
)
def test_a_magic_card_always_answers_the_same(
    effect: Effect, expected: tuple[str, str] | None
) -> None:
    world = SMALL.with_card("gyb_debit", effect=effect)
    assert answer(withdrawal(), world) == expected
