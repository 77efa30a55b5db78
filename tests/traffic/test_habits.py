"""The habits: the shipped ones fit the record, and documents that cannot be used."""

from __future__ import annotations

from importlib.resources import files

import pytest

from pos_sim.domain.documents import PolicyError
from pos_sim.domain.money import yuan
from pos_sim.domain.requests import Business
from pos_sim.domain.tariff import Certainty
from seeds.traffic.habits import MEAN_MAY_DIFFER, PAID, Mishap, Vain, read_habits
from seeds.traffic.spread import mean_of
from tests.traffic.days import RHYTHM

TEXT = files("seeds.traffic").joinpath("habits.toml").read_text("utf-8")
HABITS, RECORD = RHYTHM.habits, RHYTHM.record


@pytest.mark.parametrize("business", PAID)
def test_the_bands_have_the_mean_of_the_record(business: Business) -> None:
    asked = RECORD.volumes[business].mean
    assert abs(mean_of(HABITS.bands[business]) - asked) <= asked * MEAN_MAY_DIFFER


def test_withdrawals_are_ten_yuan_notes_up_to_the_limit_and_the_limit_is_common() -> None:
    bands = HABITS.bands[Business.WITHDRAWAL]
    assert all(band.low % yuan(10) == band.step % yuan(10) == 0 for band in bands)
    assert max(band.high for band in bands) == yuan(2_000)
    assert max(bands, key=lambda band: band.permille).low == yuan(2_000)


def test_everything_here_is_an_example_value() -> None:
    assert HABITS.origin.certainty is Certainty.ASSUMED


def test_every_mishap_has_a_rate() -> None:
    assert {rate.kind for rate in HABITS.mishaps} == set(Mishap)
    assert set(HABITS.vain) == set(Vain)


BAND = "{ from_fen = 1_000, to_fen = 9_000, step_fen = 1_000, permille = 20 }"


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ("own_bank_permille = 780", "own_bank_permille = 1_001", "own_bank_permille", "between"),
        ("pensioner_permille = 700", "pensioner_permille = -1", "pensioner_permille", "between"),
        ("pensioner_permille = 700", "pensioners = 700", "pensioner_permille", "missing"),
        ("pensioner_permille = 700", "pensioner_permille = 700\nluck = 1", "luck", "unknown key"),
        ('kind = "suburb"', 'kind = "village"', "point_kinds[3].kind", "twice"),
        ('    { kind = "suburb", weight = 110 },\n', "", "point_kinds", "no row for suburb"),
        ("weight = 70, permille = 350", "weight = 70, permille = 349", "busyness", "999"),
        ("hour = 8,", "hour = 7,", "hours[2].hour", "not between 8"),
        ("hour = 20,", "hour = 23,", "hours[14].hour", "and 22"),  # the cut-off is at 23:00
        ('business = "transfer", before', 'business = "withdrawal", before',
         "looks[2].business", "no place"),
        (BAND, BAND.replace("permille = 20", "permille = 21"), "amount[1].bands", "1001"),
        (BAND, BAND.replace("9_000", "9_500"), "amount[1].bands[1].step_fen", "number of steps"),
        (BAND, BAND.replace("9_000", "500"), "amount[1].bands[1].to_fen", "not between"),
        (BAND, BAND.replace("from_fen = 1_000", "from_fen = 0"),
         "amount[1].bands[1].from_fen", "not between"),
        ("to_fen = 200_000, step_fen = 1_000, permille = 170",
         "to_fen = 900_000, step_fen = 1_000, permille = 170",
         "amount[1].bands", "their mean is 140800 fen, the record's 81395"),
        ('business = "cash_remittance"   #', 'business = "withdrawal" #',
         "amount[2].business", "no place"),
        ('kind = "replay"', 'kind = "lost_answer"', "mishap[8].kind", "twice"),
        ('kind = "replay"', 'kind = "yawn"', "mishap[7].kind", "none of"),
        ('businesses = ["transfer", "cash_remittance"]', 'businesses = ["charge"]',
         "mishap[6].businesses", "of a service point"),
        ('kind = "credit_card"', 'kind = "forgotten_pin"', "vain[3].kind", "twice"),
        ("[[vain]]", "[[vain", "document", "Expected"),
    ],
)  # fmt: skip
def test_bad_habits_say_which_field_is_wrong(old: str, new: str, field: str, message: str) -> None:
    assert old in TEXT
    with pytest.raises(PolicyError, match=message) as error:
        read_habits(TEXT.replace(old, new, 1), "bad.toml", RECORD)
    assert error.value.field == field
