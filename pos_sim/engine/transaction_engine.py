"""What the outside may ask of the bank: perform a request, find a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pos_sim.domain.decision import Decision
from pos_sim.domain.gather import Rules
from pos_sim.domain.requests import Key, Request
from pos_sim.domain.transactions import Transaction
from pos_sim.engine.group_commit import GroupCommit
from pos_sim.engine.monitor import Monitor
from pos_sim.engine.post_group import post_group
from pos_sim.store.book_rows import read_transactions
from pos_sim.store.database import Database, StoreCrossed, StoreError


class KeyReused(Exception):
    """The key was used before with other content; nothing was done."""

    def __init__(self, key: Key) -> None:
        super().__init__(f"{key.transaction_id} was used before with other content")
        self.key = key


def would_meet_everybody(error: Exception) -> bool:
    """Say whether an error of a group would meet each of its members alone, too."""
    return isinstance(error, StoreError) and not isinstance(error, StoreCrossed)


class TransactionEngine:
    """Performs requests in groups, one transaction a group."""

    def __init__(
        self,
        database: Database,
        rules: Rules,
        monitor: Monitor,
        *,
        group_max: int = 128,
        queue_max: int = 4_096,
    ) -> None:
        self._database = database
        self.rules = rules
        self.monitor = monitor
        self.groups: GroupCommit[Request, Decision] = GroupCommit(
            self._commit,
            group_max=group_max,
            queue_max=queue_max,
            is_hopeless=would_meet_everybody,
        )

    async def perform(self, request: Request) -> Decision:
        """Return what became of ``request``.

        Raises `KeyReused`; `Busy` and `NothingDone` (nothing was done); `Closing` and `StoreGone`
        (not known: ask by key, or send the same key again).
        """
        decision = await self.groups.submit(request)
        if decision.transaction is None:
            raise KeyReused(request.key)
        return decision

    def perform_now(self, requests: Sequence[Request]) -> list[Decision]:
        """Perform ``requests`` as one group, without an event loop."""
        return self._database.run_brief_now(self._posting(requests))

    async def find(self, key: Key) -> Transaction | None:
        """Return the transaction with this key, None when the bank has never seen it."""
        found = await self._database.read(
            lambda connection: read_transactions(connection, [key.transaction_id])
        )
        return found.get(key.transaction_id)

    async def close(self) -> None:
        """Answer everybody who waits, then stop."""
        await self.groups.close()

    async def _commit(self, requests: Sequence[Request]) -> list[Decision]:
        return await self._database.run_brief(self._posting(requests))

    def _posting(self, requests: Sequence[Request]) -> partial[list[Decision]]:
        return partial(post_group, requests=requests, rules=self.rules, monitor=self.monitor)
