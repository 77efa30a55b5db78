"""What staff does in the episodes, written into the register; and what the monitor said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, insert, update

from pos_sim.store.rows import from_us, to_us
from pos_sim.store.sql import Statement
from pos_sim.store.tables import service_points, terminals
from risk.store.register import touch
from risk.store.rule_tables import risk_list_entries, risk_lists
from seeds.patterns.episodes import Act, Episode, Listing, Opening, Registration
from seeds.patterns.truth import Sighting

KINDS = ("card", "payee", "operator", "terminal")

HITS = Statement(
    "select rule_id, scope_value, event_id, at_us, decision, alert_id is not null as alerts"
    " from risk_hits where outcome = 'hit' order by at_us, rule_id, scope_value, event_id"
)
DECLINED = Statement(
    "select transaction_id from transactions where response_code = '59' order by transaction_id"
)
FAILED = Statement("select count(*) from risk_hits where outcome = 'error'")


def before_the_run(connection: Connection, acts: Iterable[Act]) -> None:
    """Write lists and opening days; entries bind in their own time."""
    for effect in ("block", "allow"):
        for kind in KINDS:
            row = {"name": list_of(kind, effect), "kind": kind, "effect": effect}
            connection.execute(insert(risk_lists).values(row | {"title": "名单 List"}))
    write_acts(connection, acts, "patterns")
    touch(connection)


def write_acts(connection: Connection, acts: Iterable[Act], entries: str) -> None:
    """Write entries, named after ``entries``, and opening days."""
    for number, act in enumerate(acts):
        if isinstance(act, Listing):
            _list(connection, act, f"{entries}-{number:06d}")
        elif isinstance(act, Opening):
            point = service_points.c.service_point_id == act.point_id
            connection.execute(update(service_points).where(point).values(opened_on=act.opened_on))


def list_of(kind: str, effect: str) -> str:
    """Return the name of the list that episodes use."""
    return f"patterns-{kind}-{effect}"


def register(connection: Connection, act: Registration) -> None:
    """Write down that a terminal has another serial number."""
    terminal = terminals.c.terminal_id == act.terminal_id
    connection.execute(update(terminals).where(terminal).values(serial=act.serial))


def sightings(connection: Connection) -> list[Sighting]:
    """Return every hit that was kept."""
    return [
        Sighting(rule, subject, event, from_us(at_us), decision, bool(alerts))
        for rule, subject, event, at_us, decision, alerts in HITS.rows(connection)
    ]


def declined_by_watch(connection: Connection, episodes: Iterable[Episode]) -> Mapping[str, int]:
    """Return how many requests of each episode were refused by the watch; "" are customers."""
    owners = {
        request.key.transaction_id: episode.episode_id
        for episode in episodes
        for request in episode.requests
    }
    return Counter(owners.get(row[0], "") for row in DECLINED.rows(connection))


def errors(connection: Connection) -> int:
    """Return how often a rule could not judge."""
    return int(FAILED.rows(connection)[0][0])


def _list(connection: Connection, act: Listing, entry_id: str) -> None:
    effect = "block" if act.is_block else "allow"
    connection.execute(
        insert(risk_list_entries).values(
            entry_id=entry_id,
            name=list_of(act.kind, effect),
            value=act.value,
            from_us=to_us(act.since),
            until_us=to_us(act.until),
            source="patterns",
            maker="patterns-maker",
            checker="patterns-checker",
        )
    )
