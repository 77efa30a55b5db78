"""What staff decide and the watch obeys: rule versions, breaks, lists, suppressions, profiles.

Small, rarely changed, and kept in memory. ``watch_version`` in the table ``world`` says when to
read it again; whoever changes any of it calls ``touch``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection

from pos_sim.store.rows import day_or_none, from_us
from pos_sim.store.sql import NOTHING, Later, Statement
from risk.breaker import VersionKey, dropped
from risk.places import Place, PointProfile
from risk.rule_rows import read_canonical
from risk.rulebook import Rulebook, RuleSet, shipped
from risk.suppressions import Suppression
from risk.templates.parameters import facts_of
from risk.vocabulary import ScopeKind, Tier

WATCH_VERSION = "watch_version"
VERSION = Statement("select value from world where name in ('clock_offset_us', 'watch_version')")
TOUCH = Statement(
    "insert into world (name, value) values ('watch_version', '1')"
    " on conflict (name) do update set value = cast(cast(world.value as integer) + 1 as text)"
)
LIVE = Statement("select canonical from risk_rule_versions where status = 'live'")
BREAKS = Statement("select rule_id, version from risk_breaks")
ENTRIES = Statement(
    "select l.effect, l.kind, e.value, e.from_us, e.until_us from risk_list_entries e"
    " join risk_lists l on l.name = e.name"
)
SUPPRESSIONS = Statement(
    "select rule_id, scope_kind, scope_value, from_us, until_us, reason, maker, checker"
    " from risk_suppressions"
)
PLACES = Statement(
    "select service_point_id, latitude, longitude, opens_minute, closes_minute, market_residue,"
    " opened_on, tier, operator_relations, operator_id from service_points"
    " where service_point_id {in:points text}"
)

OWN_PEOPLE_FACTS = frozenset({"point_own_count_7d", "point_own_sum_30d"})


@dataclass(frozen=True, slots=True)
class Lists:
    """Entries of lists of one effect by kind and value, each with its time."""

    entries: dict[tuple[str, str], list[tuple[int, int]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.entries)

    def names(self, kind: str, value: str, at_us: int) -> bool:
        """Say whether a value stands on a list in force; the end of an entry is outside."""
        times = self.entries.get((kind, value), ())
        return any(since <= at_us < until for since, until in times)


class Register:
    """One reading of it all. Releases are compiled when their first day is asked for."""

    def __init__(
        self,
        rules: RuleSet,
        broken: Collection[VersionKey] = (),
        lists: Lists | None = None,
        allowed: Lists | None = None,
        suppressions: Iterable[Suppression] = (),
    ) -> None:
        self.rules = rules
        self.broken = tuple(broken)
        self.lists = lists or Lists()  # who is blocked
        self.allowed = allowed or Lists()
        self.suppressions = tuple(suppressions)
        self.asks_own_people_only = asks_own_people_only(rules)
        self._first_days = sorted({version.effective_from for version in rules.versions})
        self._releases: dict[int, Rulebook] = {}
        self._by_day: dict[int, Rulebook] = {}

    def release(self, day: int) -> Rulebook:
        """Return the rules in force on a business date."""
        found = self._by_day.get(day)
        if found is None:
            found = self._by_day[day] = self._compiled(day)
        return found

    def take_releases(self, before: Register) -> None:
        """Go on with what another reading of the same rules has compiled."""
        if (before.rules, before.broken) == (self.rules, self.broken):
            self._releases = before._releases

    def _compiled(self, day: int) -> Rulebook:
        """Return a release; days between two first days share one."""
        number = bisect_right(self._first_days, date.fromordinal(day))
        found = self._releases.get(number)
        if found is None:
            found = dropped(self.rules.on(date.fromordinal(day)), self.broken)
            self._releases[number] = found
        return found


def ask_version(connection: Connection) -> Later[tuple[str, ...]]:
    """Ask for what changes when the register, or the whole world, has been changed."""
    return Later(VERSION.ask(connection), lambda found: tuple(sorted(row[0] for row in found)))


def touch(connection: Connection) -> None:
    """Tell every process that something in the register changed."""
    TOUCH.run(connection)


def read_register(connection: Connection, before: Register | None = None) -> Register:
    """Read everything that staff decided; a shipped version gives way to a later first day.

    The releases of the register ``before`` are not compiled again where its rules are the same.
    """
    own = [read_canonical(row[0], "risk_rule_versions") for row in LIVE.rows(connection)]
    lists = {"block": Lists(), "allow": Lists()}
    for effect, kind, value, since, until in ENTRIES.rows(connection):
        lists[effect].entries.setdefault((kind, value), []).append((since, until))
    register = Register(
        rules=RuleSet.of([*shipped().versions, *own]),
        broken=sorted(VersionKey(*row) for row in BREAKS.rows(connection)),
        lists=lists["block"],
        allowed=lists["allow"],
        suppressions=[_suppression(row) for row in SUPPRESSIONS.rows(connection)],
    )
    if before is not None:
        register.take_releases(before)
    return register


def _suppression(row: Any) -> Suppression:
    rule_id, scope, value, since_us, until_us, reason, maker, checker = row
    return Suppression(
        rule_id=rule_id,
        scope=ScopeKind(scope),
        scope_value=value,
        since=from_us(since_us),
        until=from_us(until_us),
        reason=reason,
        maker=maker,
        approver=checker,
    )


def read_places(connection: Connection, points: Collection[str]) -> dict[str, Place]:
    """Return points with their profiles."""
    return ask_places(connection, points).get()


def ask_places(connection: Connection, points: Collection[str]) -> Later[dict[str, Place]]:
    """Ask for points with their profiles."""
    asked = PLACES.ask(connection, points=points) if points else NOTHING
    return Later(asked, lambda found: {row[0]: _place(row) for row in found})


def _place(row: Any) -> Place:
    point, latitude, longitude, opens, closes, residue, opened_on, tier, relations, operator = row
    people = orjson.loads(relations)
    profile = PointProfile(
        point=point,
        latitude=latitude,
        longitude=longitude,
        opens_minute=opens,
        closes_minute=closes,
        market_residue=residue,
        opened_on=day_or_none(opened_on),
        tier=Tier(tier),
        own_cards=frozenset(p["card_id"] for p in people if p["card_id"] is not None),
        own_accounts=frozenset(p["account_id"] for p in people if p["account_id"] is not None),
    )
    return Place(profile, operator)


def asks_own_people_only(rules: RuleSet) -> bool:
    """Say whether every clause over own dealings asks first that this is one.

    Then nobody needs to count them for the thousands of requests that are none.
    """
    clauses = (clause for version in rules.versions for clause in version.clauses)
    return all(
        any(guard.fact == "is_own" and guard.value is True for guard in clause.guards)
        for clause in clauses
        if OWN_PEOPLE_FACTS.intersection(facts_of(clause.params))
    )
