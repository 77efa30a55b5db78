"""What Locust loads: ``locust -f loadtests/locustfile.py``, with browser or ``--headless``."""

from __future__ import annotations

from typing import Any

from locust import events
from locust.runners import MasterRunner, WorkerRunner

from loadtests.master import Master
from loadtests.options import add_arguments
from loadtests.shapes import ProfileShape
from loadtests.users import Operators, Villagers
from loadtests.worker import Worker

__all__ = ["Operators", "ProfileShape", "Villagers"]

STOP_WITHIN_S = 30
"""How long visits may take to end when a run is over; more than a terminal waits for an answer."""


@events.init_command_line_parser.add_listener
def add_options(parser: Any) -> None:
    add_arguments(parser)


@events.init.add_listener
def take_roles(environment: Any, runner: Any, **_more: Any) -> None:
    """One process is master, worker, or both."""
    environment.stop_timeout = max(environment.stop_timeout or 0, STOP_WITHIN_S)
    if not isinstance(runner, MasterRunner):
        Worker(environment)
    if not isinstance(runner, WorkerRunner):
        Master(environment)
