"""The form of a new version: a field for each number of a rule, and back to what changes.

A field is named as a proposal writes it: ``week.band[1].from``. Amounts are typed in yuan, shares
in percent; everything else is a whole number. What the form does not offer can be written as the
rulebook does, in JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from api.console.staff.rule_conditions import guards_from
from api.console.staff.rule_numbers import read_typed, typed
from api.problems import invalid_field
from pos_sim.domain.requests import Business
from risk.facts import Kind
from risk.overrides import params_of
from risk.rules import Clause, RuleVersion
from risk.templates.parameters import specs
from risk.vocabulary import DECISIONS, POSSIBLE, UP_TO_ALERT, Lane, Severity, Tier, possible

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
    decision_for: Mapping[str, str]
    decision_in: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseFields:
    """One clause on the form."""

    name: str
    title: str
    title_en: str
    numbers: list[Field]
    bands: list[BandFields]
    choices: Mapping[str, tuple[str, ...]]
    """What can be decided about each business of the rule; empty where it asks about one only."""

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
                    decision_for=band.get("decision_for", {}),
                    decision_in=band.get("decision_in", {}),
                )
                for number, band in enumerate(params[clause.name]["band"], start=1)
            ],
            choices=choices_of(version, clause),
        )
        for clause in version.clauses
    ]  # fmt: skip


def decisions_of(version: RuleVersion) -> tuple[str, ...]:
    """Return what a rule can decide at all; its businesses may narrow that."""
    is_inline = version.lane is Lane.INLINE
    return tuple(name for name, one in DECISIONS.items() if is_inline or one in UP_TO_ALERT)


def choices_of(version: RuleVersion, clause: Clause) -> dict[str, tuple[str, ...]]:
    """Return what a clause can decide about each business."""
    if len(version.businesses) < 2:
        return {}
    return {
        business.value: tuple(name for name, one in DECISIONS.items()
                              if one in possible(business, version.lane, clause.template.name))
        for business in POSSIBLE
        if business in version.businesses
    }  # fmt: skip


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
        guards = guards_from(clause.name, before.get("guard", []), form)
        if guards != before.get("guard", []):
            now["guard"] = guards or None
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
        for key, table in apart_from(band, form).items():
            if table != getattr(band, key):
                change[key] = table or None
        found.append(change)
    return found


APART = {
    "decision_for": tuple(one.value for one in Business),
    "decision_in": tuple(one.value for one in Tier),
}
"""What may be decided apart from the rest of a band: about a business, in a tier."""


def apart_from(band: BandFields, form: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the decisions of a band by business and by tier; an empty one is that of the band."""
    return {
        key: {
            name: said
            for name in names
            if (said := form.get(f"{band.path}.{key}.{name}", getattr(band, key).get(name)))
        }
        for key, names in APART.items()
    }


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
         "decision": form.get(f"{band.path}.decision", band.decision),
         **{key: table or None for key, table in apart_from(band, form).items()}}
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
