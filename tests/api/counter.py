"""The counter of a test: valid requests by default, changed in one place."""

from __future__ import annotations

from itertools import count
from typing import Any

import httpx2

from tests.api.mini_world import PIN, MiniWorld

PATHS = {
    "withdrawal": "/v1/withdrawals",
    "cash_remittance": "/v1/cash-remittances",
    "transfer": "/v1/transfers",
    "bill_payment": "/v1/bill-payments",
    "balance_inquiry": "/v1/balance-inquiries",
    "reversal": "/v1/reversals",
}


class Counter:
    """Builds bodies and sends them."""

    def __init__(self, http: httpx2.Client, world: MiniWorld) -> None:
        self.http = http
        self.world = world
        self._traces = count(1)
        self._plain = count()

    def key(self, terminal_id: str = "52010001") -> dict[str, str]:
        """A key that was never used."""
        return {
            "terminal_id": terminal_id,
            "batch_no": "000001",
            "trace_no": f"{next(self._traces):06d}",
        }

    def card(self, name: str | None = None) -> dict[str, str]:
        """A card by name, or a plain one that no test has used."""
        name = name or f"plain {next(self._plain)}"
        return {"card_no": self.world.cards[name].whole, "pin": PIN}

    def payee(self, name: str = "plain 50") -> dict[str, str]:
        return {"payee_account_no": self.world.account_nos[name], "payee_name": name}

    def body(self, business: str, **changes: Any) -> dict[str, Any]:
        """A body that would be approved, with ``changes``; ``...`` takes a field out."""
        made: dict[str, Any] = {**self.key(changes.pop("terminal_id", "52010001"))}
        card = self.card(changes.pop("card", None)) if needs_card(business, changes) else {}
        made |= card | self.rest(business) | changes
        return {name: value for name, value in made.items() if value is not ...}

    def rest(self, business: str) -> dict[str, Any]:
        match business:
            case "withdrawal":
                return {"amount_fen": 50_000}
            case "transfer":
                return {"amount_fen": 50_000, **self.payee()}
            case "cash_remittance":
                return {"amount_fen": 50_000, "payer_name": "李雷", **self.payee()}
            case "bill_payment":
                bill_no = f"B{next(self._traces):06d}"
                return {"amount_fen": 4_200, "biller_id": "any", "bill_no": bill_no,
                        "funding": "card"}  # fmt: skip
            case _:
                return {}

    def send(
        self, business: str, body: Any, api_key: str = "demo-terminal", **options: Any
    ) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        return self.http.post(PATHS[business], json=body, headers=headers, **options)

    def do(self, business: str, **changes: Any) -> dict[str, Any]:
        """Send a body that must be decided, and return the answer."""
        answer = self.send(business, self.body(business, **changes))
        assert answer.status_code == 200, answer.text
        decided: dict[str, Any] = answer.json()
        return decided

    def reverse(self, original: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """Reverse a transaction by its answer or body."""
        named = {"batch_no": original["batch_no"], "trace_no": original["trace_no"]}
        terminal_id = changes.pop("terminal_id", original["terminal_id"])
        return self.do(
            "reversal", terminal_id=terminal_id, original=named, reason="timeout", **changes
        )

    def get(self, path: str, api_key: str = "demo-terminal", **params: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {api_key}"}
        return self.http.get(path, params=params, headers=headers)


def needs_card(business: str, changes: dict[str, Any]) -> bool:
    if business == "bill_payment":
        return changes.get("funding") != "cash"
    return business in ("withdrawal", "transfer", "balance_inquiry")
