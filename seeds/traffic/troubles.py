"""Which visits go wrong, and who comes in vain: at the documented rates, give or take one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from pos_sim.domain.limits import LimitKind
from pos_sim.domain.money import Fen, yuan
from pos_sim.domain.policy import Policy
from pos_sim.domain.requests import Business
from seeds.dice import Dice
from seeds.traffic.crowd import Crowd
from seeds.traffic.errands import Errand
from seeds.traffic.habits import Habits, Misdeed, Mishap, Vain
from seeds.traffic.homes import by_county
from seeds.traffic.spread import rounded, shuffled
from seeds.traffic.stock import Shop, Stock, Villager
from seeds.traffic.visits import Visit, moments

LIMITS = {Business.WITHDRAWAL: LimitKind.WITHDRAWAL, Business.TRANSFER: LimitKind.TRANSFER}
STEPS = {Business.WITHDRAWAL: yuan(10), Business.TRANSFER: yuan(100)}
"""What people ask for is a multiple of this."""

PAID_TO_THE_SHOP = yuan(1_000)
WANTED_IN_VAIN = yuan(500)


def with_mishaps(
    visits: Sequence[Visit], habits: Habits, policy: Policy, dice: Dice
) -> list[Visit]:
    """Return the visits, some of them with a mishap; none has two."""
    result = list(visits)
    for rate in habits.mishaps:
        may = [n for n, visit in enumerate(result) if visit.errand.business in rate.businesses]
        count = rounded(Fraction(rate.per_10_000 * len(may), 10_000), dice)
        condition = CONDITIONS.get(rate.kind, always)
        fit = [n for n in may if result[n].trouble is None and condition(result[n], policy)]
        for number in shuffled(fit, dice)[:count]:
            result[number] = replace(result[number], trouble=rate.kind)
    return result


def with_misdeeds(
    visits: Sequence[Visit], misdeeds: Mapping[Misdeed, int], policy: Policy, dice: Dice
) -> list[Visit]:
    """Return the visits, in so many of which somebody does wrong."""
    result = list(visits)
    for kind, count in misdeeds.items():
        if not count:
            continue
        may = [n for n, visit in enumerate(result) if may_go_wrong(visit, policy)]
        for number in shuffled(may, dice)[:count]:
            result[number] = replace(result[number], trouble=kind)
    return result


def may_go_wrong(visit: Visit, policy: Policy) -> bool:
    """Say whether somebody draws money here who could pay the shop as well."""
    return (
        visit.errand.business is Business.WITHDRAWAL
        and visit.trouble is None
        and has_limit(visit, policy)
        and visit.villager is not None
        and visit.villager.balance > visit.errand.amount + 2 * PAID_TO_THE_SHOP
        and Business.TRANSFER not in visit.shop.off
    )


def always(_visit: Visit, _policy: Policy) -> bool:
    return True


def has_card(visit: Visit, _policy: Policy) -> bool:
    return visit.villager is not None


def has_limit(_visit: Visit, policy: Policy) -> bool:
    return policy.limit(LimitKind.WITHDRAWAL).amount_max is not None


def may_ask_too_much(visit: Visit, policy: Policy) -> bool:
    """More than there is, but not more than the day allows: that would be another refusal."""
    if visit.is_careful:
        return False
    limit = policy.limit(LIMITS[visit.errand.business]).amount_max
    return limit is None or too_much(visit) <= limit


def too_much(visit: Visit) -> Fen:
    """Return the next amount that is more than the account holds."""
    assert visit.villager is not None
    step = STEPS[visit.errand.business]
    return Fen((visit.villager.balance // step + 1) * step)


CONDITIONS: dict[Mishap, Callable[[Visit, Policy], bool]] = {
    Mishap.WRONG_PIN: has_card,
    Mishap.WRONG_PIN_TWICE: has_card,
    Mishap.OVER_LIMIT: has_limit,
    Mishap.SHORT_OF_MONEY: may_ask_too_much,
}


def vain_visits(
    withdrawals: int, stock: Stock, habits: Habits, crowd: Crowd, dice: Dice
) -> list[Visit]:
    """Return who comes beside the errands of the record, and gets nothing."""
    pairs: list[tuple[Vain, Shop, Villager]] = []
    for kind, per_10_000 in habits.vain.items():
        count = rounded(Fraction(per_10_000 * withdrawals, 10_000), dice)
        pairs += [(kind, *pair) for pair in strangers(kind, count, stock, crowd, dice)]
    seconds = moments([shop for _, shop, _ in pairs], habits, dice)
    errand = Errand(business=Business.WITHDRAWAL, amount=WANTED_IN_VAIN)
    return [
        Visit(
            shop=shop,
            machine=dice.pick(shop.machines),
            errand=errand,
            villager=villager,
            second=second,
            trouble=kind,
        )
        for (kind, shop, villager), second in zip(pairs, seconds, strict=True)
    ]


def strangers(
    kind: Vain, count: int, stock: Stock, crowd: Crowd, dice: Dice
) -> Iterator[tuple[Shop, Villager]]:
    """Give so many people of this kind, each with a shop of the own county."""
    if kind is Vain.FORGOTTEN_PIN:
        for shop in shuffled(stock.shops, dice)[:count]:
            errand = Errand(business=Business.WITHDRAWAL)
            called = crowd.call(shop, errand, from_near=True, pays_near=True)
            if called is not None:
                yield shop, called.villager
        return
    shops = by_county(stock.shops)
    people = stock.credit_cards if kind is Vain.CREDIT_CARD else stock.out_of_order
    at_home = [villager for villager in people if villager.county in shops]
    for villager in shuffled(at_home, dice)[:count]:
        yield dice.pick(shops[villager.county]), villager
