"""A small world made by hand: every kind of point, terminal, card, payee and biller once.

``SMALL`` is the world, ``book_of`` opens it as a book in memory; ``tests.world_rows`` writes it
into a database. Tests change it in one place: ``SMALL.with_card("gyb_debit",
status=CardStatus.LOST)``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from pos_sim.domain.accounts import (
    FIRST_ORDINARY,
    Account,
    AccountId,
    Kind,
    account_no_of,
)
from pos_sim.domain.banks import BANKS
from pos_sim.domain.bills import Bill, Biller
from pos_sim.domain.book import Book
from pos_sim.domain.cards import (
    ISSUER_PREFIX,
    Card,
    CardSecrets,
    CardStatus,
    Pan,
    Pin,
    Product,
    luhn_digit,
)
from pos_sim.domain.gather import Rules
from pos_sim.domain.journal import Entry
from pos_sim.domain.magic import MAGIC_CARDS, Effect
from pos_sim.domain.money import Fen, yuan
from pos_sim.domain.postings import credit, till_filled
from pos_sim.domain.service_points import (
    PointKind,
    PointStatus,
    ServicePoint,
    Terminal,
    TerminalKind,
)
from pos_sim.engine.sandbox import secret_key
from pos_sim.policies import shipped
from pos_sim.store.world import WorldFacts
from tests.world import CardOfWorld, World

SECRET = "a small world"
SECRETS = CardSecrets(secret_key(SECRET))
RULES = Rules(shipped(), SECRETS)
FACTS = WorldFacts(size="small", seed=1, clock_offset=timedelta(0))

PIN = Pin("123456")
WRONG_PIN = Pin("654321")
OPENING_DAY = date(2026, 3, 1)

POS = "52010001"
"""At a point of gyb, in Guiyang."""
ATM = "52010002"
"""At the same point, with cassettes of its own."""
OTHER_POS = "52030001"
"""At a point of abc, in Zunyi."""
MOBILE = "52030002"
"""At the same point, paying out of the same till."""
UNBOUND = "52010003"
"""Known, but at no point."""
UNKNOWN = "52999999"
"""Not in the world."""

GUIYANG, ZUNYI, CHONGQING = "520102", "520302", "500101"


class _Ids:
    """Gives accounts their ids and numbers in the order of asking."""

    def __init__(self) -> None:
        self.accounts: list[Account] = []

    def open(self, kind: Kind, bank_id: str, name: str, balance: Fen | None) -> Account:
        account_id = AccountId(FIRST_ORDINARY + len(self.accounts))
        account_no = account_no_of(BANKS[bank_id], account_id)
        account = Account(account_id, account_no, kind, bank_id, name, True, balance)
        self.accounts.append(account)
        return account


PEOPLE: tuple[tuple[str, str, Product, str, str, Fen], ...] = (
    ("gyb_debit", "gyb", Product.DEBIT, GUIYANG, "王小明", yuan(10_000)),
    ("gyb_rural", "gyb", Product.RURAL_REVITALIZATION, ZUNYI, "李大山", yuan(5_000)),
    ("grcu_social", "grcu", Product.SOCIAL_SECURITY, GUIYANG, "赵桂花", yuan(3_000)),
    ("grcu_debit", "grcu", Product.DEBIT, GUIYANG, "钱多多", yuan(3_000)),
    ("abc_debit", "abc", Product.DEBIT, ZUNYI, "孙二娘", yuan(400_000)),
    ("abc_pension", "abc", Product.DEBIT, ZUNYI, "周奶奶", yuan(1_200)),
    ("ccb_debit", "ccb", Product.DEBIT, GUIYANG, "吴用", yuan(30_000)),
    ("out_debit", "out", Product.DEBIT, CHONGQING, "郑远方", yuan(8_000)),
    ("abc_own", "abc", Product.DEBIT, GUIYANG, "王小明", yuan(500)),  # the same holder again
    ("poor", "gyb", Product.DEBIT, GUIYANG, "冯清贫", yuan(0)),
    ("gyb_credit", "gyb", Product.CREDIT, GUIYANG, "陈信", yuan(20_000)),
)
"""Card, bank, product, county, holder, opening balance; the account has the holder's name."""

OPERATOR, OTHER_OPERATOR = "店主甲", "店主乙"
CLOSED = "已销户"
POINT, OTHER_POINT = "SP-GYB", "SP-ABC"
POWER, WATER, ANY = "power", "water", "any"
BILL_NO, OTHER_BILL_NO, PAID_BILL_NO = "20260001", "20260002", "20260003"
BILL_AMOUNT = Fen(12_345)


def pan_of(bank_id: str, serial: int) -> Pan:
    """Return a card number that passes Luhn."""
    digits = f"{ISSUER_PREFIX}{BANKS[bank_id].number:02d}{serial:09d}"
    return Pan(f"{digits}{luhn_digit(digits)}")


def small_world() -> World:
    """Two points of two banks, an ATM, a mobile terminal, cards, payees, billers, magic cards."""
    ids = _Ids()
    till = ids.open(Kind.TILL, "gyb", "till", yuan(50_000))
    cassettes = ids.open(Kind.TILL, "gyb", "cassettes", yuan(100_000))
    other_till = ids.open(Kind.TILL, "abc", "other till", yuan(30_000))
    operator = ids.open(Kind.OPERATOR, "gyb", OPERATOR, yuan(20_000))
    other_operator = ids.open(Kind.OPERATOR, "abc", OTHER_OPERATOR, yuan(15_000))
    closed = ids.open(Kind.CARDHOLDER, "gyb", CLOSED, yuan(0))
    cards = [_card(ids, serial, *person) for serial, person in enumerate(PEOPLE, start=1)]
    cards += [_magic(ids, 100 + number) for number in range(len(MAGIC_CARDS))]
    billers = tuple(_biller(ids, biller_id) for biller_id in (POWER, WATER, ANY))
    accounts = tuple(
        replace(account, is_open=False) if account is closed else account
        for account in ids.accounts
    )
    return World(
        accounts=accounts,
        points=(
            _point(POINT, "gyb", GUIYANG, operator),
            _point(OTHER_POINT, "abc", ZUNYI, other_operator),
        ),
        tills={POINT: till.account_id, OTHER_POINT: other_till.account_id},
        terminals=(
            Terminal(POS, TerminalKind.POS, "SN-1", POINT, till.account_id),
            Terminal(ATM, TerminalKind.ATM, "SN-2", POINT, cassettes.account_id),
            Terminal(OTHER_POS, TerminalKind.POS, "SN-3", OTHER_POINT, other_till.account_id),
            Terminal(MOBILE, TerminalKind.MOBILE, "SN-4", OTHER_POINT, other_till.account_id),
            Terminal(UNBOUND, TerminalKind.POS, "SN-5", None, None),
        ),
        cards=tuple(cards),
        billers=billers,
        bills=(
            Bill(POWER, BILL_NO, BILL_AMOUNT, "王小明", None),
            Bill(POWER, OTHER_BILL_NO, yuan(80), "李大山", None),
            Bill(WATER, BILL_NO, yuan(30), "王小明", None),
        ),
    )


def _card(
    ids: _Ids, serial: int, name: str, bank: str, product: Product, county: str, who: str, has: Fen
) -> CardOfWorld:
    pan, account = pan_of(bank, serial), ids.open(Kind.CARDHOLDER, bank, who, has)
    card = Card(
        card_id=serial,
        masked=str(pan),
        product=product,
        bank_id=bank,
        account_id=account.account_id,
        county=county,
        birth_date=date(1958, 5, 20),
        status=CardStatus.ACTIVE,
        pin_verification=SECRETS.pin_verification(pan, PIN),
        pin_failures=0,
        pin_failed_on=None,
        gets_subsidies=name == "abc_pension",
        first_withdrawal_month=0,
        effect=None,
    )
    return CardOfWorld(name=name, pan=pan, card=card)


def _magic(ids: _Ids, serial: int) -> CardOfWorld:
    magic = MAGIC_CARDS[serial - 100]
    name = f"magic_{magic.name}"
    product = Product(magic.product)
    made = _card(ids, serial, name, magic.bank_id, product, GUIYANG, name, yuan(2_000))
    effect = Effect(magic.effect) if magic.effect else None
    card = replace(made.card, status=CardStatus(magic.status), effect=effect)
    return replace(made, card=card)


def _biller(ids: _Ids, biller_id: str) -> Biller:
    bank_id = {POWER: "gyb", WATER: "ccb", ANY: "gyb"}[biller_id]
    account = ids.open(Kind.BILLER, bank_id, f"biller {biller_id}", None)
    return Biller(biller_id, biller_id, biller_id, "utility", account, biller_id == ANY)


def _point(point_id: str, bank_id: str, county: str, operator: Account) -> ServicePoint:
    return ServicePoint(
        service_point_id=point_id,
        bank_id=bank_id,
        kind=PointKind.VILLAGE,
        status=PointStatus.OPEN,
        county=county,
        operator_is_trained=True,
        operator_account_id=operator.account_id,
        controls=(),
    )


SMALL = small_world()


def book_of(world: World = SMALL) -> Book:
    """Open the whole world as a book in memory."""
    kept = {a.account_id: a for a in world.accounts if a.kind is not Kind.BILLER}
    return Book(
        terminals={terminal.terminal_id: terminal for terminal in world.terminals},
        points={point.service_point_id: point for point in world.points},
        cards={c.card.card_id: c.card for c in world.cards},
        card_ids={SECRETS.pan_hash(c.pan): c.card.card_id for c in world.cards},
        accounts=kept,
        account_ids={
            a.account_no: a.account_id
            for a in kept.values()
            if a.kind in (Kind.CARDHOLDER, Kind.OPERATOR)
        },
        billers={biller.biller_id: biller for biller in world.billers},
        bills={(bill.biller_id, bill.bill_no): bill for bill in world.bills},
    )


def openings(world: World = SMALL) -> list[Entry]:
    """Return the entries that give every account its first balance."""
    return [
        Entry(
            f"opening-{account.account_id}",
            OPENING_DAY,
            till_filled(account, account.balance)
            if account.kind is Kind.TILL
            else credit(account, account.balance),
        )
        for account in world.accounts
        if account.balance
    ]
