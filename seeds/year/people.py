"""What staff and the clock did in a year, and how the network stands: counts from the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection

from pos_sim.store.sql import Statement
from risk.live.rows import start_us_of
from risk.vocabulary import Tier
from risk.workflows import WORKFLOWS
from seeds.year.lines import CountLine

IDLE = Statement(
    "select clause, band, count(distinct service_point_id) from risk_hits where rule_id = 'R21'"
    " and outcome = 'hit' and at_us >= :since_us and at_us < :until_us group by clause, band"
)
STATUSES = Statement(
    "select status, count(*) from service_points where bank_id <> 'out' group by status"
)
BY_STATE = Statement("select kind, state, count(*) from cases group by kind, state")
GRADED = Statement(
    "select month, star_grade, tier, count(*) from point_grades"
    " where month = (select max(month) from point_grades) group by month, star_grade, tier"
)
TIER_CHANGES = Statement("select count(*) from point_grades where tier <> tier_before")
BY_VERDICT = Statement("select state, verdict, count(*) from risk_alerts group by state, verdict")

STATUS_TITLES = {
    "trial": ("试营业", "On trial"),
    "open": ("正常营业", "Open"),
    "rectifying": ("限期整改", "Under rectification"),
    "frozen": ("冻结", "Frozen"),
    "exited": ("已退出", "Exited"),
}
ALERT_TITLES = {
    "new": ("新建", "New"),
    "assigned": ("已分派", "Assigned"),
    "investigating": ("核查中", "Being looked into"),
    "escalated": ("已升级", "Escalated"),
    "suppressed": ("已抑制", "Suppressed"),
    "confirmed": ("已关闭, 属实", "Closed: confirmed"),
    "false_alarm": ("已关闭, 误报", "Closed: false alarm"),
    "undetermined": ("已关闭, 无法认定", "Closed: undetermined"),
}
IDLE_TITLES = {
    ("idle", 1): ("闲置 30 日, 记录备查", "Idle for 30 days: noted"),
    ("idle", 2): ("闲置 90 日, 走访", "Idle for 90 days: pay a visit"),
    ("idle", 3): ("闲置 180 日, 研究退出", "Idle for 180 days: consider closing"),
    ("never_used", 1): ("开业以来从未使用, 走访", "Never used since it opened: pay a visit"),
}


def idle_lines(connection: Connection, first: date, last: date) -> list[CountLine]:
    """Return at how many points the patrol noted each degree of idleness (R21)."""
    since_us, until_us = start_us_of(first.toordinal()), start_us_of(last.toordinal() + 1)
    found = {
        (clause, band): int(count)
        for clause, band, count in IDLE.rows(connection, since_us=since_us, until_us=until_us)
    }
    return [
        CountLine(key=f"{clause}-{band}", title=zh, title_en=en, count=found.get((clause, band), 0))
        for (clause, band), (zh, en) in IDLE_TITLES.items()
    ]


def status_lines(connection: Connection) -> list[CountLine]:
    """Return how many points have each status at the end."""
    found = {status: int(count) for status, count in STATUSES.rows(connection)}
    return titled(found, STATUS_TITLES)


def workflow_lines(connection: Connection) -> list[CountLine]:
    """Return how many cases of each kind the year opened, and where they stand."""
    found = {(kind, state): int(count) for kind, state, count in BY_STATE.rows(connection)}
    lines = []
    for kind, workflow in WORKFLOWS.items():
        states = [(state, found.get((kind.value, state.name), 0)) for state in workflow.states]
        count = sum(number for _, number in states)
        title, title_en = workflow.title, workflow.title_en
        lines.append(CountLine(key=kind.value, title=title, title_en=title_en, count=count))
        lines += [
            CountLine(
                key=f"{kind.value}.{state.name}",
                title=f"　{state.title}",
                title_en=state.title_en,
                count=number,
            )
            for state, number in states
            if number
        ]
    return lines


def alert_lines(connection: Connection) -> list[CountLine]:
    """Return where the alerts of the year stand, the closed ones by verdict."""
    found = {verdict or state: int(count) for state, verdict, count in BY_VERDICT.rows(connection)}
    return titled(found, ALERT_TITLES)


def grade_lines(connection: Connection) -> list[CountLine]:
    """Return how many points the latest monthly grading gave each star and tier; none: no lines."""
    graded = [
        (str(month), int(star), tier, int(count))
        for month, star, tier, count in GRADED.rows(connection)
    ]
    if not graded:
        return []
    month = graded[0][0]
    stars, tiers = Counter[int](), Counter[str]()
    for _, star, tier, count in graded:
        stars[star] += count
        tiers[tier] += count
    moved = int(TIER_CHANGES.rows(connection)[0][0])
    return [
        *(line(f"star-{n}", f"{month} {n} 星", f"{n} stars", stars[n]) for n in range(5, 0, -1)),
        *(line(f"tier-{t}", f"{month} {t} 档", f"tier {t}", tiers[t]) for t in Tier),
        line("tier-changes", "各月升降档合计", "changes of tier in all months", moved),
    ]


def line(key: str, title: str, title_en: str, count: int) -> CountLine:
    return CountLine(key=key, title=title, title_en=title_en, count=count)


def titled(found: Mapping[str, int], titles: Mapping[str, tuple[str, str]]) -> list[CountLine]:
    """Return one line a title, and one for each count that has none."""
    more = {key: (key, key) for key in sorted(found.keys() - titles.keys())}
    return [
        CountLine(key=key, title=zh, title_en=en, count=found.get(key, 0))
        for key, (zh, en) in {**titles, **more}.items()
    ]
