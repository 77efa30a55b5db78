"""Read a guide: blocks of commands, each with the block of text that it prints."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from loadtests.crew import ROOT

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANYTHING = "…"
END = "---- end of block ----"


@dataclass(frozen=True, slots=True)
class Step:
    """Some commands and what they print; ``printed`` may have ``…`` where anything may stand."""

    commands: str
    printed: str

    def is_so(self, seen: str) -> bool:
        pattern = ".*".join(re.escape(part) for part in self.printed.strip().split(ANYTHING))
        return re.fullmatch(pattern, seen.strip()) is not None


def steps_of(guide: str) -> Iterator[Step]:
    """Give every block ``sh`` with the block ``text`` that follows it, if one does."""
    blocks = [(match[1], match[2]) for match in BLOCK.finditer(guide)]
    for (kind, content), (next_kind, printed) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if kind == "sh":
            yield Step(content, printed if next_kind == "text" else "")


def run(steps: list[Step], instead: Mapping[str, str]) -> list[str]:
    """Run all commands in one shell; return what each block printed."""
    script = "".join(f"{step.commands}\necho '{END}'\n" for step in steps)
    for old, new in instead.items():
        assert old in script, old
        script = script.replace(old, new)
    done = subprocess.run(
        ["bash"], input=script, capture_output=True, text=True, cwd=ROOT, timeout=150, check=False
    )
    *printed, _ = done.stdout.split(f"{END}\n")
    assert len(printed) == len(steps), done.stderr
    assert done.stderr == "", done.stderr
    return printed
