"""The request in hand, and its facts: each is made when a rule first looks at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from pos_sim.domain.authorize import Facts, first_refusal
from pos_sim.domain.cards import PIN_TRIES
from pos_sim.domain.magic import Effect
from pos_sim.domain.requests import Request, Reversal
from pos_sim.domain.transactions import Transaction
from risk.live.rows import MOVES_MONEY, PIN_CODES, REVERSAL, Seen
from risk.observe import limit_of, microseconds, payer_of
from risk.places import PointProfile
from risk.templates.parameters import ALL_OF_IT
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


class Case:
    """One request with all that its facts are made from. Nothing is worked out before it is asked.

    While nobody refused it, the request counts as approved; ``settle`` says what became of it.
    """

    __slots__ = (
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
        "limit",
        "original",
        "payee",
        "place",
        "point",
        "request",
        "seen",
        "terminal",
        "undoes",
        "windows",
    )

    def __init__(self, facts: Facts, windows: GroupWindows, makers: Mapping[str, Maker]) -> None:
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
        self.limit = limit_of(facts)
        self.seen: list[Seen] = windows.cards.get(self.card, NONE_SEEN) if self.card else NONE_SEEN
        self.code: str | None = None
        self.decision: Transaction | None = None
        self.known = LiveFacts(self, makers)

    @property
    def tier(self) -> Tier:
        return self.place.profile.tier if self.place else Tier.B

    @property
    def answer(self) -> str:
        """The code that the request has, or would have as far as the bank itself is concerned."""
        if self.code is None:
            refusal = None if self.business == REVERSAL else first_refusal(self.facts)
            self.code = refusal.code if refusal else "00"
        return self.code

    @property
    def moved(self) -> bool:
        return self.answer == "00"

    @property
    def pin_failed(self) -> bool:
        """Whether the PIN was the reason to refuse; mostly it is plain that it was not."""
        facts = self.facts
        card = facts.card
        if card is None:
            return False
        is_fine = facts.pin_is_right and card.effect is not Effect.WRONG_PIN
        if is_fine and card.pin_failures_on(facts.business_date) < PIN_TRIES:
            return False
        return self.answer in PIN_CODES

    @property
    def is_own(self) -> bool:
        """Whether card or payee is one of the point's own people."""
        return self.card_is_own or self.payee_is_own

    @property
    def card_is_own(self) -> bool:
        return self.place is not None and self.card in self.place.profile.own_cards

    @property
    def payee_is_own(self) -> bool:
        return self.place is not None and self.payee in self.place.profile.own_accounts

    @property
    def payer(self) -> str | None:
        return payer_of(self.facts) or None

    @property
    def share(self) -> int:
        """The amount as a share of the limit, in basis points."""
        return self.amount * ALL_OF_IT // self.limit

    def settle(self, transaction: Transaction) -> None:
        """Take note of what became of the request; facts made on another assumption go."""
        if self.code is not None and self.code != transaction.response_code:
            self.known.clear()
        self.code = transaction.response_code
        self.decision = transaction
        self.undoes = self.undoes and self.code == "00"

    def _original(self) -> Original | None:
        if not isinstance(self.request, Reversal):
            return None
        return self.windows.originals.get(self.request.original.transaction_id)


NONE_SEEN: list[Seen] = []
