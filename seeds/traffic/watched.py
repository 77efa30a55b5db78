"""What the watch said in a span of business dates: rule by rule, read from its own tables."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from pos_sim.store.sql import Statement
from risk.live.rows import start_us_of
from risk.rulebook import Rulebook
from seeds.traffic.lines import RuleLine

SAID = Statement(
    "select rule_id, sum(case when decision <> 'allow' then 1 else 0 end),"
    " sum(case when decision = 'allow' then 1 else 0 end),"
    " sum(case when decision = 'hold' then 1 else 0 end),"
    " sum(case when decision = 'decline' then 1 else 0 end),"
    " sum(case when outcome = 'error' then 1 else 0 end)"
    " from risk_hits where at_us >= :since_us and at_us < :until_us group by rule_id"
)
OPENED = Statement(
    "select rule_id, count(*), max(title), max(title_en) from risk_alerts"
    " where first_seen_us >= :since_us and first_seen_us < :until_us group by rule_id"
)


def rule_lines(connection: Connection, rules: Rulebook, first: date, last: date) -> list[RuleLine]:
    """Return one line for each rule that spoke from ``first`` to ``last``, both included."""
    span = {
        "since_us": start_us_of(first.toordinal()),
        "until_us": start_us_of(last.toordinal() + 1),
    }
    opened = {row[0]: row[1:] for row in OPENED.rows(connection, **span)}
    lines = []
    for rule_id, *counts in sorted(SAID.rows(connection, **span)):
        hits, notes, held, declined, errors = map(int, counts)
        # What is no rule, a typology or the breaker, has a title in its alerts only.
        alerts, title, title_en = opened.get(rule_id, (0, rule_id, rule_id))
        version = rules.versions.get(rule_id)
        line = RuleLine(
            rule_id=rule_id,
            title=version.title if version else str(title),
            title_en=version.title_en if version else str(title_en),
            alerts=int(alerts),
            hits=hits,
            notes=notes,
            held=held,
            declined=declined,
            errors=errors,
        )
        lines.append(line)
    return lines
