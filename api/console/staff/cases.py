"""What the page of one case shows, and how its forms become what the work wants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from api.console.staff.approvals import proposal_of
from api.console.staff.desk import line
from api.console.staff.proposals import Proposal, Reading
from api.console.staff.subjects import cited_in, subject_of, told
from api.console.texts import Texts
from api.problems import Problem
from pos_sim.store.query_points import PointRecord, points_by_id
from risk.alerts import AlertVerdict
from risk.case_data import FIELDS, Measure
from risk.case_view import CaseView, view
from risk.checklists import shipped_checklist
from risk.store import case_alerts, case_rows, control_rows
from risk.store.alert_rows import KeptAlert
from risk.store.case_trail import Entry
from risk.store.control_rows import KeptControl
from risk.store.read_alerts import find_alert
from risk.workflow import Case, Effect, Move, Needs, Role, State, Workflow, needs_two
from risk.workflows import WORKFLOWS

LOOKS = {"done": "done", "proposed": "waits", "rejected": "no", "overtaken": "no"}


@dataclass(frozen=True, slots=True)
class Stop:
    """One state on the way of a case: passed, where it is now, or not reached."""

    state: State
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDesk:
    """One case with everything around it."""

    view: CaseView
    workflow: Workflow
    subject: str
    point: PointRecord | None
    controls: list[KeptControl]
    alerts: list[KeptAlert]
    others: list[Case]
    proposal: Proposal | None

    @property
    def case(self) -> Case:
        return self.view.case

    @property
    def moves(self) -> list[Move]:
        """What may be done now, but for the checklist, which has a form of its own."""
        return [move for move in self.view.available if move is not self.checklist_move]

    @property
    def checklist_move(self) -> Move | None:
        """The move that hands in a checklist, where it is possible now."""
        wanted = Effect.WRITE_CHECKLIST
        return next((move for move in self.view.available if wanted in move.effects), None)

    @property
    def next_move(self) -> Move | None:
        """The move that leads on from here; none where a checklist or a second person is next."""
        if self.view.pending or (self.checklist_move is not None and self.case.passes is None):
            return None
        return next((move for move in self.moves if move.to != move.source), None)

    def asks(self, move: Move) -> list[str]:
        """Return the fields that a move asks for beside its note."""
        return [name for effect in move.effects for name in FIELDS.get(effect, {})]

    def needs_two(self, move: Move) -> bool:
        return needs_two(move, self.case)

    @property
    def reasons(self) -> list[tuple[Move, str]]:
        """What the state knows but does not allow now, each with the text that says why."""
        return [
            (move, "cases.not_pending" if self.view.pending else NEEDS[move.needs])
            for move in self.workflow.moves
            if move.source == self.case.state
            and move.role is Role.STAFF
            and self.case.is_open
            and move not in self.view.available
        ]

    @property
    def way(self) -> list[Stop]:
        """The states that the case went through, and those that people can still lead it to."""
        passed = {entry.source for entry in self.view.history if entry.what == "done"}
        return [
            Stop(state, self._look(state, passed))
            for state in self.workflow.states
            if state.name in passed | reachable(self.workflow, self.case.state)
        ]

    def _look(self, state: State, passed: set[str]) -> str:
        if state.name == self.case.state:
            return "here"
        return "passed" if state.name in passed else ""


NEEDS = {
    Needs.NOTHING: "cases.not_pending",
    Needs.PASSING_CHECKLIST: "cases.not_passing",
}


def reachable(workflow: Workflow, state: str) -> set[str]:
    """Return the states to which a case can still come, its own among them.

    >>> from risk.workflow import CaseKind
    >>> sorted(reachable(WORKFLOWS[CaseKind.FREEZE], "lifted"))
    ['closed', 'lifted']
    """
    found, new = {state}, {state}
    while new:
        new = {move.to for move in workflow.moves if move.source in new} - found
        found |= new
    return found


def desk_of(connection: Connection, case_id: str, t: Texts, now: datetime, who: str) -> CaseDesk:
    """Return the desk of a case; 404 where there is none."""
    try:
        found = view(connection, case_id)
    except LookupError:
        raise Problem("not-found") from None
    case, point_id = found.case, found.case.service_point_id
    reading = Reading(connection, t, now, who)
    return CaseDesk(
        view=found,
        workflow=WORKFLOWS[case.kind],
        subject=subject_of(connection, case.scope_kind, case.scope_value),
        point=points_by_id(connection, [point_id]).get(point_id) if point_id else None,
        controls=control_rows.at_point(connection, point_id) if point_id else [],
        alerts=alerts_behind(connection, case),
        others=others(connection, case),
        proposal=proposal_of(reading, found.pending) if found.pending else None,
    )


def alerts_behind(connection: Connection, case: Case) -> list[KeptAlert]:
    """Return the alerts of a case; of a case about a point, those for which it was opened."""
    own = case_alerts.alerts_of(connection, case.case_id)
    cited = (find_alert(connection, one) for one in cited_in(case)) if not own else ()
    return own or [one for one in cited if one is not None]


def others(connection: Connection, case: Case) -> list[Case]:
    """Return the case from which this one follows, and the open ones about its point."""
    parent = case_rows.find(connection, case.parent_id) if case.parent_id else None
    at_point = case_rows.open_at(connection, case.service_point_id) if case.service_point_id else []
    known = {case.case_id, case.parent_id}
    rest = [one for one in at_point if one.case_id not in known]
    rest.sort(key=lambda one: one.opened_at)
    return [parent, *rest] if parent else rest


def trail_of(t: Texts, workflow: Workflow, history: list[Entry]) -> list[dict[str, Any]]:
    """Return the trail as the timeline wants it."""
    return [
        {
            "at": entry.at,
            "who": t("live.clock") if entry.actor == "clock" else entry.actor,
            "text": t(f"cases.was_{entry.what}", move=move_title(t, workflow, entry)),
            "note": told(t, entry.note, entry.actor),
            "look": LOOKS.get(entry.what, ""),
        }
        for entry in history
    ]


def move_title(t: Texts, workflow: Workflow, entry: Entry) -> str:
    """Return what was done in the words of the workflow."""
    named = [move for move in workflow.moves if move.action == entry.action]
    exact = [move for move in named if move.source == entry.source]
    move = next(iter(exact or named), None)
    return t.pick(move.title, move.title_en) if move else entry.action


# Forms ----------------------------------------------------------------------------------------


def data_of(case: Case, action: str, form: Mapping[str, str]) -> dict[str, Any] | None:
    """Return what comes with a move, out of its form; None where it takes nothing."""
    moves = WORKFLOWS[case.kind].moves
    move = next((m for m in moves if m.action == action and m.source == case.state), None)
    effects = move.effects if move else ()
    asked = [name for effect in effects for name in FIELDS.get(effect, {})]
    found = {name: READERS[name](form, name) for name in asked}
    return {name: value for name, value in found.items() if value is not None} if asked else None


def word(form: Mapping[str, str], name: str) -> str | None:
    return form.get(name) or None


def measures(form: Mapping[str, str], _name: str) -> list[str] | None:
    """Return the measures that are ticked; only what is confirmed has any."""
    if form.get("verdict") != AlertVerdict.CONFIRMED.value:
        return None
    return [one.value for one in Measure if form.get(f"measure_{one.value}")]


def items(form: Mapping[str, str], _name: str) -> dict[str, Any]:
    """Return the findings that were made; what has no result is missing."""
    return {
        item.code: {
            "result": form[f"item_{item.code}"],
            "note": line(form, f"note_{item.code}"),
            "evidence": line(form, f"evidence_{item.code}"),
        }
        for item in shipped_checklist().items()
        if form.get(f"item_{item.code}")
    }


READERS = {
    "verdict": word,
    "measures": measures,
    "items": items,
    "until": word,
    "due_at": word,
    "outcome": word,
}
