"""规则 Rules of the watch: what is in force, what it did, and proposals for new versions."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import Connection

from api.auth import StaffKey
from api.desk import InSandbox
from api.models.risk_rules import (
    ClauseShown,
    NewVersion,
    RuleList,
    RuleShown,
    RuleSummary,
    StatisticsShown,
    VersionBody,
    VersionShown,
    VersionStatus,
)
from api.openapi import problems
from api.problems import Problem
from api.quick import JsonRoute
from api.routes.risk_work import ActingKey, doing
from pos_sim.domain.calendar import business_date
from risk.releases import KIND, as_shipped, propose_version, published
from risk.rules import RuleVersion
from risk.store.approval_rows import pending_of
from risk.store.rule_figures import RuleFigures, dropped_versions, figures_of
from risk.store.version_rows import LIVE, VersionRow, all_versions

router = APIRouter(prefix="/v1/risk/rules", tags=["风险 Risk"], route_class=JsonRoute)

RulePath = Annotated[
    str, Path(pattern="^[0-9A-Za-z]{1,8}$", description="规则号", examples=["R01"])
]


@router.get("", summary="规则 List rules", responses=problems(401, 403, 405, 500, 503))
async def list_rules(_key: StaffKey, sandbox: InSandbox) -> RuleList:
    """Every rule with the version in force and what it did lately. Staff only."""
    return await sandbox.database.read(partial(rule_list, now=sandbox.clock.now()))


@router.get(
    "/{rule_id}",
    summary="规则 One rule",
    responses=problems(401, 403, 404, 405, 422, 500, 503),
)
async def find_rule(_key: StaffKey, sandbox: InSandbox, rule_id: RulePath) -> RuleShown:
    """Clauses, parameters with units and bounds, versions, statistics. Staff only."""
    look = partial(one_rule, rule_id=rule_id, now=sandbox.clock.now())
    found = await sandbox.database.read(look)
    if found is None:
        raise Problem("not-found")
    return found


@router.post(
    "/{rule_id}/versions",
    status_code=201,
    summary="新版本 Propose a version",
    responses=problems(401, 403, 404, 405, 409, 413, 415, 422, 500, 503),
)
async def propose_rule_version(
    key: ActingKey, sandbox: InSandbox, rule_id: RulePath, body: VersionBody
) -> NewVersion:
    """Roles `maker` and `checker`. Makes a draft and an approval; what is in force stays.

    A version that the rulebook would refuse is 422 with rule and field, and nothing is kept. An
    approved one counts from its first day, or from the approval where that comes later.
    """
    work = partial(
        propose_version, change=body.change(rule_id), maker=key.name, at=sandbox.clock.now()
    )
    row, approval = await doing(sandbox, work)
    made = VersionShown.of_row(row, "pending", approval.approval_id)
    return NewVersion(rule_id=row.rule_id, **made.model_dump())


def rule_list(connection: Connection, now: datetime) -> RuleList:
    """Return all rules as staff see them."""
    versions = published(all_versions(connection)).in_force(business_date(now))
    figures = figures_of(connection, versions.keys(), now)
    breaks = dropped_versions(connection)
    return RuleList(
        items=[
            summary(version, figures[rule_id], is_dropped=(rule_id, version.version) in breaks)
            for rule_id, version in versions.items()
        ]
    )


def one_rule(connection: Connection, rule_id: str, now: datetime) -> RuleShown | None:
    """Return one rule with its versions."""
    rows, today = all_versions(connection), business_date(now)
    version = published(rows).in_force(today).get(rule_id)
    if version is None:
        return None
    figures = figures_of(connection, [rule_id], now)[rule_id]
    is_dropped = (rule_id, version.version) in dropped_versions(connection)
    own = [row for row in rows if row.rule_id == rule_id]
    names = [f"{rule_id}-{row.version}" for row in own]
    pending = pending_of(connection, KIND, names)
    return RuleShown(
        **dict(summary(version, figures, is_dropped=is_dropped)),
        clauses=[ClauseShown.of(clause) for clause in version.clauses],
        versions=versions_shown(rule_id, own, pending, version, today),
    )


def summary(version: RuleVersion, figures: RuleFigures, *, is_dropped: bool) -> RuleSummary:
    return RuleSummary(
        rule_id=version.rule_id,
        title=version.title,
        title_en=version.title_en,
        intent=version.intent,
        intent_en=version.intent_en,
        lane=version.lane.value,
        businesses=sorted(business.value for business in version.businesses),
        feeds=[feed.value for feed in version.feeds],
        version=version.version,
        mode=version.mode,
        effective_from=version.effective_from,
        is_dropped=is_dropped,
        statistics=StatisticsShown.of(figures),
    )


def versions_shown(
    rule_id: str,
    own: list[VersionRow],
    pending: dict[str, str],
    current: RuleVersion,
    today: date,
) -> list[VersionShown]:
    """Return all versions of a rule, the newest first."""
    shipped = [one for one in as_shipped().versions if one.rule_id == rule_id]
    found = [
        VersionShown.of_shipped(one, status_of(one.version, one.effective_from, current, today))
        for one in shipped
    ]
    for row in own:
        status = status_of(row.version, row.effective_from, current, today)
        approval_id = pending.get(f"{rule_id}-{row.version}")
        found.append(VersionShown.of_row(row, status if row.status == LIVE else "pending",
                                         approval_id))  # fmt: skip
    return sorted(found, key=lambda version: -version.version)


def status_of(version: int, first_day: date, current: RuleVersion, today: date) -> VersionStatus:
    """Return where a published version stands today."""
    if version == current.version:
        return "in_force"
    return "upcoming" if first_day > today else "superseded"
