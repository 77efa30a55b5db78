"""红 > 绿 > 黄: a freeze stops everything, an allow-list passes 业务控制, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from pos_sim.domain.money import yuan
from pos_sim.domain.requests import Business, Reported, Withdrawal
from pos_sim.store.database import Database
from risk import listing
from risk.approvals import StaleApproval
from tests.counter import card_bill, inquiry, transfer, withdrawal
from tests.risk.case_desk import ANNA, KIND, CaseDesk, case_desk
from tests.risk.watched import new_monitor
from tests.worlds import ATM, POINT, POS, SMALL

CARD = str(SMALL.card("gyb_debit").card.card_id)
PAYEE = SMALL.account_of("abc_debit").account_no
OPERATOR = "OP-gyb"


@pytest.fixture
def desk(still_database: Database) -> Iterator[CaseDesk]:
    with case_desk(still_database) as opened:
        opened.monitor = new_monitor()
        yield opened


def listed(desk: CaseDesk, name: str, value: str, *, agreed: bool = True, days: int = 9) -> None:
    wish = listing.Wish(value=value, until=desk.now + timedelta(days=days), reason="已上门核实")
    made = desk.run(partial(listing.add_entry, name=name, wish=wish, by=ANNA, at=desk.now))
    if agreed and made.approval_id is not None:
        desk.decide(made.approval_id)


def proposed(desk: CaseDesk, days: int) -> str:
    """Propose to let a card pass; return the approval."""
    wish = listing.Wish(value=CARD, until=desk.now + timedelta(days=days), reason="已上门核实")
    add = partial(listing.add_entry, name="allowed-cards", wish=wish, by=ANNA, at=desk.now)
    asked = desk.run(add).approval_id
    assert asked is not None
    return asked


MAKE: dict[str, Callable[[CaseDesk], Any]] = {
    "red": lambda desk: desk.act(desk.open(KIND.FREEZE), "emergency_freeze"),
    "exited": lambda desk: desk.set_status("exited"),
    "green": lambda desk: listed(desk, "allowed-cards", CARD),
    "amber": lambda desk: desk.control(),
    "lowered": lambda desk: desk.control(allowed=True, limit=yuan(50)),
    "blocked": lambda desk: listed(desk, "blocked-cards", CARD),
}


@pytest.mark.parametrize(
    ("colors", "code"),
    [
        ("", "00"),
        ("green", "00"),
        ("amber", "12"),
        ("lowered", "61"),
        ("red", "58"),
        ("green amber", "00"),
        ("green lowered", "00"),
        ("red amber", "58"),
        ("red lowered", "58"),
        ("red green", "58"),
        ("red green amber", "58"),
        ("red green lowered", "58"),
        ("blocked", "59"),
        ("green blocked", "59"),
        ("amber blocked", "12"),
        ("green amber blocked", "59"),
        ("red green blocked", "58"),
        ("green amber exited", "03"),
    ],
)
def test_the_precedence_of_colors(desk: CaseDesk, colors: str, code: str) -> None:
    for color in colors.split():
        MAKE[color](desk)
    assert desk.code() == code


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("allowed-cards", CARD),
        ("allowed-payees", PAYEE),
        ("allowed-operators", OPERATOR),
        ("allowed-terminals", POS),
    ],
)
def test_whoever_is_named_passes(desk: CaseDesk, name: str, value: str) -> None:
    desk.control(business=Business.TRANSFER)
    assert desk.answer(transfer) == "12"
    listed(desk, name, value)
    assert desk.answer(transfer) == "00"


def test_green_must_be_agreed_on_and_ends(desk: CaseDesk) -> None:
    desk.control()
    listed(desk, "allowed-cards", CARD, agreed=False)
    assert desk.code() == "12"
    listed(desk, "allowed-cards", CARD, days=1)
    assert desk.code() == "00"
    desk.pass_time(days=1)
    assert desk.code() == "12"


def test_one_who_is_let_pass_already_is_not_let_pass_again(desk: CaseDesk) -> None:
    waiting = [proposed(desk, days) for days in (5, 5, 9)]
    desk.decide(waiting[0])
    with pytest.raises(StaleApproval):
        desk.decide(waiting[2])  # in the same moment
    desk.pass_time(hours=1)
    with pytest.raises(StaleApproval):
        desk.decide(waiting[1])  # as long as he stands there
    desk.decide(waiting[2])


def test_green_lets_nobody_else_pass(desk: CaseDesk) -> None:
    desk.control()
    listed(desk, "allowed-cards", CARD)
    assert desk.code(card="grcu_debit") == "12"


def test_green_leaves_the_limit_of_the_policy(desk: CaseDesk) -> None:
    MAKE["lowered"](desk)
    MAKE["green"](desk)
    assert desk.code(amount=yuan(2_010)) == "61"
    assert desk.code(amount=yuan(2_000)) == "00"


def test_green_gives_a_terminal_no_business_that_it_has_not(desk: CaseDesk) -> None:
    listed(desk, "allowed-terminals", ATM)
    desk.control(business=Business.BILL_PAYMENT)
    assert desk.answer(card_bill, terminal=ATM) == "12"


def test_an_inquiry_is_let_pass_too(desk: CaseDesk) -> None:
    desk.control(business=Business.BALANCE_INQUIRY)
    assert desk.answer(inquiry) == "12"
    MAKE["green"](desk)
    assert desk.answer(inquiry) == "00"


def test_green_does_not_pass_the_identity_of_a_terminal(desk: CaseDesk) -> None:
    def with_another_serial(**changes: Any) -> Withdrawal:
        return replace(withdrawal(**changes), reported=Reported(terminal_serial="SN-9"))

    desk.control()
    for name, value in (("allowed-terminals", POS), ("allowed-cards", CARD)):
        listed(desk, name, value)
    assert desk.answer(with_another_serial) == "59"
    found = text("select rule_id from risk_hits where service_point_id = :point")
    assert "R12" in desk.connection.execute(found, {"point": POINT}).scalars().all()
