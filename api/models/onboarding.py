"""新增、培训、开业 What staff send to change the register, and what opening answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.models.fields import (
    NO_CONTROLS,
    AccountNo,
    Body,
    Latitude,
    Longitude,
    PersonName,
    TerminalId,
    TerminalSerial,
)
from api.models.risk_rules import Note
from api.models.tariff import BankId
from api.words import broken_rule
from pos_sim.domain.money import ZERO, Fen, yuan
from pos_sim.domain.opening import Condition
from pos_sim.domain.service_points import PointKind, TerminalKind
from pos_sim.domain.training import FULL_SCORE, LOWEST_PASS_MARK, USUAL_PASS_MARK, Result, Subject
from pos_sim.engine.opening import NewPoint
from pos_sim.engine.operators import Operator
from pos_sim.engine.relations import Kinship, Relation
from pos_sim.engine.terminals import NewTerminal

MOST_OPENING = yuan(500_000)
"""No till, cassette set or operator's account begins with more."""

OpeningFen = Annotated[int, Field(strict=True, ge=0, le=MOST_OPENING)]
ClockTime = Annotated[
    str,
    Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", description="HH:MM", examples=["08:00"]),
]
PlaceName = Annotated[
    str, Field(min_length=1, max_length=40, pattern=NO_CONTROLS, examples=["青山村"])
]


class RelationBody(Body):
    """自有关系 One card or account of the operator's own people: exactly one of the two."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["account_no"], "properties": {"account_no": {"type": "string"}}},
                {"required": ["card_id"], "properties": {"card_id": {"type": "string"}}},
            ]
        }
    )

    relation: Kinship
    name: PersonName
    account_no: AccountNo | None = None
    card_id: Annotated[str, Field(pattern="^[0-9]{1,12}$")] | None = None

    @model_validator(mode="after")
    def names_one(self) -> Self:
        """Want ``account_no`` or ``card_id``, and not both."""
        if (self.account_no is None) == (self.card_id is None):
            raise broken_rule(
                "card_id",
                "account_no 与 card_id 二选一 · Exactly one of account_no and card_id",
            )
        return self

    def relation_wished(self) -> Relation:
        return Relation(
            relation=self.relation,
            name=self.name,
            account_no=self.account_no,
            card_id=int(self.card_id) if self.card_id else None,
        )


class OperatorBody(Body):
    """服务点负责人 Who runs the point, with the cards and accounts of their own people."""

    name: PersonName
    account_no: AccountNo | None = Field(
        default=None,
        description="An operator's account of theirs at this bank; absent: one is opened",
    )
    deposit_fen: OpeningFen = Field(default=0, description="Paid into the new account, fen")
    relations: Annotated[Sequence[RelationBody], Field(max_length=20)] = ()

    def wish(self) -> Operator:
        return Operator(
            name=self.name,
            account_no=self.account_no,
            deposit=Fen(self.deposit_fen),
            relations=[one.relation_wished() for one in self.relations],
        )


class OperatorChangeBody(OperatorBody):
    """A new operator; with `operator_id` of the present one, an update of their entry."""

    operator_id: Annotated[str, Field(pattern="^[0-9A-Za-z-]{1,16}$")] | None = Field(
        default=None, description="Only to update the entry of who is the operator now"
    )


class PlaceBody(Body):
    """Degrees, WGS 84."""

    latitude: Latitude
    longitude: Longitude


POINT_EXAMPLE: dict[str, Any] = {
    "name": "青山村便民超市",
    "bank_id": "gyb",
    "kind": "village",
    "county": "520121",
    "town": "520121103",
    "village": "青山村",
    "position": {"latitude": 27.08, "longitude": 106.81},
    "opens": "08:00",
    "closes": "19:00",
    "till_fen": 2_000_000,
    "operator": {"name": "王小满", "deposit_fen": 5_000_000},
}


class ServicePointBody(Body):
    """新增服务点 A point that begins on trial."""

    model_config = ConfigDict(json_schema_extra={"examples": [POINT_EXAMPLE]})

    name: Annotated[str, Field(min_length=2, max_length=60, pattern=NO_CONTROLS)]
    bank_id: BankId
    kind: PointKind
    county: Annotated[str, Field(pattern="^[0-9]{6}$", description="Code of 6 digits")]
    town: Annotated[str, Field(pattern="^[0-9]{9}$", description="Code of 9 digits")]
    village: PlaceName
    position: PlaceBody
    opens: ClockTime
    closes: ClockTime
    market_day: date | None = Field(
        default=None, description="Any day on which the town has its market (every fifth day)"
    )
    till_fen: OpeningFen = Field(default=0, description="备付现金 Banknotes to begin with, fen")
    operator: OperatorBody

    @model_validator(mode="after")
    def closes_after_it_opens(self) -> Self:
        """Want hours within one day."""
        if self.closes <= self.opens:
            raise broken_rule("closes", "须晚于开门时间 · Must be later than `opens`")
        return self

    def wish(self) -> NewPoint:
        return NewPoint(
            name=self.name,
            bank_id=self.bank_id,
            kind=self.kind,
            county=self.county,
            town=self.town,
            village=self.village,
            latitude=self.position.latitude,
            longitude=self.position.longitude,
            opens_minute=minutes(self.opens),
            closes_minute=minutes(self.closes),
            market_day=self.market_day,
            till=Fen(self.till_fen),
            operator=self.operator.wish(),
        )


def minutes(clock_time: str) -> int:
    """Return minutes after midnight.

    >>> minutes("08:30")
    510
    """
    return int(clock_time[:2]) * 60 + int(clock_time[3:])


class TerminalBody(Body):
    """布放终端 A machine from the store room by its number, or a new one with kind and serial."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "pos", "serial": "SN52010123000001"}]}
    )

    terminal_id: TerminalId | None = Field(
        default=None, description="Absent: the next free number of the prefecture"
    )
    kind: TerminalKind | None = None
    serial: TerminalSerial | None = None
    cassettes_fen: OpeningFen = Field(default=0, description="Of an ATM, fen")

    def wish(self) -> NewTerminal:
        return NewTerminal(
            terminal_id=self.terminal_id,
            kind=self.kind,
            serial=self.serial,
            cassettes=Fen(self.cassettes_fen) if self.cassettes_fen else ZERO,
        )


class TrainingBody(Body):
    """培训成绩 One examination of the point's operator; the latest of each subject counts."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"subject": "counterfeit_notes", "score": 92, "date": "2026-03-02"}]
        }
    )

    subject: Annotated[
        Subject,
        Field(
            description="`terminal_operation` 机器设备操作 · `safe_card_use` 安全用卡常识 ·"
            " `counterfeit_notes` 假币识别 · `operational_risk` 业务操作风险防控"
        ),
    ]
    score: Annotated[int, Field(strict=True, ge=0, le=FULL_SCORE)]
    pass_mark: Annotated[int, Field(strict=True, ge=LOWEST_PASS_MARK, le=FULL_SCORE)] = (
        USUAL_PASS_MARK
    )
    day: Annotated[date, Field(alias="date", description="Of the examination; not in the future")]

    def result(self) -> Result:
        return Result(
            subject=self.subject, score=self.score, pass_mark=self.pass_mark, taken_on=self.day
        )


class OpeningBody(Body):
    """申请开业 Why it may open."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "试营业合格，申请开业"}]})

    note: Note


class ConditionShown(BaseModel):
    """One condition of opening."""

    name: str
    title: str
    title_en: str
    is_met: bool

    @classmethod
    def of(cls, condition: Condition) -> Self:
        return cls(
            name=condition.name,
            title=condition.title,
            title_en=condition.title_en,
            is_met=condition.is_met,
        )


class OpeningShown(BaseModel):
    """A point that waits for a second person to open it."""

    service_point_id: str
    status: str
    approval_id: str
    conditions: list[ConditionShown]
