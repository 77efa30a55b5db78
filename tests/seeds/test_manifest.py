"""The manifest lists what works, all of it, each thing once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Connection, func, select, update

from pos_sim import policies
from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.cards import Pan, Pin
from pos_sim.domain.decision import Decision
from pos_sim.domain.money import Fen, yuan
from pos_sim.domain.requests import (
    BalanceInquiry,
    Business,
    CardBillPayment,
    Key,
    Request,
    Transfer,
    Withdrawal,
)
from pos_sim.domain.service_points import Control
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.database import Database
from pos_sim.store.rows import controls_text
from pos_sim.store.tables import accounts, bills, cards, service_points
from pos_sim.store.world import WorldFacts, read_world
from seeds.load import secrets_of
from seeds.magic_list import magic_items
from seeds.manifest import LISTS, manifest_page
from seeds.mistakes import Mistake
from tests.seeds.conftest import SEED, seeded

FACTS = WorldFacts("village", SEED, timedelta(0))
TODAY = DEMO_START.date()
TOMORROW = DEMO_START + timedelta(days=1)


def pages(database: Database, limit: int = 50, now: Any = DEMO_START) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        page = database.read_now(
            lambda c, at=cursor: manifest_page(c, FACTS, limit, at, now=now)  # type: ignore[misc]
        )
        yield page
        cursor = page["next_cursor"]
        if cursor is None:
            return


def everything(
    database: Database, name: str, limit: int = 50, now: Any = DEMO_START
) -> list[dict[str, Any]]:
    return [item for page in pages(database, limit, now) for item in page[name]]


def count(database: Database, column: Any, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count(column)).where(*conditions)
    return database.read_now(lambda c: c.execute(query).scalar_one())


@pytest.mark.parametrize("limit", [1, 7, 200])
def test_pages_of_any_size_show_everything_once_and_in_the_same_order(
    village: Database, limit: int
) -> None:
    for name in LISTS:
        items = everything(village, name, limit)
        assert items == everything(village, name, limit=1_000)
        assert len({str(item) for item in items}) == len(items)


def test_a_page_has_the_fields_of_the_contract(village: Database) -> None:
    page = next(pages(village))
    assert {name: set(page[name][0]) for name in LISTS} == {
        "cards": {
            "card_no", "pin", "product", "bank_id", "account_no", "name", "age", "county",
            "balance_fen",
        },
        "terminals": {
            "terminal_id", "service_point_id", "bank_id", "kind", "county", "opens", "closes",
        },
        "bills": {"biller_id", "bill_no", "amount_fen"},
        "payees": {"account_no", "name", "bank_id"},
    }  # fmt: skip
    assert len(page["cards"]) == 50
    assert len(page["next_cursor"]) <= 200


def test_neighbors_in_the_list_of_terminals_stand_at_different_points(village: Database) -> None:
    listed = everything(village, "terminals")
    assert all(a["service_point_id"] != b["service_point_id"] for a, b in pairwise(listed))
    assert {item["kind"] for item in listed} == {"pos", "mobile", "atm"}


def test_only_open_points_with_every_business_on_are_listed(fresh_village: Database) -> None:
    listed = {item["service_point_id"] for item in everything(fresh_village, "terminals")}
    p = service_points.c
    assert len(listed) == count(fresh_village, p.service_point_id, p.status == "open")
    one, other, third = sorted(listed)[:3]
    until_tomorrow = Control(Business.TRANSFER, allowed=False, limit=None, until=TOMORROW)
    lowered = Control(Business.WITHDRAWAL, allowed=True, limit=yuan(500), until=None)
    fresh_village.run_now(lambda c: put(c, one, controls=controls_text((until_tomorrow,))))
    fresh_village.run_now(lambda c: put(c, other, controls=controls_text((lowered,))))
    fresh_village.run_now(lambda c: put(c, third, status="frozen"))
    now = {item["service_point_id"] for item in everything(fresh_village, "terminals")}
    assert now == listed - {one, third}
    later = everything(fresh_village, "terminals", now=TOMORROW)
    assert {item["service_point_id"] for item in later} == listed - {third}


def test_cards_that_cannot_be_used_are_not_listed(village: Database) -> None:
    c = cards.c
    usable = count(
        village, c.card_id, c.status == "active", c.product != "credit", c.magic_name.is_(None)
    )
    assert len(everything(village, "cards")) == usable


def test_a_locked_card_is_missing_until_the_next_business_date(fresh_village: Database) -> None:
    before = everything(fresh_village, "cards")
    locked = {"pin_failures": 3, "pin_failed_on": TODAY}
    almost = {"pin_failures": 2, "pin_failed_on": TODAY}
    fresh_village.run_now(lambda c: put_card(c, before[0]["account_no"], locked))
    fresh_village.run_now(lambda c: put_card(c, before[1]["account_no"], almost))
    assert everything(fresh_village, "cards") == before[1:]
    assert everything(fresh_village, "cards", now=TOMORROW) == before


def test_paid_bills_and_closed_accounts_are_not_listed(fresh_village: Database) -> None:
    owed, payees = everything(fresh_village, "bills"), everything(fresh_village, "payees")

    def pay_one_and_close_one(connection: Connection) -> None:
        paid = bills.c.bill_no == owed[0]["bill_no"]
        connection.execute(update(bills).where(paid).values(paid_by="somebody"))
        closed = accounts.c.account_no == payees[0]["account_no"]
        connection.execute(update(accounts).where(closed).values(is_open=False))

    fresh_village.run_now(pay_one_and_close_one)
    assert everything(fresh_village, "bills") == owed[1:]
    assert everything(fresh_village, "payees") == payees[1:]


def test_a_card_and_the_payee_beside_it_are_different_accounts(village: Database) -> None:
    for page in pages(village, limit=200):
        beside = zip(page["cards"], page["payees"], strict=False)
        assert all(card["account_no"] != payee["account_no"] for card, payee in beside)


@pytest.mark.parametrize("cursor", ["", "x", "bnVsbA", "W10", "WzEsMiwzLDRd", "中"])
def test_a_cursor_that_is_not_ours_is_a_mistake(village: Database, cursor: str) -> None:
    with pytest.raises(Mistake) as mistake:
        village.read_now(lambda c: manifest_page(c, FACTS, 10, cursor, now=DEMO_START))
    assert mistake.value.field == "cursor"


async def test_what_the_manifest_lists_works(new_empty_database: Any) -> None:
    database = seeded(new_empty_database())
    listed = {name: everything(database, name) for name in LISTS}
    sandbox = Sandbox.of(database, known(database.read_now(read_world)), policies.shipped())
    for trace, (terminal, card) in enumerate(
        zip(listed["terminals"], listed["cards"], strict=False)
    ):
        for request in requests(terminal, card, listed, trace):
            decision = await sandbox.engine.perform(request)
            assert code_of(decision) == "00", (terminal, card, request)
    await sandbox.close()


def requests(
    terminal: dict[str, Any], card: dict[str, Any], listed: dict[str, Any], trace: int
) -> Iterator[Request]:
    """What a villager does with one card at one terminal; an ATM pays no bills."""
    key = iter(Key(terminal["terminal_id"], "000001", f"{trace * 10 + n:06d}") for n in range(10))
    pan, pin = Pan(card["card_no"]), Pin(card["pin"])
    payee, bill = listed["payees"][trace], listed["bills"][trace]
    yield BalanceInquiry(key=next(key), received_at=DEMO_START, pan=pan, pin=pin)
    yield Withdrawal(key=next(key), received_at=DEMO_START, pan=pan, pin=pin, amount=yuan(100))
    yield Transfer(
        key=next(key), received_at=DEMO_START, pan=pan, pin=pin, amount=yuan(1),
        payee_account_no=payee["account_no"], payee_name=payee["name"],
    )  # fmt: skip
    if terminal["kind"] != "atm" and bill["amount_fen"] < card["balance_fen"] // 2:
        yield CardBillPayment(
            key=next(key), received_at=DEMO_START, pan=pan, pin=pin,
            amount=Fen(bill["amount_fen"]), biller_id=bill["biller_id"], bill_no=bill["bill_no"],
        )  # fmt: skip


async def test_a_magic_card_gets_the_answer_that_its_list_says(new_empty_database: Any) -> None:
    database = seeded(new_empty_database())
    sandbox = Sandbox.of(database, known(database.read_now(read_world)), policies.shipped())
    terminal = next(t for t in everything(database, "terminals") if t["kind"] == "pos")
    items = database.read_now(lambda c: magic_items(c, FACTS))
    assert {"debit", "silent", "slow", "wrong_pin", "lost"} <= {item["effect"] for item in items}
    for trace, item in enumerate(items):
        decision = await sandbox.engine.perform(
            Withdrawal(
                key=Key(terminal["terminal_id"], "000001", f"{trace:06d}"),
                received_at=DEMO_START,
                pan=Pan(item["card_no"]),
                pin=Pin(item["pin"]),
                amount=yuan(500),
            )
        )
        assert code_of(decision) == item["response_code"], item["effect"]
    await sandbox.close()


def test_no_secret_of_the_world_is_needed_to_derive_a_number(village: Database) -> None:
    card = next(pages(village))["cards"][0]
    query = select(cards.c.card_masked).where(
        cards.c.pan_hash == secrets_of(SEED).pan_hash(Pan(card["card_no"]))
    )
    assert village.read_now(lambda c: c.execute(query).scalar_one()) == str(Pan(card["card_no"]))


def code_of(decision: Decision) -> str:
    assert decision.transaction is not None
    return decision.transaction.response_code


def known(facts: WorldFacts | None) -> WorldFacts:
    assert facts is not None
    return facts


def put(connection: Connection, point_id: str, **values: Any) -> None:
    is_it = service_points.c.service_point_id == point_id
    connection.execute(update(service_points).where(is_it).values(**values))


def put_card(connection: Connection, account_no: str, values: dict[str, Any]) -> None:
    account = select(accounts.c.account_id).where(accounts.c.account_no == account_no)
    is_it = cards.c.account_id == account.scalar_subquery()
    connection.execute(update(cards).where(is_it).values(**values))
