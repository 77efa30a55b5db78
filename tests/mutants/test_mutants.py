"""The mutants themselves: none is stale, and a build that nobody broke is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.catch import ROOT, Mutant, copied, hunt, mutants, named_in, try_mutant

MUTANTS = mutants()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_breaks_one_line_and_somebody_must_notice(mutant: Mutant) -> None:
    assert mutant.occurs() == 1
    assert bool(mutant.tests) != bool(mutant.load)
    assert all((ROOT / test).is_file() for test in mutant.tests)


def test_there_are_enough_of_them_and_the_auditor_has_its_share() -> None:
    assert len(MUTANTS) >= 12
    assert sum(bool(mutant.load) for mutant in MUTANTS) >= 3


def test_a_mutant_is_caught_in_a_copy_and_the_build_stays_whole() -> None:
    mutant = next(m for m in MUTANTS if m.name == "the cut-off comes a minute late")
    before = (ROOT / mutant.file).read_bytes()
    verdict = try_mutant(mutant)
    assert verdict.is_caught
    assert "test_calendar" in verdict.by
    assert (ROOT / mutant.file).read_bytes() == before


def test_a_change_that_breaks_nothing_survives() -> None:
    mutant = next(m for m in MUTANTS if m.name == "the cut-off comes a minute late")
    with copied() as root:
        is_caught, by = hunt(mutant, root)
    assert (is_caught, by) == (False, "exit 0")


def test_a_stale_mutant_survives_loudly(tmp_path: Path) -> None:
    verdict = try_mutant(Mutant(name="old", file="pyproject.toml", old="no such line", new=""))
    assert not verdict.is_caught
    assert "stale" in verdict.by


def test_the_first_failure_is_the_evidence() -> None:
    output = "....\nFAILED tests/a.py::test_one - assert 1 == 2\nFAILED tests/b.py::test_two\n"
    assert named_in(output, "FAILED ") == "tests/a.py::test_one"
    assert named_in("nothing", "FAILED ") == ""
