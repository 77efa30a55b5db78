"""The report in words and as JSON: the same figures, Chinese beside English."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pos_sim.domain.money import in_yuan
from seeds.sizes import Size
from seeds.traffic.day import run_day
from seeds.traffic.lines import AuditLine, DayReport
from seeds.traffic.report import as_dict, as_text, percent, yuan
from tests.traffic.days import DAY, SEED, sandbox_of


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> DayReport:
    path: Path = tmp_path_factory.mktemp("report") / "bank.db"
    with sandbox_of(f"sqlite:///{path}", Size.COUNTY) as sandbox:
        return run_day(sandbox, DAY, SEED)


def test_json_gives_back_the_report(report: DayReport) -> None:
    again = json.loads(json.dumps(as_dict(report), ensure_ascii=False))
    assert again == as_dict(report)
    assert again["date"] == "2025-06-18"


def test_every_amount_of_the_text_stands_in_the_json(report: DayReport) -> None:
    known = {in_yuan(value) for key, value in numbers(as_dict(report)) if key.endswith("_fen")}
    shown = re.findall(r"-?\d[\d,]*\.\d\d(?![\d.])", as_text(report))
    timing = f"{report.timing.engine_s:.2f}"
    assert len(shown) > 40
    assert set(shown) <= known | {timing}


def test_every_count_of_the_json_stands_in_the_text(report: DayReport) -> None:
    text = as_text(report)
    counts = {value for key, value in numbers(as_dict(report)) if key in ("count", "requests")}
    assert counts
    assert all(re.search(rf"(?<!\d){count:,}(?!\d)", text) for count in counts)


def test_every_business_refusal_waiver_and_bank_has_its_line(report: DayReport) -> None:
    text = as_text(report)
    assert all(line.title in text and line.title_en in text for line in report.businesses)
    assert all(line.response_code in text and line.text in text for line in report.refusals)
    assert all(line.text in text and line.title_en in text for line in report.fees.waived)
    assert all(line.name in text and line.name_en in text for line in report.settlements)
    assert all(line.service_point_id in text for line in report.operators.top)


def test_nothing_is_cut_off(report: DayReport) -> None:
    large = [replace(line, amount_fen=10**11, record_amount_fen=10**11 + 1)
             for line in report.businesses]  # fmt: skip
    text = as_text(replace(report, businesses=large))
    assert "…" not in text
    assert in_yuan(10**11) in text


def test_a_table_is_narrow_enough_to_paste(report: DayReport) -> None:
    lines = as_text(report).splitlines()
    table = [line for line in lines if "─" in line]
    assert table
    assert max(map(len, table)) <= 110


def test_the_text_says_what_is_not_compared(report: DayReport) -> None:
    text = as_text(report)
    assert "转账汇款: 录音金额不清" in text
    assert "现金汇款: 每天不足十笔" in text
    assert "1/365 x 240/1,890" in text
    assert "no weekday or season factor" in text


def test_what_the_audit_finds_is_said(report: DayReport) -> None:
    assert "nothing is broken" in as_text(report)
    finding = AuditLine(check="balance", subject="account 1", text="wrong by 1 fen")
    text = as_text(replace(report, audit=[finding]))
    assert "nothing is broken" not in text
    assert "balance account 1: wrong by 1 fen" in text


def test_a_figure_without_a_comparison_is_a_dash() -> None:
    assert [percent(0.0), percent(-1.25), percent(None)] == ["+0.0", "-1.2", "–"]
    assert [yuan(0), yuan(None), yuan(123)] == ["–", "–", "1.23"]


def numbers(value: Any, key: str = "") -> Iterator[tuple[str, int]]:
    """Give every whole number of a JSON value with its name."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from numbers(member, name)
    elif isinstance(value, list):
        for member in value:
            yield from numbers(member, key)
    elif isinstance(value, int):
        yield key, value
