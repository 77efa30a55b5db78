"""What several rules say about one point: a typology speaks when its score passes a threshold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Connection, select

from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.watching import Verdict
from pos_sim.store.database import Database
from pos_sim.store.rows import to_us
from risk.bank_calendar import BankCalendar
from risk.live.memory import Lately
from risk.rulebook import shipped
from risk.rules import Hit
from risk.store.register import Register
from risk.store.save_hits import Said, save_said
from risk.store.tables import risk_alerts, risk_hits
from risk.vocabulary import Feed, Outcome, ScopeKind
from risk.weighing import Spoke, weigh
from tests.risk.ordinary import hits_of
from tests.undone import undone

DAY = timedelta(days=1)
SOME_HIT = hits_of("R09", card_points_24h=3)[0]
REGISTER = Register(shipped())
POINT = "SP-1"


def said(
    rule_id: str,
    number: int,
    *,
    days: float = 0,
    point: str | None = POINT,
    outcome: Outcome = Outcome.HIT,
    decision: Verdict = Verdict.ALERT,
) -> Said:
    hit: Hit = replace(
        SOME_HIT, rule_id=rule_id, outcome=outcome, decision=decision, feeds=(),
        scope=ScopeKind.CARD, scope_value=str(number),
    )  # fmt: skip
    return Said(hit, f"E{number}", point, to_us(DEMO_START + days * DAY))


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with undone(database) as connection:
        yield connection


def weighed(connection: Connection, *them: Said) -> list[Said]:
    """Weigh each by itself and return what typologies said."""
    result: list[Said] = []
    for one in them:
        result += weigh(connection, [one], REGISTER)
    return [one for one in result if one.hit.rule_id.startswith("T")]


def spoken(them: list[Said]) -> list[tuple[str, str, float | None]]:
    return [(one.event_id, one.hit.rule_id, one.hit.observed) for one in them]


def test_a_typology_speaks_with_the_hit_that_tips_it(connection: Connection) -> None:
    story = [said("R03", 1), said("R04", 2), said("R22", 3), said("R02", 4)]
    found = weighed(connection, *story)
    assert spoken(found) == [("E2", "T01", 80), ("E4", "T01", 160)]
    assert [one.hit.feeds for one in found] == [
        (Feed.VERIFICATION,),
        (Feed.VERIFICATION, Feed.FREEZE_PROPOSAL),
    ]
    assert [one.hit.severity.value for one in found] == ["high", "critical"]
    assert found[-1].hit.scope_value == POINT


def test_a_rule_counts_once_however_often_it_speaks(connection: Connection) -> None:
    assert weighed(connection, *(said("R03", n) for n in range(1, 6))) == []


def test_what_lies_further_back_than_the_window_weighs_nothing(connection: Connection) -> None:
    assert spoken(weighed(connection, said("R03", 1), said("R04", 2, days=30))) == []
    assert spoken(weighed(connection, said("R03", 3, days=59))) == [("E3", "T01", 80)]


def test_a_score_that_fell_and_rises_again_speaks_again(connection: Connection) -> None:
    story = [said("R02", 1), said("R02", 2, days=1), said("R02", 3, days=40)]
    assert spoken(weighed(connection, *story)) == [("E1", "T01", 60), ("E3", "T01", 60)]


def test_a_member_that_could_not_judge_has_its_own_weight(connection: Connection) -> None:
    story = [said("R12", 1, outcome=Outcome.ERROR), said("R10", 2)]
    assert spoken(weighed(connection, *story)) == [("E2", "T03", 60)]


@pytest.mark.parametrize(
    "silent",
    [
        said("R02", 1, outcome=Outcome.SHADOW),
        said("R02", 1, outcome=Outcome.SUPPRESSED, decision=Verdict.ALLOW),
        said("R02", 1, decision=Verdict.ALLOW),
        said("R02", 1, point=None),
    ],
    ids=["shadow", "suppressed", "only noted", "nowhere"],
)
def test_what_does_not_alert_at_a_point_weighs_nothing(
    connection: Connection, silent: Said
) -> None:
    assert weighed(connection, silent) == []


def test_another_point_has_its_own_score(connection: Connection) -> None:
    assert weighed(connection, said("R03", 1), said("R04", 2, point="SP-2")) == []


def test_many_cards_and_strangers_propose_a_freeze_together(connection: Connection) -> None:
    alone, later = said("R06", 1), said("R06", 3)
    (one,) = [s for s in weigh(connection, [alone], REGISTER) if s.hit.rule_id == "R06"]
    assert Feed.FREEZE_PROPOSAL not in one.hit.feeds
    weigh(connection, [said("R08", 2)], REGISTER)
    (two,) = [s for s in weigh(connection, [later], REGISTER) if s.hit.rule_id == "R06"]
    assert Feed.FREEZE_PROPOSAL in two.hit.feeds
    tomorrow = said("R06", 4, days=1)
    (three,) = [s for s in weigh(connection, [tomorrow], REGISTER) if s.hit.rule_id == "R06"]
    assert Feed.FREEZE_PROPOSAL not in three.hit.feeds


@pytest.mark.parametrize("remembers", [True, False])
@pytest.mark.parametrize("cuts", [(), (3,), (1, 2, 5), (1, 2, 3, 4, 5, 6, 7)])
def test_grouping_and_memory_change_nothing(
    connection: Connection, cuts: tuple[int, ...], remembers: bool
) -> None:
    rules = ["R03", "R03", "R04", "R06", "R08", "R06", "R02", "R22"]
    story = [said(rule, n + 1) for n, rule in enumerate(rules)]
    known: Lately[Spoke, bool] | None = Lately(100) if remembers else None
    edges = [0, *cuts, len(story)]
    result: list[Said] = []
    for start, end in pairwise(edges):
        result += weigh(connection, story[start:end], REGISTER, known)
    assert [(s.event_id, s.hit.rule_id, [f.value for f in s.hit.feeds]) for s in result] == [
        ("E1", "R03", []), ("E2", "R03", []), ("E3", "R04", []), ("E3", "T01", ["FV"]),
        ("E4", "R06", []), ("E5", "R08", []), ("E5", "T02", ["FV"]), ("E6", "R06", ["FP"]),
        ("E7", "R02", []), ("E7", "T01", ["FV", "FP"]), ("E8", "R22", []),
    ]  # fmt: skip


def test_its_alert_is_about_the_point_and_grows_to_a_proposal(connection: Connection) -> None:
    for one in (said("R03", 1), said("R04", 2), said("R22", 3), said("R02", 4)):
        save_said(connection, weigh(connection, [one], REGISTER), BankCalendar())
    query = select(risk_alerts).where(risk_alerts.c.rule_id == "T01")
    (alert,) = connection.execute(query).all()
    assert (alert.scope_kind, alert.scope_value, alert.service_point_id) == ("point", POINT, POINT)
    assert (alert.severity, alert.hit_count, alert.observed) == ("critical", 2, 160)
    assert alert.feeds == "FV FP"
    assert "建议冻结" in alert.explanation
    hits = connection.execute(select(risk_hits).where(risk_hits.c.rule_id == "T01")).all()
    assert sorted(hit.event_id for hit in hits) == ["E2", "E4"]
