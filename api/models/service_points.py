"""Service points, operators and terminals as the register shows them."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import BaseModel, Field

from pos_sim.domain.calendar import in_local_time
from pos_sim.domain.service_points import Control
from pos_sim.store.query_points import Balance, PointRecord, TerminalRecord
from pos_sim.store.query_relations import RelationRecord


class PlaceShown(BaseModel):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


class TillShown(BaseModel):
    """备付现金 The banknotes as the books have them; below zero it is the operator's own cash."""

    account_no: str
    balance_fen: int | None = Field(description="fen")

    @classmethod
    def of(cls, till: Balance) -> Self:
        return cls(account_no=till.account_no, balance_fen=till.balance)


class TerminalShown(BaseModel):
    """终端 One machine and its binding."""

    terminal_id: str
    kind: str = Field(description="`pos` · `atm` · `mobile`")
    serial: str
    service_point_id: str | None = Field(description="null: bound to no point, answers 97")
    bank_id: str | None
    till: TillShown | None

    @classmethod
    def of(cls, terminal: TerminalRecord) -> Self:
        return cls(
            terminal_id=terminal.terminal_id,
            kind=terminal.kind,
            serial=terminal.serial,
            service_point_id=terminal.service_point_id,
            bank_id=terminal.bank_id,
            till=TillShown.of(terminal.till) if terminal.till else None,
        )


class TrainingShown(BaseModel):
    """培训 One of the four subjects; 先培训后上岗 asks for all of them."""

    subject: str
    title: str
    title_en: str
    result: str = Field(description="`pass` · `fail` · `open`: not examined yet")
    score: int | None
    pass_mark: int | None = Field(default=None, description="null: from before marks were kept")
    day: date | None = Field(serialization_alias="date", validation_alias="date")
    attempts: int | None = None


class RelationShown(BaseModel):
    """自有关系 One account of the operator's own people, and the card to it."""

    relation: str = Field(
        description="`self` · `spouse` · `parent` · `child` · `sibling` · `staff`"
    )
    name: str
    account_id: int
    account_no: str
    card_id: str | None
    card_no_masked: str | None

    @classmethod
    def of(cls, one: RelationRecord) -> Self:
        return cls(
            relation=one.relation,
            name=one.name,
            account_id=one.account_id,
            account_no=one.account_no,
            card_id=None if one.card_id is None else str(one.card_id),
            card_no_masked=one.card_masked,
        )


class OperatorShown(BaseModel):
    """服务点负责人 with training state. Money and relations are shown to staff keys only."""

    operator_id: str
    name: str
    is_trained: bool
    trained_on: date | None
    training: list[TrainingShown] = Field(description="One object a subject, with its result")
    account_no: str
    balance_fen: int | None = Field(description="Settlement account, fen; null to terminals")
    relations: list[RelationShown] | None = Field(
        description="Own and related accounts and cards; null to terminals"
    )


class ControlShown(BaseModel):
    """业务控制 One business switched off or limited at a point."""

    business: str
    allowed: bool
    limit_fen: int | None = Field(description="Daily limit, fen")
    until: str | None = Field(description="null: for good")

    @classmethod
    def of(cls, control: Control) -> Self:
        return cls(
            business=control.business.value,
            allowed=control.allowed,
            limit_fen=control.limit,
            until=in_local_time(control.until) if control.until else None,
        )


class ServicePointShown(BaseModel):
    """服务点 One service point."""

    service_point_id: str
    name: str
    bank_id: str
    kind: str = Field(
        description="`township` · `village` · `suburb` · `county_seat` · `resettlement`"
    )
    status: str = Field(description="`trial` · `open` · `rectifying` · `frozen` · `exited`")
    county: str = Field(description="Code of 6 digits")
    county_name: str
    town: str = Field(description="Code of 9 digits")
    town_name: str
    village: str
    position: PlaceShown
    distance_m: float | None = Field(default=None, description="From `near`, metres")
    opens: str = Field(description="HH:MM, local time")
    closes: str = Field(description="HH:MM, local time")
    opened_on: date | None
    star_grade: int
    tier: str = Field(description="`A` · `B` · `C` · `D`, the strictest")
    operator: OperatorShown
    terminals: list[TerminalShown]
    controls: list[ControlShown]
    till: TillShown


class ServicePointPage(BaseModel):
    """A page of service points."""

    items: list[ServicePointShown]
    next_cursor: str | None


def operator_shown(point: PointRecord, *, to_staff: bool) -> OperatorShown:
    """Return the operator; what is nobody else's business goes to staff only."""
    return OperatorShown(
        operator_id=point.operator_id,
        name=point.operator_name,
        is_trained=point.operator_trained_on is not None,
        trained_on=point.operator_trained_on,
        training=[TrainingShown.model_validate(result) for result in point.training],
        account_no=point.operator_account.account_no,
        balance_fen=point.operator_account.balance if to_staff else None,
        relations=[RelationShown.of(one) for one in point.relations] if to_staff else None,
    )


def point_shown(
    point: PointRecord, *, county_name: str, town_name: str, to_staff: bool,
    distance_m: float | None = None,
) -> ServicePointShown:  # fmt: skip
    """Return a service point as it is shown."""
    return ServicePointShown(
        service_point_id=point.service_point_id,
        name=point.name,
        bank_id=point.bank_id,
        kind=point.kind,
        status=point.status,
        county=point.county,
        county_name=county_name,
        town=point.town,
        town_name=town_name,
        village=point.village,
        position=PlaceShown(latitude=point.latitude, longitude=point.longitude),
        distance_m=distance_m,
        opens=clock_time(point.opens_minute),
        closes=clock_time(point.closes_minute),
        opened_on=point.opened_on,
        star_grade=point.star_grade,
        tier=point.tier,
        operator=operator_shown(point, to_staff=to_staff),
        terminals=[TerminalShown.of(terminal) for terminal in point.terminals],
        controls=[ControlShown.of(control) for control in point.controls],
        till=TillShown.of(point.till),
    )


def clock_time(minute: int) -> str:
    """Return minutes after midnight as a clock shows them.

    >>> clock_time(480), clock_time(1_439)
    ('08:00', '23:59')
    """
    return f"{minute // 60:02d}:{minute % 60:02d}"
