"""The record of a year: what the transcript says, and documents that cannot be used."""

from __future__ import annotations

from fractions import Fraction
from importlib.resources import files

import pytest

from pos_sim.domain.documents import PolicyError
from pos_sim.domain.money import yuan
from pos_sim.domain.requests import Business
from seeds.traffic.volumes import nearest, read_volumes, shipped_volumes

TEXT = files("seeds.traffic").joinpath("guiyang_2025.toml").read_text("utf-8")
WAN = 10_000
YI = 100_000_000


@pytest.mark.parametrize(
    ("business", "count", "amount_yuan", "is_compared"),
    [
        (Business.WITHDRAWAL, 3_612 * WAN // 100, 294 * YI // 100, True),
        (Business.CASH_REMITTANCE, 811, 7_066 * WAN // 100, True),
        (Business.TRANSFER, 3_835 * WAN // 100, 3_134 * YI // 100, False),  # the yuan is garbled
        (Business.BILL_PAYMENT, 1_581 * WAN // 100, 511_515 * WAN // 100, True),
        (Business.BALANCE_INQUIRY, 11_657 * WAN // 100, None, False),
    ],
)
def test_the_record_is_what_was_said(
    business: Business, count: int, amount_yuan: int | None, is_compared: bool
) -> None:
    volume = shipped_volumes().volumes[business]
    assert volume.count == count
    assert volume.amount == (None if amount_yuan is None else yuan(amount_yuan))
    assert volume.amount_is_compared is is_compared
    assert volume.origin.source.startswith("transcript 31:11")


def test_the_means_are_those_of_the_domain_notes() -> None:
    volumes = shipped_volumes().volumes
    means = {name: nearest(volume.mean / 100) for name, volume in volumes.items()}
    assert means == {
        Business.WITHDRAWAL: 814,
        Business.CASH_REMITTANCE: 871,
        Business.TRANSFER: 8_172,
        Business.BILL_PAYMENT: 324,
        Business.BALANCE_INQUIRY: 0,
    }


def test_a_day_is_a_365th_to_the_nearest_whole() -> None:
    assert list(shipped_volumes().quota(1_890).values()) == [990, 2, 1_051, 433, 3_194]


def test_fewer_points_do_less() -> None:
    assert shipped_volumes().part(189) * 10 == shipped_volumes().part(1_890) == Fraction(1, 365)


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ("days = 365", "days = 0", "days", "not between"),
        ("days = 365", "days = 365\ncolor = 1", "color", "unknown key"),
        ("points = 1_890", "points = 0", "points", "not between"),
        ("points = 1_890\n", "", "points", "missing"),
        ('bank_id = "gyb"', 'bank_id = "xyz"', "bank_id", "no bank of the network"),
        ("count = 811", "count = -1", "volume[2].count", "not between"),
        ("count = 811", "count = 811\nmean = 3", "volume[2].mean", "unknown key"),
        ('"cash_remittance"', '"reversal"', "volume", "one row each"),
        ('"cash_remittance"', '"gift"', "volume[2].business", "none of"),
        ("amount_fen = 70_660_000\n", "", "volume[2].amount_fen", "has an amount"),
        ("count = 1_165_700", "count = 1\namount_fen = 1", "volume[5].amount_fen", "the inquiry"),
        ('"verified"\nnote = "31', '"sure"\nnote = "31', "certainty", "none of"),
        ("days = 365", "days = ", "document", "Invalid value"),
    ],
)
def test_a_bad_record_says_which_field_is_wrong(
    old: str, new: str, field: str, message: str
) -> None:
    assert old in TEXT
    with pytest.raises(PolicyError, match=message) as error:
        read_volumes(TEXT.replace(old, new, 1), "bad.toml")
    assert error.value.field == field
