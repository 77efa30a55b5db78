"""The report of a year in words: Chinese first, English beside it; or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import date
from functools import partial
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table

from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.audit import BY_DATABASE, ROW_BY_ROW, audit
from pos_sim.store.finding import Check
from risk.rulebook import shipped as shipped_rules
from seeds.traffic import figures as day_figures
from seeds.traffic.errands import Quota
from seeds.traffic.lines import AuditLine
from seeds.traffic.report import (
    businesses,
    fees,
    refusal_table,
    remarks,
    reversed_line,
    text_of,
    watched,
)
from seeds.traffic.watched import rule_lines
from seeds.year import figures, people
from seeds.year.lines import CountLine, Pace, YearReport
from seeds.year.pace import Spent
from seeds.year.run import YearRun

WITHIN_PERCENT = 1.0
"""So near to the record the counts and the compared yuan must be."""

FEW = 100
"""Of fewer operations the mean is chance: they are shown, and not judged."""


def report_of(run: YearRun, last: date) -> YearReport:
    """Read the figures of the year up to ``last`` and audit the books.

    Nobody writes any more: while the database sums up the journal, the rest is read beside it.
    """
    with ThreadPoolExecutor(1) as beside:
        summed = beside.submit(audited, run.sandbox, BY_DATABASE)
        report = read_report(run, last)
        return replace(report, audit=[*report.audit, *summed.result()])


def read_report(run: YearRun, last: date) -> YearReport:
    """Read the figures; of the audit only what is checked row by row."""
    sandbox, plan = run.sandbox, run.plan
    first, record = plan.first_day, plan.record
    read = sandbox.database.read_now
    span: dict[str, Any] = {"first": first, "last": last}
    quotas = lived(plan.quotas(), last)
    groups = read(partial(day_figures.groups_of, day=first, last=last))
    lines = figures.year_lines(groups, record, quotas.values())
    count, record_count = figures.all_of(lines)
    return YearReport(
        bank_id=record.bank_id,
        year=plan.year,
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        days=len(quotas),
        size=sandbox.world.size,
        world_seed=sandbox.world.seed,
        seed=run.seed,
        policy_versions=sorted({sandbox.policies.on(day).version for day in quotas}),
        record_title=record.title,
        record_title_en=record.title_en,
        record_points=record.points,
        network_points=plan.points,
        businesses=lines,
        total_count=count,
        record_total_count=record_count,
        refusals=day_figures.refusal_lines(groups),
        reversals=day_figures.reversal_lines(groups),
        fees=figures.fees_of(groups, sandbox.policies, last),
        rules=read(partial(rule_lines, rules=shipped_rules().on(last), **span)),
        idle=read(partial(people.idle_lines, **span)),
        workflows=read(people.workflow_lines),
        statuses=read(people.status_lines),
        grades=read(people.grade_lines),
        alerts=read(people.alert_lines),
        by_day=read(partial(figures.day_lines, **span)),
        by_hour=read(partial(figures.hour_lines, **span)),
        points=read(partial(figures.point_lines, **span)),
        audit=audited(sandbox, ROW_BY_ROW),
        pace=pace_of(run.spent),
    )


def lived(quotas: Mapping[date, Quota], last: date) -> dict[date, Quota]:
    return {day: quota for day, quota in quotas.items() if day <= last}


def audited(sandbox: Sandbox, checks: Sequence[Check]) -> list[AuditLine]:
    work = partial(audit, seal_key=sandbox.secrets.key, checks=checks)
    found = sandbox.database.read_now(work)
    return [AuditLine(check=f.check, subject=f.subject, text=f.text) for f in found]


def pace_of(spent: Spent) -> Pace:
    whole = spent.planning + spent.engine + spent.closing
    return Pace(
        requests=spent.requests,
        planning_s=round(spent.planning, 1),
        engine_s=round(spent.engine, 1),
        closing_s=round(spent.closing, 1),
        requests_per_s=round(spent.requests / whole) if whole else 0,
        cpu_s=round(spent.cpu, 1),
    )


def is_near(report: YearReport) -> bool:
    """Say whether every compared count and sum is within a percent of the record."""
    deviations = [
        deviation
        for line in report.businesses
        if line.record_count >= FEW
        for deviation in (line.count_deviation_percent, line.amount_deviation_percent)
        if deviation is not None
    ]
    return all(abs(deviation) <= WITHIN_PERCENT for deviation in deviations)


def as_dict(report: YearReport) -> dict[str, Any]:
    """Return the report as JSON wants it."""
    return {**asdict(report), "is_near": is_near(report)}


def as_text(report: YearReport) -> str:
    """Return the report as text."""
    return text_of(parts(report))


def parts(report: YearReport) -> Iterator[RenderableType]:
    """Give the report part by part: sentences and tables."""
    yield from heading(report)
    yield businesses(report.businesses, report.total_count, report.record_total_count)
    yield from remarks(report.businesses)
    yield refusal_table(report.refusals)
    yield reversed_line(report.reversals)
    yield from fees(report.fees)
    yield from watched(report.rules)
    yield from people_and_points(report)
    yield from ending(report)


def heading(report: YearReport) -> Iterator[str]:
    yield f"{report.year} 年 Year: {report.first_day} – {report.last_day}, {report.days} 天 days"
    yield (
        f"世界 World {report.size} {report.world_seed} · 客流种子 traffic seed {report.seed}"
        f" · 政策 policy {', '.join(report.policy_versions)}"
    )
    yield (
        f"服务点 Service points {report.network_points:,}; 对照 compared with:"
        f" {report.record_title} · {report.record_title_en}, {report.record_points:,} 个 points"
    )


def people_and_points(report: YearReport) -> Iterator[RenderableType]:
    """Give what staff were called for, and how the network looks at the end."""
    for title, lines in (
        ("业务流程 Workflows", report.workflows),
        ("闲置服务点 Idle points", report.idle),
        ("服务点状态 Points at the end", report.statuses),
        ("预警处理 What became of alerts", report.alerts),
        ("最近一次月度评级 The latest monthly grades", report.grades),
    ):
        if lines:
            yield count_table(title, lines)


def count_table(title: str, lines: Sequence[CountLine]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(title)
    table.add_column("数量 count", justify="right")
    for line in lines:
        table.add_row(f"{line.title} {line.title_en}", f"{line.count:,}")
    return table


def ending(report: YearReport) -> Iterator[str]:
    pace = report.pace
    near = "达到 reached" if is_near(report) else "未达到 NOT reached"
    yield f"要求 Wanted: 笔数与可比金额偏差不超过 1% · within 1 % of the record: {near}"
    yield (
        f"用时 Time: 编排 planning {pace.planning_s:.1f} s, 引擎 engine {pace.engine_s:.1f} s,"
        f" 日终 day ends {pace.closing_s:.1f} s; {pace.requests:,} 笔报文 requests,"
        f" 每秒 {pace.requests_per_s:,} a second"
    )
    if not report.audit:
        yield "审计 Audit: 账实相符 · nothing is broken"
    for finding in report.audit:
        yield f"审计 Audit: {finding.check} {finding.subject}: {finding.text}"
