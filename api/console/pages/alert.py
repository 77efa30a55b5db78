"""预警处置 One alert: why it is there, what lies behind it, what may be done about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path
from sqlalchemy import Connection
from starlette.responses import Response

from api.console.navigation import HOME
from api.console.pages.alerts import due_of
from api.console.staff import alerts as desk
from api.console.staff.desk import ACTING, Clerk, Reader, Watch, body_of, line, read, show
from api.console.visit import Visit, work_says
from api.models.cases import CaseBody
from api.models.risk_alerts import ActionBody
from api.models.risk_lists import SuppressionBody
from api.problems import invalid_field
from pos_sim.domain.calendar import in_local_time
from pos_sim.domain.codes import CODES
from pos_sim.store.rows import from_us
from risk.case_by_staff import open_by_staff
from risk.case_opening import Wish
from risk.facts import Kind
from risk.sentences import in_words
from risk.store.read_alerts import find_alert
from risk.suppressing import suppress
from risk.workflow import CaseKind
from risk.workflows import WORKFLOWS
from risk.working_alerts import work_on

router = APIRouter(prefix=f"{HOME}/alerts")

AlertPath = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,40}$")]

SILENCES: dict[str, timedelta] = {
    "4h": timedelta(hours=4),
    "12h": timedelta(hours=12),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
"""How long a rule may be silenced from here; up to a day one person suffices."""
VERDICTS = ("confirmed", "false_alarm", "undetermined")


@router.get("/{alert_id}")
async def one_alert(visit: Reader, alert_id: AlertPath) -> Response:
    """Why it is there, what lies behind it, what may be done."""
    return await alert_page(200, visit=visit, alert_id=alert_id)


async def alert_page(status: int, *, visit: Visit, alert_id: str) -> Response:
    found, at = await read(visit, partial(desk.desk_of, alert_id=alert_id))
    ids = {alert_id, *(case.case_id for case in found.cases)}
    if found.point:
        ids.add(found.point.service_point_id)
    return show(
        visit, "alert.html", at, Watch(ids=ids, kinds=("approval",), alert=alert_id), status=status,
        desk=found, kept=found.kept, alert=found.kept.alert, path=f"{HOME}/alerts/{alert_id}",
        may_act=visit.may(*ACTING), verdicts=VERDICTS, silences=SILENCES, workflows=WORKFLOWS,
        due_of=due_of(visit), words=words_of(visit), preferred=preferred(found),
        answers=answers(visit), from_us=from_us,
    )  # fmt: skip


def words_of(visit: Visit) -> Callable[[Any, Any], str]:
    """Return what says a number with its unit."""

    def said(value: Any, unit: Any) -> str:
        if value is None:
            return "—"
        whole = int(value) if float(value).is_integer() else value
        kind = Kind(unit) if unit else Kind.COUNT
        return in_words(whole, kind, english=visit.t.language == "en")

    return said


def answers(visit: Visit) -> Callable[[str], str]:
    """Return what says a response code in words."""

    def said(code: str) -> str:
        known = CODES[code]
        return visit.t.pick(known.meaning.partition("（")[0], known.text_en)

    return said


def preferred(found: desk.AlertDesk) -> str:
    """Return the kind of case that an alert feeds, where it can be opened."""
    feeds = {feed.value for feed in found.kept.alert.feeds}
    usual = (("FP", CaseKind.FREEZE), ("AR", CaseKind.ANNUAL_REVIEW), ("IV", CaseKind.IDLE_VISIT))
    return next((kind.value for feed, kind in usual if feed in feeds and kind in found.kinds), "")


@router.post("/{alert_id}")
async def act(visit: Clerk, alert_id: AlertPath) -> Response:
    """Do what a form asks for; on this page again where it cannot be done."""
    move = visit.form.get("do", "")
    if move == desk.OPEN_CASE:
        return await open_case(visit, alert_id)
    if move == desk.SUPPRESS:
        return await silence(visit, alert_id)
    return await take_step(visit, alert_id, move)


async def take_step(visit: Visit, alert_id: str, move: str) -> Response:
    """Assign, investigate, escalate or close, as the API does."""
    form, now = visit.form, visit.now

    def work(connection: Connection) -> str:
        fields = {"action": move, "note": line(form, "note")}
        fields |= {name: form[name] for name in ("verdict", "assignee") if form.get(name)}
        step = body_of(ActionBody, fields).step()
        worked = work_on(connection, alert_id, step, visit.who.name, now)
        is_proposed = move == "close" and worked.kept.alert.is_open
        return "alerts.said_proposed" if is_proposed else f"alerts.said_{move}"

    return await done(visit, alert_id, work)


async def silence(visit: Visit, alert_id: str) -> Response:
    """Silence the rule about this subject."""
    form, now = visit.form, visit.now

    def work(connection: Connection) -> str:
        kept = find_alert(connection, alert_id)
        if kept is None:
            raise LookupError(alert_id)
        for_how_long = SILENCES.get(form.get("for", ""))
        if for_how_long is None:
            raise invalid_field("for", visit.t("alerts.choose_time"))
        key = kept.alert.key
        body = body_of(
            SuppressionBody,
            {
                "rule_id": key.rule_id,
                "scope": {"kind": key.scope, "value": key.scope_value},
                "until": in_local_time(now + for_how_long),
                "reason": line(form, "note"),
            },
        )
        made = suppress(connection, body.wish(), visit.who.name, now)
        return "alerts.said_suppressed" if made.since else "alerts.said_proposed"

    return await done(visit, alert_id, work)


async def done(visit: Visit, alert_id: str, work: Callable[[Connection], str]) -> Response:
    """Do it and come back to the alert; ``work`` names what the page says then."""
    return await visit.do(
        work,
        to=f"{HOME}/alerts/{alert_id}",
        said=work_says,
        again=partial(alert_page, visit=visit, alert_id=alert_id),
    )


async def open_case(visit: Visit, alert_id: str) -> Response:
    """Open a case about the point of the alert, and go there."""
    form, now = visit.form, visit.now

    def work(connection: Connection) -> str:
        kept = find_alert(connection, alert_id)
        if kept is None:
            raise LookupError(alert_id)
        kind = form.get("kind", "")
        is_about_alert = kind == CaseKind.VERIFICATION.value
        body = body_of(
            CaseBody,
            {
                "kind": kind,
                "service_point_id": kept.service_point_id,
                "reason": line(form, "note"),
                "alert_ids": [alert_id] if is_about_alert else [],
            },
        )
        wish = Wish(
            kind=body.kind, service_point_id=body.service_point_id, reason=body.reason,
            by=visit.who.name, at=now, severity=kept.alert.severity,
        )  # fmt: skip
        return open_by_staff(connection, wish, tuple(body.alert_ids)).case_id

    return await visit.do(
        work,
        to=lambda case_id: f"{HOME}/cases/{case_id}",
        said="alerts.said_case",
        again=partial(alert_page, visit=visit, alert_id=alert_id),
    )
