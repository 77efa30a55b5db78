"""Documents with dated versions: read strictly, and the version in force on a day."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Generic, Protocol, TypeVar

from risk.pages import Page


class DatedVersion(Protocol):
    """What every version says of itself."""

    @property
    def version(self) -> str: ...

    @property
    def effective_from(self) -> date: ...


V = TypeVar("V", bound=DatedVersion)


@dataclass(frozen=True, slots=True)
class Dated(Generic[V]):
    """All versions of one document, the oldest first."""

    versions: tuple[V, ...]

    def on(self, day: date) -> V:
        """Return the version in force on a day; before the first, the first."""
        known = [one for one in self.versions if one.effective_from <= day]
        return known[-1] if known else self.versions[0]


def read_dated(text: str, file: str, read_version: Callable[[Page], V]) -> Dated[V]:
    """Read all versions of a TOML document; raises PolicyError on any mistake."""
    document = Page(tomllib.loads(text), file)
    versions = sorted(
        (read_version(page) for page in document.pages("version")),
        key=lambda one: one.effective_from,
    )
    document.no_more()
    for earlier, later in pairwise(versions):
        if earlier.effective_from == later.effective_from:
            raise document.error("version", f"{later.version} starts on another's day")
    return Dated(tuple(versions))
