"""教学 What a trainer does to a class: patterns that are sent to a point, lines that are cut."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.models.cases import PointId
from api.models.fields import Body, TerminalId
from pos_sim.domain.calendar import in_local_time
from seeds.patterns.pattern import Pattern
from seeds.patterns.sent import Heard, Sent, is_as_expected
from seeds.patterns.teaching import id_of, teaching

PatternId = Annotated[
    str,
    Field(
        pattern="^R[0-9]{2}-[a-z0-9_]{1,40}$",
        description="案例 Pattern, as `GET /sim/patterns` names it",
        examples=["R06-crew"],
    ),
]


class PatternShown(BaseModel):
    """案例 One pattern: it must make its rule speak, or it only looks like it."""

    pattern: PatternId
    rule_id: str
    kind: str = Field(
        description="`planted` 植入: the rule must speak · `innocent` 正常: it must not"
    )
    title: str
    title_en: str
    says: str = Field(description="What happens, in a plain word")
    says_en: str
    teaches: str = Field(description="What the patterns of this rule teach")
    teaches_en: str
    days: int = Field(description="So many days of the bank's time it takes, at least")

    @classmethod
    def of(cls, pattern: Pattern) -> PatternShown:
        """Return a pattern with its words."""
        says = teaching().patterns[id_of(pattern)]
        teaches = teaching().rules[pattern.rule_id]
        return cls(
            pattern=id_of(pattern),
            rule_id=pattern.rule_id,
            kind=pattern.kind.value,
            title=pattern.title,
            title_en=pattern.title_en,
            says=says.text,
            says_en=says.text_en,
            teaches=teaches.text,
            teaches_en=teaches.text_en,
            days=pattern.days,
        )


class PatternList(BaseModel):
    """All patterns, rule by rule."""

    items: list[PatternShown]


class PlantBody(Body):
    """下发 Which pattern shall happen at which point."""

    pattern: PatternId
    service_point_id: PointId


class HeardShown(BaseModel):
    """What the watch said: an alert, or a hit that raised none (`alert_id` null)."""

    rule_id: str
    alert_id: str | None
    title: str
    title_en: str
    severity: str
    state: str

    @classmethod
    def of(cls, heard: Heard) -> HeardShown:
        return cls(
            rule_id=heard.rule_id,
            alert_id=heard.alert_id,
            title=heard.title,
            title_en=heard.title_en,
            severity=heard.severity,
            state=heard.state,
        )


class EpisodeShown(BaseModel):
    """演练 One pattern that was sent to a point, and what the watch said about it."""

    episode_id: str
    pattern: PatternId
    rule_id: str
    kind: str
    service_point_id: str
    sent_by: str
    sent_at: str = Field(description="RFC 3339, +08:00")
    until: str = Field(description="When its last thing happens, by the bank's clock")
    ended_at: str | None = Field(description="Null while it is being played")
    transaction_ids: list[str] = Field(description="Its requests in the order of time")
    heard: list[HeardShown]
    as_expected: bool = Field(
        description="Whether the rule spoke of a planted pattern, or kept silent about an innocent"
        " one"
    )

    @classmethod
    def of(cls, sent: Sent, heard: list[Heard]) -> EpisodeShown:
        """Return an episode with what is known of it now."""
        return cls(
            episode_id=sent.episode_id,
            pattern=sent.pattern,
            rule_id=sent.rule_id,
            kind=sent.kind.value,
            service_point_id=sent.service_point_id,
            sent_by=sent.sent_by,
            sent_at=in_local_time(sent.sent_at),
            until=in_local_time(sent.until),
            ended_at=in_local_time(sent.ended_at) if sent.ended_at else None,
            transaction_ids=list(sent.transaction_ids),
            heard=[HeardShown.of(one) for one in heard],
            as_expected=is_as_expected(sent, heard),
        )


class EpisodePage(BaseModel):
    """A page of episodes, the newest first."""

    items: list[EpisodeShown]
    next_cursor: str | None


Line = Literal["up", "answer_lost", "down"]


class LineBody(Body):
    """剪线 The line of one terminal."""

    terminal_id: TerminalId
    line: Line = Field(
        description="`up` 正常 · `answer_lost` 应答丢失: the bank decides, no answer arrives ·"
        " `down` 中断: nothing arrives, nothing is done"
    )


class LineShown(BaseModel):
    """The line of a terminal as it is now."""

    terminal_id: str
    line: Line
    cut_by: str | None = Field(description="Null for a line that is up")
    since: str | None = Field(description="RFC 3339, +08:00; null for a line that is up")


class LineList(BaseModel):
    """All lines that are cut."""

    items: list[LineShown]
