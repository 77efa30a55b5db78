"""预警处置 Alerts: the queue by urgency."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from api.console.navigation import HOME
from api.console.staff.desk import (
    Reader,
    Watch,
    address,
    next_page,
    one_of,
    part,
    read_list,
    show_list,
)
from api.console.staff.times import due_text
from api.console.visit import Visit
from api.paging import position_of
from pos_sim.domain.calendar import business_date
from pos_sim.store.queries import Page
from risk.alerts import State
from risk.releases import published
from risk.rules import RuleVersion
from risk.store.urgent_alerts import WAITING, Queued, QueueFilter, Waiting, count_waiting, queue
from risk.store.version_rows import all_versions
from risk.vocabulary import Severity

router = APIRouter(prefix=f"{HOME}/alerts")


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
        now=visit.now,
    )
    whose = visit.who.name if asked["mine"] else ""
    reading = await read_list(visit, ("alerts", *asked.values(), whose, cursor), look)
    found, waiting, rules = reading.found
    listed = part(
        visit, reading, "alerts_list.html",
        found=found.items, rules=rules, asked=asked,
        states=STATES, severities=SEVERITIES, dues=DUES, due_of=due_of(visit),
        next_page=next_page(f"{HOME}/alerts", asked, found.after),
    )  # fmt: skip
    return show_list(
        visit, "alerts.html", reading, Watch(kinds=("alert", "approval"), board=True),
        tabs=tabs(asked, waiting, visit.who.name), list=listed,
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
    connection: Connection, wanted: QueueFilter, after: Any, now: datetime
) -> tuple[Page[Queued], Waiting, list[RuleVersion]]:
    """Return a page of the queue, how many wait, and the rules that can be asked for."""
    rules = published(all_versions(connection)).in_force(business_date(now)).values()
    waiting = count_waiting(connection, now)
    return queue(connection, wanted, PAGE, after), waiting, list(rules)


def tabs(asked: dict[str, str], waiting: Waiting, who: str) -> list[dict[str, Any]]:
    """Return the ways into the queue that are used all day."""
    ways: tuple[tuple[str, dict[str, str], int | None], ...] = (
        ("alerts.tab_open", {}, waiting.all),
        ("alerts.tab_mine", {"mine": "1"}, waiting.of.get(who, 0)),
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
