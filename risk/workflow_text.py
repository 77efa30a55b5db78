"""The workflows as people read them: a table of moves and a Mermaid diagram each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from risk.deadlines import Allowance
from risk.workflow import Hands, Move, Needs, Role, State, Workflow

ROLES = {Role.STAFF: "maker / checker", Role.CLOCK: "clock 时钟"}
HANDS = {Hands.ONE: "1", Hands.TWO: "2", Hands.TWO_IF_GRAVE: "1; 2 for high and critical"}


def markdown(workflow: Workflow) -> str:
    """Return one workflow as a chapter: its states, its moves, its diagram."""
    return "\n".join(
        [
            f"## {workflow.title} · {workflow.title_en} (`{workflow.kind}`)",
            "",
            *table(
                ("state", "中文", "English", "point", "time"),
                (state_row(workflow, one) for one in workflow.states),
            ),
            "",
            *table(
                ("action", "from", "to", "who", "hands", "effects", "中文", "English"),
                map(move_row, workflow.moves),
            ),
            "",
            "```mermaid",
            *diagram(workflow),
            "```",
            "",
        ]
    )


def diagram(workflow: Workflow) -> list[str]:
    """Return the lines of a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {workflow.first.name}"]
    lines += [f"    {state.name} : {state.title} {state.title_en}" for state in workflow.states]
    lines += [
        f"    {move.source} --> {move.to} : {move.action}{star(move)}" for move in workflow.moves
    ]
    return lines + [f"    {state.name} --> [*]" for state in workflow.states if state.is_end]


def star(move: Move) -> str:
    """Return the mark of a move: ``*`` two hands, ``(clock)`` none."""
    if move.role is Role.CLOCK:
        return " (clock)"
    return "" if move.hands is Hands.ONE else "*"


def as_json(workflow: Workflow) -> dict[str, Any]:
    """Return one workflow as plain values."""
    return {
        "kind": workflow.kind.value,
        "title": workflow.title,
        "title_en": workflow.title_en,
        "by_severity": workflow.by_severity,
        "states": [
            {
                "state": state.name,
                "title": state.title,
                "title_en": state.title_en,
                "point_status": state.demands.value if state.demands else None,
                "hours": state.allowance.hours if state.allowance else None,
                "working_days": state.allowance.working_days if state.allowance else None,
                "is_end": state.is_end,
            }
            for state in workflow.states
        ],
        "moves": [
            {
                "action": move.action,
                "from": move.source,
                "to": move.to,
                "role": move.role.value,
                "hands": move.hands.value,
                "needs": move.needs.value,
                "effects": [effect.value for effect in move.effects],
                "title": move.title,
                "title_en": move.title_en,
            }
            for move in workflow.moves
        ],
    }


def state_row(workflow: Workflow, state: State) -> tuple[str, ...]:
    end = " (end)" if state.is_end else ""
    return (
        f"`{state.name}`{end}",
        state.title,
        state.title_en,
        f"`{state.demands}`" if state.demands else "",
        "by severity" if workflow.by_severity and not state.is_end else time_text(state.allowance),
    )


def move_row(move: Move) -> tuple[str, ...]:
    needs = "" if move.needs is Needs.NOTHING else f"; needs {move.needs}"
    return (
        f"`{move.action}`",
        f"`{move.source}`",
        f"`{move.to}`",
        ROLES[move.role],
        HANDS[move.hands] if move.role is Role.STAFF else "",
        ", ".join(f"`{effect}`" for effect in move.effects) + needs,
        move.title,
        move.title_en,
    )


def time_text(allowance: Allowance | None) -> str:
    """Return how long a case may rest.

    >>> time_text(Allowance(working_days=15)), time_text(Allowance(hours=24))
    ('15 working days', '24 h')
    """
    if allowance is None:
        return ""
    if allowance.hours:
        return f"{allowance.hours} h"
    days = allowance.working_days
    return f"{days} working day{'s' if days > 1 else ''}"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Return the lines of a Markdown table."""
    names = list(head)
    return [line_of(names), line_of("---" for _ in names), *map(line_of, rows)]


def line_of(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
