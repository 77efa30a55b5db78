"""Villagers go where they can be by then, and nobody meets the same bill or key twice."""

from __future__ import annotations

from loadtests.village import travel_s
from tests.loadtests.village import village

KMH = 60


def test_a_card_does_not_jump() -> None:
    here = village()
    home = here.places[0]
    villager = home.villagers[0]
    assert here.way(home, villager, 1_000.0, KMH, is_trip=True) is home, "nobody knows where it was"
    assert here.way(home, villager, 1_001.0, KMH, is_trip=True) is home
    other = here.way(home, villager, 5_000.0, KMH, is_trip=True)
    assert other is not home
    assert other.county == home.county
    assert villager.home_after == 5_000.0 + travel_s(home, other, KMH)


def test_a_kilometer_at_sixty_takes_a_minute() -> None:
    here = village()
    one, other = here.places[0], here.places[1]
    one.latitude, one.longitude = 26.0, 106.0
    other.latitude, other.longitude = 26.0 + 1 / 111.195, 106.0
    assert round(travel_s(one, other, KMH)) == 60


def test_keys_count_up_by_terminal_in_the_batch_of_the_worker() -> None:
    here = village()
    keys = [here.next_key(terminal) for terminal in ("52010001", "52010002", "52010001")]
    assert [key["trace_no"] for key in keys] == ["000001", "000001", "000002"]
    assert {key["batch_no"] for key in keys} == {"001700"}


def test_a_bill_is_paid_once_and_there_is_always_another() -> None:
    here = village()
    waiting = [here.next_bill(500, is_waiting=True) for _ in range(12)]
    assert len({(bill["biller_id"], bill["bill_no"]) for bill in waiting}) == 12
    assert [bill["biller_id"] for bill in waiting].count("any") == 3
