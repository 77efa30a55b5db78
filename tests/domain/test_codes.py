"""Answer codes and refusal sentences."""

from __future__ import annotations

import re

import pytest

from pos_sim.domain.codes import CODES, REFUSALS, AnswerCode, RefusalText

CHECKS: dict[str, str] = {
    "tombstoned": "94",
    "terminal_unknown": "97",
    "point_not_open": "03",
    "point_frozen": "58",
    "business_off": "12",
    "card_unknown": "14",
    "issuer_unknown": "15",
    "issuer_down": "91",
    "card_lost": "41",
    "card_stolen": "43",
    "card_expired": "54",
    "card_restricted": "62",
    "credit_card": "57",
    "pin_wrong": "55",
    "pin_locked": "75",
    "amount_granularity": "13",
    "bill_unknown": "25",
    "bill_paid": "94",
    "bill_amount": "13",
    "payee_unknown": "42",
    "payee_name": "A3",
    "amount_limit": "61",
    "count_limit": "65",
    "balance": "51",
    "operator_balance": "51",
    "risk": "59",
    "original_unknown": "25",
    "not_reversible": "12",
}


def test_the_clean_success() -> None:
    assert (CODES["00"].text, CODES["00"].text_en) == ("交易成功", "Approved")
    assert [code for code, row in CODES.items() if row.category == "A"] == ["00"]


def test_the_table_is_complete_and_sorted() -> None:
    assert len(CODES) == 75
    assert list(CODES) == sorted(CODES)
    assert {"09", "10", "11", "19", "45", "68", "99", "A0", "A7"} <= CODES.keys()


@pytest.mark.parametrize("row", CODES.values(), ids=CODES.keys())
def test_every_row_speaks_both_languages(row: AnswerCode) -> None:
    assert re.fullmatch(r"[0-9A]\d", row.code)
    assert row.category in {"", "A", "B", "C", "D", "E"}
    assert row.meaning
    assert re.search(r"[\u4e00-\u9fff]", row.text)
    assert row.text_en.isascii()
    assert row.text_en


@pytest.mark.parametrize(
    ("code", "may_retry"),
    [
        ("00", False),
        ("09", True),
        ("55", True),
        ("75", False),
        ("90", True),
        ("91", True),
        ("96", True),
        ("98", True),
        ("94", False),  # a new trace would pay twice
        ("12", False),  # a business that is off stays off
        ("30", False),
        ("41", False),
        ("51", False),
        ("59", False),
        ("61", False),
    ],
)
def test_whether_trying_again_can_help(code: str, may_retry: bool) -> None:
    assert CODES[code].may_retry is may_retry


def test_what_can_be_corrected_at_the_counter_may_be_tried_again() -> None:
    assert all(row.may_retry for row in CODES.values() if row.category == "B")


def test_no_success_asks_to_try_again() -> None:
    assert not any(CODES[code].may_retry for code in ("00", "10", "11", "A2", "A4", "A5", "A6"))


def test_every_check_has_its_sentence_and_its_code() -> None:
    assert {refusal.check: refusal.code for refusal in REFUSALS.values()} == CHECKS


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_sentence_is_short_and_says_what_to_do(refusal: RefusalText) -> None:
    assert refusal.code in CODES
    assert 10 <= len(refusal.text) <= 60
    assert re.search(r"请|不用", refusal.text)
    assert refusal.text_en.isascii()


def test_the_risk_sentence_is_neutral() -> None:
    risk = REFUSALS["risk"]
    assert risk.text == "本笔交易未能通过，请联系开户行"
    assert not re.search(r"risk|rule|suspic|fraud", risk.text_en)
