"""R05 and R17: money that only passes through, bills paid in pieces; and honest ones like them."""

from __future__ import annotations

from datetime import datetime

from pos_sim.domain.money import yuan
from seeds.patterns.edges import A_DAY, WHOLE
from seeds.patterns.pattern import innocent, planted
from seeds.patterns.scene import NOTE, Scene
from seeds.patterns.stage import Person

# R05: rapid in and out -----------------------------------------------------------------------


def pass_through(scene: Scene) -> None:
    """Twice or three times within a day a credit comes in and leaves again within two hours."""
    rounds = scene.edges.start("R05")
    who, at = scene.person(balance=yuan(300)), scene.moment(0, most=620)
    for number in range(scene.dice.between(rounds, rounds + 1)):
        credit = arrives(scene, who, at)
        least = -(-credit * scene.edges.number("R05", "", "share") // WHOLE)
        out_at = scene.later(at, 5, scene.edges.number("R05", "", "within"))
        leaves(scene, who, scene.notes(least, credit), out_at, in_cash=number == 0)
        if number == rounds - 1:
            scene.claim("R05", who.card_id, lasts=A_DAY)
        at = scene.later(out_at, 5, 40)


def once_through(scene: Scene) -> None:
    """The son sends money and it is needed at once: one round."""
    who, at = scene.person(balance=yuan(300)), scene.moment(0, most=900)
    credit = arrives(scene, who, at)
    leaves(scene, who, credit, scene.later(at, 5, 90), in_cash=True)


def part_stays(scene: Scene) -> None:
    """Twice, but a good part of it stays."""
    who, at = scene.person(balance=yuan(300)), scene.moment(0, most=620)
    for number in range(scene.edges.start("R05")):
        credit = arrives(scene, who, at)
        high = credit * scene.edges.number("R05", "", "share") // WHOLE - NOTE
        out_at = scene.later(at, 5, 90)
        # What is left of the first credit may not fill up the second.
        leaves(scene, who, scene.notes(high * 3 // 5, high), out_at, in_cash=number == 0)
        at = scene.later(out_at, 130, 160)


def hours_later(scene: Scene) -> None:
    """Twice, but each time more than two hours pass."""
    who, at = scene.person(balance=yuan(300)), scene.moment(0, most=560)
    within = scene.edges.number("R05", "", "within")
    for number in range(scene.edges.start("R05")):
        credit = arrives(scene, who, at)
        out_at = scene.later(at, within + 1, within + 40)
        leaves(scene, who, credit, out_at, in_cash=number == 0)
        at = scene.later(out_at, 5, 30)


def pocket_money(scene: Scene) -> None:
    """Twice a little less than 1,000 yuan in, and all of it out."""
    who, at = scene.person(balance=yuan(300)), scene.moment(0, most=700)
    high = scene.edges.number("R05", "", "first_min") - NOTE
    for number in range(scene.edges.start("R05")):
        credit = scene.notes(high - yuan(300), high)
        scene.transfer(scene.person(), who, credit, at)
        out_at = scene.later(at, 5, 90)
        leaves(scene, who, credit, out_at, in_cash=number == 0)
        at = scene.later(out_at, 10, 60)


def on_two_days(scene: Scene) -> None:
    """One round a day, more than a day apart."""
    who, first = scene.person(balance=yuan(300)), scene.moment(0, most=700)
    for at in (first, scene.later(first + A_DAY, 100, 200)):
        credit = arrives(scene, who, at)
        leaves(scene, who, credit, scene.later(at, 5, 90), in_cash=True)


def arrives(scene: Scene, who: Person, at: datetime) -> int:
    """Let somebody send 1,000 yuan and more; return how much."""
    least = scene.edges.number("R05", "", "first_min")
    credit = scene.notes(least, least * 9 // 5)
    scene.transfer(scene.person(), who, credit, at)
    return credit


def leaves(scene: Scene, who: Person, amount: int, at: datetime, *, in_cash: bool) -> None:
    if in_cash:
        scene.withdraw(who, amount, at)
    else:
        scene.transfer(who, scene.payee(), amount, at)


# R17: split bills ----------------------------------------------------------------------------


def one_bill(scene: Scene) -> None:
    """Three to five payments for one bill number within a day; most of them are refused."""
    least = scene.edges.start("R17", "bill")
    who = scene.person() if scene.dice.happens(700) else None
    number, at = bill_no(scene), scene.moment(0, most=800)
    first = scene.notes(yuan(20), yuan(100))
    for count in range(1, scene.dice.between(least, least + 2) + 1):
        # Never the same sum: that would be the other half of the definition.
        scene.pay_bill(who, number, first + count * 3 * NOTE, at)
        if count == least:
            scene.claim("R17", f"{scene.any_biller}/{number}", lasts=A_DAY)
        at = scene.later(at, 2, 50)


def equal_parts(scene: Scene) -> None:
    """Three to five equal payments from one card to one biller within a day."""
    least = scene.edges.start("R17", "equal")
    who, amount = scene.person(), scene.notes(yuan(20), yuan(300))
    at = scene.moment(0, most=800)
    for count in range(1, scene.dice.between(least, least + 2) + 1):
        scene.pay_bill(who, bill_no(scene), amount, at)
        if count == least:
            scene.claim("R17", who.card_id, lasts=A_DAY)
        at = scene.later(at, 2, 50)


def paid_twice(scene: Scene) -> None:
    """By mistake a bill is paid twice; the second payment is refused."""
    who, number, at = scene.person(), bill_no(scene), scene.moment(0)
    amount = scene.notes(yuan(20), yuan(300))
    scene.pay_bill(who, number, amount, at)
    scene.pay_bill(who, number, amount, scene.later(at, 2, 60))


def two_of_a_kind(scene: Scene) -> None:
    """Two equal bills of one family."""
    who, amount, at = scene.person(), scene.notes(yuan(20), yuan(300)), scene.moment(0)
    for _ in range(scene.edges.start("R17", "equal") - 1):
        scene.pay_bill(who, bill_no(scene), amount, at)
        at = scene.later(at, 1, 10)


def other_sums(scene: Scene) -> None:
    """Power, water, telephone: three bills to one counter, three sums."""
    who, at = scene.person(), scene.moment(0)
    first = scene.notes(yuan(20), yuan(100))
    for number in range(4):
        scene.pay_bill(who, bill_no(scene), first + number * 7 * NOTE, at)
        at = scene.later(at, 1, 10)


def day_after_day(scene: Scene) -> None:
    """The same sum on three days: prepaid power for the shop."""
    who, amount, at = scene.person(), scene.notes(yuan(20), yuan(300)), scene.moment(0)
    for number in range(scene.edges.start("R17", "equal")):
        scene.pay_bill(who, bill_no(scene), amount, at + A_DAY * 2 * number)


def neighbors(scene: Scene) -> None:
    """Contribution season: the same sum for everybody, each from the own card."""
    at, amount = scene.moment(0), yuan(400)
    for who in scene.people(scene.edges.start("R17", "equal") + 1):
        scene.pay_bill(who, bill_no(scene), amount, at)
        at = scene.later(at, 1, 10)


def bill_no(scene: Scene) -> str:
    """Return a number that no other bill has."""
    return f"P{scene.first_day:%y%m%d}{scene.place.point_id[2:]}{scene.dice.below(10**9):09d}"


PATTERNS = (
    planted("R05", "pass_through", "过渡账户快进快出", "In and out again", pass_through),
    innocent("R05", "once_through", "儿子汇款急用", "Once in and out", once_through),
    innocent("R05", "part_stays", "留存部分资金", "A part stays", part_stays),
    innocent("R05", "hours_later", "数小时后才用", "Hours later", hours_later),
    innocent("R05", "pocket_money", "不足千元", "Below 1,000", pocket_money),
    innocent("R05", "on_two_days", "隔日各一次", "On two days", on_two_days, days=3),
    planted("R17", "one_bill", "同一账单多次缴费", "One bill in pieces", one_bill),
    planted("R17", "equal_parts", "等额多次缴费", "Equal parts", equal_parts),
    innocent("R17", "paid_twice", "重复缴费", "Paid twice by mistake", paid_twice),
    innocent("R17", "two_of_a_kind", "两笔等额", "Two equal bills", two_of_a_kind),
    innocent("R17", "other_sums", "水电话费各异", "Three bills, three sums", other_sums),
    innocent("R17", "day_after_day", "数日各缴一次", "Day after day", day_after_day, days=6),
    innocent("R17", "neighbors", "邻里各缴医保", "Neighbors pay the same", neighbors),
)
