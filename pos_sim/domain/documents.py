"""Reading a document strictly: every field is asked for once, typed, bounded, and none is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

Word = TypeVar("Word", bound=StrEnum)

LONGEST_TEXT = 1_000


class PolicyError(ValueError):
    """A policy document that cannot be used: which file, which field, and what is wrong.

    ``field`` is a path that names the row, counted from one: ``price[3].tiers[1].max_fen``.
    """

    def __init__(self, file: str, field: str, message: str) -> None:
        super().__init__(f"{file}: {field}: {message}")
        self.file = file
        self.field = field
        self.message = message


class Row:
    """One table of a document while it is read; what was not asked for is an error at the end."""

    __slots__ = ("_fields", "_left", "file", "path")

    def __init__(self, fields: Mapping[str, object], file: str, path: str = "") -> None:
        self._fields = fields
        self._left = set(fields)
        self.file = file
        self.path = path

    def error(self, key: str, message: str) -> PolicyError:
        """Return the error for ``key`` of this row; an empty key means the row itself."""
        steps = [step for step in (self.path, key) if step]
        return PolicyError(self.file, ".".join(steps) or "document", message)

    def no_more(self) -> None:
        """Raise if the document says something that nobody asked for."""
        if self._left:
            raise self.error(min(self._left), "unknown key")

    def has(self, key: str) -> bool:
        return key in self._fields

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text that is not blank; a default makes it optional."""
        value = self._take(key, default)
        if not isinstance(value, str):
            raise self.error(key, f"expected text, found {_kind_of(value)}")
        if len(value) > LONGEST_TEXT or (not value.strip() and default is None):
            raise self.error(key, f"expected 1 to {LONGEST_TEXT} characters")
        return value

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """Return a whole number between ``low`` and ``high``, both allowed."""
        value = self._take(key, default)
        if type(value) is not int:
            raise self.error(key, f"expected a whole number, found {_kind_of(value)}")
        if not low <= value <= high:
            raise self.error(key, f"{value} is not between {low} and {high}")
        return value

    def maybe_whole(self, key: str, low: int, high: int) -> int | None:
        """Return a whole number, None where the key is absent."""
        return self.whole(key, low, high) if self.has(key) else None

    def flag(self, key: str, default: bool | None = None) -> bool:
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise self.error(key, f"expected true or false, found {_kind_of(value)}")
        return value

    def day(self, key: str) -> date:
        """Return a date; a document that came as JSON writes it as text."""
        value = self._take(key, None)
        if type(value) is date:
            return value
        try:
            return date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            raise self.error(key, f"expected a date, found {_kind_of(value)}") from None

    def maybe_day(self, key: str) -> date | None:
        return self.day(key) if self.has(key) else None

    def word(self, key: str, words: type[Word]) -> Word:
        """Return one word of a vocabulary."""
        return self._word_of(key, self.text(key), words)

    def some_words(self, key: str, words: type[Word]) -> frozenset[Word] | None:
        """Return several words of a vocabulary, None where the key is absent."""
        if not self.has(key):
            return None
        return frozenset(self._word_of(key, text, words) for text in self.texts(key))

    def texts(self, key: str) -> list[str]:
        """Return a list of texts that is not empty and repeats nothing."""
        values = self._list(key)
        texts = [value for value in values if isinstance(value, str)]
        if len(texts) != len(values):
            raise self.error(key, "expected a list of texts")
        if len(set(texts)) != len(texts):
            raise self.error(key, "the same word twice")
        return texts

    def rows(self, key: str) -> Iterator[Row]:
        """Give the rows of a list of tables, each with its number."""
        for number, fields in enumerate(self._list(key), start=1):
            path = f"{self.path}.{key}[{number}]" if self.path else f"{key}[{number}]"
            if not isinstance(fields, dict):
                raise PolicyError(self.file, path, f"expected a table, found {_kind_of(fields)}")
            yield Row(fields, self.file, path)

    def _take(self, key: str, default: object) -> object:
        self._left.discard(key)
        value = self._fields.get(key, default)
        if value is None:
            raise self.error(key, "missing")
        return value

    def _list(self, key: str) -> list[object]:
        value = self._take(key, None)
        if not isinstance(value, list):
            raise self.error(key, f"expected a list, found {_kind_of(value)}")
        if not value:
            raise self.error(key, "an empty list")
        return value

    def _word_of(self, key: str, text: str, words: type[Word]) -> Word:
        try:
            return words(text)
        except ValueError:
            known = ", ".join(word.value for word in words)
            raise self.error(key, f"{text!r} is none of {known}") from None


def _kind_of(value: object) -> str:
    """Name a value in an error: its type, and the value where it is short."""
    shown = repr(value)
    return f"{type(value).__name__} {shown}" if len(shown) <= 40 else type(value).__name__
