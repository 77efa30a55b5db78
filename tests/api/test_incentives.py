"""The incentive statement over HTTP: what the books hold, no more and no less."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.counter import Json
from tests.api.village import ATM, FROZEN, POS, RECTIFYING, UNTRAINED
from tests.api.watched import Watched


def report(desk: Watched, **asked: Any) -> Json:
    return desk.ask("/v1/reports/incentives", **asked)


def of_terminal(desk: Watched, terminal_id: str, **asked: Any) -> Json:
    point = desk.ask(f"/v1/terminals/{terminal_id}")["service_point_id"]
    (item,) = report(desk, service_point_id=point, **asked)["items"]
    found: Json = item
    return found


def counts(item: Json) -> dict[str, int]:
    return {line["business"]: line["count"] for line in item["lines"] if line["count"]}


def part(item: Json, name: str) -> Json:
    found: Json = next(one for one in item["parts"] if one["part"] == name)
    return found


def test_approved_work_counts_and_nothing_else(desk: Watched) -> None:
    before = counts(of_terminal(desk, POS))
    kept = desk.counter.do("withdrawal")
    taken_back = desk.counter.do("withdrawal")
    desk.counter.reverse(taken_back)
    desk.counter.do("withdrawal", amount_fen=5)
    desk.counter.do("bill_payment")
    desk.counter.do("balance_inquiry")
    after = of_terminal(desk, POS)
    assert kept["response_code"] == "00"
    grown = {name: n - before.get(name, 0) for name, n in counts(after).items()}
    assert grown == {"withdrawal": 1, "bill_payment": 1, "balance_inquiry": 1}
    assert part(after, "commission")["earned_fen"] == 150
    assert after["earned_fen"] == after["payable_fen"] + after["stopped_fen"]


def test_the_machines_own_work_earns_no_commission(desk: Watched) -> None:
    before = of_terminal(desk, ATM)
    assert desk.counter.do("withdrawal", terminal_id=ATM, amount_fen=10_000)["status"] == "approved"
    assert of_terminal(desk, ATM) == before


@pytest.mark.parametrize(
    ("terminal_id", "reasons"),
    [(FROZEN, ["frozen"]), (RECTIFYING, ["controlled"]), (UNTRAINED, ["not_open"]), (POS, [])],
)
def test_what_stops_the_subsidy(desk: Watched, terminal_id: str, reasons: list[str]) -> None:
    item = of_terminal(desk, terminal_id)
    assert [stop["reason"] for stop in item["stops"]] == reasons
    subsidy = part(item, "subsidy")
    assert subsidy["stopped_fen"] == (subsidy["earned_fen"] if reasons else 0)


def test_a_month_without_work_earns_no_commission(desk: Watched) -> None:
    past = report(desk, month="2026-02")
    assert (past["has_ended"], past["certainty"]) == (True, "assumed")
    assert all(part(item, "commission")["earned_fen"] == 0 for item in past["items"])
    assert report(desk)["has_ended"] is False


def test_all_points_page_by_page(desk: Watched) -> None:
    listed = desk.counter.pages("/v1/reports/incentives", limit=5)
    seen = [item["service_point_id"] for item in listed]
    assert len(seen) > 10
    assert seen == sorted(set(seen))


@pytest.mark.parametrize("month", ["2026-13", "2026-3", "soon", "1999-01"])
def test_a_month_that_is_none_is_refused(desk: Watched, month: str) -> None:
    refused = desk.counter.get("/v1/reports/incentives", "demo-auditor", month=month)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "month")


def test_a_point_that_is_none_has_no_statement(desk: Watched) -> None:
    asked = {"service_point_id": "SP-none"}
    assert desk.counter.get("/v1/reports/incentives", "demo-auditor", **asked).status_code == 404
