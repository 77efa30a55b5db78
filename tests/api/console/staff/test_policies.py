"""The pages of policies without a screen: a day's tariff, the calculator, new versions by two."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from importlib.resources import files
from urllib.parse import urlencode

import pytest

from pos_sim.domain.calendar import business_date
from tests.api.console.browser import hidden
from tests.api.console.staff.office import Clerk, stays_closed, words
from tests.api.counter import Json
from tests.api.watched import Watched

AT = "/console/policies"
OF_LATER = "贵阳银行借记卡免ATM跨行取现手续费"
"""A waiver since October 2021."""


def day(village: Watched, ahead: int) -> str:
    return (business_date(village.clock.now()) + timedelta(days=ahead)).isoformat()


# What holds on a day ----------------------------------------------------------------------------


def test_today_shows_the_version_in_force_with_sources_and_certainty(maker: Clerk) -> None:
    said = words(maker.get(AT))
    for told in ("2014-235", "助农取款 2,000.00", "银发〔2014〕235号", "已核实", "示例值",
                 "仅一处来源", "0.5%，最高 20.00 元", OF_LATER, "2021-10-01"):  # fmt: skip
        assert told in said, told


def test_another_day_has_other_limits_and_waivers(maker: Clerk) -> None:
    said = words(maker.get(f"{AT}?on=2012-05-01"))
    assert "2012-05-01 适用的版本" in said
    assert "助农取款 1,000.00" in said
    in_force, others = said.split("当日不适用的减免")
    assert OF_LATER not in in_force
    assert f"{OF_LATER} 2021-10-01 — 长期" in others


@pytest.mark.parametrize("on", ["soon", "2026-13-01", "<script>"])
def test_a_day_that_is_none_is_today(maker: Clerk, village: Watched, on: str) -> None:
    page = maker.get(f"{AT}?{urlencode({'on': on})}")
    assert f"{day(village, 0)} 适用的版本" in words(page)
    assert "<script>" not in page.text


def test_sources_and_notes_are_read_in_the_language_of_the_page(address: str) -> None:
    clerk = Clerk(address, "demo-auditor")
    assert "讲稿 33:03 来源未说明由哪一方减免" in words(clerk.get(AT))
    clerk.get(f"/console/language/en?next={AT}")
    said = words(clerk.get(AT))
    assert "transcript 33:03 The source doesn't say on which side" in said
    assert "Bank of Guiyang" in said
    clerk.close()


def test_a_version_shows_what_it_changed(maker: Clerk) -> None:
    page = maker.get(f"{AT}/2014-235")
    assert "与前一版本 2011-177 的不同" in words(page)
    assert "每日限额 · 助农取款 · 金额上限 1,000.00 元 2,000.00 元" in words(page)
    assert maker.get(f"{AT}/1999-1").status_code == 404


# The fee calculator -----------------------------------------------------------------------------


WITHDRAWAL = {
    "business": "withdrawal", "terminal_kind": "pos", "card_bank_id": "gyb",
    "card_product": "debit", "acquirer_bank_id": "grcu", "region": "local",
    "amount": "500", "as_of": "2026-03-02",
}  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"amount": "2,000"},
        {"as_of": "2022-10-31"},  # the day before W3
        {"as_of": "2022-11-01"},
        {"as_of": "2012-05-01"},
        {"card_product": "rural_revitalization"},
        {"card_product": "social_security", "card_bank_id": "abc"},
        {"card_bank_id": "grcu", "region": "out_of_city"},
        {"card_bank_id": "abc", "acquirer_bank_id": "gyb"},
        {"card_bank_id": "abc", "acquirer_bank_id": "psbc", "amount": "123.45"},
        {"card_bank_id": "abc", "acquirer_bank_id": "psbc", "pension_credit": "1"},
        {"terminal_kind": "atm", "as_of": "2021-09-30"},
        {"terminal_kind": "atm", "as_of": "2021-10-01"},
        {"terminal_kind": "atm", "region": "abroad", "card_bank_id": "grcu"},
        {"business": "transfer", "payee_bank_id": "ccb", "amount": "60000"},
        {"business": "cash_remittance", "card_product": "", "payee_bank_id": "ccb"},
        {"business": "bill_payment"},
        {"business": "balance_inquiry", "amount": ""},
        {"business": "annual_fee", "amount": "", "terminal_kind": "counter"},
        {"business": "sms_notice", "card_product": "social_security"},
    ],
    ids=str,
)
def test_it_says_what_the_engine_charges(
    maker: Clerk, village: Watched, changes: dict[str, str]
) -> None:
    asked = WITHDRAWAL | changes
    page = maker.get(f"{AT}/calculator?{urlencode(asked)}")
    assert page.status_code == 200, words(page)
    quote = village.send("/v1/fee-quotes", body_of(asked)).json()
    fee = quote["fee"]
    shown = [fee["before_waiver_fen"], fee["waived_fen"], fee["charged_fen"]]
    assert fees_on(page.text) == [f"{fen / 100:,.2f}" for fen in shown]
    assert f"按版本 {quote['policy_version']}" in words(page)
    if fee["waiver"]:
        assert fee["waiver"]["title"] in words(page)
        assert fee["waiver"]["source"] in words(page)
        assert fee["waiver"]["granted_by"] in words(page)


def body_of(asked: dict[str, str]) -> Json:
    """The question as a client of the API asks it, written here once more."""
    body: Json = {name: value for name, value in asked.items() if value}
    amount = body.pop("amount", "").replace(",", "")
    if amount:
        body["amount_fen"] = round(float(amount) * 100)
    if not asked["card_product"]:
        body.pop("card_bank_id")
    if "pension_credit" in body:
        body["pension_credit"] = True
    return body


def fees_on(page: str) -> list[str]:
    return re.findall(r"<dd>([\d,.]+)</dd></div>", page.split('class="fee"')[1])


@pytest.mark.parametrize(
    ("changes", "beside"),
    [
        ({"amount": "much"}, "w-amount"),
        ({"amount": "1.234"}, "w-amount"),
        ({"amount": ""}, "w-amount"),
        ({"amount": "0"}, "w-amount"),
        ({"business": "party"}, "w-business"),
        ({"region": "moon"}, "w-region"),
        ({"as_of": "soon"}, "w-as_of"),
        ({"card_bank_id": "nobody"}, "w-card_bank_id"),
    ],
)
def test_what_cannot_be_worked_out_is_named_beside_its_field(
    maker: Clerk, changes: dict[str, str], beside: str
) -> None:
    page = maker.get(f"{AT}/calculator?{urlencode(WITHDRAWAL | changes)}")
    assert page.status_code == 422
    assert f'id="{beside}"' in page.text
    assert 'class="fee"' not in page.text


def test_what_was_asked_is_text(maker: Clerk) -> None:
    page = maker.get(f"{AT}/calculator?{urlencode({'amount': '<script>alert(1)</script>'})}")
    assert "<script>alert" not in page.text


# New versions -----------------------------------------------------------------------------------


def test_a_version_is_proposed_by_form_and_counts_once_another_approves(
    maker: Clerk, checker: Clerk, village: Watched
) -> None:
    first = day(village, 3)
    page = maker.send(
        f"{AT}/new", version="2026-1", effective_from=first, title="试点提高限额",
        title_en="Pilot", source="试点通知", source_en="Notice of the pilot",
        limit_withdrawal="3,000", note="赶集日\r\n不够用",
    )  # fmt: skip
    assert "新版本已提交，等待另一人复核" in words(page)
    assert "每日限额 · 助农取款 · 金额上限 2,000.00 元 3,000.00 元" in words(page)
    assert "助农取款 2,000.00" in words(maker.get(f"{AT}?on={first}"))
    document = village.ask("/v1/policies/2026-1", "demo-maker")["document"]
    for told in (document, document["limit"][0]):
        assert (told["source"], told["source_en"]) == ("试点通知", "Notice of the pilot")
        assert not {"note", "note_en"} & set(told), "said of the version before"
    (waiting,) = village.ask("/v1/approvals", state="pending")["items"]
    to = f"/console/approvals/{waiting['approval_id']}"
    assert f'href="{AT}/2026-1"' in checker.get("/console/approvals").text
    assert "→ 试点提高限额" in words(checker.get("/console/approvals"))
    assert "→ Pilot" in words(checker.get("/console/language/en?next=/console/approvals"))
    checker.get("/console/language/zh?next=/console/approvals")
    checker.send("/console/approvals", to=to, decision="approve", note="已核对")
    assert "助农取款 3,000.00" in words(maker.get(f"{AT}?on={first}"))
    assert "助农取款 2,000.00" in words(maker.get(f"{AT}?on={day(village, 2)}"))
    assert "demo-maker 提出，demo-checker 复核：赶集日 不够用" in words(maker.get(f"{AT}/2026-1"))


@pytest.mark.parametrize("form", ["json", "toml"])
def test_a_whole_document_can_be_pasted(maker: Clerk, village: Watched, form: str) -> None:
    document = village.ask("/v1/policies/2014-235")["document"]
    name, first = f"pasted-{form}", day(village, 10 + len(form))
    text = json.dumps(document | {"version": name, "effective_from": first})
    if form == "toml":
        text = toml_of(name, first)
    page = maker.send(f"{AT}/new", document=text, note="整份替换")
    assert "新版本已提交" in words(page), words(page)[:600]
    assert village.ask(f"/v1/policies/{name}")["status"] == "pending"
    again = maker.send(f"{AT}/new", document=text, note="整份替换")
    assert again.status_code == 409


def toml_of(name: str, first: str) -> str:
    """The shipped text with another name and first day."""
    text = files("pos_sim.policies").joinpath("2014-235.toml").read_text("utf-8")
    return text.replace('version = "2014-235"', f'version = "{name}"').replace(
        "effective_from = 2014-09-10", f"effective_from = {first}"
    )


def test_a_price_and_the_last_day_of_a_waiver_are_proposed_by_fields(
    maker: Clerk, village: Watched
) -> None:
    form = maker.get(f"{AT}/new?base=2014-235").text
    assert 'name="price_3_1_rate_bp" type="text" value="0.5"' in form
    page = maker.send(
        f"{AT}/new", base="2014-235", version="2026-2", effective_from=day(village, 9),
        title="调整收费", title_en="Prices", source="县支行通知", note="试点",
        price_3_1_rate_bp="0.4", price_3_1_max_fen="15", waiver_W4_until="2027-12-31",
    )  # fmt: skip
    assert "新版本已提交，等待另一人复核" in words(page)
    document = village.ask("/v1/policies/2026-2", "demo-maker")["document"]
    assert document["price"][2]["tiers"] == [{"max_fen": 1500, "rate_bp": 40}]
    assert document["price"][2]["source"] == "县支行通知"
    assert "source_en" not in document["price"][2]
    assert document["price"][3]["source"] != "县支行通知"
    (waiver,) = [one for one in document["waiver"] if one["id"] == "W4"]
    assert waiver["until"] == "2027-12-31"


@pytest.mark.parametrize(
    ("changes", "beside"),
    [
        ({"price_3_1_rate_bp": "much"}, "w-price_3_1_rate_bp"),
        ({"price_3_1_rate_bp": "150"}, "w-price_3_1_rate_bp"),
        ({"price_3_1_max_fen": "1.234"}, "w-price_3_1_max_fen"),
        ({"waiver_W4_until": "2001-01-01"}, "w-waiver_W4_until"),
        ({"version": ""}, "w-version"),
        ({"effective_from": "2020-01-01"}, "w-effective_from"),
        ({"limit_withdrawal": "lots"}, "w-limit_withdrawal"),
        ({"source": ""}, "w-source"),
        ({"note": ""}, "w-note"),
        ({"document": "{"}, "w-document"),
        ({"document": "a = <b>"}, "w-document"),
    ],
)
def test_a_version_that_cannot_be_is_told_beside_the_field(
    maker: Clerk, village: Watched, changes: dict[str, str], beside: str
) -> None:
    usual = {
        "version": "never", "effective_from": day(village, 30), "title": "试点",
        "title_en": "Pilot", "source": "通知", "note": "试点",
    }  # fmt: skip
    page = maker.send(f"{AT}/new", **usual | changes)
    assert page.status_code == 422
    assert f'id="{beside}"' in page.text, words(page)[:500]
    assert "<b>" not in page.text
    names = [one["version"] for one in village.ask("/v1/policies")["items"]]
    assert "never" not in names


def test_a_form_sent_twice_proposes_once(maker: Clerk, village: Watched) -> None:
    fields = hidden(maker.get(f"{AT}/new")) | {
        "version": "once", "effective_from": day(village, 40), "title": "试点",
        "title_en": "Pilot", "source": "通知", "note": "试点",
    }  # fmt: skip
    maker.post(f"{AT}/new", fields)
    assert "没有重复办理" in words(maker.post(f"{AT}/new", fields))


# Who may ----------------------------------------------------------------------------------------


def test_who_only_reads_proposes_nothing(address: str, village: Watched) -> None:
    reader = Clerk(address, "demo-auditor")
    assert f"{AT}/new" not in reader.get(AT).text
    assert reader.get(f"{AT}/calculator").status_code == 200
    assert reader.get(f"{AT}/new").status_code == 403
    assert reader.post(f"{AT}/new", {"csrf": reader.csrf(), "note": "x"}).status_code == 403
    reader.close()


@pytest.mark.parametrize("path", [AT, f"{AT}/calculator", f"{AT}/new", f"{AT}/2014-235"])
def test_a_terminal_and_a_stranger_stay_outside(address: str, path: str) -> None:
    stays_closed(address, path)
