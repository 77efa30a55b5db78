"""Group commit: every promise it gives to those who wait. No database, no money."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.engine.group_commit import Busy, Closing, GroupCommit


class Broken(Exception):
    """An item that cannot be done."""


class Gone(Exception):
    """Nobody can be done."""


class Desk:
    """Commits when it is let; remembers every group, and what was done for good.

    ``answer`` says what becomes of an item and may raise; what a group that raises did is undone.
    """

    def __init__(self, answer: Callable[[str], str] = str.upper) -> None:
        self.answer = answer
        self.groups: list[list[str]] = []
        self.done: list[str] = []
        self.may_go = asyncio.Event()
        self.may_go.set()

    async def commit(self, items: Sequence[str]) -> list[str]:
        self.groups.append(list(items))
        await self.may_go.wait()
        answers = [self.answer(item) for item in items]
        self.done += items
        return answers


def refuse(*bad: str, error: type[Exception] = Broken) -> Callable[[str], str]:
    def answer(item: str) -> str:
        if item in bad:
            raise error(item)
        return item.upper()

    return answer


async def settled(waiting: Sequence[asyncio.Future[str]]) -> list[str | BaseException]:
    return await asyncio.gather(*waiting, return_exceptions=True)


async def busy(groups: GroupCommit[str, str], desk: Desk) -> asyncio.Future[str]:
    """Start a group that lasts until the desk may go on, so that others must gather."""
    desk.may_go.clear()
    first = groups.submit("first")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert desk.groups == [["first"]]
    return first


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


# Errors -----------------------------------------------------------------------------------------


async def test_a_broken_member_harms_only_itself() -> None:
    desk = Desk(refuse("bad"))
    groups = GroupCommit(desk.commit)
    first = await busy(groups, desk)
    others = [groups.submit(name) for name in ("a", "bad", "b")]
    desk.may_go.set()
    _, a, bad, b = await settled([first, *others])
    assert (a, b) == ("A", "B")
    assert isinstance(bad, Broken)
    assert desk.done == ["first", "a", "b"]
    assert desk.groups[1:] == [["a", "bad", "b"], ["a"], ["bad"], ["b"]]


async def test_a_broken_lone_request_gets_its_own_error_once() -> None:
    desk = Desk(refuse("bad"))
    groups = GroupCommit(desk.commit)
    with pytest.raises(Broken):
        await groups.submit("bad")
    assert desk.groups == [["bad"]]
    assert await groups.submit("a") == "A"


async def test_a_hopeless_error_fails_all_at_once_and_is_not_tried_again() -> None:
    desk = Desk(refuse("a", error=Gone))
    groups = GroupCommit(desk.commit, is_hopeless=lambda error: isinstance(error, Gone))
    first = await busy(groups, desk)
    others = [groups.submit(name) for name in "abc"]
    desk.may_go.set()
    _, *errors = await settled([first, *others])
    assert [type(error) for error in errors] == [Gone, Gone, Gone]
    assert desk.groups[1:] == [["a", "b", "c"]]
    desk.answer = str.upper
    assert await groups.submit("a") == "A"  # the next group tries anew


async def test_who_joins_while_a_group_fails_is_in_the_next_one() -> None:
    desk = Desk(refuse("a", error=Gone))
    groups = GroupCommit(desk.commit, is_hopeless=lambda error: True)
    desk.may_go.clear()
    failing = groups.submit("a")
    await asyncio.sleep(0)
    later = groups.submit("b")
    desk.may_go.set()
    error, answer = await settled([failing, later])
    assert isinstance(error, Gone)
    assert answer == "B"


@pytest.mark.parametrize("answers", [[], ["A"], ["A", "B", "C"]], ids=len)
async def test_answers_that_do_not_fit_the_group_go_to_nobody(answers: list[str]) -> None:
    """It was committed, so trying again could do it twice: all hear of our mistake."""
    calls: list[int] = []

    async def commit(items: Sequence[str]) -> list[str]:
        calls.append(len(items))
        return answers

    groups = GroupCommit(commit)
    errors = await settled([groups.submit("a"), groups.submit("b")])
    assert [type(error) for error in errors] == [AssertionError, AssertionError]
    assert calls == [2]


# Hanging up -------------------------------------------------------------------------------------


async def test_who_hangs_up_while_waiting_changes_nothing() -> None:
    desk = Desk()
    groups = GroupCommit(desk.commit)
    first = await busy(groups, desk)
    others = [groups.submit(name) for name in "abc"]
    others[1].cancel()
    desk.may_go.set()
    assert await settled([first, others[0], others[2]]) == ["FIRST", "A", "C"]
    assert desk.done == ["first", "a", "b", "c"]  # it is done all the same


@pytest.mark.parametrize("is_broken", [False, True], ids=["answered", "broken"])
async def test_who_hangs_up_while_his_group_commits_changes_nothing(is_broken: bool) -> None:
    desk = Desk(refuse("a", "b") if is_broken else str.upper)
    groups = GroupCommit(desk.commit)
    desk.may_go.clear()
    others = [groups.submit(name) for name in "abc"]
    await asyncio.sleep(0)
    others[0].cancel()
    desk.may_go.set()
    assert await others[2] == "C"
    assert await groups.submit("d") == "D"
    assert desk.done[-2:] == ["c", "d"]
    await settled(others)


# Closing ----------------------------------------------------------------------------------------


async def test_closing_answers_everybody() -> None:
    desk = Desk()
    groups = GroupCommit(desk.commit)
    first = await busy(groups, desk)
    waiting = [groups.submit(name) for name in "abc"]
    closing = asyncio.create_task(groups.close())
    await asyncio.sleep(0)
    assert not closing.done()  # the running group may finish
    desk.may_go.set()
    await closing
    assert await first == "FIRST"
    errors = await settled(waiting)
    assert [type(error) for error in errors] == [Closing, Closing, Closing]
    assert desk.done == ["first"]


async def test_closing_lets_a_broken_group_be_tried_member_by_member() -> None:
    desk = Desk(refuse("bad"))
    groups = GroupCommit(desk.commit)
    desk.may_go.clear()
    running = [groups.submit("a"), groups.submit("bad")]
    await asyncio.sleep(0)
    closing = asyncio.create_task(groups.close())
    await asyncio.sleep(0)
    desk.may_go.set()
    await closing
    answer, error = await settled(running)
    assert answer == "A"
    assert isinstance(error, Broken)


async def test_a_closed_desk_takes_nothing_more() -> None:
    desk = Desk()
    groups = GroupCommit(desk.commit)
    await groups.submit("a")
    await groups.close()
    await groups.close()  # twice is once
    with pytest.raises(Closing):
        groups.submit("b")
    assert desk.done == ["a"]


async def test_a_desk_that_was_never_used_closes_at_once() -> None:
    async with asyncio.timeout(1):
        await GroupCommit(Desk().commit).close()


# All of it at once ------------------------------------------------------------------------------

NAMES = st.sampled_from(["good", "bad", "gone"])


@given(st.integers(1, 5), st.lists(st.tuples(NAMES, st.booleans()), max_size=30))
def test_everybody_who_stays_gets_exactly_his_own_answer(
    group_max: int, callers: list[tuple[str, bool]]
) -> None:
    """Whatever breaks and whoever hangs up: good ones are done once, bad ones never."""

    def answer(item: str) -> str:
        if item.startswith("good"):
            return item.upper()
        raise (Broken if item.startswith("bad") else Gone)(item)

    async def scenario() -> None:
        desk = Desk(answer)
        groups = GroupCommit(
            desk.commit,
            group_max=group_max,
            is_hopeless=lambda error: isinstance(error, Gone),
        )
        items = [f"{kind}-{i}" for i, (kind, _) in enumerate(callers)]
        waiting = [groups.submit(item) for item in items]
        for future, (_, hangs_up) in zip(waiting, callers, strict=True):
            if hangs_up:
                future.cancel()
        async with asyncio.timeout(5):
            answers = await settled(waiting)
        assert len(set(desk.done)) == len(desk.done)
        assert not any(item.startswith(("bad", "gone")) for item in desk.done)
        for item, got, (kind, hangs_up) in zip(items, answers, callers, strict=True):
            if hangs_up:
                assert isinstance(got, asyncio.CancelledError)
            elif kind == "good":
                assert got == item.upper() or isinstance(got, Gone)
                assert (got == item.upper()) == (item in desk.done)
            else:
                assert isinstance(got, Broken | Gone)

    asyncio.run(scenario())
