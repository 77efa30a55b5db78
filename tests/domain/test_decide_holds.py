"""What is held, where its money waits, and what the monitor may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from pos_sim.domain.accounts import Kind
from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.limits import LimitKind, Usage
from pos_sim.domain.money import ZERO, Fen, yuan
from pos_sim.domain.requests import Request
from pos_sim.domain.transactions import Status
from tests.counter import (
    remittance,
    transfer,
)
from tests.domain.days import MONDAY
from tests.memory_bank import DOUBTED_AMOUNT, HELD_AMOUNT, MemoryBank, Suspicious
from tests.worlds import (
    ATM,
    MOBILE,
    OPERATOR,
    SMALL,
    WRONG_PIN,
)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (transfer(terminal=ATM), Status.HELD),  # to another holder, at an ATM
        (transfer(terminal=ATM, payee="abc_own"), Status.APPROVED),  # to his own other account
        (transfer(), Status.APPROVED),  # at a point
        (transfer(terminal=MOBILE), Status.APPROVED),
        (transfer(amount=HELD_AMOUNT), Status.HELD),  # the monitor wants time
        (remittance(amount=HELD_AMOUNT), Status.HELD),
        (transfer(terminal=ATM, amount=HELD_AMOUNT), Status.HELD),
    ],
    ids=lambda v: type(v).__name__ if isinstance(v, Request) else str(v),
)
def test_what_is_held(request_: Request, status: Status) -> None:
    t = MemoryBank().ask(request_)
    assert (t.status, t.first_status, t.response_code) == (status, status, "00")
    is_held = status is Status.HELD
    assert t.available_at == (DEMO_START + timedelta(hours=24) if is_held else None)


def test_held_money_waits_in_suspense_and_then_goes_on() -> None:
    bank = MemoryBank()
    bank.ask(transfer(terminal=ATM, amount=yuan(300)))
    assert bank.balance("gyb_debit") == yuan(9_698)  # the fee is 2 yuan
    assert bank.balance("abc_debit") == yuan(400_000)
    assert bank.summed("gyb", Kind.SUSPENSE) == yuan(300)
    day = timedelta(hours=24)
    assert bank.release_due(DEMO_START + day - timedelta(microseconds=1)) == 0
    assert bank.release_due(DEMO_START + day) == 1
    assert bank.balance("abc_debit") == yuan(400_300)
    assert bank.summed("gyb", Kind.SUSPENSE) == 0
    released = bank.find(1, ATM)
    assert (released.status, released.first_status) == (Status.APPROVED, Status.HELD)


def test_a_cancelled_hold_returns_money_and_fee_and_limit() -> None:
    bank = MemoryBank()
    t = bank.ask(transfer(terminal=ATM, amount=yuan(300)))
    bank.cancel(t.transaction_id, DEMO_START)
    assert bank.balance("gyb_debit") == yuan(10_000)
    assert bank.summed("gyb", Kind.SUSPENSE) == 0
    assert bank.summed("gyb", Kind.FEE_INCOME) == 0
    assert bank.find(1, ATM).status is Status.REVERSED
    assert bank.used("gyb_debit", LimitKind.TRANSFER, MONDAY) == Usage(ZERO, 0)
    assert bank.release_due(DEMO_START + timedelta(days=2)) == 0


def test_a_held_remittance_keeps_the_operators_money_until_it_is_cancelled() -> None:
    bank = MemoryBank()
    t = bank.ask(remittance(amount=HELD_AMOUNT))
    operator = SMALL.account(OPERATOR)
    assert bank.balance_of(operator) == yuan(20_000) - HELD_AMOUNT - t.fee_charged
    bank.cancel(t.transaction_id, DEMO_START)
    assert bank.balance_of(operator) == yuan(20_000)
    assert bank.used("abc_debit", LimitKind.CASH_REMITTANCE, MONDAY) == Usage(ZERO, 0)


@pytest.mark.parametrize("make", [transfer, remittance])
def test_the_monitor_has_the_last_word(make: Callable[..., Request]) -> None:
    bank = MemoryBank()
    t = bank.ask(make(amount=DOUBTED_AMOUNT))
    assert (t.response_code, t.status) == ("59", Status.DECLINED)
    assert t.refusal is not None
    assert t.refusal.check == "risk"
    assert not bank.book.entries


def test_an_earlier_refusal_keeps_its_code_whatever_the_monitor_says() -> None:
    assert MemoryBank().ask(transfer(amount=DOUBTED_AMOUNT, pin=WRONG_PIN)).response_code == "55"
    too_much = Fen(yuan(2_000) + Suspicious.DECLINED)
    assert MemoryBank().ask(remittance(amount=too_much)).response_code == "61"
