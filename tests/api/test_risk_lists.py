"""Lists over HTTP, felt by the running watch at once and never for ever."""

from __future__ import annotations

from time import sleep
from typing import Any

import pytest

from tests.api.counter import Json
from tests.api.village import OTHER_POS, POS
from tests.api.watched import Watched

BLOCKED, ALLOWED = "blocked-cards", "allowed-cards"


@pytest.fixture(autouse=True)
def _another_day(desk: Watched) -> None:
    """Let every test begin in the morning of a day of its own."""
    desk.next_morning()


def entry(desk: Watched, value: str, name: str = BLOCKED, **by: float) -> Json:
    """Put somebody on a list; it must be possible."""
    body = {"value": value, "until": desk.hence(**(by or {"days": 30})), "reason": "协查通知"}
    answer = desk.send(f"/v1/risk/lists/{name}/entries", body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def code(desk: Watched, card: Json) -> str:
    return str(desk.counter.do("withdrawal", **card)["response_code"])


def entries(desk: Watched, name: str = BLOCKED, **asked: Any) -> list[Json]:
    found: list[Json] = desk.ask(f"/v1/risk/lists/{name}/entries", **asked)["items"]
    return found


# Block-lists -------------------------------------------------------------------------------------


def test_a_card_is_blocked_at_once_by_one_hand_and_lapses_after_a_day(desk: Watched) -> None:
    card, card_id = desk.someone()
    made = entry(desk, card_id)
    assert (made["state"], made["is_confirmed"]) == ("in_force", False)
    assert made["until"] == desk.hence(hours=24)
    assert made["approval_id"] is not None
    refused = desk.counter.do("withdrawal", **card)
    assert (refused["response_code"], refused["refusal"]["check"]) == ("59", "risk")
    assert "R24" not in str(refused)
    desk.pass_time(hours=23, minutes=59)
    assert code(desk, card) == "59"
    desk.pass_time(minutes=1)
    assert code(desk, card) == "00"


def test_a_confirmed_block_counts_to_its_end(desk: Watched) -> None:
    card, card_id = desk.someone()
    end = desk.hence(days=3)
    made = entry(desk, card_id, days=3)
    assert desk.approve(made["approval_id"]).status_code == 200
    (listed,) = [one for one in entries(desk) if one["entry_id"] == made["entry_id"]]
    assert (listed["until"], listed["is_confirmed"]) == (end, True)
    assert (listed["checker"], listed["approval_id"]) == ("demo-checker", None)
    desk.pass_time(days=2)
    assert code(desk, card) == "59"
    desk.pass_time(days=1)
    assert code(desk, card) == "00"


def test_a_block_that_is_rejected_ends_at_once(desk: Watched) -> None:
    card, card_id = desk.someone()
    made = entry(desk, card_id)
    assert code(desk, card) == "59"
    desk.pass_time(minutes=1)
    assert desk.approve(made["approval_id"], "reject").status_code == 200
    assert code(desk, card) == "00"


def test_a_block_that_lapsed_is_not_confirmed_any_more(desk: Watched) -> None:
    _, card_id = desk.someone()
    made = entry(desk, card_id)
    desk.pass_time(hours=24)
    answer = desk.approve(made["approval_id"])
    assert (answer.status_code, answer.json()["type"]) == (409, "stale-approval")
    lapsed = decided(desk, made["approval_id"])
    assert (lapsed["state"], lapsed["checker"]) == ("rejected", "clock")


def decided(desk: Watched, approval_id: str) -> Json:
    """Wait until an approval is decided, by whomever, and return it."""
    for _ in range(200):
        found = desk.ask("/v1/approvals", state="rejected", limit=200)["items"]
        mine: list[Json] = [one for one in found if one["approval_id"] == approval_id]
        if mine:
            return mine[0]
        sleep(0.05)
    raise AssertionError(f"{approval_id} still waits")


def test_a_short_block_needs_nobody_else(desk: Watched) -> None:
    _, card_id = desk.someone()
    made = entry(desk, card_id, hours=24)
    assert (made["approval_id"], made["until"]) == (None, desk.hence(hours=24))


def test_whoever_stands_on_a_list_long_enough_is_not_put_there_again(desk: Watched) -> None:
    _, card_id = desk.someone()
    entry(desk, card_id, hours=5)
    body = {"value": card_id, "until": desk.hence(hours=4), "reason": "x"}
    answer = desk.send(f"/v1/risk/lists/{BLOCKED}/entries", body)
    assert (answer.status_code, answer.json()["type"]) == (409, "already-there")
    desk.pass_time(minutes=1)
    entry(desk, card_id, hours=6)


def test_payees_operators_and_terminals_are_blocked_by_their_own_names(desk: Watched) -> None:
    payee = desk.counter.payee()
    entry(desk, payee["payee_account_no"], "blocked-payees")
    sent = desk.counter.do("transfer", **payee)
    assert sent["response_code"] == "59"
    point = desk.counter.do("balance_inquiry", terminal_id=OTHER_POS)["service_point_id"]
    operator = desk.ask(f"/v1/service-points/{point}")["operator"]["operator_id"]
    entry(desk, operator, "blocked-operators", hours=1)
    assert desk.counter.do("withdrawal", terminal_id=OTHER_POS)["response_code"] == "59"
    entry(desk, POS, "blocked-terminals", hours=1)
    assert desk.counter.do("withdrawal", terminal_id=POS)["response_code"] == "59"
    desk.pass_time(hours=2)


# Allow-lists -------------------------------------------------------------------------------------


def test_nobody_lets_pass_alone(desk: Watched) -> None:
    _, card_id = desk.someone()
    made = entry(desk, card_id, ALLOWED)
    assert (made["state"], made["since"]) == ("pending", None)
    assert entries(desk, ALLOWED) == []
    desk.pass_time(hours=5)
    assert desk.approve(made["approval_id"]).status_code == 200
    (listed,) = entries(desk, ALLOWED)
    assert (listed["since"], listed["until"]) == (desk.hence(), made["until"])
    assert (listed["state"], listed["is_confirmed"]) == ("in_force", True)


def test_an_allowance_whose_time_is_over_is_not_begun(desk: Watched) -> None:
    _, card_id = desk.someone()
    made = entry(desk, card_id, ALLOWED, hours=1)
    desk.pass_time(hours=1)
    assert desk.approve(made["approval_id"]).status_code == 409


def test_red_is_above_green_and_green_above_amber(desk: Watched) -> None:
    card, card_id = desk.someone()
    point = desk.counter.do("balance_inquiry", terminal_id=POS)["service_point_id"]
    control = {"business": "withdrawal", "allowed": False, "reason": "整改期间暂停"}
    path = f"/v1/service-points/{point}/controls"
    amber = desk.send(path, control | {"until": desk.hence(days=9)})
    assert (amber.status_code, code(desk, card)) == (200, "12")
    green = entry(desk, card_id, ALLOWED, days=2)
    assert code(desk, card) == "12"  # until a second person agrees
    assert desk.approve(green["approval_id"]).status_code == 200
    assert (code(desk, card), code(desk, desk.counter.card())) == ("00", "12")
    body = {"kind": "freeze", "service_point_id": point, "reason": "现场发现异常"}
    case = desk.send("/v1/cases", body).json()
    emergency = {"action": "emergency_freeze", "note": "先行冻结"}
    red = desk.send(f"/v1/cases/{case['case_id']}/actions", emergency)
    assert (red.status_code, code(desk, card)) == (200, "58")
    asked = desk.send(f"/v1/cases/{case['case_id']}/actions", emergency | {"action": "unfreeze"})
    assert desk.approve(asked.json()["approval_id"]).status_code == 200
    assert (code(desk, card), code(desk, desk.counter.card())) == ("00", "12")
    desk.pass_time(days=9)
    assert code(desk, desk.counter.card()) == "00"


# Lists themselves --------------------------------------------------------------------------------


def test_every_world_has_a_list_of_each_kind_and_effect(desk: Watched) -> None:
    items = desk.ask("/v1/risk/lists")["items"]
    kinds = {(one["kind"], one["effect"]) for one in items}
    assert len(kinds) == len(items) == 8
    before = next(one for one in items if one["name"] == BLOCKED)["in_force"]
    entry(desk, desk.someone()[1])
    after = {one["name"]: one["in_force"] for one in desk.ask("/v1/risk/lists")["items"]}
    assert after[BLOCKED] == before + 1


def names_of(found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Return what never changes; the clock may end a proposal between two readings."""
    return [(one["entry_id"], one["value"], one["since"]) for one in found]


def test_entries_are_paged_the_newest_first(desk: Watched) -> None:
    for _ in range(3):
        entry(desk, desk.someone()[1])
    whole = entries(desk, ended=True, limit=200)
    paged = desk.counter.pages(f"/v1/risk/lists/{BLOCKED}/entries", ended=True, limit=2)
    assert names_of(paged) == names_of(whole)
    assert [one["state"] for one in entries(desk)] == ["in_force"] * len(entries(desk))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": "999999999999"}, "value"),
        ({"value": "9900010000000017"}, "value"),
        ({"value": "01"}, "value"),
        ({"value": "a b"}, "value"),
        ({"until": "2026-01-01T00:00:00+08:00"}, "until"),
        ({"until": "2099-01-01T00:00:00+08:00"}, "until"),
        ({"until": "2026-12-01"}, "until"),
        ({"reason": ""}, "reason"),
        ({"reason": "长" * 81}, "reason"),
        ({"wish": 1}, "wish"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(desk: Watched, changes: Json, field: str) -> None:
    body = {"value": "1", "until": desk.hence(days=1), "reason": "x"} | changes
    answer = desk.send(f"/v1/risk/lists/{BLOCKED}/entries", body)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert "9900010000000017" not in answer.text


def test_a_list_that_never_was_is_not_found(desk: Watched) -> None:
    assert desk.counter.get("/v1/risk/lists/none/entries", "demo-maker").status_code == 404
    body = {"value": "1", "until": desk.hence(days=1), "reason": "x"}
    assert desk.send("/v1/risk/lists/none/entries", body).status_code == 404
