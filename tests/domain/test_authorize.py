"""The checks of the counter, each at its edge: the key, the terminal, the point, its businesses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pos_sim.domain.authorize import first_refusal
from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.requests import Business, Request
from pos_sim.domain.service_points import Control, PointStatus
from tests.counter import (
    card_bill,
    cash_bill,
    inquiry,
    remittance,
    transfer,
    withdrawal,
)
from tests.domain.asked import answer, facts
from tests.worlds import (
    ATM,
    MOBILE,
    POINT,
    POS,
    SMALL,
    UNBOUND,
    UNKNOWN,
    book_of,
)


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
