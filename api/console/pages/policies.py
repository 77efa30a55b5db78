"""政策 Policies: fees, limits and waivers of a day, the fee calculator, and new versions."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path
from sqlalchemy import Connection
from starlette.responses import Response

from api.console.navigation import HOME
from api.console.staff import policies as desk
from api.console.staff.desk import ACTING, Clerk, Reader, Watch, body_of, line, read, show
from api.console.staff.policy_fields import told
from api.console.staff.policy_forms import price_fields
from api.console.staff.policy_texts import in_both
from api.console.visit import Visit
from api.models.tariff import FeeQuoteBody, Listed, PolicyBody
from api.problems import Problem
from api.routes.tariff import listed_policies
from pos_sim.domain.banks import BANKS
from pos_sim.domain.calendar import business_date
from pos_sim.domain.fees import Channel, Operation, Region
from pos_sim.domain.policy import Policy
from pos_sim.domain.policy_changes import changes_between
from risk.policy_drafts import propose_policy

router = APIRouter(prefix=f"{HOME}/policies")

VersionPath = Annotated[str, Path(pattern="^[0-9A-Za-z._-]{1,32}$")]

AT = f"{HOME}/policies"


def listed(visit: Visit) -> Any:
    """Return what reads every version, proposals included."""
    return partial(listed_policies, sandbox=visit.sandbox, to_staff=True)


# What holds on a day ----------------------------------------------------------------------------


@router.get("")
async def policies(visit: Reader, on: str = "") -> Response:
    """Limits, prices and waivers of a chosen day, and all versions."""
    today = business_date(visit.now)
    day = day_or(on, today)
    versions, at = await read(visit, listed(visit))
    policy = in_both(visit.sandbox.policies.on(day))
    holds, others = desk.sorted_waivers(policy, day)
    return show(
        visit, "policies.html", at, Watch(kinds=("policy",)), policy=policy, on=day, today=today,
        versions=versions[::-1], holds=holds, others=others, words=desk.Words(visit.t),
        may_act=visit.may(*ACTING),
    )  # fmt: skip


def day_or(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


# The fee calculator -----------------------------------------------------------------------------


@router.get("/calculator")
async def calculator(visit: Reader) -> Response:
    """What a business would cost, before and after its waiver; nothing is posted."""
    today = business_date(visit.now)
    asked = dict(visit.request.query_params)
    worked, status = None, 200
    if asked:
        try:
            body = body_of(FeeQuoteBody, desk.quote_fields(asked))
            worked = desk.worked_out(visit.sandbox.policies, body, body.as_of or today)
        except Problem as problem:
            status = problem.status_code
            visit.tell(problem)
    return visit.show(
        "calculator.html", status, asked=asked, worked=worked, wrong=visit.wrong, today=today,
        banks=BANKS, operations=[one.value for one in Operation], words=desk.Words(visit.t),
        channels=[one.value for one in Channel], regions=[one.value for one in Region],
        products=[one.value for one in desk.CARDS],
    )  # fmt: skip


# New versions -----------------------------------------------------------------------------------


@router.get("/new")
async def new_policy(visit: Clerk, base: str = "") -> Response:
    """The form of a new version, over one that is there."""
    return await new_page(200, visit=visit, base=base)


async def new_page(status: int, *, visit: Visit, base: str = "") -> Response:
    versions, at = await read(visit, listed(visit))
    today = business_date(visit.now)
    names = [one.policy.version for one in versions if one.row is None or one.row.checker]
    current = visit.sandbox.policies.on(today)
    policy = named(versions, visit.form.get("base") or base) or current
    document = orjson.loads(policy.canonical)
    return show(
        visit, "policy_new.html", at, Watch(), status=status, base=policy, names=names[::-1],
        document=document, limit_text=desk.limit_text, words=desk.Words(visit.t),
        prices=price_fields(policy, document),
        first_day=today + timedelta(days=1), paste=desk.PASTE,
    )  # fmt: skip


def named(versions: list[Listed], version: str) -> Policy | None:
    return next((one.policy for one in versions if one.policy.version == version), None)


@router.post("/new")
async def propose(visit: Clerk) -> Response:
    """Make a draft that waits for a second person."""
    form, now = visit.form, visit.now

    def work(connection: Connection) -> str:
        versions = listed_policies(connection, visit.sandbox, to_staff=True)
        base = named(versions, form.get("base", ""))
        base = base or visit.sandbox.policies.on(business_date(now))
        fields = {"document": desk.document_from(base, form), "note": line(form, "note")}
        body = body_of(PolicyBody, fields)
        made = propose_policy(
            connection, document=body.document, note=body.note,
            base=visit.sandbox.base_policies, by=visit.who.name, at=now,
        )  # fmt: skip
        return f"{AT}/{made.policy.version}"

    return await visit.do(
        work,
        to=lambda location: location,
        said="policies.said_proposed",
        again=partial(new_page, visit=visit),
    )


# One version ------------------------------------------------------------------------------------


@router.get("/{version}")
async def one_policy(visit: Reader, version: VersionPath) -> Response:
    """What it changes, who brought it in, and its whole document."""
    versions, at = await read(visit, listed(visit))
    found = next((one for one in versions if one.policy.version == version), None)
    if found is None:
        raise Problem("not-found")
    policy, before = in_both(found.policy), found.follows and in_both(found.follows)
    changes = told(visit.t, (policy, before), changes_between(before, policy)) if before else ()
    document = orjson.dumps(orjson.loads(found.policy.canonical), option=orjson.OPT_INDENT_2)
    return show(
        visit, "policy.html", at, Watch(kinds=("policy",)), found=found, policy=policy,
        changes=list(changes), document=document.decode(), may_act=visit.may(*ACTING),
    )  # fmt: skip
