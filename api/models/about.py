"""What the server says about itself."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Alive(BaseModel):
    """The process answers."""

    status: str = Field(examples=["live"])


class Ready(BaseModel):
    """Database reachable, migrated and seeded."""

    status: str = Field(examples=["ready"])
    database: str = Field(description="`sqlite` or `postgresql`")


class WorldShown(BaseModel):
    """Which world this is; counts as they are now."""

    size: str
    seed: int
    service_points: int
    terminals: int
    cards: int


class ClockShown(BaseModel):
    """What the sandbox's clock shows."""

    now: str = Field(description="RFC 3339, +08:00")
    business_date: str
    cut_off: str = Field(description="Later transactions carry the next date", examples=["23:00"])
    next_cut_off: str
    is_working_day: bool = Field(description="Whether banks work on the business date")
    next_working_day: str = Field(description="The first one after the business date")
    calendar_is_provisional: bool = Field(
        description="The holidays of this year are not announced yet: statutory days at most"
    )
    offset_s: float = Field(description="How far it is ahead of real time, seconds")


class About(BaseModel):
    """Versions, policy, world and clock."""

    name: str
    version: str
    api_version: str
    schema_revision: str | None
    policy_version: str = Field(description="In force today")
    policy_versions: list[str]
    rulebook: str | None = Field(
        description="Checksum of the rules in force today; null: no risk monitor"
    )
    world: WorldShown
    clock: ClockShown
