"""Points, terminals, cards, bills, payees, tariff, report: what can be asked."""

from __future__ import annotations

from collections import Counter as Tally
from typing import Any

import pytest

from tests.api.counter import Counter, Json
from tests.api.village import ATM, GRCU_POS, POS, UNBOUND


def all_pages(counter: Counter, path: str, **asked: Any) -> list[Json]:
    """Every item of a list, in small pages."""
    return counter.pages(path, limit=3, **asked)


def test_all_points_come_once_in_order(counter: Counter) -> None:
    points = all_pages(counter, "/v1/service-points")
    ids = [str(point["service_point_id"]) for point in points]
    assert ids == sorted(set(ids))
    assert Tally(point["status"] for point in points)["open"] > 10
    assert {point["status"] for point in points} == {
        "trial", "open", "rectifying", "frozen", "exited",
    }  # fmt: skip


@pytest.mark.parametrize(
    "asked",
    [{"bank_id": "grcu"}, {"status": "frozen"}, {"kind": "village"}, {"county": "520121"}],
)
def test_points_are_found_by_what_they_are(counter: Counter, asked: dict[str, str]) -> None:
    found = all_pages(counter, "/v1/service-points", **asked)
    assert found
    assert all(point[name] == value for point in found for name, value in asked.items())


def test_the_nearest_points_come_first(counter: Counter) -> None:
    one = counter.get("/v1/service-points/SP520121-0008").json()
    near = "{latitude},{longitude}".format(**one["position"])
    found = all_pages(counter, "/v1/service-points", near=near)
    distances = [point["distance_m"] for point in found]
    assert found[0]["service_point_id"] == "SP520121-0008"
    assert distances == sorted(distances)
    assert len({str(point["service_point_id"]) for point in found}) == len(found)


@pytest.mark.parametrize("near", ["91,106", "26,181", "26", "26,106,1", "a,b", "nan,106", ""])
def test_a_place_that_is_none_is_refused(counter: Counter, near: str) -> None:
    refused = counter.get("/v1/service-points", "demo-auditor", near=near)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "near")


def test_a_point_shows_its_people_and_machines(counter: Counter) -> None:
    point = counter.get("/v1/service-points/SP520121-0002", "demo-auditor").json()
    assert point["county_name"] != point["county"]
    assert [terminal["kind"] for terminal in point["terminals"]] == ["pos", "atm"]
    assert len(point["operator"]["training"]) == 4
    assert point["operator"]["is_trained"]
    assert point["till"]["balance_fen"] > 0


def test_a_point_under_rectification_shows_its_control(counter: Counter) -> None:
    point = counter.get("/v1/service-points/SP520121-0008").json()
    assert point["controls"] == [
        {"business": "transfer", "allowed": False, "limit_fen": None, "until": None}
    ]


def test_a_terminal_shows_its_binding(counter: Counter) -> None:
    atm, unbound = (counter.get(f"/v1/terminals/{i}").json() for i in (ATM, UNBOUND))
    assert (atm["kind"], atm["service_point_id"]) == ("atm", "SP520121-0002")
    assert unbound["service_point_id"] is None
    assert counter.get("/v1/terminals/00000000").status_code == 404


def test_a_card_is_found_by_number_and_by_id(counter: Counter) -> None:
    card = counter.new_card(balance_fen=1_000_000, name="王小明")
    counter.do("withdrawal", card_no=card["card_no"], pin=card["pin"])
    by_no = counter.post("/v1/card-lookups", {"card_no": card["card_no"]}, "demo-maker").json()
    by_id = counter.get(f"/v1/cards/{card['card_id']}", "demo-maker").json()
    assert by_no == by_id
    assert by_id["balance_fen"] == 950_000
    used = {usage["kind"]: usage for usage in by_id["usage"]}
    assert used["withdrawal"] == {
        "kind": "withdrawal", "used_fen": 50_000, "used_count": 1,
        "limit_fen": 200_000, "limit_count": None,
    }  # fmt: skip
    assert counter.get("/v1/cards/999999", "demo-maker").status_code == 404
    assert card["card_no"] not in str(by_id)


def test_a_payee_shows_a_masked_name(counter: Counter) -> None:
    payee = counter.payee()
    shown = counter.get(f"/v1/payees/{payee['payee_account_no']}").json()
    assert shown["name_masked"] == "*" + payee["payee_name"][1:]
    assert counter.get("/v1/payees/520019999999999").status_code == 404


def test_one_biller_takes_any_bill(counter: Counter) -> None:
    billers = counter.get("/v1/billers").json()["items"]
    assert [biller["biller_id"] for biller in billers if biller["takes_any_bill"]] == ["any"]
    first, again = (counter.get("/v1/billers/any/bills/NEW1").json() for _ in range(2))
    assert first == again
    assert first["amount_fen"] > 0
    assert counter.get("/v1/billers/water/bills/NEW1").status_code == 404
    assert counter.get("/v1/billers/nobody/bills/NEW1").status_code == 404


QUOTE = {
    "business": "withdrawal", "terminal_kind": "pos", "card_bank_id": "abc",
    "card_product": "debit", "acquirer_bank_id": "grcu", "region": "local", "amount_fen": 50_000,
}  # fmt: skip


def test_a_quote_is_what_a_withdrawal_then_costs(counter: Counter) -> None:
    card = counter.new_card(bank_id="abc")
    answer = counter.do(
        "withdrawal", terminal_id=GRCU_POS, card_no=card["card_no"], pin=card["pin"]
    )
    quote = counter.post("/v1/fee-quotes", QUOTE, "demo-terminal").json()
    assert quote["fee"] == answer["fee"]
    assert quote["fee"]["charged_fen"] > 0


@pytest.mark.parametrize(
    ("changes", "waiver"),
    [
        ({"card_product": "social_security", "card_bank_id": "grcu", "acquirer_bank_id": "abc"},
         "W5-2"),
        ({"card_bank_id": "gyb"}, "W3-own-cards"),
        ({"card_bank_id": "gyb", "as_of": "2022-10-31"}, None),
        ({"pension_credit": True}, "first-subsidy-withdrawal"),
        ({"business": "annual_fee", "card_bank_id": "gyb", "acquirer_bank_id": "gyb",
          "card_product": "rural_revitalization", "amount_fen": None}, "W1-charges"),
    ],
)  # fmt: skip
def test_a_quote_names_its_waiver(
    counter: Counter, changes: dict[str, object], waiver: str | None
) -> None:
    quote = counter.post("/v1/fee-quotes", {**QUOTE, **changes}, "demo-terminal").json()
    named = quote["fee"]["waiver"]
    assert (named["policy_id"] if named else None) == waiver


def test_a_quote_needs_an_amount_where_the_price_does(counter: Counter) -> None:
    answer = counter.post("/v1/fee-quotes", {**QUOTE, "amount_fen": None}, "demo-terminal")
    assert answer.status_code == 422


def test_a_charge_is_posted_once(counter: Counter, kind: str) -> None:
    card = counter.new_card(balance_fen=1_000_000)
    body = {"card_id": card["card_id"], "business": "annual_fee", "charge_no": "FEE-2026"}
    first, again = (counter.post("/v1/charges", body) for _ in range(2))
    assert first.status_code == 200, first.text
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    charged = first.json()["fee"]["charged_fen"]
    assert first.json()["balance_fen"] == 1_000_000 - charged < 1_000_000
    other = counter.post("/v1/charges", {**body, "business": "sms_notice"})
    assert (other.status_code, other.json()["type"]) == (409, "key-reused")
    found = counter.get("/v1/transactions/CHG-FEE-2026", "demo-auditor").json()
    assert (found.pop("alerts"), found.pop("hits")) == ([], [])
    assert found == first.json()


def test_a_charge_without_a_number_gets_one(counter: Counter, kind: str) -> None:
    card = counter.new_card()
    body = {"card_no": card["card_no"], "business": "card_replacement"}
    first, second = (counter.post("/v1/charges", body).json() for _ in range(2))
    assert first["transaction_id"] != second["transaction_id"]
    nobody = {"card_id": "999999", "business": "card_replacement"}
    assert counter.post("/v1/charges", nobody).status_code == 404


def test_policies_carry_their_sources(counter: Counter) -> None:
    listed = counter.get("/v1/policies").json()["items"]
    assert [policy["is_in_force"] for policy in listed] == [False, True]
    shown = counter.get(f"/v1/policies/{listed[1]['version']}").json()
    assert all(row["source"] and row["source_en"] for row in shown["document"]["waiver"])
    assert (shown["source"], shown["source_en"]) == (
        "银发〔2014〕235号；新华网 2014-09-10", "Yinfa [2014] No. 235; Xinhuanet 2014-09-10",
    )  # fmt: skip
    assert counter.get("/v1/policies/none").status_code == 404


def test_every_answer_code_is_listed(counter: Counter) -> None:
    codes = {code["code"]: code for code in counter.get("/v1/response-codes").json()["items"]}
    assert {"00", "51", "55", "61", "75", "94", "97", "A3"} <= codes.keys()
    assert codes["55"]["may_retry"]


def test_the_business_day_adds_up(counter: Counter) -> None:
    path = "/v1/reports/business-day"
    before = counter.get(path).json()
    rural = counter.new_card(product="rural_revitalization")
    asked = {"card_no": rural["card_no"], "pin": rural["pin"]}
    waived = counter.do("withdrawal", terminal_id=GRCU_POS, **asked)
    counter.reverse(waived)
    counter.do("withdrawal", amount_fen=1)
    after = counter.get(path).json()
    assert after["transaction_count"] == before["transaction_count"] + 3
    gave = waived["fee"]["waived_fen"]
    assert after["fees"]["waived_fen"] - before["fees"]["waived_fen"] == gave > 0
    lines = {(line["business"], line["response_code"]): line for line in after["lines"]}
    assert lines["withdrawal", "13"]["count"] >= 1
    assert after["reversed"]["count"] == before["reversed"]["count"] + 1
    line = next(w for w in after["waived"] if w["policy_id"] == "W1-cross-bank")
    assert line["returned_fen"] >= gave
    assert "笔, 减免" in line["text"]
    assert line["borne_by"]


def test_the_business_day_of_one_bank_or_county(counter: Counter) -> None:
    for terminal_id in (POS, GRCU_POS):
        counter.do("withdrawal", terminal_id=terminal_id)
    path = "/v1/reports/business-day"
    everywhere = counter.get(path).json()["transaction_count"]
    at_gyb = counter.get(path, bank_id="gyb").json()["transaction_count"]
    assert 0 < at_gyb < everywhere
    assert counter.get(path, county="520302").json()["transaction_count"] == 0
    assert counter.get(path, date="2020-01-01").json()["lines"] == []
