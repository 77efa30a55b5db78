"""What the pages of rules show: the rulebook, one rule in words, and its versions side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from api.console.staff import rule_conditions as conditions
from api.console.texts import Texts
from api.models.risk_rules import VersionShown
from api.problems import Problem
from api.routes.risk_rules import versions_shown
from pos_sim.domain.calendar import business_date
from risk.clause_rows import for_tier
from risk.facts import FACTS, Kind
from risk.releases import KIND, as_shipped, published
from risk.rule_rows import read_canonical
from risk.rules import Band, Clause, Guard, RuleVersion
from risk.sentences import OWN_PLACES, Sentence, in_words
from risk.store.approval_rows import pending_of
from risk.store.rule_figures import RuleFigures, dropped_versions, figures_of
from risk.store.version_rows import VersionRow, all_versions
from risk.templates.parameters import Spec, specs
from risk.vocabulary import Tier

# The rulebook -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule in force, what it did lately, and whether the circuit breaker holds it back."""

    version: RuleVersion
    figures: RuleFigures
    is_dropped: bool


def rulebook(connection: Connection, now: datetime) -> list[Listed]:
    """Return every rule with the version in force."""
    versions = published(all_versions(connection)).in_force(business_date(now))
    figures = figures_of(connection, versions.keys(), now)
    breaks = dropped_versions(connection)
    return [
        Listed(version, figures[rule_id], (rule_id, version.version) in breaks)
        for rule_id, version in versions.items()
    ]


# One rule ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDesk:
    """One rule with its versions; ``texts`` has each version by its number."""

    listed: Listed
    shown: Sequence[VersionShown]
    texts: Mapping[int, RuleVersion]

    @property
    def version(self) -> RuleVersion:
        return self.listed.version

    @property
    def waiting(self) -> list[VersionShown]:
        """The versions that wait for a second person."""
        return [one for one in self.shown if one.status == "pending"]


def desk_of(connection: Connection, rule_id: str, now: datetime) -> RuleDesk:
    """Return the desk of a rule; 404 where there is none."""
    rows, today = all_versions(connection), business_date(now)
    version = published(rows).in_force(today).get(rule_id)
    if version is None:
        raise Problem("not-found")
    own = [row for row in rows if row.rule_id == rule_id]
    pending = pending_of(connection, KIND, [f"{rule_id}-{row.version}" for row in own])
    is_dropped = (rule_id, version.version) in dropped_versions(connection)
    figures = figures_of(connection, [rule_id], now)[rule_id]
    return RuleDesk(
        listed=Listed(version, figures, is_dropped),
        shown=versions_shown(rule_id, own, pending, version, today),
        texts=by_number(rule_id, own),
    )


def by_number(rule_id: str, own: Sequence[VersionRow]) -> dict[int, RuleVersion]:
    """Return every version of a rule that was ever proposed."""
    shipped = (one for one in as_shipped().versions if one.rule_id == rule_id)
    found = {one.version: one for one in shipped}
    return found | {row.version: read_canonical(row.canonical, KIND) for row in own}


# In words ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """A rule in the words of a county clerk, in one language."""

    t: Texts

    def value(self, value: Any, unit: Kind | None) -> str:
        """Return a number with its unit."""
        if isinstance(value, bool):
            return self.t("base.yes" if value else "base.no")
        if unit is None or not isinstance(value, int | float):
            return self.fact(str(value)) if value in FACTS else self.listed(value)
        return in_words(value, unit, english=self.t.language == "en")

    def listed(self, value: Any) -> str:
        many = value if isinstance(value, list | tuple) else [value]
        known = self.t.under("rule_fields")
        return self.t("approvals.comma").join(known.get(f"kind_{one}", str(one)) for one in many)

    def fact(self, name: str) -> str:
        """Return what a fact is called."""
        return self.t.pick(FACTS[name].label, FACTS[name].label_en)

    def guard(self, guard: Guard) -> str:
        """Return a condition as people say it."""
        kind = FACTS[guard.fact].kind
        if kind is Kind.FLAG:
            is_so = guard.value is (guard.op == "==")
            return conditions.sentence(self.t, guard.fact, guard.op, "", is_so=is_so)
        is_text = kind is Kind.TEXT
        value = (
            conditions.word(self.t, guard.fact, guard.value)
            if is_text
            else self.value(guard.value, kind)
        )
        return conditions.sentence(self.t, guard.fact, guard.op, value)

    def edge(self, clause: Clause, start: int, end: int | None) -> str:
        """Return from where to where a band reaches."""
        kind = "above" if clause.is_above else "from"
        first = self.value(start, clause.unit)
        if end is None:
            return self.t(f"rules.{kind}", first=first)
        return self.t(f"rules.{kind}_to", first=first, last=self.value(end, clause.unit))

    def tiers(self, version: RuleVersion, clause: Clause, band: int) -> list[tuple[str, str]]:
        """Return where a band begins in each tier."""
        return [
            (tier.value, self.value(for_tier(clause, version.factors[tier]).bands[band].start,
                                    clause.unit))
            for tier in Tier
        ]  # fmt: skip

    def parameters(self, clause: Clause) -> list[tuple[str, str]]:
        """Return what a clause looks at and the numbers it uses, each with its label."""
        return [
            (self.t.pick(spec.label, spec.label_en), self.value(value, spec.unit))
            for name, spec in used(clause)
            if (value := getattr(clause.params, name)) not in (None, "", (), 0)
        ]

    def sentence(self, clause: Clause, band: Band) -> str:
        """Return what an alert would say, with the names of what it will fill in."""
        told = band.reason_en if self.t.language == "en" else band.reason
        return self.with_names(told, threshold=self.value(band.start, clause.unit))

    def with_names(self, told: Sentence, **known: str) -> str:
        """Return a sentence with names in its places, or with what is ``known`` of them."""
        own = {name: f"〔{self.t(f'rules.{name}')}〕" for name in OWN_PLACES} | known
        return "".join(
            before + (own.get(name) or (f"〔{self.fact(name)}〕" if name else ""))
            for before, name in told.parts
        )


def used(clause: Clause) -> list[tuple[str, Spec]]:
    return [(one.name, spec) for one, spec in specs(type(clause.params))]


def day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
