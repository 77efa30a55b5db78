"""Who makes the load: streams of villagers at the counters, and operators who look things up."""

from __future__ import annotations

from functools import partial
from random import Random
from time import perf_counter
from typing import Any

from gevent import sleep
from locust import User, between, task

from loadtests.counter import Counter, Served
from loadtests.pace import Pace
from loadtests.pos import NoAnswer, Pos
from loadtests.wire import GeventWire
from loadtests.worker import Worker

OPERATORS = 1
"""So many of the users look things up; they come on top of the villagers."""


class Villagers(User):
    """A stream of villagers: one visit every so often, whether or not the bank keeps up."""

    is_leaving = False

    def on_start(self) -> None:
        worker = Worker.of(self.environment)
        village = worker.wait_for_village()
        self.dice = Random()
        options = worker.options
        self.pace = Pace.start(1 / options.visits_per_user_s, perf_counter(), self.dice)
        wire = GeventWire(self.dice.choice(options.hosts), worker.keys.terminal, options.timeout_s)
        self.counter = Counter(
            village=village,
            profile=options.profile,
            pos=Pos(
                wire,
                now=perf_counter,
                sleep=sleep,
                patience_s=options.patience_s,
                troubles=worker.ledger.troubles,
            ),
            ledger=worker.ledger,
            tell=partial(tell, self.environment),
            dice=self.dice,
        )

    def wait_time(self) -> float:
        return self.pace.wait(perf_counter())

    @task
    def visit(self) -> None:
        """Serve the next visit; one that had to queue counts from when it came."""
        wait = self.pace.wait(perf_counter())
        if wait > 0:
            sleep(wait)
        if not self.is_leaving:
            self.counter.serve(self.pace.arrive())

    def stop(self, force: bool = False) -> bool:
        """Leave after the visit at hand.

        Who is waiting is killed a moment later, and would have begun a visit by then.
        """
        self.is_leaving = True
        return bool(super().stop(force))


class Operators(User):
    """An operator who looks things up for customers: a bill, a payee's name, an earlier answer."""

    fixed_count = OPERATORS
    wait_time = between(0.2, 0.8)

    def on_start(self) -> None:
        worker = Worker.of(self.environment)
        self.village, self.ledger = worker.wait_for_village(), worker.ledger
        options = worker.options
        self.wire = GeventWire(options.host, worker.keys.terminal, options.timeout_s)
        self.dice = Random()

    @task
    def ask_for_a_bill(self) -> None:
        if self.village.bills:
            bill = self.dice.choice(self.village.bills)
            self.look_up("bill", f"/v1/billers/{bill['biller_id']}/bills/{bill['bill_no']}")

    @task
    def ask_for_a_name(self) -> None:
        payee = self.dice.choice(self.village.payees)
        self.look_up("payee", f"/v1/payees/{payee['account_no']}")

    @task
    def find_an_answer(self) -> None:
        if self.ledger.notes:
            self.look_up("find", f"/v1/transactions/{self.dice.choice(self.ledger.notes)['id']}")

    def look_up(self, what: str, path: str) -> None:
        """Ask, and put the answer into the statistics: what is there must be found."""
        since = perf_counter()
        try:
            reply = self.wire.get(path)
        except NoAnswer:
            self.ledger.troubles.unknown += 1
            return
        wrong = None if reply.status in (200, 503) else f"HTTP {reply.status} for {path}"
        self.environment.events.request.fire(
            request_type="GET",
            name=what,
            response_time=(perf_counter() - since) * 1_000,
            response_length=len(reply.content),
            exception=None if wrong is None else Wrong(wrong),
            context={},
        )


def tell(environment: Any, served: Served) -> None:
    """Put an answer into the statistics; an unexpected code is a failure, a refusal is none."""
    environment.events.request.fire(
        request_type="POST",
        name=served.business,
        response_time=served.ms,
        response_length=served.size,
        exception=None if served.wrong is None else Wrong(served.wrong),
        context={},
    )


class Wrong(Exception):
    """An answer that is not in order; says which request."""
