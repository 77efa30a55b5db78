"""Service points, their terminals, their operators, and what each status lets them do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pos_sim.domain.accounts import AccountId
from pos_sim.domain.hot import hot_dataclass
from pos_sim.domain.money import Fen
from pos_sim.domain.requests import Business
from pos_sim.domain.tariff import Channel


class PointStatus(StrEnum):
    """The life of a service point."""

    TRIAL = "trial"  # 试营业
    OPEN = "open"  # 正常
    RECTIFYING = "rectifying"  # 限期整改
    FROZEN = "frozen"  # 冻结
    EXITED = "exited"  # 退出


class PointKind(StrEnum):
    """Where a point stands (transcript `30:10`, `14:03`)."""

    TOWNSHIP = "township"  # 乡镇
    VILLAGE = "village"  # 村组
    SUBURB = "suburb"  # 城郊
    COUNTY_SEAT = "county_seat"  # 县郊/县城
    RESETTLEMENT = "resettlement"  # 易地搬迁安置点


class TerminalKind(StrEnum):
    """The machine at the counter."""

    POS = "pos"
    ATM = "atm"
    MOBILE = "mobile"


CHANNELS = {kind: Channel(kind.value) for kind in TerminalKind}
"""The channel under which the tariff knows each kind of terminal."""


class Ability(StrEnum):
    """What a point may do at all, before business switches are asked."""

    SERVE = "serve"
    REVERSE = "reverse"


ABILITIES: dict[PointStatus, frozenset[Ability]] = {
    PointStatus.TRIAL: frozenset(Ability),  # once its operator is trained
    PointStatus.OPEN: frozenset(Ability),
    PointStatus.RECTIFYING: frozenset(Ability),  # single businesses are switched off by controls
    PointStatus.FROZEN: frozenset({Ability.REVERSE}),
    PointStatus.EXITED: frozenset({Ability.REVERSE}),
}

AT_THE_COUNTER = frozenset(Business) - {Business.CHARGE}

OFFERED: dict[TerminalKind, frozenset[Business]] = {
    TerminalKind.POS: AT_THE_COUNTER,
    TerminalKind.MOBILE: AT_THE_COUNTER,
    TerminalKind.ATM: frozenset(
        {Business.WITHDRAWAL, Business.TRANSFER, Business.BALANCE_INQUIRY, Business.REVERSAL}
    ),
}
"""The businesses that each kind of terminal offers."""


@dataclass(frozen=True, slots=True)
class Control:
    """业务控制: one business switched off or limited at a point, until a moment or for good."""

    business: Business
    allowed: bool
    limit: Fen | None
    until: datetime | None

    def is_in_force(self, moment: datetime) -> bool:
        """Say whether the control still binds at ``moment``."""
        return self.until is None or moment < self.until


@hot_dataclass(frozen=True, slots=True)
class ServicePoint:
    """One service point as the group holds it locked."""

    service_point_id: str
    bank_id: str
    kind: PointKind
    status: PointStatus
    county: str
    operator_is_trained: bool
    operator_account_id: AccountId
    controls: tuple[Control, ...]

    @property
    def serves(self) -> bool:
        """Whether the point may do business at all."""
        if self.status is PointStatus.TRIAL and not self.operator_is_trained:
            return False
        return Ability.SERVE in ABILITIES[self.status]


@hot_dataclass(frozen=True, slots=True)
class Terminal:
    """One terminal with its binding; ``service_point_id`` None: bound to no point."""

    terminal_id: str
    kind: TerminalKind
    serial: str
    service_point_id: str | None
    till_account_id: AccountId | None

    @property
    def is_atm(self) -> bool:
        return self.kind is TerminalKind.ATM
