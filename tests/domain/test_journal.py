"""The journal: routes between banks, mirrors, and how much an account grows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.accounts import (
    CLEARING_ACCOUNTS,
    NORMAL_SIDE,
    Account,
    AccountId,
    Kind,
    Side,
    bank_account_id,
)
from pos_sim.domain.journal import (
    Posting,
    clearing_imbalance,
    growth,
    mirror,
    movements,
    route,
)
from pos_sim.domain.money import Fen
from tests.worlds import OPERATOR, SMALL

A, B = SMALL.account_of("gyb_debit"), SMALL.account(OPERATOR)
FAR = SMALL.account_of("abc_debit")

ids = st.integers(1, 6).map(AccountId)
posting = st.tuples(ids, ids, st.integers(1, 10**12)).map(lambda t: Posting(t[0], t[1], Fen(t[2])))
postings = st.lists(posting, max_size=12)
KINDS = {AccountId(i): kind for i, kind in enumerate(Kind, start=1)}


def test_within_a_bank_the_way_is_one_posting() -> None:
    assert route(A, B, Fen(5)) == [Posting(A.account_id, B.account_id, Fen(5))]


def test_between_banks_the_money_passes_both_clearing_accounts() -> None:
    assert route(A, FAR, Fen(5)) == [
        Posting(A.account_id, bank_account_id("gyb", Kind.CLEARING), Fen(5)),
        Posting(bank_account_id("abc", Kind.CLEARING), FAR.account_id, Fen(5)),
    ]


@pytest.mark.parametrize("to", [B, FAR], ids=["near", "far"])
def test_nothing_is_posted_for_nothing(to: Account) -> None:
    assert route(A, to, Fen(0)) == []


@pytest.mark.parametrize(
    ("kind", "side", "grows"),
    [
        (Kind.CARDHOLDER, Side.CREDIT, 5),
        (Kind.CARDHOLDER, Side.DEBIT, -5),
        (Kind.OPERATOR, Side.CREDIT, 5),
        (Kind.TILL, Side.DEBIT, 5),
        (Kind.TILL, Side.CREDIT, -5),
        (Kind.CUSTOMER_CASH, Side.DEBIT, 5),
        (Kind.FEE_INCOME, Side.CREDIT, 5),
    ],
)
def test_an_account_grows_on_its_normal_side(kind: Kind, side: Side, grows: int) -> None:
    assert growth(kind, side, Fen(5)) == grows


def test_every_kind_has_a_normal_side() -> None:
    assert NORMAL_SIDE.keys() == set(Kind)


def test_the_mirror_undoes_the_last_posting_first() -> None:
    assert mirror(route(A, FAR, Fen(5))) == route(FAR, A, Fen(5))


@given(postings)
def test_the_mirror_of_the_mirror_is_the_thing_itself(lines: list[Posting]) -> None:
    assert mirror(mirror(lines)) == lines


@given(postings)
def test_a_thing_and_its_mirror_move_nothing(lines: list[Posting]) -> None:
    assert not any(movements([*lines, *mirror(lines)], KINDS).values())


@given(postings)
def test_in_signed_terms_every_list_of_postings_sums_to_zero(lines: list[Posting]) -> None:
    """Debit-normal accounts count the other way round, so all movements together vanish."""
    moved = movements(lines, KINDS)
    sign = {Side.CREDIT: 1, Side.DEBIT: -1}
    assert sum(sign[NORMAL_SIDE[KINDS[i]]] * grown for i, grown in moved.items()) == 0


@given(postings)
def test_only_accounts_with_a_known_kind_move(lines: list[Posting]) -> None:
    known = {AccountId(1): Kind.CARDHOLDER}
    assert movements(lines, known).keys() <= known.keys()


@pytest.mark.parametrize(
    ("lines", "lost"),
    [
        ([], 0),
        (route(A, FAR, Fen(5)), 0),
        (route(A, FAR, Fen(5))[:1], 5),  # it never arrived
        (route(A, FAR, Fen(5))[1:], -5),  # it came from nowhere
        ([*route(A, FAR, Fen(5)), *route(FAR, A, Fen(7))], 0),
    ],
)
def test_what_one_clearing_account_gains_another_gives(lines: list[Posting], lost: int) -> None:
    assert clearing_imbalance(lines, CLEARING_ACCOUNTS) == lost
