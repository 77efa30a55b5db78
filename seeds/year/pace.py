"""Where the time of a run goes, and what keeps the collector from taking more of it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter, process_time


@dataclass(slots=True)
class Spent:
    """Where the time of a run went, seconds."""

    planning: float = 0.0
    engine: float = 0.0
    closing: float = 0.0
    requests: int = 0
    cpu: float = 0.0

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        since, cpu = perf_counter(), process_time()
        yield
        self.cpu += process_time() - cpu
        setattr(self, what, getattr(self, what) + perf_counter() - since)


@contextmanager
def quiet_memory() -> Iterator[None]:
    """Keep the collector away: plans and groups have many objects, and hardly any in a circle.

    What goes goes by itself. Whoever stays here for months calls `tidy_memory` now and then.
    """
    tidy_memory()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def tidy_memory() -> None:
    """Free what lies in circles, and never look again at what is left, villagers above all."""
    gc.collect()
    gc.freeze()
