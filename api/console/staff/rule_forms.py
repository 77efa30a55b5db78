"""The form of a new version: a field for each number of a rule, and back to what changes.

A field is named as a proposal writes it: ``week.band[1].from``. Amounts are typed in yuan, shares
in percent; everything else is a whole number. What the form does not offer can be written as the
rulebook does, in JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from api.problems import invalid_field
from risk.facts import Kind
from risk.overrides import params_of
from risk.rules import RuleVersion
from risk.templates.parameters import specs
from risk.vocabulary import DECISIONS, UP_TO_ALERT, Lane, Severity, Tier

PER_UNIT = {Kind.FEN: 100, Kind.BP: 100}
"""So many of the stored ones make one of what people type: fen a yuan, basis points a percent."""

TYPED = {Kind.FEN: "yuan", Kind.BP: "percent"}
JSON_FIELD = "params_json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One number of a clause on the form; ``value`` as people type it."""

    name: str
    label: str
    label_en: str
    unit: Kind
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BandFields:
    """One band on the form."""

    path: str
    start: Field
    severity: str
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseFields:
    """One clause on the form."""

    name: str
    title: str
    title_en: str
    numbers: list[Field]
    bands: list[BandFields]

    @property
    def new_band(self) -> BandFields:
        """One more band, which is none while its start is empty."""
        last = self.bands[-1]
        path = f"{self.name}.band[{len(self.bands) + 1}]"
        return replace(last, path=path, start=replace(last.start, name=f"{path}.from", value=""))


def fields_of(version: RuleVersion) -> list[ClauseFields]:
    """Return the form of a rule, clause by clause."""
    params = params_of(json.loads(version.canonical))
    return [
        ClauseFields(
            name=clause.name,
            title=clause.template.label,
            title_en=clause.template.label_en,
            numbers=[
                Field(name=f"{clause.name}.{one.name}", label=spec.label, label_en=spec.label_en,
                      unit=spec.unit or Kind.COUNT, value=typed(params[clause.name][one.name],
                                                                spec.unit))
                for one, spec in specs(type(clause.params))
                if isinstance(params[clause.name].get(one.name), int) and not spec.kinds
            ],
            bands=[
                BandFields(
                    path=f"{clause.name}.band[{number}]",
                    start=Field(name=f"{clause.name}.band[{number}].from", label="起点",
                                label_en="From", unit=clause.unit,
                                value=typed(band["from"], clause.unit)),
                    severity=band["severity"],
                    decision=band["decision"],
                )
                for number, band in enumerate(params[clause.name]["band"], start=1)
            ],
        )
        for clause in version.clauses
    ]  # fmt: skip


def typed(value: int, unit: Kind | None) -> str:
    """Return a number as people type it.

    >>> typed(580_050, Kind.FEN), typed(9_500, Kind.BP), typed(4, Kind.COUNT)
    ('5800.5', '95', '4')
    """
    each = PER_UNIT.get(unit, 1) if unit else 1
    return str(value) if each == 1 else format((Decimal(value) / each).normalize(), "f")


def read_typed(text: str, unit: Kind, name: str) -> int:
    """Return a number that was typed, as it is stored; 422 beside its field where it is none.

    >>> read_typed("5,800.5", Kind.FEN, "x"), read_typed("95", Kind.BP, "x")
    (580050, 9500)
    """
    try:
        number = Decimal(text.strip().replace(",", "")) * PER_UNIT.get(unit, 1)
        is_whole = number == number.to_integral_value() and abs(number) < 10**15
    except InvalidOperation:
        is_whole = False
    if not is_whole:
        raise invalid_field(f"params.{name}", "请填数字 · A number, please")
    return int(number)


def decisions_of(version: RuleVersion) -> tuple[str, ...]:
    """Return what a rule can decide at all; its businesses may narrow that."""
    is_inline = version.lane is Lane.INLINE
    return tuple(name for name, one in DECISIONS.items() if is_inline or one in UP_TO_ALERT)


SEVERITIES = tuple(one.value for one in Severity)
TIERS = tuple(tier.value for tier in Tier if tier is not Tier.B)
"""Tier B is the measure of the others."""


# Back from the form -----------------------------------------------------------------------------


def params_from(version: RuleVersion, form: Mapping[str, str]) -> dict[str, Any]:
    """Return what a form changes, in the words of a proposal; 422 for what cannot be read."""
    written = form.get(JSON_FIELD, "").strip()
    if written:
        return read_json(written)
    base = params_of(json.loads(version.canonical))
    changes: dict[str, Any] = {}
    for clause in fields_of(version):
        before = base[clause.name]
        now: dict[str, Any] = dict(numbers_from(clause, before, form))
        if has_other_bands(clause, form):
            now["band"] = other_bands(clause, before["band"], form)
        elif any(bands := bands_from(clause, form)):
            now["band"] = with_ends(before["band"], bands)
        if now:
            changes[clause.name] = now
    on_error = form.get("on_error", base["on_error"])
    if on_error != base["on_error"]:
        changes["on_error"] = on_error
    tiers = {
        tier: read_typed(form[f"tiers.{tier}"], Kind.BP, f"tiers.{tier}")
        for tier in TIERS
        if f"tiers.{tier}" in form
    }
    if any(base["tiers"][tier] != factor for tier, factor in tiers.items()):
        changes["tiers"] = base["tiers"] | tiers
    return changes


def read_json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise invalid_field(JSON_FIELD, "不是 JSON 对象 · Not a JSON object")
    return found


def numbers_from(
    clause: ClauseFields, before: Mapping[str, Any], form: Mapping[str, str]
) -> Iterator[tuple[str, int]]:
    """Give the numbers of a clause that were changed."""
    for field in clause.numbers:
        key = field.name.removeprefix(f"{clause.name}.")
        if field.name in form:
            value = read_typed(form[field.name], field.unit, field.name)
            if value != before[key]:
                yield key, value


def bands_from(clause: ClauseFields, form: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what was changed of each band, nothing of those that stay."""
    found: list[dict[str, Any]] = []
    for band in clause.bands:
        change: dict[str, Any] = {}
        start = form.get(band.start.name, band.start.value)
        if start != band.start.value:
            change["from"] = read_typed(start, band.start.unit, band.start.name)
        for key, was in (("severity", band.severity), ("decision", band.decision)):
            now = form.get(f"{band.path}.{key}", was)
            if now != was:
                change[key] = now
        found.append(change)
    return found


def has_other_bands(clause: ClauseFields, form: Mapping[str, str]) -> bool:
    """Say whether a form leaves out a band, or has one more."""
    is_left_out = any(form.get(one.start.name) == "" for one in clause.bands)
    return is_left_out or bool(form.get(clause.new_band.start.name))


def other_bands(
    clause: ClauseFields, before: list[dict[str, Any]], form: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return all bands that a form has, in order; a new one speaks as the last one does.

    A proposal changes bands by their places, so what a band must not keep of the one whose place it
    takes is null.
    """
    base = [*before, before[-1]]
    found = [
        {**kept, "from": read_typed(start, band.start.unit, band.start.name),
         "severity": form.get(f"{band.path}.severity", band.severity),
         "decision": form.get(f"{band.path}.decision", band.decision)}
        for kept, band in zip(base, (*clause.bands, clause.new_band), strict=True)
        if (start := form.get(band.start.name, band.start.value))
    ]  # fmt: skip
    found.sort(key=lambda one: int(one["from"]))
    ends = [one["from"] for one in found[1:]]
    nothing: dict[str, Any] = dict.fromkeys(key for one in before for key in one)
    return [{**nothing, **one, "to": end} for one, end in zip(found, [*ends, None], strict=True)]


def with_ends(before: list[dict[str, Any]], changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let each band end where the next one begins."""
    result = [dict(one) for one in changes]
    for number, later in enumerate(changes[1:]):
        if "from" in later and "to" in before[number]:
            result[number]["to"] = later["from"]
    return result
