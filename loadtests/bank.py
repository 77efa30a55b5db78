"""The bank as the master and the auditor see it: its API, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any, Protocol

import requests

from loadtests.leases import Manifest

PAGE = 200
"""The largest page that the API gives."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """The API keys that a run needs; those of the demo world by default."""

    terminal: str = "demo-terminal"
    staff: str = "demo-auditor"
    maker: str = "demo-maker"
    checker: str = "demo-checker"
    admin: str = "demo-admin"


class BankGone(Exception):
    """The bank did not answer for as long as anybody can wait."""


class Books(Protocol):
    """What the auditor asks."""

    def transactions(self, **wanted: str) -> Iterator[Row]:
        """Give the transactions that fit, the newest first."""

    def truth(self, key: tuple[str, str, str]) -> Row:
        """Return what really happened to a key."""

    def card(self, card_id: str) -> Row:
        """Return a card with its balance."""

    def frozen_points(self) -> list[str]:
        """Return the ids of the points that are frozen now."""

    def now(self) -> str:
        """Return what the bank's clock shows, RFC 3339."""


@dataclass(slots=True)
class HttpBank:
    """The bank over HTTP. While it is restarted, questions wait up to ``patience_s``."""

    base: str
    keys: ApiKeys = field(default_factory=ApiKeys)
    patience_s: float = 60.0
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, key: str | None = None, **params: str | int) -> Any:
        """Return the content of an answer; raise BankGone after ``patience_s`` of trouble."""
        return self._asked("GET", path, key or self.keys.terminal, params=params)

    def post(self, path: str, body: Row, key: str) -> Any:
        """Return the content of an answer to what is asked for."""
        return self._asked("POST", path, key, json=body)

    def _asked(self, method: str, path: str, key: str, **content: Any) -> Any:
        until, headers = monotonic() + self.patience_s, {"Authorization": f"Bearer {key}"}
        while True:
            try:
                reply = self.session.request(
                    method, self.base + path, headers=headers, timeout=30, **content
                )
                if reply.status_code < 500:
                    reply.raise_for_status()
                    return reply.json()
                trouble = f"HTTP {reply.status_code}"
            except requests.HTTPError:
                raise
            except requests.RequestException as error:
                trouble = type(error).__name__
            if monotonic() > until:
                raise BankGone(f"{method} {path}: {trouble}")
            sleep(0.5)

    def pages(self, path: str, key: str | None = None, **params: str | int) -> Iterator[Row]:
        """Give all pages of a list."""
        cursor: dict[str, str] = {}
        while True:
            page = self.get(path, key, limit=PAGE, **params, **cursor)
            yield page
            if page["next_cursor"] is None:
                return
            cursor = {"cursor": page["next_cursor"]}

    def transactions(self, **wanted: str) -> Iterator[Row]:
        for page in self.pages("/v1/transactions", **wanted):
            yield from page["items"]

    def truth(self, key: tuple[str, str, str]) -> Row:
        named = dict(zip(("terminal_id", "batch_no", "trace_no"), key, strict=True))
        truth: Row = self.get("/sim/truth", **named)
        return truth

    def card(self, card_id: str) -> Row:
        card: Row = self.get(f"/v1/cards/{card_id}", self.keys.staff)
        return card

    def frozen_points(self) -> list[str]:
        pages = self.pages("/v1/service-points", status="frozen")
        return [point["service_point_id"] for page in pages for point in page["items"]]

    def now(self) -> str:
        return str(self.get("/sim/clock")["now"])

    def manifest(self, cards_max: int) -> Manifest:
        """Read what works now, page by page, until there are enough cards and all terminals."""
        rows: dict[str, list[Row]] = {n: [] for n in ("cards", "terminals", "bills", "payees")}
        for page in self.pages("/sim/manifest"):
            for name, found in rows.items():
                found.extend(page[name])
            if len(rows["cards"]) >= cards_max and not page["terminals"]:
                break
        pages = self.pages("/v1/service-points", status="open")
        positions = {
            point["service_point_id"]: point["position"]
            for page in pages
            for point in page["items"]
        }
        return Manifest(**rows, positions=positions)

    def is_unused(self, terminal_id: str, batch_no: str) -> bool:
        """Say whether nobody has used this batch number at this terminal."""
        page = self.get("/v1/transactions", terminal_id=terminal_id, batch_no=batch_no, limit=1)
        return not page["items"]
