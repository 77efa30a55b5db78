"""How long the rules take on prepared facts: ``python -m tests.risk.bench_rules``.

Prints microseconds per transaction, the best of several rounds; nothing here is asserted.
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter_ns
from typing import Any

from pos_sim.domain.requests import Business
from risk.measures import Key, Metric
from risk.metrics import METRICS
from risk.now import Now
from risk.prepare import Preparer
from risk.rulebook import Rulebook
from risk.vocabulary import POSSIBLE, Lane, Tier
from risk.windows import WindowStore
from tests.risk.ordinary import facts, rulebook
from tests.risk.stream import event

ROUNDS, TIMES = 7, 4_000


def main() -> None:
    """Print a line for each business, for all 24 rules at once, and for one with three hits."""
    book = rulebook()
    print(f"{len(book.versions)} rules; microseconds per transaction, prepared facts")
    for business in POSSIBLE:
        print(f"  {business.value:<16} inline and post  {cost(book, business.value):6.2f}")
    for business in (Business.WITHDRAWAL, Business.TRANSFER):
        print(f"  {business.value:<16} preparing facts  {cost_of_facts(book, business.value):6.2f}")
    print(f"  {'all 24 rules':<16} every lane       {cost_of_all(book):6.2f}")
    loud = {"card_points_24h": 3, "point_cards_2h": 12, "list_matches": ("card",)}
    print(f"  {'three hits':<16} inline and post  {cost(book, 'withdrawal', **loud):6.2f}")


class Quiet:
    """Windows without anything in them, at no cost of their own."""

    def __init__(self) -> None:
        nothing = WindowStore()
        self._empty = {one.name: nothing.read(one, (), 0) for one in METRICS.values()}

    def read(self, metric: Metric, key: Key, as_of_us: int) -> Any:
        return self._empty[metric.name]


def cost_of_facts(book: Rulebook, business: str) -> float:
    """Return microseconds to prepare the facts of one transaction from windows already read."""
    preparer, reader = Preparer.of(book), Quiet()
    now = Now(event=event(business=business, payee=5), withdrawal_limit=200_000)
    return best(lambda: preparer.facts(now, reader))


def cost(book: Rulebook, business: str, **changes: Any) -> float:
    """Return microseconds for both lanes of one transaction."""
    prepared = facts(business=business, **changes)

    def once() -> None:
        book.evaluate(prepared, Lane.INLINE, Tier.B)
        book.evaluate(prepared, Lane.POST, Tier.B)

    return best(once)


def cost_of_all(book: Rulebook) -> float:
    """Return microseconds for every clause of every rule on one set of facts."""
    whole = everything(book)
    prepared = facts()

    def once() -> None:
        for lane in Lane:
            whole.evaluate(prepared, lane, Tier.B)

    return best(once)


def everything(book: Rulebook) -> Rulebook:
    """Return the rulebook with every rule asked about every business."""
    everywhere = frozenset(Business) - {Business.CHARGE}
    return Rulebook.of(
        version if version.lane is Lane.BATCH else replace(version, businesses=everywhere)
        for version in book.versions.values()
    )


def best(once: Any) -> float:
    rounds = []
    for _ in range(ROUNDS):
        started = perf_counter_ns()
        for _ in range(TIMES):
            once()
        rounds.append((perf_counter_ns() - started) / TIMES / 1_000)
    return min(rounds)


if __name__ == "__main__":
    main()
