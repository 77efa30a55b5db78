"""``make mutants``: break the build on purpose, one way at a time. Exit status 1: one survives."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from tests.mutants.catch import Mutant, Verdict, copied, hunt, mutants, try_mutant


def main() -> int:
    """Try the mutants, print what caught each, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("only", nargs="*", help="parts of names; all without any")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    talk = sys.stderr if wanted.json else sys.stdout
    chosen = [
        mutant for mutant in mutants()
        if not wanted.only or any(part in mutant.name for part in wanted.only)
    ]  # fmt: skip
    if trouble := without_mutants(chosen):
        print(f"the build is broken without any mutant: {trouble}", file=talk)
        return 1
    verdicts = []
    for mutant in chosen:
        verdict = try_mutant(mutant)
        verdicts.append(verdict)
        print(line_of(verdict), file=talk, flush=True)
    survivors = [verdict for verdict in verdicts if not verdict.is_caught]
    print(f"{len(verdicts) - len(survivors)} of {len(verdicts)} mutants caught", file=talk)
    if wanted.json:
        print(json.dumps([asdict(verdict) for verdict in verdicts], ensure_ascii=False, indent=1))
    return int(bool(survivors))


def without_mutants(chosen: Sequence[Mutant]) -> str:
    """Run the same tests on the build as it is; return what fails, which should be nothing."""
    tests = sorted({test for mutant in chosen for test in mutant.tests})
    if not tests:
        return ""
    healthy = Mutant(name="", file="pyproject.toml", old="", new="", tests=tests)
    with copied() as root:
        is_caught, by = hunt(healthy, root)
    return by if is_caught else ""


def line_of(verdict: Verdict) -> str:
    mark = "caught  " if verdict.is_caught else "SURVIVES"
    return f"{mark} {verdict.seconds:5.1f} s  {verdict.mutant.name:<44} {verdict.by}"


if __name__ == "__main__":
    sys.exit(main())
