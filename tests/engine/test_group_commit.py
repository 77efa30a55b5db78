"""Group commit: who is in which group, in which order, and how many may wait."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.engine.group_commit import Busy, GroupCommit
from tests.engine.desk import Desk, busy, settled

# Grouping ---------------------------------------------------------------------------------------


async def test_a_lone_request_is_a_group_of_one_and_waits_for_nobody() -> None:
    desk = Desk()
    groups = GroupCommit(desk.commit)
    async with asyncio.timeout(1):
        assert await groups.submit("a") == "A"
        assert await groups.submit("b") == "B"
    assert desk.groups == [["a"], ["b"]]


async def test_a_lone_request_needs_no_timer() -> None:
    desk = Desk()
    groups = GroupCommit(desk.commit)
    answer = groups.submit("a")
    for _ in range(4):  # a few turns of the loop, not a moment of time
        await asyncio.sleep(0)
    assert answer.done()


async def test_while_one_group_commits_the_next_one_gathers() -> None:
    desk = Desk()
    groups = GroupCommit(desk.commit)
    first = await busy(groups, desk)
    others = [groups.submit(name) for name in "abc"]
    assert groups.waiting == 3
    desk.may_go.set()
    assert await settled([first, *others]) == ["FIRST", "A", "B", "C"]
    assert desk.groups == [["first"], ["a", "b", "c"]]
    assert (groups.groups, groups.waiting) == (2, 0)


async def test_who_asks_again_at_once_is_in_the_next_group() -> None:
    desk = Desk()
    groups = GroupCommit(desk.commit)

    async def caller(number: int) -> None:
        await groups.submit(f"{number}")
        for _ in range(number % 4):  # some are further away than others
            await asyncio.sleep(0)
        await groups.submit(f"{number} again")

    first = await busy(groups, desk)
    callers = [asyncio.create_task(caller(number)) for number in range(20)]
    await asyncio.sleep(0)
    desk.may_go.set()
    await asyncio.gather(first, *callers)
    assert [len(group) for group in desk.groups] == [1, 20, 20]


async def test_one_group_at_a_time() -> None:
    inside = most = 0

    async def commit(items: Sequence[int]) -> list[int]:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0)
        inside -= 1
        return list(items)

    groups = GroupCommit(commit, group_max=3)
    assert await asyncio.gather(*(groups.submit(i) for i in range(50))) == list(range(50))
    assert most == 1


@pytest.mark.parametrize(("count", "sizes"), [(3, [3]), (4, [4]), (5, [4, 1]), (9, [4, 4, 1])])
async def test_a_group_is_never_larger_than_its_maximum(count: int, sizes: list[int]) -> None:
    desk = Desk()
    groups = GroupCommit(desk.commit, group_max=4)
    first = await busy(groups, desk)
    others = [groups.submit(str(i)) for i in range(count)]
    desk.may_go.set()
    await settled([first, *others])
    assert [len(group) for group in desk.groups[1:]] == sizes


@given(st.integers(1, 7), st.lists(st.text("abc", min_size=1), min_size=1, max_size=40))
def test_the_order_of_arrival_is_kept(group_max: int, items: list[str]) -> None:
    async def scenario() -> tuple[list[str], list[str]]:
        desk = Desk()
        groups = GroupCommit(desk.commit, group_max=group_max)
        answers = await asyncio.gather(*(groups.submit(item) for item in items))
        return desk.done, answers

    done, answers = asyncio.run(scenario())
    assert done == items
    assert answers == [item.upper() for item in items]


async def test_the_same_item_twice_in_a_group_gets_two_answers() -> None:
    """What the second answer is, the commit decides; see the engine for keys."""
    desk = Desk()
    groups = GroupCommit(desk.commit)
    assert await settled([groups.submit("a"), groups.submit("a")]) == ["A", "A"]
    assert desk.groups == [["a", "a"]]


# Bounded ----------------------------------------------------------------------------------------


async def test_a_full_queue_says_busy_and_does_nothing() -> None:
    desk = Desk()
    groups = GroupCommit(desk.commit, queue_max=2)
    first = await busy(groups, desk)
    waiting = [groups.submit("a"), groups.submit("b")]  # the last place is still taken
    with pytest.raises(Busy):
        groups.submit("c")
    desk.may_go.set()
    assert await settled([first, *waiting]) == ["FIRST", "A", "B"]
    assert desk.done == ["first", "a", "b"]
    assert await groups.submit("c") == "C"  # and later there is room again
