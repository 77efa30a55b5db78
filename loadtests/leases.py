"""Who works with what: disjoint places, cards, payees and bills for each worker.

A share of the places is handed to everybody on purpose, so that how much workers meet at the same
accounts is a parameter. What can be spent of a shared card is divided, so that two workers together
never ask for more than there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

Row = Mapping[str, Any]

COUNTER_KINDS = frozenset({"pos", "mobile"})
"""Terminals of service points; an ATM pays out in hundreds and holds transfers for a day."""
PAYEES_ONLY = 4
"""One account in so many is paid and never pays."""
BATCHES = 100
"""So many workers of a run have a batch number of their own."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """All pages of ``/sim/manifest``, and where the points stand."""

    cards: Sequence[Row]
    terminals: Sequence[Row]
    bills: Sequence[Row]
    payees: Sequence[Row]
    positions: Mapping[str, Row]
    """By service point: ``{latitude, longitude}``."""


def hand_out(
    manifest: Manifest,
    *,
    workers: int,
    shared_permille: int,
    run_no: int,
    now: str,
    room_fen: int,
    elder_age: int,
) -> list[dict[str, Any]]:
    """Return a lease for each worker; ``now`` is the clock's HH:MM, ``room_fen`` a limit."""
    payees, payers = _payees_and_payers(manifest)
    places = _places(manifest, now)
    _settle(places, payers, payees, room_fen, elder_age)
    inhabited = [place for place in places.values() if place["villagers"]]
    shared = [place for place in inhabited if _draw(place) < shared_permille]
    own = [place for place in inhabited if _draw(place) >= shared_permille]
    common = [_shared(place, workers) for place in shared]
    return [
        {
            "batch_no": batch_of(run_no, number),
            "places": own[number::workers] + common,
            "bills": [dict(bill) for bill in manifest.bills[number::workers]],
            "payees": payees[number::workers],
        }
        for number in range(workers)
    ]


def batch_of(run_no: int, number: int) -> str:
    """Return the batch number of a worker of a run.

    >>> batch_of(17, 3)
    '001703'
    """
    assert number < BATCHES
    return f"{run_no:04d}{number:02d}"


def _payees_and_payers(manifest: Manifest) -> tuple[list[dict[str, str]], list[Row]]:
    """Split the accounts: nobody who pays is paid, so that balances are known to the fen."""
    payers = [card for card in manifest.cards if _number(card["account_no"]) % PAYEES_ONLY]
    paying = {card["account_no"] for card in payers}
    payees = [dict(payee) for payee in manifest.payees if payee["account_no"] not in paying]
    return payees, payers


def _places(manifest: Manifest, now: str) -> dict[str, dict[str, Any]]:
    """Return the points that are open now, by id; all of them where none is."""
    counters = [t for t in manifest.terminals if t["kind"] in COUNTER_KINDS]
    able = [t for t in counters if t["service_point_id"] in manifest.positions]
    is_open = [t for t in able if t["opens"] <= now < t["closes"]] or able
    places: dict[str, dict[str, Any]] = {}
    for terminal in is_open:
        point_id = terminal["service_point_id"]
        place = places.setdefault(
            point_id,
            {
                "service_point_id": point_id,
                "bank_id": terminal["bank_id"],
                "county": terminal["county"],
                **manifest.positions[point_id],
                "terminals": [],
                "villagers": [],
            },
        )
        place["terminals"].append([terminal["terminal_id"], terminal["kind"]])
    return places


def _settle(
    places: Mapping[str, dict[str, Any]],
    payers: Iterable[Row],
    payees: Sequence[Mapping[str, str]],
    room_fen: int,
    elder_age: int,
) -> None:
    """Let everybody live near one place of the own county, in every run the same."""
    by_county: dict[str, list[dict[str, Any]]] = {}
    for place in places.values():
        by_county.setdefault(place["county"], []).append(place)
    younger = 0
    for card in payers:
        near = by_county.get(card["county"])
        if not near or not payees:
            continue
        home = max(near, key=lambda place: _number(card["account_no"] + place["service_point_id"]))
        # Each sends money to the same account again and again, as people do.
        payee = payees[younger % len(payees)]
        younger += card["age"] < elder_age
        home["villagers"].append(_villager(card, payee, room_fen))


def _villager(card: Row, payee: Mapping[str, str], room_fen: int) -> dict[str, Any]:
    same = ("card_no", "pin", "product", "bank_id", "account_no", "age", "county")
    return {
        **{name: card[name] for name in same},
        "balance": card["balance_fen"],
        "room": room_fen,
        "payee": payee,
    }


def _shared(place: Mapping[str, Any], workers: int) -> dict[str, Any]:
    """Return a place whose people several workers meet: each may spend its part."""
    villagers = [
        {
            **villager,
            "balance": villager["balance"] // workers,
            "room": villager["room"] // workers // 1_000 * 1_000,
            "is_exclusive": workers == 1,
        }
        for villager in place["villagers"]
    ]
    return {**place, "villagers": villagers}


def _draw(place: Mapping[str, Any]) -> int:
    return _number(place["service_point_id"]) % 1_000


def _number(text: str) -> int:
    """Return a number that follows from a text, everywhere and always the same."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
