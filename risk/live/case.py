"""The request in hand, and its facts: each is made when a rule first looks at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from pos_sim.domain.authorize import Facts
from pos_sim.domain.requests import Request, Reversal
from pos_sim.domain.transactions import Refusal, Transaction
from risk.live.rows import MOVES_MONEY, PIN_CODES, Seen
from risk.observe import limit_of, microseconds, payer_of
from risk.places import PointProfile
from risk.vocabulary import Tier

if TYPE_CHECKING:
    from risk.live.group import GroupWindows

Maker: TypeAlias = "Callable[[Case], Any]"


@dataclass(frozen=True, slots=True)
class Place:
    """A point with its profile and who answers for it."""

    profile: PointProfile
    operator_id: str


class Original(NamedTuple):
    """What a reversal names; ``stands``: its money has not been taken back yet."""

    event_id: str
    at_us: int
    business: str
    moved: bool
    stands: bool
    amount: int
    point: str | None
    card: int | None
    payee: int | None
    settles_us: int | None

    @property
    def can_be_undone(self) -> bool:
        return self.stands and self.business in MOVES_MONEY


class LiveFacts(dict[str, Any]):
    """Facts by name. A name that is not there yet is made; one that nobody makes is a KeyError."""

    __slots__ = ("case", "makers", "names")

    def __init__(self, case: Case, makers: Mapping[str, Maker]) -> None:
        self.case = case
        self.makers = makers
        self.names = makers.keys()

    def __missing__(self, name: str) -> Any:
        value = self[name] = self.makers[name](self.case)
        return value

    def keys(self) -> Any:
        """Every fact that can be made counts as there."""
        return self.names

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self.makers else default


def each_of(fill: Callable[[Case], dict[str, Any]], *names: str) -> dict[str, Maker]:
    """Return makers for facts that are cheaper made together: the first asked for makes all."""

    def maker(name: str) -> Maker:
        def make(case: Case) -> Any:
            made = fill(case)
            case.known.update(made)
            return made[name]

        return make

    return {name: maker(name) for name in names}


class Case:
    """One request with all that its facts are made from. Nothing is worked out before it is asked.

    While nobody refused it, the request counts as approved; ``settle`` says what became of it.
    """

    __slots__ = (
        "_limit",
        "account",
        "amount",
        "at_us",
        "business",
        "card",
        "code",
        "day",
        "decision",
        "event_id",
        "facts",
        "known",
        "marks",
        "moved",
        "original",
        "payee",
        "pin_failed",
        "place",
        "point",
        "request",
        "seen",
        "terminal",
        "undoes",
        "windows",
    )

    def __init__(
        self,
        facts: Facts,
        refusal: Refusal | None,
        windows: GroupWindows,
        makers: Mapping[str, Maker],
    ) -> None:
        self.facts = facts
        self.windows = windows
        self.request: Request = facts.request
        self.event_id = self.request.key.transaction_id
        self.at_us = microseconds(self.request.received_at)
        self.day = facts.business_date.toordinal()
        self.business = self.request.business.value
        self.amount: int = facts.amount
        self.terminal = self.request.key.terminal_id
        self.point = facts.point.service_point_id if facts.point else None
        self.place = windows.place(self.point)
        self.original = self._original()
        self.undoes = self.original is not None and self.original.can_be_undone
        self.card = facts.card.card_id if facts.card else None
        if self.undoes and self.original is not None:
            self.card = self.original.card
        self.account = facts.card.account_id if facts.card else None
        self.payee = facts.payee.account_id if facts.payee else None
        self.seen: list[Seen] = windows.cards.get(self.card, NONE_SEEN) if self.card else NONE_SEEN
        self.code = "00" if refusal is None else refusal.code
        self.moved = refusal is None
        self.pin_failed = self.code in PIN_CODES
        self.decision: Transaction | None = None
        self.marks: int | None = None
        self._limit: int | None = None
        self.known = LiveFacts(self, makers)

    @property
    def limit(self) -> int:
        """L, the daily limit per card here."""
        if self._limit is None:
            self._limit = limit_of(self.facts)
        return self._limit

    @property
    def tier(self) -> Tier:
        return self.place.profile.tier if self.place else Tier.B

    @property
    def is_own(self) -> bool:
        """Whether card or payee is one of the point's own people."""
        place = self.place
        if place is None:
            return False
        profile = place.profile
        return self.card in profile.own_cards or self.payee in profile.own_accounts

    @property
    def card_is_own(self) -> bool:
        return self.place is not None and self.card in self.place.profile.own_cards

    @property
    def payee_is_own(self) -> bool:
        return self.place is not None and self.payee in self.place.profile.own_accounts

    @property
    def payer(self) -> str | None:
        return payer_of(self.facts) or None

    def settle(self, transaction: Transaction) -> None:
        """Take note of what became of the request; facts made on another assumption go."""
        self.decision = transaction
        if self.code != transaction.response_code:
            self.known.clear()
            self.marks = None
            self.code = transaction.response_code
            self.moved = self.code == "00"
            self.undoes = self.undoes and self.moved

    def let_go(self) -> None:
        """Forget facts and windows: they know this case, and a circle waits for the collector."""
        del self.known, self.windows

    def _original(self) -> Original | None:
        if not isinstance(self.request, Reversal):
            return None
        return self.windows.originals.get(self.request.original.transaction_id)


NONE_SEEN: list[Seen] = []
