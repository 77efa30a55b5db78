"""退出: stop, settle what is open, recover the terminals, close (`35:44`, `39:45`).

From the stop on the point answers 58, once closed 03; reversals go on for ever. Two people may
refuse an exit that was only proposed.
"""

from __future__ import annotations

from pos_sim.domain.service_points import PointStatus
from risk.deadlines import Allowance
from risk.workflow import CaseKind, Effect, Hands, Move, State, Workflow

EXIT = Workflow(
    kind=CaseKind.EXIT,
    title="服务点退出",
    title_en="Exit",
    states=(
        State(name="proposed", title="建议退出", title_en="Proposed",
              allowance=Allowance(working_days=10)),
        State(name="stopped", title="已停业", title_en="Stopped",
              demands=PointStatus.FROZEN, allowance=Allowance(working_days=5)),
        State(name="settled", title="已清算", title_en="Settled",
              demands=PointStatus.FROZEN, allowance=Allowance(working_days=5)),
        State(name="recovered", title="终端已回收", title_en="Terminals recovered",
              demands=PointStatus.FROZEN, allowance=Allowance(working_days=5)),
        State(name="exited", title="已退出", title_en="Exited",
              demands=PointStatus.EXITED, is_end=True),
        State(name="refused", title="不予退出", title_en="Stays", is_end=True),
    ),
    moves=(
        Move(action="stop", source="proposed", to="stopped",
             title="停止业务", title_en="Stop business"),
        Move(action="close", source="proposed", to="refused", hands=Hands.TWO,
             title="不予退出", title_en="Let it stay"),
        Move(action="settle", source="stopped", to="settled", effects=(Effect.SETTLE,),
             title="清算", title_en="Settle what is open"),
        Move(action="recover_terminal", source="settled", to="recovered",
             effects=(Effect.RECOVER_TERMINALS,),
             title="回收终端", title_en="Recover the terminals"),
        Move(action="close", source="recovered", to="exited", hands=Hands.TWO,
             effects=(Effect.DEREGISTER,),
             title="注销", title_en="Deregister"),
    ),
)  # fmt: skip
