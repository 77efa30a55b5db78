"""守护条件 The conditions of a clause: in plain words, as rows of a form, and back.

A row is named by its place: ``week.guard[2].fact``, ``.op`` and ``.value``. A row without a fact is
none, so one is left out by choosing nothing. Yes, no and kinds are typed in words of either
language, amounts in yuan, shares in percent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.console.staff.rule_numbers import read_any, typed
from api.console.texts import LANGUAGES, Texts
from api.problems import invalid_field
from pos_sim.domain.service_points import TerminalKind
from risk.clause_rows import NO_GUARD
from risk.facts import FACTS, Fact, Kind
from risk.overrides import params_of
from risk.releases import facts_in
from risk.rules import OPERATORS
from risk.vocabulary import POSSIBLE, Lane

OPS: dict[str, str] = {
    "==": "is", "!=": "is_not", ">": "more_than", ">=": "at_least", "<": "less_than",
    "<=": "at_most",
}  # fmt: skip
"""How a comparison is called in the texts."""

assert OPS.keys() == OPERATORS.keys()

WORDS: dict[str, tuple[str, Sequence[str]]] = {
    "business": ("operations", tuple(one.value for one in POSSIBLE)),
    "terminal_kind": ("policies", tuple(one.value for one in TerminalKind)),
}
"""Facts whose values have names: in which texts, and which values."""

NEW: Mapping[str, Any] = {"fact": "", "op": ">=", "value": None}
BOTH: tuple[Texts, ...] = tuple(Texts(language) for language in LANGUAGES)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRow:
    """One condition on the form; ``told`` is how a refusal names it, empty for one left out.

    ``was`` is the value that it stands for while nobody changes the text.
    """

    path: str
    told: str
    fact: str
    op: str
    value: str
    was: Any


# In words ---------------------------------------------------------------------------------------


def sentence(t: Texts, fact: str, op: str, value: str, *, is_so: bool | None = None) -> str:
    """Return a condition as people say it; ``is_so``: of a flag, what it must be."""
    label = t.pick(FACTS[fact].label, FACTS[fact].label_en)
    if is_so is not None:
        return t("rules.guard_flag", fact=label, value=t("base.yes" if is_so else "base.no"))
    return t("rules.guard", fact=label, op=t(f"rules.op_{OPS[op]}"), value=value)


def word(t: Texts, fact: str, value: str) -> str:
    """Return what a value of a fact is called, the value itself where it has no name."""
    texts, values = WORDS.get(fact, ("", ()))
    return t(f"{texts}.{value}") if value in values else value


def choices_in(t: Texts, lane: Lane) -> list[tuple[str, str]]:
    """Return the facts that a condition may ask about in a lane, by what they are called."""
    known = facts_in(lane)
    return [
        (one.name, t.pick(one.label, one.label_en))
        for one in FACTS.values()
        if one.name in known and one.kind not in NO_GUARD
    ]


def ops_in(t: Texts) -> list[tuple[str, str]]:
    return [(op, t(f"rules.op_{name}")) for op, name in OPS.items()]


# On the form ------------------------------------------------------------------------------------


def guard_rows(
    t: Texts, fields: Mapping[str, Any], form: Mapping[str, str]
) -> dict[str, list[GuardRow]]:
    """Return the rows of every clause of a version's fields, one more than there are."""
    return {
        name: list(rows_of(t, name, clause.get("guard", ()), form))
        for name, clause in params_of(fields).items()
        if isinstance(clause, dict) and "band" in clause
    }


def rows_of(
    t: Texts, clause: str, guards: Sequence[Mapping[str, Any]], form: Mapping[str, str]
) -> Iterator[GuardRow]:
    place = 0
    for number, guard in enumerate([*guards, NEW], start=1):
        path = f"{clause}.guard[{number}]"
        fact = form.get(f"{path}.fact", guard["fact"])
        place += bool(fact)
        yield GuardRow(
            path=path,
            told=f"{clause}.guard[{place}]" if fact else "",
            fact=fact,
            op=form.get(f"{path}.op", guard["op"]),
            value=form.get(f"{path}.value", typed_value(t, guard["fact"], guard["value"])),
            was=guard["value"],
        )


def typed_value(t: Texts, fact: str, value: Any) -> str:
    """Return the value of a condition as people type it."""
    if value is None:
        return ""
    kind = FACTS[fact].kind
    if kind is Kind.FLAG:
        return t("base.yes" if value else "base.no")
    return word(t, fact, value) if kind is Kind.TEXT else typed(value, kind)


# Back from the form -----------------------------------------------------------------------------


def guards_from(
    clause: str, before: Sequence[Mapping[str, Any]], form: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the conditions that a form has; 422 beside the field that cannot be read."""
    rows = rows_of(BOTH[0], clause, before, form)
    return [{"fact": row.fact, "op": row.op, "value": value_of(row)} for row in rows if row.fact]


def value_of(row: GuardRow) -> Any:
    fact, text, name = FACTS.get(row.fact), row.value.strip(), f"{row.told}.value"
    if fact is None or text == row.was:
        return text  # the reader of the rule says what is wrong with a fact that nobody knows
    if fact.kind is Kind.FLAG:
        return yes_or_no(text, name)
    if fact.kind is Kind.TEXT:
        return code_of(text, fact, name)
    if fact.kind in NO_GUARD:
        return text
    return read_any(text, fact.kind, name)


def yes_or_no(text: str, name: str) -> bool:
    """Return what a word of either language says."""
    for answer, word_of_it in ((True, "base.yes"), (False, "base.no")):
        if text.lower() in {t(word_of_it).lower() for t in BOTH}:
            return answer
    raise invalid_field(f"params.{name}", "请填“是”或“否” · Yes or no, please")


def code_of(text: str, fact: Fact, name: str) -> str:
    """Return the value that a word of either language stands for."""
    _, values = WORDS.get(fact.name, ("", ()))
    for value in values:
        if text.lower() in {value, *(word(t, fact.name, value).lower() for t in BOTH)}:
            return value
    if values or not text:
        raise invalid_field(f"params.{name}", one_of_these(fact.name, values))
    return text


def one_of_these(fact: str, values: Sequence[str]) -> str:
    if not values:
        return "请填写 · Please fill this in"
    chinese, english = ([word(t, fact, value) for value in values] for t in BOTH)
    return f"请填：{'、'.join(chinese)} · One of: {', '.join(english)}"
