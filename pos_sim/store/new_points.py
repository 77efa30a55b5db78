"""Writing the register: new points, terminals, operators and their training. Rows come locked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection

from pos_sim.domain.service_points import PointStatus
from pos_sim.domain.training import TITLES, Line, Record, Result, Subject, trained_on
from pos_sim.store.new_ids import LOCK
from pos_sim.store.rows import day_or_none, to_day
from pos_sim.store.sql import InsertSet, Statement
from pos_sim.store.tables import service_points, terminals

SPARES_FROM = 9_800
"""Terminal numbers from here on are for machines in store rooms."""

LOCK_POINT = Statement(
    "select service_point_id, bank_id, status, county, name, opened_on, operator_id, operator_name,"
    " operator_account_id, till_account_id, operator_training, operator_relations"
    " from service_points where service_point_id = :point {lock:service_points}"
)
HIGHEST_SERIAL = Statement(
    "select max(cast(substr(service_point_id, 10) as integer)) from service_points"
    " where service_point_id like :prefix"
)
IN_VILLAGE = Statement(
    "select bank_id, name from service_points where town = :town and village = :village"
    " and status <> 'exited'"
)
MARKET_OF_TOWN = Statement("select max(market_residue) from service_points where town = :town")
POINT_COLUMNS = [column.name for column in service_points.columns]
INSERT_POINT = InsertSet(service_points, POINT_COLUMNS)

TERMINAL = Statement(
    "select terminal_id, kind, serial, service_point_id from terminals"
    " where terminal_id = :terminal_id {lock:terminals}"
)
SERIAL_TAKEN = Statement(
    "select 1 from terminals where serial = :serial and terminal_id <> :terminal_id"
)
HIGHEST_TERMINAL = Statement(
    "select max(terminal_id) from terminals where terminal_id >= :low and terminal_id < :high"
)
COUNT_TERMINALS = Statement("select count(*) from terminals where service_point_id = :point")
INSERT_TERMINAL = InsertSet(terminals, [column.name for column in terminals.columns])
BIND = Statement(
    "update terminals set service_point_id = :point, till_account_id = :till"
    " where terminal_id = :terminal_id and service_point_id is null"
)

OPERATOR = Statement(
    "update service_points set operator_id = :operator_id, operator_name = :operator_name,"
    " operator_account_id = :operator_account_id, operator_relations = :operator_relations,"
    " status = :status"
    " where service_point_id = :point"
)
TRAINING = Statement(
    "update service_points set operator_training = :training, operator_trained_on = :trained_on"
    " where service_point_id = :point"
)
OPEN = Statement(
    "update service_points set status = 'open', opened_on = coalesce(opened_on, :opened_on)"
    " where service_point_id = :point"
)

ACCOUNTS = Statement(
    "select account_no, account_id, bank_id, kind, name, is_open from accounts"
    " where account_no {in:numbers text}"
)
CARDS = Statement(
    "select card_id, account_id, holder_name from cards where card_id {in:cards bigint}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedPoint:
    """One point of the register, its row locked until the transaction ends."""

    service_point_id: str
    bank_id: str
    status: PointStatus
    county: str
    name: str
    opened_on: date | None
    operator_id: str
    operator_name: str
    operator_account_id: int
    till_account_id: int
    training: Record
    relations: Sequence[dict[str, Any]]


def lock_point(connection: Connection, point: str) -> LockedPoint:
    """Lock a point and return it; `LookupError` where there is none."""
    found = LOCK_POINT.rows(connection, point=point)
    if not found:
        raise LookupError(point)
    (
        point_id, bank_id, status, county, name, opened_on, operator_id, operator_name,
        account_id, till_id, training, relations,
    ) = found[0]  # fmt: skip
    return LockedPoint(
        service_point_id=point_id,
        bank_id=bank_id,
        status=PointStatus(status),
        county=county,
        name=name,
        opened_on=day_or_none(opened_on),
        operator_id=operator_id,
        operator_name=operator_name,
        operator_account_id=account_id,
        till_account_id=till_id,
        training=training_of(training),
        relations=orjson.loads(relations),
    )


def next_point_id(connection: Connection, county: str) -> str:
    """Return the next number of a county; who else wants one waits."""
    if connection.dialect.name != "sqlite":
        connection.execute(LOCK, {"name": "new ids of service_points"})
    ((highest,),) = HIGHEST_SERIAL.rows(connection, prefix=f"SP{county}-%")
    return f"SP{county}-{(highest or 0) + 1:04d}"


def insert_point(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write a point that has a value for every column."""
    INSERT_POINT.run(connection, [tuple(values[name] for name in POINT_COLUMNS)])


def names_in_village(connection: Connection, town: str, village: str) -> list[tuple[str, str]]:
    """Return bank and name of the points in a village; those that exited are gone."""
    found = IN_VILLAGE.rows(connection, town=town, village=village)
    return [(row[0], row[1]) for row in found]


def market_of_town(connection: Connection, town: str) -> int | None:
    """Return the market day that the town's other points know, as a residue of five."""
    found: int | None = MARKET_OF_TOWN.rows(connection, town=town)[0][0]
    return found


def next_terminal_id(connection: Connection, prefecture: str) -> str | None:
    """Return the next free number of a prefecture, None when they have run out."""
    if connection.dialect.name != "sqlite":
        connection.execute(LOCK, {"name": "new ids of terminals"})
    high = f"{prefecture}{SPARES_FROM:04d}"
    ((highest,),) = HIGHEST_TERMINAL.rows(connection, low=f"{prefecture}0000", high=high)
    number = int(highest[4:]) + 1 if highest else 1
    return f"{prefecture}{number:04d}" if number < SPARES_FROM else None


def count_terminals(connection: Connection, point: str) -> int:
    return int(COUNT_TERMINALS.rows(connection, point=point)[0][0])


def accounts_by_no(connection: Connection, numbers: Collection[str]) -> dict[str, Any]:
    """Return ``account_id, bank_id, kind, name, is_open`` by account number."""
    found = ACCOUNTS.rows(connection, numbers=sorted(numbers)) if numbers else ()
    return {row[0]: tuple(row[1:]) for row in found}


def cards_by_id(connection: Connection, cards: Collection[int]) -> dict[int, tuple[int, str]]:
    """Return account and holder's name by card."""
    found = CARDS.rows(connection, cards=sorted(cards)) if cards else ()
    return {row[0]: (row[1], row[2]) for row in found}


def write_training(connection: Connection, point: str, record: Record) -> None:
    day = trained_on(record)
    TRAINING.run(
        connection,
        point=point,
        training=training_text(record),
        trained_on=day.isoformat() if day else None,
    )


def training_text(record: Record) -> str:
    """Return a record as the column keeps it: one object a subject."""
    return orjson.dumps([_shown(line) for line in record]).decode()


def training_of(text: str) -> Record:
    """Return the record that a column keeps; what was never examined is open."""
    kept = {item["subject"]: item for item in orjson.loads(text or "[]")}
    return tuple(_line(subject, kept.get(subject)) for subject in Subject)


def _shown(line: Line) -> dict[str, Any]:
    title, title_en = TITLES[line.subject]
    result = line.result
    word = "open" if result is None else "pass" if result.is_passed else "fail"
    return {
        "subject": line.subject.value,
        "title": title,
        "title_en": title_en,
        "result": word,
        "score": result.score if result else None,
        "date": result.taken_on.isoformat() if result else None,
        "pass_mark": result.pass_mark if result else None,
        "attempts": line.attempts,
    }


def _line(subject: Subject, item: dict[str, Any] | None) -> Line:
    if item is None or item["score"] is None:
        return Line(subject, attempts=item.get("attempts", 0) if item else 0)
    # A result from before the register kept pass marks counts as it was judged then.
    mark = item.get("pass_mark")
    if mark is None:
        mark = item["score"] + (0 if item["result"] == "pass" else 1)
    result = Result(
        subject=subject, score=item["score"], pass_mark=mark, taken_on=to_day(item["date"])
    )
    return Line(subject, result, item.get("attempts", 1))
