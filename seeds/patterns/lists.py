"""R24: cards, payees, operators, terminals on a list; and entries that do not bind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from seeds.patterns.episodes import Listing
from seeds.patterns.pattern import innocent, planted
from seeds.patterns.scene import Scene
from seeds.patterns.travel import SOME_CASH

RULE = "R24"
LONG, AN_HOUR = timedelta(days=60), timedelta(hours=1)


def listed_card(scene: Scene) -> None:
    """A card on the list is used, perhaps twice."""
    who, at = scene.person(), scene.moment(0)
    block(scene, "card", who.card_id, at)
    scene.withdraw(who, scene.notes(*SOME_CASH), at)
    scene.claim(RULE, who.card_id)
    if scene.dice.happens(500):
        scene.inquire(who, scene.later(at, 2, 20))


def listed_payee(scene: Scene) -> None:
    """Somebody sends money to an account on the list."""
    payee, at = scene.payee(), scene.moment(0)
    block(scene, "payee", payee.account_no, at)
    scene.transfer(scene.person(), payee, scene.notes(20_000, 150_000), at)
    scene.claim(RULE, payee.account_id)


def listed_operator(scene: Scene) -> None:
    """For a few hours the operator stands on the list: nothing may be done here."""
    at_counter(scene, "operator", scene.place.operator_id, scene.place.point_id)


def listed_terminal(scene: Scene) -> None:
    """A stolen machine."""
    terminal_id = scene.place.machine.terminal_id
    at_counter(scene, "terminal", terminal_id, terminal_id)


def at_counter(scene: Scene, kind: str, value: str, subject: str) -> None:
    """Let two customers come while operator or terminal is on the list, and nobody else."""
    at = scene.moment(0, most=900)
    since, until = at - AN_HOUR, at + 2 * AN_HOUR
    scene.acts.append(Listing(kind, value, since, until))
    scene.keep_quiet(since, until)
    scene.withdraw(scene.person(), scene.notes(*SOME_CASH), at)
    scene.claim(RULE, subject)
    scene.withdraw(scene.person(), scene.notes(*SOME_CASH), scene.later(at, 5, 40))


def expired(scene: Scene) -> None:
    """The entry ended a little before."""
    used_beside(scene, lambda at: (at - LONG, at - timedelta(minutes=2)))


def not_yet(scene: Scene) -> None:
    """The entry begins a little later."""
    used_beside(scene, lambda at: (at + timedelta(minutes=2), at + LONG))


def second_card(scene: Scene) -> None:
    """The holder's other card is on the list, this one is not."""
    listed = scene.person()
    other, at = scene.person(name=listed.name), scene.moment(0)
    block(scene, "card", listed.card_id, at)
    scene.withdraw(other, scene.notes(*SOME_CASH), at)


def listed_as_payee(scene: Scene) -> None:
    """Who may not be paid draws the own money: the list is about payees."""
    who, at = scene.person(), scene.moment(0)
    block(scene, "payee", who.account_no, at)
    scene.withdraw(who, scene.notes(*SOME_CASH), at)


def used_beside(scene: Scene, term: Callable[[datetime], tuple[datetime, datetime]]) -> None:
    """Let a card be used outside the term of its entry."""
    who, at = scene.person(), scene.moment(0)
    scene.acts.append(Listing("card", str(who.card_id), *term(at)))
    scene.withdraw(who, scene.notes(*SOME_CASH), at)


def block(scene: Scene, kind: str, value: object, at: datetime) -> None:
    """Put something on a list, from some time before a moment until long after it."""
    since = at - timedelta(hours=scene.dice.between(1, 400))
    scene.acts.append(Listing(kind, str(value), since, at + LONG))


PATTERNS = (
    planted(RULE, "listed_card", "名单卡", "A card on the list", listed_card),
    planted(RULE, "listed_payee", "名单收款人", "A payee on the list", listed_payee),
    planted(RULE, "listed_operator", "名单负责人", "An operator on the list", listed_operator),
    planted(RULE, "listed_terminal", "名单终端", "A terminal on the list", listed_terminal),
    innocent(RULE, "expired", "名单已到期", "The entry has ended", expired),
    innocent(RULE, "not_yet", "名单未生效", "The entry has not begun", not_yet),
    innocent(RULE, "second_card", "同名另一张卡", "Another card of the holder", second_card),
    innocent(RULE, "listed_as_payee", "仅限收款名单", "Listed as payee only", listed_as_payee),
)
