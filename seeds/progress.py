"""How long work tells somebody where it is; who shows it, and how, is not decided here."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Whoever shows the steps of long work."""

    def start(self, title: str, total: int) -> None:
        """A step begins; ``total`` is about how much there is to do."""

    def advance(self, done: int) -> None:
        """So much more is done."""

    def note(self, text: str) -> None:
        """Something worth a line was reached within the step."""

    def done(self) -> None:
        """The step has ended."""


class Silent:
    """Shows nothing."""

    def start(self, title: str, total: int) -> None:
        pass

    def advance(self, done: int) -> None:
        pass

    def note(self, text: str) -> None:
        pass

    def done(self) -> None:
        pass
