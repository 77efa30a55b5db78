"""Fees: the price, then the first waiver, counted once, then who bears it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.banks import BANKS
from pos_sim.domain.cards import Product
from pos_sim.domain.fees import (
    CHARGES,
    Channel,
    Fee,
    FeeQuestion,
    Operation,
    Region,
    crosses_banks,
    region_of,
)
from pos_sim.domain.money import ZERO, Fen, yuan
from pos_sim.domain.requests import Business
from pos_sim.domain.service_points import TerminalKind
from tests.domain.questions import (
    AT_PSBC_WITH_ABC,
    GYB_DEBIT,
    POLICIES,
    WITHDRAWAL,
    fee,
)

questions = st.builds(
    FeeQuestion,
    operation=st.sampled_from(Operation),
    channel=st.sampled_from(Channel),
    card_bank_id=st.none() | st.sampled_from(sorted(BANKS)),
    card_product=st.none() | st.sampled_from(Product),
    acquirer_bank_id=st.sampled_from(sorted(BANKS)),
    region=st.sampled_from(Region),
    amount=st.integers(1, 50_000_000).map(Fen),
    payee_bank_id=st.none() | st.sampled_from(sorted(BANKS)),
    first_subsidy_withdrawal=st.booleans(),
)
days = st.dates(date(2010, 1, 1), date(2030, 12, 31))


# Prices ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "price"),
    [(10, "0.05"), (100, "0.50"), (500, "2.50"), (1_000, "5.00"), (2_000, "10.00"),
     (3_999, "20.00"), (4_000, "20.00"), (4_001, "20.00")],
)  # fmt: skip
def test_across_banks_half_a_percent_up_to_twenty_yuan(amount: int, price: str) -> None:
    assert fee(replace(AT_PSBC_WITH_ABC, amount=yuan(amount))).before_waiver == yuan(price)


@pytest.mark.parametrize(
    ("amount", "price"),
    [(10, "1.00"), (100, "1.00"), (130, "1.04"), (500, "4.00"), (1_000, "8.00"),
     (2_490, "19.92"), (2_500, "20.00"), (2_510, "20.00")],
)  # fmt: skip
def test_across_banks_before_2014(amount: int, price: str) -> None:
    question = replace(AT_PSBC_WITH_ABC, amount=yuan(amount))
    assert fee(question, date(2014, 9, 9)).before_waiver == yuan(price)


@pytest.mark.parametrize("channel", [Channel.POS, Channel.MOBILE, Channel.ATM])
def test_ones_own_bank_in_ones_own_city_costs_nothing(channel: Channel) -> None:
    question = replace(WITHDRAWAL, acquirer_bank_id="abc", channel=channel)
    assert fee(question) == Fee(ZERO, ZERO, ZERO, None, None)


@pytest.mark.parametrize("policy", POLICIES.policies, ids=lambda policy: policy.version)
@pytest.mark.parametrize("amount", [10, 100, 500, 1_000, 2_000])
def test_ones_own_bank_elsewhere_costs_no_more_than_its_own_remittance(
    policy: object, amount: int
) -> None:
    day = next(p.effective_from for p in POLICIES.policies if p is policy)
    elsewhere = replace(
        WITHDRAWAL, acquirer_bank_id="abc", region=Region.OUT_OF_CITY, amount=yuan(amount)
    )
    remittance = replace(
        elsewhere, operation=Operation.CASH_REMITTANCE, card_bank_id=None, card_product=None
    )
    assert 0 < fee(elsewhere, day).before_waiver <= fee(remittance, day).before_waiver


@pytest.mark.parametrize(
    ("amount", "price"),
    [("2000.00", 1), ("2000.01", 3), ("10000.00", 3), ("10000.01", 5),
     ("50000.00", 5), ("50000.01", 10), ("200000.00", 10)],
)  # fmt: skip
def test_the_steps_of_a_transfer_to_another_bank(amount: str, price: int) -> None:
    question = replace(
        GYB_DEBIT,
        operation=Operation.TRANSFER,
        acquirer_bank_id="gyb",
        payee_bank_id="ccb",
        amount=yuan(amount),
    )
    assert fee(question).charged == yuan(price)


@pytest.mark.parametrize("policy", POLICIES.policies, ids=lambda policy: policy.version)
@pytest.mark.parametrize("operation", sorted(CHARGES))
def test_every_charge_of_a_card_has_a_price(policy: object, operation: Operation) -> None:
    day = next(p.effective_from for p in POLICIES.policies if p is policy)
    assert fee(replace(AT_PSBC_WITH_ABC, operation=operation), day).charged > 0


def test_a_charge_does_not_depend_on_amount_terminal_or_place() -> None:
    charge = replace(AT_PSBC_WITH_ABC, operation=Operation.CARD_ISSUE)
    others = [
        replace(charge, amount=ZERO),
        replace(charge, amount=yuan(99_999)),
        replace(charge, channel=Channel.COUNTER, acquirer_bank_id="abc"),
        replace(charge, region=Region.ABROAD),
    ]
    assert {fee(other) for other in others} == {fee(charge)}


@pytest.mark.parametrize(
    "operation", [Operation.BALANCE_INQUIRY, Operation.BILL_PAYMENT, Operation.REVERSAL]
)
@given(question=questions, day=days)
def test_inquiries_bills_and_reversals_cost_nothing(
    operation: Operation, question: FeeQuestion, day: date
) -> None:
    assert fee(replace(question, operation=operation), day) == Fee(ZERO, ZERO, ZERO, None, None)


# Laws ------------------------------------------------------------------------------------------


@given(questions, days)
def test_what_is_charged_and_what_is_waived_make_the_price(
    question: FeeQuestion, day: date
) -> None:
    answer = fee(question, day)
    assert answer.before_waiver == answer.waived + answer.charged
    assert answer.waived >= 0
    assert answer.charged >= 0


@given(questions, days)
def test_a_waiver_is_named_where_something_is_waived_and_only_there(
    question: FeeQuestion, day: date
) -> None:
    answer = fee(question, day)
    assert (answer.waiver_id is not None) == (answer.waived > 0)
    assert (answer.bearer is not None) == (answer.waived > 0)


@given(questions, days, st.integers(1, 50_000_000))
def test_a_larger_amount_never_has_a_lower_price(
    question: FeeQuestion, day: date, more: int
) -> None:
    larger = replace(question, amount=Fen(question.amount + more))
    assert fee(question, day).before_waiver <= fee(larger, day).before_waiver


@given(questions, days)
def test_a_point_never_charges_above_the_cap(question: FeeQuestion, day: date) -> None:
    at_point = replace(question, operation=Operation.WITHDRAWAL, channel=Channel.POS)
    assert fee(at_point, day).before_waiver <= yuan(20)


# Across banks, across regions ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "card", "payee", "crosses"),
    [
        ("withdrawal", "gyb", None, False),
        ("withdrawal", "abc", None, True),
        ("withdrawal", "gyb", "abc", False),  # a withdrawal has no payee
        ("transfer", "gyb", None, False),
        ("transfer", "gyb", "gyb", False),
        ("transfer", "gyb", "abc", True),
        ("transfer", "abc", "abc", True),
        ("cash_remittance", None, "gyb", False),
        ("cash_remittance", None, "abc", True),
        ("bill_payment", None, None, False),
        ("annual_fee", "abc", None, False),
    ],
)
def test_what_leaves_the_bank(
    operation: str, card: str | None, payee: str | None, crosses: bool
) -> None:
    question = replace(
        WITHDRAWAL, operation=Operation(operation), card_bank_id=card, payee_bank_id=payee
    )
    assert crosses_banks(question) is crosses


@pytest.mark.parametrize(
    ("card", "point", "region"),
    [
        ("520102", "520102", "local"),
        ("520102", "520199", "local"),
        ("520102", "520201", "out_of_city"),
        ("520102", "522301", "out_of_city"),
        ("520102", "510102", "out_of_province"),
        ("520102", "000156", "abroad"),
        ("000156", "520102", "abroad"),
    ],
)
def test_how_far_a_point_is_from_the_card(card: str, point: str, region: str) -> None:
    assert region_of(card, point) == region


def test_the_words_are_those_of_requests_and_terminals() -> None:
    assert {business.value for business in Business} - {"charge"} <= set(Operation)
    assert {kind.value for kind in TerminalKind} == set(Channel) - {"counter"}
