"""服务点负责人 Who runs a point: settlement account and own people, under its row lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection

from pos_sim.domain.accounts import Kind
from pos_sim.domain.banks import BANKS
from pos_sim.domain.mistakes import AlreadyThere, Mistaken
from pos_sim.domain.money import ZERO, Fen
from pos_sim.domain.opening import AFTER_NEW_OPERATOR, Step, require_step
from pos_sim.domain.training import UNTRAINED
from pos_sim.engine.relations import Relation, relations_of
from pos_sim.store import new_points as store
from pos_sim.store.new_accounts import open_account
from pos_sim.store.new_points import LockedPoint, lock_point

LONGEST_ID = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """服务点负责人 as registered; ``account_no``: an operator's account of theirs that exists."""

    name: str
    account_no: str | None = None
    deposit: Fen = ZERO
    relations: Sequence[Relation] = ()


def replace_operator(
    connection: Connection, point_id: str, wish: Operator, today: date
) -> LockedPoint:
    """Enter a new operator, untrained; an open point is on trial again.

    Somebody of the present one's name is taken for the present one sent twice: `AlreadyThere`.
    Returns the point as it was before.
    """
    point = lock_point(connection, point_id)
    require_step(point.status, Step.OPERATOR)
    if wish.name == point.operator_name:
        raise AlreadyThere
    operator_id = next_operator_id(point.operator_id)
    entry_id = f"opening-{operator_id}"
    entered = enter_operator(connection, point.bank_id, wish, entry_id, today)
    status = AFTER_NEW_OPERATOR[point.status]
    store.OPERATOR.run(
        connection, point=point_id, operator_id=operator_id, status=status.value, **entered
    )
    store.write_training(connection, point_id, UNTRAINED)
    return point


def update_operator(connection: Connection, point_id: str, wish: Operator) -> LockedPoint:
    """Bring name and people of the present operator up to date; their account stays.

    Returns the point as it was before.
    """
    point = lock_point(connection, point_id)
    require_step(point.status, Step.OPERATOR)
    if wish.account_no is not None or wish.deposit:
        field = "deposit_fen" if wish.deposit else "account_no"
        raise Mistaken(field, "更新时结算账户不变 · An update leaves the account as it is")
    people = relations_of(connection, wish.name, point.operator_account_id, wish.relations)
    store.OPERATOR.run(
        connection,
        point=point_id,
        operator_id=point.operator_id,
        status=point.status.value,
        operator_name=wish.name,
        operator_account_id=point.operator_account_id,
        operator_relations=orjson.dumps(people).decode(),
    )
    return point


def enter_operator(
    connection: Connection,
    bank_id: str,
    wish: Operator,
    entry_id: str,
    today: date,
    within: str = "",
) -> dict[str, Any]:
    """Return the columns of an operator; ``within`` is where they stand in what was sent."""
    account_id = settlement_account(connection, bank_id, wish, entry_id, today, within)
    people = relations_of(connection, wish.name, account_id, wish.relations, within)
    return {
        "operator_name": wish.name,
        "operator_account_id": account_id,
        "operator_relations": orjson.dumps(people).decode(),
    }


def first_operator_id(point_id: str) -> str:
    """Return the id of a point's first operator.

    >>> first_operator_id("SP520121-0001")
    'OP520121-0001'
    """
    return point_id.replace("SP", "OP")


def next_operator_id(before: str) -> str:
    """Return the id of who follows at the same point.

    >>> next_operator_id("OP520121-0001"), next_operator_id("OP520121-0001-2")
    ('OP520121-0001-2', 'OP520121-0001-3')
    """
    first, _, turn = before[9:].partition("-")
    number = int(turn or 1) + 1
    made = f"{before[:9]}{first}-{number}"
    if len(made) > LONGEST_ID:
        raise Mistaken("name", "负责人更换次数已满 · No more changes of operator")
    return made


def settlement_account(
    connection: Connection,
    bank_id: str,
    wish: Operator,
    entry_id: str,
    today: date,
    within: str = "",
) -> int:
    """Return the operator's settlement account: one that exists, or a new one."""
    if wish.account_no is None:
        return open_account(
            connection,
            Kind.OPERATOR,
            BANKS[bank_id],
            wish.name,
            wish.deposit,
            entry_id=entry_id,
            day=today,
        ).account_id
    if wish.deposit:
        raise Mistaken(f"{within}deposit_fen", "仅新开账户可存入 · Only into a new account")
    found = store.accounts_by_no(connection, [wish.account_no]).get(wish.account_no)
    if found is None or found[1:] != (bank_id, Kind.OPERATOR.value, wish.name, True):
        raise Mistaken(
            f"{within}account_no",
            "须为本人在本行的负责人结算账户 · Must be an operator's account of theirs at this bank",
        )
    return int(found[0])
