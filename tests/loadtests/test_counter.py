"""The workers' checks: a true bank passes, and every kind of lie is caught at the first answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from loadtests.counter import Counter, Ledger, Served
from loadtests.pos import Pos, Reply
from loadtests.profiles import Mishap, Profile, expected_shares, shipped
from loadtests.scripts import SCRIPTS
from loadtests.tally import compare
from tests.loadtests.village import SmallBank, village

Bend = Callable[[dict[str, Any]], Mapping[str, Any]]


class LyingBank(SmallBank):
    """Bends the answers to one business; its books stay right."""

    bend: Bend = staticmethod(lambda answer: answer)
    lies_about = "withdrawal"
    replay: Reply | None = None

    def post(self, path: str, content: bytes) -> Reply:
        reply = super().post(path, content)
        answer = json.loads(reply.content)
        if reply.is_replay and self.replay is not None:
            return self.replay
        if answer.get("business") != self.lies_about:
            return reply
        return replace(reply, content=json.dumps(answer | self.bend(answer)).encode())


def counter(bank: SmallBank, profile: Profile, seed: int = 5) -> tuple[Counter, list[Served]]:
    told: list[Served] = []
    terminal = Pos(bank, now=lambda: 1.0, sleep=lambda _seconds: None)
    return Counter(village(), profile, terminal, Ledger(), told.append, Random(seed)), told


def only(business: str, script: str = "plain", **changes: Any) -> Profile:
    """Return a profile in which everybody makes the same visit."""
    steady = shipped()["steady"]
    mishaps = () if script == "plain" else (Mishap(script, frozenset({business}), 10_000),)
    habits = replace(steady.habits, quote_permille=changes.pop("quote_permille", 0))
    return replace(steady, mix={business: 1.0}, mishaps=mishaps, habits=habits, **changes)


def test_a_true_bank_breaks_no_promise_and_answers_as_expected() -> None:
    profile, bank = shipped()["steady"], SmallBank(fee=50)
    made, told = counter(bank, profile)
    for number in range(1_500):
        if number % 300 == 0:
            made.village = village()  # new people with new limits, at the same bank
            made.village.batch_no = f"{number:06d}"
            bank.__post_init__()
        made.serve(due=0.0)
    assert made.ledger.broken == []
    assert [served.wrong for served in told if served.wrong] == []
    shares = compare(made.ledger.tally.answers, expected_shares(profile))
    assert all(share.agrees for share in shares)


VISITED_BY = {"odd_amount": "withdrawal", "over_limit": "withdrawal"}


@pytest.mark.parametrize("script", list(SCRIPTS))
def test_each_script_ends_well_and_leaves_every_balance_known(script: str) -> None:
    bank = SmallBank(fee=50)
    made, told = counter(bank, only(VISITED_BY.get(script, "transfer"), script))
    for _ in range(5):
        made.serve(due=0.0)
    assert [served.wrong for served in told] == [None] * 5 * len(SCRIPTS[script])
    assert made.ledger.broken == []
    for card_id, balance in made.ledger.balances():
        assert bank.card(card_id)["balance_fen"] == balance


BALANCE = "a balance is what it was, less amount and fee"

LIES: list[tuple[str, Bend]] = [
    ("an answer echoes its request", lambda a: {"amount_fen": a["amount_fen"] + 1}),
    ("an answer echoes its request", lambda _: {"trace_no": "999999"}),
    ("an answer echoes its request", lambda _: {"service_point_id": "SP99"}),
    ("status and code agree", lambda _: {"status": "declined"}),
    ("a fee is its price less its waiver", lambda a: {"fee": {**a["fee"], "waived_fen": 1}}),
    (BALANCE, lambda a: {"balance_fen": a["balance_fen"] + 1}),
    (BALANCE, lambda a: {"balance_fen": a["balance_fen"] - 1}),
    ("no balance is below its floor", lambda _: {"balance_fen": -1}),
]  # fmt: skip


@pytest.mark.parametrize(("promise", "bend"), LIES)
def test_a_lie_is_caught_at_the_first_answer_and_names_the_request(
    promise: str, bend: Bend
) -> None:
    bank = LyingBank(fee=50)
    bank.bend = bend
    made, told = counter(bank, only("withdrawal"))
    made.serve(due=0.0)
    (broken,) = made.ledger.broken
    assert broken.promise == promise
    assert broken.request.count("/") == 2
    assert told[0].wrong


def test_a_reversal_that_keeps_a_fen_is_caught() -> None:
    bank = LyingBank(fee=50)
    bank.lies_about = "reversal"
    bank.bend = lambda a: {"fee_returned_fen": a["fee_returned_fen"] - 1}
    made, _ = counter(bank, only("withdrawal", "lost_answer"))
    made.serve(due=0.0)
    assert made.ledger.broken[0].promise == "a reversal gives back amount and fee"


@pytest.mark.parametrize(
    "replay", [Reply(200, b"{}", is_replay=True), Reply(200, b"{}", is_replay=False)]
)
def test_a_replay_with_other_bytes_is_caught(replay: Reply) -> None:
    bank = LyingBank()
    bank.replay = replay
    made, _ = counter(bank, only("withdrawal", "replay"))
    made.serve(due=0.0)
    assert made.ledger.broken[0].promise == "a replay is the first answer, byte for byte"


def test_a_fee_that_the_policy_does_not_quote_is_caught() -> None:
    bank = LyingBank(fee=50)
    bank.bend = lambda a: {
        "fee": {"charged_fen": 40, "before_waiver_fen": 40, "waived_fen": 0},
        "balance_fen": a["balance_fen"] + 10,
    }
    made, _ = counter(bank, only("withdrawal", quote_permille=1_000))
    made.serve(due=0.0)
    assert made.ledger.broken[0].promise == "a fee is what the policy says"


def test_a_frozen_point_that_serves_is_caught() -> None:
    made, _ = counter(SmallBank(), only("withdrawal"))
    for place in made.village.places:
        place.is_frozen = True
    made.serve(due=0.0)
    assert made.ledger.broken[0].promise == "a frozen point serves nobody"


@pytest.mark.parametrize(
    ("code", "refusal", "is_excused"),
    [
        ("96", None, False),
        ("51", None, False),
        ("51", {"check": "operator_balance"}, True),
        ("59", None, True),
        ("61", {"limit_fen": 200_000, "used_fen": 0}, False),
        ("61", {"limit_fen": 200_000, "used_fen": 200_000}, True),
    ],
)
def test_a_refusal_is_in_order_where_it_explains_itself(
    code: str, refusal: Mapping[str, Any] | None, is_excused: bool
) -> None:
    bank = LyingBank()
    bank.bend = lambda _: {
        "status": "declined", "response_code": code, "refusal": refusal, "balance_fen": None,
    }  # fmt: skip
    made, told = counter(bank, only("withdrawal"))
    made.serve(due=0.0)
    assert (told[0].wrong is None) is is_excused


def test_notes_hold_neither_card_number_nor_pin() -> None:
    made, _ = counter(SmallBank(), only("withdrawal"))
    made.serve(due=0.0)
    sent = json.dumps(made.ledger.take())
    assert made.village.places[0].villagers[0].card_no[:8] not in sent
    assert '"123456"' not in sent
