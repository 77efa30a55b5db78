"""Fill an empty database with a world."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, insert

from pos_sim.domain.calendar import DEMO_START, business_date
from pos_sim.domain.cards import CardSecrets
from pos_sim.engine.sandbox import demo_secret, secret_key
from pos_sim.store.database import Database
from pos_sim.store.desk_tables import api_keys
from pos_sim.store.keys import key_hash
from pos_sim.store.world import WorldFacts, write_world
from risk.patrol import begin_patrols
from seeds.bulk import after_load, set_aside, write_batch
from seeds.progress import Progress, Silent
from seeds.sizes import Size
from seeds.world import rows_expected, world_of

DEMO_KEYS: dict[str, str] = {
    "demo-terminal": "terminal",
    "demo-maker": "maker",
    "demo-maker-2": "maker",
    "demo-checker": "checker",
    "demo-checker-2": "checker",
    "demo-auditor": "auditor",
    "demo-admin": "admin",
}
"""The documented keys of a demo world, which are their own names, and their roles."""


def seed_database(
    database: Database,
    size: Size,
    seed: int,
    *,
    now: datetime,
    clock_shows: datetime = DEMO_START,
    secret: str | None = None,
    demo: bool = True,
    progress: Progress | None = None,
) -> None:
    """Fill a migrated, empty database, all or nothing.

    ``now`` is real time, ``clock_shows`` what the world's clock shows at that moment. Without a
    ``secret`` the keys follow from the seed; ``demo`` adds the documented API keys.
    """
    facts = WorldFacts(size.value, seed, clock_shows - now, demo)
    secrets = secrets_of(seed, secret)

    def work(connection: Connection) -> None:
        fill(connection, facts, secrets, business_date(clock_shows), progress or Silent())
        if demo:
            connection.execute(insert(api_keys), demo_keys(secrets))

    database.run_now(work)


def fill(
    connection: Connection,
    facts: WorldFacts,
    secrets: CardSecrets,
    first_day: date,
    progress: Progress,
) -> None:
    """Write the world of ``facts``, everything but API keys; the caller commits."""
    size = Size(facts.size)
    with set_aside(connection):
        progress.start("播种世界 Seeding the world", rows_expected(size))
        for batch in world_of(size, facts.seed, secrets, first_day):
            progress.advance(write_batch(connection, batch))
        progress.done()
        progress.start("建立索引 Building indexes", 1)
    write_world(connection, facts)
    begin_patrols(connection, first_day)
    after_load(connection)
    progress.advance(1)
    progress.done()


def secrets_of(seed: int, secret: str | None = None) -> CardSecrets:
    """Return the keys of a world: from a secret of one's own, or from the seed."""
    return CardSecrets(secret_key(secret or demo_secret(seed)))


def demo_keys(secrets: CardSecrets) -> list[dict[str, object]]:
    """Return the rows of the documented API keys."""
    return [
        {
            "key_hash": key_hash(secrets.key, name),
            "name": name,
            "role": role,
            "terminal_id": None,
            "revoked": False,
        }
        for name, role in DEMO_KEYS.items()
    ]
