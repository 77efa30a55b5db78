"""Profiles as data: mixes, means, shapes and expected shares."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from loadtests.profiles import BadProfile, expected_shares, mean_of, read, shipped
from loadtests.scripts import SCRIPTS
from loadtests.tally import compare

NAMES = [
    "steady",
    "market-day",
    "pension-day",
    "spring-festival",
    "subsidy-release",
    "cut-off-rush",
    "spike",
    "bad-line",
    "soak",
    "saturation",
]


def test_every_shape_that_a_village_knows_is_shipped() -> None:
    assert list(shipped()) == NAMES


def test_the_mix_is_the_transcripts() -> None:
    mix = shipped()["steady"].mix
    assert mix["balance_inquiry"] / mix["withdrawal"] == pytest.approx(116.57 / 36.12)
    assert mix["transfer"] / mix["bill_payment"] == pytest.approx(38.35 / 15.81)
    assert mix["cash_remittance"] == pytest.approx(0.0811 / 206.9311, rel=1e-4)


@pytest.mark.parametrize(
    ("business", "yuan"),
    [("withdrawal", 814), ("cash_remittance", 871), ("transfer", 8_172), ("bill_payment", 324)],
)
def test_the_means_are_the_transcripts(business: str, yuan: int) -> None:
    assert float(mean_of(shipped()["steady"].bands[business])) == pytest.approx(
        yuan * 100, rel=0.01
    )


def test_drawn_amounts_have_the_mean_of_their_bands() -> None:
    profile, dice = shipped()["steady"], Random(1)
    drawn = [profile.amount("withdrawal", dice) for _ in range(20_000)]
    assert sum(drawn) / len(drawn) == pytest.approx(81_400, rel=0.02)
    assert all(amount % 1_000 == 0 for amount in drawn)


@pytest.mark.parametrize("name", NAMES)
def test_drawn_visits_agree_with_the_expected_shares(name: str) -> None:
    profile, dice, answers = shipped()[name], Random(2), Counter[tuple[str, str]]()
    for _ in range(20_000):
        business = profile.business(dice)
        for step in SCRIPTS[profile.script(business, dice)]:
            answers["reversal" if step.is_reversal else business, step.wanted] += 1
    assert all(share.agrees for share in compare(answers, expected_shares(profile)))
    assert sum(expected_shares(profile).values()) == pytest.approx(1)


def test_another_mix_does_not_agree() -> None:
    answers = Counter({("withdrawal", "00"): 900, ("withdrawal", "51"): 100})
    shares = compare(answers, expected_shares(shipped()["steady"]))
    wrong = {(share.business, share.code) for share in shares if not share.agrees}
    assert {("withdrawal", "51"), ("balance_inquiry", "00")} <= wrong


@pytest.mark.parametrize(
    ("second", "users"),
    [(0, 60), (14.9, 60), (15, 140), (30, 200), (59.9, 200), (119.9, 30), (120, None)],
)
def test_market_day_has_a_crowded_morning(second: float, users: int | None) -> None:
    assert shipped()["market-day"].users_at(second, users=100, seconds=120) == users


def test_a_stage_has_a_user_even_where_its_share_is_less_than_one() -> None:
    assert shipped()["market-day"].users_at(119, users=1, seconds=120) == 1


GOOD = """
[mix]
withdrawal = 1
[habits]
cash_bill_permille = 0
waiting_bill_permille = 0
trip_permille = 0
trip_kmh = 60
quote_permille = 0
elder_age = 60
withdrawal_limit_fen = 200_000
[[amount]]
business = "withdrawal"
mean_fen = 20_000
bands = [{ from_fen = 10_000, to_fen = 30_000, step_fen = 1_000, permille = 1_000 }]
[[mishap]]
kind = "wrong_pin"
businesses = ["withdrawal"]
per_10_000 = 100
[[profile]]
name = "one"
title = "一"
title_en = "One"
seconds = 10
stages = [{ weight = 1, users_percent = 100 }]
"""


def test_a_good_document_is_read() -> None:
    assert list(read(GOOD)) == ["one"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mean_fen = 20_000", "mean_fen = 20_300"),
        ("permille = 1_000", "permille = 999"),
        ('kind = "wrong_pin"', 'kind = "no_such_script"'),
        ("seconds = 10", "seconds = 10\nspeed = 3"),
        ("seconds = 10", "seconds = 10\nmix_percent = { lottery = 200 }"),
        ("elder_age = 60", ""),
    ],
)
def test_a_bad_document_is_refused(old: str, new: str) -> None:
    assert old in GOOD
    with pytest.raises(BadProfile):
        read(GOOD.replace(old, new))
