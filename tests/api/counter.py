"""The counter of a test: valid requests by default, changed in one place."""

from __future__ import annotations

from itertools import count
from typing import Any

import httpx2

from tests.api.village import POS, Village

PATHS = {
    "withdrawal": "/v1/withdrawals",
    "cash_remittance": "/v1/cash-remittances",
    "transfer": "/v1/transfers",
    "bill_payment": "/v1/bill-payments",
    "balance_inquiry": "/v1/balance-inquiries",
    "reversal": "/v1/reversals",
}
WITH_CARD = frozenset({"withdrawal", "transfer", "bill_payment", "balance_inquiry"})

Json = dict[str, Any]


class Counter:
    """Builds bodies and sends them."""

    def __init__(self, http: httpx2.Client, world: Village, first_trace: int = 1) -> None:
        self.http = http
        self.world = world
        self._traces = count(first_trace)
        self._payees = count()

    def key(self, terminal_id: str = POS) -> Json:
        """A key that was never used."""
        return {
            "terminal_id": terminal_id,
            "batch_no": "000001",
            "trace_no": f"{next(self._traces):06d}",
        }

    def card(self, magic: str | None = None) -> Json:
        """A card that no test has used, or a magic one."""
        found = self.world.magic[magic] if magic else self.new_card()
        return {"card_no": found["card_no"], "pin": found["pin"]}

    def new_card(self, **wishes: Any) -> Json:
        """A card made for this test: number, PIN and the rest."""
        made = self.post("/sim/cards", wishes, "demo-admin")
        assert made.status_code == 201, made.text
        card: Json = made.json()
        return card

    def payee(self) -> Json:
        """Somebody who was not paid yet."""
        found = self.world.payees[next(self._payees)]
        return {"payee_account_no": found["account_no"], "payee_name": found["name"]}

    def body(self, business: str, **changes: Any) -> Json:
        """A body that would be approved, with ``changes``; ``...`` takes a field out."""
        made = self.key(changes.pop("terminal_id", POS))
        if business in WITH_CARD and changes.get("funding") != "cash" and "card_no" not in changes:
            made |= self.card(changes.pop("magic", None))
        made |= self.rest(business) | changes
        return {name: value for name, value in made.items() if value is not ...}

    def rest(self, business: str) -> Json:
        """What a business wants beside key and card."""
        match business:
            case "withdrawal":
                return {"amount_fen": 50_000}
            case "transfer":
                return {"amount_fen": 50_000, **self.payee()}
            case "cash_remittance":
                return {"amount_fen": 50_000, "payer_name": "李雷", **self.payee()}
            case "bill_payment":
                return {"amount_fen": 4_200, "biller_id": "any", "funding": "card",
                        "bill_no": f"B{next(self._traces):06d}"}  # fmt: skip
            case "reversal":
                never = {"batch_no": "999999", "trace_no": f"{next(self._traces):06d}"}
                return {"original": never, "reason": "timeout"}
            case _:
                return {}

    def send(self, business: str, body: Any, api_key: str = "demo-terminal") -> httpx2.Response:
        return self.post(PATHS[business], body, api_key)

    def do(self, business: str, **changes: Any) -> Json:
        """Send a body that must be decided, and return the answer."""
        answer = self.send(business, self.body(business, **changes))
        assert answer.status_code == 200, answer.text
        decided: Json = answer.json()
        return decided

    def reverse(self, original: Json, **changes: Any) -> Json:
        """Reverse a transaction by its answer or body."""
        named = {"batch_no": original["batch_no"], "trace_no": original["trace_no"]}
        terminal_id = changes.pop("terminal_id", original["terminal_id"])
        return self.do("reversal", terminal_id=terminal_id, original=named, **changes)

    def get(self, path: str, api_key: str = "demo-terminal", **params: Any) -> httpx2.Response:
        return self.http.get(path, params=params, headers=bearer(api_key))

    def pages(self, path: str, api_key: str = "demo-auditor", **asked: Any) -> list[Json]:
        """Every item of a list, page by page."""
        items: list[Json] = []
        cursor: Json = {}
        while True:
            answer = self.get(path, api_key, **asked, **cursor)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            cursor = {"cursor": page["next_cursor"]}

    def post(self, path: str, body: Any = None, api_key: str = "demo-admin") -> httpx2.Response:
        return self.http.post(path, json=body, headers=bearer(api_key))

    def truth(self, asked: Json) -> Json:
        """What really happened to the key of a body or answer."""
        key = {name: asked[name] for name in ("terminal_id", "batch_no", "trace_no")}
        told: Json = self.get("/sim/truth", **key).json()
        return told


def bearer(api_key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {api_key}"} if api_key else {}
