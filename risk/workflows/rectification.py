"""限期整改: what was found must be put right by a date (`35:44`, `39:45`).

Missing the date, or failing the look afterwards, proposes the exit; missing it proposes a freeze,
too. Work that comes late can still be handed in.
"""

from __future__ import annotations

from pos_sim.domain.service_points import PointStatus
from risk.deadlines import Allowance
from risk.workflow import CaseKind, Effect, Hands, Move, Role, State, Workflow

RECTIFICATION = Workflow(
    kind=CaseKind.RECTIFICATION,
    title="限期整改",
    title_en="Rectification",
    states=(
        State(name="ordered", title="整改中", title_en="Ordered",
              demands=PointStatus.RECTIFYING, allowance=Allowance(working_days=15)),
        State(name="submitted", title="已报整改完成", title_en="Reported as done",
              demands=PointStatus.RECTIFYING, allowance=Allowance(working_days=5)),
        State(name="accepted", title="整改合格", title_en="Accepted", is_end=True),
        State(name="failed", title="整改不合格", title_en="Failed", is_end=True),
    ),
    moves=(
        Move(action="submit", source="ordered", to="submitted",
             title="报告整改完成", title_en="Report it as done"),
        Move(action="extend", source="ordered", to="ordered", hands=Hands.TWO,
             effects=(Effect.EXTEND,),
             title="延长期限", title_en="Extend the deadline"),
        Move(action="overdue", source="ordered", to="ordered", role=Role.CLOCK,
             effects=(Effect.PROPOSE_FREEZE, Effect.PROPOSE_EXIT),
             title="逾期未整改", title_en="Not put right in time"),
        Move(action="accept", source="submitted", to="accepted", hands=Hands.TWO,
             title="整改合格", title_en="Accept"),
        Move(action="reject", source="submitted", to="failed",
             effects=(Effect.PROPOSE_EXIT,),
             title="整改不合格", title_en="Reject"),
    ),
)  # fmt: skip
