"""Two small runs: the truth counted once more, and what the watch must reach.

All tests that need a run stand in this file: each worker of a parallel run performs its own.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime

import pytest

from seeds.patterns.episodes import Kind
from seeds.patterns.report import PRECISION_WANTED, RECALL_WANTED, as_dict, as_text
from seeds.patterns.truth import Sighting, Truth
from tests.patterns.conftest import PER_RULE, Run
from tests.patterns.recount import EVENING_RULES, RULES, claims, satisfied


@pytest.mark.parametrize("rule_id", RULES)
def test_every_planted_episode_satisfies_its_definition_from_the_moment_claimed(
    performed: Run, rule_id: str
) -> None:
    moments: dict[str, list[datetime]] = defaultdict(list)
    for subject, at in satisfied(performed, rule_id):
        moments[subject].append(at)
    for name, claim in claims(performed, rule_id):
        seen = [at for subject in claim.subjects for at in moments[subject]]
        first = min((at for at in seen if claim.since <= at <= claim.until), default=None)
        assert first is not None, (name, claim)
        assert first == claim.since or rule_id in EVENING_RULES, (name, first, claim)


@pytest.mark.parametrize("rule_id", RULES)
def test_nothing_satisfies_a_definition_that_the_truth_does_not_list(
    performed: Run, rule_id: str
) -> None:
    listed = [(e.episode_id, claim) for e in performed.play.episodes for claim in e.claims]
    truth = Truth([*listed, *(("", claim) for claim in performed.play.ambient)])
    unlisted = [
        (subject, at)
        for subject, at in satisfied(performed, rule_id)
        if not truth.explains(Sighting(rule_id, subject, "", at, "alert", True))
    ]
    assert not unlisted


@pytest.mark.parametrize("rule_id", RULES)
def test_each_rule_has_its_episodes_of_both_kinds(performed: Run, rule_id: str) -> None:
    for kind in Kind:
        mine = [e for e in performed.play.episodes if (e.rule_id, e.kind) == (rule_id, kind)]
        assert len(mine) == PER_RULE
        assert all((rule_id in e.rule_ids) is (kind is Kind.PLANTED) for e in mine)


@pytest.mark.parametrize("rule_id", RULES)
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
    text = as_text(performed.report)
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
