"""Who sends the load: ``wrk`` where it is installed, else the generator of this project.

``apt install wrk`` (or ``brew install wrk``) is all it takes; ``--generator own`` leaves it out. A
rate at fixed moments is always sent by our own: ``wrk`` knows closed loops only.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """One stretch of load. ``batch`` and the number after it were not used before.

    ``rate`` sends at fixed moments, and then ``warm_s`` do not count.
    """

    port: int
    people: Path
    connections: int
    seconds: float
    batch: int = 1
    rate: float | None = None
    warm_s: float = 0.0


def chosen(name: str | None) -> str:
    """Return which generator is used, given what was asked for.

    >>> chosen("own")
    'own'
    """
    if name == "wrk" and not shutil.which("wrk"):
        raise SystemExit("wrk is not installed")
    return name or ("wrk" if shutil.which("wrk") else "own")


def send(load: Load, generator: str) -> dict[str, Any]:
    """Send it and return what came back, as `tests.benchmarks.load.Tally.report` does."""
    if generator == "own" or load.rate is not None:
        return by_own(load)
    return report_of(*run_wrk(load))


def by_own(load: Load) -> dict[str, Any]:
    command = ["--port", str(load.port), "--people", str(load.people)]
    command += ["--connections", str(load.connections), "--batch", str(load.batch)]
    command += ["--warm", str(load.warm_s), "--seconds", str(load.seconds)]
    command += ["--rate", str(load.rate)] if load.rate else []
    done = run([sys.executable, "-m", "tests.benchmarks.load", *command])
    return json.loads(done)  # type: ignore[no-any-return]


def run_wrk(load: Load) -> tuple[dict[str, Any], float]:
    """Return what the script printed, and the CPU seconds that wrk used."""
    before = children_cpu_s()
    done = run(
        [
            *("wrk", "--threads", "1", "--connections", str(load.connections)),
            *("--duration", f"{max(round(load.seconds), 1)}s", "--timeout", "30s"),
            *("--script", str(SCRIPT), f"http://127.0.0.1:{load.port}"),
            *("--", str(load.people), f"{load.batch:06d}"),
        ]
    )
    return json.loads(done.strip().rsplit("\n", 1)[1]), children_cpu_s() - before


def run(command: list[str]) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def report_of(seen: dict[str, Any], cpu_s: float) -> dict[str, Any]:
    """Return wrk's figures under our names; answers that got lost make them worthless."""
    count, codes = seen["count"], seen["codes"]
    if seen["lost"] or not count:
        raise RuntimeError(f"wrk got {count} answers and lost {seen['lost']}")
    return {
        "count": count,
        "per_second": round(count / seen["seconds"], 1),
        "p50_ms": round(seen["p50_us"] / 1e3, 2),
        "p99_ms": round(seen["p99_us"] / 1e3, 2),
        "max_ms": round(seen["max_us"] / 1e3, 2),
        "codes": codes,
        "approved": round(codes.get("00", 0) / count, 4),
        "generator_cpu_share": round(cpu_s / seen["seconds"], 3),
        "generator_cpu_us": round(1e6 * cpu_s / count, 1),
    }
