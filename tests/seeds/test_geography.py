"""The map: which divisions there are, and where the places in them lie."""

from __future__ import annotations

from itertools import combinations

import pytest

from seeds.geography import OUTSIDE, County, Placed, Prefecture, Town, counties, distance_m, guizhou

TOWNS = [(county, town) for county in counties() for town in county.towns]

by_name = pytest.mark.parametrize(
    "prefecture", [pytest.param(prefecture, id=prefecture.name) for prefecture in guizhou()]
)


def test_guizhou_has_nine_prefectures_88_counties_and_1510_towns() -> None:
    assert (len(guizhou()), len(counties()), len(TOWNS)) == (9, 88, 1_510)


def test_every_county_has_towns() -> None:
    assert all(county.towns for county in counties())


def test_the_names_are_todays() -> None:
    names = {county.name for county in counties()}
    assert names >= {"黔西市", "盘州市", "水城区", "兴仁市"}
    assert names.isdisjoint({"黔西县", "盘县", "水城县", "兴仁县"})


def test_no_code_is_given_twice() -> None:
    codes = [county.code for county in counties()] + [town.code for _, town in TOWNS]
    assert len(codes) == len(set(codes))


def test_a_code_begins_with_the_code_above_it() -> None:
    for prefecture in guizhou():
        for county in prefecture.counties:
            assert county.prefecture == prefecture.code
            assert county.code[:4] == prefecture.code[:4]
            assert all(town.code[:6] == county.code for town in county.towns)


def test_codes_have_their_length_and_stand_in_order() -> None:
    assert {len(county.code) for county in counties()} == {6}
    assert {len(town.code) for _, town in TOWNS} == {9}
    assert [county.code for county in counties()] == sorted(county.code for county in counties())
    assert [town.code for _, town in TOWNS] == sorted(town.code for _, town in TOWNS)


def test_every_place_is_in_guizhou() -> None:
    places: list[Placed] = [*counties(), *(town for _, town in TOWNS)]
    for place in places:
        assert 24.6 < place.latitude < 29.3
        assert 103.6 < place.longitude < 109.6


def test_no_town_is_far_from_the_middle_of_its_county() -> None:
    assert max(distance_m(county, town) for county, town in TOWNS) < 80_000


def test_most_towns_are_nearest_to_the_middle_of_their_own_county() -> None:
    at_home = sum(nearest_county(town) is county for county, town in TOWNS)
    assert at_home > 0.75 * len(TOWNS)  # long and bent counties lose some at the edges


def nearest_county(town: Town) -> County:
    return min(counties(), key=lambda county: distance_m(county, town))


def test_no_two_towns_of_a_county_share_a_place() -> None:
    for county in counties():
        assert all(distance_m(a, b) > 300 for a, b in combinations(county.towns, 2))


@by_name
def test_every_prefecture_has_two_towns_40_km_apart(prefecture: Prefecture) -> None:
    towns = [town for county in prefecture.counties for town in county.towns]
    assert any(distance_m(a, b) >= 40_000 for a, b in combinations(towns, 2))


def test_the_outside_is_in_another_province() -> None:
    assert OUTSIDE.code not in {county.code for county in counties()}
    assert not OUTSIDE.code.startswith("52")
    assert all(town.code.startswith(OUTSIDE.code) for town in OUTSIDE.towns)
    assert min(distance_m(OUTSIDE, county) for county in counties()) > 200_000


@pytest.mark.parametrize(
    ("a", "b", "meters"),
    [
        ((26.0, 106.0), (26.0, 106.0), 0),
        ((26.0, 106.0), (27.0, 106.0), 111_195),  # a degree of latitude
        ((0.0, 106.0), (0.0, 107.0), 111_195),  # a degree of longitude on the equator
        ((60.0, 106.0), (60.0, 107.0), 55_597),  # and half of it at 60 degrees
    ],
)
def test_the_distance_of_two_places(
    a: tuple[float, float], b: tuple[float, float], meters: int
) -> None:
    assert distance_m(Town("", "", *a), Town("", "", *b)) == pytest.approx(meters, abs=2)
    assert distance_m(Town("", "", *b), Town("", "", *a)) == pytest.approx(meters, abs=2)
