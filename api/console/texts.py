"""The catalogue of what people read: ``texts/*.toml``, Chinese and English side by side.

A text is named by its file and its name: ``alerts.taken`` is ``taken`` in ``texts/alerts.toml``. A
missing name is a mistake of ours and raises ``KeyError``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("zh", "en")
HTML_LANGUAGES = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class Texts:
    """The catalogue in one language."""

    language: str

    def __call__(self, name: str, **values: Any) -> str:
        """Return the text of that name, with ``{values}`` filled in.

        >>> Texts("en")("nav.alerts"), Texts("zh")("nav.alerts")
        ('Alerts', '预警处置')
        """
        text = catalogue()[name][self._place]
        return text.format(**values) if values else text

    def pick(self, zh: str, en: str) -> str:
        """Return the one of two texts that is in this language.

        >>> Texts("en").pick("取款", "Withdrawal")
        'Withdrawal'
        """
        return en if self.language == "en" else zh

    def half(self, both: str) -> str:
        """Return this language's half of ``中文 · English``; other texts stay whole.

        >>> Texts("en").half("没有找到 · Not found"), Texts("zh").half("a · b · c")
        ('Not found', 'a · b · c')
        """
        parts = both.split(" · ")
        return parts[self._place] if len(parts) == len(LANGUAGES) else both

    def under(self, prefix: str) -> dict[str, str]:
        """Return all texts of one file, for a module that needs them: name to text."""
        return {name: both[self._place] for name, both in file_of(prefix).items()}

    @property
    def html(self) -> str:
        """The language as HTML names it."""
        return HTML_LANGUAGES[self.language]

    @property
    def other(self) -> str:
        """The other language."""
        return "zh" if self.language == "en" else "en"

    @property
    def _place(self) -> int:
        return LANGUAGES.index(self.language)


@cache
def file_of(prefix: str) -> Mapping[str, tuple[str, str]]:
    """Return the texts of one file, both languages."""
    start = f"{prefix}."
    return {
        name.removeprefix(start): both
        for name, both in catalogue().items()
        if name.startswith(start)
    }


@cache
def catalogue() -> Mapping[str, tuple[str, str]]:
    """Return every text by its name, both languages."""
    found: dict[str, tuple[str, str]] = {}
    for file in sorted(files("api.console").joinpath("texts").iterdir(), key=lambda one: one.name):
        for name, both in tomllib.loads(file.read_text("utf-8")).items():
            chinese, english = both
            found[f"{file.name.removesuffix('.toml')}.{name}"] = (chinese, english)
    return found
