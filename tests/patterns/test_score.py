"""The reckoning can fail: what is missed, what is false, what comes too early or too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from pos_sim.domain.calendar import SHANGHAI
from seeds.patterns.episodes import Episode, Kind, Move
from seeds.patterns.run import rules
from seeds.patterns.score import RuleLine, lines_of, reckon
from seeds.patterns.truth import Claim, Sighting
from tests.counter import withdrawal

NOON = datetime(2026, 9, 8, 12, 0, tzinfo=SHANGHAI)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
CLAIM = Claim(rule_id="R06", subjects=frozenset({"SP1"}), since=NOON, until=NOON + HOUR)


def episode(name: str, kind: Kind, trace: int, *claims: Claim) -> Episode:
    request = withdrawal(trace, at=NOON - MINUTE)
    return Episode(
        episode_id=name,
        rule_id="R06",
        kind=kind,
        pattern="crew",
        title="团伙",
        title_en="A crew",
        point_id="SP1" if kind is Kind.PLANTED else "SP2",
        first_day=NOON.date(),
        days=2,
        moves=(Move(terminal_id="52010001", request=request),),
        claims=claims,
        requests=(request,),
    )


PLANTED = episode("planted", Kind.PLANTED, 1, CLAIM)
INNOCENT = episode("innocent", Kind.INNOCENT, 2)
HIT = Sighting("R06", "SP1", "somebody", NOON, "alert", True)


def line(*seen: Sighting, planted: Episode = PLANTED) -> RuleLine:
    episodes = [planted, INNOCENT]
    return lines_of(
        [rules().versions["R06"]], episodes, reckon(episodes, [], seen), {"innocent": 0}
    )[0]


def test_a_hit_under_a_claim_is_found_even_on_somebody_elses_request() -> None:
    found = line(HIT)
    assert (found.detected, found.recall, found.precision) == (1, 1.0, 1.0)
    assert (found.first_to_alert_s, found.edge_to_alert_s) == (60, 0)
    assert dict(found.decisions) == {"alert": 1}


def test_silence_is_missed() -> None:
    assert (line().detected, line().recall) == (0, 0.0)


@pytest.mark.parametrize(
    "wrong",
    [
        HIT._replace(at=NOON - MINUTE),  # before the definition is satisfied
        HIT._replace(at=NOON + HOUR + MINUTE),  # when the window has forgotten it
        HIT._replace(subject="SP9"),  # about somebody else
    ],
)
def test_a_hit_beside_the_claim_finds_nothing_and_is_false(wrong: Sighting) -> None:
    found = line(wrong)
    assert (found.detected, found.false_alarms, found.elsewhere) == (0, 0, 1)


def test_a_hit_in_a_look_alike_is_its_false_alarm_and_counts_once() -> None:
    about = INNOCENT.requests[0].key.transaction_id
    wrong = HIT._replace(subject="SP2", event_id=about)
    found = line(HIT, wrong, wrong._replace(at=NOON + MINUTE))
    assert (found.detected, found.false_alarms, found.elsewhere) == (1, 1, 0)
    assert found.precision == 0.5


def test_a_note_is_no_alert() -> None:
    assert line(HIT._replace(is_alert=False, decision="allow")).detected == 0


def test_the_strongest_decision_is_told() -> None:
    stronger = HIT._replace(at=NOON + MINUTE, decision="decline")
    assert dict(line(HIT, stronger).decisions) == {"decline": 1}


def test_what_may_or_may_not_be_satisfied_is_neither_found_nor_false() -> None:
    perhaps = replace(PLANTED, claims=(replace(CLAIM, counted=False),))
    found = line(HIT, planted=perhaps)
    assert (found.planted, found.false_alarms, found.elsewhere) == (0, 0, 0)
