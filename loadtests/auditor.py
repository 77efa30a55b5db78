"""The money auditor: compares what clients hold with what the books say, from outside, by HTTP.

During the run it looks at a few terminals a second; afterwards at all of them. Its promises:

- every answer that a client holds is in the books with the same fields, and no key is there twice;
- nothing stands in the books that no client asked for;
- the entries of a transaction sum to zero at each bank, and move what the answer says;
- a reversal undoes its original once, and mirrors it;
- a card has exactly what its holder thinks;
- a frozen point serves nobody after its freeze.

Fees, balances in answers and replays are checked by the workers, answer by answer (``checks``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from loadtests.bank import Books, Row
from loadtests.checks import Broken
from loadtests.notes import COMPARED

Note = Mapping[str, Any]
Group = tuple[str, str]
"""Terminal and batch."""
LATEST_IS_FOUND = 3
"""A terminal with so many notes is worth a look during the run."""


@dataclass(slots=True)
class Auditor:
    """Takes notes from all workers and checks them. ``truths_max`` bounds the questions asked."""

    books: Books
    truths_max: int = 1_000
    waiting: dict[Group, dict[str, Note]] = field(default_factory=lambda: defaultdict(dict))
    known: set[str] = field(default_factory=set)
    undone: dict[str, str] = field(default_factory=dict)
    """Which reversal undid a transaction, by the transaction."""
    unresolved: set[str] = field(default_factory=set)
    frozen: dict[str, str] = field(default_factory=dict)
    """When the bank's clock showed that a point is frozen, by point."""
    refused_as_frozen: dict[str, str] = field(default_factory=dict)
    """A transaction that was answered 58, by point."""
    groups: set[Group] = field(default_factory=set)
    sample: list[Note] = field(default_factory=list)
    dice: Random = field(default_factory=Random)
    broken: list[Broken] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def take(self, notes: Iterable[Note]) -> None:
        """Take notes in; a reversal that undoes what is undone already is broken at once."""
        for note in notes:
            terminal_id, batch_no, _ = note["key"]
            self.groups.add((terminal_id, batch_no))
            self.waiting[terminal_id, batch_no][note["id"]] = note
            self.known.add(note["id"])
            code = note["fields"]["response_code"]
            if note["original"] is not None and code == "00":
                self._take_reversal(note["original"], note["id"])
            if code == "58":
                self.refused_as_frozen.setdefault(note["fields"]["service_point_id"], note["id"])
            if code == "00":
                self._draw(note)

    def _take_reversal(self, original: str, reversal: str) -> None:
        if self.undone.setdefault(original, reversal) != reversal:
            self._broke("reversed once", original, f"by {self.undone[original]} and {reversal}")

    def _draw(self, note: Note) -> None:
        """Keep ``truths_max`` notes, each as likely as the others."""
        self.counts["approved"] += 1
        if len(self.sample) < self.truths_max:
            self.sample.append(note)
        elif (place := self.dice.randrange(self.counts["approved"])) < self.truths_max:
            self.sample[place] = note

    def look(self) -> None:
        """Check the terminal with the most notes; what is new in its books is read."""
        if not self.waiting:
            return
        group = max(self.waiting, key=lambda group: len(self.waiting[group]))
        if len(self.waiting[group]) >= LATEST_IS_FOUND:
            self._check_group(group, is_last=False)

    def look_for_freezes(self) -> list[str]:
        """Return the points that are frozen now, and remember since when that is known."""
        frozen = self.books.frozen_points()
        now = self.books.now() if set(frozen) - self.frozen.keys() else ""
        for point_id in frozen:
            self.frozen.setdefault(point_id, now)
        return frozen

    def finish(
        self, balances: Iterable[tuple[str, int]], goes_on: Callable[[], bool], *, all_told: bool
    ) -> None:
        """Check all that is left, as long as ``goes_on`` says.

        ``all_told``: no worker died and took its notes along, so that whatever stands in the books
        and in no note was never asked for.
        """
        self.look_for_freezes()
        work: list[Callable[[], None]] = [
            *(partial(self._check_group, group, is_last=all_told) for group in sorted(self.groups)),
            *(partial(self._check_truth, note) for note in self.sample),
            *(partial(self._check_undone, *pair) for pair in self.undone.items()),
            *(partial(self._check_card, *balance) for balance in balances),
            *(partial(self._check_frozen, *frozen) for frozen in self.frozen.items()),
            self._check_refusals_of_frozen,
        ]
        for number, task in enumerate(work):
            if self.broken or not goes_on():
                self.counts["left"] = len(work) - number
                return
            task()

    # Each answer against the books

    def _check_group(self, group: Group, *, is_last: bool) -> None:
        """Compare the notes of a terminal with its books, ``is_last``: to the last page."""
        notes, seen = self.waiting.pop(group, {}), set()
        wanted = {"terminal_id": group[0], "batch_no": group[1]}
        for item in self.books.transactions(**wanted):
            transaction_id = item["transaction_id"]
            if transaction_id in seen:
                self._broke("no key is answered twice", transaction_id, "listed twice")
            seen.add(transaction_id)
            note = notes.pop(transaction_id, None)
            if note is not None:
                self.counts["answers"] += 1
                self._compare(note, item)
            elif is_last:
                self._expect(item)
            elif not notes:
                break
        for note in notes.values():
            self._broke("an answer given is an answer kept", note["id"], "not in the books")

    def _compare(self, note: Note, item: Row) -> None:
        fee = item["fee"]
        held = {**note["fields"], "fee": note["fee"]}
        kept = {name: item.get(name) for name in COMPARED} | {
            "fee": [fee["charged_fen"], fee["before_waiver_fen"], fee["waived_fen"]]
        }
        for name, value in held.items():
            if kept[name] != value:
                detail = f"{name} is {kept[name]!r} in the books, the client holds {value!r}"
                self._broke("the books say what the client holds", note["id"], detail)
        self._compare_status(note, item)

    def _compare_status(self, note: Note, item: Row) -> None:
        """What was approved stands, unless its client undid it; what is held may have gone on."""
        before, now = note["status"], item["status"]
        is_undone = note["id"] in self.undone
        allowed = {before, "approved"} if before == "held" else {before}
        if now == "reversed" and is_undone:
            return
        if now not in allowed:
            self._broke("what is approved stands", note["id"], f"{before}, then {now}")
        elif is_undone and before in ("approved", "held"):
            detail = f"still {now} after reversal {self.undone[note['id']]}"
            self._broke("what is reversed is undone", note["id"], detail)

    def _expect(self, item: Row) -> None:
        """What stands in the books was asked for: nothing is approved behind everybody's back."""
        transaction_id = item["transaction_id"]
        if transaction_id in self.known or item["status"] in ("reversed", "declined"):
            return
        if item["business"] == "reversal" or transaction_id in self.unresolved:
            return
        self._broke("nothing is done that nobody holds", transaction_id, f"is {item['status']}")

    # The entries behind an answer

    def _check_truth(self, note: Note) -> None:
        truth = self.books.truth(tuple(note["key"]))
        self.counts["truths"] += 1
        if not truth["seen"]:
            self._broke("an answer given is an answer kept", note["id"], "truth never saw it")
            return
        self._check_sums(note, truth)
        if note["fields"]["business"] != "reversal":
            self._check_card_side(note, truth)

    def _check_sums(self, note: Note, truth: Row) -> None:
        sums: Counter[str] = Counter()
        for leg in truth["postings"]:
            sign = 1 if leg["side"] == "debit" else -1
            sums[leg["bank_id"]] += sign * leg["amount_fen"]
        for bank_id, rest in sums.items():
            if rest:
                self._broke("entries sum to zero", note["id"], f"{rest} fen left at {bank_id}")
        if between := moved_between_banks(truth):
            self._broke("clearing sums to zero", note["id"], f"{between} fen lost between banks")

    def _check_card_side(self, note: Note, truth: Row) -> None:
        """What left the card is amount and fee; an inquiry moves the fee alone."""
        if note["account_no"] is None or note["status"] != "approved":
            return
        taken = moved(truth, note["account_no"])
        asked = (note["fields"]["amount_fen"] or 0) + note["fee"][0]
        if taken != asked:
            detail = f"{taken} fen left the card, the answer says {asked}"
            self._broke("entries move what the answer says", note["id"], detail)

    def _check_undone(self, original: str, reversal: str) -> None:
        """Undone by the reversal that its client holds, whose entries mirror it."""
        truth = self.books.truth(key_of(original))
        self.counts["reversals"] += 1
        if not truth["postings"]:
            return  # refused: there was nothing to move
        if truth["reversed_by"] != reversal:
            detail = f"by {truth['reversed_by']}, the client holds {reversal}"
            self._broke("reversed once", original, detail)
        elif net(self.books.truth(key_of(reversal))) != negative(net(truth)):
            self._broke("a reversal mirrors its original", original, f"reversal {reversal}")

    # Balances and freezes

    def _check_card(self, card_id: str, expected: int) -> None:
        balance = self.books.card(card_id)["balance_fen"]
        self.counts["cards"] += 1
        if balance != expected:
            detail = f"balance_fen is {balance}, its answers add up to {expected}"
            self._broke("a card has what its answers say", f"card {card_id}", detail)

    def _check_frozen(self, point_id: str, since: str) -> None:
        self.counts["frozen points"] += 1
        for item in self.books.transactions(service_point_id=point_id):
            if item["decided_at"] <= since:
                return
            if item["status"] in ("approved", "held") and item["business"] != "reversal":
                detail = f"{item['status']} at {item['decided_at']}, frozen since {since}"
                self._broke("a frozen point serves nobody", item["transaction_id"], detail)

    def _check_refusals_of_frozen(self) -> None:
        for point_id, transaction_id in self.refused_as_frozen.items():
            if point_id not in self.frozen:
                self._broke("58 means frozen", transaction_id, f"{point_id} was never frozen")

    def _broke(self, promise: str, request: str, detail: str) -> None:
        self.broken.append(Broken(promise, request, detail))


def key_of(transaction_id: str) -> tuple[str, str, str]:
    """Return terminal, batch and trace of a transaction, whose id is its key.

    >>> key_of("52010001000001000042")
    ('52010001', '000001', '000042')
    """
    return transaction_id[:-12], transaction_id[-12:-6], transaction_id[-6:]


def moved(truth: Row, account_no: str) -> int:
    """Return how much left an account, fen."""
    legs = [leg for leg in truth["postings"] if leg["account_no"] == account_no]
    return sum(leg["amount_fen"] if leg["side"] == "debit" else -leg["amount_fen"] for leg in legs)


def moved_between_banks(truth: Row) -> int:
    """Return what all clearing accounts gained together, fen; nothing, if all is well."""
    clearing = {leg["account_no"] for leg in truth["postings"] if leg["kind"] == "clearing"}
    return -sum(moved(truth, account_no) for account_no in clearing)


def net(truth: Row) -> dict[str, int]:
    """Return what each account gained, fen; accounts that gained nothing are left out."""
    accounts = {leg["account_no"] for leg in truth["postings"]}
    sums = {account: -moved(truth, account) for account in accounts}
    return {account: fen for account, fen in sums.items() if fen}


def negative(sums: Mapping[str, int]) -> dict[str, int]:
    """Return the mirror image of what accounts gained."""
    return {account: -fen for account, fen in sums.items()}
