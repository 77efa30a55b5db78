"""Fee quotes, charges and policies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from api.models.answers import FeeShown
from api.models.fields import AmountFen, Body, CardNo
from api.models.risk_rules import Note
from api.words import broken_rule
from pos_sim.domain.banks import BANKS
from pos_sim.domain.cards import Product
from pos_sim.domain.fees import Channel, FeeQuestion, Operation, Region
from pos_sim.domain.money import ZERO, Fen
from pos_sim.domain.policy import Policy
from pos_sim.domain.policy_changes import changes_between
from pos_sim.store.policy_store import PolicyRow

BANK_PATTERN = f"^({'|'.join(BANKS)})$"
BankId = Annotated[
    str, Field(pattern=BANK_PATTERN, description=" · ".join(BANKS), examples=["gyb"])
]

PRICED_BY_AMOUNT = frozenset(
    {
        Operation.WITHDRAWAL,
        Operation.CASH_REMITTANCE,
        Operation.TRANSFER,
        Operation.BILL_PAYMENT,
    }
)
NEEDS_AMOUNT: dict[str, Any] = {
    "if": {"properties": {"business": {"enum": sorted(PRICED_BY_AMOUNT)}}},
    "then": {"required": ["amount_fen"], "properties": {"amount_fen": {"type": "integer"}}},
}


class FeeQuoteBody(Body):
    """费用试算 Everything that a fee depends on."""

    model_config = ConfigDict(json_schema_extra=NEEDS_AMOUNT)

    business: Annotated[Operation, Field(description="One of the six businesses, or a charge")]
    terminal_kind: Channel
    card_bank_id: BankId | None = Field(default=None, description="null: no card, cash")
    card_product: Product | None = Field(default=None, description="null: no card, cash")
    acquirer_bank_id: BankId
    region: Annotated[
        Region, Field(description="Where the terminal stands, seen from the county of the card")
    ]
    amount_fen: AmountFen | None = Field(default=None, description="fen; ignored by charges")
    as_of: date | None = Field(default=None, description="Picks policy and waivers; today")
    payee_bank_id: BankId | None = Field(default=None, description="The acquirer's, if absent")
    pension_credit: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="The first subsidy withdrawal of the month"
    )

    @model_validator(mode="after")
    def has_amount_where_needed(self) -> Self:
        """Want an amount where the price may depend on it."""
        if self.amount_fen is None and self.business in PRICED_BY_AMOUNT:
            raise broken_rule("amount_fen", "此业务需要金额 · This business needs an amount")
        return self

    def question(self) -> FeeQuestion:
        """Return the question as the domain asks it."""
        return FeeQuestion(
            operation=self.business,
            channel=self.terminal_kind,
            card_bank_id=self.card_bank_id,
            card_product=self.card_product,
            acquirer_bank_id=self.acquirer_bank_id,
            region=self.region,
            amount=Fen(self.amount_fen) if self.amount_fen else ZERO,
            payee_bank_id=self.payee_bank_id,
            first_subsidy_withdrawal=self.pension_credit,
        )


class FeeQuote(BaseModel):
    """What it would cost; nothing is posted."""

    fee: FeeShown
    policy_version: str


ChargeWord = Literal[
    "card_issue", "card_replacement", "annual_fee", "account_management", "sms_notice"
]
CARD_RULE = ("card_id", "card_id 与 card_no 二选一 · Exactly one of card_id and card_no")
ONE_CARD: dict[str, Any] = {
    "oneOf": [
        {"required": ["card_id"], "properties": {"card_id": {"type": "string"}}},
        {"required": ["card_no"], "properties": {"card_no": {"type": "string"}}},
    ]
}


class ChargeBody(Body):
    """账户收费 One charge, posted to one card."""

    model_config = ConfigDict(json_schema_extra=ONE_CARD)

    card_id: Annotated[str, Field(pattern="^[0-9]{1,12}$")] | None = None
    card_no: CardNo | None = None
    business: ChargeWord
    charge_no: Annotated[str, Field(pattern="^[A-Z0-9-]{4,24}$")] | None = Field(
        default=None, description="Your reference: the same one charges once. Made if absent"
    )

    @model_validator(mode="after")
    def names_one_card(self) -> Self:
        """Want ``card_id`` or ``card_no``, and not both."""
        if (self.card_id is None) == (self.card_no is None):
            raise broken_rule(*CARD_RULE)
        return self


PolicyStatus = Literal["published", "pending", "rejected"]


class PolicySummary(BaseModel):
    """One policy version: shipped, or brought in by two people."""

    version: str
    title: str
    title_en: str
    effective_from: date
    source: str
    source_en: str
    certainty: str
    is_in_force: bool = Field(description="By today's business date")
    status: PolicyStatus = Field(description="Only `published` versions ever count")
    maker: str | None = Field(description="Who proposed it; null: shipped")
    checker: str | None
    approval_id: str | None = Field(description="What a `pending` version waits for")

    @classmethod
    def of(cls, listed: Listed) -> Self:
        return cls(**summary_of(listed))


class ChangeShown(BaseModel):
    """One field that differs from the version before; null: it stands in one of them only."""

    field: str = Field(examples=["limit[withdrawal].amount_max_fen"])
    before: Any
    after: Any


class PolicyShown(PolicySummary):
    """One policy version with its whole document: limits, notes, prices, waivers, sources."""

    checksum: str = Field(description="SHA-256 of the document")
    follows: str | None = Field(description="The version in force until its first day")
    changes: list[ChangeShown] = Field(description="Against the version that it follows")
    document: dict[str, Any]

    @classmethod
    def of(cls, listed: Listed) -> Self:
        policy = listed.policy
        follows = listed.follows
        found = changes_between(follows, policy) if follows else []
        return cls(
            checksum=policy.checksum,
            follows=follows.version if follows else None,
            changes=[
                ChangeShown(field=one.field, before=one.before, after=one.after) for one in found
            ],
            document=orjson.loads(policy.canonical),
            **summary_of(listed),
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """A version and what is known about it; ``row`` None: shipped.

    ``follows`` is the published version in force on the day before its first, None where there
    is none.
    """

    policy: Policy
    is_in_force: bool
    follows: Policy | None
    row: PolicyRow | None = None
    approval_id: str | None = None


def summary_of(listed: Listed) -> dict[str, Any]:
    policy, row = listed.policy, listed.row
    return {
        "version": policy.version,
        "title": policy.title,
        "title_en": policy.title_en,
        "effective_from": policy.effective_from,
        "source": policy.origin.source,
        "source_en": policy.origin.source_en,
        "certainty": policy.origin.certainty.value,
        "is_in_force": listed.is_in_force,
        "status": row.status if row else "published",
        "maker": row.maker if row else None,
        "checker": row.checker if row else None,
        "approval_id": listed.approval_id,
    }


class PolicyBody(Body):
    """新政策版本 A whole document, as `GET /v1/policies/{version}` shows one."""

    document: dict[str, JsonValue] = Field(
        description="`version` (new), `effective_from` (a business date that has not begun),"
        " `title`, `title_en`, `source`, `certainty`, and the rows of `limit`, `granularity`,"
        " `price` and `waiver`. Shared waivers that it does not replace stand beside it",
        max_length=20,
    )
    note: Note


class PolicyList(BaseModel):
    """All versions, the oldest first."""

    items: list[PolicySummary]
    next_cursor: None = None


class CodeShown(BaseModel):
    """应答码 One answer code."""

    code: str
    meaning: str
    category: str = Field(
        description="A approved · B retry or correct · C declined · D administrative · E system"
    )
    text: str
    text_en: str
    may_retry: bool = Field(description="Whether asking again under a new trace number can help")


class CodeList(BaseModel):
    """Every answer code."""

    items: list[CodeShown]
    next_cursor: None = None
