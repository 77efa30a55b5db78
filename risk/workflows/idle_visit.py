"""闲置走访: somebody goes and looks why a point stands idle (`97:51` 建而未用, 用而难久)."""

from __future__ import annotations

from risk.deadlines import Allowance
from risk.workflow import CaseKind, Effect, Move, State, Workflow

IDLE_VISIT = Workflow(
    kind=CaseKind.IDLE_VISIT,
    title="闲置走访",
    title_en="Idle visit",
    states=(
        State(name="planned", title="待走访", title_en="To be visited",
              allowance=Allowance(working_days=10)),
        State(name="reported", title="已走访", title_en="Reported", is_end=True),
    ),
    moves=(
        Move(action="report", source="planned", to="reported", effects=(Effect.WRITE_OUTCOME,),
             title="登记走访结果", title_en="Report what was found"),
    ),
)  # fmt: skip
