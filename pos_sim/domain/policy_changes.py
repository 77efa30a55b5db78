"""What one policy document changes against another, row by row: for whoever has to agree."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pos_sim.domain.policy import Policy

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One field; None: it stands in one of the two documents only."""

    field: str
    before: Any
    after: Any


def _where(row: Row) -> str:
    """Name a price by where it is asked: what is left out means all of it."""
    parts = [",".join(sorted(row["operations"])), ",".join(sorted(row.get("channels", ())))]
    if "cross_bank" in row:
        parts.append("cross_bank" if row["cross_bank"] else "own_bank")
    parts.append(",".join(sorted(row.get("regions", ()))))
    return "/".join(part for part in parts if part)


NAMES: dict[str, Callable[[Row], str]] = {
    "limit": lambda row: str(row["kind"]),
    "granularity": lambda row: str(row["channel"]),
    "price": _where,
    "waiver": lambda row: str(row["id"]),
}
"""What a row is called, by table: no two rows of one document share a name."""

OWN = frozenset({"version", "effective_from"})
"""Every version has its own."""


def changes_between(before: Policy, after: Policy) -> list[Change]:
    """Return every field that differs, in order of name.

    Version and first day are left out: they always differ.
    """
    old, new = dict(_flat(before)), dict(_flat(after))
    return [
        Change(name, old.get(name), new.get(name))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def _flat(policy: Policy) -> Iterator[tuple[str, Any]]:
    document: Mapping[str, Any] = json.loads(policy.canonical)
    for key, value in document.items():
        if key in NAMES:
            for row in value:
                yield from _fields(f"{key}[{NAMES[key](row)}]", row)
        elif key not in OWN:
            yield key, value


def _fields(name: str, row: Row) -> Iterator[tuple[str, Any]]:
    return ((f"{name}.{field}", value) for field, value in row.items())
