"""What was decided, as plain records: the material for counting the definitions once more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, text

from pos_sim.store.rows import day_or_none, from_us

DECIDED = text(
    "select t.transaction_id, t.business, t.decided_us, t.business_date, t.service_point_id,"
    " t.terminal_id, t.card_id, c.account_id, t.payee_account_id, t.payee_account_no,"
    " coalesce(t.amount_fen, 0) as amount, t.response_code, t.original_id, t.available_us,"
    " t.balance_fen, t.fee_charged_fen, t.details, t.refusal, t.biller_id, t.bill_no,"
    " c.birth_date, c.county, m.kind, r.decided_us as undone_us"
    " from transactions t left join cards c on c.card_id = t.card_id"
    " left join terminals m on m.terminal_id = t.terminal_id"
    " left join transactions r on r.transaction_id = t.ended_by and r.business = 'reversal'"
    " order by t.decided_us, t.transaction_id"
)
POINTS = text(
    "select service_point_id, county, latitude, longitude, opens_minute, closes_minute,"
    " market_residue, opened_on, operator_id, operator_relations from service_points"
)


class Reading(NamedTuple):
    """Where a terminal said it was; degrees and meters."""

    latitude: float
    longitude: float
    accuracy_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One decided request."""

    event_id: str
    business: str
    at: datetime
    day: date
    point: str
    terminal: str
    terminal_kind: str
    card: int | None
    account: int | None
    payee: int | None
    payee_no: str | None
    payer: str | None
    amount: int
    code: str
    original: str | None
    arrives: datetime
    balance_before: int | None
    reason: str | None
    reading: Reading | None
    serial: str | None
    mode: str | None
    bill: str
    biller: str | None
    born: date | None
    county: str | None
    undone: datetime | None

    @property
    def moved(self) -> bool:
        return self.code == "00"

    @property
    def age(self) -> int:
        assert self.born is not None
        had_birthday = (self.day.month, self.day.day) >= (self.born.month, self.born.day)
        return self.day.year - self.born.year - (not had_birthday)

    @property
    def who(self) -> str | None:
        return str(self.card) if self.card else self.payer


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point on the register."""

    point: str
    county: str
    latitude: float
    longitude: float
    opens: int
    closes: int
    residue: int
    opened_on: date | None
    operator: str
    own_cards: frozenset[int]
    own_accounts: frozenset[int]

    def is_busy(self, day: date) -> bool:
        return day.toordinal() % 5 == self.residue or day.day == 10


def read_records(connection: Connection) -> list[Record]:
    return list(_records(connection))


def read_points(connection: Connection) -> dict[str, Point]:
    return {row.service_point_id: _point(row) for row in connection.execute(POINTS)}


def _records(connection: Connection) -> Iterator[Record]:
    for row in connection.execute(DECIDED):
        details: dict[str, Any] = orjson.loads(row.details) if row.details else {}
        day = day_or_none(row.business_date)
        assert day is not None
        position = details.get("position")
        before = None
        if row.response_code == "00" and row.balance_fen is not None:
            before = row.balance_fen + row.amount + row.fee_charged_fen
        yield Record(
            event_id=row.transaction_id,
            business=row.business,
            at=from_us(row.decided_us),
            day=day,
            point=row.service_point_id,
            terminal=row.terminal_id,
            terminal_kind=row.kind,
            card=row.card_id,
            account=row.account_id,
            payee=row.payee_account_id,
            payee_no=row.payee_account_no,
            payer=details.get("payer_name"),
            amount=row.amount,
            code=row.response_code,
            original=row.original_id,
            arrives=from_us(row.available_us or row.decided_us),
            balance_before=before,
            reason=details.get("reason"),
            reading=Reading(*position) if position else None,
            serial=details.get("terminal_serial"),
            mode=details.get("entry_mode"),
            bill=f"{row.biller_id}/{row.bill_no}",
            biller=row.biller_id,
            born=day_or_none(row.birth_date),
            county=row.county,
            undone=from_us(row.undone_us) if row.undone_us else None,
        )


def _point(row: Any) -> Point:
    people = orjson.loads(row.operator_relations)
    return Point(
        point=row.service_point_id,
        county=row.county,
        latitude=row.latitude,
        longitude=row.longitude,
        opens=row.opens_minute,
        closes=row.closes_minute,
        residue=row.market_residue,
        opened_on=day_or_none(row.opened_on),
        operator=row.operator_id,
        own_cards=frozenset(p["card_id"] for p in people if p["card_id"]),
        own_accounts=frozenset(p["account_id"] for p in people),
    )
