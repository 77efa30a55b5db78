"""教员台 The trainer's desk: send a pattern to a point, cut a line, freeze, and see what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter
from pydantic import ValidationError
from sqlalchemy import Connection
from starlette.responses import Response

from api.auth import STAFF
from api.console.gate import page
from api.console.navigation import HOME
from api.console.once import do_once, token_of
from api.console.staff.desk import ACTING
from api.console.staff.freezing import (
    FREEZES,
    PROPOSERS,
    Waiting,
    propose_freeze,
    waiting_freezes,
)
from api.console.terminal_tray import terminals_of
from api.console.visit import Visit
from api.desk import Desk
from api.lines import switch_in, take
from api.models.teaching import EpisodeShown, LineBody, PatternShown, PlantBody
from api.planting import Planting, plant
from api.problems import Problem, invalid_field
from pos_sim.domain.service_points import PointStatus
from pos_sim.store.lines import CutLine, cut_lines_now
from pos_sim.store.query_points import PointFilter, PointRecord, list_points
from seeds.manifest import Moment
from seeds.patterns.catalogue import PATTERNS
from seeds.patterns.sent import heard_of, newest_sent

router = APIRouter(prefix=f"{HOME}/desk")

Staff = Annotated[Visit, page(*STAFF)]
Trainer = Annotated[Visit, page("admin")]
Proposer = Annotated[Visit, page(*PROPOSERS)]

DESK = f"{HOME}/desk"
EPISODES_SHOWN = 8
POINTS_MAX = 200
OUTSIDE = "out"
"""The bank outside the province: its machines are no service points."""


@dataclass(frozen=True, slots=True)
class OnDesk:
    """What lies on the desk now."""

    episodes: Sequence[EpisodeShown]
    lines: Sequence[CutLine]
    frozen: Sequence[PointRecord]
    waiting: Sequence[Waiting]
    points: Sequence[PointRecord]
    terminals: Sequence[Any]


@router.get("")
async def desk(visit: Staff, episode: str = "", pattern: str = "", point: str = "") -> Response:
    """Patterns with their words, the last ones sent, lines that are cut, points that are frozen."""
    moment = Moment(visit.sandbox.world, visit.now)
    on_desk = await visit.sandbox.database.read(partial(read_desk, moment=moment))
    return visit.show(
        "desk.html",
        rules=rules_with_patterns(),
        on_desk=on_desk,
        titles={one.service_point_id: one.name for one in on_desk.points},
        patterns={one.pattern: one for _, ones in rules_with_patterns() for one in ones},
        patterns_json={} if not visit.may("admin") else words_of_patterns(visit),
        chosen=pattern,
        point=point,
        newest=episode,
        may_propose=visit.may(*PROPOSERS),
        may_decide=visit.may(*ACTING),
    )


@router.post("/patterns")
async def send(visit: Trainer) -> Response:
    """Send a pattern as ``POST /sim/patterns`` does."""
    at_desk: Desk = visit.request.app.state.desk
    pattern, point = visit.form.get("pattern", ""), visit.form.get("point", "")
    back = f"{DESK}?{urlencode({'pattern': pattern, 'point': point})}"
    try:
        body = PlantBody(pattern=pattern, service_point_id=point)
        done = await visit.sandbox.database.run(
            partial(do_once, token=token_of(visit.form), work=lambda _: DESK, to=str)
        )
        if done.before:
            return visit.go(DESK, said=visit.t("base.done_before"))
        sent = await plant(at_desk, Planting(body.pattern, body.service_point_id, visit.who.name))
    except ValidationError:
        return visit.go(DESK, refused=visit.t("desk.choose_pattern"))
    except Problem as problem:
        return visit.go(back, refused=visit.words_of(problem))
    return visit.go(f"{DESK}?episode={sent.episode_id}#episodes", said=visit.t("desk.sent"))


@router.post("/lines")
async def line(visit: Trainer) -> Response:
    """Cut or mend a line as ``POST /sim/lines`` does."""
    at_desk: Desk = visit.request.app.state.desk
    try:
        body = LineBody.model_validate(
            {"terminal_id": visit.form.get("terminal_id", ""), "line": visit.form.get("line", "")}
        )
    except ValidationError:
        return visit.go(DESK, refused=visit.t("desk.choose_line"))

    def work(connection: Connection) -> Sequence[CutLine]:
        try:
            return switch_in(connection, body.terminal_id, body.line, visit.who.name, visit.now)
        except LookupError:
            raise invalid_field("terminal_id", visit.t("desk.no_terminal")) from None

    answer = await visit.do(work, to=f"{DESK}#lines", said=f"desk.line_{body.line}")
    take(at_desk, await visit.sandbox.database.read(cut_lines_now))
    return answer


@router.post("/freezes")
async def freeze(visit: Proposer) -> Response:
    """Propose to freeze a point, or to lift its freeze: a second person decides.

    A trainer may propose here; approving takes a maker or checker, and never who proposed.
    """
    action = visit.form.get("action", "")
    if action not in FREEZES:
        return visit.go(DESK, refused=visit.t("desk.no_action"))
    work = partial(
        propose_freeze,
        point_id=visit.form.get("point", ""),
        action=action,
        by=visit.who.name,
        at=visit.now,
        note=visit.form.get("note", "")[:400],
    )
    return await visit.do(work, to=f"{DESK}#freezes", said=f"desk.{action}_proposed")


def read_desk(connection: Connection, moment: Moment) -> OnDesk:
    """Read what lies on the desk."""
    serving = PointFilter(status=PointStatus.OPEN.value)
    frozen = PointFilter(status=PointStatus.FROZEN.value)
    return OnDesk(
        episodes=[
            EpisodeShown.of(one, list(heard_of(connection, one)))
            for one in newest_sent(connection, EPISODES_SHOWN)
        ],
        lines=cut_lines_now(connection),
        frozen=list_points(connection, frozen, POINTS_MAX, None).items,
        waiting=waiting_freezes(connection),
        points=[
            point
            for point in list_points(connection, serving, POINTS_MAX, None).items
            if point.bank_id != OUTSIDE
        ],
        terminals=terminals_of(connection, moment),
    )


def rules_with_patterns() -> list[tuple[str, list[PatternShown]]]:
    """Return each rule with its patterns, planted ones first."""
    ordered = sorted(PATTERNS, key=lambda one: (one.rule_id, one.kind.value != "planted"))
    return [
        (rule_id, [PatternShown.of(one) for one in ones])
        for rule_id, ones in groupby(ordered, key=lambda one: one.rule_id)
    ]


def words_of_patterns(visit: Visit) -> dict[str, dict[str, str]]:
    """Return what the page says about each pattern, in its language."""
    return {
        one.pattern: {
            "kind": one.kind,
            "label": visit.t(f"desk.{one.kind}"),
            "days": visit.t("desk.days", days=one.days),
            "says": visit.t.pick(one.says, one.says_en),
            "teaches": visit.t.pick(one.teaches, one.teaches_en),
        }
        for _, ones in rules_with_patterns()
        for one in ones
    }
