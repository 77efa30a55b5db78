"""How villagers use a service point: a document of example values, read strictly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from importlib.resources import files

from pos_sim.domain.documents import Row
from pos_sim.domain.money import LARGEST
from pos_sim.domain.policy_rows import origin_of
from pos_sim.domain.requests import Business
from pos_sim.domain.service_points import PointKind
from pos_sim.domain.tariff import Origin
from seeds.traffic.spread import Band, mean_of
from seeds.traffic.volumes import COUNTED, YearVolumes, row_of

MEAN_MAY_DIFFER = Fraction(1, 100)
"""How far the mean of the bands may lie from the record's mean."""

PAID = COUNTED[:-1]
"""Businesses that move money."""


class Mishap(StrEnum):
    """What goes wrong in a visit that succeeds in the end."""

    WRONG_PIN = "wrong_pin"
    WRONG_PIN_TWICE = "wrong_pin_twice"
    ODD_AMOUNT = "odd_amount"
    OVER_LIMIT = "over_limit"
    SHORT_OF_MONEY = "short_of_money"
    WRONG_PAYEE_NAME = "wrong_payee_name"
    REPLAY = "replay"
    LOST_ANSWER = "lost_answer"
    LOST_REQUEST = "lost_request"
    LATE_REQUEST = "late_request"


class Vain(StrEnum):
    """Why somebody comes in vain."""

    FORGOTTEN_PIN = "forgotten_pin"
    CARD_NOT_IN_ORDER = "card_not_in_order"
    CREDIT_CARD = "credit_card"


class Misdeed(StrEnum):
    """What somebody does wrong at a counter on purpose; a plain day has none of it."""

    BYPASS = "bypass"  # refused for the limit, somebody pays the shop and is given the cash
    BY_HAND = "by_hand"  # a withdrawal is taken back by hand minutes later


@dataclass(frozen=True, slots=True)
class Hour:
    """How crowded an hour is, on an ordinary day and on market day."""

    hour: int
    weight: int
    market_weight: int


@dataclass(frozen=True, slots=True)
class MishapRate:
    """So many of 10,000 visits of these businesses meet the mishap."""

    kind: Mishap
    businesses: frozenset[Business]
    per_10_000: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """The whole document."""

    title: str
    title_en: str
    origin: Origin
    own_bank_permille: int
    home_point_permille: int
    cash_bill_permille: int
    waiting_bill_permille: int
    payee_nearby_permille: int
    elder_age: int
    elder_first_most: int
    """An elder sends no more than this to somebody new, fen; and not half of what there is."""
    elder_stranger_permille: int
    trade_permille: int
    trade_from: int
    """From so much on, fen, a transfer is made where much is bought and sold."""
    market_day_percent: int
    pensioner_permille: int
    point_kinds: Mapping[PointKind, int]
    busyness: Sequence[tuple[int, int]]
    """Weight, and so many points in a thousand that have it."""
    hours: Sequence[Hour]
    looks: Mapping[Business, tuple[int, int]]
    """So many in a thousand look at the balance before, and so many after."""
    bands: Mapping[Business, Sequence[Band]]
    mishaps: Sequence[MishapRate]
    vain: Mapping[Vain, int]


def shipped_habits(record: YearVolumes) -> Habits:
    """Read the shipped habits, which must fit the record's means."""
    name = "habits.toml"
    return read_habits(files("seeds.traffic").joinpath(name).read_text("utf-8"), name, record)


def read_habits(text: str, name: str, record: YearVolumes) -> Habits:
    """Read a document of habits; PolicyError on anything missing, unknown or out of bounds."""
    document = row_of(text, name)
    habits = Habits(
        title=document.text("title"),
        title_en=document.text("title_en"),
        origin=origin_of(document),
        own_bank_permille=document.whole("own_bank_permille", 0, 1_000),
        home_point_permille=document.whole("home_point_permille", 0, 1_000),
        cash_bill_permille=document.whole("cash_bill_permille", 0, 1_000),
        waiting_bill_permille=document.whole("waiting_bill_permille", 0, 1_000),
        payee_nearby_permille=document.whole("payee_nearby_permille", 0, 1_000),
        elder_age=document.whole("elder_age", 18, 100),
        elder_first_most=document.whole("elder_first_most_fen", 0, LARGEST),
        elder_stranger_permille=document.whole("elder_stranger_permille", 0, 1_000),
        trade_permille=document.whole("trade_permille", 1, 1_000),
        trade_from=document.whole("trade_from_fen", 1, LARGEST),
        market_day_percent=document.whole("market_day_percent", 0, 10_000),
        pensioner_permille=document.whole("pensioner_permille", 0, 1_000),
        point_kinds=_point_kinds(document),
        busyness=_busyness(document),
        hours=_hours(document),
        looks=_looks(document),
        bands=_bands(document, record),
        mishaps=_mishaps(document),
        vain=_vain(document),
    )
    document.no_more()
    return habits


def _point_kinds(document: Row) -> dict[PointKind, int]:
    weights: dict[PointKind, int] = {}
    for row in document.rows("point_kinds"):
        kind = row.word("kind", PointKind)
        if kind in weights:
            raise row.error("kind", f"{kind.value} twice")
        weights[kind] = row.whole("weight", 1, 10_000)
        row.no_more()
    if missing := [kind.value for kind in PointKind if kind not in weights]:
        raise document.error("point_kinds", f"no row for {', '.join(missing)}")
    return weights


def _busyness(document: Row) -> tuple[tuple[int, int], ...]:
    rows = []
    for row in document.rows("busyness"):
        rows.append((row.whole("weight", 1, 10_000), row.whole("permille", 1, 1_000)))
        row.no_more()
    _must_be_all(document, "busyness", [permille for _, permille in rows])
    return tuple(rows)


def _hours(document: Row) -> tuple[Hour, ...]:
    hours: list[Hour] = []
    for row in document.rows("hours"):
        lowest = hours[-1].hour + 1 if hours else 0
        hour = row.whole("hour", lowest, 22)
        weights = [row.whole(key, 1, 10_000) for key in ("weight", "market_weight")]
        hours.append(Hour(hour, *weights))
        row.no_more()
    return tuple(hours)


def _looks(document: Row) -> dict[Business, tuple[int, int]]:
    looks: dict[Business, tuple[int, int]] = {}
    for row in document.rows("looks"):
        business = row.word("business", Business)
        if business not in PAID or business in looks:
            raise row.error("business", f"{business.value} has no place here")
        permilles = [row.whole(f"{when}_permille", 0, 1_000) for when in ("before", "after")]
        looks[business] = (permilles[0], permilles[1])
        row.no_more()
    return looks


def _bands(document: Row, record: YearVolumes) -> dict[Business, tuple[Band, ...]]:
    bands: dict[Business, tuple[Band, ...]] = {}
    for row in document.rows("amount"):
        business = row.word("business", Business)
        if business not in PAID or business in bands:
            raise row.error("business", f"{business.value} has no place here")
        bands[business] = tuple(_band(band) for band in row.rows("bands"))
        _must_be_all(row, "bands", [band.permille for band in bands[business]])
        mean, asked = mean_of(bands[business]), record.volumes[business].mean
        if abs(mean - asked) > asked * MEAN_MAY_DIFFER:
            raise row.error("bands", f"their mean is {int(mean)} fen, the record's {int(asked)}")
        row.no_more()
    if missing := [business.value for business in PAID if business not in bands]:
        raise document.error("amount", f"no row for {', '.join(missing)}")
    return bands


def _band(row: Row) -> Band:
    low = row.whole("from_fen", 1, LARGEST)
    high = row.whole("to_fen", low, LARGEST)
    step = row.whole("step_fen", 1, LARGEST)
    if (high - low) % step:
        raise row.error("step_fen", f"{high - low} fen are no whole number of steps")
    band = Band(low, high, step, row.whole("permille", 1, 1_000))
    row.no_more()
    return band


def _mishaps(document: Row) -> tuple[MishapRate, ...]:
    rates: dict[Mishap, MishapRate] = {}
    for row in document.rows("mishap"):
        kind = row.word("kind", Mishap)
        if kind in rates:
            raise row.error("kind", f"{kind.value} twice")
        businesses = row.some_words("businesses", Business)
        if businesses is None or not businesses <= set(COUNTED):
            raise row.error("businesses", "expected businesses of a service point")
        rates[kind] = MishapRate(kind, businesses, row.whole("per_10_000", 0, 10_000))
        row.no_more()
    return tuple(rates.values())


def _vain(document: Row) -> dict[Vain, int]:
    rates: dict[Vain, int] = {}
    for row in document.rows("vain"):
        kind = row.word("kind", Vain)
        if kind in rates:
            raise row.error("kind", f"{kind.value} twice")
        rates[kind] = row.whole("per_10_000", 0, 10_000)
        row.no_more()
    return rates


def _must_be_all(row: Row, key: str, permilles: Sequence[int]) -> None:
    if sum(permilles) != 1_000:
        raise row.error(key, f"the shares add up to {sum(permilles)} and not to 1000")
