"""Magic cards: one table from which behaviour, `/sim/magic` and the documentation follow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """What a magic card does beyond what its status and product already do."""

    SHORT_OF_MONEY = "short_of_money"
    WRONG_PIN = "wrong_pin"
    ISSUER_DOWN = "issuer_down"
    SLOW = "slow"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class MagicCard:
    """One row of the table: how the card is made, and the answer it always gets."""

    name: str
    bank_id: str
    product: str
    status: str
    effect: Effect | None
    response_code: str
    text: str
    text_en: str


MAGIC_CARDS: tuple[MagicCard, ...] = (
    MagicCard(
        "debit",
        "gyb",
        "debit",
        "active",
        None,
        "00",
        "普通借记卡，本行",
        "An ordinary debit card of the point's own bank",
    ),
    MagicCard(
        "rural_revitalization",
        "gyb",
        "rural_revitalization",
        "active",
        None,
        "00",
        "乡村振兴卡：免跨行、跨地区取款手续费",
        "Rural revitalization card: no withdrawal fees",
    ),
    MagicCard(
        "social_security",
        "grcu",
        "social_security",
        "active",
        None,
        "00",
        "社保卡：免跨行取现、转账手续费",
        "Social security card: no cross-bank fees",
    ),
    MagicCard(
        "other_bank",
        "abc",
        "debit",
        "active",
        None,
        "00",
        "他行借记卡：跨行",
        "A debit card of another bank: cross-bank",
    ),
    MagicCard(
        "out_of_province",
        "out",
        "debit",
        "active",
        None,
        "00",
        "省外借记卡",
        "A debit card from outside the province",
    ),
    MagicCard(
        "credit_card",
        "gyb",
        "credit",
        "active",
        None,
        "57",
        "信用卡，助农取款点不受理",
        "A credit card, which a service point must refuse",
    ),
    MagicCard(
        "short_of_money",
        "gyb",
        "debit",
        "active",
        Effect.SHORT_OF_MONEY,
        "51",
        "余额总是不足",
        "Never has enough money",
    ),
    MagicCard(
        "wrong_pin",
        "gyb",
        "debit",
        "active",
        Effect.WRONG_PIN,
        "55",
        "密码总是错，但不锁定",
        "Every PIN is wrong, and it never locks",
    ),
    MagicCard("lost", "gyb", "debit", "lost", None, "41", "已挂失", "Reported lost"),
    MagicCard("stolen", "gyb", "debit", "stolen", None, "43", "被窃卡", "Reported stolen"),
    MagicCard("expired", "gyb", "debit", "expired", None, "54", "已过期", "Expired"),
    MagicCard("restricted", "gyb", "debit", "restricted", None, "62", "受限制", "Restricted"),
    MagicCard(
        "issuer_down",
        "gyb",
        "debit",
        "active",
        Effect.ISSUER_DOWN,
        "91",
        "发卡行无法应答",
        "The issuer cannot answer",
    ),
    MagicCard(
        "slow", "gyb", "debit", "active", Effect.SLOW, "00", "应答迟到", "The answer comes late"
    ),
    MagicCard(
        "silent",
        "gyb",
        "debit",
        "active",
        Effect.SILENT,
        "00",
        "钱已记账，但没有应答",
        "The money moves, and no answer comes",
    ),
)
