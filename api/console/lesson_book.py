"""课程 The lessons as data: one TOML file each, read strictly, shown in the order of the course.

A step is done by what really happened at the terminal (``wants``: a pattern over the facts that
the terminal tells), by the right answer to a question (``options``), or by reading. Whoever writes
a lesson needs no program: an unknown key, a fact that no terminal tells, or a question without a
right answer is an error that names the file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pos_sim.domain.training import FULL_SCORE, LOWEST_PASS_MARK, Subject

Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=400)]
Cost: TypeAlias = Annotated[int, Field(ge=0, le=FULL_SCORE)]
Pattern: TypeAlias = dict[str, str | int | bool | list[str]]

EVENTS = frozenset(
    (
        "answer",
        "at",
        "cancelled",
        "card",
        "cash_returned",
        "fake_accepted",
        "fake_missed",
        "fake_returned",
        "good_kept",
        "good_refused",
        "line",
        "paid",
        "paid_wrong",
        "pin",
        "reversed",
        "sent",
        "settled",
        "signed",
        "signed_in",
        "slip",
        "truth",
        "unanswered",
    )
)
"""What the terminal tells: counter.js, errands.js and cash.js in ``static/terminal``."""

FACT_FIELDS = frozenset(
    (
        "event",
        "at",
        "business",
        "card",
        "product",
        "slip",
        "amount_fen",
        "funding",
        "by",
        "code",
        "status",
        "check",
        "fee_fen",
        "waived_fen",
        "line",
        "attempt",
        "worth_fen",
        "paid_fen",
        "due_fen",
        "difference_fen",
        "seen",
        "tombstoned",
    )
)
"""What a fact may be asked for; ``_min`` and ``_max`` after a name are bounds."""


class Part(BaseModel):
    """A part of a lesson; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def known_pattern(pattern: Pattern) -> Pattern:
    """Refuse what no terminal tells."""
    named = pattern.get("event")
    if not named or not set(named if isinstance(named, list) else [named]) <= EVENTS:
        raise ValueError(f"no terminal tells the event {named!r}")
    fields = {name.removesuffix("_min").removesuffix("_max") for name in pattern}
    if fields - FACT_FIELDS:
        raise ValueError(f"no fact has {sorted(fields - FACT_FIELDS)}")
    return pattern


class Wrong(Part):
    """A wrong move: what it looks like, what the coach says, and what it costs, in points."""

    when: Pattern
    coach: Text
    coach_en: Text
    cost: Cost

    _known = field_validator("when")(known_pattern)


class Option(Part):
    """One answer to a question; a wrong one is coached."""

    text: Text
    text_en: Text
    right: bool = False
    coach: Text | None = None
    coach_en: Text | None = None
    cost: Cost = 0

    @model_validator(mode="after")
    def wrong_ones_are_coached(self) -> Self:
        """Want words and a price for a wrong answer."""
        if not self.right and not (self.coach and self.coach_en and self.cost):
            raise ValueError("a wrong answer needs coach, coach_en and cost")
        return self


class Step(Part):
    """做、看、讲 One step: do something, see something, or answer a question; then why."""

    title: Text
    title_en: Text
    say: Text
    say_en: Text
    why: Text | None = None
    why_en: Text | None = None
    wants: Pattern | None = None
    wrong: tuple[Wrong, ...] = ()
    options: tuple[Option, ...] = ()

    @field_validator("wants")
    @classmethod
    def _known(cls, wants: Pattern | None) -> Pattern | None:
        return None if wants is None else known_pattern(wants)

    @model_validator(mode="after")
    def is_of_one_kind(self) -> Self:
        """Want a pattern or a question, not both, and a question with exactly one right answer."""
        if self.wants is not None and self.options:
            raise ValueError("a step has wants or options, not both")
        if self.options and sum(option.right for option in self.options) != 1:
            raise ValueError("a question has exactly one right answer")
        if (self.why is None) != (self.why_en is None):
            raise ValueError("why is said in both languages")
        return self


class Things(Part):
    """What lies on the counter, by tag; a kind that is not named is there whole."""

    cards: tuple[str, ...] | None = None
    slips: tuple[str, ...] | None = None
    bills: tuple[str, ...] | None = None


class Setup(Part):
    """How the counter looks when the lesson starts."""

    terminal: Literal["open", "frozen"] = "open"
    things: Things = Things()
    fakes: dict[Annotated[str, Field(pattern="^(10000|5000|2000|1000)$")], int] = {}
    """Counterfeits that the customer brings, count by worth in fen."""


class Lesson(Part):
    """One lesson; ``lesson_id`` is the name of its file."""

    lesson_id: str
    order: int
    subject: Subject
    exam: bool = False
    """考核课: passing it passes its subject; every subject has one."""
    minutes: Annotated[int, Field(ge=1, le=20)]
    pass_mark: Annotated[int, Field(ge=LOWEST_PASS_MARK, le=FULL_SCORE)]
    title: Text
    title_en: Text
    story: Text
    story_en: Text
    learned: Text
    learned_en: Text
    trainer: tuple[Text, ...]
    trainer_en: tuple[Text, ...]
    source: Text
    setup: Setup = Setup()
    wrong: tuple[Wrong, ...] = ()
    steps: Annotated[tuple[Step, ...], Field(min_length=3)]

    @model_validator(mode="after")
    def is_worth_doing(self) -> Self:
        """Want something that happens at the terminal, and notes in both languages."""
        if not any(step.wants for step in self.steps):
            raise ValueError("a lesson wants at least one thing done at the terminal")
        if len(self.trainer) != len(self.trainer_en):
            raise ValueError("the trainer's notes are in both languages")
        return self


class WrongLesson(ValueError):
    """A lesson file that cannot be taught."""


def lesson_of(lesson_id: str, text: str) -> Lesson:
    """Return the lesson of a file's text; `WrongLesson` says what is wrong with it."""
    try:
        content: dict[str, Any] = tomllib.loads(text)
        return Lesson.model_validate(content | {"lesson_id": lesson_id})
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise WrongLesson(f"{lesson_id}: {error}") from None


@cache
def all_lessons() -> Sequence[Lesson]:
    """Return the course in its order."""
    folder = files("api.console").joinpath("lessons")
    found = [
        lesson_of(file.name.removesuffix(".toml"), file.read_text("utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    ]
    return sorted(found, key=lambda lesson: lesson.order)


def find_lesson(lesson_id: str) -> Lesson | None:
    """Return a lesson by its id, None if there is no such lesson."""
    return next((one for one in all_lessons() if one.lesson_id == lesson_id), None)
