"""The report of a run in words: Chinese first, English beside it; or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from io import StringIO
from typing import Any, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.table import Table

from seeds.patterns.score import RuleLine

WIDTH = 150
RECALL_WANTED, PRECISION_WANTED = 0.95, 0.9

DECISIONS = {
    "allow": "记录 note",
    "alert": "预警 alert",
    "hold": "暂缓 hold",
    "decline": "拒绝 decline",
}


class FalseAlarm(NamedTuple):
    """A rule that spoke where nothing satisfies it: in an episode, or ("") about a customer."""

    rule_id: str
    episode_id: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskReport:
    """Everything but ``timing_s`` follows from the seed.

    ``season``: the first day of the weeks that are measured; before it lies history.
    """

    seed: int
    per_rule: int
    first_day: str
    season: str
    last_day: str
    places: int
    requests: int
    customers: int
    episodes: int
    rulebook: str
    lines: list[RuleLine]
    not_asked: list[str]
    false: list[FalseAlarm]
    customers_declined: int
    errors: int
    timing_s: float

    @property
    def is_good(self) -> bool:
        """Whether every rule reaches what is wanted, and no look-alike is refused."""
        return self.errors == 0 and all(
            line.recall >= RECALL_WANTED
            and line.precision >= PRECISION_WANTED
            and line.innocent_declines == 0
            for line in self.lines
        )


def as_dict(report: RiskReport) -> dict[str, Any]:
    """Return the report as JSON wants it."""
    return {
        **{name: getattr(report, name) for name in report.__dataclass_fields__},
        "lines": [asdict(line) | {"decisions": dict(line.decisions)} for line in report.lines],
        "false": [one._asdict() for one in report.false],
        "recall_wanted": RECALL_WANTED,
        "precision_wanted": PRECISION_WANTED,
        "is_good": report.is_good,
    }


def as_text(report: RiskReport) -> str:
    """Return the report as text."""
    out = StringIO()
    console = Console(file=out, width=WIDTH, color_system=None, highlight=False, emoji=False)
    for part in parts(report):
        if isinstance(part, str):
            out.write(f"{part}\n")  # a sentence is not broken
        else:
            console.print(part)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def parts(report: RiskReport) -> Iterator[RenderableType]:
    """Give the report part by part."""
    yield from heading(report)
    yield table_of(report)
    yield from ending(report)


def heading(report: RiskReport) -> Iterator[str]:
    rules = report.rulebook[:12]
    yield f"风险规则检验 Planted patterns · 种子 seed {report.seed} · 规则 rules {rules}"
    yield (
        f"案例 Episodes {report.episodes:,} (每条规则 a rule: 植入 planted {report.per_rule},"
        f" 正常 innocent {report.per_rule}), 服务点 points {report.places:,}"
    )
    yield (
        f"报文 Requests {report.requests:,}, 其中日常客流 of them customers {report.customers:,};"
        f" {report.first_day} – {report.last_day}, 计量自 measured from {report.season}"
    )


COLUMNS = (
    "规则\nRule",
    "名称\nTitle",
    "植入\nplanted",
    "检出\nfound",
    "查全\nrecall",
    "正常\ninnocent",
    "误报\nfalse",
    "他处\nelsewhere",
    "查准\nprecision",
    "首笔至预警\nfirst to alert",
    "达标至预警\nedge to alert",
    "处置\ndecisions",
)


def table_of(report: RiskReport) -> Table:
    """Return one line a rule."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for number, title in enumerate(COLUMNS):
        is_text = number in (0, 1, len(COLUMNS) - 1)
        table.add_column(title, justify="left" if is_text else "right", overflow="fold")
    for line in report.lines:
        table.add_row(
            line.rule_id,
            f"{line.title}\n{line.title_en}",
            f"{line.planted:,}",
            f"{line.detected:,}",
            f"{line.recall:.3f}",
            f"{line.innocent:,}",
            f"{line.false_alarms:,}",
            f"{line.elsewhere:,}",
            f"{line.precision:.3f}",
            span(line.first_to_alert_s),
            span(line.edge_to_alert_s),
            decisions(line.decisions),
        )
    return table


def ending(report: RiskReport) -> Iterator[str]:
    if report.not_asked:
        yield f"日终巡检未运行, 未检验 Not asked without the patrol: {', '.join(report.not_asked)}"
    declined = sum(line.innocent_declines for line in report.lines)
    yield (
        f"正常案例被拒 Look-alikes refused {declined:,};"
        f" 客户因他人案例被拒 customers refused for somebody else's {report.customers_declined:,};"
        f" 规则出错 rule errors {report.errors:,}"
    )
    for one in report.false:
        yield f"误报 False: {one.rule_id} {one.episode_id or '日常客流 customers'} {one.subject}"
    verdict = "达到要求 reached" if report.is_good else "未达到要求 NOT reached"
    yield (
        f"要求 Wanted: 查全 recall ≥ {RECALL_WANTED}, 查准 precision ≥ {PRECISION_WANTED},"
        f" 正常案例不被拒 no look-alike refused: {verdict}"
    )
    yield f"引擎用时 Engine: {report.timing_s:.1f} s"


def span(seconds: float | None) -> str:
    """Return a time in the unit that people would use.

    >>> span(40), span(600), span(7_200), span(190_000), span(None)
    ('40 s', '10 min', '2.0 h', '2.2 d', '–')
    """
    if seconds is None:
        return "–"
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7_200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3_600:.1f} h" if seconds < 172_800 else f"{seconds / 86_400:.1f} d"


def decisions(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{DECISIONS[name]} {counts[name]}" for name in DECISIONS if name in counts)
