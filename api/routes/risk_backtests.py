"""回测 Back-tests: what a proposal would have said about the past."""

from __future__ import annotations

import asyncio
from functools import partial
from threading import Lock

from fastapi import APIRouter

from api.desk import InSandbox
from api.models.risk_backtests import BacktestBody, BacktestShown
from api.openapi import problems
from api.problems import SOON, Problem
from api.quick import JsonRoute
from api.routes.risk_work import ActingKey, refusals
from pos_sim.engine.sandbox import Sandbox
from risk.backtest import Question, Result, backtest

router = APIRouter(prefix="/v1/risk", tags=["风险 Risk"], route_class=JsonRoute)

ONE_AT_A_TIME = Lock()
"""A back-test costs seconds of a processor that the counter needs too."""


@router.post(
    "/backtests",
    summary="回测 Back-test a rule",
    responses=problems(401, 403, 404, 405, 413, 415, 422, 500, 503),
)
async def backtest_rule(_key: ActingKey, sandbox: InSandbox, body: BacktestBody) -> BacktestShown:
    """Roles `maker` and `checker`. Judges the stored transactions twice, by the code that judges
    live ones: with what was in force each day, and with the changes, both as if enforced. Nothing
    is kept.

    Where history is shorter than the longest window, or has too many transactions, it is 422; one
    at a time, others are 503 `busy`.
    """
    return BacktestShown.of(body, await judged(sandbox, body.question()))


async def judged(sandbox: Sandbox, question: Question) -> Result:
    """Do a back-test beside everything else; 503 while another one is at it."""
    work = partial(backtest, question=question, policies=sandbox.policies, now=sandbox.clock.now())
    if not ONE_AT_A_TIME.acquire(blocking=False):
        raise Problem("busy", headers=SOON)
    try:
        with refusals():
            return await asyncio.to_thread(sandbox.database.read_now, work)
    finally:
        ONE_AT_A_TIME.release()
