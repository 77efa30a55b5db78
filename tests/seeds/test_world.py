"""A world from its integer, before any database sees it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache
from itertools import combinations

import orjson
import pytest

from pos_sim.domain.accounts import NORMAL_SIDE, WITH_BALANCE, Kind, Side
from pos_sim.domain.calendar import DEMO_START, MARKET_DAYS
from pos_sim.domain.cards import passes_luhn
from pos_sim.domain.magic import MAGIC_CARDS
from pos_sim.domain.service_points import PointKind, PointStatus, TerminalKind
from pos_sim.domain.training import Subject
from seeds.bills import ANY_BILL
from seeds.geography import OUTSIDE, Town, counties, distance_m
from seeds.load import secrets_of
from seeds.numbers import pan_of, pin_of
from seeds.records import TABLES, Batch, PointRow
from seeds.sites import sites_of
from seeds.sizes import Size
from seeds.world import rows_expected, world_of
from tests.seeds.conftest import SEED

TODAY = date(2026, 3, 2)
SMALL = (Size.VILLAGE, Size.COUNTY)
PROVINCIAL_BANKS = {"gyb", "grcu", "ccb", "abc", "psbc", "gzb"}
TOWNS: dict[str, Town] = {
    town.code: town for county in (*counties(), OUTSIDE) for town in county.towns
}


def whole(batches: Iterable[Batch]) -> Batch:
    """Return all batches as one."""
    world = Batch()
    for batch in batches:
        for name in TABLES:
            getattr(world, name).extend(getattr(batch, name))
    return world


@cache
def world(size: Size, seed: int = SEED) -> Batch:
    return whole(world_of(size, seed, secrets_of(seed), TODAY))


def at_home(size: Size, seed: int = SEED) -> list[PointRow]:
    return [point for point in world(size, seed).service_points if point.bank_id != "out"]


@pytest.mark.parametrize("size", SMALL)
def test_the_same_integer_gives_the_same_world(size: Size) -> None:
    assert world(size) == whole(world_of(size, SEED, secrets_of(SEED), TODAY))


def test_another_integer_gives_other_people_at_the_same_sites() -> None:
    one, other = world(Size.VILLAGE, 1), world(Size.VILLAGE, 2)
    assert [p.service_point_id for p in one.service_points] == [
        p.service_point_id for p in other.service_points
    ]
    assert {p.operator_name for p in one.service_points} != {
        p.operator_name for p in other.service_points
    }
    assert not {c.pan_hash for c in one.cards} & {c.pan_hash for c in other.cards}


@pytest.mark.parametrize(("size", "points", "cards"), [
    (Size.VILLAGE, 12, 200),
    (Size.COUNTY, 200, 5_000),
])  # fmt: skip
def test_a_small_world_has_its_size(size: Size, points: int, cards: int) -> None:
    usable = [c for c in world(size).cards if c.status == "active" and c.magic_name is None]
    open_points = [p for p in at_home(size) if p.status == PointStatus.OPEN]
    assert len(open_points) >= points
    assert len([c for c in usable if c.product != "credit"]) >= cards
    assert {p.bank_id for p in at_home(size)} == PROVINCIAL_BANKS
    assert {p.kind for p in at_home(size)} == set(PointKind)


def test_the_bank_has_the_points_of_the_meeting_and_a_hundred_thousand_cards() -> None:
    cards, points = 0, 0
    for batch in world_of(Size.BANK, SEED, secrets_of(SEED), TODAY):
        cards += sum(card.magic_name is None for card in batch.cards)
        points += sum(point.bank_id == "gyb" for point in batch.service_points)
    assert points == 1_890
    assert cards >= 100_000


@pytest.mark.parametrize("size", [Size.BANK, Size.PROVINCE])
def test_bank_of_guiyang_has_the_network_of_the_end_of_2025(size: Size) -> None:
    kinds = Counter(site.place.kind for site in sites_of(size) if site.place.bank.bank_id == "gyb")
    assert kinds == {
        PointKind.TOWNSHIP: 886,
        PointKind.VILLAGE: 756,
        PointKind.SUBURB: 64,
        PointKind.COUNTY_SEAT: 184,
    }


def test_the_province_has_nineteen_thousand_points_of_six_banks_in_every_county() -> None:
    sites = [site for site in sites_of(Size.PROVINCE) if not site.is_outside]
    assert len(sites) >= 19_000
    assert {site.place.bank.bank_id for site in sites} == PROVINCIAL_BANKS
    assert {site.place.county.code for site in sites} == {county.code for county in counties()}
    assert {site.place.kind for site in sites} == set(PointKind)


@pytest.mark.parametrize("size", list(Size))
def test_every_world_has_an_atm_outside_the_province(size: Size) -> None:
    outside = [site for site in sites_of(size) if site.is_outside]
    assert outside
    assert all(site.place.county.code[:2] != "52" for site in outside)
    assert all([kind for _, kind in site.terminals] == [TerminalKind.ATM] for site in outside)


@pytest.mark.parametrize("size", list(Size))
def test_terminal_numbers_have_eight_characters_and_never_repeat(size: Size) -> None:
    ids = [terminal_id for site in sites_of(size) for terminal_id, _ in site.terminals]
    assert len(set(ids)) == len(ids)
    assert all(len(terminal_id) == 8 and terminal_id.isdigit() for terminal_id in ids)
    assert "52010001" in ids


@pytest.mark.parametrize("size", SMALL)
def test_every_point_lies_in_its_county(size: Size) -> None:
    for point in world(size).service_points:
        town = TOWNS[point.town]
        assert point.town.startswith(point.county)
        assert distance_m(Town("", "", point.latitude, point.longitude), town) < 300


def test_two_points_of_a_county_world_are_forty_kilometers_apart() -> None:
    towns = {TOWNS[point.town] for point in at_home(Size.COUNTY)}
    assert max(distance_m(a, b) for a, b in combinations(towns, 2)) >= 40_000
    assert {point.county[:4] for point in at_home(Size.COUNTY)} == {"5201"}


@pytest.mark.parametrize("size", SMALL)
def test_every_status_can_be_found_and_an_untrained_operator_too(size: Size) -> None:
    points = at_home(size)
    assert {point.status for point in points} == set(PointStatus)
    untrained = {p.status for p in points if p.operator_trained_on is None}
    assert untrained == {PointStatus.TRIAL}
    assert sum(point.status == PointStatus.OPEN for point in points) > 0.7 * len(points)


@pytest.mark.parametrize("size", SMALL)
def test_operators_are_trained_in_four_subjects_and_their_relations_are_known(size: Size) -> None:
    cards = {card.card_id: card for card in world(size).cards}
    accounts = {account.account_id: account for account in world(size).accounts}
    for point in world(size).service_points:
        training = orjson.loads(point.operator_training)
        assert [item["subject"] for item in training] == list(Subject)
        for relation in orjson.loads(point.operator_relations):
            assert accounts[relation["account_id"]].name == relation["name"]
            if relation["card_id"] is not None:
                assert cards[relation["card_id"]].account_id == relation["account_id"]


@pytest.mark.parametrize("size", SMALL)
def test_a_fresh_world_begins_on_no_market_day(size: Size) -> None:
    residues = {point.market_residue for point in world(size).service_points}
    assert DEMO_START.toordinal() % MARKET_DAYS not in residues
    assert len(residues) > 1


@pytest.mark.parametrize("size", SMALL)
def test_every_balance_is_the_sum_of_its_postings(size: Size) -> None:
    moved: dict[int, dict[Side, int]] = defaultdict(lambda: {Side.DEBIT: 0, Side.CREDIT: 0})
    for posting in world(size).postings:
        moved[posting.debit_account_id][Side.DEBIT] += posting.amount_fen
        moved[posting.credit_account_id][Side.CREDIT] += posting.amount_fen
    for account in world(size).accounts:
        kind = Kind(account.kind)
        if kind in WITH_BALANCE:
            side = NORMAL_SIDE[kind]
            other = Side.CREDIT if side is Side.DEBIT else Side.DEBIT
            assert account.balance_fen == (
                moved[account.account_id][side] - moved[account.account_id][other]
            )


@pytest.mark.parametrize("size", SMALL)
def test_villagers_have_money_and_some_are_old_and_get_a_pension(size: Size) -> None:
    balances = {account.account_id: account.balance_fen for account in world(size).accounts}
    villagers = [card for card in world(size).cards if card.magic_name is None]
    paid = sorted(balances[card.account_id] or 0 for card in villagers if card.product != "credit")
    assert paid[0] >= 100_000
    assert 500_000 < paid[len(paid) // 2] < 1_200_000
    assert all(balances[c.account_id] == 0 for c in villagers if c.product == "credit")
    old = [card for card in villagers if TODAY.year - int(card.birth_date[:4]) > 60]
    assert 0.3 < len(old) / len(villagers) < 0.6
    assert 0.2 < sum(card.gets_subsidies for card in villagers) / len(villagers) < 0.6


def test_few_cards_are_out_of_order() -> None:
    cards = [card for card in world(Size.COUNTY).cards if card.magic_name is None]
    unusable = [card for card in cards if card.status != "active"]
    assert 0.002 < len(unusable) / len(cards) < 0.01


def test_only_bank_of_guiyang_issues_rural_revitalization_cards() -> None:
    issuers = {c.bank_id for c in world(Size.COUNTY).cards if c.product == "rural_revitalization"}
    assert issuers == {"gyb"}


@pytest.mark.parametrize("size", SMALL)
def test_every_row_of_the_magic_table_is_a_card(size: Size) -> None:
    made = {card.magic_name: card for card in world(size).cards if card.magic_name}
    assert list(made) == [magic.name for magic in MAGIC_CARDS]
    for magic in MAGIC_CARDS:
        card = made[magic.name]
        assert (card.bank_id, card.product, card.status) == (
            magic.bank_id,
            magic.product,
            magic.status,
        )
        assert card.effect == magic.effect


@pytest.mark.parametrize("size", SMALL)
def test_one_biller_takes_any_bill_and_the_others_have_some_waiting(size: Size) -> None:
    takers = [biller.biller_id for biller in world(size).billers if biller.takes_any_bill]
    assert takers == [ANY_BILL.biller_id]
    waiting = {bill.biller_id for bill in world(size).bills}
    assert waiting == {b.biller_id for b in world(size).billers} - {ANY_BILL.biller_id}
    assert len(waiting) >= 7


@pytest.mark.parametrize("size", SMALL)
def test_no_column_of_any_table_holds_a_card_number_or_a_pin(size: Size) -> None:
    texts = {str(value) for name in TABLES for row in getattr(world(size), name) for value in row}
    runs = {text[at : at + 16] for text in texts for at in range(len(text) - 15)}
    cards = world(size).cards
    banks = {site.place.bank.bank_id: site.place.bank for site in sites_of(size)}
    numbers = {pan_of(SEED, banks[c.bank_id], c.card_id).whole for c in cards}
    assert len(numbers) == len(cards)
    assert not numbers & runs
    assert not {
        run for run in runs if run.startswith("9900") and run.isdigit() and passes_luhn(run)
    }
    # Amounts have six digits too, so only texts are asked.
    words = {value for name in TABLES for row in getattr(world(size), name) for value in row
             if isinstance(value, str)}  # fmt: skip
    assert not {pin_of(SEED, card.card_id).digits for card in cards} & words - PLACES


PLACES = {county.code for county in (*counties(), OUTSIDE)}
"""County codes have six digits, as PINs do."""


def test_a_bar_of_progress_is_told_about_the_right_number_of_rows() -> None:
    for size in SMALL:
        rows = len(world(size))
        assert abs(rows_expected(size) - rows) < 0.1 * rows
