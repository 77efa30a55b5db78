"""自有关系 The operator's own people on the register: whose cards and accounts count as own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from pos_sim.domain.accounts import Kind
from pos_sim.domain.mistakes import Mistaken
from pos_sim.store import new_points as store


class Kinship(StrEnum):
    """Who it is to the operator; ``self`` is a card or account of the operator's own."""

    SELF = "self"
    SPOUSE = "spouse"
    PARENT = "parent"
    CHILD = "child"
    SIBLING = "sibling"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One card or account of somebody who belongs to the operator."""

    relation: Kinship
    name: str
    account_no: str | None = None
    card_id: int | None = None


def relations_of(
    connection: Connection,
    operator: str,
    account_id: int,
    wanted: Sequence[Relation],
    within: str = "",
) -> list[dict[str, object]]:
    """Return the column's rows: the settlement account first, then what was asked for.

    ``within`` is where the relations stand in what was sent, for the field of a mistake.
    """
    numbers = {one.account_no for one in wanted if one.account_no is not None}
    accounts = store.accounts_by_no(connection, numbers)
    card_ids = {one.card_id for one in wanted if one.card_id is not None}
    cards = store.cards_by_id(connection, card_ids)
    rows = [_row(Kinship.SELF, operator, account_id, None)]
    for number, one in enumerate(wanted):
        field = f"{within}relations.{number}"
        found = _account_of(one, field, accounts, cards)
        if one.relation is Kinship.SELF and one.name != operator:
            raise Mistaken(f"{field}.name", "非负责人本人 · Not the operator's name")
        rows.append(_row(one.relation, one.name, found, one.card_id))
    return rows


def _account_of(
    one: Relation, field: str, accounts: dict[str, Any], cards: dict[int, tuple[int, str]]
) -> int:
    """Return the account that a relation names, by card or by number."""
    if one.card_id is not None:
        account_id, holder = cards.get(one.card_id, (None, None))
        if account_id is None:
            raise Mistaken(f"{field}.card_id", "无此卡 · No such card")
    else:
        account_id, _, kind, holder, is_open = accounts.get(
            one.account_no or "", (None, None, None, None, None)
        )
        if kind not in (Kind.CARDHOLDER, Kind.OPERATOR) or not is_open:
            raise Mistaken(f"{field}.account_no", "无此个人账户 · No such person's account")
    if holder != one.name:
        raise Mistaken(f"{field}.name", "户名不符 · The holder has another name")
    assert account_id is not None
    return int(account_id)


def _row(relation: Kinship, name: str, account_id: int, card_id: int | None) -> dict[str, object]:
    return {
        "relation": relation.value,
        "name": name,
        "account_id": account_id,
        "card_id": card_id,
    }
