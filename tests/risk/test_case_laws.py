"""Laws over random people, actions and days: a point is what its cases ask, and two are two."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from pos_sim.domain.service_points import PointStatus
from pos_sim.store.database import Database
from risk import case_deadlines
from risk.approvals import Choice, OwnApproval, StaleApproval
from risk.case_mistakes import AlreadyOpen, IllegalMove, Mistakes
from risk.standing import demands_of
from risk.store import approval_rows, case_rows
from risk.workflow import CaseKind, strongest
from tests.risk.case_desk import CaseDesk, case_desk
from tests.worlds import POINT

KINDS = (CaseKind.FREEZE, CaseKind.RECTIFICATION, CaseKind.EXIT)
PEOPLE = ("anna", "bert", "cora")
CHOICES = st.tuples(
    st.sampled_from(["open", "act", "act", "decide", "decide", "wait"]),
    st.sampled_from(PEOPLE),
    st.integers(0, 11),
)


def step(desk: CaseDesk, what: str, who: str, number: int) -> None:
    open_cases = sorted(case_rows.open_at(desk.connection, POINT), key=lambda one: one.case_id)
    if what == "open":
        desk.open(KINDS[number % 3], by=who)
    elif what == "wait":
        desk.pass_time(hours=13 * number)
        desk.fire(case_deadlines.DUE_KINDS)
    elif what == "act" and open_cases:
        case = open_cases[number % len(open_cases)]
        moves = desk.look(case).available
        if moves:
            desk.act(case, moves[number % len(moves)].action, by=who)
    elif what == "decide":
        waiting = approval_rows.list_rows(desk.connection, "pending", 10, None).items
        if waiting:
            choice = list(Choice)[number % 2]
            desk.decide(waiting[number % len(waiting)][0], choice, by=who)


@given(steps=st.lists(CHOICES, max_size=30))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_point_is_always_what_its_cases_ask(
    still_database: Database, steps: list[tuple[str, str, int]]
) -> None:
    with case_desk(still_database) as desk:
        for what, who, number in steps:
            with suppress(AlreadyOpen, IllegalMove, Mistakes, OwnApproval, StaleApproval):
                step(desk, what, who, number)
            demands = demands_of(case_rows.standings(desk.connection, POINT))
            assert desk.status() == (strongest(demands) or PointStatus.OPEN).value
            alone = text("select count(*) from approvals where checker = maker")
            assert desk.connection.execute(alone).scalar_one() == 0
