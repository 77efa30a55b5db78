"""Versions of rules as a test proposes, decides and looks them up."""

from __future__ import annotations

from typing import Any

from tests.api.counter import Counter, Json

TODAY, TOMORROW, LATER = "2026-03-02", "2026-03-03", "2026-04-01"


def proposal(**changes: Any) -> Json:
    """A proposal that would be taken, with changes."""
    body = {
        "params": {"days_near_limit": {"each_of_limit": 8_500, "band": [{"from": 3}]}},
        "mode": "shadow",
        "effective_from": TOMORROW,
        "note": "试行一周",
    }
    return body | changes


def proposed(counter: Counter, rule_id: str = "R01", **changes: Any) -> Json:
    path = f"/v1/risk/rules/{rule_id}/versions"
    answer = counter.post(path, proposal(**changes), "demo-maker")
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def decided(
    counter: Counter, approval_id: str, decision: str = "approve", api_key: str = "demo-checker"
) -> Any:
    body = {"decision": decision, "note": "已核对"}
    return counter.post(f"/v1/approvals/{approval_id}", body, api_key)


def rule(counter: Counter, rule_id: str = "R01") -> Json:
    found: Json = counter.get(f"/v1/risk/rules/{rule_id}", "demo-auditor").json()
    return found


def statuses(counter: Counter, rule_id: str) -> dict[int, str]:
    return {one["version"]: one["status"] for one in rule(counter, rule_id)["versions"]}
