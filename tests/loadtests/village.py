"""A small manifest, a small bank that answers as it should, and the pieces around them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from loadtests.leases import Manifest, hand_out
from loadtests.pos import Reply
from loadtests.village import Village, village_of

COUNTIES = ("520102", "520115")
LIMIT = 200_000


def manifest(points: int = 6, cards: int = 120) -> Manifest:
    """Return a manifest of so many points in two counties, with cards and payees."""
    terminals = [
        {
            "terminal_id": f"5201{number:04d}",
            "service_point_id": f"SP{number}",
            "bank_id": "gyb",
            "kind": "pos",
            "county": COUNTIES[number % 2],
            "opens": "09:00" if number % 2 else "08:00",
            "closes": "18:00",
        }
        for number in range(points)
    ]
    people = [
        {
            "card_no": f"99000100{number:08d}",
            "pin": "123456",
            "product": "debit",
            "bank_id": "gyb",
            "account_no": f"52001{number:010d}",
            "name": f"人{number}",
            "age": 30 + number % 50,
            "county": COUNTIES[number % 2],
            "balance_fen": 5_000_000,
        }
        for number in range(cards)
    ]
    accounts = [
        {"account_no": p["account_no"], "name": p["name"], "bank_id": "gyb"} for p in people
    ]
    bills = [{"biller_id": "water", "bill_no": f"W{n}", "amount_fen": 2_000} for n in range(9)]
    places = {f"SP{n}": {"latitude": 26.5 + n / 100, "longitude": 106.7} for n in range(points)}
    return Manifest(people, terminals, bills, accounts, places)


def leases(workers: int = 1, shared_permille: int = 0, now: str = "10:00") -> list[dict[str, Any]]:
    return hand_out(
        manifest(),
        workers=workers,
        shared_permille=shared_permille,
        run_no=17,
        now=now,
        room_fen=LIMIT,
        elder_age=60,
    )


def village() -> Village:
    return village_of(leases()[0])


@dataclass
class SmallBank:
    """Answers like the bank as far as the load looks, and keeps books that can be bent."""

    balances: dict[str, int] = field(default_factory=dict)
    """By card number."""
    fee: int = 0
    first: dict[str, bytes] = field(default_factory=dict)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    postings: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    ended_by: dict[str, str] = field(default_factory=dict)
    tombs: set[str] = field(default_factory=set)
    places: dict[str, str] = field(default_factory=dict)
    frozen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.balances = {c["card_no"]: c["balance_fen"] for c in manifest().cards}
        self.places = {t["terminal_id"]: t["service_point_id"] for t in manifest().terminals}

    def post(self, path: str, content: bytes) -> Reply:
        """Answer as the bank does over HTTP."""
        body = json.loads(content)
        if path == "/v1/fee-quotes":
            fee = {"charged_fen": self.fee, "before_waiver_fen": self.fee, "waived_fen": 0}
            return Reply(200, json.dumps({"fee": fee}).encode())
        transaction_id = body["terminal_id"] + body["batch_no"] + body["trace_no"]
        if transaction_id in self.first:
            return Reply(200, self.first[transaction_id], is_replay=True)
        answer = self._decided(transaction_id, path, body)
        self.items[transaction_id] = answer
        self.first[transaction_id] = json.dumps(answer).encode()
        return Reply(200, self.first[transaction_id])

    def _decided(self, transaction_id: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._blank(transaction_id, path, body)
        if "reversals" in path:
            return answer | self._reversed(transaction_id, body)
        code = self._code(transaction_id, body)
        if code != "00":
            return answer | {"status": "declined", "response_code": code}
        return answer | self._posted(transaction_id, body)

    def _blank(self, transaction_id: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        named = {n: body[n] for n in ("terminal_id", "batch_no", "trace_no")}
        business = path.rsplit("/", 1)[1].replace("-", "_").removesuffix("s")
        return named | {
            "transaction_id": transaction_id,
            "business": business if business != "balance_inquirie" else "balance_inquiry",
            "status": "approved",
            "response_code": "00",
            "service_point_id": self.places[body["terminal_id"]],
            "card_id": body.get("card_no", "")[-8:] or None,
            "amount_fen": body.get("amount_fen"),
            "balance_fen": None,
            "fee": {"charged_fen": 0, "before_waiver_fen": 0, "waived_fen": 0},
            "business_date": "2026-03-02",
            "decided_at": f"2026-03-02T10:00:{len(self.items) % 60:02d}+08:00",
            "refusal": None,
        }

    def _code(self, transaction_id: str, body: Mapping[str, Any]) -> str:
        amount = body.get("amount_fen", 0)
        rows = (
            (transaction_id in self.tombs, "94"),
            (body.get("pin", "123456") != "123456", "55"),
            ("card_no" in body and "payee_name" not in body and amount % 1_000 == 500, "13"),
            (str(body.get("payee_name", "")).endswith("儿"), "A3"),
            ("payee_name" not in body and "bill_no" not in body and amount > LIMIT, "61"),
            ("card_no" in body and amount > self.balances[body["card_no"]], "51"),
        )
        return next((code for is_so, code in rows if is_so), "00")

    def _posted(self, transaction_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        amount, card_no = body.get("amount_fen", 0), body.get("card_no")
        account = f"52001{card_no[-10:]}" if card_no else "cash"
        self.postings[transaction_id] = legs(account, "bank", amount) + legs(
            account, "fees", self.fee
        )
        fee = {"charged_fen": self.fee, "before_waiver_fen": self.fee, "waived_fen": 0}
        if card_no is None:
            return {"fee": fee}
        self.balances[card_no] -= amount + self.fee
        return {"fee": fee, "balance_fen": self.balances[card_no]}

    def _reversed(self, transaction_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        named = body["original"]
        original_id = body["terminal_id"] + named["batch_no"] + named["trace_no"]
        original = self.items.get(original_id)
        if original is None:
            self.tombs.add(original_id)
            return {"status": "declined", "response_code": "25"}
        if original["status"] != "approved":
            return {}
        self.items[original_id] = {**original, "status": "reversed"}
        self.ended_by[original_id] = transaction_id
        self.postings[transaction_id] = [
            {**leg, "side": "credit" if leg["side"] == "debit" else "debit"}
            for leg in self.postings[original_id]
        ]
        charged = original["fee"]["charged_fen"]
        if original["card_id"]:
            card_no = next(no for no in self.balances if no.endswith(original["card_id"]))
            self.balances[card_no] += original["amount_fen"] + charged
        return {"amount_fen": original["amount_fen"], "fee_returned_fen": charged}

    # What the auditor asks

    def transactions(self, **wanted: str) -> Iterator[Mapping[str, Any]]:
        for item in reversed(list(self.items.values())):
            if all(item[name] == value for name, value in wanted.items()):
                yield item

    def truth(self, key: tuple[str, str, str]) -> Mapping[str, Any]:
        transaction_id = "".join(key)
        return {
            "seen": transaction_id in self.items,
            "postings": self.postings.get(transaction_id, []),
            "reversed_by": self.ended_by.get(transaction_id),
        }

    def card(self, card_id: str) -> Mapping[str, Any]:
        return {"balance_fen": next(b for no, b in self.balances.items() if no.endswith(card_id))}

    def frozen_points(self) -> list[str]:
        return self.frozen

    def now(self) -> str:
        return "2026-03-02T10:00:00+08:00"


def legs(one: str, other: str, amount: int) -> list[dict[str, Any]]:
    """Return the two sides of one posting; none where nothing moves."""
    if not amount:
        return []
    side = {"bank_id": "gyb", "amount_fen": amount, "kind": "cardholder"}
    return [
        {**side, "account_no": one, "side": "debit"},
        {**side, "account_no": other, "side": "credit"},
    ]
