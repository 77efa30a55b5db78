"""All patterns, rule by rule."""

from __future__ import annotations

from seeds.patterns import (
    crowds,
    flows,
    insiders,
    lists,
    machines,
    payees,
    reversals,
    shares,
    structuring,
    testers,
    travel,
    volumes,
)
from seeds.patterns.pattern import Pattern

PATTERNS: tuple[Pattern, ...] = tuple(
    pattern
    for room in (
        structuring,
        insiders,
        flows,
        crowds,
        testers,
        travel,
        machines,
        payees,
        reversals,
        volumes,
        shares,
        lists,
    )
    for pattern in room.PATTERNS
)
