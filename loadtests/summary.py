"""How a run went: percentiles per business, refusals by code, and the auditor's verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from loadtests.checks import Broken
from loadtests.knee import Step, best_of, knee_of
from loadtests.options import Options
from loadtests.profiles import expected_shares
from loadtests.tally import Share, Tally, compare

PERCENTILES = (0.5, 0.9, 0.95, 0.99, 0.999)
DRY_FROM = 0.01
"""From this share of visits for which nobody was found it is said aloud."""
WATCH_MAY = 0.002
"""Ordinary villagers are innocent: the watch may hold or decline so many of their visits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that is over."""

    options: Options
    seconds: float
    workers: int
    workers_lost: int
    tally: Tally
    audited: Mapping[str, int]
    audit_seconds: float
    broken: Sequence[Broken]
    stats: Any
    steps: Sequence[Step]

    @property
    def failures(self) -> dict[str, int]:
        """Return what was not in order, counted; empty if all was."""
        events = self.tally.events
        counts = {
            "answers that were not in order": int(self.stats.total.num_failures),
            "answers with HTTP 500": events["internal"],
            "visits without an end": events["unresolved"],
        }
        return {what: count for what, count in counts.items() if count}

    @property
    def exit_code(self) -> int:
        """Return 0 if all promises were kept and every answer was in order, else 1."""
        return int(bool(self.broken or self.failures or not self.tally.answers))

    @property
    def shares(self) -> list[Share]:
        return compare(self.tally.answers, expected_shares(self.options.profile))

    @property
    def watched(self) -> int:
        """Return how many visits the watch held or declined."""
        declined = sum(n for reason, n in self.tally.excuses.items() if reason.startswith("59"))
        return declined + self.tally.events["held"]


def businesses(run: Run) -> list[dict[str, Any]]:
    """Return count, rate and percentiles of each business; milliseconds from when it was due."""
    entries = [*sorted(run.stats.entries.values(), key=lambda e: e.name), run.stats.total]
    return [
        {
            "business": entry.name if entry is not run.stats.total else "all",
            "answers": entry.num_requests,
            "per_s": round(entry.num_requests / run.seconds, 1),
            "failures": entry.num_failures,
            **{
                f"p{f'{100 * p:g}'.replace('.', '_')}_ms": entry.get_response_time_percentile(p)
                for p in PERCENTILES
            },
            "max_ms": round(entry.max_response_time),
        }
        for entry in entries
        if entry.num_requests
    ]


def as_json(run: Run) -> str:
    """Return the summary for machines."""
    options, knee = run.options, run.options.profile.knee
    best = best_of(run.steps, knee) if knee else None
    content = {
        "profile": options.profile.name,
        "users": options.users,
        "workers": run.workers,
        "workers_lost": run.workers_lost,
        "seconds": round(run.seconds, 1),
        "businesses": businesses(run),
        "answers": [asdict(share) for share in run.shares],
        "excused": dict(run.tally.excuses),
        "events": dict(run.tally.events),
        "watch": {"held_or_declined": run.watched, "share_allowed": WATCH_MAY},
        "steps": [asdict(step) for step in run.steps],
        "carried_visits_per_s": best.wanted_per_s if best else None,
        "audit": {
            "seconds": round(run.audit_seconds, 1),
            "checked": dict(run.audited),
            "broken": [asdict(broken) for broken in run.broken],
        },
        "failures": run.failures,
        "exit_code": run.exit_code,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def as_text(run: Run) -> str:
    """Return the summary for people."""
    options = run.options
    head = (
        f"\n{options.profile.title} {options.profile.title_en}\n"
        f"{options.users} users × {options.visits_per_user_s:g} visits/s, {run.workers} worker(s),"
        f" {run.seconds:.0f} s against {', '.join(options.hosts)}\n"
    )
    parts = (_business_lines(run), _share_lines(run), _event_lines(run), _knee_lines(run))
    blocks = ["\n".join(lines) + "\n" for lines in parts if lines]
    return "\n".join([head, *blocks, *_verdict_lines(run)])


def _business_lines(run: Run) -> list[str]:
    """Latency counts from the moment when a visit was due."""
    rows = businesses(run)
    if not rows:
        return ["no answers"]
    names = list(rows[0])
    lines = [f"{names[0]:<18}" + "".join(f"{name:>10}" for name in names[1:])]
    return lines + [
        f"{row['business']:<18}" + "".join(f"{row[name]!s:>10}" for name in names[1:])
        for row in rows
    ]


def _share_lines(run: Run) -> list[str]:
    lines = [f"{'answers by code':<18}{'code':>6}{'count':>10}{'share':>10}{'expected':>10}"]
    return lines + [
        f"{share.business:<18}{share.code:>6}{share.count:>10}{share.seen:>10.3%}"
        f"{share.expected:>10.3%}  {'' if share.agrees else '<- differs'}"
        for share in run.shares
    ]


def _event_lines(run: Run) -> list[str]:
    visits = max(run.tally.events["visits"], 1)
    events = ", ".join(f"{name} {count}" for name, count in sorted(run.tally.events.items()))
    share = run.watched / visits
    verdict = "as expected" if share <= WATCH_MAY else "more than expected"
    lines = [f"also: {events}" + (f", workers lost {run.workers_lost}" if run.workers_lost else "")]
    if run.tally.events["nobody_could"] > visits * DRY_FROM:
        lines.append("dry: too little money or limit is left on the cards: try a larger world")
    lines += [f"excused: {reason} {count}" for reason, count in sorted(run.tally.excuses.items())]
    lines.append(
        f"watch: {run.watched} of {visits} visits held or declined, {share:.2%}: {verdict}"
    )
    return lines


def _knee_lines(run: Run) -> list[str]:
    knee = run.options.profile.knee
    if knee is None:
        return []
    lines = [f"{'step: visits/s':<18}{'answers/s':>10}{'p99_ms':>10}"]
    lines += [
        f"{step.wanted_per_s:<18.0f}{step.reached_per_s:>10.0f}{step.p99_ms:>10.0f}"
        for step in run.steps
    ]
    best = best_of(run.steps, knee)
    carried = f"{best.wanted_per_s:.0f} visits/s" if best else "not even the first step"
    end = "" if knee_of(run.steps, knee) else ", the knee was not reached: try more users"
    return [*lines, f"carried {carried}{end}"]


def _verdict_lines(run: Run) -> list[str]:
    checked = ", ".join(f"{name} {count}" for name, count in run.audited.items())
    lines = [f"auditor, {run.audit_seconds:.0f} s: {checked}"]
    lines += [f"BROKEN {broken}" for broken in run.broken]
    if not run.broken:
        lines.append("auditor: every promise is kept" if run.tally.answers else "nothing to audit")
    return lines + [f"FAILED {count} {what}" for what, count in run.failures.items()]
