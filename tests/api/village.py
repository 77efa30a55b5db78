"""The village world as tests see it: a terminal of every kind and fate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

import migrations
from pos_sim.domain.accounts import Kind, bank_account_id
from pos_sim.domain.cards import CardSecrets
from pos_sim.domain.journal import Entry, Posting
from pos_sim.domain.money import Fen
from pos_sim.store.database import Database
from pos_sim.store.keys import ApiKey, add_key
from pos_sim.store.save_book import save_entries
from pos_sim.store.world import read_world
from seeds.load import secrets_of, seed_database
from seeds.magic_list import magic_items
from seeds.manifest import manifest_page
from seeds.sizes import Size

SEED = 20_260_101

POS = "52010001"
OTHER_POS = "52010004"
ATM = "52010017"
MOBILE = "52010019"
GRCU_POS = "52010009"
UNTRAINED = "52010005"
RECTIFYING = "52010008"
FROZEN = "52010011"
EXITED = "52010014"
POOR_POINT = "52010012"
UNBOUND = "52019901"
UNKNOWN = "52099999"

MORE_KEYS = (
    ApiKey("bound-terminal", "terminal", POS),
    ApiKey("revoked-terminal", "terminal", None, True),
)


@dataclass(slots=True)
class Village:
    """What the manifest says works, and what magic does."""

    payees: list[dict[str, Any]]
    bills: Iterator[dict[str, Any]]
    magic: dict[str, dict[str, Any]] = field(default_factory=dict)


def build(url: str) -> None:
    """Make the world that all modules copy."""
    database = Database(url)
    migrations.upgrade(database.sync_engine)
    seed_database(database, Size.VILLAGE, SEED, now=datetime.now(UTC))
    database.run_now(partial(change, secrets=secrets_of(SEED)))
    database.close_now()


def change(connection: Connection, secrets: CardSecrets) -> None:
    """Add keys, and leave one operator with one yuan."""
    for who in MORE_KEYS:
        add_key(connection, secrets.key, who.name, who)
    query = text(
        "select operator_account_id, balance_fen from service_points"
        " join terminals using (service_point_id)"
        " join accounts on account_id = operator_account_id where terminal_id = :terminal_id"
    )
    row = connection.execute(query, {"terminal_id": POOR_POINT}).one()
    account_id, gone = row.operator_account_id, row.balance_fen - 100
    funding = bank_account_id("gyb", Kind.FUNDING)
    posting = Posting(account_id, funding, Fen(gone))
    save_entries(connection, [Entry("opening-poor", date(2026, 3, 1), (posting,))])
    poorer = text("update accounts set balance_fen = 100 where account_id = :account_id")
    connection.execute(poorer, {"account_id": account_id})


def look(url: str) -> Village:
    """Read what tests may use."""
    database = Database(url)
    try:
        return database.read_now(village_in)
    finally:
        database.close_now()


def village_in(connection: Connection) -> Village:
    facts = read_world(connection)
    assert facts is not None
    now = datetime.now(UTC) + facts.clock_offset
    page = manifest_page(connection, facts, 200, None, now=now)
    return Village(
        payees=page["payees"],
        bills=iter(page["bills"]),
        magic={item["effect"]: item for item in magic_items(connection, facts)},
    )
