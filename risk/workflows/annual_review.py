"""年审: every point once in twelve months, or earlier where the watch asks for it (`35:44`).

What does not comply is ordered to rectify. A review that nobody handed in by its date proposes a
freeze; once handed in, it waits for the bank and no more for the point.
"""

from __future__ import annotations

from risk.deadlines import Allowance
from risk.workflow import CaseKind, Effect, Hands, Move, Needs, Role, State, Workflow

ANNUAL_REVIEW = Workflow(
    kind=CaseKind.ANNUAL_REVIEW,
    title="服务点年审",
    title_en="Annual review",
    states=(
        State(name="open", title="待年审", title_en="To be reviewed",
              allowance=Allowance(working_days=20)),
        State(name="submitted", title="已上报", title_en="Handed in",
              allowance=Allowance(working_days=5)),
        State(name="passed", title="年审合格", title_en="Passed", is_end=True),
        State(name="failed", title="年审不合格", title_en="Failed", is_end=True),
    ),
    moves=(
        Move(action="submit", source="open", to="submitted", effects=(Effect.WRITE_CHECKLIST,),
             title="上报核验结果", title_en="Hand in the checklist"),
        Move(action="overdue", source="open", to="open", role=Role.CLOCK,
             effects=(Effect.PROPOSE_FREEZE,),
             title="逾期未年审", title_en="Not reviewed in time"),
        Move(action="submit", source="submitted", to="submitted",
             effects=(Effect.WRITE_CHECKLIST,),
             title="更正核验结果", title_en="Correct the checklist"),
        Move(action="pass", source="submitted", to="passed", hands=Hands.TWO,
             needs=Needs.PASSING_CHECKLIST, effects=(Effect.PLAN_NEXT_REVIEW,),
             title="年审合格", title_en="Pass"),
        Move(action="fail", source="submitted", to="failed",
             effects=(Effect.PLAN_NEXT_REVIEW, Effect.ORDER_RECTIFICATION),
             title="年审不合格，限期整改", title_en="Fail; order to rectify"),
    ),
)  # fmt: skip
