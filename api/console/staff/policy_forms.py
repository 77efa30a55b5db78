"""Prices and waivers on the form of a new version: a field a number, two dates a waiver.

A field is named by its row: ``price_3_1_rate_bp`` is the rate of the first step of the third price,
``waiver_W3_until`` the last day of a waiver. Amounts are typed in yuan and shares in percent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from api.console.staff import rule_numbers
from api.console.staff.points import fen_of, typed_yuan
from api.problems import invalid_field
from pos_sim.domain.policy import Policy
from pos_sim.domain.tariff import Price
from risk.facts import Kind

NUMBERS = ("up_to_fen", "fixed_fen", "rate_bp", "min_fen", "max_fen")
DATES = ("since", "until")
ORIGIN = frozenset({"source", "source_en", "note", "note_en", "certainty"})
"""Where a row comes from, as a document writes it."""


@dataclass(frozen=True, slots=True)
class NumberField:
    """One number of a step of a price, as people type it."""

    name: str
    label: str
    value: str
    told: str
    """How the reader of the document names it in a refusal."""


@dataclass(frozen=True, slots=True)
class PriceFields:
    """One price with the numbers of its steps."""

    price: Price
    steps: Sequence[Sequence[NumberField]]


def price_fields(policy: Policy, document: Mapping[str, Any]) -> list[PriceFields]:
    """Return the form of the prices, row by row."""
    rows = zip(policy.prices, document["price"], strict=True)
    return [
        PriceFields(
            price,
            [
                [
                    NumberField(
                        name_of(number, step, key),
                        key,
                        typed(tier[key], key),
                        f"document.price[{number}].tiers[{step}].{key}",
                    )
                    for key in NUMBERS
                    if key in tier
                ]
                for step, tier in enumerate(row["tiers"], start=1)
            ],
        )
        for number, (price, row) in enumerate(rows, start=1)
    ]


def name_of(number: int, step: int, key: str) -> str:
    return f"price_{number}_{step}_{key}"


def typed(value: int, key: str) -> str:
    """Return a number as people type it.

    >>> typed(50, "rate_bp"), typed(2_000, "max_fen"), typed(150, "fixed_fen")
    ('0.5', '20', '1.50')
    """
    if key == "rate_bp":
        return rule_numbers.typed(value, Kind.BP)
    return typed_yuan(value)


def read_typed(text: str, key: str, name: str) -> int:
    """Return a number that was typed, as it is stored; 422 beside its field where it is none."""
    if key != "rate_bp":
        return fen_of(text, name)
    try:
        rate = Decimal(text.strip().removesuffix("%")) * 100
        is_whole = rate == rate.to_integral_value() and 0 <= rate <= 10_000
    except InvalidOperation:
        is_whole = False
    if not is_whole:
        raise invalid_field(name, "请填百分数，至多两位小数 · A percentage with up to two decimals")
    return int(rate)


# Back from the form -----------------------------------------------------------------------------


def changed_prices(document: Mapping[str, Any], form: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the prices as the form has them; a changed one has the source of the new version."""
    return [
        sourced(row, {"tiers": [changed_step(tier, number, step, form)
                                for step, tier in enumerate(row["tiers"], start=1)]}, form)
        for number, row in enumerate(document["price"], start=1)
    ]  # fmt: skip


def changed_step(
    tier: Mapping[str, Any], number: int, step: int, form: Mapping[str, str]
) -> dict[str, Any]:
    names = {key: name_of(number, step, key) for key in NUMBERS if key in tier}
    sent = {key: read_typed(form[name], key, name) for key, name in names.items() if name in form}
    return dict(tier) | sent


def changed_waivers(document: Mapping[str, Any], form: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the waivers with the dates that the form has; an empty end is none."""
    return [sourced(row, dates_of(row, form), form) for row in document.get("waiver", ())]


def dates_of(row: Mapping[str, Any], form: Mapping[str, str]) -> dict[str, Any]:
    names = {key: f"waiver_{row['id']}_{key}" for key in DATES}
    return {key: form[name] for key, name in names.items() if name in form}


def sourced(
    row: Mapping[str, Any], changes: Mapping[str, Any], form: Mapping[str, str]
) -> dict[str, Any]:
    """Return a row with its changes; what was changed has a new source, and no old note."""
    after = {key: value for key, value in {**row, **changes}.items() if value != ""}
    if after == row:
        return dict(row)
    return resourced(after, form)


def resourced(row: Mapping[str, Any], form: Mapping[str, str]) -> dict[str, Any]:
    """Return a row with the source that the form names; what was said of the old one goes."""
    kept = {key: value for key, value in row.items() if key not in ORIGIN}
    english = form.get("source_en", "").strip()
    return (
        kept
        | {"source": form.get("source", "").strip(), "certainty": "assumed"}
        | ({"source_en": english} if english else {})
    )
