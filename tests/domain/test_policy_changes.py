"""What a checker sees of a new policy: each changed field once, and nothing that stayed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pos_sim.domain.policy import Policy, read_policy
from pos_sim.domain.policy_changes import NAMES, changes_between
from pos_sim.policies import shipped

BASE = shipped().policies[-1]


def changed(change: Any) -> Policy:
    document = json.loads(BASE.canonical)
    change(document)
    return read_policy(json.dumps(document), "changed")


def halve_the_withdrawal(document: dict[str, Any]) -> None:
    (row,) = (row for row in document["limit"] if row["kind"] == "withdrawal")
    row["amount_max_fen"] = 100_000


def drop_a_waiver(document: dict[str, Any]) -> None:
    del document["waiver"][0]


def rename(document: dict[str, Any]) -> None:
    document |= {"version": "next", "effective_from": "2030-01-01", "title": "新"}


def test_one_number_is_one_change() -> None:
    (change,) = changes_between(BASE, changed(halve_the_withdrawal))
    assert change.field == "limit[withdrawal].amount_max_fen"
    assert (change.before, change.after) == (200_000, 100_000)


def test_version_and_first_day_are_no_changes_but_the_title_is() -> None:
    assert [change.field for change in changes_between(BASE, changed(rename))] == ["title"]


def test_a_row_that_is_gone_shows_every_field() -> None:
    found = changes_between(BASE, changed(drop_a_waiver))
    gone = json.loads(BASE.canonical)["waiver"][0]
    assert {change.field for change in found} == {f"waiver[{gone['id']}].{key}" for key in gone}
    assert all(change.after is None for change in found)


def test_the_order_of_rows_is_no_change() -> None:
    assert changes_between(BASE, changed(lambda document: document["price"].reverse())) == []


@pytest.mark.parametrize("policy", shipped().policies, ids=lambda policy: policy.version)
@pytest.mark.parametrize("table", NAMES)
def test_no_two_rows_share_a_name(policy: Policy, table: str) -> None:
    names = [NAMES[table](row) for row in json.loads(policy.canonical)[table]]
    assert len(names) == len(set(names))
