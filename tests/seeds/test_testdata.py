"""Test data on request: what is made works, and what is wrong with a wish is said by field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from pos_sim import policies
from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.cards import Pan, Pin, passes_luhn
from pos_sim.domain.money import LARGEST, yuan
from pos_sim.domain.requests import Key, Withdrawal
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.audit import audit
from pos_sim.store.database import Database
from pos_sim.store.tables import accounts, bills, cards
from pos_sim.store.world import WorldFacts, read_world
from seeds.digest import world_digest
from seeds.load import secrets_of
from seeds.manifest import manifest_page
from seeds.mistakes import AlreadyThere, Mistake
from seeds.reset import reset_world
from seeds.testdata import credit_card, make_bills, make_card, unlock_pin
from seeds.wishes import NewBills, NewCard
from tests.seeds.conftest import REAL_TIME, SEED, seeded

FACTS = WorldFacts("village", SEED, timedelta(0))
SECRETS = secrets_of(SEED)
WISH = NewCard()


def made(connection: Connection, wish: NewCard = WISH) -> dict[str, Any]:
    return make_card(connection, FACTS, SECRETS, wish, DEMO_START)


def is_audited(database: Database) -> bool:
    return database.read_now(lambda c: audit(c, SECRETS.key)) == []


async def test_a_new_card_can_withdraw_at_once(new_empty_database: Callable[[], str]) -> None:
    database = seeded(new_empty_database())
    card = database.run_now(made)
    facts = database.read_now(read_world)
    assert facts is not None
    sandbox = Sandbox.of(database, facts, policies.shipped())
    page = database.read_now(lambda c: manifest_page(c, FACTS, 1, None, now=DEMO_START))
    decision = await sandbox.engine.perform(
        Withdrawal(
            key=Key(page["terminals"][0]["terminal_id"], "000001", "000001"),
            received_at=DEMO_START,
            pan=Pan(card["card_no"]),
            pin=Pin(card["pin"]),
            amount=yuan(500),
        )
    )
    assert decision.transaction is not None
    assert decision.transaction.response_code == "00"
    assert decision.transaction.balance == card["balance_fen"] - yuan(500)
    assert is_audited(database)
    await sandbox.close()


def test_new_cards_have_numbers_of_their_own(fresh_village: Database) -> None:
    one, other = fresh_village.run_now(made), fresh_village.run_now(made)
    assert passes_luhn(one["card_no"])
    assert one["card_no"] != other["card_no"]
    assert one["card_id"] + 1 == other["card_id"]
    assert one["account_no"] != other["account_no"]
    assert is_audited(fresh_village)


def test_a_card_is_made_as_it_was_wished_for(fresh_village: Database) -> None:
    wish = NewCard(
        product="social_security", bank_id="grcu", county="522301", balance_fen=0, name="杨小明",
        birth_date=date(1950, 3, 2), status="lost", gets_subsidies=True, effect="silent",
    )  # fmt: skip
    card = fresh_village.run_now(lambda c: made(c, wish))
    assert card["age"] == 76
    assert card["card_no"].startswith("990002")
    row = fresh_village.read_now(
        lambda c: c.execute(select(cards).where(cards.c.card_id == card["card_id"])).one()
    )
    assert (row.product, row.bank_id, row.county, row.status, row.effect) == (
        "social_security", "grcu", "522301", "lost", "silent",
    )  # fmt: skip
    assert (row.holder_name, row.birth_date, row.gets_subsidies) == (
        "杨小明", date(1950, 3, 2), True,
    )  # fmt: skip
    assert is_audited(fresh_village)


@pytest.mark.parametrize(("field", "wish"), [
    ("product", replace(WISH, product="gift")),
    ("product", replace(WISH, product="rural_revitalization", bank_id="grcu")),
    ("bank_id", replace(WISH, bank_id="icbc")),
    ("county", replace(WISH, county="5201")),
    ("county", replace(WISH, county="五二〇一二一")),
    ("balance_fen", replace(WISH, balance_fen=-1)),
    ("balance_fen", replace(WISH, balance_fen=LARGEST + 1)),
    ("birth_date", replace(WISH, birth_date=date(2026, 3, 3))),
    ("name", replace(WISH, name=" ")),
    ("name", replace(WISH, name="杨" * 81)),
    ("status", replace(WISH, status="found")),
    ("effect", replace(WISH, effect="explodes")),
])  # fmt: skip
def test_what_is_wrong_with_a_card_is_said_by_field(
    village: Database, field: str, wish: NewCard
) -> None:
    with pytest.raises(Mistake) as mistake:
        village.run_now(lambda c: made(c, wish))
    assert mistake.value.field == field
    assert mistake.value.message


@pytest.mark.parametrize(("kind", "gets_subsidies"), [
    ("pension", True), ("subsidy", True), ("salary", False), ("other", False),
])  # fmt: skip
def test_money_arrives_and_a_pension_is_remembered(
    fresh_village: Database, kind: str, gets_subsidies: bool
) -> None:
    card = fresh_village.run_now(made)
    arrived = fresh_village.run_now(
        lambda c: credit_card(
            c, SECRETS, kind=kind, amount_fen=yuan(300), now=DEMO_START, card_no=card["card_no"]
        )
    )
    assert arrived["balance_fen"] == card["balance_fen"] + yuan(300)
    assert arrived["gets_subsidies"] is gets_subsidies
    query = select(accounts.c.balance_fen).where(accounts.c.account_no == card["account_no"])
    assert fresh_village.read_now(lambda c: c.execute(query).scalar_one()) == arrived["balance_fen"]
    assert is_audited(fresh_village)


@pytest.mark.parametrize(("field", "wish"), [
    ("kind", {"kind": "lottery", "card_id": 1}),
    ("amount_fen", {"amount_fen": 0, "card_id": 1}),
    ("amount_fen", {"amount_fen": LARGEST, "card_id": 1}),
    ("card_id", {"card_id": 999_999}),
    ("card_no", {"card_no": "9900010000000017"}),
    ("card_id", {}),
    ("card_id", {"card_id": 1, "card_no": "9900010000000017"}),
])  # fmt: skip
def test_what_is_wrong_with_a_credit_is_said_by_field(
    village: Database, field: str, wish: dict[str, Any]
) -> None:
    asked: dict[str, Any] = {"kind": "other", "amount_fen": 100, "now": DEMO_START} | wish
    with pytest.raises(Mistake) as mistake:
        village.run_now(lambda c: credit_card(c, SECRETS, **asked))
    assert mistake.value.field == field


def test_new_bills_wait_to_be_paid(fresh_village: Database) -> None:
    wish = NewBills(biller_id="water", amount_fen=1_234, count=3)
    made_bills = fresh_village.run_now(lambda c: make_bills(c, SECRETS, wish))
    assert len({bill["bill_no"] for bill in made_bills}) == 3
    query = select(bills.c.bill_no).where(bills.c.amount_fen == 1_234, bills.c.paid_by.is_(None))
    found = set(fresh_village.read_now(lambda c: c.execute(query).scalars().all()))
    assert found >= {bill["bill_no"] for bill in made_bills}
    assert is_audited(fresh_village)


def test_a_bill_number_that_the_biller_has_used_is_already_there(fresh_village: Database) -> None:
    wish = NewBills(biller_id="water", amount_fen=100, bill_no="A-1")
    fresh_village.run_now(lambda c: make_bills(c, SECRETS, wish))
    with pytest.raises(AlreadyThere):
        fresh_village.run_now(lambda c: make_bills(c, SECRETS, wish))
    elsewhere = replace(wish, biller_id="gas")
    assert fresh_village.run_now(lambda c: make_bills(c, SECRETS, elsewhere))


@pytest.mark.parametrize(("field", "wish"), [
    ("biller_id", NewBills(biller_id="rain", amount_fen=100)),
    ("amount_fen", NewBills(biller_id="water", amount_fen=0)),
    ("count", NewBills(biller_id="water", amount_fen=100, count=0)),
    ("count", NewBills(biller_id="water", amount_fen=100, count=2, bill_no="A-1")),
    ("bill_no", NewBills(biller_id="water", amount_fen=100, bill_no="")),
    ("bill_no", NewBills(biller_id="water", amount_fen=100, bill_no="1" * 33)),
    ("payer_name", NewBills(biller_id="water", amount_fen=100, payer_name="杨" * 81)),
])  # fmt: skip
def test_what_is_wrong_with_a_bill_is_said_by_field(
    village: Database, field: str, wish: NewBills
) -> None:
    with pytest.raises(Mistake) as mistake:
        village.run_now(lambda c: make_bills(c, SECRETS, wish))
    assert mistake.value.field == field


def test_a_locked_card_gets_its_tries_back(fresh_village: Database) -> None:
    card = fresh_village.run_now(made)
    is_it = cards.c.card_id == card["card_id"]
    locked = update(cards).where(is_it).values(pin_failures=3, pin_failed_on=DEMO_START.date())
    fresh_village.run_now(lambda c: c.execute(locked))
    fresh_village.run_now(lambda c: unlock_pin(c, SECRETS, card_no=card["card_no"]))
    query = select(cards.c.pin_failures, cards.c.pin_failed_on).where(is_it)
    assert tuple(fresh_village.read_now(lambda c: c.execute(query).one())) == (0, None)


def test_a_reset_brings_the_same_world_back_and_keeps_the_keys(fresh_village: Database) -> None:
    before = fresh_village.read_now(world_digest)
    fresh_village.run_now(made)
    fresh_village.run_now(
        lambda c: make_bills(c, SECRETS, NewBills(biller_id="any", amount_fen=100))
    )
    assert fresh_village.read_now(world_digest) != before
    later = REAL_TIME + timedelta(hours=5)
    facts = reset_world(fresh_village, now=later)
    assert fresh_village.read_now(world_digest) == before
    assert later + facts.clock_offset == DEMO_START
    assert fresh_village.read_now(read_world) == facts
    assert is_audited(fresh_village)
