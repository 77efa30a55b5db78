"""The report: what the watch must reach, what ordinary customers do, and that a seed repeats."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pos_sim.domain.requests import Reversal
from seeds.patterns import run
from seeds.patterns.report import PRECISION_WANTED, RECALL_WANTED, as_dict, as_text
from tests.patterns.conftest import PER_RULE, Run, new_county


@pytest.mark.parametrize("rule_id", [f"R{number:02d}" for number in range(1, 25)])
def test_every_rule_finds_what_is_planted_and_leaves_the_innocent_alone(
    performed: Run, rule_id: str
) -> None:
    line = next(line for line in performed.report.lines if line.rule_id == rule_id)
    assert line.planted >= PER_RULE
    assert line.recall >= RECALL_WANTED, line
    assert line.precision >= PRECISION_WANTED, line
    assert line.innocent_declines == 0


def test_no_rule_fails_and_the_report_says_that_all_is_well(performed: Run) -> None:
    assert performed.report.errors == 0
    assert performed.report.is_good


def test_the_report_can_be_read_and_parsed(performed: Run) -> None:
    text = as_text(performed.report, {"R01": "临界限额拆分取现"})
    assert "临界限额拆分取现" in text
    assert "达到要求 reached" in text
    parsed = json.loads(json.dumps(as_dict(performed.report)))
    assert parsed["is_good"] is True
    assert [line["rule_id"] for line in parsed["lines"]] == [f"R{n:02d}" for n in range(1, 25)]


def test_customers_come_as_the_record_says(performed: Run) -> None:
    """About three operations a point and day (transcript ``31:11``), in the season."""
    play = performed.play
    planted = {r.key.transaction_id for e in play.episodes for r in e.requests}
    busy: set[tuple[str, date]] = set()
    count = 0
    for record in performed.records:
        if record.event_id not in planted and play.season <= record.day < play.season_end:
            count += 1
            busy.add((record.point, record.day))
    points = {point for point, _ in busy}
    days = (play.season_end - play.season).days
    assert 2.4 <= count / (len(points) * days) <= 3.4


def test_customers_are_almost_never_refused(performed: Run) -> None:
    planted = {r.key.transaction_id for e in performed.play.episodes for r in e.requests}
    customers = [record for record in performed.records if record.event_id not in planted]
    refused = [record for record in customers if not record.moved]
    assert len(refused) <= len(customers) * 0.02


def test_requests_are_in_the_order_of_time_and_reversals_name_an_earlier_one(
    performed: Run,
) -> None:
    requests = performed.play.requests
    assert [r.received_at for r in requests] == sorted(r.received_at for r in requests)
    seen: set[str] = set()
    for request in requests:
        if isinstance(request, Reversal):
            assert request.original.transaction_id in seen
        assert request.key.transaction_id not in seen
        seen.add(request.key.transaction_id)


def test_a_seed_repeats_its_play_and_another_seed_has_another(tmp_path: Path) -> None:
    plays = []
    for number, seed in enumerate((7, 7, 8)):
        (tmp_path / str(number)).mkdir()
        database = new_county(tmp_path / str(number), seed)
        plays.append(run.prepared(database, seed, per_rule=1))
        database.close_now()
    first, again, other = plays
    assert first == again
    assert first.requests != other.requests
