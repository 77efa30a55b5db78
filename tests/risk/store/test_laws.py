"""The laws of the watch: grouping is invisible, and what is taken back leaves the sums."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any

import pytest
from hypothesis import given

from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.money import yuan
from pos_sim.domain.requests import Request
from pos_sim.store.database import Database
from tests.chances import busy_day, cuts, examples, grouped, request_streams, requests_of
from tests.counter import reversal, withdrawal
from tests.risk.store.test_facts import spread
from tests.risk.watched import DAY, MINUTE, Watched, new_monitor, watched
from tests.worlds import OTHER_POS


def what_is_left(bank: Watched) -> tuple[list[Any], list[Any], list[Any]]:
    """Return hits, alerts and point days, to the last field."""
    hits = sorted(bank.hits(), key=lambda hit: (hit.event_id, hit.rule_id, hit.scope_kind))
    return hits, bank.alerts(), bank.days()


def after(database: Database, groups: Sequence[Sequence[Request]]) -> Any:
    with watched(database) as bank:
        for group in groups:
            bank.group(group)
        return what_is_left(bank)


@examples(15)
@given(stream=request_streams(), sizes=cuts)
def test_grouping_is_invisible(
    still_database: Database, stream: list[Request], sizes: list[int]
) -> None:
    asked = spread(stream, ties=True)
    groups = [[r for r in group if isinstance(r, Request)] for group in grouped(asked, sizes)]
    assert after(still_database, groups) == after(still_database, [[r] for r in asked])


@pytest.mark.parametrize("number", range(2))
def test_a_long_day_in_groups_leaves_the_same(still_database: Database, number: int) -> None:
    asked = spread(requests_of(busy_day(number, stories=150)), ties=True)
    groups = [asked[start : start + 64] for start in range(0, len(asked), 64)]
    assert after(still_database, groups) == after(still_database, [[r] for r in asked])


@examples(10)
@given(stream=request_streams(), sizes=cuts)
def test_a_new_process_knows_what_the_old_one_knew(
    still_database: Database, stream: list[Request], sizes: list[int]
) -> None:
    """What is kept in memory is only kept: a monitor that forgets all of it says the same."""
    asked = spread(stream, ties=True)
    groups = [[r for r in group if isinstance(r, Request)] for group in grouped(asked, sizes)]
    expected = after(still_database, groups)
    with watched(still_database) as bank:
        for group in groups:
            bank.monitor = new_monitor()
            bank.group(group)
        assert what_is_left(bank) == expected


@examples(10)
@given(stream=request_streams(), sizes=cuts)
def test_processes_that_take_turns_know_what_the_others_did(
    still_database: Database, stream: list[Request], sizes: list[int]
) -> None:
    """Each adds to its memory only what came since; whose order was not that of time reads anew."""
    asked = spread(stream, ties=True)
    groups = [[r for r in group if isinstance(r, Request)] for group in grouped(asked, sizes)]
    expected = after(still_database, groups)
    monitors = cycle([new_monitor(), new_monitor(), new_monitor()])
    with watched(still_database) as bank:
        for group in groups:
            bank.monitor = next(monitors)
            bank.group(group)
        assert what_is_left(bank) == expected


@pytest.mark.parametrize("is_one_group", [True, False])
def test_a_rolled_back_group_leaves_nothing_in_memory(
    still_database: Database, is_one_group: bool
) -> None:
    """The stamps of its points give it away."""
    crew = ("gyb_debit", "gyb_rural", "grcu_social", "grcu_debit", "abc_debit", "out_debit")
    asked = [
        withdrawal(n + 1, card=card, amount=yuan(1_700), at=DEMO_START + n * MINUTE)
        for n, card in enumerate(crew)
    ]
    with watched(still_database) as bank:
        attempt = bank.connection.begin_nested()
        bank.group(asked[:5])
        attempt.rollback()
        for group in [asked[5:]] if is_one_group else [[r] for r in asked[5:]]:
            bank.group(group)
        assert bank.alerts("R06") == []
        assert [day.requests for day in bank.days()] == [1]


def test_what_is_taken_back_leaves_the_sums_from_then_on(still_database: Database) -> None:
    with watched(still_database) as bank:
        bank.ask(
            withdrawal(1, amount=yuan(700)),
            withdrawal(2, terminal=OTHER_POS, amount=yuan(600), at=DEMO_START + MINUTE),
            reversal(9, of=1, at=DEMO_START + 2 * MINUTE),
            withdrawal(3, amount=yuan(600), at=DEMO_START + 3 * MINUTE),
        )
        assert bank.hits("R01") == []  # 1,900 were asked for, 1,200 were drawn
        day = bank.days()[-1]
        assert (day.withdrawals, day.moves, day.withdrawn_fen) == (2, 2, yuan(600))


def test_a_reversal_is_an_entry_of_its_own_day(still_database: Database) -> None:
    with watched(still_database) as bank:
        bank.ask(withdrawal(1, amount=yuan(700)), reversal(9, of=1, at=DEMO_START + DAY))
        assert [(day.withdrawn_fen, day.cash_outs) for day in bank.days()] == [
            (yuan(700), 1),
            (-yuan(700), 0),
        ]


def test_reversing_twice_takes_away_once(still_database: Database) -> None:
    with watched(still_database) as bank:
        bank.ask(withdrawal(1, amount=yuan(700)), reversal(8, of=1), reversal(9, of=1))
        (day,) = bank.days()
        assert day.withdrawn_fen == 0
        assert bank.hits("R18") == []
