"""Test data on request: cards, credits, bills, fresh PIN tries. Nothing of it exists in production.

Every function works in the caller's transaction. A wish that cannot be fulfilled raises
``Mistake``, something that exists already ``AlreadyThere``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, Select, insert, select, update

from pos_sim.domain.accounts import Account, Kind
from pos_sim.domain.bills import Bill, seal_of_bill
from pos_sim.domain.calendar import business_date
from pos_sim.domain.cards import CardSecrets, CardStatus, Pan, Product
from pos_sim.domain.journal import Entry
from pos_sim.domain.magic import Effect
from pos_sim.domain.money import LARGEST, Fen
from pos_sim.domain.postings import credit
from pos_sim.store.new_accounts import open_account
from pos_sim.store.new_ids import next_id
from pos_sim.store.rows import account_of
from pos_sim.store.save_book import save_entries
from pos_sim.store.tables import accounts, bills, cards, service_points
from pos_sim.store.world import WorldFacts
from seeds.manifest import age_on
from seeds.mistakes import Mistake
from seeds.names import person_name
from seeds.numbers import pan_of, pin_of
from seeds.wishes import (
    FROM_GOVERNMENT,
    CreditKind,
    NewBills,
    NewCard,
    bank_of,
    check_amount,
    check_bills,
    check_card,
    word,
)


def make_card(
    connection: Connection, facts: WorldFacts, secrets: CardSecrets, wish: NewCard, now: datetime
) -> dict[str, Any]:
    """Make a card with its holder and account, and return it with number and PIN."""
    bank = bank_of(wish)
    product, status = (
        word("product", wish.product, Product),
        word("status", wish.status, CardStatus),
    )
    effect = None if wish.effect is None else word("effect", wish.effect, Effect)
    county = wish.county or _first_county(connection)
    check_card(wish, product, county, business_date(now))
    card_id = next_id(connection, cards.c.card_id)
    name = wish.name or person_name(card_id, wish.birth_date.year)
    account = open_account(
        connection,
        Kind.CARDHOLDER,
        bank,
        name,
        Fen(wish.balance_fen),
        entry_id=f"opening-card-{card_id}",
        day=business_date(now),
    )
    pan, pin = pan_of(facts.seed, bank, card_id), pin_of(facts.seed, card_id)
    connection.execute(
        insert(cards).values(
            card_id=card_id,
            pan_hash=secrets.pan_hash(pan),
            card_masked=str(pan),
            product=product.value,
            bank_id=bank.bank_id,
            account_id=account.account_id,
            holder_name=name,
            birth_date=wish.birth_date,
            county=county,
            status=status.value,
            pin_verification=secrets.pin_verification(pan, pin),
            gets_subsidies=wish.gets_subsidies,
            effect=effect.value if effect else None,
        )
    )
    return {
        "card_id": card_id,
        "card_no": pan.whole,
        "pin": pin.digits,
        "product": product.value,
        "bank_id": bank.bank_id,
        "account_no": account.account_no,
        "name": name,
        "age": age_on(wish.birth_date, business_date(now)),
        "county": county,
        "balance_fen": wish.balance_fen,
        "status": status.value,
        "gets_subsidies": wish.gets_subsidies,
        "effect": effect.value if effect else None,
    }


def credit_card(
    connection: Connection,
    secrets: CardSecrets,
    *,
    kind: str,
    amount_fen: int,
    now: datetime,
    card_id: int | None = None,
    card_no: str | None = None,
) -> dict[str, Any]:
    """Let a pension, a subsidy, a salary or other money arrive; return the new balance."""
    sort = word("kind", kind, CreditKind)
    check_amount("amount_fen", amount_fen, lowest=1)
    card = _locked_card(connection, secrets, card_id, card_no)
    account = _locked_account(connection, card.account_id)
    balance = (account.balance or 0) + amount_fen
    if balance > LARGEST:
        raise Mistake("amount_fen", "余额将超出上限 · The balance would exceed the largest amount")
    entry = _credit_entry(f"credit-{uuid4().hex}", account, Fen(amount_fen), now)
    save_entries(connection, [entry])
    connection.execute(
        update(accounts)
        .where(accounts.c.account_id == account.account_id)
        .values(balance_fen=balance)
    )
    gets_subsidies = bool(card.gets_subsidies) or sort in FROM_GOVERNMENT
    connection.execute(
        update(cards).where(cards.c.card_id == card.card_id).values(gets_subsidies=gets_subsidies)
    )
    return {
        "entry_id": entry.entry_id,
        "card_id": card.card_id,
        "card_no_masked": card.card_masked,
        "account_no": account.account_no,
        "kind": sort.value,
        "amount_fen": amount_fen,
        "balance_fen": balance,
        "gets_subsidies": gets_subsidies,
    }


def make_bills(
    connection: Connection, secrets: CardSecrets, wish: NewBills
) -> list[dict[str, Any]]:
    """Make unpaid bills of a biller; a number that it has used before is ``AlreadyThere``."""
    check_amount("amount_fen", wish.amount_fen, lowest=1)
    check_bills(connection, wish)
    numbers = [wish.bill_no] if wish.bill_no else [_bill_number() for _ in range(wish.count)]
    new = [
        Bill(wish.biller_id, number, Fen(wish.amount_fen), wish.payer_name, None)
        for number in numbers
    ]
    connection.execute(
        insert(bills),
        [
            {
                "biller_id": bill.biller_id,
                "bill_no": bill.bill_no,
                "amount_fen": bill.amount,
                "payer_name": bill.payer_name,
                "seal": seal_of_bill(bill, secrets.key),
            }
            for bill in new
        ],
    )
    return [
        {"biller_id": bill.biller_id, "bill_no": bill.bill_no, "amount_fen": bill.amount}
        for bill in new
    ]


def unlock_pin(
    connection: Connection,
    secrets: CardSecrets,
    *,
    card_id: int | None = None,
    card_no: str | None = None,
) -> dict[str, Any]:
    """Give a card all its PIN tries back."""
    card = _locked_card(connection, secrets, card_id, card_no)
    connection.execute(
        update(cards)
        .where(cards.c.card_id == card.card_id)
        .values(pin_failures=0, pin_failed_on=None)
    )
    return {"card_id": card.card_id, "card_no_masked": card.card_masked, "pin_failures": 0}


def _credit_entry(entry_id: str, account: Account, amount: Fen, now: datetime) -> Entry:
    return Entry(entry_id, business_date(now), credit(account, amount))


def _locked_card(
    connection: Connection, secrets: CardSecrets, card_id: int | None, card_no: str | None
) -> Row[Any]:
    """Return a card, its row locked, found by exactly one of id and number."""
    if (card_id is None) == (card_no is None):
        raise Mistake("card_id", "card_id 与 card_no 恰好给一个 · Give exactly one of the two")
    query: Select[Any] = select(
        cards.c.card_id, cards.c.card_masked, cards.c.account_id, cards.c.gets_subsidies
    )
    if card_no is None:
        query = query.where(cards.c.card_id == card_id)
    else:
        query = query.where(cards.c.pan_hash == secrets.pan_hash(Pan(card_no)))
    found: Row[Any] | None = connection.execute(query.with_for_update()).first()
    if found is None:
        field = "card_no" if card_id is None else "card_id"
        raise Mistake(field, "无此卡 · No such card")
    return found


def _locked_account(connection: Connection, account_id: int) -> Account:
    a = accounts.c
    query = select(a.account_id, a.account_no, a.kind, a.bank_id, a.name, a.is_open, a.balance_fen)
    return account_of(
        connection.execute(query.where(a.account_id == account_id).with_for_update()).one()
    )


def _first_county(connection: Connection) -> str:
    p = service_points.c
    query = select(p.county).where(p.bank_id != "out").order_by(p.service_point_id).limit(1)
    return str(connection.execute(query).scalar_one())


def _bill_number() -> str:
    return f"T{uuid4().hex[:15].upper()}"
