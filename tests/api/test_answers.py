"""The pure half of an answer: what follows from a stored transaction, and from nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import orjson
import pytest

from api.answers import authorization_code, current_answer, first_answer, retrieval_reference_no
from pos_sim.domain.calendar import DEMO_START, SHANGHAI
from pos_sim.domain.money import Fen
from pos_sim.domain.transactions import Refusal, Status, Transaction
from pos_sim.policies import shipped

POLICIES = shipped()
WITHDRAWN = Transaction(
    transaction_id="52010001000001000042",
    terminal_id="52010001",
    batch_no="000001",
    trace_no="000042",
    business="withdrawal",
    first_status=Status.APPROVED,
    status=Status.APPROVED,
    response_code="00",
    fingerprint="",
    business_date=date(2026, 3, 2),
    decided_at=DEMO_START,
    policy_version="2014-235",
    amount=Fen(50_000),
)


def refused(check: str, code: str, **figures: Any) -> dict[str, Any]:
    """The refusal of a declined withdrawal, as it is shown."""
    declined = replace(
        WITHDRAWN,
        first_status=Status.DECLINED,
        status=Status.DECLINED,
        response_code=code,
        refusal=Refusal(check, code, **figures),
    )
    shown: dict[str, Any] = current_answer(declined, POLICIES)["refusal"]
    return shown


def test_what_happens_later_changes_the_found_answer_only() -> None:
    ended = replace(WITHDRAWN, status=Status.REVERSED, ended_by="somebody")
    assert first_answer(ended, POLICIES) == first_answer(WITHDRAWN, POLICIES)
    assert current_answer(ended, POLICIES)["status"] == "reversed"


def test_moments_are_shown_in_local_time_with_milliseconds() -> None:
    later = replace(WITHDRAWN, decided_at=DEMO_START + timedelta(microseconds=123_999))
    assert orjson.loads(first_answer(later, POLICIES))["decided_at"] == (
        "2026-03-02T10:00:00.123+08:00"
    )


@pytest.mark.parametrize(
    ("moment", "prefix"),
    [
        (datetime(2026, 1, 1, tzinfo=SHANGHAI), "6001"),
        (datetime(2026, 12, 31, tzinfo=SHANGHAI), "6365"),
        (datetime(2028, 12, 31, tzinfo=SHANGHAI), "8366"),
    ],
)
def test_a_reference_number_begins_with_year_and_day(moment: datetime, prefix: str) -> None:
    number = retrieval_reference_no("52010001000001000042", moment)
    assert (number[:4], len(number), number.isdigit()) == (prefix, 12, True)


def test_numbers_follow_from_the_transaction() -> None:
    codes = {authorization_code(f"52010001000001{trace:06d}") for trace in range(1_000)}
    assert len(codes) > 990
    assert authorization_code("x") == authorization_code("x")


@pytest.mark.parametrize("status", [Status.APPROVED, Status.HELD, Status.DECLINED])
def test_only_what_moved_money_has_an_authorization_code(status: Status) -> None:
    decided = replace(
        WITHDRAWN, first_status=status, response_code="51" if status is Status.DECLINED else "00"
    )
    code = current_answer(decided, POLICIES)["authorization_code"]
    assert (code is None) == (status is Status.DECLINED)


def test_an_amount_limit_shows_limit_used_and_reset() -> None:
    shown = refused("amount_limit", "61", limit=200_000, used=190_000, resets_at=DEMO_START)
    assert shown["limit_fen"] == 200_000
    assert shown["used_fen"] == 190_000
    assert shown["resets_at"] == "2026-03-02T10:00:00.000+08:00"
    assert shown["policy_version"] == "2014-235"
    assert shown["text"].endswith("每日限额2,000.00元，已办1,900.00元。")


def test_a_count_limit_counts() -> None:
    shown = refused("count_limit", "65", limit=4, used=4)
    assert (shown["limit_count"], shown["used_count"]) == (4, 4)
    assert "limit_fen" not in shown


def test_a_wrong_bill_amount_is_no_matter_of_policy() -> None:
    shown = refused("bill_amount", "13", limit=4_200)
    assert shown["limit_fen"] == 4_200
    assert "policy_version" not in shown


def test_a_risk_refusal_is_neutral() -> None:
    assert refused("risk", "59") == {
        "check": "risk",
        "text": "本笔交易未能通过，请联系开户行",
        "text_en": "This transaction could not be approved. Please contact your bank.",
    }
