"""What happened, out of the database: rows of the outbox turned into what a page shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, select

from api.geography import name_of
from pos_sim.domain.calendar import SHANGHAI
from pos_sim.domain.codes import CODES
from pos_sim.domain.requests import Business
from pos_sim.domain.transactions import Transaction
from pos_sim.store.book_rows import read_transactions
from pos_sim.store.outbox import STAFF, TRANSACTIONS, Place, Row, rows_after
from pos_sim.store.queries import TransactionFilter, list_transactions
from pos_sim.store.tables import service_points

MOST_ROWS = 400
"""So many rows become one message; a reader that lags more reads again at once."""

Names = dict[str, tuple[str, str]]
"""Name and county code of the points that were met so far, by id."""


@dataclass(slots=True)
class News:
    """What the rows of one reading say; ``world`` when it was set back to its seed."""

    place: Place
    new: list[Transaction] = field(default_factory=list)
    changed: list[Transaction] = field(default_factory=list)
    staff: list[Sequence[str]] = field(default_factory=list)
    world: bool = False
    is_full: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.new or self.changed or self.staff or self.world)


def read_news(
    connection: Connection, after: Place, names: Names, until: Place | None = None
) -> News:
    """Return what became final behind a place, and learn the names of its points."""
    rows = rows_after(connection, after, MOST_ROWS)
    if until is not None:
        rows = [row for row in rows if row.place <= until]
    news = News(rows[-1].place if rows else after, is_full=len(rows) == MOST_ROWS)
    new, changed = ids_in(rows, news)
    found = read_transactions(connection, [*new, *changed]) if new or changed else {}
    news.new = [found[i] for i in new if i in found and is_at_counter(found[i])]
    news.changed = [found[i] for i in changed if i in found]
    learn_names(connection, news.new, names)
    return news


def ids_in(rows: Iterable[Row], news: News) -> tuple[list[str], list[str]]:
    """Return the new and the changed transactions of rows; the rest goes into the news."""
    new: list[str] = []
    changed: list[str] = []
    for row in rows:
        body = orjson.loads(row.body)
        if row.topic == TRANSACTIONS:
            new += body[0]
            changed += body[1]
        elif row.topic == STAFF:
            news.staff += body
        else:
            news.world = True
    return new, changed


def recent(connection: Connection, most: int, names: Names) -> Sequence[Transaction]:
    """Return the newest transactions, the newest first."""
    page = list_transactions(connection, TransactionFilter(), most, None)
    found = [one for one in page.items if is_at_counter(one)]
    learn_names(connection, found, names)
    return found


def is_at_counter(one: Transaction) -> bool:
    """Say whether a terminal asked for it; charges the bank posts by itself."""
    return one.business != Business.CHARGE.value


def learn_names(connection: Connection, found: Iterable[Transaction], names: Names) -> None:
    wanted = {one.service_point_id for one in found if one.service_point_id} - names.keys()
    if not wanted:
        return
    p = service_points.c
    query = select(p.service_point_id, p.name, p.county).where(p.service_point_id.in_(wanted))
    for point_id, name, county in connection.execute(query):
        names[point_id] = (name, county)


def shown(one: Transaction, names: Names) -> dict[str, Any]:
    """Return a transaction as the page wants it; texts of refusals in both languages."""
    local = one.decided_at.astimezone(SHANGHAI)
    name, county = names.get(one.service_point_id or "", ("", ""))
    code = CODES[one.response_code]
    said = [code.meaning.partition("（")[0], code.text_en]
    return {
        "i": one.transaction_id,
        "d": f"{local:%m-%d}",
        "t": f"{local:%H:%M:%S}",
        "p": one.service_point_id,
        "n": name or one.terminal_id,
        "g": county,
        "c": name_of(county) if county else "",
        "b": one.business,
        "a": one.amount,
        "k": one.card_masked,
        "r": one.response_code,
        "s": one.status.value,
        **({} if one.response_code == "00" else {"x": said}),
    }


def changed_shown(one: Transaction) -> dict[str, str]:
    """Return what became of a transaction that was seen before."""
    return {"i": one.transaction_id, "s": one.status.value}
