"""What a field of a rule is called, and what stands in it, in words.

A proposal names a field by its path, ``week.band[1].from``; people read 情形 1 · 第 1 段 · 起点.
Whole conditions are sentences of their own, see ``rule_sides``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from api.console.staff.rules import Words, used
from api.console.texts import Texts
from risk.facts import Kind
from risk.rules import Clause, RuleVersion

IN_A_GUARD = re.compile(r"guard\[(\d+)\]\.(\w+)")
IN_A_BAND = re.compile(r"band\[(\d+)\]\.(.+)")


@dataclass(frozen=True, slots=True)
class FieldWords:
    """The fields of one version of a rule, in one language."""

    t: Texts
    version: RuleVersion

    def label(self, path: str) -> str:
        """Return what a field is called."""
        clause, rest = self._split(path)
        if clause is None:
            return self._name(path)
        number = self.version.clauses.index(clause) + 1
        if found := IN_A_GUARD.fullmatch(rest):
            whose = self.t("rules.guard_n_of", clause=number, n=found[1])
            return " · ".join([whose, self._name(found[2])])
        parts = [self.t("rules.clause", n=number)]
        if found := IN_A_BAND.fullmatch(rest):
            parts.append(self.t("rule_fields.band_n", n=found[1]))
            return " · ".join([*parts, self._name(found[2])])
        return " · ".join([*parts, self._parameter(clause, rest) or self._name(rest)])

    def value(self, path: str, value: Any) -> str:
        """Return what stands in a field; empty for what does not stand there."""
        if value is None:
            return ""
        clause, rest = self._split(path)
        name = rest.rpartition("]")[2].lstrip(".").partition(".")[0]
        if said := WORDS.get(name):
            many = value if isinstance(value, list) else [value]
            return self.t("approvals.comma").join(self.t(said.format(one)) for one in many)
        if isinstance(value, list):
            return Words(self.t).listed(value)
        unit = self._unit(clause, rest)
        return Words(self.t).value(value, unit)

    def _split(self, path: str) -> tuple[Clause | None, str]:
        """Return the clause of a field and its path within; None where it is the rule's own."""
        head, _, rest = path.partition(".")
        clause = next((one for one in self.version.clauses if one.name == head), None)
        return clause, rest if clause else path

    def _name(self, path: str) -> str:
        """Return the name of a field that every rule or every clause has; else its path."""
        known = self.t.under("rule_fields")
        head, _, last = path.partition(".")
        if head in DEEPER and last:
            of = self.t(DEEPER[head].format(last)) if DEEPER[head] else last
            return self.t("staff.says", who=known[head], what=of)
        return known.get(path, path)

    def _parameter(self, clause: Clause, name: str) -> str:
        """Return the name of a parameter of a clause, empty for what is none."""
        spec = dict(used(clause)).get(name)
        return self.t.pick(spec.label, spec.label_en) if spec else ""

    def _unit(self, clause: Clause | None, rest: str) -> Kind | None:
        """Return in what unit a number is kept."""
        if clause is None:
            return Kind.BP if rest.startswith("tiers.") else None
        if found := IN_A_BAND.fullmatch(rest):
            return clause.unit if found[2] in ("from", "to") else None
        spec = dict(used(clause)).get(rest)
        return spec.unit if spec else None


WORDS = {
    "severity": "severity.{}",
    "decision": "rules.decision_{}",
    "decision_for": "rules.decision_{}",
    "decision_in": "rules.decision_{}",
    "on_error": "rules.decision_{}",
    "mode": "rules.mode_{}",
    "lane": "rules.lane_{}",
    "feeds": "rules.feed_{}",
    "feeds_with": "rules.feed_{}",
    "businesses": "operations.{}",
    "proposes": "alerts.{}",
}
"""Of fields that hold words of the code, the texts that say them."""

DEEPER = {
    "decision_for": "operations.{}",
    "decision_in": "",
    "tiers": "",
    "feeds_with": "",
}
"""Fields with another name below, and the text that says that name; empty: it speaks for itself."""
