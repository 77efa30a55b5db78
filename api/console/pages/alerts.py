"""预警处置 Alerts: the queue by urgency, and one alert with what may be done about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path
from sqlalchemy import Connection
from starlette.responses import Response

from api.auth import STAFF
from api.console.gate import page
from api.console.navigation import HOME
from api.console.staff import alerts as desk
from api.console.staff.desk import (
    ACTING,
    Watch,
    address,
    body_of,
    line,
    next_page,
    one_of,
    read,
    show,
)
from api.console.staff.times import due_text
from api.console.visit import Visit
from api.models.cases import CaseBody
from api.models.risk_alerts import ActionBody
from api.models.risk_lists import SuppressionBody
from api.paging import position_of
from api.problems import invalid_field
from pos_sim.domain.calendar import business_date, in_local_time
from pos_sim.domain.codes import CODES
from pos_sim.store.queries import Page
from pos_sim.store.rows import from_us
from risk.alerts import State
from risk.case_opening import Wish
from risk.cases import open_by_staff
from risk.facts import Kind
from risk.releases import published
from risk.rules import RuleVersion
from risk.sentences import in_words
from risk.store.read_alerts import find_alert
from risk.store.urgent_alerts import (
    WAITING,
    Queued,
    QueueFilter,
    Waiting,
    count_waiting,
    queue,
)
from risk.store.version_rows import all_versions
from risk.suppressing import suppress
from risk.vocabulary import Severity
from risk.workflow import CaseKind
from risk.workflows import WORKFLOWS
from risk.working_alerts import work_on

router = APIRouter(prefix=f"{HOME}/alerts")

Reader = Annotated[Visit, page(*STAFF)]
Clerk = Annotated[Visit, page(*ACTING)]
AlertPath = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,40}$")]

PAGE = 25
PLACE_MAX = 40
STATES = tuple(state.value for state in State)
SEVERITIES = tuple(severity.value for severity in reversed(Severity))
DUES: dict[str, timedelta] = {
    "late": timedelta(0),
    "4h": timedelta(hours=4),
    "24h": timedelta(hours=24),
    "3d": timedelta(days=3),
}
SILENCES: dict[str, timedelta] = {
    "4h": timedelta(hours=4),
    "12h": timedelta(hours=12),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
"""How long a rule may be silenced from here; up to a day one person suffices."""
VERDICTS = ("confirmed", "false_alarm", "undetermined")


# The queue ------------------------------------------------------------------------------------


@router.get("")
async def list_of_alerts(
    visit: Reader, state: str = "", severity: str = "", rule: str = "", place: str = "",
    due: str = "", mine: str = "", cursor: str = "",
) -> Response:  # fmt: skip
    """The open ones, the gravest first, and of those what is due first."""
    asked = {
        "state": one_of(state, (*STATES, "all")),
        "severity": one_of(severity, SEVERITIES),
        "rule": rule if rule.isalnum() and len(rule) <= 8 else "",
        "place": place.strip()[:PLACE_MAX],
        "due": one_of(due, DUES),
        "mine": one_of(mine, ("1",)),
    }
    look = partial(
        looked_up,
        wanted=filter_of(asked, visit),
        after=position_of(cursor or None, int, int, int, str),
        who=visit.who.name,
        now=visit.now,
    )
    (found, waiting, rules), at = await read(visit, look)
    return show(
        visit, "alerts.html", at, Watch(kinds=("alert", "approval"), board=True),
        found=found.items, waiting=waiting, rules=rules, asked=asked, tabs=tabs(asked, waiting),
        states=STATES, severities=SEVERITIES, dues=DUES, due_of=due_of(visit),
        next_page=next_page(f"{HOME}/alerts", asked, found.after), is_first=not cursor,
    )  # fmt: skip


def filter_of(asked: dict[str, str], visit: Visit) -> QueueFilter:
    state = asked["state"]
    return QueueFilter(
        states=None if state == "all" else (state,) if state else WAITING,
        severity=asked["severity"] or None,
        rule_id=asked["rule"] or None,
        place=asked["place"] or None,
        assignee=visit.who.name if asked["mine"] else None,
        due_by=visit.now + DUES[asked["due"]] if asked["due"] else None,
    )


def looked_up(
    connection: Connection, wanted: QueueFilter, after: Any, who: str, now: datetime
) -> tuple[Page[Queued], Waiting, list[RuleVersion]]:
    """Return a page of the queue, how many wait, and the rules that can be asked for."""
    rules = published(all_versions(connection)).on(business_date(now)).versions.values()
    waiting = count_waiting(connection, who, now)
    return queue(connection, wanted, PAGE, after), waiting, list(rules)


def tabs(asked: dict[str, str], waiting: Waiting) -> list[dict[str, Any]]:
    """Return the ways into the queue that are used all day."""
    ways: tuple[tuple[str, dict[str, str], int | None], ...] = (
        ("alerts.tab_open", {}, waiting.all),
        ("alerts.tab_mine", {"mine": "1"}, waiting.mine),
        ("alerts.tab_late", {"due": "late"}, waiting.late),
        ("alerts.tab_all", {"state": "all"}, None),
    )
    chosen = {name: value for name, value in asked.items() if value}
    return [
        {
            "text": text,
            "href": address(f"{HOME}/alerts", way),
            "count": count,
            "is_current": chosen == way,
        }
        for text, way, count in ways
    ]


def due_of(visit: Visit) -> Callable[[Any], Any]:
    """Return what says when an alert is due; nothing is due of one that rests."""

    def shown(kept: Any) -> Any:
        alert = kept.alert
        if alert.state.value not in WAITING:
            return None
        return due_text(visit.t, alert.due_at, visit.now, alert.first_seen_at)

    return shown


# One alert ------------------------------------------------------------------------------------


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
        said=lambda text: text,
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
