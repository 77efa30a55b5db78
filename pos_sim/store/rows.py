"""Rows to facts and facts to rows: the one place that knows the order of columns."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from pos_sim.domain.accounts import Account, AccountId, Kind
from pos_sim.domain.calendar import SHANGHAI
from pos_sim.domain.cards import Card, CardStatus, Product
from pos_sim.domain.magic import Effect
from pos_sim.domain.money import Fen
from pos_sim.domain.requests import Business
from pos_sim.domain.service_points import (
    Control,
    PointKind,
    PointStatus,
    ServicePoint,
    Terminal,
    TerminalKind,
)
from pos_sim.domain.transactions import Refusal, Status, Transaction, seal_of

KINDS = {kind.value: kind for kind in Kind}
PRODUCTS = {product.value: product for product in Product}
CARD_STATUSES = {status.value: status for status in CardStatus}
POINT_KINDS = {kind.value: kind for kind in PointKind}
POINT_STATUSES = {status.value: status for status in PointStatus}
TERMINAL_KINDS = {kind.value: kind for kind in TerminalKind}
STATUSES = {status.value: status for status in Status}

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_us(moment: datetime) -> int:
    """Return a moment as microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def from_us(us: int) -> datetime:
    """Return the moment, in local time."""
    return (EPOCH + timedelta(microseconds=us)).astimezone(SHANGHAI)


def to_day(value: Any) -> date:
    """Return a date column as a date: SQLite keeps text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def day_or_none(value: Any) -> date | None:
    return None if value is None else to_day(value)


CARD_COLUMNS = (
    "card_id, card_masked, product, bank_id, account_id, county, birth_date, status,"
    " pin_verification, pin_failures, pin_failed_on, gets_subsidies, first_withdrawal_month, effect"
)


def card_of(row: Any) -> Card:
    """Return the card of a row of ``CARD_COLUMNS``."""
    (
        card_id, masked, product, bank_id, account_id, county, birth_date, status,
        pin_verification, pin_failures, pin_failed_on, gets_subsidies, first_month, effect,
    ) = row  # fmt: skip
    return Card(
        card_id=card_id,
        masked=masked,
        product=PRODUCTS[product],
        bank_id=bank_id,
        account_id=AccountId(account_id),
        county=county,
        birth_date=to_day(birth_date),
        status=CARD_STATUSES[status],
        pin_verification=pin_verification,
        pin_failures=pin_failures,
        pin_failed_on=day_or_none(pin_failed_on),
        gets_subsidies=bool(gets_subsidies),
        first_withdrawal_month=first_month,
        effect=Effect(effect) if effect else None,
    )


ACCOUNT_COLUMNS = "account_id, account_no, kind, bank_id, name, is_open, balance_fen"


def account_of(row: Any) -> Account:
    """Return the account of a row of ``ACCOUNT_COLUMNS``."""
    account_id, account_no, kind, bank_id, name, is_open, balance = row
    return Account(
        account_id, account_no, KINDS[kind], bank_id, name, bool(is_open),
        None if balance is None else Fen(balance),
    )  # fmt: skip


POINT_COLUMNS = (
    "p.service_point_id, p.bank_id, p.kind, p.status, p.county, p.operator_trained_on,"
    " p.operator_account_id, p.controls"
)


def point_of(row: Any) -> ServicePoint:
    """Return the service point of a row of ``POINT_COLUMNS``."""
    point_id, bank_id, kind, status, county, trained_on, operator_account_id, controls = row
    return ServicePoint(
        service_point_id=point_id,
        bank_id=bank_id,
        kind=POINT_KINDS[kind],
        status=POINT_STATUSES[status],
        county=county,
        operator_is_trained=trained_on is not None,
        operator_account_id=AccountId(operator_account_id),
        controls=controls_of(controls) if controls else (),
    )


def controls_of(text: str) -> tuple[Control, ...]:
    """Return the controls that a column keeps as JSON."""
    return tuple(
        Control(
            Business(item["business"]),
            item["allowed"],
            None if item["limit_fen"] is None else Fen(item["limit_fen"]),
            None if item["until"] is None else datetime.fromisoformat(item["until"]),
        )
        for item in orjson.loads(text)
    )


def controls_text(controls: tuple[Control, ...]) -> str:
    """Return controls as a column keeps them; the empty text is none."""
    items = [
        {
            "business": control.business.value,
            "allowed": control.allowed,
            "limit_fen": control.limit,
            "until": control.until.isoformat() if control.until else None,
        }
        for control in controls
    ]
    return orjson.dumps(items).decode() if items else ""


TERMINAL_COLUMNS = "t.terminal_id, t.kind, t.serial, t.service_point_id, t.till_account_id"


def terminal_of(row: Any) -> Terminal:
    """Return the terminal of a row of ``TERMINAL_COLUMNS``."""
    terminal_id, kind, serial, point_id, till_account_id = row
    return Terminal(terminal_id, TERMINAL_KINDS[kind], serial, point_id, till_account_id)


TRANSACTION_COLUMNS = (
    "transaction_id", "terminal_id", "batch_no", "trace_no", "business", "first_status", "status",
    "response_code", "fingerprint", "business_date", "decided_us", "policy_version",
    "service_point_id", "card_id", "card_masked", "region", "amount_fen", "fee_before_fen",
    "fee_waived_fen", "fee_charged_fen", "waiver_id", "fee_bearer", "balance_fen",
    "payee_account_id", "payee_account_no", "biller_id", "bill_no", "funding", "limit_kind",
    "is_first_of_month", "original_id", "available_us", "ended_by", "refusal", "details",
)  # fmt: skip


def transaction_row(t: Transaction, seal_key: bytes) -> tuple[Any, ...]:
    """Return the row of a transaction: ``TRANSACTION_COLUMNS`` and its seal."""
    return (
        t.transaction_id, t.terminal_id, t.batch_no, t.trace_no, t.business,
        t.first_status.value, t.status.value, t.response_code, t.fingerprint,
        t.business_date.isoformat(), to_us(t.decided_at), t.policy_version,
        t.service_point_id, t.card_id, t.card_masked, t.region, t.amount, t.fee_before,
        t.fee_waived, t.fee_charged, t.waiver_id, t.fee_bearer, t.balance,
        t.payee_account_id, t.payee_account_no, t.biller_id, t.bill_no, t.funding, t.limit_kind,
        t.is_first_of_month, t.original_id,
        None if t.available_at is None else to_us(t.available_at), t.ended_by,
        refusal_text(t.refusal), details_text(t.details), seal_of(t, seal_key),
    )  # fmt: skip


def transaction_of(row: Any) -> Transaction:
    """Return the transaction of a row of ``TRANSACTION_COLUMNS``; what follows is ignored."""
    (
        transaction_id, terminal_id, batch_no, trace_no, business, first_status, status,
        response_code, fingerprint, business_date, decided_us, policy_version,
        service_point_id, card_id, card_masked, region, amount, fee_before, fee_waived, fee_charged,
        waiver_id, fee_bearer, balance, payee_account_id, payee_account_no, biller_id, bill_no,
        funding, limit_kind, is_first_of_month, original_id, available_us, ended_by, refusal,
        details,
    ) = row[: len(TRANSACTION_COLUMNS)]  # fmt: skip
    return Transaction(
        transaction_id=transaction_id,
        terminal_id=terminal_id,
        batch_no=batch_no,
        trace_no=trace_no,
        business=business,
        first_status=STATUSES[first_status],
        status=STATUSES[status],
        response_code=response_code,
        fingerprint=fingerprint,
        business_date=to_day(business_date),
        decided_at=from_us(decided_us),
        policy_version=policy_version,
        service_point_id=service_point_id,
        card_id=card_id,
        card_masked=card_masked,
        region=region,
        amount=amount,
        fee_before=fee_before,
        fee_waived=fee_waived,
        fee_charged=fee_charged,
        waiver_id=waiver_id,
        fee_bearer=fee_bearer,
        balance=balance,
        payee_account_id=payee_account_id,
        payee_account_no=payee_account_no,
        biller_id=biller_id,
        bill_no=bill_no,
        funding=funding,
        limit_kind=limit_kind,
        is_first_of_month=bool(is_first_of_month),
        original_id=original_id,
        available_at=None if available_us is None else from_us(available_us),
        ended_by=ended_by,
        refusal=refusal_of(refusal),
        details=None if details is None else orjson.loads(details),
    )


def refusal_text(refusal: Refusal | None) -> str | None:
    if refusal is None:
        return None
    resets_us = None if refusal.resets_at is None else to_us(refusal.resets_at)
    parts = [refusal.check, refusal.code, refusal.limit, refusal.used, resets_us]
    return orjson.dumps(parts).decode()


def refusal_of(text: str | None) -> Refusal | None:
    if text is None:
        return None
    check, code, limit, used, resets_us = orjson.loads(text)
    return Refusal(check, code, limit, used, None if resets_us is None else from_us(resets_us))


def details_text(details: dict[str, Any] | None) -> str | None:
    return None if details is None else orjson.dumps(details).decode()
