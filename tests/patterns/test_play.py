"""The play before it is performed: a seed repeats it, and its requests are in good order."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pos_sim.domain.requests import Reversal
from seeds.patterns import run
from seeds.patterns.episodes import Kind
from seeds.patterns.write import Play
from tests.patterns.conftest import new_county


@pytest.fixture(scope="module")
def plays(tmp_path_factory: pytest.TempPathFactory) -> list[Play]:
    """The same seed twice, and another one; two episodes of each sort."""
    made = []
    for seed in (7, 7, 8):
        database = new_county(tmp_path_factory.mktemp("play"), seed)
        made.append(run.prepared(database, seed, per_rule=2))
        database.close_now()
    return made


def test_a_seed_repeats_its_play_and_another_seed_has_another(plays: list[Play]) -> None:
    first, again, other = plays
    assert first == again
    assert first.requests != other.requests


def test_requests_are_in_the_order_of_time_and_reversals_name_an_earlier_one(
    plays: list[Play],
) -> None:
    requests = plays[0].requests
    assert [r.received_at for r in requests] == sorted(r.received_at for r in requests)
    seen: set[str] = set()
    for request in requests:
        if isinstance(request, Reversal):
            assert request.original.transaction_id in seen
        assert request.key.transaction_id not in seen
        seen.add(request.key.transaction_id)


def test_nobody_is_at_home_where_another_episode_is(plays: list[Play]) -> None:
    for play in plays:
        taken = sorted((e.point_id, e.first_day.toordinal(), e.days) for e in play.episodes)
        for (place, first, days), (next_place, next_first, _) in pairwise(taken):
            assert place != next_place or first + days <= next_first


def test_an_innocent_episode_claims_nothing_of_its_own_rule(plays: list[Play]) -> None:
    for episode in plays[0].episodes:
        assert (episode.rule_id in episode.rule_ids) is (episode.kind is Kind.PLANTED)
