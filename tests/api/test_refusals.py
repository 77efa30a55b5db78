"""Each row of the contract's check table over real HTTP: the code, the check, the words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pos_sim.domain.cards import luhn_digit
from pos_sim.domain.refusals import REFUSALS
from tests.api.counter import Counter, Json
from tests.api.village import (
    ATM,
    EXITED,
    FROZEN,
    POOR_POINT,
    UNBOUND,
    UNKNOWN,
    UNTRAINED,
)

Situation = Callable[[Counter], Json]


def tombstoned(counter: Counter) -> Json:
    body = counter.body("withdrawal")
    counter.reverse(body)
    return counter.send("withdrawal", body).json()  # type: ignore[no-any-return]


def magic(name: str, **changes: Any) -> Situation:
    return lambda counter: counter.do("withdrawal", magic=name, **changes)


def withdrawal(**changes: Any) -> Situation:
    return lambda counter: counter.do("withdrawal", **changes)


def third_wrong_pin(counter: Counter) -> Json:
    card = counter.card()
    for _ in range(2):
        counter.do("withdrawal", card_no=card["card_no"], pin="000000")
    return counter.do("withdrawal", card_no=card["card_no"], pin="000000")


def paid_bill(counter: Counter) -> Json:
    first = counter.do("bill_payment")
    return counter.do("bill_payment", bill_no=first["bill_no"])


def other_amount(counter: Counter) -> Json:
    bill = next(counter.world.bills)
    named = {name: bill[name] for name in ("biller_id", "bill_no")}
    return counter.do("bill_payment", amount_fen=bill["amount_fen"] + 1, **named)


def bill_payment(**changes: Any) -> Situation:
    return lambda counter: counter.do("bill_payment", **changes)


def transfer(**changes: Any) -> Situation:
    return lambda counter: counter.do("transfer", **changes)


def over_the_limit(counter: Counter) -> Json:
    card = counter.new_card(balance_fen=10_000_000)
    asked = {"card_no": card["card_no"], "pin": card["pin"]}
    counter.do("withdrawal", amount_fen=190_000, **asked)
    return counter.do("withdrawal", amount_fen=11_000, **asked)


def poor_card(counter: Counter) -> Json:
    card = counter.new_card(balance_fen=49_999)
    return counter.do("withdrawal", card_no=card["card_no"], pin=card["pin"])


NOT_OF_THE_NETWORK = "622200000000000000"
NO_SUCH_BANK = "990099000000000"
FAILS_LUHN = "9900010000000018"
NOBODY = "520019999999999"


def checked(body: str) -> str:
    """A number with the check digit that it needs."""
    return f"{body}{luhn_digit(body)}"


SITUATIONS: tuple[tuple[str, str, Situation], ...] = (
    ("tombstoned", "94", tombstoned),
    ("terminal_unknown", "97", withdrawal(terminal_id=UNKNOWN)),
    ("terminal_unknown", "97", withdrawal(terminal_id=UNBOUND)),
    ("point_not_open", "03", withdrawal(terminal_id=EXITED)),
    ("point_not_open", "03", withdrawal(terminal_id=UNTRAINED)),
    ("point_frozen", "58", withdrawal(terminal_id=FROZEN)),
    ("point_frozen", "58", lambda c: c.do("balance_inquiry", terminal_id=FROZEN)),
    ("business_off", "12", lambda c: c.do("cash_remittance", terminal_id=ATM)),
    ("card_unknown", "14", withdrawal(card_no=FAILS_LUHN, pin="123456")),
    ("card_unknown", "14", lambda c: withdrawal(card_no=unissued(c), pin="123456")(c)),
    ("issuer_unknown", "15", withdrawal(card_no=checked(NOT_OF_THE_NETWORK), pin="123456")),
    ("issuer_unknown", "15", withdrawal(card_no=checked(NO_SUCH_BANK), pin="123456")),
    ("issuer_down", "91", magic("issuer_down")),
    ("card_lost", "41", magic("lost")),
    ("card_stolen", "43", magic("stolen")),
    ("card_expired", "54", magic("expired")),
    ("card_restricted", "62", magic("restricted")),
    ("credit_card", "57", magic("credit_card")),
    ("pin_wrong", "55", withdrawal(pin="000000")),
    ("pin_wrong", "55", withdrawal(pin=..., pin_block="0000000000000000")),
    ("pin_wrong", "55", magic("wrong_pin")),
    ("pin_locked", "75", third_wrong_pin),
    ("amount_granularity", "13", withdrawal(amount_fen=999)),
    ("amount_granularity", "13", withdrawal(amount_fen=1_001)),
    ("amount_granularity", "13", withdrawal(amount_fen=1_000, terminal_id=ATM)),
    ("bill_unknown", "25", bill_payment(biller_id="water", bill_no="NONE")),
    ("bill_unknown", "25", bill_payment(biller_id="nobody")),
    ("bill_paid", "94", paid_bill),
    ("bill_amount", "13", other_amount),
    ("payee_unknown", "42", transfer(payee_account_no=NOBODY)),
    ("payee_name", "A3", transfer(payee_name="不是本人")),
    ("amount_limit", "61", over_the_limit),
    ("balance", "51", poor_card),
    ("balance", "51", magic("short_of_money")),
    ("operator_balance", "51", lambda c: c.do("cash_remittance", terminal_id=POOR_POINT)),
    ("original_unknown", "25", lambda c: c.do("reversal")),
    ("not_reversible", "12", lambda c: c.reverse(c.do("balance_inquiry"))),
)


def unissued(counter: Counter) -> str:
    """A number of a bank of the network that passes Luhn and was never given to anybody."""
    known = {card["card_no"] for card in counter.world.magic.values()}
    numbers = (checked(f"990001{number:09d}") for number in range(100))
    return next(number for number in numbers if number not in known)


@pytest.mark.parametrize(
    ("check", "code", "situation"),
    [pytest.param(*row, id=f"{row[0]}-{n}") for n, row in enumerate(SITUATIONS)],
)
def test_a_refusal_is_an_answer(
    counter: Counter, check: str, code: str, situation: Situation
) -> None:
    answer = situation(counter)
    assert (answer["status"], answer["response_code"]) == ("declined", code)
    refusal = answer["refusal"]
    assert refusal["check"] == check
    assert refusal["text"].startswith(REFUSALS[check].text)
    assert refusal["text_en"].startswith(REFUSALS[check].text_en)
    assert answer["authorization_code"] is None
    assert answer["balance_fen"] is None
    assert answer["fee"]["charged_fen"] == 0


def test_every_check_but_the_monitor_and_counts_was_shown() -> None:
    shown = {check for check, _, _ in SITUATIONS}
    assert set(REFUSALS) - shown == {"risk", "count_limit"}


def test_a_limit_explains_itself_to_a_villager(counter: Counter) -> None:
    refusal = over_the_limit(counter)["refusal"]
    assert refusal["limit_fen"] == 200_000
    assert refusal["used_fen"] == 190_000
    assert refusal["resets_at"] == "2026-03-02T23:00:00.000+08:00"
    assert refusal["policy_version"] == "2014-235"
    assert "2,000.00元" in refusal["text"]


def test_a_pin_locks_at_the_third_wrong_one_and_a_right_one_clears(counter: Counter) -> None:
    card = counter.card()
    tried = [("0000", "55"), ("0000", "55"), (card["pin"], "00"), ("0000", "55"), ("0000", "55"),
             ("0000", "75"), (card["pin"], "75")]  # fmt: skip
    for pin, code in tried:
        asked = {"card_no": card["card_no"], "pin": pin}
        assert counter.do("balance_inquiry", **asked)["response_code"] == code
    counter.post("/sim/pin-unlocks", {"card_no": card["card_no"]})
    assert counter.do("balance_inquiry", **card)["response_code"] == "00"


def test_a_replay_of_a_wrong_pin_does_not_count(counter: Counter) -> None:
    card = counter.card()
    body = counter.body("balance_inquiry", card_no=card["card_no"], pin="0000")
    for _ in range(5):
        assert counter.send("balance_inquiry", body).json()["response_code"] == "55"
    assert counter.do("balance_inquiry", **card)["response_code"] == "00"


def test_the_magic_wrong_pin_card_never_locks(counter: Counter) -> None:
    for _ in range(5):
        assert counter.do("balance_inquiry", magic="wrong_pin")["response_code"] == "55"
