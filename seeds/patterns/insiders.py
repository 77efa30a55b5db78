"""R02–R04: operators and their families at the own counter, and who only trades with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pos_sim.domain.money import yuan
from seeds.patterns.edges import A_DAY, A_MONTH, A_WEEK, WHOLE
from seeds.patterns.pattern import innocent, planted
from seeds.patterns.scene import NOTE, Scene
from seeds.patterns.stage import Payee, Person
from seeds.traffic.spread import shuffled

# R02: limit bypass ---------------------------------------------------------------------------

SOME_GOODS = (yuan(200), yuan(1_500))


def bypass(scene: Scene) -> None:
    """Refused for the limit, somebody pays the shop instead and is given the cash."""
    who, at = scene.person(), scene.moment(0)
    refused_for_limit(scene, who, at)
    within = scene.edges.number("R02", "", "within")
    scene.transfer(who, own(scene), scene.notes(*SOME_GOODS), scene.later(at, 1, within))
    scene.claim("R02", who.card_id, scene.place.point_id, lasts=A_DAY)


def pays_the_son(scene: Scene) -> None:
    """Refused for the limit, somebody sends money home."""
    who, at = scene.person(), scene.moment(0)
    refused_for_limit(scene, who, at)
    scene.transfer(who, scene.payee(), scene.notes(*SOME_GOODS), scene.later(at, 1, 29))


def buys_goods(scene: Scene) -> None:
    """Somebody draws cash and pays the shop for fertilizer; nothing was refused."""
    who, at = scene.person(), scene.moment(0)
    scene.withdraw(who, scene.notes(yuan(100), yuan(800)), at)
    scene.transfer(who, own(scene), scene.notes(*SOME_GOODS), scene.later(at, 1, 29))


def comes_back(scene: Scene) -> None:
    """Refused for the limit in the morning, pays the shop for goods later."""
    who, at = scene.person(), scene.moment(0, most=900)
    refused_for_limit(scene, who, at)
    within = scene.edges.number("R02", "", "within")
    later = scene.later(at, within + 1, within * 3)
    scene.transfer(who, own(scene), scene.notes(*SOME_GOODS), later)


def too_poor(scene: Scene) -> None:
    """Refused because the money is not there, then pays the shop a little."""
    who, at = scene.person(balance=yuan(900)), scene.moment(0)
    scene.withdraw(who, yuan(1_000), at)
    scene.transfer(who, own(scene), scene.notes(yuan(50), yuan(400)), scene.later(at, 1, 29))


def refused_for_limit(scene: Scene, who: Person, at: datetime) -> None:
    """Ask for more than the day allows: at once, or after something was drawn already."""
    limit = scene.edges.limit
    if scene.dice.happens(500):
        scene.withdraw(who, scene.notes(limit + NOTE, 2 * limit), at)
        return
    first = scene.notes(limit // 4, limit // 2)
    scene.withdraw(who, first, at - timedelta(minutes=scene.dice.between(2, 20)))
    scene.withdraw(who, scene.notes(limit - first + NOTE, limit), at)


def own(scene: Scene) -> Person | Payee:
    """Return the operator's settlement account, or a card of the family."""
    people: list[Person | Payee] = [scene.place.operator, *scene.place.family]
    return scene.dice.pick(people)


# R03: own cards ------------------------------------------------------------------------------


def often_here(scene: Scene) -> None:
    """The family's cards are used here three times a week or more."""
    least = scene.edges.start("R03", "times", band=1)
    uses = scene.dice.between(least, least + 2)
    for number, day in enumerate(days_of(scene, uses), start=1):
        use_own(scene, scene.moment(day), scene.notes(yuan(100), yuan(500)))
        if number == least:
            scene.claim("R03", scene.place.point_id)


def large_here(scene: Scene) -> None:
    """Seldom, but 5,000 yuan in a month together."""
    edge = scene.edges.start("R03", "amount")
    total = scene.beyond(edge // NOTE, edge * 3 // 2 // NOTE) * NOTE
    use_own(scene, scene.moment(0), total // 2 // NOTE * NOTE + NOTE)
    use_own(scene, scene.moment(scene.dice.between(8, 20)), total // 2 // NOTE * NOTE + NOTE)
    scene.claim("R03", scene.place.point_id)


def twice_here(scene: Scene) -> None:
    """The family's cards are used here twice in a week."""
    for day in days_of(scene, scene.edges.start("R03", "times", band=1) - 1):
        use_own(scene, scene.moment(day), scene.notes(yuan(100), yuan(900)))


def little_in_a_month(scene: Scene) -> None:
    """Once a week, and a little less than 5,000 yuan together."""
    high = scene.edges.start("R03", "amount") - NOTE
    part = scene.notes(high * 9 // 10, high) // 3 // NOTE * NOTE
    for number in range(3):
        use_own(scene, scene.moment(number * 8), part)


def at_the_neighbors(scene: Scene) -> None:
    """The family draws money elsewhere."""
    who = scene.dice.pick(scene.place.family)
    for day in days_of(scene, 4):
        scene.withdraw(
            who, scene.notes(yuan(100), yuan(900)), scene.moment(day), place=scene.guests[0]
        )


def namesake(scene: Scene) -> None:
    """A villager with the operator's name, and nothing else of the operator's."""
    who = scene.person(name=scene.place.operator.name)
    for day in days_of(scene, 4):
        scene.withdraw(who, scene.notes(yuan(100), yuan(900)), scene.moment(day))


USES_OF_OWN_MONEY = 6
"""A card of the family must be able to pay a sum so many times."""


def use_own(scene: Scene, at: datetime, amount: int) -> None:
    """Draw or send money with a card of the family, or let a customer pay the operator."""
    who, limit = scene.dice.pick(scene.place.family), scene.edges.limit
    way = scene.dice.below(3)
    # The family's cards last for the season: other episodes here use them too.
    can_pay = amount * USES_OF_OWN_MONEY <= who.balance
    if way == 1 or not can_pay:
        scene.transfer(scene.person(), own(scene), amount, at)
    elif way == 0 and amount <= limit:
        scene.withdraw(who, amount, at)
    else:
        scene.transfer(who, scene.payee(), amount, at)


def days_of(scene: Scene, count: int) -> list[int]:
    """Return so many of the first six days, in order: seven days hold them all."""
    return sorted(shuffled(range(6), scene.dice)[:count])


# R04: round trips ----------------------------------------------------------------------------


def loops_with_cash(scene: Scene) -> None:
    """Cash out, and the same sum paid in again by the operator: three or four times."""
    rounds = scene.edges.start("R04")
    who = scene.person()
    for day in range(scene.dice.between(rounds, rounds + 1)):
        out = scene.notes(yuan(300), yuan(1_400))
        back = scene.later(loop_out(scene, who, day, out), 60, 420)
        scene.remit(scene.place.operator.name, who, near_to(scene, out), back)
        if day == rounds - 1:
            scene.claim("R04", who.account_id, scene.place.point_id)


def loops_with_card(scene: Scene) -> None:
    """Cash out, and the same sum sent back from the operator's card: that is R03 as well."""
    rounds = scene.edges.start("R04")
    who, partner = scene.person(), scene.dice.pick(scene.place.family)
    for day in range(rounds):
        out = scene.notes(yuan(300), yuan(1_400))
        back = scene.later(loop_out(scene, who, day, out), 60, 420)
        scene.transfer(partner, who, near_to(scene, out), back)
    scene.claim("R04", who.account_id, scene.place.point_id)
    scene.claim("R03", scene.place.point_id)


def two_loops(scene: Scene) -> None:
    """Twice the same sum out and in."""
    who = scene.person()
    for day in range(scene.edges.start("R04") - 1):
        out = scene.notes(yuan(300), yuan(1_400))
        back = scene.later(loop_out(scene, who, day, out), 60, 420)
        scene.remit(scene.cast.name(), who, near_to(scene, out), back)


def other_sums(scene: Scene) -> None:
    """Out and in again, but never the same sum: what was left over from the market."""
    who = scene.person()
    sums = distinct_sums(scene, 4)
    for day, out in enumerate(sums):
        back = scene.later(loop_out(scene, who, day, out), 60, 420)
        scene.remit(who.name, who, out - near_miss(scene, out), back)


def days_later(scene: Scene) -> None:
    """The same sums come back, but after more than a day."""
    who = scene.person()
    for number, out in enumerate(distinct_sums(scene, 3)):
        back = scene.later(loop_out(scene, who, number * 2, out) + A_DAY, 20, 300)
        scene.remit(who.name, who, out, back)


def from_the_son(scene: Scene) -> None:
    """Out, and the same sum sent home by a son who comes to the same shop: no operator in it."""
    who, son = scene.person(), scene.person()
    for day in range(scene.edges.start("R04")):
        out = scene.notes(yuan(300), yuan(1_400))
        scene.transfer(son, who, out, scene.later(loop_out(scene, who, day, out), 60, 420))


def loop_out(scene: Scene, who: Person, day: int, amount: int) -> datetime:
    """Draw cash in the morning and return when that was."""
    at = scene.moment(day, most=620)
    scene.withdraw(who, amount, at)
    return at


def near_to(scene: Scene, amount: int) -> int:
    """Return about the same sum, within the tolerance."""
    tolerance = scene.edges.number("R04", "", "tolerance")
    room = amount * tolerance // WHOLE
    return amount + scene.dice.between(-room, room)


def near_miss(scene: Scene, amount: int) -> int:
    """Return a little more than the tolerance."""
    room = amount * scene.edges.number("R04", "", "tolerance") // WHOLE
    return room + scene.dice.between(room // 4 + 1, room * 2)


def distinct_sums(scene: Scene, count: int) -> Sequence[int]:
    """Return sums so far apart that none can be taken for another one."""
    first = scene.notes(yuan(300), yuan(500))
    return [first + number * yuan(250) for number in range(count)]


WEEK = A_WEEK.days + 1
MONTH = A_MONTH.days

PATTERNS = (
    planted("R02", "bypass", "超限后向店主转账取现", "Over the limit by way of the shop", bypass),
    innocent("R02", "pays_the_son", "超限后给儿子转账", "Sends money home instead", pays_the_son),
    innocent("R02", "buys_goods", "取款后买农资", "Draws cash and buys goods", buys_goods),
    innocent("R02", "comes_back", "超限半小时后购物", "Buys goods later", comes_back),
    innocent("R02", "too_poor", "余额不足后购物", "Refused for the balance", too_poor),
    planted("R03", "often_here", "本人卡频繁使用", "Own cards, often", often_here, days=WEEK),
    planted("R03", "large_here", "本人卡大额使用", "Own cards, much", large_here, days=22),
    innocent("R03", "twice_here", "店主偶尔自用", "Own cards, twice", twice_here, days=WEEK),
    innocent(
        "R03", "little_in_a_month", "店主每月少量自用", "Own cards, little in a month",
        little_in_a_month, days=18,
    ),
    innocent(
        "R03", "at_the_neighbors", "店主在邻点取款", "Own cards at the neighbors'",
        at_the_neighbors, days=WEEK,
    ),
    innocent("R03", "namesake", "与店主同名的村民", "The namesake", namesake, days=WEEK),
    planted("R04", "loops_with_cash", "取现后现金回流", "Out and back in cash",
            loops_with_cash, days=WEEK),
    planted("R04", "loops_with_card", "取现后店主卡回流", "Out and back by card",
            loops_with_card, days=WEEK),
    innocent("R04", "two_loops", "两次等额往返", "Twice out and back", two_loops, days=WEEK),
    innocent("R04", "other_sums", "金额不等的往返", "Other sums come back", other_sums, days=WEEK),
    innocent("R04", "days_later", "隔日才存回", "Back after more than a day", days_later,
             days=WEEK),
    innocent("R04", "from_the_son", "儿子转来同额", "The son sends the same", from_the_son,
             days=WEEK),
)  # fmt: skip
