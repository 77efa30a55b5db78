"""新增服务点 New points, their terminals, operators and training, and the opening itself.

Every command works in the caller's transaction under the row lock of the point, so that the
next withdrawal there feels it. What cannot be raises one of `pos_sim.domain.mistakes`, and
`LookupError` where there is no such point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection

from pos_sim.domain.accounts import Kind
from pos_sim.domain.banks import BANKS
from pos_sim.domain.calendar import MARKET_DAYS
from pos_sim.domain.mistakes import AlreadyThere, Mistaken
from pos_sim.domain.money import ZERO, Fen
from pos_sim.domain.opening import (
    AFTER_NEW_OPERATOR,
    POINTS_A_VILLAGE,
    Ready,
    Step,
    require_ready,
    require_step,
)
from pos_sim.domain.service_points import PointKind, PointStatus, TerminalKind
from pos_sim.domain.training import UNTRAINED, Record, Result, after_result, trained_on
from pos_sim.engine.relations import Relation, relations_of
from pos_sim.store import new_points as store
from pos_sim.store.new_accounts import open_account
from pos_sim.store.new_points import LockedPoint, lock_point

OUTSIDE = "out"
"""The bank id of all banks outside the province."""

NEW_STAR_GRADE, NEW_TIER = 3, "B"
"""Where every point begins, until it is graded for the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """服务点负责人 as registered; ``account_no``: an operator's account of theirs that exists."""

    name: str
    account_no: str | None = None
    deposit: Fen = ZERO
    relations: Sequence[Relation] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPoint:
    """A point that somebody wishes for; the place is known to lie in its county."""

    name: str
    bank_id: str
    kind: PointKind
    county: str
    town: str
    village: str
    latitude: float
    longitude: float
    opens_minute: int
    closes_minute: int
    market_day: date | None
    till: Fen
    operator: Operator


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTerminal:
    """A machine to bind: one from the store room by its number, or a new one."""

    terminal_id: str | None
    kind: TerminalKind | None
    serial: str | None
    cassettes: Fen


def create_point(connection: Connection, wish: NewPoint, today: date) -> str:
    """Enter a point in `trial`, with operator, settlement account and till; return its id."""
    if wish.bank_id == OUTSIDE:
        raise Mistaken("bank_id", "省外银行不设服务点 · A bank outside the province has no points")
    # Whoever takes the next number waits for the one before, so the village is counted right.
    point_id = store.next_point_id(connection, wish.county)
    require_room(connection, wish)
    operator_id = point_id.replace("SP", "OP")
    bank, entry_id = BANKS[wish.bank_id], f"opening-{point_id}"
    operator, within = wish.operator, "operator."
    account_id = settlement_account(connection, wish.bank_id, operator, entry_id, today, within)
    relations = relations_of(connection, operator.name, account_id, operator.relations, within)
    till = open_account(
        connection,
        Kind.TILL,
        bank,
        f"{wish.name}备付现金",
        wish.till,
        entry_id=entry_id,
        day=today,
    )
    row: dict[str, Any] = {
        "service_point_id": point_id,
        "name": wish.name,
        "bank_id": wish.bank_id,
        "kind": wish.kind.value,
        "status": PointStatus.TRIAL.value,
        "county": wish.county,
        "town": wish.town,
        "village": wish.village,
        "latitude": wish.latitude,
        "longitude": wish.longitude,
        "opens_minute": wish.opens_minute,
        "closes_minute": wish.closes_minute,
        "market_residue": market_residue(connection, wish),
        "opened_on": None,
        "star_grade": NEW_STAR_GRADE,
        "tier": NEW_TIER,
        "operator_id": operator_id,
        "operator_name": wish.operator.name,
        "operator_trained_on": None,
        "operator_training": store.training_text(UNTRAINED),
        "operator_relations": orjson.dumps(relations).decode(),
        "operator_account_id": account_id,
        "till_account_id": till.account_id,
        "controls": "",
    }
    store.insert_point(connection, row)
    return point_id


def require_room(connection: Connection, wish: NewPoint) -> None:
    """Refuse a point that was registered before, and a fourth one in the village."""
    names = store.names_in_village(connection, wish.town, wish.village)
    if (wish.bank_id, wish.name) in names:
        raise AlreadyThere
    if len(names) >= POINTS_A_VILLAGE:
        raise Mistaken(
            "village",
            "该村已有三个服务点（银发〔2011〕177号） · The village has three points already",
        )


def market_residue(connection: Connection, wish: NewPoint) -> int:
    """Return on which of five days the town has its market: all its points know the same."""
    known = store.market_of_town(connection, wish.town)
    if wish.market_day is None:
        return int(wish.town) % MARKET_DAYS if known is None else known
    asked = wish.market_day.toordinal() % MARKET_DAYS
    if known not in (None, asked):
        raise Mistaken(
            "market_day", "与本镇其他服务点的赶集日不符 · The town's market is another day"
        )
    return asked


def bind_terminal(connection: Connection, point_id: str, wish: NewTerminal, today: date) -> str:
    """Bind a machine to a point; an ATM gets cassettes of its own. Return its number."""
    point = lock_point(connection, point_id)
    require_step(point.status, Step.TERMINAL)
    terminal_id = wish.terminal_id or new_terminal_id(connection, point)
    found = store.TERMINAL.rows(connection, terminal_id=terminal_id)
    if found:
        kind = kind_in_store_room(found[0], wish)
    else:
        kind = register_terminal(connection, terminal_id, wish)
    till_id = point.till_account_id
    if kind is TerminalKind.ATM:
        till_id = open_account(
            connection,
            Kind.TILL,
            BANKS[point.bank_id],
            f"自助取款机{terminal_id}钞箱",
            wish.cassettes,
            entry_id=f"opening-{point_id}-{terminal_id}",
            day=today,
        ).account_id
    elif wish.cassettes:
        raise Mistaken("cassettes_fen", "仅自助取款机有钞箱 · Only an ATM has cassettes")
    bound = store.BIND.run(connection, point=point_id, till=till_id, terminal_id=terminal_id)
    assert bound == 1
    return terminal_id


def new_terminal_id(connection: Connection, point: LockedPoint) -> str:
    made = store.next_terminal_id(connection, point.county[:4])
    if made is None:
        raise Mistaken("terminal_id", "本地区终端号已用完，请指定 · Numbers have run out: give one")
    return made


def kind_in_store_room(found: Any, wish: NewTerminal) -> TerminalKind:
    """Return the kind of a known machine, which must stand unbound and be as described."""
    _, kind, serial, bound_to = found
    if bound_to is not None:
        raise AlreadyThere
    if wish.serial not in (None, serial):
        raise Mistaken("serial", "与登记的序列号不符 · The register has another serial number")
    if wish.kind not in (None, kind):
        raise Mistaken("kind", "与登记的终端类型不符 · The register has another kind")
    return TerminalKind(kind)


def register_terminal(connection: Connection, terminal_id: str, wish: NewTerminal) -> TerminalKind:
    """Enter a machine that nobody knew."""
    if wish.kind is None or wish.serial is None:
        field = "kind" if wish.kind is None else "serial"
        raise Mistaken(field, "新终端须登记类型与序列号 · A new terminal needs kind and serial")
    if store.SERIAL_TAKEN.rows(connection, serial=wish.serial, terminal_id=terminal_id):
        raise AlreadyThere
    store.INSERT_TERMINAL.run(connection, [(terminal_id, wish.kind.value, wish.serial, None, None)])
    return wish.kind


def name_operator(
    connection: Connection, point_id: str, wish: Operator, today: date, *, same_person: bool
) -> LockedPoint:
    """Enter a new operator, untrained, or bring the present one's entry up to date.

    With a new operator an open point is on trial again. Returns the point as it was before.
    Somebody of the present one's name is taken for the present one sent twice: `AlreadyThere`.
    """
    point = lock_point(connection, point_id)
    require_step(point.status, Step.OPERATOR)
    if same_person:
        operator_id, account_id, status = (
            point.operator_id,
            point.operator_account_id,
            point.status,
        )
    elif wish.name == point.operator_name:
        raise AlreadyThere
    else:
        operator_id = next_operator_id(point.operator_id)
        account_id = settlement_account(
            connection, point.bank_id, wish, f"opening-{operator_id}", today
        )
        status = AFTER_NEW_OPERATOR[point.status]
        store.write_training(connection, point_id, UNTRAINED)
    relations = relations_of(connection, wish.name, account_id, wish.relations)
    store.OPERATOR.run(
        connection,
        point=point_id,
        operator_id=operator_id,
        name=wish.name,
        account_id=account_id,
        relations=orjson.dumps(relations).decode(),
        status=status.value,
    )
    return point


def next_operator_id(before: str) -> str:
    """Return the id of who follows at the same point.

    >>> next_operator_id("OP520121-0001"), next_operator_id("OP520121-0001-2")
    ('OP520121-0001-2', 'OP520121-0001-3')
    """
    first, _, turn = before[9:].partition("-")
    number = int(turn or 1) + 1
    made = f"{before[:9]}{first}-{number}"
    if len(made) > 16:
        raise Mistaken("name", "负责人更换次数已满 · No more changes of operator")
    return made


def settlement_account(
    connection: Connection,
    bank_id: str,
    wish: Operator,
    entry_id: str,
    today: date,
    within: str = "",
) -> int:
    """Return the operator's settlement account: one that exists, or a new one."""
    if wish.account_no is None:
        return open_account(
            connection,
            Kind.OPERATOR,
            BANKS[bank_id],
            wish.name,
            wish.deposit,
            entry_id=entry_id,
            day=today,
        ).account_id
    if wish.deposit:
        raise Mistaken(f"{within}deposit_fen", "仅新开账户可存入 · Only into a new account")
    found = store.accounts_by_no(connection, [wish.account_no]).get(wish.account_no)
    if found is None or found[1:] != (bank_id, Kind.OPERATOR.value, wish.name, True):
        raise Mistaken(
            f"{within}account_no",
            "须为本人在本行的负责人结算账户 · Must be an operator's account of theirs at this bank",
        )
    return int(found[0])


def record_training(
    connection: Connection, point_id: str, result: Result, today: date
) -> tuple[Record, Record]:
    """Enter a result; return the operator's record before and after."""
    point = lock_point(connection, point_id)
    require_step(point.status, Step.TRAINING)
    after = after_result(point.training, result, today)
    store.write_training(connection, point_id, after)
    return point.training, after


def readiness(connection: Connection, point: LockedPoint) -> Ready:
    """Return what decides whether a locked point can open."""
    return Ready(
        point.status,
        trained_on(point.training) is not None,
        store.count_terminals(connection, point.service_point_id),
    )


def open_point(connection: Connection, point_id: str, today: date) -> LockedPoint:
    """Open a point for good; the day of its first opening stays. Returns it as it was before."""
    point = lock_point(connection, point_id)
    require_ready(readiness(connection, point))
    store.OPEN.run(connection, point=point_id, opened_on=today.isoformat())
    return point
