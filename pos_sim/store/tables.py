"""The tables of the bank's money, with the constraints that repeat its promises.

Money is whole fen in columns whose names end in ``_fen``. Moments are microseconds since 1970
(UTC) in columns whose names end in ``_us``: the same number on both databases.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BIG = BigInteger().with_variant(Integer(), "sqlite")

world = Table(
    "world",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
    comment="size, seed, clock offset, counters: facts of this sandbox, one a row",
)

accounts = Table(
    "accounts",
    metadata,
    Column("account_id", BIG, primary_key=True, autoincrement=False),
    Column("account_no", String(20), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("bank_id", String(8), nullable=False),
    Column("name", String(80), nullable=False),
    Column("is_open", Boolean, nullable=False, default=True),
    Column("balance_fen", BigInteger),
    CheckConstraint(
        "kind not in ('cardholder', 'operator') or balance_fen >= 0", name="never_below_zero"
    ),
    CheckConstraint(
        "(kind in ('cardholder', 'operator', 'till')) = (balance_fen is not null)",
        name="balance_where_kept",
    ),
)

service_points = Table(
    "service_points",
    metadata,
    Column("service_point_id", String(16), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("bank_id", String(8), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("county", String(6), nullable=False),
    Column("town", String(9), nullable=False),
    Column("village", String(40), nullable=False),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
    Column("opens_minute", Integer, nullable=False),
    Column("closes_minute", Integer, nullable=False),
    Column("market_residue", Integer, nullable=False),
    Column("opened_on", Date),
    Column("star_grade", Integer, nullable=False),
    Column("tier", String(1), nullable=False),
    Column("operator_id", String(16), nullable=False),
    Column("operator_name", String(80), nullable=False),
    Column("operator_trained_on", Date),
    Column("operator_training", Text, nullable=False),
    Column("operator_relations", Text, nullable=False),
    Column("operator_account_id", BIG, ForeignKey("accounts.account_id"), nullable=False),
    Column("till_account_id", BIG, ForeignKey("accounts.account_id"), nullable=False),
    Column("controls", Text, nullable=False, default=""),
    CheckConstraint(
        "status in ('trial', 'open', 'rectifying', 'frozen', 'exited')", name="status_known"
    ),
)
Index("ix_service_points_county", service_points.c.county, service_points.c.bank_id)

terminals = Table(
    "terminals",
    metadata,
    Column("terminal_id", String(8), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("serial", String(24), nullable=False, unique=True),
    Column("service_point_id", String(16), ForeignKey("service_points.service_point_id")),
    Column("till_account_id", BIG, ForeignKey("accounts.account_id")),
)
Index("ix_terminals_service_point", terminals.c.service_point_id)

cards = Table(
    "cards",
    metadata,
    Column("card_id", BIG, primary_key=True, autoincrement=False),
    Column("pan_hash", String(32), nullable=False, unique=True),
    Column("card_masked", String(19), nullable=False),
    Column("product", String(24), nullable=False),
    Column("bank_id", String(8), nullable=False),
    Column("account_id", BIG, ForeignKey("accounts.account_id"), nullable=False),
    Column("holder_name", String(80), nullable=False),
    Column("birth_date", Date, nullable=False),
    Column("county", String(6), nullable=False),
    Column("status", String(16), nullable=False),
    Column("pin_verification", String(16), nullable=False),
    Column("pin_failures", Integer, nullable=False, default=0),
    Column("pin_failed_on", Date),
    Column("gets_subsidies", Boolean, nullable=False, default=False),
    Column("first_withdrawal_month", Integer, nullable=False, default=0),
    Column("effect", String(24)),
    Column("magic_name", String(32)),
)
Index("ix_cards_account", cards.c.account_id)

billers = Table(
    "billers",
    metadata,
    Column("biller_id", String(16), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("name_en", String(80), nullable=False),
    Column("category", String(24), nullable=False),
    Column("account_id", BIG, ForeignKey("accounts.account_id"), nullable=False),
    Column("takes_any_bill", Boolean, nullable=False),
)

bills = Table(
    "bills",
    metadata,
    Column("biller_id", String(16), ForeignKey("billers.biller_id"), nullable=False),
    Column("bill_no", String(32), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("payer_name", String(80), nullable=False),
    Column("paid_by", String(24)),
    Column("seal", String(16), nullable=False),
    PrimaryKeyConstraint("biller_id", "bill_no"),
    CheckConstraint("amount_fen > 0", name="amount_positive"),
)

Index("ix_bills_payer", bills.c.payer_name, bills.c.biller_id)

transactions = Table(
    "transactions",
    metadata,
    Column("transaction_id", String(32), primary_key=True),
    Column("terminal_id", String(8), nullable=False),
    Column("batch_no", String(6), nullable=False),
    Column("trace_no", String(6), nullable=False),
    Column("business", String(24), nullable=False),
    Column("first_status", String(12), nullable=False),
    Column("status", String(12), nullable=False),
    Column("response_code", String(2), nullable=False),
    Column("fingerprint", String(32), nullable=False),
    Column("business_date", Date, nullable=False),
    Column("decided_us", BigInteger, nullable=False),
    Column("policy_version", String(32), nullable=False),
    Column("service_point_id", String(16)),
    Column("card_id", BIG),
    Column("card_masked", String(19)),
    Column("region", String(16)),
    Column("amount_fen", BigInteger),
    Column("fee_before_fen", BigInteger, nullable=False),
    Column("fee_waived_fen", BigInteger, nullable=False),
    Column("fee_charged_fen", BigInteger, nullable=False),
    Column("waiver_id", String(40)),
    Column("fee_bearer", String(12)),
    Column("balance_fen", BigInteger),
    Column("payee_account_id", BIG),
    Column("payee_account_no", String(20)),
    Column("biller_id", String(16)),
    Column("bill_no", String(32)),
    Column("funding", String(4)),
    Column("limit_kind", String(16)),
    Column("is_first_of_month", Boolean, nullable=False),
    Column("original_id", String(32)),
    Column("available_us", BigInteger),
    Column("ended_by", String(48)),
    Column("refusal", Text),
    Column("details", Text),
    Column("seal", String(16), nullable=False),
    CheckConstraint("amount_fen is null or amount_fen > 0", name="amount_positive"),
    CheckConstraint(
        "fee_before_fen = fee_waived_fen + fee_charged_fen and fee_waived_fen >= 0"
        " and fee_charged_fen >= 0",
        name="fee_adds_up",
    ),
    CheckConstraint(
        "(response_code = '00') = (first_status in ('approved', 'held'))", name="code_fits_status"
    ),
    CheckConstraint("first_status <> 'held' or available_us is not null", name="held_until"),
)
Index(
    "ix_transactions_held",
    transactions.c.available_us,
    sqlite_where=transactions.c.status == "held",
    postgresql_where=transactions.c.status == "held",
)
Index("ix_transactions_business_date", transactions.c.business_date, transactions.c.decided_us)
Index("ix_transactions_card", transactions.c.card_id, transactions.c.decided_us)
Index("ix_transactions_service_point", transactions.c.service_point_id, transactions.c.decided_us)
Index(
    "ix_transactions_payee",
    transactions.c.payee_account_id,
    transactions.c.decided_us,
    sqlite_where=transactions.c.payee_account_id.is_not(None),
    postgresql_where=transactions.c.payee_account_id.is_not(None),
)
Index(
    "ix_transactions_bill",
    transactions.c.bill_no,
    transactions.c.biller_id,
    transactions.c.decided_us,
    sqlite_where=transactions.c.bill_no.is_not(None),
    postgresql_where=transactions.c.bill_no.is_not(None),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("transaction_id", String(32), primary_key=True),
    Column("reversal_id", String(32), nullable=False),
)

postings = Table(
    "postings",
    metadata,
    Column("posting_no", BIG, Identity(), primary_key=True),
    Column("entry_id", String(40), nullable=False),
    Column("business_date", Date, nullable=False),
    Column("debit_account_id", BIG, nullable=False),
    Column("credit_account_id", BIG, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    CheckConstraint("amount_fen > 0", name="amount_positive"),
    CheckConstraint("debit_account_id <> credit_account_id", name="two_sides"),
)
# The day goes first, so that what a group writes lies together however long the journal is.
Index("ix_postings_day", postings.c.business_date, postings.c.entry_id)

FOLLOWS = "substr(entry_id, 21, 1) = '-'"
"""True of an entry that follows the one of a transaction on some later day: its release or
cancellation, named after the twenty characters of the transaction's id."""

Index(
    "ix_postings_follows",
    postings.c.entry_id,
    sqlite_where=text(FOLLOWS),
    postgresql_where=text(FOLLOWS),
)

usage = Table(
    "usage",
    metadata,
    Column("kind", String(16), nullable=False),
    Column("subject_id", BIG, nullable=False),
    Column("business_date", Date, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    PrimaryKeyConstraint("business_date", "subject_id", "kind"),  # a day's rows lie together
    CheckConstraint("amount_fen >= 0 and count >= 0", name="never_below_zero"),
    comment="what a card (a payee account for cash remittances) used of its daily limit",
    sqlite_with_rowid=False,  # nobody finds it but by its key: one tree instead of two
)

settlements = Table(
    "settlements",
    metadata,
    Column("business_date", Date, nullable=False),
    Column("bank_id", String(8), nullable=False),
    Column("received_fen", BigInteger, nullable=False),
    Column("given_fen", BigInteger, nullable=False),
    Column("net_fen", BigInteger, nullable=False),
    PrimaryKeyConstraint("business_date", "bank_id"),
    CheckConstraint("net_fen = received_fen - given_fen", name="net_adds_up"),
    comment="what each bank settles with the others for one business day",
)
