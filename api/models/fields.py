"""The fields that many bodies share: patterns, bounds and what they mean.

Patterns read the same in Rust (which checks them) and in ECMAScript (which reads the OpenAPI
document). Bounds are those of the columns.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from pos_sim.domain.money import LARGEST

NO_CONTROLS = "^[^\\u0000-\\u001F\\u007F-\\u009F\\u2028-\\u202E\\u2066-\\u2069]+$"
"""No control characters and nothing that turns the direction of writing around."""


class Body(BaseModel):
    """A request body: unknown fields are errors, and no error repeats what was sent."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False
    )


TerminalId = Annotated[
    str,
    Field(pattern="^[0-9A-Z]{8}$", description="终端号 Terminal id", examples=["52010001"]),
]
BatchNo = Annotated[
    str, Field(pattern="^[0-9]{6}$", description="批次号 Batch number", examples=["000001"])
]
TraceNo = Annotated[
    str, Field(pattern="^[0-9]{6}$", description="流水号 Trace number", examples=["000042"])
]
CardNo = Annotated[
    str,
    Field(
        pattern="^[0-9]{13,19}$",
        description="卡号 Card number. The answer shows it masked only",
        examples=["9900010000000017"],
    ),
]
PinDigits = Annotated[
    str, Field(pattern="^[0-9]{4,12}$", description="密码 PIN", examples=["123456"])
]
PinBlock = Annotated[
    str,
    Field(
        pattern="^[0-9A-Fa-f]{16}$",
        description="Clear ISO 9564 format 0 PIN block, hex; instead of `pin`",
        examples=["0612713176FEDCBA"],
    ),
]
AmountFen = Annotated[
    int,
    Field(strict=True, ge=1, le=LARGEST, description="金额 Amount, fen", examples=[50_000]),
]
AccountNo = Annotated[
    str,
    Field(pattern="^[0-9]{5,20}$", description="账号 Account number", examples=["520010000001000"]),
]
PersonName = Annotated[
    str,
    Field(min_length=1, max_length=80, pattern=NO_CONTROLS, description="姓名 Name",
          examples=["王小明"]),
]  # fmt: skip
BillerId = Annotated[
    str,
    Field(pattern="^[0-9A-Za-z_-]{1,16}$", description="缴费单位 Biller", examples=["any"]),
]
BillNo = Annotated[
    str,
    Field(pattern="^[0-9A-Za-z_-]{1,32}$", description="账单号 Bill number",
          examples=["20260001"]),
]  # fmt: skip
TerminalSerial = Annotated[
    str,
    Field(pattern="^[0-9A-Za-z_-]{1,24}$", description="终端序列号 Serial number of the terminal"),
]
EntryMode = Annotated[
    str,
    Field(pattern="^[0-9A-Za-z_-]{1,16}$", description="How the card was read",
          examples=["chip"]),
]  # fmt: skip
OccurredAt = Annotated[
    AwareDatetime,
    Field(strict=True, description="When it happened at the terminal, RFC 3339",
          examples=["2026-03-02T10:15:00+08:00"]),
]  # fmt: skip
Latitude = Annotated[float, Field(strict=True, ge=-90, le=90, description="Degrees north, WGS 84")]
Longitude = Annotated[
    float, Field(strict=True, ge=-180, le=180, description="Degrees east, WGS 84")
]


class PositionBody(Body):
    """位置 Where the terminal says it stands."""

    latitude: Latitude
    longitude: Longitude
    accuracy_m: Annotated[
        float, Field(strict=True, ge=0, le=1_000_000, description="Radius of accuracy, metres")
    ]
