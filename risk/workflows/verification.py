"""后督核查: alerts are looked into, and end with 属实, 误报 or 无法认定 (`35:44`).

It is due when the first of its alerts is; without alerts, as one of its severity would be. The
verdict closes the alerts of the case, which labels their hits for back-tests. What a confirmed one
leads to is chosen with it: 限期整改, 提前年审, 冻结建议, 线索报告.
"""

from __future__ import annotations

from risk.workflow import CaseKind, Effect, Hands, Move, State, Workflow

VERIFICATION = Workflow(
    kind=CaseKind.VERIFICATION,
    title="后督核查",
    title_en="Verification",
    by_severity=True,
    states=(
        State(name="open", title="待核查", title_en="Waiting"),
        State(name="taken", title="核查中", title_en="Being looked into"),
        State(name="concluded", title="已认定", title_en="Concluded", is_end=True),
    ),
    moves=(
        Move(action="take", source="open", to="taken", effects=(Effect.TAKE_ALERTS,),
             title="领取", title_en="Take"),
        Move(action="take", source="taken", to="taken", effects=(Effect.TAKE_ALERTS,),
             title="转由本人核查", title_en="Take over"),
        Move(action="conclude", source="taken", to="concluded", hands=Hands.TWO_IF_GRAVE,
             effects=(Effect.FOLLOW_UP, Effect.CLOSE_ALERTS),
             title="认定", title_en="Conclude"),
    ),
)  # fmt: skip
