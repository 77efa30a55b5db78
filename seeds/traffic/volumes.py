"""What a bank reported of a year: counts and amounts by business, and a day's part of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib.resources import files

from pos_sim.domain.banks import BANKS
from pos_sim.domain.documents import PolicyError, Row
from pos_sim.domain.money import LARGEST, Fen
from pos_sim.domain.policy_rows import origin_of
from pos_sim.domain.requests import Business
from pos_sim.domain.tariff import Origin

COUNTED: tuple[Business, ...] = (
    Business.WITHDRAWAL,
    Business.CASH_REMITTANCE,
    Business.TRANSFER,
    Business.BILL_PAYMENT,
    Business.BALANCE_INQUIRY,
)
"""The businesses of a service point, in the order of the record (transcript ``31:11``)."""

MOST = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """One business in one year; ``amount`` None: it moves no money.

    ``amount_is_compared`` is False where the record is garbled: it may be shown, not checked.
    """

    business: Business
    count: int
    amount: Fen | None
    amount_is_compared: bool
    origin: Origin

    @property
    def mean(self) -> Fraction:
        """The mean amount in fen; zero where no money moves."""
        return Fraction(self.amount or 0, self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearVolumes:
    """One bank's year: how many points, and what they did on how many days."""

    bank_id: str
    title: str
    title_en: str
    year: int
    days: int
    points: int
    origin: Origin
    volumes: Mapping[Business, Volume]

    def part(self, points: int) -> Fraction:
        """Return which part of the year falls to one day of ``points`` points."""
        return Fraction(points, self.points * self.days)

    def quota(self, points: int) -> dict[Business, int]:
        """Return how often each business shall succeed on one day, to the nearest whole.

        >>> shipped_volumes().quota(1_890)[Business.WITHDRAWAL]
        990
        """
        part = self.part(points)
        return {name: nearest(volume.count * part) for name, volume in self.volumes.items()}


def nearest(number: Fraction) -> int:
    """Return the nearest whole number, halves rounded up.

    >>> nearest(Fraction(5, 2)), nearest(Fraction(9, 4))
    (3, 2)
    """
    return (number + Fraction(1, 2)).__floor__()


def shipped_volumes() -> YearVolumes:
    """Read the record of 2025."""
    name = "guiyang_2025.toml"
    return read_volumes(files("seeds.traffic").joinpath(name).read_text("utf-8"), name)


def read_volumes(text: str, name: str) -> YearVolumes:
    """Read a year's record; PolicyError on anything missing, unknown or out of bounds."""
    document = row_of(text, name)
    rows = [volume_row(row) for row in document.rows("volume")]
    volumes = {volume.business: volume for volume in rows}
    if [volume.business for volume in rows] != list(COUNTED):
        order = ", ".join(COUNTED)
        raise document.error("volume", f"expected one row each for {order}")
    bank_id = document.text("bank_id")
    if bank_id not in BANKS:
        raise document.error("bank_id", f"{bank_id!r} is no bank of the network")
    record = YearVolumes(
        bank_id=bank_id,
        title=document.text("title"),
        title_en=document.text("title_en"),
        year=document.whole("year", 2_000, 2_100),
        days=document.whole("days", 1, 366),
        points=document.whole("points", 1, MOST),
        origin=origin_of(document),
        volumes=volumes,
    )
    document.no_more()
    return record


def volume_row(row: Row) -> Volume:
    """Read one business; only an inquiry has no amount."""
    business = row.word("business", Business)
    amount = row.maybe_whole("amount_fen", 1, LARGEST)
    if (amount is None) != (business is Business.BALANCE_INQUIRY):
        raise row.error("amount_fen", "every business but the inquiry has an amount")
    volume = Volume(
        business=business,
        count=row.whole("count", 1, MOST),
        amount=None if amount is None else Fen(amount),
        amount_is_compared=row.flag("amount_is_compared", default=True) and amount is not None,
        origin=origin_of(row),
    )
    row.no_more()
    return volume


def row_of(text: str, name: str) -> Row:
    """Return a TOML document as a row to be read strictly."""
    try:
        return Row(tomllib.loads(text), name)
    except tomllib.TOMLDecodeError as reason:
        raise PolicyError(name, "document", str(reason)) from None
