"""Leases: disjoint, stable, and shared on purpose where a share is asked for."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from tests.loadtests.village import LIMIT, leases


def held(lease: dict[str, Any]) -> dict[str, set[str]]:
    """Return what a lease gives, by kind."""
    people = [v for place in lease["places"] for v in place["villagers"]]
    return {
        "terminals": {t[0] for place in lease["places"] for t in place["terminals"]},
        "cards": {villager["card_no"] for villager in people},
        "payees": {payee["account_no"] for payee in lease["payees"]},
        "bills": {bill["bill_no"] for bill in lease["bills"]},
        "batches": {lease["batch_no"]},
    }


@pytest.mark.parametrize("workers", [1, 2, 3, 5])
def test_workers_share_nothing(workers: int) -> None:
    for one, other in combinations(map(held, leases(workers)), 2):
        assert all(not one[kind] & other[kind] for kind in one)


def test_all_that_one_worker_would_have_is_handed_out_to_several() -> None:
    whole, parts = held(leases(1)[0]), [held(lease) for lease in leases(3)]
    for kind in ("terminals", "cards", "payees", "bills"):
        assert set().union(*(part[kind] for part in parts)) == whole[kind]


def test_nobody_who_pays_is_paid() -> None:
    (lease,) = leases()
    paying = {v["account_no"] for place in lease["places"] for v in place["villagers"]}
    assert paying
    assert not paying & held(lease)["payees"]
    assert all(
        v["payee"]["account_no"] not in paying for p in lease["places"] for v in p["villagers"]
    )


def test_everybody_lives_in_the_county_of_the_point_and_always_at_the_same_one() -> None:
    homes = [
        {v["card_no"]: p["service_point_id"] for lease in some for p in lease["places"]
         for v in p["villagers"]}
        for some in (leases(1), leases(3))
    ]  # fmt: skip
    assert homes[0] == homes[1]
    places = [p for lease in leases() for p in lease["places"]]
    assert all(v["county"] == p["county"] for p in places for v in p["villagers"])


def test_a_shared_place_is_everybodys_and_what_may_be_spent_there_is_divided() -> None:
    one, other = leases(2, shared_permille=1_000)
    assert held(one)["cards"] == held(other)["cards"]
    villagers = [v for place in one["places"] for v in place["villagers"]]
    assert {v["balance"] for v in villagers} == {2_500_000}
    assert {v["room"] for v in villagers} == {LIMIT // 2}
    assert not any(v["is_exclusive"] for v in villagers)
    assert one["batch_no"] != other["batch_no"]


def test_a_closed_point_is_left_out_unless_all_are_closed() -> None:
    whole = held(leases(now="10:00")[0])["terminals"]
    assert held(leases(now="08:30")[0])["terminals"] == whole - {"52010001", "52010003", "52010005"}
    assert held(leases(now="03:00")[0])["terminals"] == whole
