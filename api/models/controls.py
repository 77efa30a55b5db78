"""Controls of single businesses of a point, as staff sends and reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from api.models.fields import Body
from api.models.risk_lists import Until
from api.models.risk_rules import Note
from pos_sim.domain.calendar import in_local_time
from pos_sim.domain.money import LARGEST, Fen
from pos_sim.domain.requests import Business
from risk.control_wishes import Wish
from risk.store.control_rows import KeptControl

ControlledWord = Literal[
    "withdrawal", "cash_remittance", "transfer", "bill_payment", "balance_inquiry"
]


class ControlBody(Body):
    """业务控制 One business off, or with a lower limit, at a point. Allowed without a limit lifts
    the control that is there."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "business": "withdrawal",
                    "allowed": False,
                    "reason": "整改期间暂停取款",
                    "until": "2026-04-01T00:00:00+08:00",
                }
            ]
        }
    )

    business: ControlledWord
    allowed: bool = Field(default=True, strict=True)
    limit_fen: Annotated[int, Field(strict=True, ge=0, le=LARGEST)] | None = Field(
        default=None, description="Lower daily limit of a card (a payee account), fen"
    )
    reason: Note
    until: Until

    def wish(self) -> Wish:
        """Return the wish as the work takes it."""
        return Wish(
            business=Business(self.business),
            allowed=self.allowed,
            limit=None if self.limit_fen is None else Fen(self.limit_fen),
            reason=self.reason,
            until=self.until,
        )


class MadeControl(BaseModel):
    """业务控制 A control with its reason and hands."""

    control_id: str
    business: str
    allowed: bool
    limit_fen: int | None
    since: str
    until: str
    reason: str
    maker: str
    checker: str | None

    @classmethod
    def of(cls, kept: KeptControl) -> Self:
        control = kept.control
        return cls(
            control_id=kept.control_id, business=control.business.value, allowed=control.allowed,
            limit_fen=control.limit, since=in_local_time(kept.since),
            until=in_local_time(kept.until), reason=kept.reason, maker=kept.maker,
            checker=kept.checker,
        )  # fmt: skip


class ControlAnswer(BaseModel):
    """What binds the business now, and the approval that a loosening waits for."""

    service_point_id: str
    business: str
    control: MadeControl | None = Field(description="null: no control binds it")
    approval_id: str | None


class ControlList(BaseModel):
    """The controls of a point that nobody has ended."""

    items: Sequence[MadeControl]
