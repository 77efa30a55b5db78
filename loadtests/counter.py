"""A counter at work: visits come, are served by a good terminal, and each answer is checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from loadtests.checks import (
    REVERSAL,
    Answer,
    Asked,
    Broken,
    broken_by,
    change_of,
    excuse_for,
    is_approved,
)
from loadtests.notes import note_of
from loadtests.pos import Body, Pos, Reply, Troubles, Unresolved, key_text, reversal_of
from loadtests.profiles import Profile
from loadtests.quotes import question_of, quoted_wrongly
from loadtests.scripts import SCRIPTS, Act, Step
from loadtests.tally import Tally
from loadtests.village import Village, Villager
from loadtests.visits import Visit, arrange, body_of, wish

QUOTES = "/v1/fee-quotes"


@dataclass(frozen=True, slots=True)
class Served:
    """One answer as the statistics see it; ``wrong`` says what is not in order."""

    business: str
    ms: float
    size: int
    wrong: str | None = None


@dataclass(slots=True)
class Ledger:
    """What a worker has to tell: counts, notes, broken promises, keys that nobody decided."""

    tally: Tally = field(default_factory=Tally)
    troubles: Troubles = field(default_factory=Troubles)
    notes: list[dict[str, Any]] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)
    touched: dict[str, Villager] = field(default_factory=dict)
    """Who made a visit, by card id."""

    def take(self) -> dict[str, Any]:
        """Return what is new since the last call, ready for a message."""
        self.tally.events.update(self.troubles.take())
        news = {
            "tally": self.tally.take(),
            "notes": list(self.notes),
            "broken": [[b.promise, b.request, b.detail] for b in self.broken],
            "unresolved": list(self.unresolved),
        }
        for told in (self.notes, self.broken, self.unresolved):
            told.clear()
        return news

    def balances(self) -> list[list[Any]]:
        """Return card id and balance, fen, of everybody whose balance is known to the fen."""
        known = (v for v in self.touched.values() if v.is_exclusive)
        return [[villager.card_id, villager.balance] for villager in known]


@dataclass(slots=True)
class Trail:
    """Where a visit stands: when the next answer is due, and what the last one was."""

    since: float
    is_over: bool = False
    asking: Body | None = None
    """What is on its way."""
    body: Body | None = None
    reply: Reply | None = None
    unsent: Mapping[str, str] | None = None
    """The key of a request that was reversed before it was sent."""


@dataclass(slots=True)
class Counter:
    """Serves visits for one stream of arrivals; ``tell`` takes each answer for the statistics."""

    village: Village
    profile: Profile
    pos: Pos
    ledger: Ledger
    tell: Callable[[Served], None]
    dice: Random

    def serve(self, due: float) -> None:
        """Make the visit that was due at ``due``, seconds of the terminal's clock."""
        events = self.ledger.tally.events
        events["visits"] += 1
        wanted = wish(self.profile, self.dice)
        visit = arrange(wanted, self.village, self.profile, self.dice, self.pos.now())
        if visit is None:
            events["nobody_could"] += 1
            return
        trail = Trail(due)
        try:
            # A request that had to be undone ends the visit: the villager comes another day.
            all(self._take(step, visit, trail) for step in SCRIPTS[visit.script])
            trail.is_over = True
        except Unresolved as error:
            self.tell(Served(visit.business, self.pos.patience_s * 1_000, 0, str(error)))
        finally:
            if not trail.is_over:  # the bank stays away, or the run was stopped without waiting
                self._leave(visit, trail)
            if visit.villager is not None and visit.home is not None:
                visit.home.villagers.append(visit.villager)

    def _take(self, step: Step, visit: Visit, trail: Trail) -> bool:
        """Make one step and say whether it was answered; the next one begins at once."""
        last = trail.body, trail.reply
        business, body = self._request(step, visit, trail)
        asked = Asked(
            business,
            body,
            step.wanted,
            visit.place,
            visit.villager,
            original=last[1].json() if step.act is Act.UNDO and last[1] else None,
            was_frozen=visit.place.is_frozen,
        )
        trail.asking = body
        sent = self.pos.perform(business, body, lambda: self._new_key(visit))
        if step.act is Act.ASK:
            trail.body, trail.reply = body, sent.reply
        if sent.reply is None:
            return False
        if step.act is Act.AGAIN:
            self._compare_replay(asked, last[1], sent.reply)
        self._heard(asked, visit, sent.reply, trail.since, is_again=step.act is Act.AGAIN)
        trail.since = self.pos.now()
        return True

    def _request(self, step: Step, visit: Visit, trail: Trail) -> tuple[str, Body]:
        """Return business and body of a step."""
        if step.act is Act.AGAIN and trail.body is not None:
            return visit.business, trail.body
        if step.act is Act.UNDO and trail.body is not None:
            return REVERSAL, reversal_of(trail.body, self._new_key(visit))
        if step.act is Act.UNDO_UNSENT:
            trail.unsent = self._new_key(visit)
            return REVERSAL, reversal_of(trail.unsent, self._new_key(visit))
        late = trail.unsent if step.act is Act.LATE else None
        key = late or self._new_key(visit)
        return visit.business, body_of(visit, key, step.twist, self.profile)

    def _new_key(self, visit: Visit) -> Mapping[str, str]:
        return self.village.next_key(visit.terminal.terminal_id)

    def _compare_replay(self, asked: Asked, first: Reply | None, again: Reply) -> None:
        """A key that is sent again gets its first answer, byte for byte."""
        self.ledger.tally.events["replays"] += 1
        if first is None or first.status != 200:
            return
        if not again.is_replay or again.content != first.content:
            detail = (
                f"marked as replay: {again.is_replay}, same bytes: {again.content == first.content}"
            )
            self._broke(Broken("a replay is the first answer, byte for byte", asked.key, detail))

    def _heard(
        self, asked: Asked, visit: Visit, reply: Reply, since: float, *, is_again: bool
    ) -> None:
        """Judge an answer, count it, note it, and remember what the villager has now."""
        ms = (self.pos.now() - since) * 1_000
        if reply.status != 200:
            detail = f"HTTP {reply.status} {reply.json().get('type', '')} for {asked.key}"
            self.tell(Served(asked.business, ms, len(reply.content), detail))
            return
        answer = reply.json()
        broken = None if is_again else broken_by(asked, answer)
        if broken is not None:
            self._broke(broken)
        wrong = self._count(asked, answer)
        self.tell(Served(asked.business, ms, len(reply.content), wrong or _text(broken)))
        if not is_again:
            self._remember(asked, visit, answer, is_trusted=broken is None)

    def _count(self, asked: Asked, answer: Answer) -> str | None:
        """Count an answer; return what is wrong with its code, None if it is in order."""
        code = answer.get("response_code", "")
        tally = self.ledger.tally
        tally.answers[asked.business, code] += 1
        if answer.get("status") == "held":
            tally.events["held"] += 1
        if code == asked.wanted:
            return None
        excuse = excuse_for(asked, answer)
        if excuse is None:
            return f"{asked.key}: {code} and not {asked.wanted}"
        tally.excuses[f"{code} {excuse}"] += 1
        return None

    def _remember(self, asked: Asked, visit: Visit, answer: Answer, *, is_trusted: bool) -> None:
        villager = asked.villager
        original = asked.original["transaction_id"] if asked.original else None
        self.ledger.notes.append(
            note_of(answer, villager.account_no if villager else None, original)
        )
        if villager is not None:
            self._settle(villager, asked, answer, is_trusted=is_trusted)
        if is_approved(answer) and asked.business != REVERSAL:
            self._quote(visit, answer)

    def _settle(
        self, villager: Villager, asked: Asked, answer: Answer, *, is_trusted: bool
    ) -> None:
        """Keep the villager's own book, fen."""
        day, card_id = answer["business_date"], answer.get("card_id")
        if villager.day and day > villager.day:
            villager.room = self.profile.habits.withdrawal_limit_fen
        villager.day = day
        if card_id is not None:
            villager.card_id = card_id
            self.ledger.touched[card_id] = villager
        villager.is_exclusive = villager.is_exclusive and is_trusted
        if is_approved(answer):
            change = change_of(asked, answer)
            villager.balance += change
            if "withdrawal" in (asked.business, (asked.original or {}).get("business")):
                amount = answer["amount_fen"] or 0
                villager.room += amount if change > 0 else -amount if change < 0 else 0
        elif answer["response_code"] == "61" and asked.wanted != "61":
            villager.room = 0

    def _quote(self, visit: Visit, answer: Answer) -> None:
        """Ask now and then for the fee, and compare."""
        if self.dice.random() * 1_000 >= self.profile.habits.quote_permille:
            return
        question = question_of(visit, answer)
        quotes = [self._quoted(question)]
        if visit.business == "withdrawal":
            quotes.append(self._quoted({**question, "pension_credit": True}))
        known = [quote for quote in quotes if quote is not None]
        broken = quoted_wrongly(answer, known) if known else None
        if broken is not None:
            self._broke(broken)

    def _quoted(self, question: Body) -> Mapping[str, Any] | None:
        reply = self.pos.ask(QUOTES, question)
        if reply is None or reply.status != 200:
            return None
        self.ledger.tally.events["quotes"] += 1
        fee: Mapping[str, Any] = reply.json()["fee"]
        return fee

    def _broke(self, broken: Broken) -> None:
        self.ledger.broken.append(broken)

    def _leave(self, visit: Visit, trail: Trail) -> None:
        """Nobody knows what became of the last request, and what the villager has now."""
        self.ledger.tally.events["unresolved"] += 1
        if trail.asking is not None:
            self.ledger.unresolved.append(key_text(trail.asking))
        if visit.villager is not None:
            visit.villager.is_exclusive = False


def _text(broken: Broken | None) -> str | None:
    return None if broken is None else str(broken)
