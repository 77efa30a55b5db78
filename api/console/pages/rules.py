"""规则 Rules: the rulebook in plain words, versions side by side, back-tests, and new versions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path
from sqlalchemy import Connection
from starlette.responses import Response

from api.console.navigation import HOME
from api.console.staff import rule_conditions as conditions
from api.console.staff import rule_sides as sides
from api.console.staff import rules as desk
from api.console.staff.desk import ACTING, Clerk, Reader, Watch, body_of, line, one_of, read, show
from api.console.staff.rule_fields import FieldWords
from api.console.staff.rule_forms import (
    JSON_FIELD,
    SEVERITIES,
    TIERS,
    decisions_of,
    fields_of,
    params_from,
)
from api.console.staff.rule_numbers import TYPED
from api.console.visit import Visit
from api.models.risk_backtests import BacktestBody
from api.models.risk_rules import DECISION_NAMES, VersionBody
from api.problems import Problem, invalid_field
from api.routes.risk_backtests import judged
from pos_sim.domain.calendar import business_date
from pos_sim.domain.transactions import Transaction
from pos_sim.store.book_rows import read_transactions
from pos_sim.store.query_points import PointRecord, points_by_id
from pos_sim.store.rows import from_us
from risk.backtest import Result
from risk.comparison import Case
from risk.releases import propose_version
from risk.replay import days_needed
from risk.store.stored_requests import first_day_of_history
from risk.vocabulary import Lane, Mode, Tier

router = APIRouter(prefix=f"{HOME}/rules")

RulePath = Annotated[str, Path(pattern="^[0-9A-Za-z]{1,8}$")]

LANES = tuple(lane.value for lane in Lane)
MODES = tuple(mode.value for mode in Mode)
EVERY_TIER = tuple(tier.value for tier in Tier)
USUAL_DAYS = 28
MOST_SHOWN = 50
GROUPS = ("gained", "lost", "kept")


# The rulebook -----------------------------------------------------------------------------------


@router.get("")
async def rulebook(visit: Reader, lane: str = "", mode: str = "", q: str = "") -> Response:
    """Every rule with what it did lately."""
    asked = {"lane": one_of(lane, LANES), "mode": one_of(mode, MODES), "q": q.strip()[:40]}
    found, at = await read(visit, partial(desk.rulebook, now=visit.now))
    return show(
        visit, "rules.html", at, Watch(kinds=("rule_version",)), asked=asked, lanes=LANES,
        modes=MODES, found=[one for one in found if is_asked(one, asked)],
    )  # fmt: skip


def is_asked(one: desk.Listed, asked: dict[str, str]) -> bool:
    version = one.version
    texts = (version.rule_id, version.title, version.title_en, version.intent, version.intent_en)
    return (
        asked["lane"] in ("", version.lane.value)
        and asked["mode"] in ("", version.mode.value)
        and any(asked["q"].lower() in text.lower() for text in texts)
    )


# One rule ---------------------------------------------------------------------------------------


@router.get("/{rule_id}")
async def one_rule(visit: Reader, rule_id: RulePath, a: str = "", b: str = "") -> Response:
    """What it says, what it did, its versions, and the form of a new one."""
    return await rule_page(200, visit=visit, rule_id=rule_id, a=a, b=b)


async def rule_page(
    status: int, *, visit: Visit, rule_id: str, a: str = "", b: str = ""
) -> Response:
    def look(connection: Connection) -> tuple[desk.RuleDesk, int | None]:
        return desk.desk_of(connection, rule_id, visit.now), first_day_of_history(connection)

    (found, history), at = await read(visit, look)
    version, words = found.version, desk.Words(visit.t)
    left, right = chosen(found, a, b)
    return show(
        visit, "rule.html", at, Watch(kinds=("rule_version",)), status=status, desk=found,
        rule=version, words=words, path=f"{HOME}/rules/{rule_id}",
        left=left, right=right, compared=compared(found, left, right, words),
        clauses=fields_of(version), fields=FieldWords(visit.t, version),
        guard_ops=conditions.ops_in(visit.t),
        guard_facts=conditions.choices_in(visit.t, version.lane),
        severities=SEVERITIES, decisions=decisions_of(version), decision_names=DECISION_NAMES,
        modes=MODES, tiers=TIERS, every_tier=EVERY_TIER, typed_in=TYPED,
        guards=conditions.guard_rows(visit.t, json.loads(version.canonical), visit.form),
        may_act=visit.may(*ACTING), period=usual_period(version, history, business_date(visit.now)),
        first_day=date.fromordinal(business_date(visit.now).toordinal() + 1),
    )  # fmt: skip


def chosen(found: desk.RuleDesk, a: str, b: str) -> tuple[int, int]:
    """Return which two versions stand side by side: as asked, else the latest and its base."""
    numbers = sorted(found.texts)
    wanted = [int(one) for one in (a, b) if one.isascii() and one.isdecimal()]
    known = [one for one in wanted if one in found.texts]
    if len(known) == 2:
        return known[0], known[1]
    return numbers[max(len(numbers) - 2, 0)], numbers[-1]


def compared(
    found: desk.RuleDesk, left: int, right: int, words: desk.Words
) -> Sequence[sides.SideBySide]:
    if left == right:
        return ()
    return sides.side_by_side(found.texts[left], found.texts[right], words)


def usual_period(version: Any, history: int | None, today: date) -> tuple[date, date]:
    """Return the days that a back-test proposes: the latest that have enough history before."""
    last = desk.day_before(today)
    first = date.fromordinal(last.toordinal() - USUAL_DAYS + 1)
    if history is None:
        return first, last
    earliest = date.fromordinal(history + days_needed(version))
    return min(max(first, earliest), last), last


@router.post("/{rule_id}")
async def act(visit: Clerk, rule_id: RulePath) -> Response:
    """Back-test what the form changes, or propose it."""
    if visit.form.get("do") == "backtest":
        return await backtest(visit, rule_id)
    return await propose(visit, rule_id)


async def propose(visit: Visit, rule_id: str) -> Response:
    """Make a draft that waits for a second person."""
    form, now = visit.form, visit.now

    def work(connection: Connection) -> str:
        found = desk.desk_of(connection, rule_id, now)
        fields = {
            "params": params_from(found.version, form),
            "mode": form.get("mode", ""),
            "effective_from": form.get("effective_from", ""),
            "note": line(form, "note"),
        }
        refuse_nothing(found, fields)
        change = body_of(VersionBody, fields).change(rule_id)
        row, _ = propose_version(connection, change, visit.who.name, now)
        return f"{HOME}/rules/{rule_id}?a={found.version.version}&b={row.version}#versions"

    return await visit.do(
        work,
        to=lambda location: location,
        said="rules.said_proposed",
        again=partial(rule_page, visit=visit, rule_id=rule_id),
    )


def refuse_nothing(found: desk.RuleDesk, fields: dict[str, Any]) -> None:
    """422 for a version that would be the one in force again."""
    if not fields["params"] and fields["mode"] == found.version.mode.value:
        raise invalid_field("mode", "没有任何改动 · Nothing is changed")


# Back-tests -------------------------------------------------------------------------------------


async def backtest(visit: Visit, rule_id: str) -> Response:
    """Judge the past with the changes, and show what would be gained, lost and kept."""
    form, now = visit.form, visit.now
    rule, _ = await read(visit, partial(desk.desk_of, rule_id=rule_id, now=now))
    again = partial(rule_page, visit=visit, rule_id=rule_id)
    try:
        fields = {"rule_id": rule_id, "params": params_from(rule.version, form),
                  "from": form.get("from", ""), "to": form.get("to", "")}  # fmt: skip
        body = body_of(BacktestBody, fields)
        result = await judged(visit.sandbox, body.question())
    except Problem as problem:
        if problem.status_code >= 500 and problem.kind.type != "busy":
            raise
        return await visit.refuse(problem, "", again)
    (found, points), at = await read(visit, partial(around, result=result))
    words = desk.Words(visit.t)
    return show(
        visit, "backtest.html", at, Watch(), rule=rule.version, body=body, result=result,
        words=words, path=f"{HOME}/rules/{rule_id}", groups=GROUPS, found=found,
        points=points, most=MOST_SHOWN, counts=counts(result), params=body.params,
        changes=[one for one in sides.side_by_side(rule.version, result.candidate, words)
                 if one.differs and one.field not in (*sides.OWN, "mode")],
        decision_names=DECISION_NAMES, json_field=JSON_FIELD, modes=MODES, from_us=from_us,
        first_day=date.fromordinal(business_date(now).toordinal() + 1),
    )  # fmt: skip


def around(
    connection: Connection, result: Result
) -> tuple[dict[str, Transaction], dict[str, PointRecord]]:
    """Return the transactions that are shown, and the points where they were."""
    cases = [one for group in GROUPS for one in getattr(result.cases, group)[:MOST_SHOWN]]
    found = read_transactions(connection, [one.event_id for one in cases])
    return found, points_by_id(connection, {one.point for one in cases if one.point})


def counts(result: Result) -> dict[str, dict[str, int]]:
    """Return, of each group, how many there are and what investigations found."""
    return {group: counted(getattr(result.cases, group)) for group in GROUPS}


def counted(cases: Sequence[Case]) -> dict[str, int]:
    verdicts = [one.verdict.value for one in cases if one.verdict]
    found = {name: verdicts.count(name) for name in ("confirmed", "false_alarm", "undetermined")}
    changed = sum(one.has_changed for one in cases)
    return {"all": len(cases), "changed": changed, **found}
