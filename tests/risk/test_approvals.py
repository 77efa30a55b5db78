"""Two people: the shell decides once, and the database repeats who may."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from pos_sim.domain.calendar import DEMO_START
from pos_sim.store.database import Database
from risk.approvals import (
    AlreadyProposed,
    Approval,
    Choice,
    Effects,
    OwnApproval,
    StaleApproval,
    decide,
    find,
    propose,
)
from tests.conftest import NewDatabase

done: list[tuple[str, str]] = []
EFFECTS = {
    ("note", "write"): Effects(
        lambda connection, approval: done.append(("approved", approval.subject_id)),
        lambda connection, approval: done.append(("rejected", approval.subject_id)),
    )
}


@pytest.fixture(autouse=True)
def _nothing_done() -> None:
    done.clear()


def proposed(connection: Connection, subject_id: str = "N1") -> Approval:
    return propose(
        connection,
        kind="note",
        subject_id=subject_id,
        action="write",
        payload={"words": "写一句"},
        maker="anna",
        at=DEMO_START,
    )


def decided(connection: Connection, approval_id: str, **changes: Any) -> Approval:
    asked: dict[str, Any] = {
        "by": "bert",
        "at": DEMO_START + timedelta(hours=1),
        "note": "好",
    } | changes
    choice = asked.pop("choice", Choice.APPROVE)
    return decide(connection, approval_id, choice, effects=EFFECTS, **asked)


def test_what_was_proposed_is_found_again(connection: Connection) -> None:
    made = proposed(connection)
    assert find(connection, made.approval_id) == made
    assert find(connection, "AP-none") is None


@pytest.mark.parametrize(
    ("choice", "what"), [(Choice.APPROVE, "approved"), (Choice.REJECT, "rejected")]
)
def test_a_decision_has_its_effect_once(connection: Connection, choice: Choice, what: str) -> None:
    made = proposed(connection)
    after = decided(connection, made.approval_id, choice=choice)
    assert find(connection, made.approval_id) == after
    assert (after.checker, after.choice, after.note) == ("bert", choice, "好")
    for again in Choice:
        with pytest.raises(StaleApproval):
            decided(connection, made.approval_id, by="cora", choice=again)
    assert done == [(what, "N1")]


def test_nobody_decides_the_own_proposal(connection: Connection) -> None:
    made = proposed(connection)
    for choice in Choice:
        with pytest.raises(OwnApproval):
            decided(connection, made.approval_id, by="anna", choice=choice)
    assert done == []


def test_an_approval_that_never_was(connection: Connection) -> None:
    with pytest.raises(LookupError):
        decided(connection, "AP-none")


def test_a_subject_waits_for_one_decision_at_a_time(connection: Connection) -> None:
    made = proposed(connection)
    with pytest.raises(AlreadyProposed):
        proposed(connection)
    proposed(connection, "N2")
    decided(connection, made.approval_id)
    proposed(connection)


def test_an_effect_that_comes_too_late_leaves_the_proposal_open(connection: Connection) -> None:
    def overtaken(connection: Connection, approval: Approval) -> None:
        raise StaleApproval("overtaken")

    made = proposed(connection)
    effects = {("note", "write"): Effects(overtaken)}
    with pytest.raises(StaleApproval):
        decide(
            connection, made.approval_id, Choice.APPROVE, by="bert", at=DEMO_START, note="",
            effects=effects,
        )  # fmt: skip
    assert find(connection, made.approval_id) == made


BROKEN: tuple[tuple[str, str], ...] = (
    ("the maker as checker", "update approvals set checker = maker, decision = 'approve',"
                             " decided_us = 1"),
    ("a decision of nobody", "update approvals set decision = 'approve', decided_us = 1"),
    ("a checker without decision", "update approvals set checker = 'bert'"),
    ("another word", "update approvals set checker = 'bert', decision = 'maybe', decided_us = 1"),
)  # fmt: skip


@pytest.mark.parametrize("statement", [row[1] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_the_database_refuses(connection: Connection, statement: str) -> None:
    proposed(connection)
    with pytest.raises(IntegrityError):
        connection.execute(text(statement))


VERSION = (
    "insert into risk_rule_versions (rule_id, version, canonical, checksum, mode, status,"
    " effective_from, maker, checker, note)"
    " values ('R01', 2, '', '', 'shadow', 'live', '2026-03-02', 'anna', {checker}, '')"
)
SUPPRESSION = (
    "insert into risk_suppressions (suppression_id, rule_id, scope_kind, scope_value, from_us,"
    " until_us, reason, maker, checker)"
    " values ('S1', 'R01', 'card', '1', 0, 86400000001, '', 'anna', {checker})"
)
ENTRY = (
    "insert into risk_list_entries (entry_id, name, value, from_us, until_us, source, maker,"
    " checker) values ('E1', 'blocked-cards', '1', 0, 86400000001, '', 'anna', {checker})"
)


@pytest.mark.parametrize("statement", [VERSION, SUPPRESSION, ENTRY])
@pytest.mark.parametrize("checker", ["null", "'anna'"])
def test_the_database_wants_two_people_for_the_work_itself(
    connection: Connection, statement: str, checker: str
) -> None:
    with pytest.raises(IntegrityError):
        connection.execute(text(statement.format(checker=checker)))


def test_of_two_who_decide_at_once_one_comes_too_late(new_database: NewDatabase) -> None:
    url = new_database()
    database = Database(url)
    made = database.run_now(proposed)
    outcomes: list[str] = []

    def deciding(by: str) -> Callable[[], None]:
        def work() -> None:
            try:
                database.run_now(lambda c: decided(c, made.approval_id, by=by))
                outcomes.append("decided")
            except StaleApproval:
                outcomes.append("stale")

        return work

    threads = [threading.Thread(target=deciding(by)) for by in ("bert", "cora")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close_now()
    new_database.drop(url)
    assert sorted(outcomes) == ["decided", "stale"]
    assert len(done) == 1


def test_what_was_proposed_about_a_subject_is_found_by_an_index(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        ask = "explain query plan select * from approvals"
    else:
        connection.exec_driver_sql("set enable_seqscan = off")  # so small a table is just read
        ask = "explain select * from approvals"
    where = " where subject_kind = 'case' and subject_id = 'C1' order by made_us, approval_id"
    plan = str(connection.exec_driver_sql(ask + where).fetchall())
    assert "ix_approvals_about" in plan
