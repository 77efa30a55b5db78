"""The banner above a form that was not taken: each mistake once, with the names of its fields."""

from __future__ import annotations

import re
from html import unescape

import httpx2
import pytest

from tests.api.console.staff.office import Clerk
from tests.api.console.staff.test_opening import AT, SHOP

RULE = "/console/rules/R09"


def banner(page: httpx2.Response) -> str:
    assert page.status_code == 422
    (said,) = re.findall(r'<p class="flash refused"[^>]*>([^<]*)</p>', page.text)
    return unescape(said)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"operator_name": ""}, "至少 1 个字符：姓名"),
        ({"operator_name": "", "village": ""}, "至少 1 个字符：村、姓名"),
        ({"name": "店", "village": ""}, "至少 2 个字符：服务点名称 · 至少 1 个字符：村"),
    ],
)
def test_a_mistake_is_said_once_with_all_its_fields(
    maker: Clerk, changes: dict[str, str], told: str
) -> None:
    page = maker.send(f"{AT}?county=520121", to=AT, **SHOP | changes)
    assert banner(page) == f"字段不合要求 · {told}"


def test_a_field_of_a_rule_is_named_with_its_place(maker: Clerk) -> None:
    page = maker.send(RULE, do="propose", **{"day.band[1].from": "many"})
    assert banner(page) == "字段不合要求 · 请填数字：情形 1 · 第 1 段 · 起点"


def test_many_different_mistakes_are_counted(maker: Clerk) -> None:
    wrong = {"name": "店", "village": "", "kind": "party", "bank_id": "nobody", "town": "1"}
    page = maker.send(f"{AT}?county=520121", to=AT, **SHOP | wrong)
    marked = len(re.findall('aria-invalid="true"', page.text))
    assert banner(page) == f"字段不合要求 · 共有 {marked} 处要补充或更正"


def test_the_banner_speaks_the_language_of_the_page(maker: Clerk) -> None:
    maker.get("/console/language/en?next=/console")
    said = banner(maker.send(f"{AT}?county=520121", to=AT, **SHOP | {"operator_name": ""}))
    maker.get("/console/language/zh?next=/console")
    assert said == "Not valid · At least 1 characters: Name"
