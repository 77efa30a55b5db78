"""Who makes the load: streams of villagers at the counters, and operators who look things up."""

from __future__ import annotations

from functools import partial
from random import Random
from time import perf_counter
from typing import Any

from gevent import sleep
from locust import User, task

from loadtests.counter import Counter, Served
from loadtests.pace import Pace
from loadtests.pos import Pos
from loadtests.wire import GeventWire
from loadtests.worker import Worker


class Villagers(User):
    """A stream of villagers: one visit every so often, whether or not the bank keeps up."""

    def on_start(self) -> None:
        worker = Worker.of(self.environment)
        village = worker.wait_for_village()
        self.dice = Random()
        options = worker.options
        self.pace = Pace.start(1 / options.visits_per_user_s, perf_counter(), self.dice)
        wire = GeventWire(options.host, worker.keys.terminal, options.timeout_s)
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
        self.counter.serve(self.pace.arrive())


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
