"""What a run is told: on the command line, in the environment, or in the browser."""

from __future__ import annotations

import os
import re
from argparse import Namespace
from dataclasses import dataclass
from typing import Any

from loadtests.bank import ApiKeys
from loadtests.profiles import Profile, shipped

USERS = 50
HOST = "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a run; seconds, and visits that each user makes in a second."""

    profile: Profile
    hosts: tuple[str, ...]
    """Addresses of API replicas; each counter keeps to one, as behind a balancer."""
    users: int
    seconds: float
    visits_per_user_s: float
    shared_permille: int
    timeout_s: float
    patience_s: float
    audit_s: float
    freeze: int
    summary: str

    @property
    def host(self) -> str:
        """Return the address that the master asks."""
        return self.hosts[0]

    @classmethod
    def of(cls, environment: Any) -> Options:
        """Return the options of a Locust environment; what isn't said is the profile's own."""
        parsed: Namespace = environment.parsed_options
        profile = shipped()[parsed.load_profile]
        return cls(
            profile=profile,
            hosts=hosts_of(environment.host or parsed.host or HOST),
            users=parsed.num_users or USERS,
            seconds=float(seconds_of(parsed.run_time) or profile.seconds),
            visits_per_user_s=parsed.visits_per_user_s,
            shared_permille=parsed.shared_permille,
            timeout_s=parsed.answer_timeout_s,
            patience_s=parsed.patience_s,
            audit_s=parsed.audit_s,
            freeze=parsed.freeze_points,
            summary=parsed.summary_json,
        )


def hosts_of(text: str) -> tuple[str, ...]:
    """Return one or several addresses, separated by commas.

    >>> hosts_of("http://10.0.0.2:8000/, http://10.0.0.3:8000")
    ('http://10.0.0.2:8000', 'http://10.0.0.3:8000')
    """
    return tuple(host.strip().rstrip("/") for host in text.split(",") if host.strip())


def add_arguments(parser: Any) -> None:
    """Add the options to Locust's own; each is also an environment variable LOCUST_…"""
    parser.add_argument(
        "--load-profile", choices=list(shipped()), default="steady", env_var="LOCUST_LOAD_PROFILE"
    )
    parser.add_argument(
        "--visits-per-user-s", type=float, default=2.0, help="Visits a user begins in a second"
    )
    parser.add_argument(
        "--shared-permille", type=int, default=0, help="Points that all workers use, in a thousand"
    )
    parser.add_argument(
        "--answer-timeout-s", type=float, default=10.0, help="After so long a terminal reverses"
    )
    parser.add_argument(
        "--patience-s", type=float, default=60.0, help="How long a terminal tries the same key"
    )
    parser.add_argument(
        "--audit-s", type=float, default=120.0, help="The longest audit after the run, seconds"
    )
    parser.add_argument(
        "--freeze-points", type=int, default=0, help="Points to freeze in the middle of the run"
    )
    parser.add_argument("--summary-json", default="", help="Where the summary goes, as JSON")


def seconds_of(run_time: object) -> float | None:
    """Return a run time in seconds; None where there is none.

    >>> seconds_of("1h30m"), seconds_of(45), seconds_of("90"), seconds_of(None)
    (5400.0, 45.0, 90.0, None)
    """
    if not run_time:
        return None
    text = str(run_time)
    if text.isdigit():
        return float(text)
    parts = re.findall(r"([0-9]+)([hms])", text)
    return sum(float(number) * {"h": 3_600, "m": 60, "s": 1}[unit] for number, unit in parts)


def api_keys() -> ApiKeys:
    """Return the API keys of a run, from the environment; the demo world's by default."""
    given = {
        name: os.environ[variable]
        for name in ApiKeys.__slots__
        if (variable := f"POS_SIM_LOAD_{name.upper()}_KEY") in os.environ
    }
    return ApiKeys(**given)
