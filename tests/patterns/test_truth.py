"""The truth of the episodes, counted once more from the words of the catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

import pytest

from seeds.patterns.episodes import Kind, Listing, Registration
from seeds.patterns.run import patrol_days
from seeds.patterns.truth import Claim, Sighting, Truth
from tests.patterns import recount_cards, recount_points
from tests.patterns.conftest import EVERY_DAYS, PER_RULE, Run

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


@pytest.mark.parametrize("rule_id", RULES)
def test_every_planted_episode_satisfies_its_definition_from_the_moment_claimed(
    performed: Run, rule_id: str
) -> None:
    moments: dict[str, list[datetime]] = defaultdict(list)
    for subject, at in satisfied(performed, rule_id):
        moments[subject].append(at)
    for name, claim in claims(performed, rule_id):
        seen = [at for subject in claim.subjects for at in moments[subject]]
        first = min((at for at in seen if claim.since <= at <= claim.until), default=None)
        assert first is not None, (name, claim)
        assert first == claim.since or rule_id in EVENING_RULES, (name, first, claim)


@pytest.mark.parametrize("rule_id", RULES)
def test_nothing_satisfies_a_definition_that_the_truth_does_not_list(
    performed: Run, rule_id: str
) -> None:
    listed = [(e.episode_id, claim) for e in performed.play.episodes for claim in e.claims]
    truth = Truth([*listed, *(("", claim) for claim in performed.play.ambient)])
    unlisted = [
        (subject, at)
        for subject, at in satisfied(performed, rule_id)
        if not truth.explains(Sighting(rule_id, subject, "", at, "alert", True))
    ]
    assert not unlisted


@pytest.mark.parametrize("rule_id", RULES)
def test_each_rule_has_its_episodes_of_both_kinds(performed: Run, rule_id: str) -> None:
    for kind in Kind:
        mine = [e for e in performed.play.episodes if (e.rule_id, e.kind) == (rule_id, kind)]
        assert len(mine) == PER_RULE
        assert all((rule_id in e.rule_ids) is (kind is Kind.PLANTED) for e in mine)


def claims(run: Run, rule_id: str) -> Iterator[tuple[str, Claim]]:
    for episode in run.play.episodes:
        for claim in episode.claims:
            if claim.rule_id == rule_id and claim.counted:
                yield episode.episode_id, claim
