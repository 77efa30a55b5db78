"""What many ask for together is looked up once."""

from __future__ import annotations

import asyncio

import pytest

from api.console.shared import Shared


async def test_all_who_ask_within_a_second_share_one_look() -> None:
    looks: list[int] = []

    async def look() -> int:
        looks.append(len(looks))
        await asyncio.sleep(0.01)
        return looks[-1]

    shared = Shared(look, fresh_s=0.1)
    assert await asyncio.gather(*(shared.get() for _ in range(60))) == [0] * 60
    assert await shared.get() == 0
    await asyncio.sleep(0.1)
    assert await shared.get() == 1


async def test_a_look_that_fails_is_tried_again() -> None:
    looks: list[int] = []

    async def look() -> str:
        looks.append(len(looks))
        if len(looks) == 1:
            raise OSError("away")
        return "there"

    shared = Shared(look)
    with pytest.raises(OSError, match="away"):
        await shared.get()
    assert await shared.get() == "there"
