"""What the pages of service points show: the register, and everything around one point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from api.console.staff.desk import line
from api.console.staff.grade_parts import GradeParts, parts_of
from api.console.staff.times import midnight
from api.geography import names
from api.problems import Problem, invalid_field
from pos_sim.domain.calendar import business_date, in_local_time
from pos_sim.domain.money import in_yuan
from pos_sim.domain.requests import Business
from pos_sim.domain.transactions import Transaction
from pos_sim.store.home_first import Place, list_home_first
from pos_sim.store.queries import Page, TransactionFilter, list_transactions
from pos_sim.store.query_points import (
    PointFilter,
    PointRecord,
    count_points,
    points_by_id,
)
from risk import cases
from risk.approvals import Approval, pending_approvals
from risk.audit_log import Entry, Wanted, list_entries
from risk.case_by_staff import open_by_staff
from risk.case_opening import Wish
from risk.control_wishes import LIMITED, SWITCHED
from risk.controls import KIND as CONTROL
from risk.onboarding import KIND as POINT
from risk.onboarding import OPERATOR
from risk.store import case_rows, control_rows
from risk.store.alert_rows import KeptAlert
from risk.store.case_rows import CaseFilter
from risk.store.control_rows import KeptControl
from risk.store.grade_rows import GradeRow, grades_of
from risk.store.read_alerts import AlertFilter, list_alerts
from risk.workflow import Actor, Case, CaseKind

PAGE = 25
PROVINCE = "52"
"""How the codes of the counties of Guizhou begin."""

MOST_ALERTS, MOST_TRANSACTIONS, MOST_GRADES, MOST_CASES, MOST_ENTRIES = 30, 12, 24, 60, 100
BUSINESSES = tuple(one for one in Business if one in SWITCHED)
LIMITABLE = tuple(one.value for one in BUSINESSES if one in LIMITED)
USUAL_CONTROL = timedelta(days=30)
OFF, LIMIT, LIFT = "off", "limit", "lift"


# The register -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the register, and how many there are in all."""

    page: Page[PointRecord]
    count: int


def listed(connection: Connection, wanted: PointFilter, after: Place | None) -> Listed:
    """Return a page of the register, the points of the province first."""
    page = list_home_first(connection, wanted, PROVINCE, PAGE, after)
    return Listed(page, count_points(connection, wanted))


def codes_named(text: str) -> frozenset[str]:
    """Return the codes of the counties and towns whose names hold a text.

    >>> sorted(codes_named("开阳县"))
    ['520121']
    """
    return frozenset(code for code, name in names().items() if text in name)


# One point --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PointDesk:
    """One point with everything around it."""

    point: PointRecord
    grades: Sequence[GradeRow]
    parts: GradeParts | None
    alerts: Sequence[KeptAlert]
    cases: Sequence[Case]
    controls: Sequence[tuple[KeptControl, datetime | None]]
    transactions: Sequence[Transaction]
    entries: Sequence[Entry]
    operator_entries: Sequence[Entry]
    pending: Mapping[str, Approval]
    """What waits for a second person, by business; ``""``: about the freeze case."""

    @property
    def open_cases(self) -> list[Case]:
        return [case for case in self.cases if case.is_open]

    @property
    def open_alerts(self) -> list[KeptAlert]:
        return [kept for kept in self.alerts if kept.alert.is_open]

    @property
    def binding(self) -> list[KeptControl]:
        """The controls that nobody has ended."""
        return [kept for kept, ended in self.controls if ended is None]

    @property
    def freeze(self) -> Case | None:
        """The open freeze case."""
        return next((case for case in self.open_cases if case.kind is CaseKind.FREEZE), None)

    @property
    def freeze_moves(self) -> list[str]:
        """What may be done now about freezing; a case that waits offers nothing."""
        if self.freeze is None:
            may_open = self.point.status in ("trial", "open", "rectifying")
            return ["freeze", "emergency_freeze"] if may_open else []
        pending = self.pending.get("")
        found = cases.available(self.freeze, pending.approval_id if pending else None)
        return [move.action for move in found if move.action in ("freeze", "emergency_freeze")]


def desk_of(connection: Connection, point_id: str) -> PointDesk:
    """Return the desk of a point; 404 where there is none."""
    point = points_by_id(connection, [point_id]).get(point_id)
    if point is None:
        raise Problem("not-found")
    grades = grades_of(connection, point_id, MOST_GRADES)
    about = AlertFilter(service_point_id=point_id)
    found_cases = case_rows.list_cases(
        connection, CaseFilter(service_point_id=point_id), MOST_CASES, None
    ).items
    moved = TransactionFilter(service_point_id=point_id)
    return PointDesk(
        point=point,
        grades=grades,
        parts=parts_of(grades[0]) if grades else None,
        alerts=list_alerts(connection, about, MOST_ALERTS, None).items,
        cases=found_cases,
        controls=control_rows.ever_at(connection, point_id, MOST_CASES),
        transactions=list_transactions(connection, moved, MOST_TRANSACTIONS, None).items,
        entries=entries_about(connection, POINT, point_id),
        operator_entries=entries_about(connection, OPERATOR, point.operator_id),
        pending=waiting(connection, point_id, found_cases),
    )


def entries_about(connection: Connection, kind: str, subject: str) -> Sequence[Entry]:
    wanted = Wanted(subject_kind=kind, subject_id=subject)
    return list_entries(connection, wanted, MOST_ENTRIES, None).items


def waiting(connection: Connection, point_id: str, found: Sequence[Case]) -> dict[str, Approval]:
    """Return what waits for a second person about a point's businesses and its freezing."""
    subjects = {f"{point_id} {business.value}": business.value for business in BUSINESSES}
    pending = pending_approvals(connection, CONTROL, list(subjects))
    result = {subjects[subject]: approval for subject, approval in pending.items()}
    freezes = [one.case_id for one in found if one.is_open and one.kind is CaseKind.FREEZE]
    for approval in pending_approvals(connection, cases.KIND, freezes).values():
        result[""] = approval
    return result


# What may be done -------------------------------------------------------------------------------


def freeze(
    connection: Connection, point_id: str, action: str, note: str, by: str, at: datetime
) -> str:
    """Propose a freeze, or freeze for a day, in the open freeze case or a new one; return its id.

    Raises what `open_by_staff` and `cases.act` do.
    """
    found = case_rows.open_at(connection, point_id)
    case = next((one for one in found if one.kind is CaseKind.FREEZE), None)
    if case is None:
        wish = Wish(kind=CaseKind.FREEZE, service_point_id=point_id, reason=note, by=by, at=at)
        case = open_by_staff(connection, wish)
    cases.act(connection, case.case_id, action, actor=Actor(by), at=at, note=note, data={})
    return case.case_id


def control_fields(form: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Return the form of a control as the body that the API takes.

    A control holds through the whole last day.
    """
    what = form.get("what", "")
    if what not in (OFF, LIMIT, LIFT):
        raise invalid_field("what", "请选择 · Please choose")
    fields: dict[str, Any] = {
        "business": form.get("business", ""),
        "allowed": what != OFF,
        "reason": line(form, "reason"),
        "until": in_local_time(now + timedelta(days=1)),
    }
    if what == LIMIT:
        fields["limit_fen"] = fen_of(form.get("limit", ""), "limit")
    if what != LIFT:
        last = day_of(form.get("until", ""), "until")
        fields["until"] = in_local_time(midnight(last + timedelta(days=1)))
    return fields


def fen_of(text: str, field: str) -> int:
    """Return an amount in yuan, as people write it, in fen; 422 where it is none.

    >>> fen_of("1,500.5", "limit"), fen_of(" 0 ", "limit")
    (150050, 0)
    """
    plain = text.strip().replace(",", "").replace("，", "")
    yuan, _, rest = plain.partition(".")
    if not (yuan.isdecimal() and yuan.isascii() and len(yuan) <= 10):
        raise invalid_field(field, "请填金额（元） · An amount in yuan, please")
    if rest and not (rest.isdecimal() and rest.isascii() and len(rest) <= 2):
        raise invalid_field(field, "最多到分 · At most two decimals")
    return int(yuan) * 100 + int(rest.ljust(2, "0") or 0)


def typed_yuan(fen: int) -> str:
    """Return an amount as people type it, in yuan.

    >>> typed_yuan(200_000), typed_yuan(150)
    ('2000', '1.50')
    """
    return in_yuan(fen).replace(",", "").removesuffix(".00")


def day_of(text: str, field: str) -> date:
    """Return a day as a browser sends it; 422 where it is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise invalid_field(field, "请选择日期 · A date, please") from None


def usual_end(now: datetime) -> date:
    """Return the day that the form of a control proposes as its last."""
    return business_date(now) + USUAL_CONTROL
