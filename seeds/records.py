"""The rows of a new world, their fields in the order of the tables' columns.

Dates are text (``2026-03-02``): SQLite keeps them so, and PostgreSQL reads them so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class AccountRow(NamedTuple):
    """One row of ``accounts``."""

    account_id: int
    account_no: str
    kind: str
    bank_id: str
    name: str
    is_open: bool
    balance_fen: int | None


class PointRow(NamedTuple):
    """One row of ``service_points``."""

    service_point_id: str
    name: str
    bank_id: str
    kind: str
    status: str
    county: str
    town: str
    village: str
    latitude: float
    longitude: float
    opens_minute: int
    closes_minute: int
    market_residue: int
    opened_on: str | None
    star_grade: int
    tier: str
    operator_id: str
    operator_name: str
    operator_trained_on: str | None
    operator_training: str
    operator_relations: str
    operator_account_id: int
    till_account_id: int
    controls: str


class TerminalRow(NamedTuple):
    """One row of ``terminals``."""

    terminal_id: str
    kind: str
    serial: str
    service_point_id: str | None
    till_account_id: int | None


class CardRow(NamedTuple):
    """One row of ``cards``."""

    card_id: int
    pan_hash: str
    card_masked: str
    product: str
    bank_id: str
    account_id: int
    holder_name: str
    birth_date: str
    county: str
    status: str
    pin_verification: str
    gets_subsidies: bool
    effect: str | None = None
    magic_name: str | None = None
    pin_failures: int = 0
    first_withdrawal_month: int = 0


class BillerRow(NamedTuple):
    """One row of ``billers``."""

    biller_id: str
    name: str
    name_en: str
    category: str
    account_id: int
    takes_any_bill: bool


class BillRow(NamedTuple):
    """One row of ``bills``."""

    biller_id: str
    bill_no: str
    amount_fen: int
    payer_name: str
    paid_by: str | None
    seal: str


class PostingRow(NamedTuple):
    """One row of ``postings``."""

    posting_no: int
    entry_id: str
    business_date: str
    debit_account_id: int
    credit_account_id: int
    amount_fen: int


BATCH_ROWS = 30_000


@dataclass(slots=True)
class Batch:
    """Some rows of every table, the tables in the order that foreign keys ask for."""

    accounts: list[AccountRow] = field(default_factory=list)
    service_points: list[PointRow] = field(default_factory=list)
    terminals: list[TerminalRow] = field(default_factory=list)
    cards: list[CardRow] = field(default_factory=list)
    billers: list[BillerRow] = field(default_factory=list)
    bills: list[BillRow] = field(default_factory=list)
    postings: list[PostingRow] = field(default_factory=list)

    def __len__(self) -> int:
        return sum(len(getattr(self, name)) for name in TABLES)

    @property
    def is_full(self) -> bool:
        """Whether it is time to write these rows and begin a new batch."""
        return len(self.accounts) + len(self.cards) + len(self.bills) >= BATCH_ROWS


TABLES: dict[str, type[NamedTuple]] = {
    "accounts": AccountRow,
    "service_points": PointRow,
    "terminals": TerminalRow,
    "cards": CardRow,
    "billers": BillerRow,
    "bills": BillRow,
    "postings": PostingRow,
}
