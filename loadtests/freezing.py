"""A drill: freeze points in the middle of a run, as staff would, and let them serve again after it.

From the freeze on, every request there but a reversal must be answered 58.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loadtests.bank import HttpBank

REASON = "压力测试演练 · load test drill"


def freeze(bank: HttpBank, point_ids: Iterable[str]) -> list[str]:
    """Freeze points at once, by one hand; return the ids of the cases."""
    cases = []
    for point_id in point_ids:
        wanted = {"kind": "freeze", "service_point_id": point_id, "reason": REASON}
        case_id = bank.post("/v1/cases", wanted, bank.keys.maker)["case_id"]
        act = {"action": "emergency_freeze", "note": REASON}
        bank.post(f"/v1/cases/{case_id}/actions", act, bank.keys.maker)
        cases.append(str(case_id))
    return cases


def thaw(bank: HttpBank, cases: Sequence[str]) -> None:
    """Let the points serve again: that takes two hands."""
    for case_id in cases:
        act = {"action": "unfreeze", "note": REASON}
        case = bank.post(f"/v1/cases/{case_id}/actions", act, bank.keys.maker)
        decision = {"decision": "approve", "note": REASON}
        bank.post(f"/v1/approvals/{case['approval_id']}", decision, bank.keys.checker)
