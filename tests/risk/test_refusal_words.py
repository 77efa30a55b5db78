"""Every refusal that a reader of rules or policies can write has its words in Chinese."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import pos_sim.domain
import risk
from risk.refusal_words import in_chinese

READERS = (
    *(Path(pos_sim.domain.__path__[0]) / name for name in
      ("documents.py", "policy.py", "policy_rows.py")),
    *(Path(risk.__path__[0]) / name for name in
      ("pages.py", "rule_rows.py", "clause_rows.py", "rulebook.py", "overrides.py", "releases.py",
       "sentences.py")),
)  # fmt: skip
SAYS = frozenset({"error", "PolicyError", "RulebookError", "mistake", "ValueError"})


def written() -> Iterator[str]:
    """Give each message as it would be written, a 7 in every blank."""
    for path in READERS:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and name_of(node.func) in SAYS and node.args:
                yield from text_of(node.args[-1])
            if isinstance(node, ast.Assign) and name_of(node.targets[0]) == "message":
                yield from text_of(node.value)


def name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def text_of(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(one.value) if isinstance(one, ast.Constant) else "7"
                      for one in node.values)  # fmt: skip


MESSAGES = sorted({one for one in written() if " " in one and not one.startswith("7: ")})


def test_the_readers_were_read() -> None:
    assert len(MESSAGES) > 40


@pytest.mark.parametrize("message", MESSAGES)
def test_a_refusal_is_told_in_chinese(message: str) -> None:
    chinese = in_chinese(message)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese), chinese
