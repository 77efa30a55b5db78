"""The village under watch: real traffic, the real monitor, and a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2

from api.composition import open_sandbox
from api.settings import Settings
from pos_sim.domain.calendar import StoppedClock, in_local_time
from pos_sim.policies import shipped
from risk.monitor import RiskMonitor
from tests.api.counter import Counter, Json
from tests.api.serving import serving
from tests.api.village import GRCU_POS, OTHER_POS, POS, Village


@dataclass
class Watched:
    """A counter, the clock of its world, and what makes rules speak."""

    counter: Counter
    clock: StoppedClock

    def pass_time(self, **by: int) -> None:
        self.clock.advance(timedelta(**by))

    def next_morning(self, days: int = 1) -> None:
        """Let it be ten o'clock of a day on which nothing has happened yet."""
        self.pass_time(days=days)
        self.pass_time(hours=(34 - self.clock.now().hour) % 24)

    def hence(self, **by: float) -> str:
        """Return the moment so much later, as bodies say it."""
        return in_local_time(self.clock.now() + timedelta(**by))

    def ask(self, path: str, api_key: str = "demo-auditor", **params: Any) -> Json:
        """Return what staff see; it must be there."""
        answer = self.counter.get(path, api_key, **params)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def send(self, path: str, body: Json, api_key: str = "demo-maker") -> httpx2.Response:
        return self.counter.post(path, body, api_key)

    def approve(self, approval_id: str, decision: str = "approve") -> httpx2.Response:
        body = {"decision": decision, "note": "已核对"}
        return self.send(f"/v1/approvals/{approval_id}", body, "demo-checker")

    def alert(self, rule_id: str, value: str) -> Json:
        """Return the alert of a rule about a subject; there must be one that is the latest."""
        found = [one for one in self.alerts(rule_id=rule_id) if one["scope"]["value"] == value]
        assert found, f"no alert of {rule_id} about {value}"
        return found[0]

    def alerts(self, **asked: Any) -> list[Json]:
        """Return a whole list, page by page."""
        return self.counter.pages("/v1/alerts", **asked)

    def hits(self, transaction: Json) -> list[Json]:
        """Return what rules found about a transaction."""
        found: list[Json] = self.ask(f"/v1/transactions/{transaction['transaction_id']}")["hits"]
        return found

    def someone(self) -> tuple[Json, str]:
        """Return a card that works, with its id."""
        card = self.counter.card()
        return card, str(self.counter.do("withdrawal", **card)["card_id"])

    def spread(self, card: Json | None = None) -> Json:
        """Let a card draw at three points in a day: R09, medium. Return the last withdrawal."""
        card = card or self.counter.card()
        for terminal_id in (POS, OTHER_POS, GRCU_POS):
            last = self.counter.do("withdrawal", terminal_id=terminal_id, **card)
            self.pass_time(minutes=90)
        return last

    def guess(self) -> Json:
        """Let somebody key in three wrong PINs: R13, high. Return the last refusal."""
        card = self.counter.card() | {"pin": "000000"}
        for _ in range(3):
            last = self.counter.do("withdrawal", **card)
        return last


@contextmanager
def watched(settings: Settings, world: Village) -> Iterator[Watched]:
    """Serve a village under watch."""
    clock = StoppedClock()
    monitor = RiskMonitor(shipped(), check_every_s=0.0)
    sandbox = open_sandbox(settings, clock=clock, monitor=monitor)
    with serving(settings, sandbox) as address, httpx2.Client(base_url=address) as client:
        yield Watched(Counter(client, world), clock)
