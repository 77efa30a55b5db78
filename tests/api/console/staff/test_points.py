"""The pages of service points without a screen: search, one point's life, and what may be done."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx2
import pytest

from tests.api.console.browser import hidden
from tests.api.console.staff.office import Clerk, high_alert, stays_closed, words
from tests.api.counter import Json
from tests.api.village import (
    FROZEN,
    GRCU_POS,
    MOBILE,
    OTHER_POS,
    POOR_POINT,
    POS,
    UNTRAINED,
)
from tests.api.watched import Watched

AT = "/console/points"
MARKUP = '<img src=x onerror="alert(1)">小卖部'


def point_of(village: Watched, terminal_id: str = POS) -> Json:
    found = village.ask(f"/v1/terminals/{terminal_id}")
    return village.ask(f"/v1/service-points/{found['service_point_id']}")


def path_of(point: Json) -> str:
    return f"{AT}/{point['service_point_id']}"


def listed(page: httpx2.Response) -> list[str]:
    """The points that a page of the register leads to."""
    return re.findall('class="title" href="/console/points/([^"]+)"', page.text)


# The register -----------------------------------------------------------------------------------


def test_it_shows_every_point_with_place_grade_and_till(maker: Clerk, village: Watched) -> None:
    page = maker.get(AT)
    point = point_of(village)
    assert len(listed(page)) == len(village.ask("/v1/service-points", limit=200)["items"])
    for told in (point["name"], point["town_name"], point["operator"]["name"],
                 f"{point['till']['balance_fen'] / 100:,.2f}"):  # fmt: skip
        assert told in words(page)


@pytest.mark.parametrize("by", ["name", "service_point_id", "town_name", "county_name", "village"])
def test_it_is_found_by(maker: Clerk, village: Watched, by: str) -> None:
    point = point_of(village)
    assert point["service_point_id"] in listed(maker.get(f"{AT}?q={point[by]}"))


@pytest.mark.parametrize(
    ("query", "asks"),
    [
        ("status=frozen", lambda one: one["status"] == "frozen"),
        ("county=5201", lambda one: one["county"].startswith("5201")),
        ("county=520121", lambda one: one["county"] == "520121"),
        ("county=520121&town=520121101", lambda one: one["town"] == "520121101"),
        ("star=4", lambda one: one["star_grade"] == 4),
        ("tier=D", lambda one: one["tier"] == "D"),
        ("bank=grcu", lambda one: one["bank_id"] == "grcu"),
        ("control=1", lambda one: one["controls"]),
        ("q=%25", lambda one: False),
        ("q=nowhere", lambda one: False),
        ("status=nonsense&star=9&county=x%27&tier=E", lambda one: True),
    ],
)
def test_filters_ask_for(maker: Clerk, village: Watched, query: str, asks: object) -> None:
    assert callable(asks)
    points = village.ask("/v1/service-points", limit=200)["items"]
    found = [one for one in points if asks(one)]
    found.sort(key=lambda one: (one["county"][:2] != "52", one["county"], one["service_point_id"]))
    assert listed(maker.get(f"{AT}?{query}")) == [one["service_point_id"] for one in found]


def test_where_nothing_is_found_it_says_so(maker: Clerk) -> None:
    assert "没有符合条件的服务点" in words(maker.get(f"{AT}?q=nowhere"))


def test_a_name_with_html_in_it_is_text(maker: Clerk, village: Watched) -> None:
    near = point_of(village)
    made = village.send("/v1/service-points", {
        "name": MARKUP, "bank_id": "gyb", "kind": "village", "county": near["county"],
        "town": near["town"], "village": "<b>村</b>", "position": near["position"],
        "opens": "08:00", "closes": "18:00",
        "operator": {"name": "<i>张三</i>"},
    })  # fmt: skip
    assert made.status_code == 201, made.text
    for page in (maker.get(AT), maker.get(path_of(made.json()))):
        assert "<img src=x" not in page.text
        assert "<i>张三" not in page.text
        assert "&lt;img src=x" in page.text


# One point --------------------------------------------------------------------------------------


def test_a_page_tells_all_about_its_point(maker: Clerk, village: Watched) -> None:
    alert = high_alert(village)
    point = point_of(village)
    said = words(maker.get(path_of(point)))
    for told in (
        point["name"], point["operator"]["account_no"], POS, "机器设备操作使用方法", "起可上岗",
        point["terminals"][0]["serial"], alert["title"], "开业", "55 不正确的PIN", "还没有评过级",
    ):  # fmt: skip
        assert told in said, told
    assert f'href="/console/alerts/{alert["alert_id"]}"' in maker.get(path_of(point)).text


def test_an_operator_who_may_not_work_yet_is_marked(maker: Clerk, village: Watched) -> None:
    said = words(maker.get(path_of(point_of(village, UNTRAINED))))
    assert "四科未全部合格，不得上岗" in said


def test_a_point_that_is_not_there_is_not_found(maker: Clerk) -> None:
    assert maker.get(f"{AT}/SP000000-0000").status_code == 404


# What may be done -------------------------------------------------------------------------------


def test_a_freeze_takes_two_and_shows_on_the_life_line(
    maker: Clerk, checker: Clerk, village: Watched
) -> None:
    point = point_of(village, OTHER_POS)
    page = maker.send(path_of(point), do="freeze", note="终端外借\r\n现场核实")
    assert "等待另一人复核" in words(page)
    assert "冻结申请待复核" in words(page)
    assert point_of(village, OTHER_POS)["status"] == "open"
    (waiting,) = [
        one
        for one in village.ask("/v1/approvals", state="pending")["items"]
        if one["action"] == "freeze"
    ]
    to = f"/console/approvals/{waiting['approval_id']}"
    checker.send("/console/approvals", to=to, decision="approve", note="已核对")
    assert point_of(village, OTHER_POS)["status"] == "frozen"
    said = words(maker.get(path_of(point)))
    assert "冻结服务点交易 demo-checker" in said
    assert "已冻结；解冻在冻结案件中办理" in said


def test_an_emergency_freeze_counts_at_once(maker: Clerk, village: Watched) -> None:
    point = point_of(village, GRCU_POS)
    page = maker.send(path_of(point), do="emergency_freeze", note="现场无人")
    assert "已紧急冻结 24 小时" in words(page)
    assert point_of(village, GRCU_POS)["status"] == "frozen"


def test_a_form_sent_twice_freezes_once(maker: Clerk, village: Watched) -> None:
    point = point_of(village, MOBILE)
    fields = hidden(maker.get(path_of(point))) | {"do": "freeze", "note": "终端外借"}
    maker.post(path_of(point), fields)
    assert "没有重复办理" in words(maker.post(path_of(point), fields))
    about = village.ask("/v1/cases", service_point_id=point["service_point_id"], kind="freeze")
    assert len(about["items"]) == 1


def test_a_control_tightens_at_once_and_loosens_by_two(maker: Clerk, village: Watched) -> None:
    point = point_of(village)
    until = (village.clock.now() + timedelta(days=20)).date().isoformat()
    fields = {"do": "control", "business": "transfer", "until": until, "reason": "整改期间"}
    page = maker.send(path_of(point), **fields, what="off")
    assert "业务控制已生效" in words(page)
    (control,) = point_of(village)["controls"]
    assert control == {
        "business": "transfer", "allowed": False, "limit_fen": None,
        "until": f"{(village.clock.now() + timedelta(days=21)).date()}T00:00:00.000+08:00",
    }  # fmt: skip
    page = maker.send(path_of(point), **fields, what="limit", limit="1,500.50")
    assert "已提交放宽申请" in words(page)
    assert "转账：放宽申请待复核" in words(page)
    assert point_of(village)["controls"] == [control]
    assert point["service_point_id"] in listed(maker.get(f"{AT}?control=1"))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"do": "freeze", "note": " "}, "至少 1 个字符"),
        ({"do": "emergency_freeze", "note": "x" * 501}, "最多 500 个字符"),
        ({"do": "control", "what": "off", "until": "", "reason": "整改"}, "请选择日期"),
        ({"do": "control", "what": "off", "until": "2020-01-01", "reason": "整改"},
         "一年之内的将来"),
        ({"do": "control", "what": "limit", "limit": "很多", "reason": "整改"}, "请填金额"),
        ({"do": "control", "what": "limit", "limit": "1.234", "reason": "整改"}, "最多到分"),
        ({"do": "control", "what": "lift", "business": "withdrawal", "reason": "整改"},
         "没有可解除的业务控制"),
        ({"do": "control", "what": "wonder", "reason": "整改"}, "请选择"),
    ],
)  # fmt: skip
def test_what_is_not_valid_is_named_beside_its_field_and_stays(
    maker: Clerk, village: Watched, fields: dict[str, str], told: str
) -> None:
    point = point_of(village, POOR_POINT)
    page = maker.send(path_of(point), **{"business": "withdrawal", **fields})
    assert page.status_code == 422
    assert re.search(f'class="wrong"[^>]*>[^<]*{told}', page.text)
    if "reason" in fields:
        assert f">{fields['reason']}</textarea>" in page.text
    assert point_of(village, POOR_POINT) == point


def test_a_frozen_point_offers_no_freeze(maker: Clerk, village: Watched) -> None:
    page = maker.get(path_of(point_of(village, FROZEN)))
    assert 'value="freeze"' not in page.text
    forged = {"csrf": maker.csrf(), "do": "freeze", "note": "再冻一次"}
    assert maker.post(path_of(point_of(village, FROZEN)), forged).status_code == 409


# Who may ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["demo-auditor", "demo-admin"])
def test_who_only_reads_is_offered_nothing_and_refused(
    address: str, village: Watched, key: str
) -> None:
    reader, point = Clerk(address, key), point_of(village, MOBILE)
    page = reader.get(path_of(point))
    assert "您可以查看，不能办理" in words(page)
    assert 'name="do"' not in page.text
    forged = {"csrf": reader.csrf(), "do": "emergency_freeze", "note": "现场无人"}
    assert reader.post(path_of(point), forged).status_code == 403
    assert point_of(village, MOBILE) == point
    reader.close()


@pytest.mark.parametrize("path", [AT, f"{AT}/SP520121-0001"])
def test_a_terminal_and_a_stranger_stay_outside(address: str, path: str) -> None:
    stays_closed(address, path)
