"""R22 and R23: one customer is the point, volume made up for a subsidy; and small villages."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from pos_sim.domain.money import yuan
from risk.patrol_facts import SUBSIDY_GRADES
from seeds.patterns.edges import A_DAY, WHOLE
from seeds.patterns.pattern import Ground, innocent, on_first_of_month, planted
from seeds.patterns.scene import Scene
from seeds.patterns.stage import Person
from seeds.patterns.volumes import REST_DAYS, rests
from seeds.traffic.spread import shuffled

SMALL = (yuan(50), yuan(300))
TINY = yuan(10)
TOP = 5

# R22: concentration --------------------------------------------------------------------------

ACTIVE_DAYS = 27
CONCENTRATED_STAY = REST_DAYS + ACTIVE_DAYS + 3


def one_customer(scene: Scene) -> None:
    """Thirty transactions and more in a month, two fifths or more of one card."""
    share = scene.edges.start("R22", "first")
    total = whole(scene) + scene.dice.below(8)
    most = part(total, share) + scene.dice.below(5)
    in_a_month(scene, [most], total)
    concentrated(scene)


def five_customers(scene: Scene) -> None:
    """Four fifths or more of five cards."""
    total = whole(scene) + scene.dice.below(8)
    most = min(part(total, scene.edges.start("R22", "first_five")) + scene.dice.below(3), total)
    in_a_month(scene, evenly(most), total)
    concentrated(scene)


def good_customer(scene: Scene) -> None:
    """The best customer comes often, but less than two fifths are that one's."""
    most = part(whole(scene), scene.edges.start("R22", "first")) - 1 - scene.dice.below(2)
    in_a_month(scene, [most], whole(scene) + scene.dice.below(8))


def tiny_village(scene: Scene) -> None:
    """A village of a few houses: mostly one customer, and not thirty transactions in a month."""
    total = whole(scene) - 2 - scene.dice.below(5)
    in_a_month(scene, [total * 3 // 5], total)


def five_families(scene: Scene) -> None:
    """Five families come often, but less than four fifths are theirs."""
    most = part(whole(scene), scene.edges.start("R22", "first_five")) - 1 - scene.dice.below(3)
    in_a_month(scene, evenly(most), whole(scene) + scene.dice.below(8))


def concentrated(scene: Scene) -> None:
    """Claim R22 from the first evening on which enough have come and a share is reached."""
    drawn: Counter[object] = Counter()
    moves = sorted(scene.moves, key=lambda move: move.at)
    for number, move in enumerate(moves):
        drawn[getattr(move.request, "pan", None)] += 1
        is_evening = moves[number + 1 :] == [] or moves[number + 1].at.date() > move.at.date()
        if is_evening and is_shared_by_few(scene, drawn):
            scene.claim("R22", scene.place.point_id, since=move.at, lasts=A_DAY * 30)
            return
    raise AssertionError("nobody is the point here")


def is_shared_by_few(scene: Scene, drawn: Counter[object]) -> bool:
    total = drawn.total()
    edges = {1: scene.edges.start("R22", "first"), TOP: scene.edges.start("R22", "first_five")}
    return total >= whole(scene) and any(
        sum(count for _, count in drawn.most_common(most)) >= part(total, edge)
        for most, edge in edges.items()
    )


def whole(scene: Scene) -> int:
    return scene.edges.number("R22", "first", "whole_min")


def part(total: int, share: int) -> int:
    """Return the least count that is at least a share of a total.

    >>> part(31, 4_000), part(30, 4_000)
    (13, 12)
    """
    return -(-total * share // WHOLE)


def evenly(total: int) -> list[int]:
    """Share a count among five.

    >>> evenly(23)
    [5, 5, 5, 4, 4]
    """
    return [total // TOP + (number < total % TOP) for number in range(TOP)]


def in_a_month(scene: Scene, counts: Sequence[int], total: int) -> None:
    """Let some come so often, and others once each until there are ``total`` transactions."""
    rests(scene)
    days = [REST_DAYS + number * ACTIVE_DAYS // total for number in range(total)]
    draw_on(scene, shuffled(visitors(scene, counts, total), scene.dice), days, SMALL)


def visitors(scene: Scene, counts: Sequence[int], total: int) -> list[Person]:
    """Return who comes, each as often as that one comes; the others come once."""
    often = [who for count in counts for who in [scene.person()] * count]
    return often + scene.people(total - len(often))


def draw_on(
    scene: Scene, people: Sequence[Person], days: Sequence[int], amounts: tuple[int, int]
) -> None:
    for who, day in zip(people, days, strict=True):
        scene.withdraw(who, scene.notes(*amounts), scene.moment(day))


# R23: subsidy farming ------------------------------------------------------------------------

TWO_MONTHS = 61
LAST_DAYS = 5
GRADE = SUBSIDY_GRADES[0]


def farmed(scene: Scene) -> None:
    """Tiny withdrawals of a few friends lift the month over a grade in its last days."""
    total = GRADE + scene.dice.below(excess(scene) + 1)
    late = total - GRADE + scene.dice.between(3, 8)
    month(scene, total, late=late, tiny=tiny_share(scene) + 400, top=top_share(scene) + 300)
    crossing = sorted(move.at for move in scene.moves)[GRADE - 1]
    scene.claim("R23", scene.place.point_id, since=crossing, lasts=A_DAY * 4)


def few_tiny(scene: Scene) -> None:
    """The grade is passed late and by few, but most of them are ordinary amounts."""
    month(scene, GRADE + 2, late=6, tiny=tiny_share(scene) - 700, top=top_share(scene) + 300)


def many_customers(scene: Scene) -> None:
    """Many small amounts of many people."""
    month(scene, GRADE + 2, late=6, tiny=tiny_share(scene) + 500, top=top_share(scene) - 1_200)


def early(scene: Scene) -> None:
    """The grade is passed in the middle of the month."""
    month(scene, GRADE + 3, late=0, tiny=tiny_share(scene) + 500, top=top_share(scene) + 300)


def far_beyond(scene: Scene) -> None:
    """A feast at the end of the month: the grade is passed by far, on one day."""
    total = GRADE + excess(scene) + 3
    share = {"tiny": tiny_share(scene) + 500, "top": top_share(scene) + 300}
    month(scene, total, late=total - GRADE + 3, **share, late_days=1)


def just_missed(scene: Scene) -> None:
    """Tiny amounts of a few friends, but the grade is missed."""
    total = GRADE - 1 - scene.dice.below(3)
    month(scene, total, late=5, tiny=tiny_share(scene) + 500, top=top_share(scene) + 300)


def month(scene: Scene, total: int, *, late: int, tiny: int, top: int, late_days: int = 3) -> None:
    """Fill a month with ``total`` withdrawals, ``late`` of them in its last five days.

    ``tiny`` and ``top`` are the shares of tiny amounts and of the first five cards.
    """
    rests(scene)
    start, length = month_of(scene)
    last = min(start + length, scene.days) - 1
    quiet_end = last - LAST_DAYS - (0 if late else 6)
    days = [start + n * (quiet_end - start) // (total - late) for n in range(total - late)]
    days += sorted(last - LAST_DAYS + 2 + n % late_days for n in range(late))
    people = shuffled(visitors(scene, evenly(part(total, top)), total), scene.dice)
    sizes = shuffled([n < part(total, tiny) for n in range(total)], scene.dice)
    for who, day, is_tiny in zip(people, days, sizes, strict=True):
        scene.withdraw(who, TINY if is_tiny else scene.notes(*SMALL), scene.moment(day))


def month_of(scene: Scene) -> tuple[int, int]:
    """Return with which day of the stay its second month begins, and how long that is."""
    first = scene.day(0)
    start = monthrange(first.year, first.month)[1]
    that = first + timedelta(days=start)
    return start, monthrange(that.year, that.month)[1]


def tiny_share(scene: Scene) -> int:
    return scene.edges.start("R23")


def top_share(scene: Scene) -> int:
    return scene.edges.guard("R23", "", "top5_share_month")


def excess(scene: Scene) -> int:
    """Return how many transactions beyond the grade are still few."""
    return GRADE * scene.edges.guard("R23", "", "grade_excess") // WHOLE


R22 = {"days": CONCENTRATED_STAY, "ground": Ground.EMPTY}
R23 = {"days": TWO_MONTHS, "ground": Ground.EMPTY, "starts": on_first_of_month}

PATTERNS = (
    planted("R22", "one_customer", "一卡占四成", "One card", one_customer, **R22),
    planted("R22", "five_customers", "五卡占八成", "Five cards", five_customers, **R22),
    innocent("R22", "good_customer", "老主顾不足四成", "A good customer", good_customer, **R22),
    innocent("R22", "tiny_village", "小村不足三十笔", "A tiny village", tiny_village, **R22),
    innocent("R22", "five_families", "五户不足八成", "Five families", five_families, **R22),
    planted("R23", "farmed", "月末凑笔数套补", "Farmed", farmed, **R23),
    innocent("R23", "few_tiny", "小额不足四成", "Few tiny amounts", few_tiny, **R23),
    innocent("R23", "many_customers", "客户分散", "Many customers", many_customers, **R23),
    innocent("R23", "early", "月中已过档", "Passed early", early, **R23),
    innocent("R23", "far_beyond", "远超档次", "Far beyond", far_beyond, **R23),
    innocent("R23", "just_missed", "差几笔未过档", "Just missed", just_missed, **R23),
)
