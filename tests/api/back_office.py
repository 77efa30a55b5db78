"""A village with its back office: cases, approvals and controls over HTTP, on a stopped clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import httpx2

from api.composition import open_sandbox
from api.settings import Settings
from pos_sim.domain.calendar import StoppedClock, in_local_time
from pos_sim.engine.sandbox import Sandbox
from risk.audit_log import Wanted, list_entries
from risk.walk import advance
from tests.api.counter import Counter, Json
from tests.api.serving import serving
from tests.api.village import POS, Village

MAKER, CHECKER, OTHER = "demo-maker", "demo-checker", "demo-maker-2"


@dataclass
class BackOffice:
    """What staff do at their desks, and the villager at the counter."""

    counter: Counter
    clock: StoppedClock
    sandbox: Sandbox

    def hence(self, **by: float) -> str:
        return in_local_time(self.clock.now() + timedelta(**by))

    def pass_time(self, **by: float) -> None:
        """Let time pass, and everything be done that becomes due meanwhile."""
        advance(self.sandbox, self.clock.now() + timedelta(**by))

    def get(self, path: str, api_key: str = "demo-auditor", **params: Any) -> Json:
        answer = self.counter.get(path, api_key, **params)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def post(self, path: str, body: Json, api_key: str = MAKER) -> httpx2.Response:
        return self.counter.post(path, body, api_key)

    def done(self, path: str, body: Json, api_key: str = MAKER) -> Json:
        """Send what must be possible; return the answer."""
        answer = self.post(path, body, api_key)
        assert answer.status_code in (200, 201), answer.text
        made: Json = answer.json()
        return made

    def open(self, kind: str, point: str, **more: Any) -> Json:
        body = {"kind": kind, "service_point_id": point, "reason": "现场检查发现问题"}
        return self.done("/v1/cases", body | more)

    def case(self, case: Json) -> Json:
        return self.get(f"/v1/cases/{case['case_id']}")

    def act(self, case: Json, action: str, api_key: str = MAKER, **data: Any) -> httpx2.Response:
        body: Json = {"action": action, "note": "已核对"}
        if data:
            body["data"] = data
        return self.post(f"/v1/cases/{case['case_id']}/actions", body, api_key)

    def decide(
        self, approval_id: str, decision: str = "approve", api_key: str = CHECKER
    ) -> httpx2.Response:
        body = {"decision": decision, "note": "同意"}
        return self.post(f"/v1/approvals/{approval_id}", body, api_key)

    def one(self, case: Json, action: str, **data: Any) -> Json:
        """Let one do what one can do; return the case."""
        answer = self.act(case, action, **data)
        assert answer.status_code == 200, answer.text
        after: Json = answer.json()
        assert after["approval_id"] is None, after
        return after

    def both(self, case: Json, action: str, **data: Any) -> Json:
        """Let one propose and another approve; return the case afterwards."""
        answer = self.act(case, action, **data)
        assert answer.status_code == 200, answer.text
        approved = self.decide(answer.json()["approval_id"])
        assert approved.status_code == 200, approved.text
        return self.case(case)

    def audit_log(self, subject_id: str) -> list[tuple[str, str]]:
        """Return who did what to a subject, in order."""
        wanted = Wanted(subject_id=subject_id)
        look = partial(list_entries, wanted=wanted, limit=200, before_seq=None)
        page = self.sandbox.database.read_now(look)
        return [(entry.actor, entry.action) for entry in reversed(page.items)]

    def point_of(self, terminal_id: str = POS) -> str:
        found: str = self.get(f"/v1/terminals/{terminal_id}")["service_point_id"]
        return found

    def status(self, point: str) -> str:
        found: str = self.get(f"/v1/service-points/{point}")["status"]
        return found

    def code(self, terminal_id: str = POS, business: str = "withdrawal") -> str:
        """Let a villager do business now; return the code of the answer."""
        return str(self.counter.do(business, terminal_id=terminal_id)["response_code"])


@contextmanager
def back_office(settings: Settings, world: Village, **more: Any) -> Iterator[BackOffice]:
    """Serve a village on a clock that only the test moves."""
    clock = StoppedClock()
    sandbox = open_sandbox(settings, clock=clock, **more)
    with serving(settings, sandbox) as address, httpx2.Client(base_url=address) as client:
        yield BackOffice(Counter(client, world), clock, sandbox)
