"""The results for people: ratios with their floors and goals, then every figure behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.benchmarks.runs import CONNECTIONS, Results, Run, median_of

VOID_BELOW = 0.9
"""A figure in which fewer were approved says nothing."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """One line of the table; ``below`` where small is good."""

    name: str
    value: Callable[[Results], float]
    floor: float
    goal: float | None = None
    below: bool = False

    def verdict(self, value: float) -> str:
        """Say what a value reaches."""
        if self.goal is not None and self.is_good(value, self.goal):
            return "goal"
        return "floor" if self.is_good(value, self.floor) else "not the floor"

    def is_good(self, value: float, mark: float) -> bool:
        return value <= mark if self.below else value >= mark


def rate(name: str, connections: int = CONNECTIONS) -> Callable[[Results], float]:
    return lambda results: median_of(results.of(name, connections), "per_second")


def over(
    part: Callable[[Results], float], whole: Callable[[Results], float]
) -> Callable[[Results], float]:
    return lambda results: part(results) / whole(results)


def tps(results: Results) -> float:
    return sorted(results.tps)[len(results.tps) // 2]


def p99_at_half(name: str) -> Callable[[Results], float]:
    return lambda results: next(r.p99_ms for r in results.halves if r.server == name)


def growth(kind: str) -> Callable[[Results], float]:
    """Compare most history with least."""

    def value(results: Results) -> float:
        least, most = ends_of_history(kind, results)
        return rate(most)(results) / rate(least)(results)

    return value


def growth_of_cpu(kind: str) -> Callable[[Results], float]:
    """Compare what a transaction costs, which says it on a busy machine too."""

    def value(results: Results) -> float:
        least, most = (
            sum(median_of(results.of(name), cpu) for cpu in ("server_cpu_us", "database_cpu_us"))
            for name in ends_of_history(kind, results)
        )
        return least / most

    return value


def ends_of_history(kind: str, results: Results) -> tuple[str, str]:
    """Return the servers with least and with most history."""
    history = results.scale.history
    return f"{kind}, {history[0]:,} stored", f"{kind}, {history[-1]:,} stored"


YEAR = "the year, SQLite, from its first days, minutes"
TWO, NO_WORK_2 = rate("PostgreSQL, 2"), rate("FastAPI, no work, 2")
RATIOS = (
    Ratio("PostgreSQL, 2 processes ÷ pgbench TPC-B", over(TWO, tps), 0.7, 1.0),
    Ratio("PostgreSQL, 2 processes ÷ no-work FastAPI, 2", over(TWO, NO_WORK_2), 0.5, 0.7),
    Ratio(
        "SQLite, 1 process ÷ no-work FastAPI, 1",
        over(rate("SQLite"), rate("FastAPI, no work")),
        0.45,
        0.65,
    ),
    Ratio(
        "grouped ÷ one by one, PostgreSQL, 1 process",
        over(rate("PostgreSQL, 1"), rate("one by one, PostgreSQL, 1")),
        5,
        8,
    ),
    Ratio("every rule ÷ no rules, SQLite", over(rate("SQLite"), rate("SQLite, no rules")), 0.75),
    Ratio("every rule ÷ no rules, PostgreSQL, 2", over(TWO, rate("PostgreSQL, 2, no rules")), 0.75),
    Ratio("p99 at half of saturation, SQLite, ms", p99_at_half("SQLite"), 25, 10, below=True),
    Ratio(
        "p99 at half of saturation, PostgreSQL, 2, ms",
        p99_at_half("PostgreSQL, 2"),
        25,
        10,
        below=True,
    ),
    Ratio("most history ÷ least, SQLite", growth("SQLite"), 0.9, 0.97),
    Ratio("most history ÷ least, PostgreSQL", growth("PostgreSQL"), 0.9, 0.97),
    Ratio("the same by CPU, SQLite", growth_of_cpu("SQLite"), 0.9, 0.97),
    Ratio("the same by CPU, PostgreSQL", growth_of_cpu("PostgreSQL"), 0.9, 0.97),
    Ratio(YEAR, lambda results: results.notes[YEAR][0], 10, 5, below=True),
)


def ratios_of(results: Results) -> dict[str, dict[str, float | str | None]]:
    """Return every ratio whose parts were measured."""
    found: dict[str, dict[str, float | str | None]] = {}
    for ratio in RATIOS:
        try:
            value = ratio.value(results)
        except (LookupError, ValueError, StopIteration):  # this part was left out
            continue
        found[ratio.name] = {
            "value": round(value, 3),
            "floor": ratio.floor,
            "goal": ratio.goal,
            "reaches": ratio.verdict(value),
        }
    return found


def as_text(results: Results) -> str:
    """Return the tables as Markdown, ready for the documentation."""
    lines = ["| measure | value | floor | goal | reaches |", "|---|---|---|---|---|"]
    for name, row in ratios_of(results).items():
        goal = "" if row["goal"] is None else row["goal"]
        lines.append(
            f"| {name} | **{row['value']}** | {row['floor']} | {goal} | {row['reaches']} |"
        )
    lines += ["", HEAD, "|---" * (HEAD.count("|") - 1) + "|"]
    seen = dict.fromkeys((run.server, run.connections) for run in results.runs)
    lines += [line_of(results.of(*key)) for key in seen]
    lines += [line_of([run], f", at {run.rate:,.0f}/s") for run in results.halves]
    if results.tps:
        lines += ["", f"pgbench TPC-B, 16 clients, prepared: {tps(results):,.0f} tps"]
    lines += ["", *(f"{name}: {value:,} {unit}" for name, (value, unit) in results.notes.items())]
    return "\n".join(lines)


HEAD = (
    "| server | connections | /s | p50 ms | p99 ms | server CPU µs | database CPU µs"
    " | generator CPU µs | memory MB | approved |"
)


CPU = ("server_cpu_us", "database_cpu_us", "generator_cpu_us")


def line_of(runs: list[Run], more: str = "") -> str:
    """Return one line of medians."""
    first = runs[0]
    approved = min(run.approved for run in runs)
    share = f"{approved:.1%}" + (" (void)" if approved < VOID_BELOW else "")
    figures = (
        f"{median_of(runs, 'per_second'):,.0f}",
        *(f"{median_of(runs, name):.1f}" for name in ("p50_ms", "p99_ms")),
        *(f"{median_of(runs, name):.0f}" for name in CPU),
        f"{max(run.memory_mb for run in runs):.0f}",
        share,
    )
    return f"| {first.server}{more} | {first.connections} | {' | '.join(figures)} |"
