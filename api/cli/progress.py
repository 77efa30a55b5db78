"""Progress of long work: a bar on a terminal, one line a step elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class Rate(ProgressColumn):
    """How many pieces a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "", style="progress.data.speed")


class ShownProgress:
    """Shows what a long work reports; to standard error, so that reports stay clean."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            Rate(),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task: TaskID | None = None
        self._title = ""
        self._since = 0.0

    def __enter__(self) -> ShownProgress:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.done()
        self._bars.stop()

    def start(self, title: str, total: int) -> None:
        """Begin a step of ``total`` pieces."""
        self.done()
        self._title, self._since = title, time.monotonic()
        self._task = self._bars.add_task(title, total=total)

    def advance(self, pieces: int) -> None:
        """Say that ``pieces`` more are done."""
        if self._task is not None:
            self._bars.advance(self._task, pieces)

    def note(self, text: str) -> None:
        """Say what was reached; the bar of a terminal says enough."""
        if not self._console.is_terminal:
            print(f"{text}, {time.monotonic() - self._since:.1f} s", file=sys.stderr, flush=True)

    def done(self) -> None:
        """End the step."""
        if self._task is None:
            return
        self._bars.remove_task(self._task)
        self._task = None
        if not self._console.is_terminal:
            print(f"{self._title}: {time.monotonic() - self._since:.1f} s", file=sys.stderr)
