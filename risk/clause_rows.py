"""Reading a clause: template, parameters, guards, bands, each within its bounds and units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from pos_sim.domain.money import BasisPoints
from pos_sim.domain.requests import Business
from pos_sim.domain.watching import Verdict
from risk.facts import FACTS, TYPES, Kind
from risk.pages import Page
from risk.rules import OPERATORS, Band, Clause, Guard
from risk.templates import TEMPLATES, Params
from risk.templates.parameters import ALL_OF_IT, MOST, Loosens, Spec, scaled, scaled_value, specs
from risk.vocabulary import Feed, Lane, Proposal, ScopeKind, Severity, Tier, possible

ORDERING = frozenset({">", ">=", "<", "<="})
UNORDERED = frozenset({Kind.FLAG, Kind.TEXT})
NO_GUARD = frozenset({Kind.TEXTS, Kind.FENS, Kind.MOVES})

RATIO_FACTS = ("part", "whole", "usual_part", "usual_whole")

EDGE = Spec(label="起点", label_en="From", low=1, loosens=Loosens.UP, scales=True)


def clause_of(
    page: Page, lane: Lane, businesses: frozenset[Business], guards: tuple[Guard, ...]
) -> Clause:
    """Read one clause; the guards of its rule come before its own."""
    template = TEMPLATES.get(page.text("template"))
    if template is None:
        raise page.error("template", f"none of {', '.join(TEMPLATES)}")
    params = _params(page, template.params)
    clause = Clause(
        name=page.text("name", default="") or template.name,
        template=template,
        params=params,
        unit=_unit(page, template.unit_of(params)),
        scope=page.word("scope", ScopeKind),
        bands=_bands(page),
        guards=guards + guards_of(page),
        proposes=page.words("proposes", Proposal),
        is_above=page.flag("above", default=False),
        is_scaled=page.flag("scaled", default=True),
    )
    page.no_more()
    _check_units(page, clause)
    _check_decisions(page, clause, lane, businesses)
    return for_tier(clause, BasisPoints(ALL_OF_IT))


def guards_of(page: Page) -> tuple[Guard, ...]:
    """Read the conditions of a rule or clause; there may be none."""
    return tuple(_guard(row) for row in page.maybe_pages("guard"))


def for_tier(clause: Clause, factor: BasisPoints) -> Clause:
    """Return the clause with edges and parameters of a tier, its lowest edge in the parameters."""
    bands, params = clause.bands, clause.params
    if clause.is_scaled and factor != ALL_OF_IT:
        spec = replace(EDGE, high=_highest(clause.unit))
        bands = tuple(
            replace(
                band,
                start=scaled_value(band.start, spec, factor),
                end=None if band.end is None else scaled_value(band.end, spec, factor),
            )
            for band in bands
        )
        params = scaled(params, factor)
    return replace(clause, bands=bands, params=replace(params, edge=bands[0].start))


def _highest(unit: Kind) -> int:
    return ALL_OF_IT if unit is Kind.BP else MOST


def _params(page: Page, params: type[Params]) -> Params:
    """Read the parameters that the template declares."""
    values: dict[str, Any] = {}
    for one, spec in specs(params):
        is_optional = one.default is None or isinstance(one.default, int | str)
        if is_optional and not page.has(one.name):
            continue
        values[one.name] = _param(page, one.name, spec)
    return params(**values)


def _param(page: Page, name: str, spec: Spec) -> Any:
    if spec.kinds:
        fact = page.known_fact(name)
        if fact.kind not in spec.kinds:
            wanted = ", ".join(sorted(spec.kinds))
            raise page.error(name, f"{fact.name} is in {fact.kind.value}, expected {wanted}")
        return fact.name
    if spec.loosens is None and spec.unit is None:
        return tuple(page.texts(name))
    return page.whole(name, spec.low, spec.high)


def _unit(page: Page, expected: str) -> Kind:
    found = page.text("unit")
    if found != expected:
        raise page.error("unit", f"{found!r}, but the bands of this clause are in {expected!r}")
    return Kind(found)


def _guard(page: Page) -> Guard:
    fact = page.known_fact("fact")
    op, value = page.text("op"), page.value("value")
    if op not in OPERATORS:
        raise page.error("op", f"{op!r} is none of {' '.join(OPERATORS)}")
    if fact.kind in NO_GUARD or (op in ORDERING and fact.kind in UNORDERED):
        raise page.error("op", f"{fact.name} is in {fact.kind.value}, which {op!r} cannot compare")
    if type(value) not in TYPES[fact.kind]:
        raise page.error("value", f"{value!r} is no {fact.kind.value}")
    page.no_more()
    return Guard(fact.name, op, value)


def _bands(page: Page) -> tuple[Band, ...]:
    """Read the bands; each begins where the one before ends."""
    pages = list(page.pages("band"))
    bands = tuple(_band(row) for row in pages)
    for (row, band), (_, later) in pairwise(zip(pages, bands, strict=True)):
        if band.end is None:
            raise row.error("to", "missing: only the last band has no end")
        if band.end != later.start:
            what = "a gap" if band.end < later.start else "an overlap"
            raise row.error("to", f"{what}: {band.end}, but the next band starts at {later.start}")
    if bands[-1].end is not None:
        raise pages[-1].error("to", "a gap: the last band must have no end")
    return bands


def _band(page: Page) -> Band:
    start = page.whole("from", EDGE.low, EDGE.high)
    end = page.maybe_whole("to", EDGE.low, EDGE.high)
    if end is not None and end <= start:
        raise page.error("to", f"{end} is not above {start}")
    band = Band(
        start=start,
        end=end,
        severity=page.word("severity", Severity),
        decision=page.decision("decision"),
        reason=page.told("reason"),
        reason_en=page.told("reason_en"),
        decision_for=_decisions(page, "decision_for", Business),
        decision_in=_decisions(page, "decision_in", Tier),
        feeds=page.words("feeds", Feed) if page.has("feeds") else None,
    )
    page.no_more()
    return band


def _decisions(page: Page, key: str, words: Any) -> Mapping[Any, Verdict]:
    table = page.table(key)
    if table is None:
        return {}
    known = {word.value: word for word in words}
    for name in table.field_names():
        if name not in known:
            raise table.error(name, f"none of {', '.join(known)}")
    return {known[name]: table.decision(name) for name in table.field_names()}


def _check_units(page: Page, clause: Clause) -> None:
    """Parts and wholes are in one unit, and a share has no edge above the whole."""
    names = [getattr(clause.params, name, "") for name in RATIO_FACTS]
    kinds = {FACTS[name].kind for name in names if name}
    if len(kinds) > 1:
        raise page.error("whole", f"mixes {' and '.join(sorted(kinds))}")
    if bool(names[2]) != bool(names[3]):
        raise page.error("usual_whole", "usual_part and usual_whole come together")
    for number, band in enumerate(clause.bands, start=1):
        if band.start > _highest(clause.unit):
            raise page.error(f"band[{number}].from", f"{band.start} is more than the whole")


def _check_decisions(
    page: Page, clause: Clause, lane: Lane, businesses: frozenset[Business]
) -> None:
    """A band may say only what can be done: cash out is never held, a reversal never declined."""
    about: list[Business | None] = [*sorted(businesses)] or [None]
    for number, band in enumerate(clause.bands, start=1):
        for business in about:
            can = possible(business, lane, clause.template.name)
            for tier in Tier:
                decision = band.decides(business, tier)
                if decision not in can:
                    where = business.value if business else lane.value
                    message = f"{decision.name.lower()} is not possible for {where}"
                    raise page.error(f"band[{number}].{_said_in(band, business, tier)}", message)


def _said_in(band: Band, business: Business | None, tier: Tier) -> str:
    """Return the field that says what a band does about a business in a tier."""
    if business is not None and business in band.decision_for:
        return f"decision_for.{business.value}"
    return f"decision_in.{tier.value}" if tier in band.decision_in else "decision"
