"""课堂评分 A lesson as a pure function of what happened: `observe` gives the next run.

A step is done by a fact that fits its pattern, by the right answer to a question, or by having
read. A wrong move is coached and costs points; nothing is marked by a click on "done". What the
learner's page may know of all this is ``steps_for`` and ``shown``: no right answer, no price.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, TypeAlias

from api.console.lesson_book import Lesson, Option, Pattern, Step, Wrong
from pos_sim.domain.training import FULL_SCORE

Fact: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong move: at which step, what the coach said, and what it cost in points."""

    step: int
    text: str
    text_en: str
    cost: int


@dataclass(frozen=True, slots=True)
class Run:
    """How far somebody is; ``chosen`` are wrong answers given at this step."""

    at: int = 0
    score: int = FULL_SCORE
    mistakes: tuple[Mistake, ...] = ()
    chosen: tuple[int, ...] = ()
    is_coached: bool = False
    """The last move was a wrong one."""

    def is_over(self, lesson: Lesson) -> bool:
        return self.at >= len(lesson.steps)

    def has_passed(self, lesson: Lesson) -> bool:
        return self.is_over(lesson) and self.score >= lesson.pass_mark


def observe(lesson: Lesson, run: Run, fact: Fact) -> Run:
    """Return what a fact of the terminal makes of a run."""
    step = step_of(lesson, run)
    if step is None:
        return run
    wrong = next((one for one in (*step.wrong, *lesson.wrong) if fits(one.when, fact)), None)
    if wrong is not None:
        return mistaken(run, wrong)
    return done(run) if step.wants is not None and fits(step.wants, fact) else run


def choose(lesson: Lesson, run: Run, place: int) -> Run:
    """Return what an answer to a question makes of a run; the same wrong one costs once."""
    step = step_of(lesson, run)
    if step is None or place in run.chosen or not 0 <= place < len(step.options):
        return run
    option = step.options[place]
    if option.right:
        return done(run)
    return replace(mistaken(run, option), chosen=(*run.chosen, place))


def read(lesson: Lesson, run: Run) -> Run:
    """Return the run after a step that is only read."""
    step = step_of(lesson, run)
    is_read = step is not None and step.wants is None and not step.options
    return done(run) if is_read else run


def fits(pattern: Pattern, fact: Fact) -> bool:
    """Say whether every value of a pattern is equal, in its list, or within its bounds.

    >>> fits({"event": "at", "amount_fen_max": 20_000}, {"event": "at", "amount_fen": 10_000})
    True
    >>> fits({"event": ["answer", "reversed"], "code": "00"}, {"event": "answer", "code": "51"})
    False
    """
    return all(fits_one(name, wanted, fact) for name, wanted in pattern.items())


BOUNDS = (("_min", 1), ("_max", -1))


def fits_one(name: str, wanted: Any, fact: Fact) -> bool:
    for end, sign in BOUNDS:
        if name.endswith(end):
            told = fact.get(name.removesuffix(end))
            return type(told) is int and sign * told >= sign * wanted
    told = fact.get(name)
    if isinstance(wanted, list):
        return told in wanted
    return type(told) is type(wanted) and bool(told == wanted)


def step_of(lesson: Lesson, run: Run) -> Step | None:
    """Return the step in hand, None at the end."""
    return None if run.is_over(lesson) else lesson.steps[run.at]


def done(run: Run) -> Run:
    return replace(run, at=run.at + 1, chosen=(), is_coached=False)


def mistaken(run: Run, wrong: Wrong | Option) -> Run:
    assert wrong.coach is not None
    assert wrong.coach_en is not None
    mistake = Mistake(run.at, wrong.coach, wrong.coach_en, wrong.cost)
    return replace(
        run,
        score=max(0, run.score - wrong.cost),
        mistakes=(*run.mistakes, mistake),
        is_coached=True,
    )


# What the page may know ------------------------------------------------------------------------


def order_of(step: Step, shuffled_by: str, number: int) -> Sequence[int]:
    """Return in which order the options of a step are shown in one attempt."""
    places = list(range(len(step.options)))
    Random(f"{shuffled_by} {number}").shuffle(places)
    return places


def opening_of(lesson: Lesson) -> dict[str, Any]:
    """Return what the page of a lesson has before it begins."""
    kept = {"lesson_id", "title", "title_en", "story", "story_en", "pass_mark", "setup"}
    return lesson.model_dump(mode="json", include=kept, exclude_none=True)


def steps_for(lesson: Lesson, attempt_id: str) -> list[dict[str, Any]]:
    """Return the steps as the learner sees them, their options shuffled."""
    return [
        {
            "title": step.title,
            "title_en": step.title_en,
            "say": step.say,
            "say_en": step.say_en,
            "sort": "do" if step.wants else "ask" if step.options else "read",
            "options": [
                {"text": step.options[place].text, "text_en": step.options[place].text_en}
                for place in order_of(step, attempt_id, number)
            ],
        }
        for number, step in enumerate(lesson.steps)
    ]


def shown(lesson: Lesson, run: Run, attempt_id: str) -> dict[str, Any]:
    """Return a run as its page draws it."""
    last = run.mistakes[-1] if run.is_coached else None
    step = step_of(lesson, run)
    order = order_of(step, attempt_id, run.at) if step else ()
    return {
        "at": run.at,
        "score": run.score,
        "coach": words(last.text, last.text_en) if last else None,
        "praise": None if last else praise_of(lesson, run),
        "chosen": [place for place, original in enumerate(order) if original in run.chosen],
        "mistakes": [words(one.text, one.text_en) for one in run.mistakes],
        "mistaken": sorted({one.step for one in run.mistakes}),
        "is_over": run.is_over(lesson),
        "has_passed": run.has_passed(lesson),
        "learned": words(lesson.learned, lesson.learned_en) if step is None else None,
    }


def praise_of(lesson: Lesson, run: Run) -> dict[str, str] | None:
    """Return why the step before was worth doing."""
    before = lesson.steps[run.at - 1] if run.at else None
    return words(before.why, before.why_en or "") if before and before.why else None


def words(text: str, text_en: str) -> dict[str, str]:
    return {"text": text, "text_en": text_en}
