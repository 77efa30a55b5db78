"""Group commit when something ends early: a broken member, a caller who hangs up, the shutdown."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.engine.group_commit import Closing, GroupCommit
from tests.engine.desk import Broken, Desk, Gone, busy, refuse, settled

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
