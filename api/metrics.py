"""Counters and histograms of one application, in its own registry."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pos_sim.engine.transaction_engine import TransactionEngine

SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


class Metrics:
    """What ``GET /metrics`` shows."""

    def __init__(self, engine: TransactionEngine) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(EngineCollector(engine))
        self._transactions = Counter(
            "pos_sim_transactions",
            "Answered transactions by business, answer code and whether it was a replay",
            ("business", "response_code", "replayed"),
            registry=self.registry,
        )
        self._requests = Histogram(
            "pos_sim_http_request_seconds",
            "Time from the first byte in to the last byte out, by route and status",
            ("route", "status"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._transaction_rows: dict[tuple[str, str, bool], Counter] = {}
        self._request_rows: dict[tuple[str, int], Histogram] = {}

    def count_transaction(self, business: str, response_code: str, is_replay: bool) -> None:
        """Count one answered transaction."""
        row = (business, response_code, is_replay)
        counter = self._transaction_rows.get(row)
        if counter is None:
            labels = (business, response_code, str(is_replay).lower())
            counter = self._transaction_rows[row] = self._transactions.labels(*labels)
        counter.inc()

    def time_request(self, route: str, status: int, seconds: float) -> None:
        """Count one HTTP request and keep how long it took."""
        histogram = self._request_rows.get((route, status))
        if histogram is None:
            histogram = self._requests.labels(route, str(status))
            self._request_rows[route, status] = histogram
        histogram.observe(seconds)

    def page(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)


class EngineCollector(Collector):
    """Asks the engine when somebody looks; the transaction path pays nothing."""

    def __init__(self, engine: TransactionEngine) -> None:
        self._engine = engine

    def collect(self) -> Iterable[Metric]:
        """Give queue length and group count as they are now."""
        groups = self._engine.groups
        yield GaugeMetricFamily(
            "pos_sim_queue_length", "Requests that wait for a group", value=groups.waiting
        )
        yield CounterMetricFamily(
            "pos_sim_groups", "Groups committed; transactions by groups is their size",
            value=groups.groups,
        )  # fmt: skip
