"""The report of a year as one page that needs nothing else: readable without a network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from pos_sim.domain.money import in_yuan
from seeds.traffic.lines import BusinessLine, WaivedLine
from seeds.traffic.report import percent, yuan
from seeds.year.lines import CountLine, YearReport
from seeds.year.plots import Bar, bars, day_plot, heat_map, hour_plot, point_map
from seeds.year.report import is_near

STYLE = """
:root { --ink: #22272b; --soft: #7b868f; --paper: #fbfaf7; --line: #d9d6cd; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e4de; --soft: #98a2aa; --paper: #1b1e21; --line: #3a3f44; }
}
body { margin: 2rem auto; max-width: 62rem; padding: 0 1rem; background: var(--paper);
  color: var(--ink); font: 16px/1.6 system-ui, "PingFang SC", "Microsoft YaHei",
  "Noto Sans CJK SC", sans-serif; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2.4rem 0 .6rem; }
.en { color: var(--soft); font-weight: normal; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; }
svg { width: 100%; height: auto; font-family: inherit; }
figure { margin: 0; } figcaption { color: var(--soft); font-size: .85rem; }
.bad { color: #c2361b; }
"""


def page_of(report: YearReport) -> str:
    """Return the whole page."""
    title = f"{report.year} 年服务点业务模拟报告"
    body = "\n".join(parts(report))
    return (
        f'<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def parts(report: YearReport) -> Iterator[str]:
    """Give the page part by part."""
    yield from heading(report)
    yield section("与年度记录对照", "Beside the bank's record", business_table(report.businesses))
    yield f"<p>{verdict(report)}</p>"
    titles = {line.business: f"{line.title} {line.title_en}" for line in report.businesses}
    yield section("每日业务量", "Operations by day", day_plot(report.by_day, titles))
    yield section("各时段业务量", "Operations by hour", hour_plot(report.by_hour))
    yield section("星期与时段", "Weekdays and hours", heat_map(report.by_hour))
    yield section("服务点分布与业务量", "Points by volume", figure(
        point_map(report.points),
        "圆的面积随业务量增大，空心为全年无业务；示意图，不作为划界依据"
        " · A sketch by coordinates; hollow: no business; not a basis for boundaries",
    ))  # fmt: skip
    yield section("按政策减免的手续费", "Fees waived, by policy", waived(report.fees.waived))
    yield fee_sentence(report)
    yield section("按规则的预警", "Alerts by rule", alerts(report))
    for title, title_en, lines in (
        ("业务流程", "Workflows", report.workflows),
        ("闲置服务点", "Idle points", report.idle),
        ("期末服务点状态", "Points at the end", report.statuses),
        ("预警处理", "What became of alerts", report.alerts),
        ("最近一次月度评级", "The latest monthly grades", report.grades),
    ):
        if lines:
            yield section(title, title_en, count_table(lines))
    yield section("拒绝", "Refusals", table(
        ("应答码 code", "笔数 count"),
        [(f"{r.response_code} {r.text} {r.text_en}", f"{r.count:,}") for r in report.refusals],
    ))  # fmt: skip
    yield from ending(report)


def heading(report: YearReport) -> Iterator[str]:
    yield f"<h1>{report.year} 年服务点业务模拟报告</h1>"
    yield (
        f'<p class="en">A simulated year of service points: {report.first_day} –'
        f" {report.last_day}, {report.days} days, {report.network_points:,} points</p>"
    )
    yield (
        f"<p>对照：{escape(report.record_title)}"
        f' <span class="en">{escape(report.record_title_en)}</span>。'
        "本报告中的客户、账户与交易均为虚构"
        ' <span class="en">Every customer, account and transaction here is invented.</span></p>'
    )


def section(title: str, title_en: str, content: str) -> str:
    return (
        f'<h2>{escape(title)} <span class="en">{escape(title_en)}</span></h2>\n'
        f'<div class="wide">{content}</div>'
    )


def business_table(lines: Iterable[BusinessLine]) -> str:
    """Return the record's table beside the simulated one."""
    heads = ("业务", "笔数", "记录", "偏差 %", "金额（元）", "记录", "偏差 %")
    return table(heads, [
        (
            f"{line.title} {line.title_en}",
            f"{line.count:,}",
            f"{line.record_count:,.0f}",
            percent(line.count_deviation_percent),
            yuan(line.amount_fen),
            yuan(line.record_amount_fen) + ("" if line.amount_is_compared or
                                            line.record_amount_fen is None else " ?"),
            percent(line.amount_deviation_percent),
        )
        for line in lines
    ])  # fmt: skip


def verdict(report: YearReport) -> str:
    garbled = "转账金额录音不清，只列示不对照 · the record of the transfers' yuan is garbled"
    if is_near(report):
        return f"笔数与可比金额偏差均不超过 1% · all within 1 %. {garbled}."
    return f'<span class="bad">偏差超过 1% · more than 1 % off</span>. {garbled}.'


def waived(lines: Sequence[WaivedLine]) -> str:
    items = [
        Bar(line.title, line.waived_fen, f"{line.count:,} 笔 {in_yuan(line.waived_fen)} 元")
        for line in sorted(lines, key=lambda one: -one.waived_fen)
    ]
    return bars(items, "#6a8f3c") + "".join(f"<p>{escape(line.text_en)}</p>" for line in lines)


def fee_sentence(report: YearReport) -> str:
    fees = report.fees
    return (
        f"<p>手续费减免前 {in_yuan(fees.before_waiver_fen)} 元，"
        f"减免 {in_yuan(fees.waived_fen)} 元，"
        f"实收 {in_yuan(fees.charged_fen)} 元"
        f' <span class="en">fees before waiver, waived, charged</span></p>'
    )


def alerts(report: YearReport) -> str:
    """Return alerts by rule; rules that only noted something have a line as well."""
    if not report.rules:
        return "<p>无提示 · nothing to say</p>"
    items = [
        Bar(f"{line.rule_id} {line.title}", line.alerts, spoken(line.alerts, line.hits, line.notes))
        for line in report.rules
    ]
    return bars(items, "#b5482f")


def spoken(alerts: int, hits: int, notes: int) -> str:
    return f"{alerts:,} (命中 {hits:,}, 记录 {notes:,})"


def count_table(lines: Iterable[CountLine]) -> str:
    rows = [(f"{line.title} {line.title_en}", f"{line.count:,}") for line in lines]
    return table(("", "数量 count"), rows)


def ending(report: YearReport) -> Iterator[str]:
    if not report.audit:
        yield "<p>审计：账实相符 · audit: nothing is broken</p>"
    for finding in report.audit:
        text = f"{finding.check} {finding.subject}: {finding.text}"
        yield f'<p class="bad">审计 audit: {escape(text)}</p>'
    yield (
        f'<p class="en">世界 world {report.size} {report.world_seed} · 客流种子 seed {report.seed}'
        f" · 政策 policy {escape(', '.join(report.policy_versions))}</p>"
    )


def figure(content: str, caption: str) -> str:
    return f"<figure>{content}<figcaption>{escape(caption)}</figcaption></figure>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(title)}</th>" for title in heads)
    lines = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
