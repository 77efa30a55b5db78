"""Back-tests over HTTP: the transactions that a proposal gains, loses and keeps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from api.routes.risk_backtests import ONE_AT_A_TIME
from api.settings import Settings
from tests.api.counter import Json
from tests.api.village import Village
from tests.api.watched import Watched, watched


@pytest.fixture(scope="module")
def desk(settings: Settings, world: Village) -> Iterator[Watched]:
    """A village in which ten days ago somebody drew, and today a card was at three points."""
    with watched(settings, world) as opened:
        opened.counter.do("withdrawal")
        opened.pass_time(days=10)
        yield opened


@pytest.fixture(scope="module")
def used(desk: Watched) -> list[str]:
    """The transactions of that card, in order."""
    last = desk.spread()
    items = desk.ask("/v1/transactions", card_id=last["card_id"])["items"]
    return [item["transaction_id"] for item in items][::-1]


def today(desk: Watched) -> str:
    return desk.clock.now().date().isoformat()


def body(desk: Watched, **changes: object) -> Json:
    fields = {"rule_id": "R09", "params": {}, "from": today(desk), "to": today(desk)}
    return fields | changes


def ids(found: Json) -> list[str]:
    return [item["transaction_id"] for item in found["items"]]


def test_the_version_in_force_finds_what_it_found(desk: Watched, used: list[str]) -> None:
    answer = desk.send("/v1/risk/backtests", body(desk))
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert (report["rule_id"], report["from"], report["to"]) == ("R09", today(desk), today(desk))
    assert ids(report["kept"]) == used[2:]
    assert (report["gained"]["count"], report["lost"]["count"], report["changed"]) == (0, 0, 0)
    assert (report["recorded"], report["versions"], report["days_needed"]) == (1, [1], 7)
    assert report["before"] == report["after"]
    assert report["before"]["judged"] == 3


def test_gained_and_lost_are_named_with_their_reasons(desk: Watched, used: list[str]) -> None:
    lower = {"day": {"band": [{"from": 2, "severity": "high"}]}}
    report = desk.send("/v1/risk/backtests", body(desk, params=lower)).json()
    assert (ids(report["gained"]), ids(report["kept"])) == (used[1:2], used[2:])
    assert report["changed"] == 1
    (case,) = report["gained"]["items"]
    assert (case["before"], case["after"]["severity"]) == (None, "high")
    assert (case["after"]["observed"], case["after"]["threshold"]) == (2, 2)
    assert case["scope"]["kind"] == "card"
    higher = {"day": {"band": [{"from": 9}]}}
    report = desk.send("/v1/risk/backtests", body(desk, params=higher)).json()
    assert (ids(report["lost"]), report["kept"]["count"]) == (used[2:], 0)


def test_nothing_is_kept_of_a_back_test(desk: Watched, used: list[str]) -> None:
    before = desk.ask("/v1/risk/rules/R09")
    desk.send("/v1/risk/backtests", body(desk, params={"day": {"band": [{"from": 2}]}}))
    assert desk.ask("/v1/risk/rules/R09") == before
    assert used


def test_history_must_fill_the_longest_window(desk: Watched) -> None:
    early = (date.fromisoformat(today(desk)) - timedelta(days=4)).isoformat()
    answer = desk.send("/v1/risk/backtests", body(desk, **{"from": early}))
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], "历史不足" in error["message"]) == ("from", True)
    assert desk.send("/v1/risk/backtests", body(desk, rule_id="R19")).status_code == 422


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"from": "soon"}, "from"),
        ({"to": "2026-01-01"}, "to"),
        ({"to": "2027-01-01"}, "to"),
        ({"params": {"day": {"band": [{"to": 1}]}}}, "params.day.band[1].to"),
        ({"params": {"wish": 1}}, "params.wish"),
        ({"wish": 1}, "wish"),
    ],
)
def test_what_cannot_be_judged_is_refused(desk: Watched, changes: Json, field: str) -> None:
    answer = desk.send("/v1/risk/backtests", body(desk, **changes))
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_an_unknown_rule_is_not_found(desk: Watched) -> None:
    assert desk.send("/v1/risk/backtests", body(desk, rule_id="R99")).status_code == 404


def test_one_at_a_time(desk: Watched) -> None:
    with ONE_AT_A_TIME:
        answer = desk.send("/v1/risk/backtests", body(desk))
    assert (answer.status_code, answer.json()["type"]) == (503, "busy")
    assert answer.headers["Retry-After"] == "1"
