"""One mutant: a scratch copy of the build, one line broken in it, and who must notice."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

ROOT = Path(__file__).parent.parent.parent
PARTS = ("pos_sim", "api", "risk", "seeds", "migrations", "loadtests", "tests", "pyproject.toml")
LOAD_SECONDS, LOAD_USERS = 5, 30
PATIENCE_S = 180
"""A mutant that makes everything stand still is caught too."""
FAILED_TESTS, BROKEN_PROMISE = 1, 1
"""The exit status that means *caught*: anything else is an accident of the machinery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One way to break the build; the tests or the load profile that must catch it."""

    name: str
    file: str
    old: str
    new: str
    tests: Sequence[str] = ()
    load: str = ""

    def occurs(self, root: Path = ROOT) -> int:
        """Return how often the line to break stands in its file: once, or the mutant is stale."""
        return (root / self.file).read_text("utf-8").count(self.old)

    def spoil(self, root: Path) -> None:
        """Break the copy under ``root``."""
        path = root / self.file
        path.write_text(path.read_text("utf-8").replace(self.old, self.new), "utf-8")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant."""

    mutant: Mutant
    is_caught: bool
    by: str
    seconds: float


def mutants() -> list[Mutant]:
    """Return all mutants."""
    document = tomllib.loads(Path(__file__).with_name("mutants.toml").read_text("utf-8"))
    return [Mutant(**row) for row in document["mutant"]]


@contextmanager
def copied(root: Path = ROOT) -> Iterator[Path]:
    """Give a scratch copy of the build."""
    with TemporaryDirectory(prefix="mutants-") as folder:
        for part in PARTS:
            source, target = root / part, Path(folder) / part
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        yield Path(folder)


def try_mutant(mutant: Mutant) -> Verdict:
    """Break a copy of the build and see who notices."""
    began = monotonic()
    if mutant.occurs() != 1:
        return Verdict(mutant, False, f"stale: occurs {mutant.occurs()} times", 0.0)
    with copied() as root:
        mutant.spoil(root)
        is_caught, by = hunt(mutant, root)
    return Verdict(mutant, is_caught, by, monotonic() - began)


def hunt(mutant: Mutant, root: Path) -> tuple[bool, str]:
    """Run what must catch a mutant; say whether it did, and how."""
    command = load_command(mutant.load, root) if mutant.load else test_command(mutant.tests)
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True,
            timeout=PATIENCE_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return True, f"nothing came back within {PATIENCE_S} s"
    evidence = named_in(done.stdout, "BROKEN ") or named_in(done.stdout, "FAILED ")
    wanted = BROKEN_PROMISE if mutant.load else FAILED_TESTS
    return done.returncode == wanted and bool(evidence), evidence or f"exit {done.returncode}"


def test_command(tests: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-m", "not long", *tests]


def load_command(profile: str, root: Path) -> list[str]:
    """Return the load on a server of the broken build: a port that nobody serves starts one."""
    return [
        sys.executable, "-m", "loadtests", "--profile", profile, "--port", "1", "--size", "village",
        "--seconds", str(LOAD_SECONDS), "--users", str(LOAD_USERS), "--out", str(root / "out"),
    ]  # fmt: skip


def named_in(output: str, mark: str) -> str:
    """Return what the first line says that begins with a mark."""
    lines = (line.removeprefix(mark) for line in output.splitlines() if line.startswith(mark))
    return next(lines, "").split(" - ")[0]
