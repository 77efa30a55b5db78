"""The answer of a transaction as the OpenAPI document shows it; ``api/answers.py`` builds it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.models.risk_alerts import AlertNamed, HitShown

EXAMPLE: dict[str, Any] = {
    "transaction_id": "52010001000001000042",
    "business": "withdrawal",
    "status": "approved",
    "response_code": "00",
    "response_text": "交易成功",
    "response_text_en": "Approved",
    "terminal_id": "52010001",
    "batch_no": "000001",
    "trace_no": "000042",
    "service_point_id": "SP00001",
    "card_no_masked": "990012******3456",
    "card_id": "1001",
    "amount_fen": 50_000,
    "fee": {
        "charged_fen": 0,
        "before_waiver_fen": 250,
        "waived_fen": 250,
        "waiver": {
            "policy_id": "W3",
            "title": "助农取款免手续费",
            "title_en": "No fee for withdrawals at a service point",
            "granted_by": "贵阳银行",
            "granted_by_en": "Bank of Guiyang",
            "since": "2022-11-01",
            "since_certainty": "computed",
            "borne_by": "acquirer",
            "source": "讲稿 33:03",
            "source_en": "transcript 33:03",
        },
    },
    "balance_fen": 949_750,
    "retrieval_reference_no": "606112345678",
    "authorization_code": "7K2M9Q",
    "business_date": "2026-03-02",
    "decided_at": "2026-03-02T10:15:00.123+08:00",
    "refusal": None,
}


class WaiverShown(BaseModel):
    """减免 The waiver that applied: who granted it, since when, and where that is written."""

    policy_id: str
    title: str
    title_en: str
    granted_by: str
    granted_by_en: str
    since: str = Field(description="Date of its start")
    since_certainty: str = Field(description="`verified`, `computed` or `assumed`")
    borne_by: str = Field(description="`issuer`, `acquirer` or `platform`")
    source: str
    source_en: str


class FeeShown(BaseModel):
    """手续费 The fee with its story; fen."""

    charged_fen: int
    before_waiver_fen: int
    waived_fen: int
    waiver: WaiverShown | None


class RefusalShown(BaseModel):
    """The first check that said no, told so that a villager understands it."""

    check: str = Field(examples=["amount_limit"])
    text: str
    text_en: str
    limit_fen: int | None = Field(default=None, description="What is allowed, fen")
    used_fen: int | None = Field(default=None, description="What was used of it before, fen")
    limit_count: int | None = Field(default=None, description="How many are allowed")
    used_count: int | None = Field(default=None, description="How many there were before")
    resets_at: str | None = Field(default=None, description="When the limit starts anew")
    policy_version: str | None = Field(default=None, description="The policy that limits it")


class TransactionAnswer(BaseModel):
    """A decided transaction: approved, held or declined, each a 200."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    transaction_id: str
    business: str = Field(description="One of the six businesses, or a charge")
    status: str = Field(
        description="`approved` · `declined` · `held` · `reversed`; the last only when it is"
        " found later"
    )
    response_code: str = Field(description="应答码 ISO 8583 field 39; `00` is a clean success")
    response_text: str
    response_text_en: str
    terminal_id: str = Field(description="Empty for a charge, which has no terminal")
    batch_no: str
    trace_no: str
    service_point_id: str | None
    card_no_masked: str | None = Field(description="null where there is no card")
    card_id: str | None
    amount_fen: int | None = Field(description="金额 fen; null for an inquiry")
    fee: FeeShown
    balance_fen: int | None = Field(description="余额 after it, fen; null without a card")
    retrieval_reference_no: str = Field(description="检索参考号, 12 digits")
    authorization_code: str | None = Field(description="授权码, 6 characters; null if declined")
    business_date: str = Field(description="会计日期")
    decided_at: str = Field(description="RFC 3339, +08:00")
    refusal: RefusalShown | None
    payee_account_no: str | None = Field(default=None, description="Transfer, cash remittance")
    available_at: str | None = Field(
        default=None, description="Transfer, cash remittance: when held money goes on"
    )
    biller_id: str | None = Field(default=None, description="Bill payment")
    bill_no: str | None = Field(default=None, description="Bill payment")
    funding: str | None = Field(default=None, description="Bill payment: `card` or `cash`")
    original_transaction_id: str | None = Field(default=None, description="Reversal")
    fee_returned_fen: int | None = Field(default=None, description="Reversal: fee given back, fen")
    alerts: list[AlertNamed] | None = Field(
        default=None, description="预警, when staff find it later; terminals never see them"
    )
    hits: list[HitShown] | None = Field(
        default=None, description="What each rule said, when staff find it later"
    )


class TransactionPage(BaseModel):
    """A page of transactions, the newest first."""

    items: list[TransactionAnswer]
    next_cursor: str | None = Field(description="null on the last page")
