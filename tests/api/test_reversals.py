"""冲正 The contract's table of originals, and what comes back."""

from __future__ import annotations

import pytest

from tests.api.counter import Counter
from tests.api.village import ATM, FROZEN, GRCU_POS, OTHER_POS


@pytest.mark.parametrize("business", ["withdrawal", "cash_remittance", "transfer", "bill_payment"])
def test_an_approved_original_is_taken_back_once(counter: Counter, business: str) -> None:
    original = counter.do(business)
    first, again = counter.reverse(original), counter.reverse(original)
    for answer in (first, again):
        assert answer["response_code"] == "00"
        assert answer["original_transaction_id"] == original["transaction_id"]
        assert answer["amount_fen"] == original["amount_fen"]
    truth = counter.truth(original)
    assert (truth["status"], truth["reversed_by"]) == ("reversed", first["transaction_id"])
    assert counter.truth(first)["till_delta_fen"] == -truth["till_delta_fen"]
    assert counter.truth(again)["postings"] == []


def test_the_fee_comes_back(counter: Counter) -> None:
    card = counter.new_card(balance_fen=1_000_000, bank_id="abc")
    asked = {"card_no": card["card_no"], "pin": card["pin"]}
    original = counter.do("withdrawal", terminal_id=GRCU_POS, **asked)
    assert original["fee"]["charged_fen"] > 0
    reversal = counter.reverse(original)
    assert reversal["fee_returned_fen"] == original["fee"]["charged_fen"]
    assert counter.do("balance_inquiry", **asked)["balance_fen"] == 1_000_000


def test_the_day_limit_comes_back(counter: Counter) -> None:
    card = counter.new_card(balance_fen=1_000_000)
    asked = {"card_no": card["card_no"], "pin": card["pin"], "amount_fen": 200_000}
    counter.reverse(counter.do("withdrawal", **asked))
    assert counter.do("withdrawal", **asked)["response_code"] == "00"
    assert counter.do("withdrawal", **asked)["response_code"] == "61"


def test_a_bill_can_be_paid_again(counter: Counter) -> None:
    original = counter.do("bill_payment")
    counter.reverse(original)
    assert counter.do("bill_payment", bill_no=original["bill_no"])["response_code"] == "00"


def test_a_held_transfer_is_cancelled(counter: Counter) -> None:
    held = counter.do("transfer", terminal_id=ATM)
    assert held["status"] == "held"
    assert counter.reverse(held)["response_code"] == "00"
    assert counter.truth(held)["status"] == "reversed"


def test_a_declined_original_has_nothing_to_move(counter: Counter) -> None:
    declined = counter.do("withdrawal", amount_fen=1)
    answer = counter.reverse(declined)
    assert answer["response_code"] == "00"
    assert counter.truth(answer)["postings"] == []
    assert counter.truth(declined)["status"] == "declined"


def test_what_was_never_seen_gets_a_tombstone(counter: Counter) -> None:
    body = counter.body("withdrawal")
    assert counter.reverse(body)["response_code"] == "25"
    truth = counter.truth(body)
    assert (truth["seen"], truth["tombstoned"]) == (False, True)
    late = counter.send("withdrawal", body).json()
    assert (late["response_code"], late["refusal"]["check"]) == ("94", "tombstoned")
    assert counter.reverse(counter.body("withdrawal"))["response_code"] == "25"


def test_neither_an_inquiry_nor_a_reversal_is_reversed(counter: Counter) -> None:
    assert counter.reverse(counter.do("balance_inquiry"))["response_code"] == "12"
    reversal = counter.reverse(counter.do("withdrawal"))
    assert counter.reverse(reversal)["response_code"] == "12"


def test_another_terminals_original_is_not_found(counter: Counter) -> None:
    original = counter.do("withdrawal")
    assert counter.reverse(original, terminal_id=OTHER_POS)["response_code"] == "25"
    assert counter.truth(original)["status"] == "approved"


def test_a_frozen_point_still_reverses(counter: Counter) -> None:
    answer = counter.do("reversal", terminal_id=FROZEN)
    assert (answer["response_code"], answer["refusal"]["check"]) == ("25", "original_unknown")


def test_a_reversal_cannot_name_itself(counter: Counter) -> None:
    body = counter.body("reversal")
    body["original"] = {name: body[name] for name in ("batch_no", "trace_no")}
    assert counter.send("reversal", body).status_code == 422
