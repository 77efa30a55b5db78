"""Sessions: many who ask together cost the database one look, and a revoked key is out."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping

from api.console.session import Session, Sessions
from pos_sim.store.keys import ApiKey

FRESH_S = 0.05


class Keys:
    """Stands for the table of keys, and counts how often it is read."""

    def __init__(self, *names: str) -> None:
        self.names = set(names)
        self.looks: list[set[str]] = []

    async def look(self, names: Collection[str]) -> Mapping[str, ApiKey]:
        self.looks.append(set(names))
        await asyncio.sleep(0.01)
        return {name: ApiKey(name, "auditor") for name in names if name in self.names}

    def sessions(self) -> Sessions:
        return Sessions(b"secret", self.look, lasts_s=60, fresh_s=FRESH_S)


async def test_all_who_ask_together_wait_for_one_look() -> None:
    keys = Keys("first", "second")
    sessions, open_ones = (
        keys.sessions(),
        [Session.fresh(name) for name in ("first", "second") * 30],
    )
    for _ in range(2):
        assert all(await asyncio.gather(*map(sessions.is_on, open_ones)))
        await asyncio.sleep(FRESH_S)
    # Whoever asks first is alone; all others wait, and are looked for together.
    assert keys.looks == [{"first"}, {"first", "second"}] * 2


async def test_a_revoked_key_is_out_and_the_others_stay() -> None:
    keys = Keys("first", "second")
    sessions = keys.sessions()
    first, second = Session.fresh("first"), Session.fresh("second")
    assert await sessions.is_on(first)
    assert await sessions.is_on(second)
    keys.names.discard("first")
    await asyncio.sleep(FRESH_S)
    assert not await sessions.is_on(first)
    assert await sessions.is_on(second)


async def test_nobody_is_signed_in_without_a_name() -> None:
    keys = Keys()
    assert await keys.sessions().who(Session.fresh()) is None
    assert keys.looks == []
