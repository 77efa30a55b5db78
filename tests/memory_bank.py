"""The bank with its whole book in memory: no database, no locks, the same decisions.

What it says is what a real bank must say, however its requests were grouped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from pos_sim.domain.accounts import Account, Kind, bank_account_id
from pos_sim.domain.authorize import Facts
from pos_sim.domain.bills import Bill
from pos_sim.domain.book import Changes
from pos_sim.domain.calendar import business_date
from pos_sim.domain.cards import Card
from pos_sim.domain.decide import decide_group
from pos_sim.domain.decision import Decision
from pos_sim.domain.invariants import broken_promises
from pos_sim.domain.journal import Entry
from pos_sim.domain.limits import LimitKind, Usage
from pos_sim.domain.money import Fen
from pos_sim.domain.requests import (
    CardBillPayment,
    CashBillPayment,
    CashRemittance,
    Request,
    Transfer,
)
from pos_sim.domain.reversals import undo
from pos_sim.domain.transactions import Refusal, Status, Transaction
from pos_sim.domain.watching import ALLOWED, Assessment, Verdict
from pos_sim.engine.holds import release
from pos_sim.engine.monitor import AllowAll
from pos_sim.store.book_rows import first_of_each_key
from tests.counter import key
from tests.world import World
from tests.worlds import POS, RULES, SMALL, book_of


class Suspicious(AllowAll):
    """A monitor that goes by the last digits of an amount, so that tests can ask for a verdict.

    It forgets everything, so it says the same however requests are grouped.
    """

    HELD, DECLINED = 77, 99

    def assess(self, facts: Facts, refusal: Refusal | None) -> Assessment:
        if not isinstance(facts.request, Transfer | CashRemittance):
            return ALLOWED
        ending = facts.amount % 100
        if ending == self.DECLINED:
            return Assessment(Verdict.DECLINE)
        return Assessment(Verdict.HOLD) if ending == self.HELD else ALLOWED


HELD_AMOUNT = Fen(10_000 + Suspicious.HELD)
DOUBTED_AMOUNT = Fen(10_000 + Suspicious.DECLINED)


class MemoryBank:
    """A whole bank in one book; it asserts its promises after every group."""

    def __init__(self, world: World = SMALL) -> None:
        self.book = book_of(world)
        self.watcher = Suspicious()

    def ask(self, request: Request) -> Transaction:
        """Decide one request as a group of one."""
        (decision,) = self.ask_all([request])
        assert decision.transaction is not None
        return decision.transaction

    def ask_all(self, requests: Sequence[Request]) -> list[Decision]:
        """Decide the requests as one group."""
        self._bear_bills(requests)
        self.book.changes = Changes()
        decisions = decide_group(requests, self.book, RULES, self.watcher)
        assert not broken_promises(self.book)
        return decisions

    def release_due(self, now: datetime) -> int:
        """Bring held money to its payees, as far as its time has come."""
        due = [
            t
            for t in self.book.earlier.values()
            if t.status is Status.HELD and t.available_at is not None and t.available_at <= now
        ]
        for transaction in due:
            release(transaction, now, self.book)
        return len(due)

    def cancel(self, transaction_id: str, now: datetime) -> None:
        """Give held money back."""
        held = self.book.earlier[transaction_id]
        assert held.status is Status.HELD
        undo(held, business_date(now), f"{transaction_id}-cancel", self.book)

    def find(self, trace: int, terminal: str = POS) -> Transaction:
        return self.book.earlier[key(trace, terminal).transaction_id]

    def card(self, name: str) -> Card:
        return self.book.cards[SMALL.card(name).card.card_id]

    def balance(self, card_name: str) -> Fen:
        return self.balance_of(SMALL.account_of(card_name))

    def balance_of(self, account: Account) -> Fen:
        balance = self.book.accounts[account.account_id].balance
        assert balance is not None
        return balance

    def summed(self, bank_id: str, kind: Kind) -> int:
        """Return what the journal says of a bank's own account: credits less debits."""
        account_id = bank_account_id(bank_id, kind)
        return sum(
            (p.credit == account_id) * p.amount - (p.debit == account_id) * p.amount
            for entry in self.book.entries.values()
            for p in entry.postings
        )

    def entry(self, trace: int, terminal: str = POS) -> Entry:
        return self.book.entries[key(trace, terminal).transaction_id]

    def used(self, card_name: str, kind: LimitKind, day: date) -> Usage:
        """Return what a card used of a daily limit; for cash remittances its account did."""
        card = SMALL.card(card_name).card
        is_payees = kind is LimitKind.CASH_REMITTANCE
        return self.book.used((card.account_id if is_payees else card.card_id, kind, day))

    def _bear_bills(self, requests: Sequence[Request]) -> None:
        for request in first_of_each_key(requests, self.book.earlier):
            if isinstance(request, CardBillPayment | CashBillPayment):
                biller = self.book.billers.get(request.biller_id)
                bill_key = (request.biller_id, request.bill_no)
                if biller and biller.takes_any_bill and bill_key not in self.book.bills:
                    self.book.bills[bill_key] = Bill(*bill_key, request.amount, "", None)
