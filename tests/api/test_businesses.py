"""Each business over real HTTP: approved, with everything its answer carries."""

from __future__ import annotations

import httpx2
import pytest

from api.models.answers import TransactionAnswer
from pos_sim.domain.cards import Pan, Pin, pin_block_of
from tests.api.counter import PATHS, Counter
from tests.api.village import ATM, GRCU_POS, MOBILE, OTHER_POS, POS, RECTIFYING


@pytest.mark.parametrize("business", [b for b in PATHS if b != "reversal"])
@pytest.mark.parametrize("terminal_id", [POS, MOBILE, ATM, GRCU_POS])
def test_every_business_is_approved(counter: Counter, business: str, terminal_id: str) -> None:
    answer = counter.do(business, terminal_id=terminal_id)
    is_offered = terminal_id != ATM or business not in ("cash_remittance", "bill_payment")
    assert answer["response_code"] == ("00" if is_offered else "12")
    assert answer["business"] == business
    TransactionAnswer.model_validate(answer, extra="forbid", strict=True)


def test_a_withdrawal_as_the_contract_shows_it(counter: Counter) -> None:
    card = counter.new_card(balance_fen=1_000_000)
    body = counter.body("withdrawal", card_no=card["card_no"], pin=card["pin"])
    answer = counter.send("withdrawal", body).json()
    assert answer["status"] == "approved"
    assert (answer["response_text"], answer["response_text_en"]) == ("交易成功", "Approved")
    assert answer["card_no_masked"] == str(Pan(card["card_no"]))
    assert answer["card_id"] == card["card_id"]
    assert answer["balance_fen"] == 950_000
    assert answer["fee"] == {
        "charged_fen": 0, "before_waiver_fen": 0, "waived_fen": 0, "waiver": None,
    }  # fmt: skip
    assert answer["refusal"] is None
    assert answer["business_date"] == "2026-03-02"
    assert answer["decided_at"].endswith("+08:00")
    assert len(answer["retrieval_reference_no"]) == 12
    assert answer["retrieval_reference_no"].isdigit()
    assert len(answer["authorization_code"]) == 6


def test_a_waived_fee_tells_who_waived_it_and_where_that_is_written(counter: Counter) -> None:
    card = counter.new_card(product="rural_revitalization")
    answer = counter.do(
        "withdrawal", terminal_id=GRCU_POS, card_no=card["card_no"], pin=card["pin"]
    )
    fee = answer["fee"]
    assert fee["charged_fen"] == 0
    assert fee["before_waiver_fen"] == fee["waived_fen"] > 0
    assert fee["waiver"]["policy_id"]
    assert fee["waiver"]["granted_by"]
    assert fee["waiver"]["source"]
    assert fee["waiver"]["source_en"]


def test_a_pin_block_is_as_good_as_a_pin(counter: Counter) -> None:
    card = counter.card()
    block = pin_block_of(Pin(card["pin"]), Pan(card["card_no"]))
    answer = counter.do("withdrawal", card_no=card["card_no"], pin=..., pin_block=block)
    assert answer["response_code"] == "00"


def test_cash_needs_no_card_and_answers_without_one(counter: Counter) -> None:
    for business, funding in (("cash_remittance", {}), ("bill_payment", {"funding": "cash"})):
        answer = counter.do(business, **funding)
        assert answer["card_no_masked"] is answer["card_id"] is answer["balance_fen"] is None
        assert answer["response_code"] == "00"


def test_a_bill_is_looked_up_and_then_paid_once(counter: Counter) -> None:
    bill = next(counter.world.bills)
    named = {name: bill[name] for name in ("biller_id", "bill_no")}
    shown = counter.get("/v1/billers/{biller_id}/bills/{bill_no}".format(**named)).json()
    assert (shown["amount_fen"], shown["is_paid"]) == (bill["amount_fen"], False)
    paid = counter.do("bill_payment", amount_fen=bill["amount_fen"], funding="cash", **named)
    assert paid["response_code"] == "00"
    again = counter.do("bill_payment", amount_fen=bill["amount_fen"], funding="cash", **named)
    assert (again["response_code"], again["refusal"]["check"]) == ("94", "bill_paid")


def test_a_transfer_at_an_atm_waits_a_day_and_a_checker_can_stop_it(counter: Counter) -> None:
    held = counter.do("transfer", terminal_id=ATM)
    assert (held["status"], held["response_code"]) == ("held", "00")
    assert held["available_at"] > held["decided_at"]
    path = f"/v1/transactions/{held['transaction_id']}/cancel"
    assert counter.post(path, api_key="demo-maker").status_code == 403
    cancelled = counter.post(path, api_key="demo-checker")
    assert cancelled.json()["status"] == "reversed"
    again = counter.post(path, api_key="demo-checker")
    assert (again.status_code, again.json()["type"]) == (409, "illegal-action")
    assert counter.post("/v1/transactions/NONE/cancel", api_key="demo-checker").status_code == 404


def test_a_point_under_rectification_serves_but_for_what_is_switched_off(counter: Counter) -> None:
    assert counter.do("withdrawal", terminal_id=RECTIFYING)["response_code"] == "00"
    assert counter.do("transfer", terminal_id=RECTIFYING)["response_code"] == "12"


def test_a_slow_card_is_answered_late(counter: Counter) -> None:
    answer = counter.send("withdrawal", counter.body("withdrawal", magic="slow"))
    assert answer.json()["response_code"] == "00"
    assert answer.elapsed.total_seconds() >= 0.3


def test_a_silent_card_moves_the_money_and_gives_no_answer(counter: Counter) -> None:
    body = counter.body("withdrawal", magic="silent")
    silent = counter.send("withdrawal", body)
    assert (silent.status_code, silent.json()["type"]) == (503, "outcome-unknown")
    truth = counter.truth(body)
    assert truth["seen"]
    assert truth["till_delta_fen"] == -50_000
    assert counter.send("withdrawal", body).json()["response_code"] == "00"


def test_a_client_that_leaves_the_silent_card_finds_its_answer_later(counter: Counter) -> None:
    # A silent card of its own: the magic one was just used elsewhere, and travels no faster.
    card = counter.new_card(effect="silent")
    named = {"card_no": card["card_no"], "pin": card["pin"]}
    body = counter.body("withdrawal", terminal_id=OTHER_POS, **named)
    headers = {"Authorization": "Bearer demo-terminal"}
    with pytest.raises(httpx2.ReadTimeout):
        counter.http.post("/v1/withdrawals", json=body, headers=headers, timeout=0.2)
    named = {name: body[name] for name in ("terminal_id", "batch_no", "trace_no")}
    assert len(counter.get("/v1/transactions", **named).json()["items"]) == 1
