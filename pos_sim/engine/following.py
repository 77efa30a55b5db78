"""Every process follows the policies that two people published, before the clock reaches them.

A published version begins on a later business date. So it is enough to look before the clock
moves, and again and again while it runs: no group needs to ask.
"""

from __future__ import annotations

from sqlalchemy import Connection

from pos_sim.domain.policy import PolicySet
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.policy_store import all_policies, read_stamp, with_published


async def follow_policies(sandbox: Sandbox) -> None:
    """Take over what was published since the last look, in this process or another."""
    _take(sandbox, await sandbox.database.read(lambda c: _news(c, sandbox)))


def follow_policies_now(sandbox: Sandbox) -> None:
    """The same without an event loop."""
    _take(sandbox, sandbox.database.read_now(lambda c: _news(c, sandbox)))


def _news(connection: Connection, sandbox: Sandbox) -> tuple[str, PolicySet] | None:
    """Return the new stamp and set, None when nothing was published since."""
    stamp = read_stamp(connection)
    if stamp == sandbox.policy_stamp:
        return None
    return stamp, with_published(sandbox.base_policies, all_policies(connection))


def _take(sandbox: Sandbox, news: tuple[str, PolicySet] | None) -> None:
    if news is not None:
        stamp, policies = news
        sandbox.use(policies, stamp)
