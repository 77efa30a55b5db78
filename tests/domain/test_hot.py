"""Hot dataclasses are values like frozen ones; that nobody sets a field is what mypy sees to."""

from __future__ import annotations

import pytest
from mypy import api as mypy

from pos_sim.domain.hot import hot_dataclass


@hot_dataclass(frozen=True, slots=True)
class Note:
    """A banknote, which is worth something."""

    fen: int
    serial: str = ""


@hot_dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """Where banknotes lie."""

    notes: int
    fen: int


def test_two_of_the_same_fields_are_the_same_value() -> None:
    assert Note(100, "A1") == Note(100, "A1")
    assert Note(100, "A1") != Note(100, "A2")


def test_the_same_value_has_one_hash_and_is_one_member_of_a_set() -> None:
    assert hash(Note(100, "A1")) == hash(Note(100, "A1"))
    assert {Note(100, "A1"), Note(100, "A1"), Note(100, "A2")} == {Note(100, "A1"), Note(100, "A2")}


def test_there_is_no_room_for_a_field_that_was_not_declared() -> None:
    assert not hasattr(Note(100), "__dict__")
    with pytest.raises(AttributeError):
        object.__setattr__(Note(100), "color", "red")


def test_fields_are_named_where_the_class_asks_for_it() -> None:
    assert Till(fen=100, notes=1) == Till(notes=1, fen=100)
    with pytest.raises(TypeError, match="positional"):
        Till(1, 100)  # type: ignore[call-arg]


def test_what_may_change_is_refused_when_its_class_is_made() -> None:
    with pytest.raises(AssertionError, match="an ordinary dataclass"):

        @hot_dataclass(frozen=False, slots=True)
        class Drawer:
            fen: int


SOURCE = """
from pos_sim.domain.hot import hot_dataclass

@hot_dataclass(frozen=True, slots=True)
class Note:
    fen: int

note = Note(100)
note.fen = 200
"""


def test_setting_a_field_is_refused_by_the_type_checker_that_was_promised() -> None:
    assert "mypy" in (hot_dataclass.__doc__ or "")
    told, _, status = mypy.run(
        ["--strict", "--config-file=", "--cache-dir=/dev/null", "-c", SOURCE]
    )
    assert status == 1
    assert 'Property "fen" defined in "Note" is read-only' in told
    assert told.count("error:") == 1
