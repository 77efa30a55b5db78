"""下发案例 One episode staged in a running world: at a chosen point, with people made for it.

Nothing is written into the past. The episode begins on the next day that suits it, and whoever
plays it lets the clock go from one request to the next. The rest of the world goes on beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from pos_sim.domain.accounts import Kind as AccountKind
from pos_sim.domain.banks import BANKS
from pos_sim.domain.calendar import SHANGHAI, business_date
from pos_sim.domain.cards import CardSecrets, Pan, Pin
from pos_sim.domain.money import ZERO, Fen
from pos_sim.store.new_accounts import open_account
from pos_sim.store.sql import Statement
from pos_sim.store.world import WorldFacts
from risk.store.register import touch
from seeds.dice import Dice
from seeds.mistakes import Mistake
from seeds.names import person_name
from seeds.patterns import acts
from seeds.patterns.cast import Company
from seeds.patterns.edges import Edges
from seeds.patterns.episodes import Episode, Listing, Registration
from seeds.patterns.numbering import SerialBook, numbered
from seeds.patterns.pattern import Pattern
from seeds.patterns.run import PATROLLED
from seeds.patterns.scene import Scene
from seeds.patterns.stage import Payee, Person, Place, Stage, read_places
from seeds.patterns.write import devices_of
from seeds.people import PERSON_NUMBERS
from seeds.testdata import make_card
from seeds.traffic.stock import read_shops
from seeds.wishes import NewCard

LATE = time(23, 30)
"""The patrol of the day has come by then: an episode about its rules lasts until the last one."""
TRIES = 370
NOT_HERE = (
    "service_point_id",
    "这个案例在这个点演不了 · This pattern cannot be played at this point",
)
NOT_FRESH = ("service_point_id", "这个点已经有业务 · This point has had business already")

LISTS = Statement(
    "insert into risk_lists (name, kind, effect, title) values (:name, :kind, :effect,"
    " '教学名单 Teaching list') on conflict (name) do nothing"
)
ACCOUNT_OF = Statement("select account_id from cards where card_id = :card_id")
USED_BATCH = Statement(
    "select transaction_id from transactions where transaction_id between :low and :high"
    " union all select transaction_id from tombstones where transaction_id between :low and :high"
    " limit 1"
)
USED_POINT = Statement(
    "select transaction_id from transactions where service_point_id = :point_id limit 1"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which pattern shall happen where; ``token`` names this episode and nothing else."""

    pattern: Pattern
    point_id: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The running world: its facts, how it keeps secrets, its rules, and what its clock shows."""

    facts: WorldFacts
    secrets: CardSecrets
    edges: Edges
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """An episode that can be played; its requests are in the order of time until ``until``."""

    episode: Episode
    until: datetime

    @property
    def registrations(self) -> Sequence[Registration]:
        return [act for act in self.episode.acts if isinstance(act, Registration)]


def stage(connection: Connection, wish: Wish, world: World) -> Staged:
    """Write the people and lists of an episode, and return it, to be played from now on.

    Raises `Mistake` where the point does not serve, or is not one for this pattern.
    """
    stock = read_shops(connection, business_date(world.now))
    places = read_places(connection, stock)
    place = next((one for one in places if one.point_id == wish.point_id), None)
    if place is None:
        serving = "须为正在营业、业务齐全的服务点 · Must be a serving point with every business on"
        raise Mistake("service_point_id", serving)
    others = [one for one in places if one is not place]
    there = Stage(stock=stock, hosts=[place], guests=others, others=[])
    require_fit(connection, wish, place, there)
    scene = built(connection, wish, world, place, there)
    devices = devices_of(places)
    registered = [act for act in scene.acts if isinstance(act, Registration)]
    requests = numbered(
        scene.moves,
        devices,
        SerialBook(devices, registered),
        Dice(world.facts.seed, "live reported", wish.token),
        Batches(connection, wish.token).of,
    )
    write_lists(connection, scene, wish.token)
    in_time = sorted(requests, key=lambda request: request.received_at)
    episode = wish.pattern.episode(wish.token, scene, in_time)
    return Staged(episode=episode, until=ends(episode, world.now))


def require_fit(connection: Connection, wish: Wish, place: Place, there: Stage) -> None:
    """Raise `Mistake` where the place lacks what the pattern needs."""
    if not wish.pattern.needs(place, there.guests_of(place)):
        raise Mistake(*NOT_HERE)
    is_used = bool(USED_POINT.rows(connection, point_id=place.point_id))
    if wish.pattern.is_fresh and is_used:
        raise Mistake(*NOT_FRESH)


def built(connection: Connection, wish: Wish, world: World, place: Place, there: Stage) -> Scene:
    """Let the pattern write its episode so that nothing of it lies in the past."""
    first_day = next_start(wish.pattern, business_date(world.now) + timedelta(days=1))
    rehearsal = written(wish, world, place, there, first_day, Rehearsal())
    early = world.now - min(moments(rehearsal), default=world.now)
    if early > timedelta(0):
        first_day = next_start(wish.pattern, first_day + early + timedelta(days=1))
    company = Recruits(connection, world, wish.token)
    return written(wish, world, place, there, first_day, company)


def written(
    wish: Wish, world: World, place: Place, there: Stage, first_day: date, cast: Company
) -> Scene:
    scene = Scene(
        place=place,
        guests=there.guests_of(place),
        first_day=first_day,
        days=wish.pattern.days,
        dice=Dice(world.facts.seed, "live", wish.token),
        edges=world.edges,
        cast=cast,
        any_biller=there.stock.any_biller,
        is_close=False,
    )
    try:
        wish.pattern.build(scene)
    except (IndexError, StopIteration):
        # It looked for a neighbor far away, or a card of the family, and there is none.
        raise Mistake(*NOT_HERE) from None
    return scene


def moments(scene: Scene) -> Iterator[datetime]:
    """Give when something is to be done."""
    yield from (move.at for move in scene.moves)
    yield from (act.at for act in scene.acts if isinstance(act, Registration))


def next_start(pattern: Pattern, day: date) -> date:
    """Return the first day, from this one on, on which a pattern can begin.

    Raises `Mistake` where a year has none.
    """
    for number in range(TRIES):
        candidate = day + timedelta(days=number)
        if pattern.starts(candidate):
            return candidate
    raise Mistake(*NOT_HERE)


def ends(episode: Episode, now: datetime) -> datetime:
    """Return when the episode is over and every rule has had its say."""
    last = max((request.received_at for request in episode.requests), default=now)
    if episode.rule_id not in PATROLLED:
        return last
    evening = episode.first_day + timedelta(days=episode.days - 1)
    return max(last, datetime.combine(evening, LATE, SHANGHAI))


def write_lists(connection: Connection, scene: Scene, token: str) -> None:
    """Write what staff did before the episode: lists that bind, and opening days."""
    for act in scene.acts:
        if isinstance(act, Listing):
            effect = "block" if act.is_block else "allow"
            name = acts.list_of(act.kind, effect)
            LISTS.run(connection, name=name, kind=act.kind, effect=effect)
    acts.write_acts(connection, scene.acts, f"live-{token}")
    touch(connection)


# People and numbers ----------------------------------------------------------------------------


class Recruits:
    """Makes people with cards and accounts in the running world, one after the other."""

    def __init__(self, connection: Connection, world: World, token: str) -> None:
        self._connection, self._world, self._token = connection, world, token
        self._dice = Dice(world.facts.seed, "live cast", token)
        self._payees = 0

    def person(
        self, *, born: date, county: str, bank_id: str, balance: Fen, name: str = ""
    ) -> Person:
        """Return somebody new with a debit card."""
        name = name or person_name(self._dice.below(PERSON_NUMBERS), born.year)
        card = NewCard(
            bank_id=bank_id, county=county, balance_fen=balance, name=name, birth_date=born
        )
        world = self._world
        made = make_card(self._connection, world.facts, world.secrets, card, world.now)
        account_id = ACCOUNT_OF.rows(self._connection, card_id=made["card_id"])[0][0]
        who = (made["card_id"], account_id, made["account_no"], name)
        return Person(*who, Pan(made["card_no"]), Pin(made["pin"]), balance)

    def payee(self, bank_id: str) -> Payee:
        """Return somebody new with an account and no card."""
        name = self.name()
        self._payees += 1
        account = open_account(
            self._connection,
            AccountKind.CARDHOLDER,
            BANKS[bank_id],
            name,
            ZERO,
            entry_id=f"opening-live-{self._token}-{self._payees}",
            day=business_date(self._world.now),
        )
        return Payee(account.account_id, account.account_no, name)

    def name(self) -> str:
        """Return the name of somebody who pays with banknotes."""
        return person_name(self._dice.below(PERSON_NUMBERS))


class Rehearsal:
    """Stands in for everybody: a rehearsal shows when things happen, and writes nothing."""

    def person(
        self, *, born: date, county: str, bank_id: str, balance: Fen, name: str = ""
    ) -> Person:
        """Return nobody in particular."""
        return Person(0, 0, "", name, Pan("0" * 16), Pin("000000"), balance)

    def payee(self, bank_id: str) -> Payee:
        """Return nobody in particular."""
        return Payee(0, "", "")

    def name(self) -> str:
        """Return no name."""
        return ""


class Batches:
    """Gives each terminal one batch number that it has never used."""

    def __init__(self, connection: Connection, token: str) -> None:
        self._connection, self._token = connection, token
        self._found: dict[str, str] = {}

    def of(self, terminal_id: str, _day: date) -> str:
        """Return the batch of a terminal, the same for the whole episode."""
        if terminal_id not in self._found:
            self._found[terminal_id] = self._fresh(terminal_id)
        return self._found[terminal_id]

    def _fresh(self, terminal_id: str) -> str:
        dice = Dice(0, "live batch", self._token, terminal_id)
        while True:
            batch = f"{dice.between(1, 999_999):06d}"
            low, high = (f"{terminal_id}{batch}{digit * 6}" for digit in "09")
            if not USED_BATCH.rows(self._connection, low=low, high=high):
                return batch
