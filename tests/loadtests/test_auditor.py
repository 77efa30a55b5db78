"""The auditor: silent on right books, and each kind of wrong ones is named with the request."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from loadtests.auditor import Auditor
from loadtests.counter import Counter, Ledger
from loadtests.pos import Pos
from loadtests.profiles import shipped
from tests.loadtests.village import SmallBank, legs, village


class Run:
    """A run that is over: the bank's books, and what the clients hold."""

    def __init__(self, visits: int = 150) -> None:
        self.bank, ledger = SmallBank(fee=50), Ledger()
        terminal = Pos(self.bank, now=lambda: 1.0, sleep=lambda _seconds: None)
        profile = shipped()["steady"]
        counter = Counter(village(), profile, terminal, ledger, lambda _: None, Random(11))
        for _ in range(visits):
            counter.serve(due=0.0)
        self.balances = [(str(card_id), balance) for card_id, balance in ledger.balances()]
        self.notes = ledger.take()["notes"]

    def a(self, business: str) -> str:
        """Return an approved transaction of a business that stands."""
        return next(
            i for i, item in self.bank.items.items()
            if item["business"] == business and item["status"] == "approved"
        )  # fmt: skip

    def audit(self, *, all_told: bool = True) -> Auditor:
        auditor = Auditor(self.bank)
        auditor.take(self.notes)
        auditor.finish(self.balances, lambda: True, all_told=all_told)
        return auditor


@pytest.fixture
def run() -> Run:
    return Run()


def test_right_books_break_no_promise(run: Run) -> None:
    auditor = run.audit()
    assert auditor.broken == []
    assert auditor.counts["answers"] == len(run.notes)
    assert auditor.counts["cards"] == len(run.balances) > 10
    assert auditor.counts["truths"] > 100
    assert "left" not in auditor.counts


def test_a_look_during_the_run_checks_what_is_new(run: Run) -> None:
    auditor = Auditor(run.bank)
    auditor.take(run.notes)
    auditor.look()
    assert auditor.broken == []
    assert 0 < auditor.counts["answers"] < len(run.notes)


def forget(run: Run) -> None:
    del run.bank.items[run.a("withdrawal")]


def change_amount(run: Run) -> None:
    run.bank.items[run.a("transfer")]["amount_fen"] += 1


def change_fee(run: Run) -> None:
    run.bank.items[run.a("transfer")]["fee"] = {
        "charged_fen": 49, "before_waiver_fen": 49, "waived_fen": 0,
    }  # fmt: skip


def undo_unasked(run: Run) -> None:
    run.bank.items[run.a("withdrawal")]["status"] = "reversed"


def do_unasked(run: Run) -> None:
    item = run.bank.items[run.a("withdrawal")]
    phantom = {**item, "transaction_id": item["transaction_id"][:-6] + "999999"}
    run.bank.items[phantom["transaction_id"]] = phantom


def list_twice(run: Run) -> None:
    first = run.a("withdrawal")
    run.bank.items["again"] = run.bank.items[first]


def unbalance(run: Run) -> None:
    run.bank.postings[run.a("withdrawal")][1]["amount_fen"] += 1


def unbalance_between_banks(run: Run) -> None:
    run.bank.postings[run.a("transfer")][1]["bank_id"] = "psbc"


def lose_between_banks(run: Run) -> None:
    """Each bank's books are right, and a fen is gone all the same."""
    payer, payee = run.bank.postings[run.a("transfer")][:2]
    run.bank.postings[run.a("transfer")] += [
        {**payee, "bank_id": "psbc", "amount_fen": 99, "kind": "cardholder", "account_no": "1"},
        {**payer, "bank_id": "psbc", "amount_fen": 99, "kind": "clearing", "account_no": "2"},
    ]


def post_another_amount(run: Run) -> None:
    for leg in run.bank.postings[run.a("withdrawal")][:2]:
        leg["amount_fen"] += 1


def lose_from_a_card(run: Run) -> None:
    card = run.bank.items[run.a("transfer")]["card_id"]
    card_no = next(no for no in run.bank.balances if no.endswith(card))
    run.bank.balances[card_no] -= 1


LIES: list[tuple[str, Callable[[Run], None]]] = [
    ("an answer given is an answer kept", forget),
    ("the books say what the client holds", change_amount),
    ("the books say what the client holds", change_fee),
    ("what is approved stands", undo_unasked),
    ("nothing is done that nobody holds", do_unasked),
    ("no key is answered twice", list_twice),
    ("entries sum to zero", unbalance),
    ("entries sum to zero", unbalance_between_banks),
    ("clearing sums to zero", lose_between_banks),
    ("entries move what the answer says", post_another_amount),
    ("a card has what its answers say", lose_from_a_card),
]


@pytest.mark.parametrize(("promise", "lie"), LIES)
def test_wrong_books_are_found_and_the_request_is_named(
    run: Run, promise: str, lie: Callable[[Run], None]
) -> None:
    lie(run)
    broken = run.audit().broken
    assert broken
    assert broken[0].promise == promise
    assert broken[0].request


def test_what_a_dead_worker_did_is_no_phantom(run: Run) -> None:
    do_unasked(run)
    assert run.audit(all_told=False).broken == []


# Reversals


def reversed_run() -> tuple[Run, str, str]:
    """Return a run with a reversal, its original and itself."""
    run = Run(visits=600)
    original, reversal = next(iter(run.bank.ended_by.items()))
    return run, original, reversal


def still_there(run: Run, original: str, _reversal: str) -> None:
    run.bank.items[original]["status"] = "approved"


def by_another(run: Run, original: str, _reversal: str) -> None:
    run.bank.ended_by[original] = "52010001001700000999"


def half_undone(run: Run, _original: str, reversal: str) -> None:
    del run.bank.postings[reversal][:2]


def undone_twice(run: Run, original: str, _reversal: str) -> None:
    note = next(note for note in run.notes if note["original"] == original)
    run.notes.append({**note, "id": note["id"][:-6] + "888888"})


@pytest.mark.parametrize(
    ("promise", "lie"),
    [
        ("what is reversed is undone", still_there),
        ("reversed once", by_another),
        ("a reversal mirrors its original", half_undone),
        ("reversed once", undone_twice),
    ],
)
def test_a_reversal_undoes_once_and_all(promise: str, lie: Callable[..., None]) -> None:
    run, original, reversal = reversed_run()
    assert run.audit().broken == []
    lie(run, original, reversal)
    assert run.audit().broken[0].promise == promise


# Freezes


def test_a_frozen_point_is_not_debited_after_its_freeze(run: Run) -> None:
    auditor = Auditor(run.bank)
    run.bank.frozen = [run.bank.items[run.a("withdrawal")]["service_point_id"]]
    assert auditor.look_for_freezes() == run.bank.frozen
    auditor.finish([], lambda: True, all_told=True)
    assert auditor.broken[0].promise == "a frozen point serves nobody"


def test_a_refusal_as_frozen_at_a_point_that_is_not_is_a_lie(run: Run) -> None:
    note: dict[str, Any] = run.notes[0]
    note["fields"]["response_code"] = "58"
    note["status"] = "declined"
    run.bank.items[note["id"]] |= {"response_code": "58", "status": "declined"}
    assert run.audit().broken[-1].promise == "58 means frozen"


def test_an_audit_without_time_says_what_is_left(run: Run) -> None:
    auditor = Auditor(run.bank)
    auditor.take(run.notes)
    auditor.finish(run.balances, lambda: False, all_told=True)
    assert auditor.counts["left"] > 0


def test_legs_of_the_small_bank_balance() -> None:
    assert legs("one", "other", 5)[0]["amount_fen"] == 5
    assert legs("one", "other", 0) == []
