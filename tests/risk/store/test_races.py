"""Two processes on one PostgreSQL: both can't see the old count, and no alert is lost.

Each process has a monitor of its own, with a memory of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import select, text

from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.money import yuan
from pos_sim.domain.requests import Request
from pos_sim.engine.post_group import post_group
from pos_sim.store.database import Database
from risk.monitor import RiskMonitor
from risk.store.tables import risk_alerts, risk_hits, risk_point_days
from tests.conftest import PostgresCopies
from tests.counter import inquiry, transfer, withdrawal
from tests.risk.watched import FOURTH, MINUTE, THIRD, build, new_monitor
from tests.worlds import MOBILE, OTHER_POS, POS, RULES, WRONG_PIN

WAITING = text("select count(*) from pg_locks where not granted")


class Process:
    """One process: its connections and its monitor; what it is asked, it answers in a thread."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.monitor: RiskMonitor = new_monitor()
        self.error: Exception | None = None

    def ask(self, requests: Sequence[Request]) -> None:
        self.database.run_now(lambda c: post_group(c, requests, RULES, self.monitor))

    def begin(self, requests: Sequence[Request]) -> threading.Thread:
        thread = threading.Thread(target=self._try, args=(requests,))
        thread.start()
        return thread

    def _try(self, requests: Sequence[Request]) -> None:
        try:
            self.ask(requests)
        except Exception as error:
            self.error = error


@pytest.fixture
def processes(postgres_worlds: PostgresCopies) -> Iterator[tuple[Process, Process]]:
    url = postgres_worlds()
    both = Process(url), Process(url)
    both[0].database.run_now(build)
    yield both
    for process in both:
        process.database.close_now()
    postgres_worlds.drop(url)


def race(
    processes: tuple[Process, Process], first: Sequence[Request], second: Sequence[Request]
) -> None:
    """Let the second ask when the first has decided and not yet committed."""
    one, other = processes
    with one.database.sync_engine.connect() as connection, connection.begin():
        post_group(connection, first, RULES, one.monitor)
        thread = other.begin(second)
        while thread.is_alive() and not one.database.read_now(waiting):
            thread.join(0.005)
    thread.join(10)
    assert not thread.is_alive()
    assert other.error is None, other.error


def waiting(connection: object) -> int:
    return int(connection.execute(WAITING).scalar_one())  # type: ignore[attr-defined]


def observed(process: Process, rule_id: str) -> list[float]:
    query = select(risk_hits.c.observed).where(risk_hits.c.rule_id == rule_id)
    return sorted(process.database.read_now(lambda c: list(c.execute(query).scalars())))


def test_two_points_cannot_both_see_the_old_count_of_a_card(
    processes: tuple[Process, Process],
) -> None:
    processes[0].ask([withdrawal(1), withdrawal(1, terminal=OTHER_POS)])
    race(processes, [withdrawal(1, terminal=THIRD)], [withdrawal(1, terminal=FOURTH)])
    assert observed(processes[0], "R09") == [3, 4]


CREW = (
    "gyb_debit",
    "gyb_rural",
    "grcu_social",
    "grcu_debit",
    "abc_debit",
    "out_debit",
    "ccb_debit",
)


def big(number: int, terminal: str = OTHER_POS) -> Request:
    at = DEMO_START + number * MINUTE
    return withdrawal(number + 1, card=CREW[number], amount=yuan(1_700), terminal=terminal, at=at)


def test_two_machines_cannot_both_see_the_old_count_of_their_point(
    processes: tuple[Process, Process],
) -> None:
    one, other = processes
    one.ask([big(0), big(1)])
    other.ask([big(2), big(3)])  # each finds in the database what the other did
    one.ask([big(4)])
    race(processes, [big(5)], [big(6, terminal=MOBILE)])
    assert observed(one, "R06") == [6, 7]
    (alert,) = one.database.read_now(lambda c: list(c.execute(select(risk_alerts)).all()))
    assert (alert.hit_count, alert.observed) == (2, 7)


def test_a_point_day_counts_what_both_did(processes: tuple[Process, Process]) -> None:
    one, other = processes
    for number in range(6):
        (one, other)[number % 2].ask([inquiry(number + 1)])
    race(processes, [inquiry(7)], [inquiry(8)])
    days = one.database.read_now(lambda c: list(c.execute(select(risk_point_days)).all()))
    assert [day.requests for day in days] == [8]


def test_two_subjects_of_one_rule_are_raised_without_a_deadlock(
    processes: tuple[Process, Process],
) -> None:
    """Many groups at once, each with hits about the same payee, in all orders."""
    payees = ("poor", "abc_own")
    cards = (("gyb_debit", "grcu_debit", "grcu_social"), ("abc_debit", "ccb_debit", "gyb_rural"))
    for n, card in enumerate((*cards[0], *cards[1])):
        for place, payee in enumerate(payees):
            processes[0].ask([transfer(40 + 2 * n + place, card=card, payee=payee)])
    before = total(processes[0])
    threads = []
    for place, process in enumerate(processes):
        groups = [
            [
                transfer(
                    100 + 100 * place + 10 * n + k, card=card, payee=payees[(n + place + k) % 2]
                )
                for k, card in enumerate(cards[place])
            ]
            for n in range(6)
        ]
        threads.append(threading.Thread(target=ask_all, args=(process, groups)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    assert [process.error for process in processes] == [None, None]
    assert total(processes[0]) == before + 36


def ask_all(process: Process, groups: Sequence[Sequence[Request]]) -> None:
    try:
        for group in groups:
            process.ask(group)
    except Exception as error:
        process.error = error


def total(process: Process) -> int:
    """Return how many hits the alerts about payees count; as many as there are hits."""
    alerts = select(risk_alerts.c.hit_count).where(risk_alerts.c.rule_id == "R16")
    counted: int = sum(process.database.read_now(lambda c: list(c.execute(alerts).scalars())))
    assert counted == len(observed(process, "R16"))
    return counted


def test_wrong_pins_are_counted_across_processes(processes: tuple[Process, Process]) -> None:
    wrong = [
        inquiry(n, terminal=terminal, pin=WRONG_PIN)
        for n, terminal in enumerate((POS, OTHER_POS, THIRD), start=1)
    ]
    processes[0].ask(wrong[:1])
    race(processes, wrong[1:2], wrong[2:])
    assert observed(processes[0], "R13") == [3]
