"""R10–R12: terminals at odd hours, in odd places, under odd numbers; and honest reasons for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from pos_sim.domain.money import yuan
from seeds.patterns.edges import A_DAY
from seeds.patterns.episodes import Registration, Tells
from seeds.patterns.pattern import innocent, planted
from seeds.patterns.scene import NOTE, Scene
from seeds.patterns.stage import Place
from seeds.patterns.travel import SOME_CASH

# R10: off hours ------------------------------------------------------------------------------

ENOUGH = yuan(1_800)
BEFORE_CUT_OFF = 1_375
"""Minutes of the day; the next business date is near."""


def after_closing(scene: Scene) -> None:
    """Once, clearly outside the hours, and not a little."""
    scene.withdraw(scene.person(), off_hours_amount(scene), outside(scene, 0))
    scene.claim("R10", scene.place.point_id)


def evening_after_evening(scene: Scene) -> None:
    """Three evenings in one week."""
    for number, day in enumerate(sorted({0, 2, 3 + scene.dice.below(3)})):
        scene.withdraw(scene.person(), off_hours_amount(scene), outside(scene, day))
        if number == 0:
            scene.claim("R10", scene.place.point_id)


def small_hours(scene: Scene) -> None:
    """Between midnight and five."""
    until = scene.edges.number("R10", "small_hours", "until")
    at = scene.moment(1, least=5, most=min(until, scene.place.shop.opens - 60) - 5)
    scene.transfer(scene.person(), scene.payee(), off_hours_amount(scene), at)
    scene.claim("R10", scene.place.point_id)


def last_customer(scene: Scene) -> None:
    """A few minutes before opening or after closing."""
    slack = scene.edges.number("R10", "any_time", "slack")
    shop = scene.place.shop
    minutes = scene.short_of(1, slack - 1)
    minute = shop.opens - minutes if scene.dice.happens(500) else shop.closes + minutes
    scene.withdraw(scene.person(), off_hours_amount(scene), scene.at(0, minute))


def small_change(scene: Scene) -> None:
    """The neighbor knocks at night for a little cash."""
    high = scene.edges.number("R10", "any_time", "amount_min") - NOTE
    amount = scene.short_of(high // 2 // NOTE, high // NOTE) * NOTE
    scene.withdraw(scene.person(), amount, outside(scene, 0))


def looks_at_night(scene: Scene) -> None:
    """The operator's people try the machine at night: no money moves."""
    who = scene.person()
    for _ in range(3):
        scene.inquire(who, outside(scene, 0))


def outside(scene: Scene, day: int) -> datetime:
    """Return a moment outside the hours by more than the slack, before opening or after closing."""
    shop, slack = scene.place.shop, scene.edges.number("R10", "any_time", "slack") + 1
    if scene.dice.happens(400):
        return scene.at(day, shop.opens - scene.beyond(slack, slack + 60))
    most = min(slack + 60, BEFORE_CUT_OFF - shop.closes)
    return scene.at(day, shop.closes + scene.beyond(slack, most))


def off_hours_amount(scene: Scene) -> int:
    least = scene.edges.number("R10", "any_time", "amount_min")
    return scene.beyond(least // NOTE, ENOUGH // NOTE) * NOTE


# R11: the terminal is elsewhere --------------------------------------------------------------


def moved_nearby(scene: Scene) -> None:
    """Carried to another street or village: beyond 500 m, within two kilometers."""
    first, second = scene.edges.start("R11"), scene.edges.start("R11", band=1)
    away(scene, scene.beyond(first * 26 // 25, second * 9 // 10), scene.dice.between(2, 4))


def moved_far(scene: Scene) -> None:
    """Carried out of the place: beyond two kilometers."""
    second = scene.edges.start("R11", band=1)
    away(scene, scene.beyond(second * 26 // 25, second * 15), scene.dice.between(2, 3))


def away(scene: Scene, meters: int, readings: int) -> None:
    """Let the terminal say twice or more, one after the other, that it is so far away."""
    at, terminal_id = scene.moment(0, most=900), scene.place.machine.terminal_id
    scene.keep_quiet(at - timedelta(minutes=30), at + timedelta(hours=3))
    accuracy = scene.edges.number("R11", "", "accuracy_below")
    for number in range(readings):
        tells = Tells(
            away_m=meters + scene.dice.between(0, 20),
            accuracy_m=scene.dice.between(5, accuracy - 5),
        )
        scene.withdraw(scene.person(), scene.notes(*SOME_CASH), at, tells=tells)
        if number == 1:
            scene.claim("R11", terminal_id, lasts=A_DAY)
        at = scene.later(at, 3, 30)


def drift(scene: Scene) -> None:
    """GPS drift: several readings, all of them within 500 m."""
    edge = scene.edges.start("R11")
    far = scene.short_of(edge // 2, edge * 24 // 25)
    readings(scene, [(far - scene.dice.below(10), 20) for _ in range(4)])


def one_jump(scene: Scene) -> None:
    """One reading is kilometers off, the next one is right again."""
    readings(scene, [(30, 15), (scene.edges.start("R11", band=1) * 2, 20), (30, 15)])


def poor_signal(scene: Scene) -> None:
    """Under a tin roof: far off, and the terminal says itself how unsure it is."""
    poor = scene.edges.number("R11", "", "accuracy_below")
    far = scene.edges.start("R11") * 3
    readings(scene, [(far, poor + scene.dice.between(0, 400)) for _ in range(3)])


def says_nothing(scene: Scene) -> None:
    """An old machine without a position."""
    for _ in range(3):
        at = scene.moment(0)
        tells = Tells(is_located=False)
        scene.withdraw(scene.person(), scene.notes(*SOME_CASH), at, tells=tells)


def on_tour(scene: Scene) -> None:
    """移动展业: the mobile machine goes to the customers."""
    mobile = scene.place.mobile
    assert mobile is not None
    far = scene.edges.start("R11", band=1)
    readings(scene, [(far * 2, 20), (far, 15), (far * 3 // 2, 15)], mobile.terminal_id)


def has_mobile(place: Place, guests: list[Place]) -> bool:
    return place.mobile is not None


def readings(scene: Scene, told: list[tuple[int, int]], terminal_id: str = "") -> None:
    """Let customers come while the terminal tells these distances and accuracies (meters)."""
    terminal_id = terminal_id or scene.place.machine.terminal_id
    at = scene.moment(0, most=900)
    scene.keep_quiet(at - timedelta(minutes=30), at + timedelta(hours=3))
    for meters, accuracy in told:
        tells = Tells(away_m=meters, accuracy_m=accuracy)
        amount = scene.notes(*SOME_CASH)
        scene.withdraw(scene.person(), amount, at, tells=tells, terminal_id=terminal_id)
        at = scene.later(at, 3, 30)


# R12: whose serial number --------------------------------------------------------------------


def cloned(scene: Scene) -> None:
    """The serial number of this machine is seen at another one within a day."""
    serial, at = scene.place.machine.serial, scene.moment(0, most=900)
    other = scene.guests[0]
    scene.keep_quiet(at - timedelta(hours=1), at + timedelta(hours=26))
    scene.withdraw(scene.person(), scene.notes(*SOME_CASH), at)
    clone_at = scene.later(at, 5, 120)
    scene.withdraw(
        scene.person(), scene.notes(*SOME_CASH), clone_at, place=other, tells=Tells(serial=serial)
    )
    scene.claim("R12", serial, other.machine.terminal_id, lasts=A_DAY)


def unknown_device(scene: Scene) -> None:
    """The terminal reports a number that is not the one it is bound with."""
    serial = f"SN{scene.dice.below(10**12):012d}"
    at = scene.moment(0)
    scene.withdraw(scene.person(), scene.notes(*SOME_CASH), at, tells=Tells(serial=serial))
    scene.claim("R12", serial, scene.place.machine.terminal_id, lasts=timedelta(hours=1))


def no_number(scene: Scene) -> None:
    """An old machine reports no serial number."""
    for _ in range(3):
        tells = Tells(tells_serial=False)
        scene.withdraw(scene.person(), scene.notes(*SOME_CASH), scene.moment(0), tells=tells)


def reinstalled(scene: Scene) -> None:
    """换机: the old machine breaks, the new one is registered before it is used."""
    at = scene.moment(0, most=800)
    scene.withdraw(scene.person(), scene.notes(*SOME_CASH), at)
    swap(scene, scene.place.machine.terminal_id, scene.later(at, 30, 60))
    scene.withdraw(scene.person(), scene.notes(*SOME_CASH), scene.later(at, 61, 90))
    scene.withdraw(scene.person(), scene.notes(*SOME_CASH), scene.moment(1))


def handed_on(scene: Scene) -> None:
    """The machine is replaced here, and installed and registered elsewhere days later."""
    machine, other = scene.place.machine, scene.guests[-1]
    at = scene.moment(0, most=700)
    scene.withdraw(scene.person(), scene.notes(*SOME_CASH), at)
    swap(scene, machine.terminal_id, scene.later(at, 30, 60))
    swap(scene, other.machine.terminal_id, at + A_DAY * 2, machine.serial)
    scene.withdraw(scene.person(), scene.notes(*SOME_CASH), scene.moment(3), place=other)


def swap(scene: Scene, terminal_id: str, at: datetime, serial: str = "") -> None:
    """Register another device for a terminal, a new one if no serial number is given."""
    serial = serial or f"SN{terminal_id}{scene.dice.below(10**9):09d}"
    scene.acts.append(Registration(at, terminal_id, serial))


PATTERNS = (
    planted("R10", "after_closing", "打烊后大额", "After closing", after_closing, days=8),
    planted("R10", "evening_after_evening", "一周多次夜间", "Evening after evening",
            evening_after_evening, days=8),
    planted("R10", "small_hours", "凌晨交易", "In the small hours", small_hours, days=8),
    innocent("R10", "last_customer", "打烊前后几分钟", "The last customer", last_customer),
    innocent("R10", "small_change", "夜里取零钱", "Small change at night", small_change),
    innocent("R10", "looks_at_night", "夜里查余额", "Looks at night", looks_at_night),
    planted("R11", "moved_nearby", "终端移出五百米", "Moved beyond 500 m", moved_nearby),
    planted("R11", "moved_far", "终端移出两公里", "Moved beyond two kilometers", moved_far),
    innocent("R11", "drift", "定位漂移", "GPS drift", drift),
    innocent("R11", "one_jump", "单次定位跳变", "One reading jumps", one_jump),
    innocent("R11", "poor_signal", "定位精度差", "Poor signal", poor_signal),
    innocent("R11", "says_nothing", "未上报位置", "No position", says_nothing),
    innocent("R11", "on_tour", "移动展业", "The mobile machine on tour", on_tour,
             needs=has_mobile),
    planted("R12", "cloned", "克隆终端", "A cloned terminal", cloned, days=3),
    planted("R12", "unknown_device", "未登记设备", "An unregistered device", unknown_device),
    innocent("R12", "no_number", "未上报序列号", "No serial number", no_number),
    innocent("R12", "reinstalled", "换机并登记", "Reinstalled and registered", reinstalled,
             days=3),
    innocent("R12", "handed_on", "旧机调往他点", "Handed on and registered", handed_on, days=5),
)  # fmt: skip
