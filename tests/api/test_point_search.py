"""Searching the register as the console does, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest

from pos_sim.store.database import Database
from pos_sim.store.home_first import list_home_first
from pos_sim.store.query_points import PointFilter, PointRecord, count_points, list_points

EVERYTHING = PointFilter()


@pytest.fixture(scope="module")
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close_now()


def found(database: Database, wanted: PointFilter) -> list[PointRecord]:
    page = database.read_now(partial(list_points, wanted=wanted, limit=200, after=None))
    assert database.read_now(partial(count_points, wanted=wanted)) == len(page.items)
    return list(page.items)


def test_a_text_is_looked_for_in_id_name_village_and_operator(database: Database) -> None:
    one = found(database, EVERYTHING)[3]
    for text in (one.service_point_id.lower(), one.name[2:6], one.village, one.operator_name):
        assert one in found(database, replace(EVERYTHING, text=text)), text


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", "nowhere"])
def test_signs_of_the_database_are_plain_text(database: Database, text: str) -> None:
    assert found(database, replace(EVERYTHING, text=text)) == []


def test_a_named_place_is_found_beside_the_text(database: Database) -> None:
    one = found(database, EVERYTHING)[3]
    wanted = replace(EVERYTHING, text="nowhere", named=frozenset({one.town}))
    assert {point.town for point in found(database, wanted)} == {one.town}


@pytest.mark.parametrize("field", ["town", "tier", "star_grade", "status", "kind", "bank_id"])
def test_every_filter_leaves_exactly_those(database: Database, field: str) -> None:
    points = found(database, EVERYTHING)
    for value in {getattr(one, field) for one in points}:
        expected = [one for one in points if getattr(one, field) == value]
        assert found(database, replace(EVERYTHING, **{field: value})) == expected


@pytest.mark.parametrize("is_controlled", [True, False])
def test_controlled_points_are_those_with_controls(
    database: Database, *, is_controlled: bool
) -> None:
    expected = [one for one in found(database, EVERYTHING) if bool(one.controls) is is_controlled]
    assert found(database, replace(EVERYTHING, is_controlled=is_controlled)) == expected


@pytest.mark.parametrize("limit", [1, 3, 200])
def test_points_at_home_come_first_by_county_and_number(database: Database, limit: int) -> None:
    everybody = found(database, EVERYTHING)
    at_home = [one for one in everybody if one.county.startswith("52")]
    outside = [one for one in everybody if not one.county.startswith("52")]
    assert outside
    assert everybody[0] in outside, "by number alone the outside comes first"
    expected = sorted(at_home, key=placed) + sorted(outside, key=placed)
    assert paged(database, limit) == [one.service_point_id for one in expected]


def placed(point: PointRecord) -> tuple[str, str]:
    return (point.county, point.service_point_id)


def paged(database: Database, limit: int) -> list[str]:
    """Every point as the pages give it, one page after the other."""
    ids: list[str] = []
    after = None
    while True:
        look = partial(list_home_first, wanted=EVERYTHING, home="52", limit=limit, after=after)
        page = database.read_now(look)
        ids += [one.service_point_id for one in page.items]
        if page.after is None:
            return ids
        after = page.after
