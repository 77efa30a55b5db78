"""Rows of a rulebook: the strict reader of the policies, with tables, decisions and fact names."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, TypeVar

from pos_sim.domain.documents import PolicyError, Row
from pos_sim.domain.watching import Verdict
from risk.facts import FACTS, Fact
from risk.sentences import Sentence, sentence
from risk.vocabulary import DECISIONS

Word = TypeVar("Word", bound=StrEnum)


class RulebookError(PolicyError):
    """A rulebook that cannot be used: which file, which rule, which field, and what is wrong."""

    def __init__(self, file: str, rule: str, field: str, message: str) -> None:
        super().__init__(f"{file}: {rule}" if rule else file, field, message)
        self.file = file
        self.rule = rule


class Page(Row):
    """One table of a rulebook while it is read."""

    __slots__ = ()

    def table(self, key: str) -> Page | None:
        """Return a table inside this one, None where it is absent."""
        if not self.has(key):
            return None
        fields = self._take(key, None)
        if not isinstance(fields, dict):
            raise self.error(key, "expected a table")
        return Page(fields, self.file, f"{self.path}.{key}" if self.path else key)

    def pages(self, key: str) -> Iterator[Page]:
        """Give the tables of a list; an absent list is an error, as an empty one is."""
        for row in self.rows(key):
            yield Page(row._fields, row.file, row.path)

    def maybe_pages(self, key: str) -> Iterator[Page]:
        return self.pages(key) if self.has(key) else iter(())

    def field_names(self) -> list[str]:
        return sorted(self._fields)

    def all_fields(self) -> dict[str, Any]:
        """Return everything that stands here, without counting it as read."""
        return dict(self._fields)

    def value(self, key: str) -> Any:
        """Return whatever stands there; the caller checks it."""
        return self._take(key, None)

    def words(self, key: str, words: type[Word], *, optional: bool = True) -> tuple[Word, ...]:
        """Return words in the order of their vocabulary; empty where the key is absent."""
        found = self.some_words(key, words) or frozenset()
        if not found and not optional:
            raise self.error(key, "missing")
        return tuple(word for word in words if word in found)

    def decision(self, key: str) -> Verdict:
        text = self.text(key)
        if text not in DECISIONS:
            raise self.error(key, f"{text!r} is none of {', '.join(DECISIONS)}")
        return DECISIONS[text]

    def known_fact(self, key: str) -> Fact:
        """Return the fact of the registry that is named here."""
        name = self.text(key)
        if name not in FACTS:
            raise self.error(key, f"unknown fact {name!r}")
        return FACTS[name]

    def told(self, key: str) -> Sentence:
        try:
            return sentence(self.text(key))
        except ValueError as reason:
            if isinstance(reason, PolicyError):
                raise
            raise self.error(key, str(reason)) from None
