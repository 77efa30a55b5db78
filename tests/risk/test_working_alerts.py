"""Staff and the watch at the same alert: neither loses what the other did."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from pos_sim.domain.calendar import DEMO_START
from pos_sim.store.database import Database
from pos_sim.store.rows import to_us
from risk.alerts import Action, State
from risk.deadlines import MondayToFriday
from risk.store.read_alerts import find_alert
from risk.store.save_hits import Said, save_said
from risk.working_alerts import Step, Worked, work_on
from tests.risk.test_alerts import SOME_HIT

WAITING = text("select count(*) from pg_locks where not granted")
LATER = DEMO_START + timedelta(hours=1)


def hit_again(connection: Connection, number: int) -> str:
    """Let the watch write one more hit about the subject; return its alert."""
    said = Said(SOME_HIT, f"t{number}", "SP1", to_us(DEMO_START) + number)
    ((_, alert_id),) = save_said(connection, [said], MondayToFriday())
    assert alert_id is not None
    return alert_id


def assign(connection: Connection, alert_id: str) -> Worked:
    step = Step(action=Action.ASSIGN, note="跟进", assignee="李核查")
    return work_on(connection, alert_id, step, "anna", LATER)


class Second:
    """Somebody who does work in a thread, and waits if need be."""

    def __init__(self, database: Database, alert_id: str, *, is_staff: bool) -> None:
        def work() -> None:
            if is_staff:
                database.run_now(lambda connection: assign(connection, alert_id))
            else:
                database.run_now(lambda connection: hit_again(connection, 3))

        self.thread = threading.Thread(target=work)

    def waits(self, database: Database) -> bool:
        while self.thread.is_alive():
            if database.read_now(lambda connection: connection.execute(WAITING).scalar_one()):
                return True
            self.thread.join(0.005)
        return False


@pytest.mark.parametrize("staff_is_second", [True, False])
def test_who_comes_second_waits_and_keeps_what_the_first_did(
    shared: Database, staff_is_second: bool
) -> None:
    alert_id = shared.run_now(lambda connection: hit_again(connection, 1))
    other = Second(shared, alert_id, is_staff=staff_is_second)
    with shared.sync_engine.connect() as connection, connection.begin():
        if staff_is_second:
            hit_again(connection, 2)
        else:
            assign(connection, alert_id)
        other.thread.start()
        assert other.waits(shared)
    other.thread.join(5)
    kept = shared.read_now(lambda connection: find_alert(connection, alert_id))
    assert kept is not None
    assert (kept.alert.state, kept.assignee) == (State.ASSIGNED, "李核查")
    assert kept.alert.hit_count == len(kept.alert.transaction_ids) == 2
