"""The report of a business day in words: Chinese first, English beside it; or as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from io import StringIO
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.table import Table

from pos_sim.domain.money import in_yuan
from seeds.traffic.lines import (
    BusinessLine,
    DayReport,
    FeeLines,
    PointLine,
    RefusalLine,
    ReversalLines,
    RuleLine,
)

WIDTH = 140
"""So much a table may take; it takes what its figures need, 105 or so."""
BEARERS = {"issuer": "发卡行 issuer", "acquirer": "收单行 acquirer", "platform": "平台 platform"}


def as_dict(report: DayReport) -> dict[str, Any]:
    """Return the report as JSON wants it."""
    return asdict(report)


def as_text(report: DayReport) -> str:
    """Return the report as text; every figure of it is in the JSON too."""
    return text_of(parts(report))


def text_of(parts: Iterable[RenderableType]) -> str:
    """Return sentences and tables as text."""
    out = StringIO()
    console = Console(file=out, width=WIDTH, color_system=None, highlight=False, emoji=False)
    for part in parts:
        if isinstance(part, str):
            out.write(f"{part}\n")  # a sentence is not broken
        else:
            console.print(part)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def parts(report: DayReport) -> Iterator[RenderableType]:
    """Give the report part by part: sentences and tables."""
    yield from heading(report)
    yield businesses(report.businesses, report.total_count, report.record_total_count)
    yield from remarks(report.businesses)
    yield from refusals(report)
    yield from fees(report.fees)
    yield from money(report)
    yield settlements(report)
    yield from watched(report.rules)
    yield from ending(report)


def heading(report: DayReport) -> Iterator[str]:
    yield f"营业日 Business day {report.date}"
    yield (
        f"世界 World {report.size} {report.world_seed} · 客流种子 traffic seed {report.seed}"
        f" · 政策 policy {report.policy_version}"
    )
    yield (
        f"服务点 Service points {report.network_points:,}, 营业 serving {report.serving_points:,},"
        f" 赶集 market day {report.market_points:,}"
        f" (客流权重 weight {report.market_day_percent / 100:.1f})"
    )
    yield (
        f"对照 Compared with: {report.record_title} · {report.record_title_en}:"
        f" 1/{report.record_days}{scale(report)}, 不计周末、季节 no weekday or season factor"
    )


def scale(report: DayReport) -> str:
    """Return by which part of the record's points the world is smaller or larger."""
    if report.network_points == report.record_points:
        return ""
    return f" x {report.network_points:,}/{report.record_points:,}"


def businesses(lines: Iterable[BusinessLine], total: int, record_total: float) -> Table:
    """Return the table of the record: what was done beside the record's part of it."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for number, title in enumerate(BUSINESS_COLUMNS):
        table.add_column(title, justify="right" if number else "left", overflow="fold")
    for line in lines:
        table.add_row(
            f"{line.title} {line.title_en}",
            f"{line.count:,}",
            f"{line.record_count:,.1f}",
            percent(line.count_deviation_percent),
            yuan(line.amount_fen),
            yuan(line.record_amount_fen),
            percent(line.amount_deviation_percent),
            yuan(line.mean_fen),
            yuan(line.record_mean_fen),
        )
    table.add_row("合计 Total", f"{total:,}", f"{record_total:,.1f}")
    return table


BUSINESS_COLUMNS = (
    "业务\nBusiness",
    "笔数\ncount",
    "对照\nrecord",
    "偏差\n%",
    "金额, 元\nyuan",
    "对照\nrecord",
    "偏差\n%",
    "均值\nmean",
    "对照\nrecord",
)


def remarks(lines: Iterable[BusinessLine]) -> Iterator[str]:
    """Give what the table cannot say: what is held, what is garbled, what is small."""
    for line in lines:
        if line.held_count:
            yield f"{line.title}: 其中暂缓入账 of them held {line.held_count:,} 笔"
        if line.record_amount_fen is not None and not line.amount_is_compared:
            yield f"{line.title}: 录音金额不清, 只列示不对照 · the record is garbled: not compared"
        if line.record_count < 10:
            yield f"{line.title}: 每天不足十笔, 取整 · fewer than ten a day, to the nearest whole"


def refusals(report: DayReport) -> Iterator[RenderableType]:
    yield refusal_table(report.refusals)
    yield reversed_line(report.reversals)
    sent = report.sent
    yield (
        f"报文 Requests {sent.requests:,}, 重发得原应答 replays {sent.replays:,},"
        f" 到期入账 holds released {sent.released:,}"
    )


def refusal_table(lines: Iterable[RefusalLine]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("应答码 code")
    table.add_column("拒绝 Refused")
    table.add_column("笔数 count", justify="right")
    for line in lines:
        table.add_row(line.response_code, f"{line.text} · {line.text_en}", f"{line.count:,}")
    return table


def reversed_line(back: ReversalLines) -> str:
    return (
        f"冲正 Reversed: {back.count:,} 笔, {in_yuan(back.amount_fen)} 元,"
        f" 退手续费 fees returned {in_yuan(back.fee_returned_fen)} 元;"
        f" 原交易未到 original never seen {back.unknown_count:,} 笔"
    )


def fees(fees: FeeLines) -> Iterator[str]:
    yield ""
    yield (
        f"手续费 Fees: 减免前 before waiver {in_yuan(fees.before_waiver_fen)} 元,"
        f" 减免 waived {in_yuan(fees.waived_fen)} 元, 实收 charged {in_yuan(fees.charged_fen)} 元"
    )
    for line in fees.waived:
        yield f"  {line.text} ({BEARERS[line.borne_by]} 承担 bears it)"
        yield f"    {line.policy_id}: {line.title_en}"


def money(report: DayReport) -> Iterator[str]:
    operators, tills = report.operators, report.tills
    yield ""
    yield (
        f"负责人结算账户 Operators' accounts ({operators.count:,}):"
        f" 入 received {in_yuan(operators.received_fen)}, 出 paid {in_yuan(operators.paid_fen)},"
        f" 净额 net {in_yuan(operators.net_fen)} 元"
    )
    yield from map(point, operators.top)
    yield (
        f"备付现金 Tills: 付出 paid out {in_yuan(tills.paid_out_fen)},"
        f" 收进 taken in {in_yuan(tills.taken_in_fen)} 元;"
        f" 低于零 (负责人垫付) below zero (operator's own cash) {tills.below_zero_count:,} 个,"
        f" {in_yuan(tills.below_zero_fen)} 元"
    )
    yield from map(point, tills.lowest)


def point(line: PointLine) -> str:
    return f"  {line.service_point_id} {line.name} {in_yuan(line.amount_fen)} 元"


def settlements(report: DayReport) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("跨行清算 Settlement between banks")
    for title in ("应收 receives", "应付 gives", "净额 net"):
        table.add_column(title, justify="right")
    for line in report.settlements:
        table.add_row(
            f"{line.name} {line.name_en}",
            in_yuan(line.received_fen),
            in_yuan(line.given_fen),
            in_yuan(line.net_fen),
        )
    return table


def watched(lines: Sequence[RuleLine]) -> Iterator[RenderableType]:
    """Give what the watch said, rule by rule."""
    if not lines:
        yield "风险监测 The watch: 无提示 nothing to say"
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("风险监测 The watch")
    for title in ("预警 alerts", "命中 hits", "记录 notes", "暂缓 held", "拒绝 declined"):
        table.add_column(title, justify="right")
    for line in lines:
        counts = (line.alerts, line.hits, line.notes, line.held, line.declined)
        table.add_row(
            f"{line.rule_id} {line.title} {line.title_en}", *(f"{count:,}" for count in counts)
        )
    yield table
    if errors := sum(line.errors for line in lines):
        yield f"规则出错 Rule errors: {errors:,}"


def ending(report: DayReport) -> Iterator[str]:
    timing = report.timing
    yield (
        f"引擎 Engine: {timing.engine_s:.2f} s, 每秒 {timing.requests_per_s:,} 笔 requests a second"
    )
    if not report.audit:
        yield "审计 Audit: 账实相符 · nothing is broken"
    for finding in report.audit:
        yield f"审计 Audit: {finding.check} {finding.subject}: {finding.text}"


def yuan(amount_fen: int | None) -> str:
    """Return an amount, a dash where there is none."""
    return in_yuan(amount_fen) if amount_fen else "–"


def percent(deviation: float | None) -> str:
    """Return a deviation with its sign, a dash where nothing is compared."""
    return "–" if deviation is None else f"{deviation:+.1f}"
