"""The request in hand, and its facts: each is made when a rule first looks at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from pos_sim.domain.authorize import Facts
from pos_sim.domain.requests import Request, Reversal
from pos_sim.domain.transactions import Refusal, Transaction
from risk.live.rows import APPROVED, NAMES, PIN_CODES, Original, Seen
from risk.live.windows import GroupWindows
from risk.observe import limit_of, microseconds, payer_of
from risk.plans import Plain
from risk.vocabulary import Tier

Maker: TypeAlias = "Callable[[Case], Any]"


class LiveFacts(dict[str, Any]):
    """Facts by name. A name that is not there yet is made; one that nobody makes is a KeyError."""

    __slots__ = ("case",)

    def __init__(self, case: Case) -> None:
        self.case = case

    def __missing__(self, name: str) -> Any:
        case, plain = self.case, self.case.plain.facts
        value = self[name] = plain[name] if name in plain else case.makers[name](case)
        return value

    def keys(self) -> Any:
        """Every fact that can be made counts as there."""
        return self.case.makers.keys()

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self.case.makers else default


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
    ``earlier`` are the requests of the same group that were decided before.
    """

    __slots__ = (
        "_known",
        "_limit",
        "account",
        "amount",
        "at_us",
        "business",
        "card",
        "code",
        "day",
        "decision",
        "earlier",
        "event_id",
        "facts",
        "is_own",
        "makers",
        "marks",
        "moved",
        "original",
        "payee",
        "pin_failed",
        "place",
        "plain",
        "point",
        "request",
        "seen",
        "terminal",
        "tier",
        "undoes",
        "windows",
    )

    def __init__(
        self,
        facts: Facts,
        refusal: Refusal | None,
        windows: GroupWindows,
        makers: Mapping[str, Maker],
        earlier: Sequence[Case] = (),
    ) -> None:
        request, point, card, payee = facts.request, facts.point, facts.card, facts.payee
        self.facts = facts
        self.windows = windows
        self.earlier = earlier
        self.request: Request = request
        self.event_id = request.key.transaction_id
        self.at_us = microseconds(request.received_at)
        self.day = facts.business_date.toordinal()
        self.business = NAMES[request.business]
        self.amount: int = facts.amount
        self.terminal = request.key.terminal_id
        self.card = card.card_id if card else None
        self.account = card.account_id if card else None
        self.payee = payee.account_id if payee else None
        self.original: Original | None = None
        self.undoes = False
        if isinstance(request, Reversal):
            self._take_original(request)
        self.point = point.service_point_id if point else None
        self.place = windows.place(self.point)
        self.tier = Tier.B
        self.is_own = False
        if self.place is not None:
            profile = self.place.profile
            self.tier = profile.tier
            self.is_own = self.card in profile.own_cards or self.payee in profile.own_accounts
        self.seen = windows.cards.get(self.card, NONE_SEEN) if self.card else NONE_SEEN
        self.code = APPROVED if refusal is None else refusal.code
        self.moved = refusal is None
        self.pin_failed = self.code in PIN_CODES
        self.decision: Transaction | None = None
        self.marks: int | None = None
        self._limit: int | None = None
        self.makers = makers
        self.plain: Plain
        self._known: LiveFacts | None = None

    @property
    def known(self) -> LiveFacts:
        """The facts that were looked at; about most requests nobody looks at any."""
        if self._known is None:
            self._known = LiveFacts(self)
        return self._known

    @property
    def limit(self) -> int:
        """L, the daily limit per card here."""
        if self._limit is None:
            self._limit = limit_of(self.facts)
        return self._limit

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
    def settles_us(self) -> int | None:
        """When the money stands: at once, at the release of a held one, never."""
        if self.code != APPROVED:
            return None
        available = self.decision.available_at if self.decision else None
        return self.at_us if available is None else microseconds(available)

    def settle(self, transaction: Transaction) -> None:
        """Take note of what became of the request; facts made on another assumption go."""
        self.decision = transaction
        if self.code != transaction.response_code:
            self._known = None
            self.marks = None
            self.code = transaction.response_code
            self.moved = self.code == APPROVED
            self.undoes = self.undoes and self.moved

    def let_go(self) -> None:
        """Forget what knows this case, too: a circle would wait for the collector."""
        del self._known, self.windows, self.earlier

    def _take_original(self, request: Reversal) -> None:
        """Take note of what a reversal names, and of the card where it can be taken back."""
        original = self.windows.originals.get(request.original.transaction_id)
        if original is not None:
            self.original = original
            self.undoes = original.can_be_undone
            if self.undoes:
                self.card = original.card


NONE_SEEN: list[Seen] = []
