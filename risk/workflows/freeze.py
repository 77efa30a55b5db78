"""冻结: red stops everything but reversals. Two hands, or one for a day.

Sanction of `39:45` 冻结服务点交易. An emergency freeze that nobody confirms lapses after 24 hours,
and the one who made it cannot make it again: from then on it takes two.
"""

from __future__ import annotations

from pos_sim.domain.service_points import PointStatus
from risk.deadlines import Allowance
from risk.workflow import CaseKind, Hands, Move, Role, State, Workflow

FREEZE = Workflow(
    kind=CaseKind.FREEZE,
    title="冻结服务点交易",
    title_en="Freeze",
    states=(
        State(name="proposed", title="建议冻结", title_en="Proposed",
              allowance=Allowance(working_days=1)),
        State(name="emergency", title="紧急冻结", title_en="Emergency freeze",
              demands=PointStatus.FROZEN, allowance=Allowance(hours=24)),
        State(name="frozen", title="已冻结", title_en="Frozen",
              demands=PointStatus.FROZEN, allowance=Allowance(working_days=20)),
        State(name="lapsed", title="紧急冻结失效", title_en="Emergency freeze lapsed"),
        State(name="lifted", title="已解冻", title_en="Lifted"),
        State(name="closed", title="已办结", title_en="Closed", is_end=True),
    ),
    moves=(
        Move(action="freeze", source="proposed", to="frozen", hands=Hands.TWO,
             title="冻结", title_en="Freeze"),
        Move(action="emergency_freeze", source="proposed", to="emergency",
             title="紧急冻结", title_en="Freeze at once, for 24 hours"),
        Move(action="close", source="proposed", to="closed",
             title="不予冻结", title_en="Do not freeze"),
        Move(action="confirm", source="emergency", to="frozen", hands=Hands.TWO,
             title="确认冻结", title_en="Confirm the freeze"),
        Move(action="unfreeze", source="emergency", to="lifted", hands=Hands.TWO,
             title="解冻", title_en="Unfreeze"),
        Move(action="lapse", source="emergency", to="lapsed", role=Role.CLOCK,
             title="24小时未确认，自动失效", title_en="Lapse: nobody confirmed within 24 hours"),
        Move(action="freeze", source="lapsed", to="frozen", hands=Hands.TWO,
             title="冻结", title_en="Freeze"),
        Move(action="close", source="lapsed", to="closed",
             title="办结", title_en="Close"),
        Move(action="unfreeze", source="frozen", to="lifted", hands=Hands.TWO,
             title="解冻", title_en="Unfreeze"),
        Move(action="close", source="lifted", to="closed",
             title="办结", title_en="Close"),
    ),
)  # fmt: skip
