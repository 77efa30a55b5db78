"""The words and rows of a tariff: operations, channels, regions, prices, waivers, their source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pos_sim.domain.cards import Product
from pos_sim.domain.money import BasisPoints, Fen, between, share


class Operation(StrEnum):
    """What can have a price: the businesses of a terminal, and the charges of a card."""

    WITHDRAWAL = "withdrawal"  # 助农取款; at an ATM 取款
    CASH_REMITTANCE = "cash_remittance"  # 现金汇款
    TRANSFER = "transfer"  # 转账汇款
    BILL_PAYMENT = "bill_payment"  # 代理缴费
    BALANCE_INQUIRY = "balance_inquiry"  # 余额查询
    REVERSAL = "reversal"  # 冲正
    CARD_ISSUE = "card_issue"  # 开卡
    CARD_REPLACEMENT = "card_replacement"  # 补换卡工本
    ANNUAL_FEE = "annual_fee"  # 年费
    ACCOUNT_MANAGEMENT = "account_management"  # 小额账户管理
    SMS_NOTICE = "sms_notice"  # 账户变动短信


CHARGES: frozenset[Operation] = frozenset(
    {
        Operation.CARD_ISSUE,
        Operation.CARD_REPLACEMENT,
        Operation.ANNUAL_FEE,
        Operation.ACCOUNT_MANAGEMENT,
        Operation.SMS_NOTICE,
    }
)
"""What the issuer charges a card for, without a terminal and without an amount."""


class Channel(StrEnum):
    """Where an operation is asked for; the first three are the kinds of terminal."""

    POS = "pos"
    ATM = "atm"
    MOBILE = "mobile"
    COUNTER = "counter"


class Region(StrEnum):
    """Where the terminal stands, seen from the county of the card."""

    LOCAL = "local"  # 同城
    OUT_OF_CITY = "out_of_city"  # 省内异地
    OUT_OF_PROVINCE = "out_of_province"  # 省外
    ABROAD = "abroad"  # 境外


class Bearer(StrEnum):
    """Who goes without the money that a waiver leaves to the customer."""

    ISSUER = "issuer"  # 发卡行
    ACQUIRER = "acquirer"  # 收单行
    PLATFORM = "platform"  # 平台


class Certainty(StrEnum):
    """How sure a row is of what it says."""

    VERIFIED = "verified"  # stands in the named source
    SINGLE_SOURCE = "single_source"  # one secondary source
    COMPUTED = "computed"  # follows from verified statements
    FROM_MEMORY = "from_memory"  # unverified, and never a regulation
    ASSUMED = "assumed"  # an example value of this project


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row comes from; the note says what the source leaves open.

    Each text in Chinese and in English; one that was given in one language stands for both.
    """

    source: str
    source_en: str
    certainty: Certainty
    note: str
    note_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """The price of amounts up to and including ``up_to`` (None: of all the larger ones)."""

    up_to: Fen | None
    fixed: Fen
    rate: BasisPoints
    minimum: Fen
    maximum: Fen | None

    def price_of(self, amount: Fen) -> Fen:
        """Return the fixed part plus the rate of ``amount``, between minimum and maximum.

        >>> half_percent = Tier(up_to=None, fixed=Fen(0), rate=BasisPoints(50),
        ...                     minimum=Fen(0), maximum=Fen(2_000))
        >>> half_percent.price_of(Fen(50_000)), half_percent.price_of(Fen(1_000_000))
        (250, 2000)
        """
        raw = Fen(self.fixed + share(amount, self.rate))
        return between(raw, floor=self.minimum, cap=self.maximum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One row of base prices, before any waiver."""

    operations: frozenset[Operation]
    channels: frozenset[Channel]
    cross_bank: frozenset[bool]
    regions: frozenset[Region]
    tiers: tuple[Tier, ...]
    origin: Origin

    def of(self, amount: Fen) -> Fen:
        """Return the price of ``amount``: the first tier that reaches so far."""
        for tier in self.tiers:
            if tier.up_to is None or amount <= tier.up_to:
                return tier.price_of(amount)
        raise AssertionError("the last tier has no upper end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One waived fee (减免). A condition that is None asks nothing."""

    waiver_id: str
    title: str
    title_en: str
    granted_by: str
    granted_by_en: str
    operations: frozenset[Operation]
    channels: frozenset[Channel]
    cross_bank: frozenset[bool]
    regions: frozenset[Region]
    card_banks: frozenset[str] | None
    acquirer_banks: frozenset[str] | None
    card_products: frozenset[Product] | None
    first_subsidy_withdrawal_only: bool
    since: date
    since_certainty: Certainty
    until: date | None
    share: BasisPoints
    bearer: Bearer
    priority: int
    origin: Origin

    def is_in_force(self, day: date) -> bool:
        """Say whether the waiver holds on ``day``; its first and last day belong to it."""
        return self.since <= day and (self.until is None or day <= self.until)

    def part_of(self, price: Fen) -> Fen:
        """Return the part of ``price`` that is waived."""
        return share(price, self.share)
