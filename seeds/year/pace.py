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
    """Keep the collector from looking at a hundred thousand villagers again and again."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def no_collector() -> Iterator[None]:
    """Plan without the collector: a plan has many objects and no cycles."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
