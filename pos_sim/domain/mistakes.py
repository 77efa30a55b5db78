"""What somebody asked for and cannot have.

NotDone
├── Mistaken      a field whose value cannot be
├── AlreadyThere  what shall be made exists
└── NotPossible   the state of the subject does not know or allow it
"""

from __future__ import annotations

from collections.abc import Iterable


class NotDone(Exception):
    """It was not done, and nothing was changed."""


class Mistaken(NotDone):
    """A field whose value cannot be: which, and why, in words for whoever sent it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class AlreadyThere(NotDone):
    """What shall be made exists."""


class NotPossible(NotDone):
    """Not in this state: ``available`` is what it allows, ``missing`` what stands in the way."""

    def __init__(self, available: Iterable[str], missing: Iterable[str] = ()) -> None:
        super().__init__("not possible now")
        self.available = tuple(available)
        self.missing = tuple(missing)
