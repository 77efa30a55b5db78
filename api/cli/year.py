"""`pos-sim year`: a whole year of real volumes, its report in words, as JSON, and as a page."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

import migrations
from api.cli.options import DEFAULT_SEED, DatabaseUrl, Json, WorldSeed, fail, settings_of
from api.cli.progress import ShownProgress
from api.composition import sandbox_over
from api.settings import data_folder
from pos_sim.policies import shipped
from pos_sim.store.database import Database, StoreError
from pos_sim.store.world import read_world
from risk.monitor import RiskMonitor
from seeds.sizes import Size
from seeds.traffic.day import shipped_rhythm
from seeds.year.html import page_of
from seeds.year.lines import YearReport
from seeds.year.opening import YearRefused, plan_for, prepare_year
from seeds.year.report import as_dict, as_text, is_near, report_of
from seeds.year.run import YearRun
from seeds.year.seasons import days_in, shipped_seasons

SENT_PERCENT = 103
"""So many requests, about, make a hundred that succeed: mistakes and reversals beside them."""


def year(
    bank: Annotated[str, typer.Option(help="Whose record is compared with.")] = "gyb",
    year: Annotated[int, typer.Option(help="Which year.")] = 2025,
    size: Annotated[Size, typer.Option(envvar="POS_SIM_SIZE", help="How large.")] = Size.BANK,
    seed: WorldSeed = DEFAULT_SEED,
    days: Annotated[int | None, typer.Option(min=1, max=366, help="Only so many days.")] = None,
    months: Annotated[int | None, typer.Option(min=1, max=12, help="Only so many months.")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Begin anew instead of going on where it was.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option(help="Where the page goes; default: beside the database.")
    ] = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Live through a year of service points, and compare it with what the bank reported.

    A run that was interrupted goes on where it was. 1 if the audit finds anything, or if counts
    or yuan are more than a percent off the record.
    """
    record = shipped_rhythm().record
    if bank != record.bank_id or year != record.year:
        fail(f"只有 {record.bank_id} {record.year} 年的记录 · The only record is that of this year")
    if days is not None and months is not None:
        fail("天数与月数只给一个 · Give days or months, not both")
    last = last_day(year, days, months)
    url = database_url or file_url(size, seed, anew=again)
    report = lived_through(url, size, seed, year, last)
    page = html or data_folder() / f"year-{year}-{size.value}-{seed}.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(page_of(report), "utf-8")
    if as_json:
        typer.echo(json.dumps(as_dict(report), ensure_ascii=False))
    else:
        typer.echo(as_text(report), nl=False)
        typer.echo(f"网页报告 Page: {page}")
    if report.audit or not is_near(report):
        raise typer.Exit(1)


def lived_through(url: str, size: Size, seed: int, year: int, last: date) -> YearReport:
    """Go on to ``last`` in the world of ``url``, and report."""
    settings = settings_of(database_url=url)
    database = Database(settings.database_url)
    try:
        with ShownProgress() as progress:
            migrations.upgrade(database.sync_engine)
            clock = prepare_year(database, size, seed, year, datetime.now(UTC), progress)
            world = database.read_now(read_world)
            assert world is not None
            if (world.size, world.seed) != (size.value, seed):
                fail(f"这里是另一个世界 · Another world: {world.size} {world.seed}")
            monitor = RiskMonitor(shipped())
            sandbox = sandbox_over(database, world, settings, clock=clock, monitor=monitor)
            rhythm = shipped_rhythm()
            work = partial(plan_for, year=year, record=rhythm.record, seasons=shipped_seasons())
            run = YearRun(sandbox, database.read_now(work), rhythm, seed)
            progress.start(f"{year} 年 Year {year}", run.left(last) * SENT_PERCENT // 100)
            run.go_on(last, progress)
            progress.start("汇总与审计 Figures and audit", 1)
            return report_of(run, last)
    except (YearRefused, StoreError) as error:
        fail(str(error), 1)
    finally:
        database.close_now()


def last_day(year: int, days: int | None, months: int | None) -> date:
    """Return the last day that is asked for: the year's, unless it shall be shorter."""
    new_year = date(year, 1, 1)
    if days is not None:
        return new_year + timedelta(days=min(days, days_in(year)) - 1)
    if months is not None and months < 12:
        return date(year, months + 1, 1) - timedelta(days=1)
    return date(year, 12, 31)


def file_url(size: Size, seed: int, *, anew: bool) -> str:
    """Return the address of a file of its own; ``anew`` removes what is there."""
    file = data_folder() / f"year-{size.value}-{seed}.db"
    if anew:
        for name in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
            name.unlink(missing_ok=True)
    return f"sqlite:///{file}"
