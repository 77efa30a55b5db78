"""Lists, their entries, and suppressions, as staff see and make them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from api.models.fields import NO_CONTROLS, Body
from api.models.risk_alerts import ScopeShown
from api.models.risk_rules import Note, RuleId
from api.words import broken_rule
from pos_sim.domain.calendar import in_local_time
from risk import listing, suppressing
from risk.listing import VALUES, Listed
from risk.store.list_rows import NamedList
from risk.suppressing import Suppressed
from risk.vocabulary import ScopeKind

RFC_3339 = re.compile("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:")
UNTIL_RULE = ("until", "应为带时区的 RFC 3339 时间 · An RFC 3339 time with a zone")


def written_out(value: Any) -> Any:
    """Want a time in words: a bare number could be seconds, milliseconds or a slip."""
    if not isinstance(value, str) or not RFC_3339.match(value):
        raise broken_rule(*UNTIL_RULE)
    return value


Until = Annotated[
    AwareDatetime,
    BeforeValidator(written_out),
    Field(description="When it ends, RFC 3339 with a zone", examples=["2026-03-03T10:00:00+08:00"]),
]
LIKE_A_CARD = re.compile("^[0-9]{13,}$")
IDS_NOT_NUMBERS = frozenset({ScopeKind.CARD, ScopeKind.PAYER, ScopeKind.PAYEE})
SCOPE_RULE = ("value", "应为系统内编号，不是卡号或账号 · The id, not a number of card or account")


class ScopeBody(Body):
    """对象 About whom: as an alert shows it in `scope`."""

    kind: ScopeKind
    value: Annotated[str, Field(min_length=1, max_length=96, pattern=NO_CONTROLS)]

    @model_validator(mode="after")
    def names_an_id(self) -> Self:
        """Refuse what may be a card number."""
        if self.kind in IDS_NOT_NUMBERS and LIKE_A_CARD.match(self.value):
            raise broken_rule(*SCOPE_RULE)
        return self


class SuppressionBody(Body):
    """预警抑制 A rule is silenced about one subject for a time."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "rule_id": "R06",
                    "scope": {"kind": "point", "value": "SP520121-0001"},
                    "until": "2026-03-03T10:00:00+08:00",
                    "reason": "赶集日，已电话核实",
                }
            ]
        }
    )

    rule_id: RuleId
    scope: ScopeBody
    until: Until
    reason: Note

    def wish(self) -> suppressing.Wish:
        return suppressing.Wish(
            rule_id=self.rule_id,
            scope=self.scope.kind,
            value=self.scope.value,
            until=self.until,
            reason=self.reason,
        )


class SuppressionShown(BaseModel):
    """预警抑制 What is silenced; hits go on being found and counted."""

    suppression_id: str
    rule_id: str
    scope: ScopeShown
    state: Literal["in_force", "pending"] = Field(description="`pending`: waits for another person")
    since: str | None = Field(description="RFC 3339, +08:00; null while it is pending")
    until: str
    reason: str
    maker: str
    checker: str | None
    approval_id: str | None = Field(description="Longer than 24 h: where it waits")

    @classmethod
    def of(cls, made: Suppressed) -> Self:
        wish = made.wish
        return cls(
            suppression_id=made.suppression_id,
            rule_id=wish.rule_id,
            scope=ScopeShown(kind=wish.scope.value, value=wish.value),
            state="pending" if made.since is None else "in_force",
            since=None if made.since is None else in_local_time(made.since),
            until=in_local_time(wish.until),
            reason=wish.reason,
            maker=made.maker,
            checker=made.checker,
            approval_id=made.approval_id,
        )


class SuppressionPage(BaseModel):
    """A page of suppressions, the newest first."""

    items: list[SuppressionShown]
    next_cursor: str | None


ENTRY_EXAMPLE: dict[str, Any] = {
    "value": "1001",
    "until": "2026-09-01T00:00:00+08:00",
    "reason": "公安协查通知〔2026〕17号",
}


class EntryBody(Body):
    """名单条目 Who shall stand on the list, and until when."""

    model_config = ConfigDict(json_schema_extra={"examples": [ENTRY_EXAMPLE]})

    value: Annotated[
        str,
        Field(
            pattern="^[0-9A-Za-z_-]{1,40}$",
            description="By the kind of list: "
            + " · ".join(f"{kind}: `{what}`" for kind, what in VALUES.items())
            + ". Never a card number",
        ),
    ]
    until: Until
    reason: Annotated[
        str,
        Field(min_length=1, max_length=80, pattern=NO_CONTROLS,
              description="来由 Why, or on whose notice"),
    ]  # fmt: skip

    def wish(self) -> listing.Wish:
        return listing.Wish(value=self.value, until=self.until, reason=self.reason)


class EntryShown(BaseModel):
    """名单条目 One value on a list, until its end."""

    entry_id: str
    list: str
    value: str
    state: Literal["in_force", "pending", "ended"]
    since: str | None = Field(description="RFC 3339, +08:00; null while it is pending")
    until: str = Field(description="Its end; unconfirmed, a block-list entry ends after 24 h")
    reason: str
    maker: str
    checker: str | None
    is_confirmed: bool = Field(description="A second person agreed")
    approval_id: str | None = Field(description="Where it waits for a second person")

    @classmethod
    def of(cls, listed: Listed, now: datetime) -> Self:
        entry = listed.entry
        state: Literal["in_force", "ended"] = "in_force" if now < entry.until else "ended"
        return cls(
            entry_id=entry.entry_id,
            list=entry.name,
            value=entry.value,
            state=state if listed.counts else "pending",
            since=in_local_time(entry.since) if listed.counts else None,
            until=in_local_time(entry.until),
            reason=entry.reason,
            maker=entry.maker,
            checker=entry.checker,
            is_confirmed=entry.checker is not None,
            approval_id=listed.approval_id,
        )


class ListShown(BaseModel):
    """名单 One list, with how many stand on it now."""

    name: str
    kind: str = Field(description="`card` · `payee` · `operator` · `terminal`")
    effect: str = Field(
        description="`block`: R24 declines · `allow`: passes 业务控制 (amber), never a freeze"
        " (red), a limit of the policy or a rule"
    )
    title: str
    holds: str = Field(description="What its values are")
    in_force: int = Field(description="Entries in force")

    @classmethod
    def of(cls, one: NamedList, in_force: int) -> Self:
        return cls(
            name=one.name,
            kind=one.kind,
            effect=one.effect,
            title=one.title,
            holds=VALUES[one.kind],
            in_force=in_force,
        )


class ListOfLists(BaseModel):
    """All lists."""

    items: list[ListShown]
    next_cursor: None = None


class EntryPage(BaseModel):
    """A page of entries, the newest first."""

    items: list[EntryShown]
    next_cursor: str | None
