"""教具 What lies on the teaching counter: one card of each kind, payee slips, bills, terminals.

It is what ``/sim/manifest`` and ``/sim/magic`` say works now, with a plain word about what each
thing teaches. Everybody gets other people's cards, so that a class does not share daily limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, func, select

from api.console.texts import Texts
from pos_sim.domain.banks import BANKS
from pos_sim.domain.limits import LimitKind
from pos_sim.domain.service_points import PointStatus
from pos_sim.store.query_cards import list_billers
from pos_sim.store.query_points import PointFilter, PointRecord, list_points, points_by_id
from pos_sim.store.tables import accounts, cards, usage
from pos_sim.store.world import WorldFacts
from seeds.magic_list import magic_items
from seeds.manifest import Moment, open_payees, unpaid_bills, working_cards, working_terminals

Item: TypeAlias = dict[str, Any]

ENOUGH_FEN = 500_000
"""A card of the tray has at least this much: a lesson is never short of money by chance."""
ELDER_AGE = 65
LOOKED_AT = 200
TERMINALS_MAX = 40
FROZEN_MAX = 5


class Kindred(NamedTuple):
    """One ordinary card of the tray: its tag, and which cards of the world it may be."""

    tag: str
    fits: Callable[[Item, str], bool]


ORDINARY = (
    Kindred("debit", lambda card, home: card["product"] == "debit" and card["bank_id"] == home),
    Kindred("rural", lambda card, _home: card["product"] == "rural_revitalization"),
    Kindred("social", lambda card, _home: card["product"] == "social_security"),
    Kindred("elder", lambda card, _home: card["age"] >= ELDER_AGE),
    Kindred(
        "other_bank", lambda card, home: card["product"] == "debit" and card["bank_id"] != home
    ),
    Kindred("neighbor", lambda card, _home: card["product"] == "debit"),
)

MAGIC = {
    "credit_card": "credit",
    "short_of_money": "short",
    "wrong_pin": "wrong_pin",
    "lost": "lost",
    "stolen": "stolen",
    "expired": "expired",
    "restricted": "restricted",
    "issuer_down": "issuer_down",
    "slow": "slow",
    "silent": "silent",
    "out_of_province": "out_of_province",
}
"""Effect of a magic card to its tag; the other magic cards have an ordinary one above."""

BROUGHT = ("family", "typo", "stranger", "operator")
"""The payee slips that customers bring."""
CARD_TAGS = frozenset({one.tag for one in ORDINARY} | set(MAGIC.values()))
BILL_TAGS = frozenset(
    ("any", "electricity", "gas", "medical", "pension", "phone", "school", "tv", "water")
)


@dataclass(frozen=True, slots=True)
class Teaching:
    """What the tray is made from: the world, its moment, the language, and chance."""

    facts: WorldFacts
    moment: Moment
    t: Texts
    dice: Random


def terminals_of(connection: Connection, moment: Moment) -> list[Item]:
    """Return the machines that one can teach at, those of frozen points last."""
    working, _ = working_terminals(connection, moment, TERMINALS_MAX, [0, ""])
    frozen = list_points(
        connection, PointFilter(status=PointStatus.FROZEN.value), FROZEN_MAX, None
    ).items
    closed = [
        {"terminal_id": terminal.terminal_id, "service_point_id": point.service_point_id}
        for point in frozen
        for terminal in point.terminals
        if terminal.kind == "pos"
    ]
    return [
        *({**one, "is_frozen": False} for one in working if one["kind"] == "pos"),
        *({**one, "is_frozen": True} for one in closed),
    ]


def tray_of(connection: Connection, point_id: str, teaching: Teaching) -> Item | None:
    """Return cards, slips and bills for a counter; None if there is no such point."""
    point = points_by_id(connection, [point_id]).get(point_id)
    if point is None:
        return None
    return {
        "cards": [*ordinary_cards(connection, point.bank_id, teaching),
                  *magic_cards(connection, teaching)],
        "slips": slips_for(connection, point, teaching),
        "bills": bills_for(connection, teaching),
    }  # fmt: skip


def ordinary_cards(connection: Connection, home: str, teaching: Teaching) -> Iterable[Item]:
    """Give one card of each kind that the world has, all of different people."""
    all_of_them = connection.scalar(select(func.count()).select_from(cards)) or 1
    found = [
        card
        for after in (teaching.dice.randrange(all_of_them), 0)
        for card in working_cards(connection, teaching.moment, LOOKED_AT, [after])[0]
        if card["balance_fen"] >= ENOUGH_FEN
    ]
    used = used_today(connection, [card["account_no"] for card in found], teaching.moment.today)
    found.sort(key=lambda card: card["account_no"] in used)
    taken: set[str] = set()
    for kind in ORDINARY:
        free = (card for card in found if card["card_no"] not in taken and kind.fits(card, home))
        card = next(free, None)
        if card is not None:
            taken.add(card["card_no"])
            yield {**shown_card(card), **words(teaching.t, "card", kind.tag), "is_magic": False,
                   "person": teaching.t("tray.person", who=card["name"], age=card["age"]),
                   "bank": bank_name(teaching.t, card["bank_id"])}  # fmt: skip


def used_today(connection: Connection, account_nos: Sequence[str], day: date) -> set[str]:
    """Return the accounts whose cards used some of their limits: others are handed out first."""
    query = (
        select(accounts.c.account_no)
        .join(cards, cards.c.account_id == accounts.c.account_id)
        .join(usage, usage.c.subject_id == cards.c.card_id)
        .where(
            accounts.c.account_no.in_(account_nos),
            usage.c.business_date == day,
            usage.c.kind != LimitKind.CASH_REMITTANCE.value,
        )
    )
    return set(connection.scalars(query))


def shown_card(card: Item) -> Item:
    kept = ("card_no", "pin", "product", "bank_id", "name")
    return {name: card[name] for name in kept}


def magic_cards(connection: Connection, teaching: Teaching) -> Iterable[Item]:
    """Give the cards that always get the same answer."""
    for one in magic_items(connection, teaching.facts):
        tag = MAGIC.get(one["effect"])
        if tag is not None:
            bank_id = "out" if tag == "out_of_province" else "gyb"
            yield {"card_no": one["card_no"], "pin": one["pin"], "bank_id": bank_id,
                   "product": "credit" if tag == "credit" else "debit", "is_magic": True,
                   "name": teaching.t("tray.customer"), "person": "",
                   "bank": bank_name(teaching.t, bank_id),
                   **words(teaching.t, "card", tag)}  # fmt: skip


def slips_for(connection: Connection, point: PointRecord, teaching: Teaching) -> list[Item]:
    """Return whom money shall go to: family, a misread number, a stranger, the operator."""
    payees, _ = open_payees(connection, teaching.moment, LOOKED_AT, [0])
    family, stranger, wrong = teaching.dice.sample(payees, 3)
    other = next(one["name"] for one in payees if one["name"] != wrong["name"])
    operator = {"account_no": point.operator_account.account_no, "name": point.operator_name}
    brought = (family, {**wrong, "name": other}, stranger, operator)
    return [
        {"account_no": one["account_no"], "name": one["name"], **words(teaching.t, "slip", tag)}
        for tag, one in zip(BROUGHT, brought, strict=True)
    ]


def bills_for(connection: Connection, teaching: Teaching) -> list[Item]:
    """Return one unpaid bill of each biller, and one that is born when it is asked for."""
    waiting, _ = unpaid_bills(connection, teaching.moment, 1_000, ["", ""])
    by_biller: dict[str, list[Item]] = {}
    for bill in waiting:
        by_biller.setdefault(bill["biller_id"], []).append(bill)
    shown = []
    for biller in list_billers(connection):
        numbers = [bill["bill_no"] for bill in by_biller.get(biller.biller_id, ())]
        if biller.takes_any_bill:
            numbers = [f"T{teaching.dice.randrange(10**9):09d}"]
        if numbers:
            name = teaching.t.pick(biller.name, biller.name_en)
            shown.append({"biller_id": biller.biller_id, "tag": biller.biller_id, "title": name,
                          "bill_no": teaching.dice.choice(numbers)})  # fmt: skip
    return shown


def words(t: Texts, kind: str, tag: str) -> Item:
    """Return tag, title and what it teaches; a slip's title says all."""
    teaches = {"teaches": t(f"tray.{kind}_{tag}_teaches")} if kind == "card" else {}
    return {"tag": tag, "title": t(f"tray.{kind}_{tag}"), **teaches}


def bank_name(t: Texts, bank_id: str) -> str:
    return t.pick(BANKS[bank_id].name, BANKS[bank_id].name_en)
