"""A freeze and a withdrawal at the same moment: whoever has the point's row first goes first.

Either the withdrawal is decided and the freeze waits for its commit, or the freeze is written and
the withdrawal is stopped. There is no third way, on either database.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random
from time import sleep

import pytest
from sqlalchemy import Connection, text

from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.money import yuan
from pos_sim.engine.post_group import post_group
from pos_sim.store.audit import audit
from pos_sim.store.database import Database
from risk import cases
from risk.case_by_staff import open_by_staff
from risk.case_opening import Wish
from risk.workflow import CLOCK, Actor, Case, CaseKind
from tests.conftest import NewDatabase
from tests.counter import withdrawal
from tests.memory_bank import Suspicious
from tests.worlds import OTHER_POS, POINT, POS, RULES, SECRETS

WAITING = text("select count(*) from pg_locks where not granted")
ANNA = Actor("anna")


def opened(connection: Connection) -> Case:
    wish = Wish(
        kind=CaseKind.FREEZE, service_point_id=POINT, reason="赛跑", by="anna", at=DEMO_START
    )
    return open_by_staff(connection, wish)


def move(action: str, case: Case, actor: Actor = ANNA) -> Callable[[Connection], object]:
    return lambda connection: cases.act(
        connection, case.case_id, action, actor=actor, at=DEMO_START, note="赛跑"
    )


def drawn(connection: Connection, trace: int, terminal: str = POS) -> str:
    """Let a rich villager draw ten yuan on a day of its own; return the code of the answer."""
    at = DEMO_START + timedelta(days=trace)
    request = withdrawal(trace, card="abc_debit", amount=yuan(10), terminal=terminal, at=at)
    (decision,) = post_group(connection, [request], RULES, Suspicious())
    assert decision.transaction is not None
    return decision.transaction.response_code


class Race:
    """One freeze and one withdrawal, each in a process's own connection."""

    def __init__(self, freezing: Database, drawing: Database, number: int) -> None:
        self.freezing, self.drawing = freezing, drawing
        self.chance = Random(number)
        self.seen: Counter[str] = Counter()

    def run(self, rounds: int) -> Counter[str]:
        for number in range(1, rounds + 1):
            self.seen[self.once(number)] += 1
        return self.seen

    def once(self, number: int) -> str:
        """Let both start together; return who was first, as the withdrawal's answer tells."""
        case = self.freezing.run_now(opened)
        start = threading.Barrier(2)
        ahead = self.chance.uniform(-0.003, 0.003)
        thread = threading.Thread(target=self.freeze, args=(case, start, max(ahead, 0)))
        thread.start()
        start.wait()
        sleep(max(-ahead, 0))
        code = self.drawing.run_now(lambda connection: drawn(connection, 2 * number))
        thread.join()
        after = self.drawing.run_now(lambda connection: drawn(connection, 2 * number + 1))
        assert after == "58", "the next transaction feels the freeze"
        self.freezing.run_now(move("lapse", case, CLOCK))
        self.freezing.run_now(move("close", case))
        return {"00": "the freeze waited", "58": "the withdrawal was stopped"}[code]

    def freeze(self, case: Case, start: threading.Barrier, wait_s: float) -> None:
        start.wait()
        sleep(wait_s)
        self.freezing.run_now(move("emergency_freeze", case))


@pytest.mark.parametrize("rounds", [200, pytest.param(5_000, marks=pytest.mark.long)], ids=str)
def test_a_freeze_waits_for_the_withdrawal_or_stops_it(
    new_database: NewDatabase, rounds: int, capsys: pytest.CaptureFixture[str]
) -> None:
    url = new_database()
    one, other = Database(url), Database(url)
    seen = Race(one, other, rounds).run(rounds)
    kind = "SQLite" if one.is_sqlite else "PostgreSQL"
    with capsys.disabled():
        print(f"\n{kind}, {rounds} races:", ", ".join(f"{k} {v}" for k, v in sorted(seen.items())))
    assert seen.total() == rounds
    assert set(seen) == {"the freeze waited", "the withdrawal was stopped"}
    assert one.read_now(lambda connection: audit(connection, SECRETS.key)) == []
    for database in (one, other):
        database.close_now()
    new_database.drop(url)


def waits(database: Database, thread: threading.Thread) -> bool:
    """Say whether somebody comes to wait for a lock before the thread is done."""
    while thread.is_alive():
        if database.read_now(lambda connection: connection.execute(WAITING).scalar_one()):
            return True
        thread.join(0.005)
    return False


def test_a_freeze_waits_while_a_withdrawal_is_being_decided(shared: Database) -> None:
    case = shared.run_now(opened)
    thread = threading.Thread(target=lambda: shared.run_now(move("emergency_freeze", case)))
    with shared.sync_engine.connect() as connection, connection.begin():
        assert drawn(connection, 1) == "00"
        thread.start()
        assert waits(shared, thread)
    thread.join(5)
    assert shared.run_now(lambda connection: drawn(connection, 2)) == "58"


def test_a_withdrawal_waits_while_a_freeze_is_being_written(shared: Database) -> None:
    case = shared.run_now(opened)
    codes: list[str] = []

    def draw() -> None:
        codes.append(shared.run_now(lambda connection: drawn(connection, 1)))

    thread = threading.Thread(target=draw)

    def freeze_slowly(connection: Connection) -> None:
        move("emergency_freeze", case)(connection)
        thread.start()
        assert waits(shared, thread)

    shared.run_now(freeze_slowly)
    thread.join(5)
    assert codes == ["58"]


def test_a_freeze_holds_up_no_other_point(shared: Database) -> None:
    case = shared.run_now(opened)

    def freeze_and_draw(connection: Connection) -> str:
        move("emergency_freeze", case)(connection)
        return shared.run_now(lambda other: drawn(other, 1, terminal=OTHER_POS))

    assert shared.run_now(freeze_and_draw) == "00"
