"""The house: what all pages share, whoever comes in by the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itsdangerous import URLSafeTimedSerializer
from jinja2 import Environment

from api.auth import Keyring
from api.console.assets import Assets
from api.console.lesson_store import Attempt
from api.console.session import Sessions
from api.console.shared import Shared
from api.console.stream.feed import Feed
from api.console.together import Together
from pos_sim.engine.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Console:
    """What all pages share."""

    sandbox: Sandbox
    keyring: Keyring
    sessions: Sessions
    flashes: URLSafeTimedSerializer
    assets: Assets
    templates: Environment
    feed: Feed
    seats: Shared[Sequence[Attempt]]
    lists: Together
    built: frozenset[str]
