"""`pos-sim incentives`: what every point earned in a month, and what is stopped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Annotated

import typer

from api.cli.options import DatabaseUrl, Json, fail, opened, print_json, settings_of
from api.models.incentives import IncentiveShown
from pos_sim.domain.calendar import business_date
from pos_sim.domain.money import Fen, in_yuan
from pos_sim.engine.sandbox import Sandbox
from risk.incentive_statements import OfMonth, statements

PAGE = 500


def incentives(
    month: Annotated[
        str | None, typer.Option("--month", help="YYYY-MM; this month, if absent.")
    ] = None,
    point: Annotated[str, typer.Option("--point", help="One service point.")] = "",
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Show the monthly statements of commission and subsidy; nothing is posted."""
    sandbox = opened(settings_of(database_url=database_url))
    try:
        today = business_date(sandbox.clock.now())
        first = today.replace(day=1) if month is None else first_of(month)
        pages = list(pages_of(sandbox, first, point))
    finally:
        sandbox.database.close_now()
    items = [IncentiveShown.of(one) for page in pages for one in page.items]
    if point and not items:
        fail(f"没有这个服务点 · No such service point: {point}")
    if as_json:
        print_json([item.model_dump() for item in items])
        return
    for item in items:
        typer.echo(f"{item.service_point_id}  {item.star_grade}★  {item.text} {item.text_en}")
    typer.echo(total_line(pages[0], items))


def first_of(month: str) -> date:
    """Return the first day of a month; anything else is wrong usage."""
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        fail(f"月份须为 YYYY-MM · Not a month: {month}")


def pages_of(sandbox: Sandbox, first: date, point: str) -> Iterator[OfMonth]:
    """Give all statements of a month, some points at a time."""
    after, now = "", sandbox.clock.now()
    while True:
        look = partial(statements, month=first, now=now, point=point, after=after, most=PAGE)
        page = sandbox.database.read_now(look)
        yield page
        if len(page.items) < PAGE:
            return
        after = page.items[-1].point.point


def total_line(page: OfMonth, items: list[IncentiveShown]) -> str:
    """Return the last line: the month, its policy, and the sums."""
    payable = in_yuan(Fen(sum(item.payable_fen for item in items)))
    stopped = in_yuan(Fen(sum(item.stopped_fen for item in items)))
    return (
        f"{page.month:%Y-%m} {page.policy.title} · {page.policy.title_en}:"
        f" {len(items)} 个服务点 points, 应发 payable {payable} 元, 停发 stopped {stopped} 元"
    )
