"""Lists and suppressions over HTTP, felt by the running watch at once and never for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from time import sleep
from typing import Any

import pytest

from api.settings import Settings
from pos_sim.domain.calendar import in_local_time
from tests.api.counter import Json
from tests.api.village import OTHER_POS, POS, Village
from tests.api.watched import Watched, watched

BLOCKED, ALLOWED = "blocked-cards", "allowed-cards"


@pytest.fixture(scope="module")
def desk(settings: Settings, world: Village) -> Iterator[Watched]:
    with watched(settings, world) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _another_day(desk: Watched) -> None:
    """Let every test begin in the morning of a day of its own."""
    desk.pass_time(days=1)
    desk.pass_time(hours=(34 - desk.clock.now().hour) % 24)


def hence(desk: Watched, **by: float) -> str:
    return in_local_time(desk.clock.now() + timedelta(**by))


def entry(desk: Watched, value: str, name: str = BLOCKED, **by: float) -> Json:
    """Put somebody on a list; it must be possible."""
    body = {"value": value, "until": hence(desk, **(by or {"days": 30})), "reason": "协查通知"}
    answer = desk.send(f"/v1/risk/lists/{name}/entries", body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def someone(desk: Watched) -> tuple[Json, str]:
    """Return a card that works, with its id."""
    card = desk.counter.card()
    return card, str(desk.counter.do("withdrawal", **card)["card_id"])


def code(desk: Watched, card: Json) -> str:
    return str(desk.counter.do("withdrawal", **card)["response_code"])


def entries(desk: Watched, name: str = BLOCKED, **asked: Any) -> list[Json]:
    found: list[Json] = desk.ask(f"/v1/risk/lists/{name}/entries", **asked)["items"]
    return found


# Block-lists -------------------------------------------------------------------------------------


def test_a_card_is_blocked_at_once_by_one_hand_and_lapses_after_a_day(desk: Watched) -> None:
    card, card_id = someone(desk)
    made = entry(desk, card_id)
    assert (made["state"], made["is_confirmed"]) == ("in_force", False)
    assert made["until"] == hence(desk, hours=24)
    assert made["approval_id"] is not None
    refused = desk.counter.do("withdrawal", **card)
    assert (refused["response_code"], refused["refusal"]["check"]) == ("59", "risk")
    assert "R24" not in str(refused)
    desk.pass_time(hours=23, minutes=59)
    assert code(desk, card) == "59"
    desk.pass_time(minutes=1)
    assert code(desk, card) == "00"


def test_a_confirmed_block_counts_to_its_end(desk: Watched) -> None:
    card, card_id = someone(desk)
    end = hence(desk, days=3)
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
    card, card_id = someone(desk)
    made = entry(desk, card_id)
    assert code(desk, card) == "59"
    desk.pass_time(minutes=1)
    assert desk.approve(made["approval_id"], "reject").status_code == 200
    assert code(desk, card) == "00"


def test_a_block_that_lapsed_is_not_confirmed_any_more(desk: Watched) -> None:
    _, card_id = someone(desk)
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
    _, card_id = someone(desk)
    made = entry(desk, card_id, hours=24)
    assert (made["approval_id"], made["until"]) == (None, hence(desk, hours=24))


def test_whoever_stands_on_a_list_long_enough_is_not_put_there_again(desk: Watched) -> None:
    _, card_id = someone(desk)
    entry(desk, card_id, hours=5)
    body = {"value": card_id, "until": hence(desk, hours=4), "reason": "x"}
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
    _, card_id = someone(desk)
    made = entry(desk, card_id, ALLOWED)
    assert (made["state"], made["since"]) == ("pending", None)
    assert entries(desk, ALLOWED) == []
    desk.pass_time(hours=5)
    assert desk.approve(made["approval_id"]).status_code == 200
    (listed,) = entries(desk, ALLOWED)
    assert (listed["since"], listed["until"]) == (hence(desk), made["until"])
    assert (listed["state"], listed["is_confirmed"]) == ("in_force", True)


def test_an_allowance_whose_time_is_over_is_not_begun(desk: Watched) -> None:
    _, card_id = someone(desk)
    made = entry(desk, card_id, ALLOWED, hours=1)
    desk.pass_time(hours=1)
    assert desk.approve(made["approval_id"]).status_code == 409


def test_red_is_above_green_and_green_above_amber(desk: Watched) -> None:
    card, card_id = someone(desk)
    point = desk.counter.do("balance_inquiry", terminal_id=POS)["service_point_id"]
    control = {"business": "withdrawal", "allowed": False, "reason": "整改期间暂停"}
    path = f"/v1/service-points/{point}/controls"
    amber = desk.send(path, control | {"until": hence(desk, days=9)})
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
    entry(desk, someone(desk)[1])
    after = {one["name"]: one["in_force"] for one in desk.ask("/v1/risk/lists")["items"]}
    assert after[BLOCKED] == before + 1


def test_entries_are_paged_the_newest_first(desk: Watched) -> None:
    for _ in range(3):
        entry(desk, someone(desk)[1])
    whole = entries(desk, ended=True, limit=200)
    paged: list[Json] = []
    cursor: Json = {}
    while True:
        asked = {"ended": True, "limit": 2, **cursor}
        page = desk.ask(f"/v1/risk/lists/{BLOCKED}/entries", **asked)
        paged += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert paged == whole
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
    body = {"value": "1", "until": hence(desk, days=1), "reason": "x"} | changes
    answer = desk.send(f"/v1/risk/lists/{BLOCKED}/entries", body)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert "9900010000000017" not in answer.text


def test_a_list_that_never_was_is_not_found(desk: Watched) -> None:
    assert desk.counter.get("/v1/risk/lists/none/entries", "demo-maker").status_code == 404
    body = {"value": "1", "until": hence(desk, days=1), "reason": "x"}
    assert desk.send("/v1/risk/lists/none/entries", body).status_code == 404


# Suppressions ------------------------------------------------------------------------------------


def silence(desk: Watched, card_id: str, **by: float) -> Json:
    body = {
        "rule_id": "R09",
        "scope": {"kind": "card", "value": card_id},
        "until": hence(desk, **by),
        "reason": "赶集，已核实",
    }
    answer = desk.send("/v1/risk/suppressions", body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def outcomes(desk: Watched, found: Json) -> list[str]:
    hits = desk.ask(f"/v1/transactions/{found['transaction_id']}")["hits"]
    return [hit["outcome"] for hit in hits if hit["rule_id"] == "R09"]


def test_a_day_of_silence_is_one_hands_and_hits_are_found_all_the_same(desk: Watched) -> None:
    card, card_id = someone(desk)
    made = silence(desk, card_id, hours=24)
    assert (made["state"], made["approval_id"]) == ("in_force", None)
    assert outcomes(desk, desk.spread(card)) == ["suppressed"]
    assert [one for one in desk.alerts(rule_id="R09") if one["scope"]["value"] == card_id] == []
    assert made["suppression_id"] in [
        one["suppression_id"] for one in desk.ask("/v1/risk/suppressions")["items"]
    ]


def test_longer_silence_is_two_hands(desk: Watched) -> None:
    card, card_id = someone(desk)
    made = silence(desk, card_id, days=2)
    assert (made["state"], made["since"]) == ("pending", None)
    assert outcomes(desk, desk.spread(card)) == ["hit"]
    assert desk.approve(made["approval_id"]).status_code == 200
    assert outcomes(desk, desk.counter.do("withdrawal", **card)) == ["suppressed"]


def test_an_open_alert_rests_with_its_subject_and_is_new_again(desk: Watched) -> None:
    card, card_id = someone(desk)
    desk.spread(card)
    silence(desk, card_id, hours=1)
    assert desk.alert("R09", card_id)["state"] == "suppressed"
    desk.pass_time(hours=1)
    for _ in range(100):
        if desk.alert("R09", card_id)["state"] == "new":
            return
        sleep(0.05)
    raise AssertionError("it rests for ever")


def test_silence_that_is_over_before_anybody_agreed_never_begins(desk: Watched) -> None:
    made = silence(desk, someone(desk)[1], hours=25)
    desk.pass_time(hours=25)
    answer = desk.approve(made["approval_id"])
    assert (answer.status_code, answer.json()["type"]) == (409, "stale-approval")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rule_id": "R12"}, "rule_id"),
        ({"rule_id": "R24"}, "rule_id"),
        ({"rule_id": "R99"}, "rule_id"),
        ({"scope": {"kind": "village", "value": "1"}}, "scope.kind"),
        ({"scope": {"kind": "card", "value": ""}}, "scope.value"),
        ({"scope": {"kind": "card", "value": "9900010000000017"}}, "value"),
        ({"until": "2026-01-01T00:00:00+08:00"}, "until"),
        ({"until": "2031-01-01T00:00:00+08:00"}, "until"),
        ({"reason": "a\u0000b"}, "reason"),
    ],
)
def test_what_cannot_be_silenced_is_refused(desk: Watched, changes: Json, field: str) -> None:
    body = {
        "rule_id": "R09",
        "scope": {"kind": "card", "value": "1"},
        "until": hence(desk, hours=1),
        "reason": "x",
    }
    answer = desk.send("/v1/risk/suppressions", body | changes)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert "9900010000000017" not in answer.text


# Versions ----------------------------------------------------------------------------------------


def test_the_running_watch_follows_an_approved_version_at_once(desk: Watched) -> None:
    params = {"day": {"band": [{"from": 2}]}}
    today = desk.clock.now().date().isoformat()
    body = {"params": params, "mode": "shadow", "effective_from": today, "note": "试行"}
    made = desk.send("/v1/risk/rules/R09/versions", body).json()
    card, _ = someone(desk)
    desk.counter.do("withdrawal", terminal_id=OTHER_POS, **card)
    assert outcomes(desk, desk.counter.do("balance_inquiry", **card)) == []
    assert desk.approve(made["approval_id"]).status_code == 200
    last = desk.counter.do("balance_inquiry", **card)
    (hit,) = desk.ask(f"/v1/transactions/{last['transaction_id']}")["hits"]
    assert (hit["version"], hit["outcome"], hit["observed"]) == (2, "shadow", 2)
    assert hit["alert_id"] is None
