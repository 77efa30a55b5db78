"""Two versions of a rule side by side, field by field; conditions and decisions in plain words.

Every field has its path as a proposal writes it, ``week.band[1].from``; a condition is one row,
what a business or a tier has apart is told by its name, and a sentence has names in its places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from api.console.staff.rule_fields import FieldWords
from api.console.staff.rules import Words
from api.console.texts import Texts
from risk.differences import flat_fields
from risk.rules import Guard, RuleVersion
from risk.sentences import sentence

OWN = frozenset({"version", "effective_from"})
"""Every version has its own."""

CONDITION = re.compile(r"^((\w+)\.guard\[(\d+)\])\.(fact|op|value)$")
SENTENCE = re.compile(r"^\w+\.band\[\d+\]\.reason(_en)?$")
APART = re.compile(r"^(\w+)\.band\[(\d+)\]\.decision_(for|in)\.(\w+)$")


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One field of two versions: what people call it, and what stands in it on both sides."""

    field: str
    label: str
    before: str
    after: str
    differs: bool


def side_by_side(before: RuleVersion, after: RuleVersion, words: Words) -> list[SideBySide]:
    """Return all fields of two versions: those that differ first, clause by clause."""
    old, new = told(before, words), told(after, words)
    names = {clause.name: number for number, clause in enumerate(before.clauses, start=1)}
    left, right = FieldWords(words.t, before), FieldWords(words.t, after)
    rows = [
        SideBySide(
            field,
            label_of(field, names, words) or (right if field in new else left).label(field),
            old.get(field, ""),
            new.get(field, ""),
            old.get(field) != new.get(field),
        )
        for field in old.keys() | new.keys()
    ]
    return sorted(
        rows,
        key=lambda one: (not one.differs, one.field in OWN, place_of(one.field, names), one.field),
    )


def place_of(field: str, names: Mapping[str, int]) -> int:
    """Return the number of the clause that a field is in, 0 for the rule's own."""
    return names.get(field.partition(".")[0], 0)


def told(version: RuleVersion, words: Words) -> dict[str, str]:
    """Return every field of a version under its path, in words, conditions as sentences."""
    fields, said = flat_fields(version), FieldWords(words.t, version)
    found: dict[str, str] = {}
    for field, value in fields.items():
        if condition := CONDITION.match(field):
            path = condition[1]
            found[path] = words.guard(Guard(*(fields[f"{path}.{key}"] for key in Guard.__slots__)))
        elif APART.match(field):
            found[field] = words.t(f"rules.decision_{value}")
        elif SENTENCE.match(field):
            own = Words(Texts("en" if field.endswith("_en") else "zh"))
            found[field] = own.with_names(sentence(value))
        else:
            found[field] = said.value(field, value)
    return found


def label_of(field: str, names: Mapping[str, int], words: Words) -> str:
    """Return what people call a field, empty where it is named as all fields are."""
    t = words.t
    if found := re.match(r"^(\w+)\.guard\[(\d+)\]$", field):
        return t("rules.guard_n_of", clause=names.get(found[1], found[1]), n=found[2])
    if found := APART.match(field):
        clause, band, key, name = found.groups()
        whose = t(f"operations.{name}") if key == "for" else t("rules.tier", tier=name)
        return t("rules.apart_of", clause=names.get(clause, clause), band=band, whose=whose)
    return ""
