"""What a patrol keeps in mind from point to point and from evening to evening.

Most points of a quiet world do nothing for weeks. About those the rules say the same as of any
other point that is idle for as long; so they are asked once for each such age, and a note that was
made before is not made again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection

from pos_sim.domain.watching import Verdict
from pos_sim.store.rows import from_us
from pos_sim.store.world import read_mark
from risk.patrol_facts import PointDay, patrol_facts
from risk.rulebook import Rulebook
from risk.rules import Hit
from risk.store.evenings import Evenings
from risk.store.read_patrol import Evening, noted
from risk.store.register import WATCH_VERSION, Register, read_register
from risk.suppressions import after_suppressions
from risk.vocabulary import Lane, Outcome, Tier

DAY_US = 86_400_000_000


class Note(NamedTuple):
    """A hit that asks nobody for anything, of any quiet point of one age (R21)."""

    rule_id: str
    clause: str
    band: int | None
    idle_us: int


class Age(NamedTuple):
    """All that the rules see of a quiet point."""

    tier: Tier
    since_success: int | None
    since_opening: int | None


@dataclass(slots=True)
class Rounds:
    """The register, the last evening, and the notes about quiet points by age.

    The notes hold for as long as rules are the same.
    An age whose hits are more than notes is not known here: its points are asked one by one.
    """

    _version: str | None = ""
    _register: Register | None = None
    _release: Rulebook | None = None
    _by_age: dict[Age, tuple[Note, ...] | None] = field(default_factory=dict)
    evenings: Evenings = field(default_factory=Evenings)

    def register(self, connection: Connection) -> Register:
        """Return what staff decided, read again where somebody changed it."""
        version = read_mark(connection, WATCH_VERSION)
        if self._register is None or version != self._version:
            self._register = read_register(connection, self._register)
            self._version = version
        return self._register

    def notes(
        self, release: Rulebook, evening: Evening, that: PointDay, tier: Tier
    ) -> tuple[Note, ...] | None:
        """Return all that is said about a quiet point, None where it must be asked itself."""
        if release is not self._release:
            self._release = release
            self._by_age.clear()
        age = age_of(that, tier)
        if age not in self._by_age:
            hits = release.evaluate(patrol_facts(that, evening), Lane.BATCH, tier)
            self._by_age[age] = notes_of(hits)
        return self._by_age[age]


def age_of(that: PointDay, tier: Tier) -> Age:
    last, opened = that.last_success_day, that.opened_on
    return Age(
        tier,
        None if last is None else that.today - last,
        None if opened is None else that.today - opened.toordinal(),
    )


def notes_of(hits: Iterable[Hit]) -> tuple[Note, ...] | None:
    found = tuple(hits)
    if not all(map(is_note, found)):
        return None
    return tuple(map(note_of, found))


def note_of(hit: Hit) -> Note:
    return Note(hit.rule_id, hit.clause, hit.band, idle_us(hit))


def is_note(hit: Hit) -> bool:
    return hit.outcome is Outcome.HIT and hit.decision is Verdict.ALLOW


def idle_us(hit: Hit) -> int:
    """Return how long the state of a note has lasted: so many days as it observed."""
    return int(hit.observed or 0) * DAY_US


@dataclass(slots=True)
class Noted:
    """When rules last noted something about each point; read once an evening."""

    connection: Connection
    _by_rule: dict[str, dict[tuple[str, str, int | None], int]] = field(default_factory=dict)

    def all_old(self, point: str, notes: Iterable[Note], at_us: int) -> bool:
        """Say whether all these notes were made before."""
        return all(self.is_old(point, note, at_us) for note in notes)

    def is_old(self, point: str, note: Note, at_us: int) -> bool:
        """Say whether a note was made before and has not changed.

        It is new when the point did business since, or when it came into another band.
        """
        before = self._by_rule.get(note.rule_id)
        if before is None:
            before = self._by_rule[note.rule_id] = noted(self.connection, note.rule_id)
        last_us = before.get((point, note.clause, note.band))
        return last_us is not None and last_us >= at_us - note.idle_us


def asked(
    register: Register, release: Rulebook, evening: Evening, that: PointDay, tier: Tier
) -> Iterable[Hit]:
    """Return what the rules of the patrol say about a point, suppressed ones as evidence."""
    hits = release.evaluate(patrol_facts(that, evening), Lane.BATCH, tier)
    return after_suppressions(hits, register.suppressions, from_us(that.as_of_us)) if hits else ()
