"""The small world as rows of a database."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, insert

from pos_sim.domain.accounts import (
    BANK_ACCOUNTS,
    Account,
)
from pos_sim.domain.service_points import (
    ServicePoint,
)
from pos_sim.store import rows, tables
from pos_sim.store.lock_bills import bill_row
from pos_sim.store.save_book import save_entries
from pos_sim.store.world import write_world
from tests.world import CardOfWorld, World
from tests.worlds import FACTS, SECRETS, SMALL, openings


def seed(connection: Connection, world: World = SMALL) -> None:
    """Write the world into a migrated and empty database."""
    write_world(connection, FACTS)
    everybody = [*BANK_ACCOUNTS.values(), *world.accounts]
    connection.execute(insert(tables.accounts), [_account_row(a) for a in everybody])
    connection.execute(insert(tables.service_points), [_point_row(p, world) for p in world.points])
    connection.execute(
        insert(tables.terminals),
        [
            {
                "terminal_id": t.terminal_id,
                "kind": t.kind.value,
                "serial": t.serial,
                "service_point_id": t.service_point_id,
                "till_account_id": t.till_account_id,
            }
            for t in world.terminals
        ],
    )
    connection.execute(insert(tables.cards), [_card_row(c, world) for c in world.cards])
    connection.execute(
        insert(tables.billers),
        [
            {
                "biller_id": b.biller_id,
                "name": b.name,
                "name_en": b.name_en,
                "category": b.category,
                "account_id": b.account.account_id,
                "takes_any_bill": b.takes_any_bill,
            }
            for b in world.billers
        ],
    )
    names = ("biller_id", "bill_no", "amount_fen", "payer_name", "paid_by", "seal")
    connection.execute(
        insert(tables.bills),
        [dict(zip(names, bill_row(b, SECRETS.key), strict=True)) for b in world.bills],
    )
    save_entries(connection, openings(world))


def _account_row(account: Account) -> dict[str, Any]:
    return {
        "account_id": account.account_id,
        "account_no": account.account_no,
        "kind": account.kind.value,
        "bank_id": account.bank_id,
        "name": account.name,
        "is_open": account.is_open,
        "balance_fen": account.balance,
    }


def _point_row(point: ServicePoint, world: World) -> dict[str, Any]:
    operator = next(a for a in world.accounts if a.account_id == point.operator_account_id)
    return {
        "service_point_id": point.service_point_id,
        "name": f"{point.service_point_id} 便民店",
        "bank_id": point.bank_id,
        "kind": point.kind.value,
        "status": point.status.value,
        "county": point.county,
        "town": f"{point.county}100",
        "village": "一组",
        "latitude": 26.6,
        "longitude": 106.7,
        "opens_minute": 480,
        "closes_minute": 1_200,
        "market_residue": 3,
        "opened_on": date(2020, 1, 1),
        "star_grade": 3,
        "tier": "B",
        "operator_id": f"OP-{point.bank_id}",
        "operator_name": operator.name,
        "operator_trained_on": date(2020, 1, 1) if point.operator_is_trained else None,
        "operator_training": "[]",
        "operator_relations": "[]",
        "operator_account_id": point.operator_account_id,
        "till_account_id": world.tills[point.service_point_id],
        "controls": rows.controls_text(point.controls),
    }


def _card_row(of_world: CardOfWorld, world: World) -> dict[str, Any]:
    card = of_world.card
    holder = next(a.name for a in world.accounts if a.account_id == card.account_id)
    return {
        "card_id": card.card_id,
        "pan_hash": SECRETS.pan_hash(of_world.pan),
        "card_masked": card.masked,
        "product": card.product.value,
        "bank_id": card.bank_id,
        "account_id": card.account_id,
        "holder_name": holder,
        "birth_date": card.birth_date,
        "county": card.county,
        "status": card.status.value,
        "pin_verification": card.pin_verification,
        "pin_failures": card.pin_failures,
        "pin_failed_on": card.pin_failed_on,
        "gets_subsidies": card.gets_subsidies,
        "first_withdrawal_month": card.first_withdrawal_month,
        "effect": card.effect.value if card.effect else None,
        "magic_name": of_world.name if card.effect else None,
    }
