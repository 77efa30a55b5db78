"""Invented names: Han characters, the same in every run, and enough of them."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from seeds.names import COMPOUND_SURNAMES, SHOPS, person_name, shop_name, village_name

HAN = re.compile(r"[\u4e00-\u9fff]+")
NUMBERS = range(5_000)
BIRTH_YEARS = [1940, 1964, 1965, 1991, 1992, 2008]


@pytest.mark.parametrize("birth_year", BIRTH_YEARS)
def test_a_person_has_two_to_four_han_characters(birth_year: int) -> None:
    for number in NUMBERS:
        name = person_name(number, birth_year)
        assert HAN.fullmatch(name)
        assert 2 <= len(name) <= (4 if name.startswith(COMPOUND_SURNAMES) else 3)


def test_a_name_is_a_function_of_its_number() -> None:
    """Written out: a change here gives every demo world other people."""
    assert [person_name(number) for number in (1, 2, 1_000_000)] == ["田光飞", "申江辉", "滕忠武"]
    assert [village_name(number) for number in (1, 2)] == ["蓼坳村", "翁岭村"]
    assert shop_name(1, "杉坪村") == "杉坪村委会服务站"


def test_the_generations_are_named_differently() -> None:
    elders, young = (
        {person_name(number, birth_year)[1:] for number in NUMBERS} for birth_year in (1940, 2000)
    )
    assert elders.isdisjoint(young)


def test_a_thousand_people_bear_many_names() -> None:
    assert len({person_name(number) for number in range(1_000)}) > 900


def test_common_surnames_are_common() -> None:
    surnames = Counter(person_name(number)[0] for number in range(20_000))
    assert surnames.most_common(1)[0][0] == "杨"
    assert 0.03 < surnames["杨"] / 20_000 < 0.08
    assert surnames["令"] < surnames["陆"] < surnames["陈"] < surnames["杨"]


@pytest.mark.parametrize("first", [0, 1, 12_345])
def test_800_villages_in_a_row_have_800_names(first: int) -> None:
    names = {village_name(number) for number in range(first, first + 800)}
    assert len(names) == 800
    assert all(HAN.fullmatch(name) and len(name) == 3 and name[-1] == "村" for name in names)


def test_no_village_bears_a_famous_name() -> None:
    famous = {"花茂村", "大寨村", "小岗村", "华西村", "西江村", "塘约村", "海雀村", "大坝村"}
    assert famous.isdisjoint(village_name(number) for number in range(2_000))


def test_every_kind_of_shop_is_met() -> None:
    kinds = {shop.partition("}")[2] for shop in SHOPS}
    met = {kind for number in range(500) for kind in kinds if shop_name(number).endswith(kind)}
    assert met == kinds


def test_a_shop_of_the_village_bears_the_villages_name() -> None:
    names = {shop_name(number, "杉坪村") for number in range(500)}
    assert {"杉坪卫生室", "杉坪村委会服务站", "杉坪农资服务部", "杉坪电商服务点"} <= names
    assert all(HAN.fullmatch(name) for name in names)
