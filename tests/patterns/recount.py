"""Every definition, counted once more over what was decided in a run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from seeds.patterns.episodes import Listing, Registration
from seeds.patterns.run import patrol_days
from seeds.patterns.truth import Claim
from tests.patterns import recount_cards, recount_points
from tests.patterns.conftest import EVERY_DAYS, Run

ROOMS = (recount_cards, recount_points)
EVENING_RULES = ("R21", "R22", "R23")
RULES = tuple(f"R{number:02d}" for number in range(1, 25))


def satisfied(run: Run, rule_id: str) -> Iterator[tuple[str, datetime]]:
    """Give subject and moment whenever a rule is satisfied by its definition."""
    if rule_id == "R24":
        yield from listed(run)
    elif rule_id == "R12":
        yield from recount_points.r12(run.records, run.points, registered(run))
    elif rule_id in EVENING_RULES:
        evenings = patrol_days(run.play, EVERY_DAYS)
        found = recount_points.evenings(run.records, run.points, evenings)
        yield from ((subject, at) for rule, subject, at in found if rule == rule_id)
    else:
        count = next(
            getattr(room, rule_id.lower()) for room in ROOMS if hasattr(room, rule_id.lower())
        )
        yield from count(run.records, run.points)


def listed(run: Run) -> Iterator[tuple[str, datetime]]:
    """R24: any valid entry about card, payee, operator or terminal."""
    entries = [act for e in run.play.episodes for act in e.acts if isinstance(act, Listing)]
    for now in run.records:
        named = {
            ("card", str(now.card)): str(now.card),
            ("payee", now.payee_no): str(now.payee),
            ("operator", run.points[now.point].operator): now.point,
            ("terminal", now.terminal): now.terminal,
        }
        for entry in entries:
            subject = named.get((entry.kind, entry.value))
            if subject is not None and entry.since <= now.at < entry.until:
                yield subject, now.at


def registered(run: Run) -> dict[str, str]:
    """Return the serial number that the register had at the moment of each request."""
    acts = [act for e in run.play.episodes for act in e.acts if isinstance(act, Registration)]
    serials: dict[str, str] = {}
    for now in run.records:
        past = [act for act in acts if act.terminal_id == now.terminal and act.at <= now.at]
        latest = max(past, key=lambda act: act.at, default=None)
        serials[now.event_id] = latest.serial if latest else run.serials[now.terminal]
    return serials


def claims(run: Run, rule_id: str) -> Iterator[tuple[str, Claim]]:
    for episode in run.play.episodes:
        for claim in episode.claims:
            if claim.rule_id == rule_id and claim.counted:
                yield episode.episode_id, claim
