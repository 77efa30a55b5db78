"""The checks of what is asked for, each at its edge: notes, bills, payees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pos_sim.domain.authorize import first_refusal
from pos_sim.domain.money import Fen
from pos_sim.domain.requests import Request
from pos_sim.domain.transactions import Refusal
from tests.counter import (
    card_bill,
    cash_bill,
    remittance,
    transfer,
    withdrawal,
)
from tests.domain.asked import answer, facts
from tests.worlds import (
    ANY,
    ATM,
    BILL_AMOUNT,
    BILL_NO,
    CLOSED,
    MOBILE,
    OPERATOR,
    POS,
    POWER,
    SMALL,
    book_of,
)

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
