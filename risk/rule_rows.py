"""Reading rules strictly: every mistake names the file, the rule and the field."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from pos_sim.domain.documents import PolicyError
from pos_sim.domain.money import BasisPoints
from pos_sim.domain.requests import Business
from pos_sim.domain.watching import Verdict
from risk.clause_rows import clause_of, for_tier, guards_of
from risk.pages import Page, RulebookError
from risk.rules import Clause, RuleVersion
from risk.templates.parameters import ALL_OF_IT
from risk.vocabulary import POSSIBLE, Feed, Lane, Mode, Tier

LAST_VERSION = 100_000
MILDEST_FACTOR, STRICTEST_FACTOR = 5 * ALL_OF_IT, ALL_OF_IT // 5


def read_rules(text: str, file: str) -> tuple[RuleVersion, ...]:
    """Read a document of rules, TOML or JSON; raises RulebookError on any mistake in it."""
    fields = _parsed(text, file)
    try:
        document = Page(fields, file)
        tiers = document.value("tiers") if document.has("tiers") else None
        rows = list(document.pages("rule"))
        document.no_more()
    except RulebookError:
        raise
    except PolicyError as wrong:
        raise RulebookError(file, "", wrong.field, wrong.message) from None
    shared = {"tiers": tiers} if tiers else {}
    return tuple(read_rule(shared | row.all_fields(), file) for row in rows)


def read_rule(fields: Mapping[str, Any], file: str) -> RuleVersion:
    """Read one version of one rule from its fields."""
    try:
        return _rule(Page(fields, file))
    except RulebookError:
        raise
    except PolicyError as wrong:
        name = fields.get("id", "a rule without id")
        raise RulebookError(file, f"rule {name}", wrong.field, wrong.message) from None


def read_canonical(text: str, file: str) -> RuleVersion:
    """Read a version back from its canonical text."""
    return read_rule(_parsed(text, file), file)


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        fields = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as reason:
        raise RulebookError(file, "", "document", str(reason)) from None
    assert isinstance(fields, dict)
    return fields


def _rule(page: Page) -> RuleVersion:
    canonical = canonical_of(page)
    lane = page.word("lane", Lane)
    businesses = _businesses(page, lane)
    guards = guards_of(page)
    rule = RuleVersion(
        rule_id=_rule_id(page),
        version=page.whole("version", 1, LAST_VERSION),
        title=page.text("title"),
        title_en=page.text("title_en"),
        intent=page.text("intent"),
        intent_en=page.text("intent_en"),
        lane=lane,
        businesses=businesses,
        mode=page.word("mode", Mode),
        on_error=page.decision("on_error"),
        effective_from=page.day("effective_from"),
        feeds=page.words("feeds", Feed),
        feeds_with=_feeds_with(page),
        factors=_factors(page),
        clauses=tuple(clause_of(row, lane, businesses, guards) for row in page.pages("clause")),
        canonical=canonical,
        checksum=sha256(canonical.encode()).hexdigest(),
    )
    page.no_more()
    _check_error_decision(page, rule)
    _check_tiers(page, rule)
    return rule


def canonical_of(page: Page) -> str:
    """Return the same text for the same content, whatever order or layout it came in."""
    return json.dumps(
        page.all_fields(), default=str, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )


def _rule_id(page: Page) -> str:
    rule_id = page.text("id")
    if not (rule_id.isascii() and rule_id.isalnum() and len(rule_id) <= 8):
        raise page.error("id", "expected up to 8 letters and digits")
    return rule_id


def _businesses(page: Page, lane: Lane) -> frozenset[Business]:
    """Read about which requests the rule is asked; the patrol asks about points."""
    if lane is Lane.BATCH:
        return frozenset()
    found = frozenset(page.words("businesses", Business, optional=False))
    if found - POSSIBLE.keys():
        raise page.error("businesses", "the bank's own charges are not watched")
    return found


def _feeds_with(page: Page) -> dict[str, tuple[Feed, ...]]:
    table = page.table("feeds_with")
    return {key: table.words(key, Feed) for key in table.field_names()} if table else {}


def _factors(page: Page) -> dict[Tier, BasisPoints]:
    """Read the factor of each tier; B has the values as they are written."""
    table = page.table("tiers")
    if table is None:
        return dict.fromkeys(Tier, BasisPoints(ALL_OF_IT))
    factors = {
        tier: BasisPoints(table.whole(tier.value, STRICTEST_FACTOR, MILDEST_FACTOR))
        for tier in Tier
    }
    table.no_more()
    if factors[Tier.B] != ALL_OF_IT:
        raise table.error("B", f"tier B is the rulebook itself: {ALL_OF_IT}")
    ordered = [factors[tier] for tier in Tier]
    if ordered != sorted(ordered, reverse=True):
        raise table.error("D", "a later tier must not be looser")
    return factors


def _check_error_decision(page: Page, rule: RuleVersion) -> None:
    """A rule that cannot judge may alert, allow or decline; holding money is no answer to that."""
    is_fine = rule.on_error is not Verdict.HOLD and (
        rule.lane is Lane.INLINE or rule.on_error <= Verdict.ALERT
    )
    if not is_fine:
        raise page.error("on_error", f"{rule.on_error.name.lower()} is not possible here")


def _check_tiers(page: Page, rule: RuleVersion) -> None:
    """No band may vanish in a tier."""
    for tier, factor in rule.factors.items():
        for number, clause in enumerate(rule.clauses, start=1):
            if _vanishes(for_tier(clause, factor)):
                message = f"a band is empty in tier {tier.value}"
                raise page.error(f"clause[{number}].band", message)


def _vanishes(clause: Clause) -> bool:
    return any(band.end is not None and band.end <= band.start for band in clause.bands)
