"""A planted pattern played over HTTP: its people get their cards, its clock is moved, it pays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pos_sim.domain.calendar import in_local_time
from pos_sim.domain.cards import Pan, Pin
from pos_sim.domain.money import Fen
from pos_sim.domain.requests import Withdrawal
from pos_sim.domain.service_points import PointKind
from seeds.dice import Dice
from seeds.patterns.cast import Cast
from seeds.patterns.catalogue import PATTERNS
from seeds.patterns.episodes import Kind
from seeds.patterns.run import edges_of, rules
from seeds.patterns.scene import Scene
from seeds.patterns.stage import Payee, Person, Place
from seeds.traffic.stock import Machine, Shop
from seeds.traffic.stock import Payee as Known
from tests.api.counter import Counter, Json


@dataclass
class CastOverHttp(Cast):
    """Whoever plays gets a card of the world that is served."""

    counter: Counter

    def person(
        self, *, born: date, county: str, bank_id: str, balance: Fen, name: str = ""
    ) -> Person:
        wishes = {"county": county, "bank_id": bank_id, "balance_fen": balance}
        made = self.counter.new_card(birth_date=born.isoformat(), **wishes)
        return Person(
            card_id=int(made["card_id"]), account_id=0, account_no=made["account_no"],
            name=made["name"], pan=Pan(made["card_no"]), pin=Pin(made["pin"]), balance=balance,
        )  # fmt: skip


def place_of(point: Json) -> Place:
    """Return a service point, as the API shows it, as the stage of a pattern."""
    operator = Known(point["operator"]["account_no"], point["operator"]["name"])
    machines = tuple(
        Machine(one["terminal_id"], "", one["kind"] == "pos") for one in point["terminals"]
    )
    shop = Shop(
        point_id=point["service_point_id"], name=point["name"], bank_id=point["bank_id"],
        kind=PointKind(point["kind"]), county=point["county"],
        latitude=point["position"]["latitude"], longitude=point["position"]["longitude"],
        opens=480, closes=1_140, market_residue=0, has_market=False, operator_account_id=0,
        operator=operator, luck=500, off=frozenset(), machines=machines,
    )  # fmt: skip
    return Place(
        shop=shop, residue=0, operator_id=point["operator"]["operator_id"],
        operator=Payee(0, *operator), family=(),
    )  # fmt: skip


def written(counter: Counter, point: Json, pattern: str, first_day: date) -> Scene:
    """Let a planted pattern write its episode at a point."""
    (found,) = [one for one in PATTERNS if (one.name, one.kind) == (pattern, Kind.PLANTED)]
    scene = Scene(
        place=place_of(point), guests=[], first_day=first_day, days=found.days,
        dice=Dice(1, "episode", pattern), edges=edges_of(rules()), cast=CastOverHttp(counter),
        any_biller="any", is_close=True,
    )  # fmt: skip
    found.build(scene)
    return scene


def withdrawals_of(scene: Scene) -> Iterator[tuple[datetime, Json]]:
    """Give each withdrawal of an episode with its moment, in order."""
    for move in sorted(scene.moves, key=lambda move: move.at):
        request = move.request
        assert isinstance(request, Withdrawal)
        assert request.pin is not None
        yield move.at, {
            "terminal_id": move.terminal_id, "card_no": request.pan.whole,
            "pin": request.pin.digits, "amount_fen": request.amount,
        }  # fmt: skip


@dataclass
class SimClock:
    """The clock of the served world, moved as anybody may move it."""

    counter: Counter

    def move(self, **to: Any) -> Json:
        moved = self.counter.post("/sim/clock", to)
        assert moved.status_code == 200, moved.text
        done: Json = moved.json()
        return done

    def now(self) -> datetime:
        return datetime.fromisoformat(self.counter.get("/sim/clock").json()["now"])

    def reach(self, moment: datetime) -> None:
        """Move on to a moment, unless it has passed."""
        if moment > self.now() + timedelta(seconds=1):
            self.move(advance_to=in_local_time(moment))
