"""A lesson judged: what counts as done, what costs, and what the page never learns before."""

from __future__ import annotations

from typing import Any

import pytest

from api.console.lesson_book import Lesson, find_lesson
from api.console.lesson_run import Run, choose, fits, observe, opening_of, read, shown, steps_for


def lesson(lesson_id: str) -> Lesson:
    found = find_lesson(lesson_id)
    assert found is not None
    return found


LOST = lesson("lost-answer")
ASKED = next(number for number, step in enumerate(LOST.steps) if step.options)
RIGHT = next(n for n, option in enumerate(LOST.steps[ASKED].options) if option.right)


@pytest.mark.parametrize(
    ("pattern", "fact", "does"),
    [
        ({"event": "answer", "code": "00"}, {"event": "answer", "code": "00"}, True),
        ({"event": "answer", "code": "00"}, {"event": "answer", "code": "51"}, False),
        ({"event": ["answer", "reversed"]}, {"event": "reversed"}, True),
        ({"amount_fen_min": 20_000}, {"amount_fen": 20_000}, True),
        ({"amount_fen_min": 20_001}, {"amount_fen": 20_000}, False),
        ({"amount_fen_max": 19_999}, {"amount_fen": 20_000}, False),
        ({"amount_fen_max": 20_000}, {}, False),
        ({"amount_fen_max": 20_000}, {"amount_fen": "1"}, False),
        ({"seen": True}, {"seen": 1}, False),
    ],
)
def test_what_fits(pattern: dict[str, Any], fact: dict[str, Any], does: bool) -> None:
    assert fits(pattern, fact) is does


def test_a_fact_does_only_the_step_in_hand() -> None:
    signed_in = observe(LOST, Run(), {"event": "signed_in"})
    assert (signed_in.at, signed_in.score) == (1, 100)
    assert observe(LOST, signed_in, {"event": "signed_in"}) == signed_in
    assert observe(LOST, Run(), {"event": "truth", "seen": True}) == Run()


def test_a_wrong_move_costs_as_often_as_it_is_made() -> None:
    once = observe(LOST, Run(), {"event": "pin", "by": "keypad"})
    twice = observe(LOST, once, {"event": "pin", "by": "keypad"})
    assert (once.score, twice.score, twice.at) == (90, 80, 0)
    assert observe(LOST, twice, {"event": "signed_in"}).is_coached is False


def test_the_same_wrong_answer_costs_once_and_a_right_one_goes_on() -> None:
    here = Run(at=ASKED)
    wrong = choose(LOST, here, (RIGHT + 1) % len(LOST.steps[ASKED].options))
    assert (wrong.score, wrong.at) == (70, ASKED)
    assert choose(LOST, wrong, wrong.chosen[0]) == wrong
    assert choose(LOST, wrong, RIGHT).at == ASKED + 1
    assert choose(LOST, here, 99) == choose(LOST, here, -1) == read(LOST, here) == here


def test_a_score_never_falls_below_nothing_and_a_pass_needs_the_end() -> None:
    run = Run(score=5)
    assert observe(LOST, run, {"event": "pin", "by": "keypad"}).score == 0
    over = Run(at=len(LOST.steps))
    assert over.has_passed(LOST)
    assert not Run().has_passed(LOST)
    assert not Run(at=len(LOST.steps), score=79).has_passed(LOST)
    assert observe(LOST, over, {"event": "signed_in"}) == over == choose(LOST, over, 0)


def test_the_page_gets_no_right_answer_no_price_and_no_coach() -> None:
    known = {"title", "title_en", "say", "say_en", "sort", "options"}
    steps = steps_for(LOST, "attempt")
    assert all(set(step) == known for step in steps)
    assert all(set(option) == {"text", "text_en"} for step in steps for option in step["options"])
    assert "steps" not in opening_of(LOST)
    run = shown(LOST, Run(at=ASKED), "attempt")
    assert (run["coach"], run["learned"]) == (None, None)


def test_the_order_of_options_differs_and_stays_within_an_attempt() -> None:
    orders = {
        tuple(o["text"] for o in steps_for(LOST, f"{n}")[ASKED]["options"]) for n in range(30)
    }
    assert len(orders) > 1
    assert steps_for(LOST, "one") == steps_for(LOST, "one")
