"""Lists and their entries in the database, and whether the things that they name exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, tuple_

from pos_sim.store.queries import Page
from pos_sim.store.rows import from_us, to_us
from pos_sim.store.sql import InsertSet, Statement
from risk.store.rule_tables import risk_list_entries, risk_lists

COLUMNS = ("entry_id", "name", "value", "from_us", "until_us", "source", "maker", "checker")
ROW = tuple(risk_list_entries.c[name] for name in COLUMNS)
PLACE = (risk_list_entries.c.from_us, risk_list_entries.c.entry_id)

LISTS = Statement("select name, kind, effect, title from risk_lists order by name")
INSERT_LIST = InsertSet(
    risk_lists, ["name", "kind", "effect", "title"], "on conflict (name) do nothing"
)
INSERT = InsertSet(risk_list_entries, COLUMNS)
CHANGE = Statement(
    "update risk_list_entries set until_us = :until_us, checker = :checker"
    " where entry_id = :entry_id"
)
ONE = Statement(
    f"select {', '.join(COLUMNS)} from risk_list_entries where entry_id = :entry_id"
    " {lock:risk_list_entries}"
)
ABOUT = Statement(
    f"select {', '.join(COLUMNS)} from risk_list_entries where name = :name and value = :value"
    " and until_us > :now_us"
)
COUNTS = Statement(
    "select name, count(*) from risk_list_entries where from_us <= :now_us and until_us > :now_us"
    " group by name"
)
CARD = Statement("select 1 from cards where card_id = :card_id")
ACCOUNT = Statement("select 1 from accounts where account_no = :value")
OPERATOR = Statement("select 1 from service_points where operator_id = :value limit 1")
TERMINAL = Statement("select 1 from terminals where terminal_id = :value")

CARD_ID_DIGITS = 12


@dataclass(frozen=True, slots=True)
class NamedList:
    """One list; ``effect`` is block or allow."""

    name: str
    kind: str
    effect: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One value on a list for a time; its end is outside."""

    entry_id: str
    name: str
    value: str
    since: datetime
    until: datetime
    reason: str
    maker: str
    checker: str | None = None


def lists_in(connection: Connection) -> list[NamedList]:
    """Return the lists that were written down."""
    return [NamedList(*row) for row in LISTS.rows(connection)]


def counts_in_force(connection: Connection, now: datetime) -> dict[str, int]:
    """Return how many entries of each list are in force."""
    return {row[0]: row[1] for row in COUNTS.rows(connection, now_us=to_us(now))}


def entries_of(
    connection: Connection,
    name: str,
    limit: int,
    after: tuple[int, str] | None,
    *,
    in_force_at: datetime | None,
) -> Page[Entry]:
    """Return the entries of a list, the newest first."""
    query = select(*ROW).where(risk_list_entries.c.name == name)
    if in_force_at is not None:
        query = query.where(risk_list_entries.c.until_us > to_us(in_force_at))
    if after is not None:
        query = query.where(tuple_(*PLACE) < tuple_(*after))
    query = query.order_by(*(column.desc() for column in PLACE)).limit(limit + 1)
    found = [_entry(tuple(row)) for row in connection.execute(query)]
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], (to_us(last.since), last.entry_id))


def write_list(connection: Connection, one: NamedList) -> None:
    INSERT_LIST.run(connection, [(one.name, one.kind, one.effect, one.title)])


def write_entry(connection: Connection, entry: Entry) -> None:
    INSERT.run(
        connection,
        [(
            entry.entry_id, entry.name, entry.value, to_us(entry.since), to_us(entry.until),
            entry.reason, entry.maker, entry.checker,
        )],
    )  # fmt: skip


def entry_of(connection: Connection, entry_id: str) -> Entry | None:
    """Return one entry, locked until the transaction ends."""
    found = ONE.rows(connection, entry_id=entry_id)
    return _entry(found[0]) if found else None


def entries_about(connection: Connection, name: str, value: str, now: datetime) -> list[Entry]:
    """Return the entries of a value that have not ended."""
    found = ABOUT.rows(connection, name=name, value=value, now_us=to_us(now))
    return [_entry(row) for row in found]


def change_entry(
    connection: Connection, entry_id: str, *, until: datetime, checker: str | None
) -> None:
    CHANGE.run(connection, entry_id=entry_id, until_us=to_us(until), checker=checker)


def _entry(row: Any) -> Entry:
    entry_id, name, value, since_us, until_us, reason, maker, checker = row
    return Entry(
        entry_id=entry_id,
        name=name,
        value=value,
        since=from_us(since_us),
        until=from_us(until_us),
        reason=reason,
        maker=maker,
        checker=checker,
    )


# Whether the things exist --------------------------------------------------------------------


def is_card(connection: Connection, value: str) -> bool:
    """Say whether a card has this id, written as the watch writes it: without leading zeros."""
    is_id = value.isascii() and value.isdigit() and len(value) <= CARD_ID_DIGITS
    return is_id and str(int(value)) == value and bool(CARD.rows(connection, card_id=int(value)))


def is_account(connection: Connection, value: str) -> bool:
    return bool(ACCOUNT.rows(connection, value=value))


def is_operator(connection: Connection, value: str) -> bool:
    return bool(OPERATOR.rows(connection, value=value))


def is_terminal(connection: Connection, value: str) -> bool:
    return bool(TERMINAL.rows(connection, value=value))
