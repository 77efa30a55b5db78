"""Episodes that were sent into a running world: kept, and what the watch said about each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from pos_sim.store.rows import from_us, to_us
from pos_sim.store.sql import Statement
from seeds.patterns.episodes import Kind
from seeds.patterns.live import Staged
from seeds.patterns.score import HITS_COUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One episode; ``ended_at`` None: it is being played. ``pattern`` is the id of its pattern."""

    episode_id: str
    pattern: str
    rule_id: str
    kind: Kind
    service_point_id: str
    sent_by: str
    sent_at: datetime
    begins: datetime
    until: datetime
    ended_at: datetime | None
    transaction_ids: Sequence[str]
    subjects: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An alert that an episode raised, or a hit that raised none (``alert_id`` None)."""

    rule_id: str
    alert_id: str | None
    title: str
    title_en: str
    severity: str
    state: str


COLUMNS = (
    "episode_id, pattern, rule_id, kind, service_point_id, sent_by, sent_us, begins_us, until_us,"
    " ended_us, transaction_ids, subjects"
)
ADD = Statement(
    f"insert into planted_episodes ({COLUMNS}) values (:episode_id, :pattern, :rule_id, :kind,"
    " :service_point_id, :sent_by, :sent_us, :begins_us, :until_us, null, :transaction_ids,"
    " :subjects)"
)
END = Statement("update planted_episodes set ended_us = :ended_us where episode_id = :episode_id")
ONE = Statement(f"select {COLUMNS} from planted_episodes where episode_id = :episode_id")
NEWEST = Statement(
    f"select {COLUMNS} from planted_episodes where (sent_us < :before_us or"
    " (sent_us = :before_us and episode_id < :before_id))"
    " order by sent_us desc, episode_id desc limit :most"
)
HEARD = (
    "select h.rule_id, h.alert_id, a.title, a.title_en, coalesce(a.severity, h.severity), a.state"
    " from risk_hits h left join risk_alerts a on a.alert_id = h.alert_id"
    " where h.outcome = 'hit'"
)
BY_REQUESTS = Statement(f"{HEARD} and h.event_id {{in:event_ids text}}")
BY_EVENINGS = Statement(
    f"{HEARD} and h.lane = 'batch' and h.at_us >= :since_us and h.at_us <= :until_us"
    " and h.rule_id = :rule_id and h.scope_value {in:subjects text}"
)
LATER = 2**62


def add_sent(connection: Connection, staged: Staged, pattern: str, by: str, at: datetime) -> Sent:
    """Enter an episode that begins to be played."""
    episode = staged.episode
    claimed = {subject for claim in episode.claims for subject in claim.subjects}
    sent = Sent(
        episode_id=episode.episode_id,
        pattern=pattern,
        rule_id=episode.rule_id,
        kind=episode.kind,
        service_point_id=episode.point_id,
        sent_by=by,
        sent_at=at,
        begins=min((request.received_at for request in episode.requests), default=at),
        until=staged.until,
        ended_at=None,
        transaction_ids=[request.key.transaction_id for request in episode.requests],
        subjects=sorted({episode.point_id, *claimed}),
    )
    ADD.run(
        connection,
        episode_id=sent.episode_id,
        pattern=sent.pattern,
        rule_id=sent.rule_id,
        kind=sent.kind.value,
        service_point_id=sent.service_point_id,
        sent_by=by,
        sent_us=to_us(at),
        begins_us=to_us(sent.begins),
        until_us=to_us(sent.until),
        transaction_ids=orjson.dumps(sent.transaction_ids).decode(),
        subjects=orjson.dumps(sent.subjects).decode(),
    )
    return sent


def end_sent(connection: Connection, episode_id: str, at: datetime) -> None:
    """Write that an episode has been played to its end."""
    END.run(connection, episode_id=episode_id, ended_us=to_us(at))


def find_sent(connection: Connection, episode_id: str) -> Sent | None:
    """Return an episode by its id."""
    rows = ONE.rows(connection, episode_id=episode_id)
    return sent_of(rows[0]) if rows else None


def newest_sent(
    connection: Connection, most: int, after: tuple[int, str] | None = None
) -> Sequence[Sent]:
    """Return episodes, the newest first; ``after``: those that were sent before this one."""
    before_us, before_id = after or (LATER, "")
    found = NEWEST.rows(connection, most=most, before_us=before_us, before_id=before_id)
    return [sent_of(row) for row in found]


def heard_of(connection: Connection, sent: Sent) -> Sequence[Heard]:
    """Return what the watch said about an episode: each alert once, then hits without one."""
    found = [
        *BY_REQUESTS.rows(connection, event_ids=sent.transaction_ids),
        *BY_EVENINGS.rows(
            connection,
            since_us=to_us(sent.begins),
            until_us=to_us(sent.ended_at or sent.until),
            rule_id=sent.rule_id,
            subjects=sent.subjects,
        ),
    ]
    return sorted(once(found), key=lambda one: (one.alert_id is None, one.rule_id))


def once(rows: Iterable[Sequence[Any]]) -> Iterable[Heard]:
    """Give each alert, and each rule that hit without one, once."""
    alerted = {row[0] for row in rows if row[1] is not None}
    known: Mapping[tuple[Any, ...], Heard] = {
        (row[0], row[1]): Heard(
            rule_id=row[0],
            alert_id=row[1],
            title=row[2] or "",
            title_en=row[3] or "",
            severity=row[4],
            state=row[5] or "",
        )
        for row in rows
        if row[1] is not None or row[0] not in alerted
    }
    return known.values()


def is_as_expected(sent: Sent, heard: Iterable[Heard]) -> bool:
    """Say whether the rule spoke of a planted pattern, or kept silent about a look-alike."""
    spoke = any(
        one.rule_id == sent.rule_id and (one.alert_id is not None or one.rule_id in HITS_COUNT)
        for one in heard
    )
    return spoke is (sent.kind is Kind.PLANTED)


def sent_of(row: Sequence[Any]) -> Sent:
    episode_id, pattern, rule_id, kind, point, by, *times, ids, about = row
    sent_us, begins_us, until_us, ended_us = times
    return Sent(
        episode_id=episode_id,
        pattern=pattern,
        rule_id=rule_id,
        kind=Kind(kind),
        service_point_id=point,
        sent_by=by,
        sent_at=from_us(sent_us),
        begins=from_us(begins_us),
        until=from_us(until_us),
        ended_at=None if ended_us is None else from_us(ended_us),
        transaction_ids=orjson.loads(ids),
        subjects=orjson.loads(about),
    )
