"""A seeded database: the same world on both, complete, audited, and closed again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, inspect, select, text, update

import migrations
from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.journal import Entry, Posting
from pos_sim.domain.money import Fen
from pos_sim.store.audit import audit
from pos_sim.store.database import Database
from pos_sim.store.desk_tables import api_keys
from pos_sim.store.keys import ApiKey, find_key, list_keys
from pos_sim.store.save_book import save_entries
from pos_sim.store.settlements import CLEARED_ON
from pos_sim.store.tables import accounts, postings, terminals, world
from pos_sim.store.world import read_world
from seeds.digest import world_digest
from seeds.load import DEMO_KEYS, secrets_of, seed_database
from seeds.sizes import Size
from tests.postgres import Postgres
from tests.seeds.conftest import REAL_TIME, SEED, seeded


@pytest.mark.parametrize("size", [Size.VILLAGE, Size.COUNTY])
def test_the_same_integer_gives_the_same_world_on_both_databases(
    size: Size, tmp_path: Path, postgres: Postgres
) -> None:
    name = postgres.create()
    urls = [f"sqlite:///{tmp_path}/one.db", f"sqlite:///{tmp_path}/two.db", postgres.url(name)]
    digests = [digest_and_close(seeded(url, size)) for url in urls]
    postgres.drop(name)
    assert len(set(digests)) == 1


def test_another_integer_gives_another_digest(tmp_path: Path) -> None:
    one = seeded(f"sqlite:///{tmp_path}/one.db", seed=1)
    two = seeded(f"sqlite:///{tmp_path}/two.db", seed=2)
    assert digest_and_close(one) != digest_and_close(two)


def test_a_digest_knows_every_fen_but_neither_clock_nor_keys(fresh_village: Database) -> None:
    before = fresh_village.read_now(world_digest)
    fresh_village.run_now(forget_keys_and_turn_the_clock)
    assert fresh_village.read_now(world_digest) == before
    fresh_village.run_now(add_a_fen)
    assert fresh_village.read_now(world_digest) != before


def test_the_audit_finds_nothing(village: Database) -> None:
    assert village.read_now(lambda c: audit(c, secrets_of(SEED).key)) == []


def test_the_facts_of_the_world_are_kept_and_its_clock_shows_the_start(village: Database) -> None:
    facts = village.read_now(read_world)
    assert facts is not None
    assert (facts.size, facts.seed) == ("village", SEED)
    assert REAL_TIME + facts.clock_offset == DEMO_START


def test_a_business_day_is_found_by_its_index_however_few_there_were_at_first(
    tmp_path: Path,
) -> None:
    """A planner that has seen a journal of one day would read the whole of it every evening."""
    village = seeded(f"sqlite:///{tmp_path}/world.db")
    query = f"explain query plan {CLEARED_ON.sqlite}"
    plan = village.read_now(lambda c: c.exec_driver_sql(query, {"day": "2026-03-02"}).all())
    village.close_now()
    steps = [row[3] for row in plan if "postings" in row[3]]
    assert len(steps) == 2
    assert all("ix_postings_day" in step for step in steps), steps


def test_some_terminals_are_bound_to_no_point(village: Database) -> None:
    unbound = select(func.count()).where(terminals.c.service_point_id.is_(None))
    assert village.read_now(lambda c: c.execute(unbound).scalar_one()) >= 2


def test_a_loaded_database_has_every_constraint_and_index_of_a_migrated_one(
    new_empty_database: Callable[[], str],
) -> None:
    database = Database(new_empty_database())
    migrations.upgrade(database.sync_engine)
    before = database.read_now(promises)
    seed_database(database, Size.VILLAGE, SEED, now=REAL_TIME)
    assert database.read_now(promises) == before
    database.close_now()


def test_the_next_posting_gets_the_next_number(fresh_village: Database) -> None:
    def post(connection: Connection) -> tuple[int, int]:
        highest = select(func.max(postings.c.posting_no))
        before = connection.execute(highest).scalar_one()
        one = select(postings.c.debit_account_id, postings.c.credit_account_id).limit(1)
        entry = Entry(
            "one more", DEMO_START.date(), (Posting(*connection.execute(one).one(), Fen(1)),)
        )
        save_entries(connection, [entry])
        return before, connection.execute(highest).scalar_one()

    before, after = fresh_village.run_now(post)
    assert after == before + 1


def test_a_database_that_holds_a_world_takes_no_second_one(fresh_village: Database) -> None:
    before = fresh_village.read_now(world_digest)
    with pytest.raises(Exception, match=r"(?i)unique"):
        seed_database(fresh_village, Size.VILLAGE, 7, now=REAL_TIME)
    assert fresh_village.read_now(world_digest) == before


def test_a_demo_world_has_the_documented_keys(village: Database) -> None:
    key = secrets_of(SEED).key
    assert {who.name: who.role for who in village.read_now(list_keys)} == DEMO_KEYS
    found = village.read_now(lambda c: find_key(c, key, "demo-admin"))
    assert found == ApiKey("demo-admin", "admin")


def test_a_world_that_is_no_demo_has_no_keys_and_secrets_of_its_own(
    new_empty_database: Callable[[], str],
) -> None:
    database = Database(new_empty_database())
    migrations.upgrade(database.sync_engine)
    seed_database(
        database,
        Size.VILLAGE,
        SEED,
        now=REAL_TIME,
        secret="mine",
        demo=False,
    )
    assert database.read_now(list_keys) == []
    assert database.read_now(lambda c: audit(c, secrets_of(SEED, "mine").key)) == []
    assert database.read_now(lambda c: audit(c, secrets_of(SEED).key))
    database.close_now()


def test_progress_is_told_step_by_step(new_empty_database: Callable[[], str]) -> None:
    database = Database(new_empty_database())
    migrations.upgrade(database.sync_engine)
    told = Told()
    seed_database(database, Size.VILLAGE, SEED, now=REAL_TIME, progress=told)
    assert told.steps == ["start", "advance", "done", "start", "advance", "done"]
    database.close_now()


class Told:
    def __init__(self) -> None:
        self.steps: list[str] = []

    def start(self, title: str, total: int) -> None:
        self.steps.append("start")

    def advance(self, done: int) -> None:
        if self.steps[-1] != "advance":
            self.steps.append("advance")

    def note(self, text: str) -> None:
        pass

    def done(self) -> None:
        self.steps.append("done")


def digest_and_close(database: Database) -> str:
    digest = database.read_now(world_digest)
    database.close_now()
    return digest


def forget_keys_and_turn_the_clock(connection: Connection) -> None:
    connection.execute(update(world).where(world.c.name == "clock_offset_us").values(value="5"))
    connection.execute(
        insert(api_keys).values(key_hash="f" * 64, name="new", role="admin", revoked=False)
    )


def add_a_fen(connection: Connection) -> None:
    one = select(func.max(accounts.c.account_id)).where(accounts.c.kind == "cardholder")
    connection.execute(
        update(accounts)
        .where(accounts.c.account_id == one.scalar_subquery())
        .values(balance_fen=accounts.c.balance_fen + 1)
    )


def promises(connection: Connection) -> Any:
    """Return what the database promises: constraints and indexes, word for word."""
    if connection.dialect.name == "sqlite":
        return connection.execute(
            text("select sql from sqlite_master where name not like 'sqlite_stat%' order by sql")
        ).all()
    found = connection.execute(
        text(
            "select conname, pg_get_constraintdef(oid) from pg_constraint"
            " where connamespace = 'public'::regnamespace"
            " union all select indexname, indexdef from pg_indexes where schemaname = 'public'"
        )
    ).all()
    return sorted(map(tuple, found)), len(inspect(connection).get_table_names())
