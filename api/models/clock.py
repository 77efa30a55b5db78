"""The clock moved forward: how far, and what was done on the way."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from api.models.about import ClockShown
from api.models.fields import Body
from api.models.risk_lists import RFC_3339
from api.words import broken_rule

WAYS = ("advance_by", "advance_to", "advance_to_next")
ONE_WAY = (
    "advance_by",
    "三种方式须且只能选一种 · Exactly one of advance_by, advance_to, advance_to_next",
)
DURATION = (
    "^P([0-9]{1,4}Y)?([0-9]{1,4}M)?([0-9]{1,4}W)?([0-9]{1,5}D)?"
    "(T([0-9]{1,6}H)?([0-9]{1,6}M)?([0-9]{1,8}S)?)?$"
)
"""ISO 8601: ``P1D``, ``PT90M``, ``P1M`` (the same day next month)."""

MOMENT_RULE = ("advance_to", "应为带时区的 RFC 3339 时间 · An RFC 3339 time with a zone")

NEXT = Literal["business_day", "cut_off", "month_start", "annual_review"]

ONE_OF: dict[str, Any] = {
    "oneOf": [
        {
            "required": [way],
            "properties": {other: {"type": "null"} for other in WAYS if other != way}
            | {way: {"type": "string"}},
        }
        for way in WAYS
    ]
}


def written_out(value: Any) -> Any:
    """Want a time in words, as everywhere."""
    if value is not None and not (isinstance(value, str) and RFC_3339.match(value)):
        raise broken_rule(*MOMENT_RULE)
    return value


class ClockBody(Body):
    """拨钟 How far the clock goes; it never goes back."""

    model_config = ConfigDict(
        json_schema_extra={**ONE_OF, "examples": [{"advance_by": "P1D"}]},
    )

    advance_by: Annotated[str, Field(min_length=3, pattern=DURATION)] | None = Field(
        default=None, description="ISO 8601 duration, at most three years", examples=["P1D"]
    )
    advance_to: Annotated[AwareDatetime, BeforeValidator(written_out)] | None = Field(
        default=None, description="RFC 3339 with a zone, within three years"
    )
    advance_to_next: NEXT | None = Field(
        default=None,
        description="`business_day` 08:00, when counters open · `cut_off` 23:00 · `month_start`"
        " 00:00 on the first · `annual_review` when the next 年审 comes due",
    )

    @model_validator(mode="after")
    def goes_one_way(self) -> Self:
        """Want exactly one of the three."""
        if sum(getattr(self, way) is not None for way in WAYS) != 1:
            raise broken_rule(*ONE_WAY)
        return self


class FiredShown(BaseModel):
    """到期事项 One thing that was done because its time had come."""

    at: str = Field(description="RFC 3339, +08:00")
    kind: str = Field(examples=["settlement"])
    subject_id: str
    text: str
    text_en: str


class Moved(BaseModel):
    """The clock as it is now, and everything that was done on the way, in order."""

    before: str = Field(description="What it showed before, RFC 3339, +08:00")
    clock: ClockShown
    fired: list[FiredShown]
    counts: dict[str, int] = Field(description="How many of each kind")
