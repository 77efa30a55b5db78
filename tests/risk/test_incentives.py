"""激励 as pure rules: what is earned, what stops it, and that nothing gets lost in between."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.money import Fen, yuan
from pos_sim.domain.policy import PolicyError
from pos_sim.domain.requests import Business
from pos_sim.domain.service_points import PointStatus
from risk.incentive_policies import read_incentives, shipped_incentives
from risk.incentives import MOVES, PAID, Part, Stop, Work, statement_of, told
from risk.patrol_facts import SUBSIDY_GRADES

POLICY = shipped_incentives().versions[0]
TEXT = files("risk").joinpath("incentives.toml").read_text("utf-8")


def work(
    counts: Mapping[str, int],
    *,
    star_grade: int = 3,
    status: PointStatus = PointStatus.OPEN,
    was_frozen: bool = False,
    was_controlled: bool = False,
) -> Work:
    return Work(
        counts={Business(name): n for name, n in counts.items()},
        star_grade=star_grade,
        status=status,
        was_frozen=was_frozen,
        was_controlled=was_controlled,
    )


@pytest.mark.parametrize(
    ("counts", "commission"),
    [
        ({}, 0),
        ({"withdrawal": 16}, 1_600),
        ({"cash_remittance": 2}, 300),
        ({"transfer": 17, "bill_payment": 7}, 2_050),
        ({"balance_inquiry": 500}, 0),
        ({"withdrawal": 999}, 99_900),
        ({"withdrawal": 1_001}, 100_000),  # the most of a month
    ],
)
def test_commission(counts: dict[str, int], commission: int) -> None:
    assert statement_of(work(counts), POLICY).earned[Part.COMMISSION] == commission


@pytest.mark.parametrize(("stars", "subsidy"), [(1, 0), (2, 50), (3, 100), (4, 150), (5, 200)])
def test_subsidy_by_star_grade(stars: int, subsidy: int) -> None:
    made = statement_of(work({}, star_grade=stars), POLICY)
    assert made.earned[Part.SUBSIDY] == yuan(subsidy)


@pytest.mark.parametrize(
    ("moves", "bonus"), [(0, 0), (29, 0), (30, 30), (59, 30), (60, 60), (100, 100), (200, 150)]
)
def test_bonus_by_volume_counts_no_inquiries(moves: int, bonus: int) -> None:
    made = statement_of(work({"transfer": moves, "balance_inquiry": 1_000}), POLICY)
    assert made.earned[Part.BONUS] == yuan(bonus)


def test_the_watch_looks_for_fake_volume_at_the_grades_that_pay() -> None:
    assert tuple(step.start for step in POLICY.bonus if step.start) == SUBSIDY_GRADES


@pytest.mark.parametrize(
    ("known", "stops", "payable"),
    [
        ({}, (), 30 + 100 + 30),
        ({"was_frozen": True}, (Stop.FROZEN,), 0),
        ({"was_controlled": True}, (Stop.CONTROLLED,), 30),
        ({"status": PointStatus.TRIAL}, (Stop.NOT_OPEN,), 30),
        ({"status": PointStatus.EXITED}, (Stop.NOT_OPEN,), 30),
        ({"status": PointStatus.RECTIFYING}, (), 30 + 100 + 30),
        ({"was_frozen": True, "was_controlled": True}, (Stop.FROZEN, Stop.CONTROLLED), 0),
    ],
)
def test_what_stops_what(known: dict[str, Any], stops: tuple[Stop, ...], payable: int) -> None:
    made = statement_of(work({"withdrawal": 30}, **known), POLICY)
    assert (made.stops, made.payable) == (stops, yuan(payable))
    assert made.total == yuan(160)


works = st.builds(
    Work,
    counts=st.dictionaries(st.sampled_from(PAID), st.integers(0, 2_000)),
    star_grade=st.integers(1, 5),
    status=st.sampled_from(PointStatus),
    was_frozen=st.booleans(),
    was_controlled=st.booleans(),
)


@given(works)
def test_earned_is_stopped_or_payable_and_never_negative(known: Work) -> None:
    made = statement_of(known, POLICY)
    assert made.payable + sum(made.stopped.values()) == made.total == sum(made.earned.values())
    assert made.payable >= 0
    assert all(fen >= 0 for fen in made.earned.values())
    assert bool(made.stopped) <= bool(made.stops)


@given(works, st.sampled_from(sorted(MOVES)))
def test_one_more_transaction_never_earns_less(known: Work, business: Business) -> None:
    counts = {**known.counts, business: known.counts.get(business, 0) + 1}
    more = Work(
        counts=counts,
        star_grade=known.star_grade,
        status=known.status,
        was_frozen=known.was_frozen,
        was_controlled=known.was_controlled,
    )
    before, after = statement_of(known, POLICY), statement_of(more, POLICY)
    assert after.total >= before.total
    assert after.payable >= before.payable
    assert after.stops == before.stops


@given(works)
def test_a_frozen_month_pays_nothing(known: Work) -> None:
    made = statement_of(known, POLICY)
    if Stop.FROZEN in made.stops:
        assert made.payable == Fen(0)


def test_the_sentence_says_what_is_stopped_and_why() -> None:
    text, text_en = told(statement_of(work({"withdrawal": 30}, was_controlled=True), POLICY))
    assert text == (
        "交易佣金30.00元、星级补贴100.00元、业务量奖励30.00元；"
        "当月受业务控制，停发130.00元；应发30.00元。"
    )
    assert "under control in this month: 130.00 stopped; 30.00 payable" in text_en


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("withdrawal = 100", "withdrawal = -1", "withdrawal"),
        ("bill_payment = 50, ", "", "bill_payment"),
        ("bill_payment = 50", "bill_payment = 50, gambling = 1", "gambling"),
        ("from = 1, fen = 0", "from = 0, fen = 0", "subsidy"),
        ("from = 5, fen = 20_000", "from = 5, fen = 1", "subsidy"),
        ("commission_max_fen = 100_000", "", "commission_max_fen"),
        ("2020-01-01", '"soon"', "effective_from"),
    ],
)
def test_a_mistake_in_the_amounts_is_named(before: str, after: str, field: str) -> None:
    assert before in TEXT
    with pytest.raises(PolicyError, match=field):
        read_incentives(TEXT.replace(before, after, 1), "mistaken")
