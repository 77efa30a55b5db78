"""What uses a limit of a business date, and what is free: the month's first withdrawal."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from pos_sim.domain.calendar import DEMO_START, SHANGHAI
from pos_sim.domain.limits import LimitKind, Usage
from pos_sim.domain.money import Fen, yuan
from tests.counter import (
    card_bill,
    remittance,
    withdrawal,
)
from tests.domain.days import AT_CUT_OFF, BEFORE_CUT_OFF, MONDAY
from tests.memory_bank import MemoryBank
from tests.worlds import (
    ANY,
    ATM,
    BILL_AMOUNT,
    OTHER_POS,
    SMALL,
    WRONG_PIN,
)


def test_the_second_of_two_sees_what_the_first_used() -> None:
    decisions = MemoryBank().ask_all(
        [
            withdrawal(1, amount=yuan(1_500)),
            withdrawal(2, amount=yuan(510)),
            withdrawal(3, amount=yuan(500)),
        ]
    )
    assert [d.transaction.response_code for d in decisions if d.transaction] == ["00", "61", "00"]


@pytest.mark.parametrize(
    ("at", "code"), [(BEFORE_CUT_OFF, "61"), (AT_CUT_OFF, "00")], ids=["before", "after"]
)
def test_a_new_business_date_is_a_new_limit(at: datetime, code: str) -> None:
    bank = MemoryBank()
    bank.ask(withdrawal(1, amount=yuan(2_000)))
    assert bank.ask(withdrawal(2, amount=yuan(10), at=at)).response_code == code


def test_points_and_atms_have_limits_of_their_own() -> None:
    bank = MemoryBank()
    assert bank.ask(withdrawal(1, amount=yuan(2_000))).response_code == "00"
    assert bank.ask(withdrawal(2, terminal=ATM, amount=yuan(8_000))).response_code == "00"
    assert bank.used("gyb_debit", LimitKind.WITHDRAWAL, MONDAY) == Usage(yuan(2_000), 1)
    assert bank.used("gyb_debit", LimitKind.ATM_WITHDRAWAL, MONDAY) == Usage(yuan(8_000), 1)


def test_all_points_together_count_against_one_card() -> None:
    bank = MemoryBank()
    assert bank.ask(withdrawal(1, amount=yuan(1_900))).response_code == "00"
    assert bank.ask(withdrawal(1, terminal=OTHER_POS, amount=yuan(110))).response_code == "61"
    assert bank.ask(withdrawal(2, terminal=OTHER_POS, amount=yuan(100))).response_code == "00"


def test_cash_remittances_count_per_payee_wherever_they_are_paid_in() -> None:
    bank = MemoryBank()
    assert bank.ask(remittance(1, amount=yuan(1_500))).response_code == "00"
    other = bank.ask(remittance(1, terminal=OTHER_POS, amount=yuan(501), payer_name="李四"))
    assert other.response_code == "61"
    assert bank.ask(remittance(2, terminal=OTHER_POS, amount=yuan(500))).response_code == "00"
    assert bank.ask(remittance(3, payee="ccb_debit", amount=yuan(2_000))).response_code == "00"
    assert bank.used("abc_debit", LimitKind.CASH_REMITTANCE, MONDAY) == Usage(yuan(2_000), 2)


def test_bills_count_but_have_no_limit() -> None:
    bank = MemoryBank(SMALL.with_account("王小明", balance=yuan(9_000_000)))
    assert bank.ask(card_bill(1, biller=ANY, amount=yuan(5_000_000))).response_code == "00"
    assert bank.ask(card_bill(2)).response_code == "00"
    used = bank.used("gyb_debit", LimitKind.BILL_PAYMENT, MONDAY)
    assert used == Usage(Fen(yuan(5_000_000) + BILL_AMOUNT), 2)


def test_only_what_was_approved_uses_a_limit() -> None:
    bank = MemoryBank()
    bank.ask(withdrawal(1, amount=yuan(500)))
    bank.ask(withdrawal(2, pin=WRONG_PIN))
    bank.ask(withdrawal(3, amount=yuan(2_000)))
    assert bank.used("gyb_debit", LimitKind.WITHDRAWAL, MONDAY) == Usage(yuan(500), 1)


APRIL = datetime(2026, 3, 31, 23, 0, tzinfo=SHANGHAI)
"""The cut-off of the 31st: business date 1 April."""


def test_the_first_withdrawal_of_a_subsidy_card_is_free_once_a_month() -> None:
    bank = MemoryBank()
    fees = [
        bank.ask(withdrawal(trace, card="abc_pension", terminal=UNWAIVED, at=at))
        for trace, at in enumerate(
            [DEMO_START, DEMO_START, APRIL - timedelta(microseconds=1), APRIL], 1
        )
    ]
    assert [(t.is_first_of_month, t.waiver_id) for t in fees] == [
        (True, None),
        (False, None),
        (False, None),
        (True, None),
    ]


UNWAIVED = OTHER_POS
"""At its own bank a withdrawal costs nothing, so there is nothing to waive."""


def test_the_free_first_withdrawal_is_named_where_no_other_waiver_comes_first() -> None:
    world = SMALL.with_card("grcu_debit", gets_subsidies=True)
    bank = MemoryBank(world)
    first, second = (
        bank.ask(withdrawal(trace, card="grcu_debit", terminal=OTHER_POS, amount=yuan(500)))
        for trace in (1, 2)
    )
    assert (first.waiver_id, first.fee_waived, first.fee_charged) == (
        "first-subsidy-withdrawal",
        250,
        0,
    )
    assert (second.waiver_id, second.fee_charged) == (None, 250)


def test_a_refused_withdrawal_is_not_the_first() -> None:
    bank = MemoryBank(SMALL.with_card("grcu_debit", gets_subsidies=True))
    bank.ask(withdrawal(1, card="grcu_debit", pin=WRONG_PIN))
    bank.ask(withdrawal(2, card="grcu_debit", amount=yuan(2_010)))
    assert bank.ask(withdrawal(3, card="grcu_debit")).is_first_of_month


def test_a_card_without_subsidies_pays_from_the_start() -> None:
    t = MemoryBank().ask(withdrawal(card="grcu_debit", terminal=OTHER_POS, amount=yuan(500)))
    assert (t.is_first_of_month, t.waiver_id, t.fee_charged) == (False, None, 250)
