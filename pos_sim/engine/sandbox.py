"""One sandbox: database, clock, policies, keys, monitor and engine. Several live in one process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from pos_sim.domain.calendar import SHANGHAI, Clock
from pos_sim.domain.cards import CardSecrets
from pos_sim.domain.gather import Rules
from pos_sim.domain.policy import PolicySet
from pos_sim.engine.monitor import AllowAll, FollowsPolicies, Monitor
from pos_sim.engine.transaction_engine import TransactionEngine
from pos_sim.store.database import Database
from pos_sim.store.world import WorldFacts


class SandboxClock:
    """Real time plus the sandbox's offset, which is a row that all processes share."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return (datetime.now(UTC) + self.offset).astimezone(SHANGHAI)

    def with_offset(self, offset: timedelta) -> SandboxClock:
        """Return a clock that is so far from real time."""
        return SandboxClock(offset)


@dataclass(slots=True)
class Sandbox:
    """Everything that belongs to one simulated world.

    ``base_policies`` are those that it was opened with; ``policies`` has those that two people
    published beside them, as of ``policy_stamp``.
    """

    database: Database
    clock: Clock
    policies: PolicySet
    secrets: CardSecrets
    monitor: Monitor
    engine: TransactionEngine
    world: WorldFacts
    base_policies: PolicySet
    policy_stamp: str = ""

    @classmethod
    def of(
        cls,
        database: Database,
        world: WorldFacts,
        policies: PolicySet,
        *,
        secret: str | None = None,
        clock: Clock | None = None,
        monitor: Monitor | None = None,
        group_max: int = 128,
        queue_max: int = 4_096,
    ) -> Sandbox:
        """Put a sandbox together over a migrated and seeded database."""
        secrets = CardSecrets(secret_key(secret or demo_secret(world.seed)))
        monitor = monitor or AllowAll()
        engine = TransactionEngine(
            database,
            Rules(policies, secrets),
            monitor,
            group_max=group_max,
            queue_max=queue_max,
        )
        clock = clock or SandboxClock(world.clock_offset)
        return cls(database, clock, policies, secrets, monitor, engine, world, policies)

    def use(self, policies: PolicySet, stamp: str) -> None:
        """Decide by other policies from the next group on; ``stamp`` says which these are."""
        self.policies, self.policy_stamp = policies, stamp
        self.engine.rules = Rules(policies, self.secrets)
        if isinstance(self.monitor, FollowsPolicies):
            self.monitor.policies = policies

    async def close(self) -> None:
        """Answer everybody who waits, then give back the connections."""
        await self.engine.close()
        await self.database.close()


def demo_secret(seed: int) -> str:
    """Return the secret of a demo world: it follows from the seed, and protects nothing."""
    return f"demo world {seed}"


def secret_key(secret: str) -> bytes:
    """Return the 32-byte key that stands for a secret of any length."""
    return blake2b(secret.encode(), digest_size=32, person=b"pos-sim").digest()
