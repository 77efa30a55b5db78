"""Explanations: a sentence with places for values, filled in the words of a county clerk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from pos_sim.domain.money import in_yuan
from risk.facts import FACTS, Kind

OWN_PLACES = frozenset({"observed", "threshold", "baseline"})
"""Places that every sentence may have beside facts; they are in the unit of the bands."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text cut at its places: each part is what stands before a place, and the fact there."""

    text: str
    parts: tuple[tuple[str, str], ...]

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that the sentence tells."""
        return tuple(name for _, name in self.parts if name and name not in OWN_PLACES)


def sentence(text: str) -> Sentence:
    """Cut a text at its places; ValueError where a place names nothing that is known.

    >>> sentence("今日取款{card_withdrawals_today}笔").facts
    ('card_withdrawals_today',)
    """
    parts = []
    for before, name, form, conversion in Formatter().parse(text):
        if form or conversion:
            raise ValueError(f"a place is a plain name: {{{name}}}")
        if name is not None and name not in FACTS and name not in OWN_PLACES:
            raise ValueError(f"unknown fact {name!r}")
        parts.append((before, name or ""))
    return Sentence(text, tuple(parts))


def filled(
    told: Sentence, facts: Mapping[str, Any], own: Mapping[str, Any], unit: Kind, *, english: bool
) -> str:
    """Return the sentence with its values; ``own`` has the places that are no facts."""
    shown = []
    for before, name in told.parts:
        shown.append(before)
        if name in OWN_PLACES:
            shown.append(in_words(own[name], unit, english=english))
        elif name:
            shown.append(in_words(facts.get(name), FACTS[name].kind, english=english))
    return "".join(shown)


def in_words(value: Any, kind: Kind, *, english: bool = False) -> str:
    """Return a value with its unit; a count stands alone, the sentence says of what.

    >>> in_words(580_000, Kind.FEN), in_words(6_150, Kind.BP), in_words(None, Kind.KM)
    ('5,800元', '61.5%', '未知')
    >>> in_words(580_050, Kind.FEN, english=True), in_words(1_234.5, Kind.METERS, english=True)
    ('5,800.50 yuan', '1,234 m')
    """
    if value is None:
        return "unknown" if english else "未知"
    show, unit, unit_en = SHOWN[kind]
    return show(value) + (unit_en if english else unit)


def _rounded(value: float) -> str:
    return f"{value:,.0f}"


def _one_decimal(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def _yuan(value: int) -> str:
    return in_yuan(value).removesuffix(".00")


def _listed(value: tuple[Any, ...]) -> str:
    return "、".join(str(one) for one in value)


def _how_many(value: tuple[Any, ...]) -> str:
    return str(len(value))


SHOWN: dict[Kind, tuple[Callable[[Any], str], str, str]] = {
    Kind.COUNT: (str, "", ""),
    Kind.FEN: (_yuan, "元", " yuan"),
    Kind.BP: (lambda value: _one_decimal(value / 100), "%", "%"),
    Kind.FLAG: (lambda value: "是" if value else "否", "", ""),
    Kind.KM: (_one_decimal, "公里", " km"),
    Kind.KMH: (_rounded, "公里/小时", " km/h"),
    Kind.METERS: (_rounded, "米", " m"),
    Kind.MINUTES: (_rounded, "分钟", " min"),
    Kind.DAYS: (str, "天", " days"),
    Kind.YEARS: (str, "岁", " years"),
    Kind.TEXT: (str, "", ""),
    Kind.TEXTS: (_listed, "", ""),
    Kind.FENS: (_how_many, "", ""),
    Kind.MOVES: (_how_many, "", ""),
}
