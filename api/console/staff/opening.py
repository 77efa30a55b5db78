"""What the forms of 新增、培训、开业 say, as the bodies that the API takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from api.console.staff.desk import body_of, line
from api.console.staff.points import fen_of
from api.models.onboarding import (
    OpeningBody,
    OperatorChangeBody,
    ServicePointBody,
    TerminalBody,
    TrainingBody,
)
from api.problems import invalid_field
from pos_sim.domain.opening import STEPS, Condition, Ready, Step, conditions_of
from pos_sim.domain.service_points import PointStatus
from pos_sim.domain.training import Subject
from pos_sim.store.query_points import PointRecord
from risk import onboarding
from risk.approvals import pending_approvals

FIELD_NAMES = {
    "operator.name": "operator_name",
    "operator.account_no": "account_no",
    "operator.deposit_fen": "deposit",
    "till_fen": "till",
    "position.latitude": "latitude",
    "position.longitude": "longitude",
    "deposit_fen": "deposit",
    "date": "day",
}
"""How a form names what the API names otherwise."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a point still needs before it opens; ``approval_id``: what waits for a second person."""

    conditions: Sequence[Condition]
    steps: frozenset[Step]
    approval_id: str | None

    @property
    def is_ready(self) -> bool:
        return all(one.is_met for one in self.conditions)


def readiness_of(connection: Connection, point: PointRecord) -> Readiness:
    """Return how far a point is on its way to being opened."""
    status = PointStatus(point.status)
    ready = Ready(status, point.operator_trained_on is not None, len(point.terminals))
    pending = pending_approvals(connection, onboarding.KIND, [point.service_point_id])
    waits = pending.get(point.service_point_id)
    return Readiness(
        conditions_of(ready), frozenset(STEPS[status]), waits.approval_id if waits else None
    )


# A new point ------------------------------------------------------------------------------------


def new_point(form: Mapping[str, str]) -> ServicePointBody:
    """Return the point that a form describes; 422 beside the field that is wrong."""
    plain = {name: line(form, name) for name in ("name", "village")}
    chosen = {name: form.get(name, "") for name in
              ("bank_id", "kind", "county", "town", "opens", "closes")}  # fmt: skip
    position = {name: degrees(form, name) for name in ("latitude", "longitude")}
    fields: dict[str, Any] = {
        **plain,
        **chosen,
        "position": position,
        "till_fen": fen_of(form.get("till", "0") or "0", "till"),
        "operator": operator_fields(form),
    }
    if form.get("market_day"):
        fields["market_day"] = form["market_day"]
    return body_of(ServicePointBody, fields)


def operator_fields(form: Mapping[str, str]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": line(form, "operator_name"),
        "deposit_fen": fen_of(form.get("deposit", "0") or "0", "deposit"),
    }
    if form.get("account_no"):
        fields["account_no"] = form["account_no"]
    return fields


def degrees(form: Mapping[str, str], name: str) -> float:
    try:
        return float(form.get(name, ""))
    except ValueError:
        raise invalid_field(name, "请填度数，如 27.05 · Degrees, please, such as 27.05") from None


# Steps at a point -------------------------------------------------------------------------------


def trainings(form: Mapping[str, str]) -> Iterator[TrainingBody]:
    """Give the results that a form holds, subject by subject."""
    filled = [subject for subject in Subject if form.get(score_name(subject), "")]
    if not filled:
        raise invalid_field("scores", "请至少填写一科成绩 · At least one result, please")
    for subject in filled:
        name = score_name(subject)
        yield body_of(
            TrainingBody,
            {"subject": subject.value, "score": whole(form, name), "date": form.get("day", ""),
             "pass_mark": whole(form, "pass_mark")},
        )  # fmt: skip


def score_name(subject: Subject) -> str:
    return f"score_{subject.value}"


def whole(form: Mapping[str, str], name: str) -> int:
    text = form.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and int(text) <= 100):
        raise invalid_field(name, "请填 0 至 100 的整数 · A whole number from 0 to 100, please")
    return int(text)


def train(
    connection: Connection, point_id: str, form: Mapping[str, str], by: str, at: datetime
) -> None:
    """Enter every result of one form, or none."""
    for body in list(trainings(form)):
        onboarding.record_training(
            connection, point_id=point_id, result=body.result(), by=by, at=at
        )


def bind(
    connection: Connection, point_id: str, form: Mapping[str, str], by: str, at: datetime
) -> None:
    asked = {name: form[name] for name in ("terminal_id", "kind", "serial") if form.get(name)}
    wish = body_of(TerminalBody, asked).wish()
    onboarding.bind_terminal(connection, point_id=point_id, wish=wish, by=by, at=at)


def rename(
    connection: Connection, point_id: str, form: Mapping[str, str], by: str, at: datetime
) -> None:
    wish = body_of(OperatorChangeBody, operator_fields(form)).wish()
    onboarding.name_operator(
        connection, point_id=point_id, wish=wish, same_person=False, by=by, at=at
    )


def ask(
    connection: Connection, point_id: str, form: Mapping[str, str], by: str, at: datetime
) -> None:
    note = body_of(OpeningBody, {"note": line(form, "note")}).note
    onboarding.propose_opening(connection, point_id=point_id, note=note, by=by, at=at)


STEP_WORK = {
    Step.TRAINING.value: train,
    Step.TERMINAL.value: bind,
    Step.OPERATOR.value: rename,
    Step.OPENING.value: ask,
}
SAID = {
    Step.TRAINING.value: "opening.said_training",
    Step.TERMINAL.value: "opening.said_terminals",
    Step.OPERATOR.value: "opening.said_operators",
    Step.OPENING.value: "opening.said_opening",
}


def step_of(do: str, point_id: str, form: Mapping[str, str], by: str, at: datetime) -> Any:
    """Return the work of one step, for a transaction."""
    return partial(STEP_WORK[do], point_id=point_id, form=form, by=by, at=at)
