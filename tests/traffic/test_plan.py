"""The plan of a day: who comes where, when and for what, before any bank is asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from pos_sim.domain.banks import BANKS
from pos_sim.domain.calendar import DEMO_START, SHANGHAI, business_date, minute_of
from pos_sim.domain.cards import Pan, passes_luhn
from pos_sim.domain.money import yuan
from pos_sim.domain.requests import (
    NOTHING_REPORTED,
    Business,
    CardRequest,
    CashRemittance,
    Key,
    Request,
    Reversal,
    Transfer,
    Withdrawal,
)
from risk.places import PENSION_DAY
from seeds.dice import Dice
from seeds.numbers import pan_of
from seeds.sizes import Size
from seeds.traffic.errands import Errand
from seeds.traffic.habits import Hour
from seeds.traffic.homes import PREFECTURE, RELATIVES
from seeds.traffic.queues import BETWEEN_CUSTOMERS_S, Turn, starts
from seeds.traffic.spread import even
from seeds.traffic.stock import Shop, Stock, Villager
from seeds.traffic.visits import LAST_CUSTOMER_MIN, Visit, second_at, shape_of
from tests.traffic.days import DAY, RHYTHM, SEED, plan_of, sandbox_of, stock_of

HABITS = RHYTHM.habits

MARKET_FACTOR = 1.5
"""How much busier, at least, a shop is on market day; the habits say 2.6."""


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stock]:
    """What a county's day can draw on."""
    path = tmp_path_factory.mktemp("county") / "bank.db"
    with sandbox_of(f"sqlite:///{path}", Size.COUNTY) as sandbox:
        yield stock_of(sandbox)


@pytest.fixture(scope="module")
def plan(stock: Stock) -> list[Request]:
    return plan_of(stock)


@pytest.fixture(scope="module")
def shops(stock: Stock) -> dict[str, Shop]:
    """The shop of each terminal."""
    return {machine.terminal_id: shop for shop in stock.shops for machine in shop.machines}


@pytest.fixture(scope="module")
def holders(stock: Stock) -> dict[Pan, Villager]:
    """Who carries each card."""
    people = [*stock.villagers, *stock.out_of_order, *stock.credit_cards]
    return {pan_of(SEED, BANKS[v.bank_id], v.card_id): v for v in people}


def test_the_same_seed_plans_the_same_day(stock: Stock, plan: list[Request]) -> None:
    assert plan_of(stock) == plan


def test_another_seed_plans_another_day(stock: Stock, plan: list[Request]) -> None:
    assert plan_of(stock, seed=SEED + 1) != plan


def test_everything_comes_in_the_order_of_time_on_one_business_date(plan: list[Request]) -> None:
    moments = [request.received_at for request in plan]
    assert moments == sorted(moments)
    assert {business_date(moment) for moment in moments} == {DAY}


def test_nobody_is_served_outside_opening_hours(
    plan: list[Request], shops: dict[str, Shop]
) -> None:
    for request in plan:
        shop = shops[request.key.terminal_id]
        assert shop.opens <= minute_of(request.received_at) <= shop.closes


def test_only_shops_that_serve_send_anything(stock: Stock, shops: dict[str, Shop]) -> None:
    assert {request.key.terminal_id for request in plan_of(stock)} <= set(shops)
    assert 0.9 * stock.network < len(stock.shops) < stock.network


def test_every_amount_is_above_zero(plan: list[Request]) -> None:
    amounts = [request.amount for request in plan if hasattr(request, "amount")]
    assert len(amounts) > 300
    assert min(amounts) > 0


def test_every_card_number_is_real(plan: list[Request], holders: dict[Pan, Villager]) -> None:
    pans = {request.pan for request in plan if isinstance(request, CardRequest)}
    assert pans <= set(holders)
    assert all(passes_luhn(pan.whole) for pan in pans)


def test_villagers_use_points_of_their_own_county(
    plan: list[Request], shops: dict[str, Shop], holders: dict[Pan, Villager]
) -> None:
    visits = card_visits(plan)
    homes = [(holders[pan].county, shops[terminal].county) for terminal, pan in visits]
    assert all(home[:PREFECTURE] == shop[:PREFECTURE] for home, shop in homes)
    assert sum(home == shop for home, shop in homes) > 0.97 * len(homes)


def test_most_cards_are_of_the_own_bank_and_some_are_not(
    plan: list[Request], shops: dict[str, Shop], holders: dict[Pan, Villager]
) -> None:
    visits = card_visits(plan)
    own = sum(holders[pan].bank_id == shops[terminal].bank_id for terminal, pan in visits)
    assert 0.65 < own / len(visits) < 0.85


def test_nobody_comes_twice_on_one_day(plan: list[Request]) -> None:
    visits = card_visits(plan)
    assert len({pan for _, pan in visits}) == len(visits)


def test_no_payee_stands_at_a_counter_on_the_same_day(
    plan: list[Request], holders: dict[Pan, Villager]
) -> None:
    payers = {holders[pan].account_no for _, pan in card_visits(plan)}
    payees = {r.payee_account_no for r in plan if isinstance(r, Transfer | CashRemittance)}
    assert payees
    assert not payers & payees


def test_no_operator_and_no_family_uses_a_counter(stock: Stock) -> None:
    operators = {shop.operator_account_id for shop in stock.shops}
    assert operators
    assert not operators & {villager.account_id for villager in stock.villagers}


def test_a_key_comes_again_only_with_the_same_content(plan: list[Request]) -> None:
    seen: dict[Key, list[Request]] = defaultdict(list)
    for request in plan:
        seen[request.key].append(plain(request))
    assert all(request == group[0] for group in seen.values() for request in group)


def test_a_terminal_numbers_what_it_sends_in_order(plan: list[Request]) -> None:
    last: dict[str, str] = defaultdict(str)
    known: set[Key] = set()  # replays come again, and a reversal may overtake its request
    for request in plan:
        terminal_id, batch_no, trace_no = request.key
        assert batch_no == "009300"  # the day, so that no other day has these keys
        if request.key not in known:
            assert trace_no > last[terminal_id]
            last[terminal_id] = trace_no
        known |= {request.key, request.original} if isinstance(request, Reversal) else {request.key}


def test_a_reversal_names_an_earlier_key_of_its_terminal(stock: Stock) -> None:
    reversals = [
        request
        for seed in range(5)
        for request in plan_of(stock, seed=seed)
        if isinstance(request, Reversal)
    ]
    assert reversals
    for request in reversals:
        assert request.original[:2] == request.key[:2]
        assert request.original.trace_no < request.key.trace_no


def test_a_point_under_rectification_is_asked_for_no_transfer(
    plan: list[Request], shops: dict[str, Shop]
) -> None:
    assert any(Business.TRANSFER in shop.off for shop in shops.values())
    for request in plan:
        assert request.business not in shops[request.key.terminal_id].off


def test_market_day_brings_people(stock: Stock) -> None:
    shops = {machine.terminal_id: shop for shop in stock.shops for machine in shop.machines}
    visits = Counter(
        shops[terminal].has_market
        for seed in range(5)
        for terminal, _ in card_visits(plan_of(stock, seed=seed))
    )
    crowd = {
        has_market: visits[has_market] / sum(shop.has_market is has_market for shop in stock.shops)
        for has_market in (True, False)
    }
    assert crowd[True] > MARKET_FACTOR * crowd[False]


def test_pension_day_brings_pensioners(stock: Stock, holders: dict[Pan, Villager]) -> None:
    def pensioners(day: date) -> float:
        people = [holders[r.pan] for r in plan_of(stock, day) if isinstance(r, Withdrawal)]
        return sum(villager.gets_subsidies for villager in people) / len(people)

    assert pensioners(date(2025, 6, PENSION_DAY)) > pensioners(DAY) + 0.15


def test_a_careful_elder_sends_a_stranger_little(
    plan: list[Request], holders: dict[Pan, Villager]
) -> None:
    """Nobody was paid before this day: all payees are new."""
    transfers = {r.pan: r for r in plan if isinstance(r, Transfer)}
    elders = [(holders[pan], r) for pan, r in transfers.items() if holders[pan].born < "1965-06-18"]
    assert len(elders) > 10
    bold = [r for who, r in elders if r.amount > yuan(1_500) or r.amount * 2 >= who.balance]
    assert len(bold) <= 1 + len(transfers) * HABITS.elder_stranger_permille // 1_000


def test_villagers_pay_the_same_few_people_day_after_day(stock: Stock) -> None:
    payees: dict[Pan, set[str]] = defaultdict(set)
    for number in range(40):
        for request in plan_of(stock, DAY + timedelta(days=number)):
            if isinstance(request, Transfer):
                payees[request.pan].add(request.payee_account_no)
    assert max(map(len, payees.values())) <= len(RELATIVES) + 2  # a passbook, a misheard name


def test_large_sums_are_sent_where_much_is_bought_and_sold(
    plan: list[Request], shops: dict[str, Shop]
) -> None:
    large = {
        r.pan: shops[r.key.terminal_id]
        for r in plan
        if isinstance(r, Transfer) and r.amount >= HABITS.trade_from
    }
    assert len(large) > 10
    least = 1_000 - HABITS.trade_permille
    there = [shop for shop in large.values() if shop.luck >= least]
    assert len(there) > 0.7 * len(large)  # five such points can take so many customers


def test_a_terminal_that_stands_reports_its_place(plan: list[Request], stock: Stock) -> None:
    stands = {m.terminal_id: m.stands for shop in stock.shops for m in shop.machines}
    assert set(stands.values()) == {True, False}
    for request in plan:
        assert (request.reported.position is not None) is stands[request.key.terminal_id]


def test_the_crowd_follows_the_hours_that_the_shop_is_open() -> None:
    hours = [Hour(8, weight=1, market_weight=9), Hour(9, weight=3, market_weight=1)]
    shape = shape_of(8 * 60, 10 * 60 + LAST_CUSTOMER_MIN, False, hours)
    seconds = [second_at(shape, place) for place in even(400, Dice(1))]
    assert sum(second < 9 * 3_600 for second in seconds) == 100


def test_a_shop_open_at_hours_without_a_crowd_still_serves() -> None:
    shape = shape_of(3 * 60, 5 * 60, False, [Hour(8, 1, 1)])
    assert 3 * 3_600 <= second_at(shape, even(1, Dice(1))[0]) < 5 * 3_600


def test_customers_wait_for_each_other_and_are_out_before_closing(stock: Stock) -> None:
    shop = replace(stock.shops[0], opens=480, closes=500)
    queue = [turn(shop, second=480 * 60 + 10 * number) for number in range(8)]
    seconds = starts(queue)
    ends = [second + t.length_s for second, t in zip(seconds, queue, strict=True)]
    assert all(b - a >= BETWEEN_CUSTOMERS_S for a, b in zip(ends, seconds[1:], strict=False))
    late = [turn(shop, second=500 * 60 - 1 - number) for number in reversed(range(8))]
    assert starts(late)[-1] + late[-1].length_s == 500 * 60


def turn(shop: Shop, second: int) -> Turn:
    """Return a turn of two minutes."""
    errand = Errand(business=Business.BALANCE_INQUIRY)
    visit = Visit(shop=shop, machine=shop.machines[0], errand=errand, villager=None, second=second)
    return Turn(visit, [], (0, 60, 60))


def card_visits(plan: list[Request]) -> list[tuple[str, Pan]]:
    """Return terminal and card of every visit: messages of one card within minutes are one."""
    visits: list[tuple[str, Pan]] = []
    last: dict[tuple[str, Pan], datetime] = {}
    for request in plan:
        if isinstance(request, CardRequest):
            visit = (request.key.terminal_id, request.pan)
            before = last.get(visit, datetime.min.replace(tzinfo=SHANGHAI))
            if request.received_at - before > timedelta(minutes=10):
                visits.append(visit)
            last[visit] = request.received_at
    return visits


def plain(request: Request) -> Request:
    """Return a request without what is no content: when it came and what was reported."""
    return replace(request, received_at=DEMO_START, reported=NOTHING_REPORTED)
