"""R15 and R16: the old who pay somebody new, many who pay one; and ordinary payments like it."""

from __future__ import annotations

from datetime import datetime

from pos_sim.domain.money import Fen, yuan
from seeds.patterns.edges import A_DAY, A_WEEK, HALF_A_YEAR, WHOLE
from seeds.patterns.pattern import innocent, planted
from seeds.patterns.scene import NOTE, Scene
from seeds.patterns.stage import Payee, Person

RICH = yuan(60_000)
LITTLE = (yuan(100), yuan(900))

# R15: elder, new payee -----------------------------------------------------------------------


def large_to_stranger(scene: Scene) -> None:
    """Somebody old sends 2,000 yuan or more to somebody new."""
    elder, at = elder_of(scene), scene.moment(0)
    edge = scene.edges.start("R15", "amount")
    scene.transfer(elder, scene.payee(), scene.beyond(edge // NOTE, edge * 4 // NOTE) * NOTE, at)
    scene.claim("R15", elder.card_id, lasts=A_DAY)


def half_of_all(scene: Scene) -> None:
    """Somebody old and poor sends half of everything to somebody new."""
    balance = scene.notes(yuan(600), yuan(3_000))
    elder, at = elder_of(scene, balance=balance), scene.moment(0)
    half = -(-balance * scene.edges.start("R15", "share") // WHOLE)
    amount = scene.notes(half, min(half * 3 // 2, scene.edges.start("R15", "amount") - NOTE))
    scene.transfer(elder, scene.payee(), amount, at)
    scene.claim("R15", elder.card_id, lasts=A_DAY)


def forgotten_payee(scene: Scene) -> None:
    """The payee was paid once, but longer than half a year ago: new again."""
    elder, payee = elder_of(scene), scene.payee()
    days = HALF_A_YEAR.days + scene.dice.between(1, 5)
    paid_before(scene, elder, payee, days)
    edge = scene.edges.start("R15", "amount")
    scene.transfer(elder, payee, scene.notes(edge, edge * 3), scene.moment(0))
    scene.claim("R15", elder.card_id, lasts=A_DAY)


def not_yet_old(scene: Scene) -> None:
    """Fifty-nine, a large sum, somebody new."""
    age = scene.edges.guard("R15", "amount", "holder_age") - 1
    nearly = scene.person(age=age, balance=RICH, days_past=scene.dice.between(200, 350))
    edge = scene.edges.start("R15", "amount")
    scene.transfer(nearly, scene.payee(), scene.notes(edge, edge * 3), scene.moment(0))


def small_to_stranger(scene: Scene) -> None:
    """Somebody old sends a little less than 2,000 yuan to somebody new."""
    high = scene.edges.start("R15", "amount") - NOTE
    elder = elder_of(scene)
    amount = scene.short_of(high * 3 // 4 // NOTE, high // NOTE) * NOTE
    scene.transfer(elder, scene.payee(), amount, scene.moment(0))


def not_quite_half(scene: Scene) -> None:
    """Somebody old and poor sends a good part, but less than half."""
    balance = scene.notes(yuan(1_000), yuan(3_000))
    half = balance * scene.edges.start("R15", "share") // WHOLE
    elder = elder_of(scene, balance=balance)
    scene.transfer(elder, scene.payee(), scene.notes(half * 3 // 5, half - NOTE), scene.moment(0))


def to_the_son(scene: Scene) -> None:
    """Somebody old sends a large sum to the son who has been paid within half a year."""
    elder, son = elder_of(scene), scene.payee()
    paid_before(scene, elder, son, scene.dice.between(5, HALF_A_YEAR.days - 5))
    edge = scene.edges.start("R15", "amount")
    scene.transfer(elder, son, scene.notes(edge, edge * 4), scene.moment(0))


def elder_of(scene: Scene, balance: Fen = RICH) -> Person:
    """Return somebody old enough; in one of four cases only just."""
    least = scene.edges.guard("R15", "amount", "holder_age")
    if scene.dice.happens(250):
        return scene.person(age=least, days_past=30, balance=balance)
    return scene.person(age=scene.dice.between(least, 84), balance=balance)


def paid_before(scene: Scene, who: Person, payee: Payee, days: int) -> None:
    """Let somebody have paid a little to a payee so many days before."""
    scene.transfer(who, payee, scene.notes(*LITTLE), scene.moment(-days))


# R16: many payers, one payee -----------------------------------------------------------------


def fan_in(scene: Scene) -> None:
    """Five cards and more at two shops and more pay one account within a day."""
    least = scene.edges.start("R16", "payers")
    payers = scene.people(scene.dice.between(least, least + 3))
    payee = scene.payee()
    for number, at in enumerate(over_hours(scene, len(payers))):
        # The second shop comes early, so that the edge of the cards is the one that is passed.
        place = scene.guests[0] if number in (1, 3, 6) else scene.place
        scene.transfer(payers[number], payee, scene.notes(*LITTLE), at, place=place)
        if number == least - 1:
            scene.claim("R16", payee.account_id, lasts=A_DAY)


def elders_pay(scene: Scene) -> None:
    """Three old people and more pay one account within a week, little each."""
    payee = scene.payee()
    least = scene.edges.start("R16", "elders")
    days = range(scene.dice.between(least, least + 2))
    for number, at in enumerate(sorted(scene.moment(n + scene.dice.below(2)) for n in days)):
        scene.transfer(elder_of(scene), payee, scene.notes(*LITTLE), at)
        if number == least - 1:
            scene.claim("R16", payee.account_id)


def elders_pay_much(scene: Scene) -> None:
    """Three old people send thousands to one account: each of them is R15 as well."""
    payee, edge = scene.payee(), scene.edges.start("R15", "amount")
    for number in range(scene.edges.start("R16", "elders")):
        elder, at = elder_of(scene), scene.moment(number * 2)
        scene.transfer(elder, payee, scene.notes(edge, edge * 2), at)
        scene.claim("R15", elder.card_id, lasts=A_DAY)
    scene.claim("R16", payee.account_id)


def four_payers(scene: Scene) -> None:
    """One card less than the edge, at two shops."""
    count = scene.edges.start("R16", "payers") - 1
    payee = scene.payee()
    for number, at in enumerate(over_hours(scene, count)):
        place = scene.guests[0] if number % 2 else scene.place
        scene.transfer(scene.person(), payee, scene.notes(*LITTLE), at, place=place)


def fertilizer(scene: Scene) -> None:
    """Spring: half the village pays the dealer in fertilizer, all at the own shop."""
    payee = scene.payee()
    count = scene.edges.start("R16", "payers") + scene.dice.below(4)
    for at in over_hours(scene, count):
        scene.transfer(scene.person(), payee, scene.notes(*LITTLE), at)


def over_two_days(scene: Scene) -> None:
    """As many payers at two shops, but a day never holds them all."""
    count, payee = scene.edges.start("R16", "payers"), scene.payee()
    first = scene.moment(0, most=800)
    moments = [scene.later(first, 1, 200) for _ in range(count - 3)]
    moments += [scene.moment(1, most=560), scene.later(first + A_DAY, 5, 90)]
    for number, at in enumerate([first, *moments]):
        place = scene.guests[0] if number % 2 else scene.place
        scene.transfer(scene.person(), payee, scene.notes(*LITTLE), at, place=place)


def two_elders(scene: Scene) -> None:
    """The children's school: two grandparents pay it in one week, and younger people do."""
    payee, elders = scene.payee(), scene.edges.start("R16", "elders") - 1
    people = [elder_of(scene) for _ in range(elders)] + scene.people(2)
    for day, who in enumerate(people):
        scene.transfer(who, payee, scene.notes(*LITTLE), scene.moment(day))


def elders_over_time(scene: Scene) -> None:
    """Three old people pay one account, the third more than a week after the first."""
    payee = scene.payee()
    for day in (0, 4, 8):
        scene.transfer(elder_of(scene), payee, scene.notes(*LITTLE), scene.moment(day))


def over_hours(scene: Scene, count: int) -> list[datetime]:
    """Return moments of one working day, in order."""
    return sorted(scene.moment(0) for _ in range(count))


WEEK = A_WEEK.days + 1

PATTERNS = (
    planted("R15", "large_to_stranger", "老人向陌生人转大额", "Much to a stranger",
            large_to_stranger),
    planted("R15", "half_of_all", "老人转出一半积蓄", "Half of all savings", half_of_all),
    planted("R15", "forgotten_payee", "半年以上未付的收款人", "Not paid for half a year",
            forgotten_payee),
    innocent("R15", "not_yet_old", "五十九岁", "Fifty-nine", not_yet_old),
    innocent("R15", "small_to_stranger", "不足两千元", "Below 2,000", small_to_stranger),
    innocent("R15", "not_quite_half", "不到一半积蓄", "Less than half", not_quite_half),
    innocent("R15", "to_the_son", "转给常付的儿子", "To the son", to_the_son),
    planted("R16", "fan_in", "多点多卡归集", "Many cards, one payee", fan_in),
    planted("R16", "elders_pay", "多位老人付一人", "The old pay one account", elders_pay,
            days=WEEK),
    planted("R16", "elders_pay_much", "多位老人大额付一人", "The old pay one account much",
            elders_pay_much, days=WEEK),
    innocent("R16", "four_payers", "四人付一人", "Four payers", four_payers),
    innocent("R16", "fertilizer", "全村买化肥", "The village buys fertilizer", fertilizer),
    innocent("R16", "over_two_days", "两日内五人", "Five within two days", over_two_days, days=3),
    innocent("R16", "two_elders", "两位老人交学费", "Two grandparents pay the school",
             two_elders, days=WEEK),
    innocent("R16", "elders_over_time", "三位老人间隔一周", "Three old people over time",
             elders_over_time, days=10),
)  # fmt: skip
