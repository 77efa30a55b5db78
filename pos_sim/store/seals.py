"""The seals of stored transactions: does every record say what it said when it was decided?

A year has millions of them, so nothing is made of a row first: its seal is computed from what
lies there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import Connection

from pos_sim.domain.transactions import seal_over
from pos_sim.store.rows import TRANSACTION_COLUMNS

SECOND_US = 1_000_000
ALL_TRANSACTIONS = f"select {', '.join(TRANSACTION_COLUMNS)}, seal from transactions"


def broken_seals(connection: Connection, key: bytes) -> Iterator[str]:
    """Give the transactions whose record is not what was decided."""
    for row in streamed(connection, ALL_TRANSACTIONS):
        if seal_of_row(row, key) != row[-1]:
            yield row[0]


def seal_of_row(row: Any, key: bytes) -> str:
    """Return what `seal_of` says of the transaction of a row, seal included."""
    (
        transaction_id, _, _, _, business, first_status, _, response_code, fingerprint, day,
        decided_us, policy_version, service_point_id, card_id, card_masked, region, amount,
        fee_before, fee_waived, fee_charged, waiver_id, fee_bearer, balance, payee_account_id,
        payee_account_no, biller_id, bill_no, funding, limit_kind, is_first_of_month, original_id,
        available_us, _, refusal, details, _,
    ) = row  # fmt: skip
    if refusal is not None:
        check, _, limit, used, _ = orjson.loads(refusal)
        refusal = check, limit, used
    parts = (
        transaction_id, business, first_status, response_code, fingerprint, str(day),
        decided_us / SECOND_US, policy_version, service_point_id, card_id, card_masked, region,
        amount, fee_before, fee_waived, fee_charged, waiver_id, fee_bearer, balance,
        payee_account_id, payee_account_no, biller_id, bill_no, funding, limit_kind,
        bool(is_first_of_month), original_id,
        None if available_us is None else available_us / SECOND_US,
        refusal, None if details is None else orjson.loads(details),
    )  # fmt: skip
    return seal_over(parts, key)


def streamed(connection: Connection, sql: str) -> Iterator[Any]:
    """Read a whole table without holding it in memory."""
    options = {"stream_results": True, "yield_per": 5_000}
    with connection.exec_driver_sql(sql, execution_options=options) as result:
        yield from result
