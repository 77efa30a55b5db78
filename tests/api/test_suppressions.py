"""Suppressions over HTTP: alerts rest, hits are found all the same, and nothing rests for ever."""

from __future__ import annotations

from time import sleep

import pytest

from tests.api.counter import Json
from tests.api.watched import Watched


@pytest.fixture(autouse=True)
def _another_day(desk: Watched) -> None:
    """Let every test begin in the morning of a day of its own."""
    desk.next_morning()


def silence(desk: Watched, card_id: str, **by: float) -> Json:
    body = {
        "rule_id": "R09",
        "scope": {"kind": "card", "value": card_id},
        "until": desk.hence(**by),
        "reason": "赶集，已核实",
    }
    answer = desk.send("/v1/risk/suppressions", body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def outcomes(desk: Watched, found: Json) -> list[str]:
    return [hit["outcome"] for hit in desk.hits(found) if hit["rule_id"] == "R09"]


def test_a_day_of_silence_is_one_hands_and_hits_are_found_all_the_same(desk: Watched) -> None:
    card, card_id = desk.someone()
    made = silence(desk, card_id, hours=24)
    assert (made["state"], made["approval_id"]) == ("in_force", None)
    assert outcomes(desk, desk.spread(card)) == ["suppressed"]
    assert [one for one in desk.alerts(rule_id="R09") if one["scope"]["value"] == card_id] == []
    assert made["suppression_id"] in [
        one["suppression_id"] for one in desk.ask("/v1/risk/suppressions")["items"]
    ]


def test_longer_silence_is_two_hands(desk: Watched) -> None:
    card, card_id = desk.someone()
    made = silence(desk, card_id, days=2)
    assert (made["state"], made["since"]) == ("pending", None)
    assert outcomes(desk, desk.spread(card)) == ["hit"]
    assert desk.approve(made["approval_id"]).status_code == 200
    assert outcomes(desk, desk.counter.do("withdrawal", **card)) == ["suppressed"]


def test_an_open_alert_rests_with_its_subject_and_is_new_again(desk: Watched) -> None:
    card, card_id = desk.someone()
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
    made = silence(desk, desk.someone()[1], hours=25)
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
        "until": desk.hence(hours=1),
        "reason": "x",
    }
    answer = desk.send("/v1/risk/suppressions", body | changes)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert "9900010000000017" not in answer.text
