"""Every lesson file is one that can be taught; the pack holds what the modules hold."""

from __future__ import annotations

from importlib.resources import files

import pytest

from api.console.assets import PACKS, Assets
from api.console.lesson_book import Lesson, WrongLesson, all_lessons, lesson_of
from api.console.packing import in_order
from api.console.terminal_tray import BILL_TAGS, BROUGHT, CARD_TAGS
from pos_sim.domain.training import Subject

GOOD = files("api.console").joinpath("lessons", "first-withdrawal.toml").read_text("utf-8")


def test_there_are_twelve_lessons_and_more_with_one_exam_a_subject() -> None:
    lessons = all_lessons()
    assert len(lessons) >= 12
    assert len({lesson.order for lesson in lessons}) == len(lessons)
    for subject in Subject:
        assert sum(lesson.exam for lesson in lessons if lesson.subject is subject) == 1


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.lesson_id)
def test_a_lesson_asks_for_things_that_lie_on_the_counter(lesson: Lesson) -> None:
    things = lesson.setup.things
    assert set(things.cards or ()) <= CARD_TAGS
    assert set(things.slips or ()) <= set(BROUGHT)
    assert set(things.bills or ()) <= BILL_TAGS


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("order = 10", "order = 10\nunheard_of = 1"),
        ("cost = 10", "cost = 10\nprice = 1"),
        ('event = "signed_in"', 'event = "danced"'),
        ('by = "keypad"', 'mood = "keypad"'),
        ("pass_mark = 80", "pass_mark = 59"),
        ('subject = "terminal_operation"', 'subject = "cooking"'),
    ],
)
def test_what_nobody_could_teach_is_an_error_that_names_the_file(before: str, after: str) -> None:
    assert before in GOOD
    with pytest.raises(WrongLesson, match="first-withdrawal"):
        lesson_of("first-withdrawal", GOOD.replace(before, after))


def test_the_pack_holds_every_module_after_what_it_needs() -> None:
    assets = Assets()
    order = in_order(assets.modules(), PACKS["terminal.zh.js"][0])
    assert order[-1] == "terminal/desk.js"
    assert order.index("terminal/money.js") < order.index("terminal/machine.js")
    packed = assets.files["terminal.zh.js"].content.decode()
    assert all(f"\nm[{number}] = (" in packed for number in range(len(order)))
    assert "import " not in packed
    assert "export " not in packed
