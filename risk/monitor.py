"""The watch over every group: it reads before, says what it thinks, and writes with the money."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import monotonic

from sqlalchemy import Connection

from pos_sim.domain.authorize import Facts
from pos_sim.domain.book import Book
from pos_sim.domain.decision import Decision
from pos_sim.domain.policy import PolicySet
from pos_sim.domain.requests import Charge, Request
from pos_sim.domain.transactions import Refusal
from pos_sim.domain.watching import ALLOWED, Assessment
from pos_sim.store.reads_along import Held
from pos_sim.store.sql import Later
from risk.bank_calendar import BankCalendar
from risk.deadlines import WorkingDays
from risk.live.case import Case, Maker
from risk.live.foresight import Foresight
from risk.live.load import Reading
from risk.live.makers import MAKERS
from risk.live.memory import Memory
from risk.live.remember import remember
from risk.live.request_facts import matches
from risk.live.windows import GroupWindows
from risk.rulebook import hear, shipped, verdict_of
from risk.rules import Hit
from risk.store.point_days import save_days
from risk.store.register import Register, ask_version, read_register
from risk.store.save_hits import Said, save_reported, save_said
from risk.suppressions import after_suppressions
from risk.vocabulary import Lane
from risk.weighing import weigh

CHECK_EVERY_S = 1.0
"""How often, at most, the register is asked whether staff changed anything."""

JUMP_RULE, JUMP_CLAUSES = "R19", frozenset({"count", "amount"})


class RiskMonitor:
    """Implements `pos_sim.engine.monitor.Monitor` with the rules in force.

    One monitor belongs to one engine: it watches one group at a time.
    """

    def __init__(
        self,
        policies: PolicySet,
        *,
        calendar: WorkingDays | None = None,
        makers: Mapping[str, Maker] = MAKERS,
        check_every_s: float = CHECK_EVERY_S,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self.policies = policies
        self.calendar = calendar or BankCalendar()
        self.makers = makers
        self.foresight = Foresight(makers)
        self._check_every_s = check_every_s
        self._now = now
        self.forget()

    def forget(self) -> None:
        """Drop everything that can be read again; the next group does."""
        self.memory = Memory(Register(shipped()))
        self._checked: float | None = None

    def look_again(self) -> None:
        """Let the next group ask whether the register has changed, however lately one asked."""
        self._checked = None

    def watch(self, connection: Connection, requests: Sequence[Request]) -> GroupWatch:
        """Open a watch over a group; its windows are read along with the engine's book."""
        return GroupWatch(self, connection, requests)

    def ask_version(self, connection: Connection) -> Later[tuple[str, ...]] | None:
        """Ask whether somebody changed the register, when it is time to ask again."""
        now = self._now()
        if self._checked is not None and now - self._checked < self._check_every_s:
            return None
        self._checked = now
        return ask_version(connection)

    def keep_up(self, connection: Connection, version: tuple[str, ...]) -> None:
        """Read the register again when somebody changed it."""
        if version != self.memory.version:
            self.memory = Memory(read_register(connection, self.memory.register), version)


class GroupWatch:
    """The watch over one group; see `pos_sim.engine.monitor.Watch`."""

    def __init__(
        self, monitor: RiskMonitor, connection: Connection, requests: Sequence[Request]
    ) -> None:
        self.monitor = monitor
        self.connection = connection
        asked = [request for request in requests if not isinstance(request, Charge)]
        with_charges = len(asked) < len(requests)
        self._reading = (
            Reading(connection, asked, monitor.policies, with_charges=with_charges)
            if asked
            else None
        )
        self.done: list[Case] = []
        self.said: list[Said] = []
        self._case: Case | None = None
        self._hits: tuple[Hit, ...] = ()

    def at_points(self) -> None:
        """Ask for the days of the points, and whether the register is the same."""
        self._version = self.monitor.ask_version(self.connection)
        if self._reading is not None:
            self._reading.ask_days()

    def at_accounts(self, held: Held) -> None:
        """Ask for the windows of cards, points and payees."""
        if self._version is not None:
            self.monitor.keep_up(self.connection, self._version.get())
        if self._reading is not None:
            self._reading.ask(held, self.monitor.memory)

    def at_bills(self) -> None:
        """Ask for the windows of bills."""
        if self._reading is not None:
            self._reading.ask_bills()

    def see(self, book: Book) -> None:
        """Take the windows; what the book holds is not read again."""
        if self._reading is not None:
            self.windows = self._reading.taken(book)
        else:
            self.windows = GroupWindows(self.connection, self.monitor.memory)

    def lets_pass(self, facts: Facts) -> bool:
        """Say whether card, payee, operator or terminal stands on an allow-list in force."""
        allowed = self.windows.register.allowed
        if not allowed:
            return False
        return bool(matches(Case(facts, None, self.windows, self.monitor.makers), allowed))

    def assess(self, facts: Facts, refusal: Refusal | None) -> Assessment:
        """Ask the rules that decide before money moves."""
        case = Case(facts, refusal, self.windows, self.monitor.makers, self.done)
        case.plain = self.monitor.foresight.kind_of(case)
        self._case, self._hits = case, self._ask(case, Lane.INLINE)
        if not self._hits:
            return ALLOWED
        return Assessment(verdict_of(self._hits), self._hits)

    def record(self, decision: Decision) -> None:
        """Ask the rules that only alert, then let later members of the group see the request."""
        transaction, case = decision.transaction, self._case
        if transaction is None or isinstance(decision.request, Charge):
            return
        assert case is not None
        assert case.request is decision.request
        case.settle(transaction)
        hits = self._hits + self._ask(case, Lane.POST)
        remember(case, jumped=bool(hits) and any(map(is_jump, hits)))
        self.done.append(case)
        if hits:
            self.said += [Said(hit, case.event_id, case.point, case.at_us) for hit in hits]
        self._case, self._hits = None, ()

    def save(self, connection: Connection) -> None:
        """Write point days, what terminals reported, hits and alerts."""
        windows = self.windows
        save_days(connection, [windows.days[key] for key in sorted(windows.touched)])
        if windows.readings or windows.serials:
            reporting = {case.terminal for case in self.done}
            save_reported(connection, windows.readings, windows.serials, reporting)
        if self.said:
            memory = self.monitor.memory
            said = weigh(connection, self.said, memory.register, memory.spoken)
            save_said(connection, said, self.monitor.calendar)
        self._let_go()

    def _let_go(self) -> None:
        """Say that the group is over; what it knew is free at once."""
        for case in self.done:
            case.let_go()
        self.done.clear()

    def _ask(self, case: Case, lane: Lane) -> tuple[Hit, ...]:
        register = self.windows.register
        left = register.release(case.day).left_to_ask(lane, case.tier, case.plain)
        hits = hear(left, case.known) if left.questions else ()
        if hits and register.suppressions:
            return after_suppressions(hits, register.suppressions, case.request.received_at)
        return hits


def is_jump(hit: Hit) -> bool:
    """Say whether R19 found today's volume itself too high, whatever came of it."""
    return hit.rule_id == JUMP_RULE and hit.clause in JUMP_CLAUSES
