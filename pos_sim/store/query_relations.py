"""自有关系 The read side of the operators' own people: their accounts, and the cards to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Row, select

from pos_sim.store.tables import accounts, cards


@dataclass(frozen=True, slots=True)
class RelationRecord:
    """自有关系 One account of the operator's own people, with the card to it where there is one."""

    relation: str
    name: str
    account_id: int
    account_no: str
    card_id: int | None
    card_masked: str | None


def relations_of(
    connection: Connection, found: Sequence[Row[Any]]
) -> dict[str, list[RelationRecord]]:
    """Return the operators' own people by point, with the numbers of accounts and cards."""
    kept = {row.service_point_id: orjson.loads(row.operator_relations or "[]") for row in found}
    everybody = [one for relations in kept.values() for one in relations]
    numbers = names_of(
        connection, accounts.c.account_id, accounts.c.account_no,
        {one["account_id"] for one in everybody},
    )  # fmt: skip
    masks = names_of(
        connection, cards.c.card_id, cards.c.card_masked,
        {one["card_id"] for one in everybody} - {None},
    )  # fmt: skip
    return {
        point: [
            RelationRecord(
                one["relation"],
                one["name"],
                one["account_id"],
                numbers[one["account_id"]],
                one["card_id"],
                masks.get(one["card_id"]),
            )
            for one in relations
        ]
        for point, relations in kept.items()
    }


def names_of(
    connection: Connection, key: Column[Any], name: Column[Any], keys: set[int]
) -> dict[int, str]:
    """Return what the rows with these keys are called."""
    if not keys:
        return {}
    found = connection.execute(select(key, name).where(key.in_(sorted(keys))))
    return {row[0]: row[1] for row in found}
