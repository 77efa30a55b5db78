"""A point's whole life over HTTP, on the clock: from its registration to its exit.

Every step is somebody's call of the public API or comes due on the clock; every one stands in the
audit log, which the test prints; and the books are right at the end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from api.cli import app
from api.settings import Settings
from risk.checklists import shipped_checklist
from tests.api.back_office import CHECKER, MAKER, OTHER
from tests.api.counter import Counter, Json
from tests.api.planted import SimClock, withdrawals_of, written
from tests.api.serving import serving
from tests.api.village import Village

GOOD: Json = {item.code: "pass" for item in shipped_checklist().items()}
SUBJECTS = ("terminal_operation", "safe_card_use", "counterfeit_notes", "operational_risk")
SHOP: Json = {
    "name": "青山村便民超市", "bank_id": "gyb", "kind": "village", "county": "520121",
    "town": "520121103", "village": "青山村", "opens": "08:00", "closes": "19:00",
    "position": {"latitude": 27.05, "longitude": 106.97}, "till_fen": 2_000_000,
    "operator": {"name": "王小满", "deposit_fen": 5_000_000},
}  # fmt: skip


@dataclass
class Life:
    """One point, seen through the API alone."""

    counter: Counter
    clock: SimClock
    point_id: str = ""
    operator_id: str = ""
    terminal_id: str = ""

    # What is asked ---------------------------------------------------------------------------

    def get(self, path: str, **params: Any) -> Json:
        answer = self.counter.get(path, "demo-auditor", **params)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def post(self, path: str, body: Json, api_key: str = MAKER) -> Json:
        answer = self.counter.post(path, body, api_key)
        assert answer.status_code in (200, 201), answer.text
        return dict(answer.json())

    def point(self) -> Json:
        return self.get(f"/v1/service-points/{self.point_id}")

    def status(self) -> str:
        return str(self.point()["status"])

    def draw(self) -> str:
        """Let a villager draw money now; return the code of the answer."""
        return str(self.counter.do("withdrawal", terminal_id=self.terminal_id)["response_code"])

    def the(self, kind: str) -> Json:
        """Return the only open case of a kind at the point."""
        found = self.get("/v1/cases", kind=kind, service_point_id=self.point_id)["items"]
        (case,) = [one for one in found if one["closed_at"] is None]
        return dict(case)

    def log(self, **wanted: str) -> list[Json]:
        """Return entries of the audit log, the first one first."""
        return list(reversed(self.get("/v1/audit-log", limit=200, **wanted)["items"]))

    def said_about(self, case: Json) -> list[tuple[str, str]]:
        return [(one["actor"], one["action"]) for one in self.log(subject_id=case["case_id"])]

    # What is done ----------------------------------------------------------------------------

    def act(self, case: Json, action: str, **data: Any) -> Json:
        body: Json = {"action": action, "note": "已现场核对"} | ({"data": data} if data else {})
        return self.post(f"/v1/cases/{case['case_id']}/actions", body)

    def agree(self, asked: Json) -> None:
        """Let a second person approve, after the first has been refused to."""
        path, body = (
            f"/v1/approvals/{asked['approval_id']}",
            {"decision": "approve", "note": "同意"},
        )
        assert self.counter.post(path, body, MAKER).status_code == 403
        self.post(path, body, CHECKER)

    def both(self, case: Json, action: str) -> None:
        self.agree(self.act(case, action))

    def pass_days(self, days: int) -> Json:
        return self.clock.move(advance_by=f"P{days}D")


@pytest.fixture(
    scope="module", params=("sqlite", pytest.param("postgresql", marks=pytest.mark.long))
)
def kind(request: pytest.FixtureRequest) -> str:
    """One life each time, and one on the other database in the long run."""
    chosen: str = request.param
    return chosen


@pytest.fixture(scope="module")
def settings(database_url: str) -> Settings:
    """As served, but that processes follow each other sooner."""
    return Settings(database_url=database_url, background_every_s=0.1, follow_every_s=0.02)


@pytest.fixture
def life(settings: Settings, world: Village) -> Iterator[Life]:
    with serving(settings) as address, httpx2.Client(base_url=address, timeout=60) as http:
        counter = Counter(http, world)
        yield Life(counter, SimClock(counter))


def test_a_whole_life(life: Life, database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    opened(life)
    alert = watched(life)
    verification = verified(life, alert)
    order, freeze, refused_exit = rectified_too_late(life)
    review = reviewed_a_year_later(life)
    again, leaving = gone(life)
    with capsys.disabled():
        cases = (verification, order, freeze, refused_exit, review, again, leaving)
        show(life, [alert["alert_id"], *(case["case_id"] for case in cases)])
    assert life.said_about(verification) == [
        ("clock", "open"), (MAKER, "take"), (MAKER, "conclude"),
    ]  # fmt: skip
    assert life.said_about(order) == [
        (MAKER, "open"), ("clock", "overdue"), (MAKER, "submit"),
        (MAKER, "accept: proposed"), (CHECKER, "accept"),
    ]  # fmt: skip
    assert life.said_about(freeze) == [
        ("clock", "open"), (MAKER, "freeze: proposed"), (CHECKER, "freeze"),
        (MAKER, "unfreeze: proposed"), (CHECKER, "unfreeze"), (MAKER, "close"),
    ]  # fmt: skip
    assert life.said_about(refused_exit) == [
        ("clock", "open"), (MAKER, "close: proposed"), (CHECKER, "close"),
    ]  # fmt: skip
    assert life.said_about(review) == [("clock", "open"), (MAKER, "submit"), (MAKER, "fail")]
    assert life.said_about(again) == [(MAKER, "open"), (MAKER, "submit"), (MAKER, "reject")]
    assert life.said_about(leaving) == [
        (MAKER, "open"), (MAKER, "stop"), (MAKER, "settle"), (MAKER, "recover_terminal"),
        (MAKER, "close: proposed"), (CHECKER, "close"),
    ]  # fmt: skip
    statuses = [one["after"]["status"] for one in life.log(subject_id=life.point_id)
                if "status" in (one["after"] or {})]  # fmt: skip
    assert statuses == [
        "trial", "open", "rectifying", "frozen", "open", "rectifying", "open", "frozen", "exited",
    ]  # fmt: skip
    assert [one["action"] for one in life.log(subject_id=life.operator_id)] == ["train"] * 4
    assert [one["action"] for one in life.log(subject_id=life.terminal_id)] == ["bind", "recover"]
    assert audited(database_url) == []


def opened(life: Life) -> None:
    """先培训后上岗: registered, equipped, trained, opened by two."""
    made = life.post("/v1/service-points", SHOP)
    life.point_id, life.operator_id = made["service_point_id"], made["operator"]["operator_id"]
    path = f"/v1/service-points/{life.point_id}"
    machine = {"kind": "pos", "serial": "SN52010123000001"}
    life.terminal_id = life.post(f"{path}/terminals", machine)["terminal_id"]
    assert (life.status(), life.draw()) == ("trial", "03")
    too_soon = life.counter.post(f"{path}/opening", {"note": "申请开业"}, MAKER)
    assert (too_soon.status_code, too_soon.json()["missing"]) == (409, ["trained"])
    for subject in SUBJECTS:
        result = {"subject": subject, "score": 92, "date": "2026-03-01"}
        life.post(f"{path}/training-results", result)
    assert life.draw() == "00"
    life.agree(life.post(f"{path}/opening", {"note": "试营业合格"}))
    assert (life.status(), life.draw()) == ("open", "00")


def watched(life: Life) -> Json:
    """植入 R01: somebody draws near the limit on four to six days; the watch sees it."""
    first_day = life.clock.now().date() + timedelta(days=2)
    scene = written(life.counter, life.point(), "near_limit_days", first_day)
    for at, body in withdrawals_of(scene):
        life.clock.reach(at)
        assert life.counter.do("withdrawal", **body)["response_code"] == "00"
    (alert,) = life.get("/v1/alerts", rule_id="R01", service_point_id=life.point_id)["items"]
    (claim,) = [one for one in scene.claims if one.rule_id == "R01"]
    assert alert["scope"]["value"] in claim.subjects
    return dict(alert)


def verified(life: Life, alert: Json) -> Json:
    """后督核查: 属实, which labels the alert and orders to rectify."""
    life.clock.move(advance_by="PT1M")
    case = life.the("verification")
    life.act(case, "take")
    concluded = life.act(case, "conclude", verdict="confirmed")
    assert (concluded["approval_id"], concluded["outcome"]) == (None, "confirmed")
    assert life.get(f"/v1/alerts/{alert['alert_id']}")["verdict"] == "confirmed"
    assert (life.status(), life.draw()) == ("rectifying", "00")
    return case


def rectified_too_late(life: Life) -> tuple[Json, Json, Json]:
    """限期整改 is missed, the point frozen; put right, it serves again."""
    order = life.the("rectification")
    fired = life.pass_days(30)["fired"]
    assert ("overdue", order["case_id"]) in [(one["kind"], one["subject_id"]) for one in fired]
    freeze, leaving = life.the("freeze"), life.the("exit")
    asked = life.act(freeze, "freeze")
    assert life.draw() == "00"  # one hand freezes nothing
    life.agree(asked)
    assert (life.status(), life.draw()) == ("frozen", "58")
    life.act(order, "submit")
    life.both(order, "accept")
    assert life.draw() == "58"
    life.both(leaving, "close")
    life.both(freeze, "unfreeze")
    life.act(freeze, "close")
    assert (life.status(), life.draw()) == ("open", "00")
    return order, freeze, leaving


def reviewed_a_year_later(life: Life) -> Json:
    """年审: month by month the point goes on; the review opens by itself, and fails."""
    while not (cases := life.get("/v1/cases", kind="annual_review",
                                 service_point_id=life.point_id)["items"]):  # fmt: skip
        life.clock.move(advance_to_next="month_start")
        life.clock.move(advance_to_next="business_day")
        assert life.draw() == "00"
        assert life.clock.now().year < 2028
    (review,) = cases
    assert review["due_at"].startswith("2027-03-02T23:59:59")
    incomplete = {"action": "submit", "note": "年审", "data": {"items": {}}}
    path = f"/v1/cases/{review['case_id']}/actions"
    refused = life.counter.post(path, incomplete, OTHER)
    assert (refused.status_code, len(refused.json()["errors"])) == (422, len(GOOD))
    life.act(review, "submit", items=GOOD | {"no_deposits": "fail"})
    assert life.act(review, "fail")["outcome"] == "failed"
    return dict(review)


def gone(life: Life) -> tuple[Json, Json]:
    """整改不合格, 退出: the terminals answer 03, and history stays readable."""
    order = life.the("rectification")
    life.act(order, "submit")
    life.act(order, "reject")
    leaving = life.the("exit")
    for action in ("stop", "settle", "recover_terminal"):
        life.act(leaving, action)
    life.both(leaving, "close")
    assert (life.status(), life.draw()) == ("exited", "03")
    before = life.get("/v1/transactions", service_point_id=life.point_id, response_code="00")
    assert len(before["items"]) > 15
    return order, leaving


def show(life: Life, more: list[str]) -> None:
    """Print what the audit log says of the point, its people and its cases, in order."""
    subjects = [life.point_id, life.operator_id, life.terminal_id, *more]
    entries = {one["seq"]: one for subject in subjects for one in life.log(subject_id=subject)}
    print(f"\n{life.point_id}")
    for _, one in sorted(entries.items()):
        print(f"  {one['at'][:16]} {one['actor']:14} {one['action']:18} {one['subject_id']}")


def audited(database_url: str) -> list[Json]:
    """Return what `pos-sim audit` finds in books and audit log; the chain must have entries."""
    result = CliRunner().invoke(app, ["audit", "--json", "--database-url", database_url])
    told = json.loads(result.stdout)
    assert told["audit_log"]["entries"] > 50
    assert (result.exit_code == 0) is told["ok"]
    return list(told["findings"])
