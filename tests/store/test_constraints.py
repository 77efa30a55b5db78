"""The database repeats the promises: each bad row is refused, and its good twin is taken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update
from sqlalchemy.exc import IntegrityError

from pos_sim.domain.money import LARGEST
from pos_sim.store.database import Database
from pos_sim.store.tables import metadata
from tests.undone import undone
from tests.worlds import BILL_NO, POINT, POWER, SMALL

DAY = date(2026, 3, 2)
CARD, TILL = SMALL.account_of("gyb_debit"), SMALL.account("till")

GOOD: dict[str, dict[str, Any]] = {
    "world": {"name": "new", "value": "1"},
    "accounts": {
        "account_id": 5_000,
        "account_no": "520019999999999",
        "kind": "cardholder",
        "bank_id": "gyb",
        "name": "新户",
        "is_open": True,
        "balance_fen": 0,
    },
    "terminals": {
        "terminal_id": "52019999",
        "kind": "pos",
        "serial": "SN-new",
        "service_point_id": POINT,
        "till_account_id": TILL.account_id,
    },
    "cards": {
        "card_id": 5_000,
        "pan_hash": "h" * 32,
        "card_masked": "990001******0000",
        "product": "debit",
        "bank_id": "gyb",
        "account_id": CARD.account_id,
        "holder_name": "谁",
        "birth_date": DAY,
        "county": "520102",
        "status": "active",
        "pin_verification": "p" * 16,
    },
    "billers": {
        "biller_id": "gas",
        "name": "燃气",
        "name_en": "Gas",
        "category": "utility",
        "account_id": SMALL.billers[0].account.account_id,
        "takes_any_bill": False,
    },
    "bills": {
        "biller_id": POWER,
        "bill_no": "new",
        "amount_fen": 1,
        "payer_name": "谁",
        "paid_by": None,
        "seal": "s" * 16,
    },
    "transactions": {
        "transaction_id": "52010001000001000001",
        "terminal_id": "52010001",
        "batch_no": "000001",
        "trace_no": "000001",
        "business": "withdrawal",
        "first_status": "approved",
        "status": "approved",
        "response_code": "00",
        "fingerprint": "f" * 32,
        "business_date": DAY,
        "decided_us": 1,
        "policy_version": "2014-235",
        "amount_fen": 1,
        "fee_before_fen": 3,
        "fee_waived_fen": 1,
        "fee_charged_fen": 2,
        "is_first_of_month": False,
        "seal": "s" * 16,
    },
    "tombstones": {"transaction_id": "t", "reversal_id": "r"},
    "postings": {
        "entry_id": "e",
        "business_date": DAY,
        "debit_account_id": 1_000,
        "credit_account_id": 1_001,
        "amount_fen": 1,
    },
    "usage": {
        "kind": "withdrawal",
        "subject_id": 1,
        "business_date": DAY,
        "amount_fen": 0,
        "count": 0,
    },
    "settlements": {
        "business_date": DAY,
        "bank_id": "gyb",
        "received_fen": 5,
        "given_fen": 7,
        "net_fen": -2,
    },
    "api_keys": {"key_hash": "k" * 64, "name": "new", "role": "terminal"},
}
"""One good row a table; what a case does not name comes from here."""

GOOD_TOO: list[tuple[str, dict[str, Any]]] = [
    ("accounts", {"kind": "till", "balance_fen": -1}),  # a till below zero is the operator's cash
    ("accounts", {"kind": "fee_income", "balance_fen": None}),
    ("accounts", {"kind": "operator", "balance_fen": LARGEST}),
    ("transactions", {"amount_fen": None}),  # an inquiry
    ("transactions", {"amount_fen": LARGEST, "balance_fen": LARGEST}),
    ("transactions", {"first_status": "declined", "response_code": "51"}),
    ("transactions", {"first_status": "held", "available_us": 1}),
    ("transactions", {"fee_before_fen": 0, "fee_waived_fen": 0, "fee_charged_fen": 0}),
    ("terminals", {"service_point_id": None, "till_account_id": None}),
]

BAD: list[tuple[str, dict[str, Any]]] = [
    ("accounts", {"balance_fen": -1}),
    ("accounts", {"kind": "operator", "balance_fen": -1}),
    ("accounts", {"balance_fen": None}),  # an account whose balance is kept has one
    ("accounts", {"kind": "till", "balance_fen": None}),
    ("accounts", {"kind": "fee_income", "balance_fen": 0}),  # a hot one is summed
    ("accounts", {"account_no": CARD.account_no}),
    ("accounts", {"account_id": CARD.account_id}),
    ("terminals", {"service_point_id": "nowhere"}),
    ("terminals", {"till_account_id": 9_999_999}),
    ("terminals", {"serial": "SN-1"}),
    ("cards", {"account_id": 9_999_999}),
    ("cards", {"card_id": 1}),
    ("billers", {"account_id": 9_999_999}),
    ("bills", {"amount_fen": 0}),
    ("bills", {"amount_fen": -1}),
    ("bills", {"biller_id": "nobody"}),
    ("bills", {"bill_no": BILL_NO}),
    ("transactions", {"amount_fen": 0}),
    ("transactions", {"amount_fen": -1}),
    ("transactions", {"fee_charged_fen": 3}),
    ("transactions", {"fee_before_fen": 4}),
    ("transactions", {"fee_waived_fen": -1, "fee_charged_fen": 4}),
    ("transactions", {"fee_waived_fen": 4, "fee_charged_fen": -1}),
    ("transactions", {"response_code": "51"}),  # approved, with the code of a refusal
    ("transactions", {"first_status": "declined"}),  # declined with 00
    ("transactions", {"first_status": "held", "available_us": None}),
    ("transactions", {"seal": None}),
    ("postings", {"amount_fen": 0}),
    ("postings", {"amount_fen": -1}),
    ("postings", {"credit_account_id": 1_000}),  # both sides the same account
    ("usage", {"amount_fen": -1}),
    ("usage", {"count": -1}),
    ("settlements", {"net_fen": -1}),
    ("settlements", {"received_fen": 6}),
    ("settlements", {"given_fen": 8}),
    ("api_keys", {"role": "root"}),
]

NUMBERED = {"accounts.account_id", "cards.card_id", "postings.posting_no"}
"""A missing whole-number key is a new number to SQLite."""

TWICE = [name for name in GOOD if name != "postings"]


def put(connection: Connection, table: str, changes: Mapping[str, Any]) -> None:
    connection.execute(insert(metadata.tables[table]), [{**GOOD[table], **changes}])


def said(case: Any) -> str:
    return str(case).replace("'", "") if not isinstance(case, str) else case


@pytest.mark.parametrize(
    ("table", "changes"), [*((name, {}) for name in GOOD), *GOOD_TOO], ids=said
)
def test_a_good_row_is_taken(
    still_database: Database, table: str, changes: Mapping[str, Any]
) -> None:
    with undone(still_database) as connection:
        put(connection, table, changes)


@pytest.mark.parametrize(("table", "changes"), BAD, ids=said)
def test_a_bad_row_is_refused(
    still_database: Database, table: str, changes: Mapping[str, Any]
) -> None:
    with undone(still_database) as connection, pytest.raises(IntegrityError):
        put(connection, table, changes)


@pytest.mark.parametrize("table", TWICE)
def test_nothing_that_has_a_key_is_written_twice(still_database: Database, table: str) -> None:
    with undone(still_database) as connection:
        put(connection, table, {})
        with pytest.raises(IntegrityError):
            put(connection, table, {})


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (name, column.name)
        for name in GOOD
        for column in metadata.tables[name].columns
        if not column.nullable and f"{name}.{column.name}" not in NUMBERED
    ],
)
def test_what_must_be_there_is_there(still_database: Database, table: str, column: str) -> None:
    with undone(still_database) as connection, pytest.raises(IntegrityError):
        put(connection, table, {column: None})


def test_a_point_has_a_status_that_everybody_knows(still_database: Database) -> None:
    points = metadata.tables["service_points"]
    with undone(still_database) as connection, pytest.raises(IntegrityError):
        connection.execute(update(points).values(status="asleep"))
