"""Counts and times of one application, shown in Prometheus' text format.

The transaction path only adds to plain numbers; families are built when somebody looks. One event
loop does all of it, so nothing here needs a lock.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from pos_sim.engine.transaction_engine import TransactionEngine

BOUNDS_S = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Times:
    """How long something took: how often it fell into each bucket, and the sum in seconds."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS_S) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BOUNDS_S, seconds)] += 1
        self.total += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """Return the running sums that Prometheus wants."""
        bounds = [*map(str, BOUNDS_S), "+Inf"]
        return [(bound, sum(self.counts[: i + 1])) for i, bound in enumerate(bounds)]


class Metrics(Collector):
    """What ``GET /metrics`` shows, in a registry of its own."""

    def __init__(self, engine: TransactionEngine) -> None:
        self._engine = engine
        self._transactions: dict[tuple[str, str, bool], int] = defaultdict(int)
        self._requests: dict[tuple[str, int], Times] = defaultdict(Times)
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def count_transaction(self, business: str, response_code: str, is_replay: bool) -> None:
        """Count one answered transaction."""
        self._transactions[business, response_code, is_replay] += 1

    def time_request(self, route: str, status: int, seconds: float) -> None:
        """Count one HTTP request and keep how long it took."""
        self._requests[route, status].add(seconds)

    def page(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterable[Metric]:
        """Build the families from the numbers as they are now."""
        yield self._transactions_family()
        yield self._requests_family()
        groups = self._engine.groups
        yield GaugeMetricFamily(
            "pos_sim_queue_length", "Requests that wait for a group", value=groups.waiting
        )
        yield CounterMetricFamily(
            "pos_sim_groups",
            "Groups committed; new transactions by groups is the size of a group",
            value=groups.groups,
        )

    def _transactions_family(self) -> Metric:
        family = CounterMetricFamily(
            "pos_sim_transactions",
            "Answered transactions by business, answer code and whether it was a replay",
            labels=("business", "response_code", "replayed"),
        )
        for (business, code, is_replay), count in self._transactions.items():
            family.add_metric((business, code, str(is_replay).lower()), count)
        return family

    def _requests_family(self) -> Metric:
        family = HistogramMetricFamily(
            "pos_sim_http_request_seconds",
            "Time from the first byte in to the last byte out, by route and status",
            labels=("route", "status"),
        )
        for (route, status), times in self._requests.items():
            family.add_metric((route, str(status)), times.buckets(), times.total)
        return family
