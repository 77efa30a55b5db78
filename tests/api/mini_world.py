"""A world small enough to know by heart: every status, product and magic card once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, insert

from pos_sim.domain.accounts import BANK_ACCOUNTS, account_no_of
from pos_sim.domain.banks import BANKS
from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.cards import ISSUER_PREFIX, CardSecrets, Pan, Pin, luhn_digit
from pos_sim.domain.magic import MAGIC_CARDS
from pos_sim.engine.sandbox import demo_secret, secret_key
from pos_sim.store import tables as t
from pos_sim.store.keys import ApiKey, add_key
from pos_sim.store.world import WorldFacts, write_world

SEED = 7
PIN = "246810"
DEMO_KEYS = (
    ApiKey("demo-terminal", "terminal"),
    ApiKey("demo-maker", "maker"),
    ApiKey("demo-checker", "checker"),
    ApiKey("demo-auditor", "auditor"),
    ApiKey("demo-admin", "admin"),
    ApiKey("bound-terminal", "terminal", "52010001"),
    ApiKey("revoked-terminal", "terminal", None, True),
)

POINTS: tuple[tuple[str, str, str, bool], ...] = (
    ("SP-OPEN", "open", "gyb", True),
    ("SP-FROZEN", "frozen", "gyb", True),
    ("SP-TRIAL", "trial", "gyb", False),
    ("SP-EXITED", "exited", "gyb", True),
    ("SP-GRCU", "open", "grcu", True),
    ("SP-POOR", "open", "gyb", True),
)
TERMINALS: tuple[tuple[str, str, str | None], ...] = (
    ("52010001", "pos", "SP-OPEN"),
    ("52010002", "mobile", "SP-OPEN"),
    ("52010003", "atm", "SP-OPEN"),
    ("52010004", "pos", "SP-FROZEN"),
    ("52010005", "pos", "SP-TRIAL"),
    ("52010006", "pos", "SP-EXITED"),
    ("52010007", "pos", None),
    ("52010008", "pos", "SP-GRCU"),
    ("52010009", "pos", "SP-POOR"),
)


@dataclass(slots=True)
class MiniWorld:
    """What tests may ask of the world: cards by name, accounts by name."""

    secrets: CardSecrets = field(default_factory=lambda: CardSecrets(secret_key(demo_secret(SEED))))
    cards: dict[str, Pan] = field(default_factory=dict)
    account_nos: dict[str, str] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: count(1_000))
    accounts: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def account(self, kind: str, bank_id: str, name: str, balance: int | None) -> int:
        account_id = next(self.ids)
        number = account_no_of(BANKS[bank_id], account_id)
        self.account_nos.setdefault(name, number)
        self.accounts.append(
            {
                "account_id": account_id,
                "account_no": number,
                "kind": kind,
                "bank_id": bank_id,
                "name": name,
                "is_open": True,
                "balance_fen": balance,
            }
        )
        return account_id

    def card(self, name: str, bank_id: str = "gyb", **fields: Any) -> None:
        """Make a card; its holder is called like the card."""
        serial = len(self.cards) + 1
        body = f"{ISSUER_PREFIX}{BANKS[bank_id].number:02d}{serial:09d}"
        pan = self.cards[name] = Pan(f"{body}{luhn_digit(body)}")
        account_id = self.account("cardholder", bank_id, name, fields.pop("balance", 1_000_000))
        self.rows.setdefault("cards", []).append(
            {
                "card_id": serial,
                "pan_hash": self.secrets.pan_hash(pan),
                "card_masked": str(pan),
                "product": "debit",
                "bank_id": bank_id,
                "account_id": account_id,
                "holder_name": name,
                "birth_date": date(1960, 1, 1),
                "county": "520102",
                "status": "active",
                "pin_verification": self.secrets.pin_verification(pan, Pin(PIN)),
                "pin_failures": 0,
                "gets_subsidies": False,
                "first_withdrawal_month": 0,
                "effect": None,
                "magic_name": None,
                **fields,
            }
        )

    def point(self, point_id: str, status: str, bank_id: str, is_trained: bool) -> dict[str, Any]:
        balance = 100 if point_id == "SP-POOR" else 100_000_000
        return {
            "service_point_id": point_id,
            "name": f"{point_id} 服务点",
            "bank_id": bank_id,
            "kind": "village",
            "status": status,
            "county": "520102",
            "town": "520102001",
            "village": "新村",
            "latitude": 26.58,
            "longitude": 106.71,
            "opens_minute": 480,
            "closes_minute": 1_140,
            "market_residue": 0,
            "opened_on": date(2020, 1, 1),
            "star_grade": 3,
            "tier": "B",
            "operator_id": f"OP-{point_id[3:]}",
            "operator_name": "王店主",
            "operator_trained_on": date(2020, 1, 1) if is_trained else None,
            "operator_training": "{}",
            "operator_relations": "[]",
            "operator_account_id": self.account("operator", bank_id, f"op {point_id}", balance),
            "till_account_id": self.account("till", bank_id, f"till {point_id}", 50_000_000),
            "controls": "",
        }

    def write(self, connection: Connection) -> None:
        """Write the whole world into a migrated database."""
        write_world(connection, WorldFacts("mini", SEED, DEMO_START - datetime.now(UTC)))
        points = [self.point(*row) for row in POINTS]
        tills = {point["service_point_id"]: point["till_account_id"] for point in points}
        make_cards(self)
        billers = [
            biller(self, "water", "供水公司", takes_any_bill=False),
            biller(self, "any", "通用缴费", takes_any_bill=True),
        ]
        terminals = [
            {
                "terminal_id": terminal_id,
                "kind": kind,
                "serial": f"SN{terminal_id}",
                "service_point_id": point_id,
                "till_account_id": tills.get(point_id or ""),
            }
            for terminal_id, kind, point_id in TERMINALS
        ]
        bills = [
            {
                "biller_id": "water",
                "bill_no": f"{number:08d}",
                "amount_fen": 4_200,
                "payer_name": "王小明",
                "seal": "0" * 16,
            }
            for number in range(1, 30)
        ]
        for table, made in (
            (t.accounts, self.accounts),
            (t.service_points, points),
            (t.terminals, terminals),
            (t.cards, self.rows["cards"]),
            (t.billers, billers),
            (t.bills, bills),
        ):
            connection.execute(insert(table), made)
        for who in DEMO_KEYS:
            add_key(connection, self.secrets.key, who.name, who)


def make_cards(world: MiniWorld) -> None:
    world.accounts += [
        {
            "account_id": account.account_id,
            "account_no": account.account_no,
            "kind": account.kind.value,
            "bank_id": account.bank_id,
            "name": account.name,
            "is_open": True,
            "balance_fen": None,
        }
        for account in BANK_ACCOUNTS.values()
    ]
    for magic in MAGIC_CARDS:
        world.card(
            f"magic {magic.name}",
            magic.bank_id,
            product=magic.product,
            status=magic.status,
            effect=magic.effect.value if magic.effect else None,
            magic_name=magic.name,
        )
    for serial in range(60):
        world.card(f"plain {serial}")
    world.card("rich", balance=100_000_000)
    world.card("poor", balance=5_000)
    world.card("rural", product="rural_revitalization", balance=10_000_000)


def biller(world: MiniWorld, biller_id: str, name: str, *, takes_any_bill: bool) -> dict[str, Any]:
    return {
        "biller_id": biller_id,
        "name": name,
        "name_en": biller_id,
        "category": "water",
        "account_id": world.account("biller", "gyb", name, None),
        "takes_any_bill": takes_any_bill,
    }
