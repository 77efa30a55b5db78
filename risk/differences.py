"""What is different between two versions of a rule, field by field, as a proposal writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from risk.overrides import OF_THE_RULE, params_of
from risk.rules import RuleVersion


class Difference(NamedTuple):
    """One field, and its value on both sides; None: it does not stand there."""

    field: str
    before: Any
    after: Any


def differences(before: RuleVersion | None, after: RuleVersion | None) -> list[Difference]:
    """Return what differs, in order of the fields; a rule that is missing has no fields."""
    old, new = flat_fields(before), flat_fields(after)
    return [
        Difference(field, old.get(field), new.get(field))
        for field in sorted(old.keys() | new.keys())
        if old.get(field) != new.get(field)
    ]


def flat_fields(version: RuleVersion | None) -> dict[str, Any]:
    """Return every field of a version under its path."""
    if version is None:
        return {}
    fields = json.loads(version.canonical)
    params = params_of(fields)
    rule = {key: value for key, value in fields.items() if key not in ("clause", *OF_THE_RULE)}
    return dict(flattened("", rule | params))


def flattened(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Give the leaves of tables and lists; a list of words is one leaf.

    >>> list(flattened("", {"day": {"band": [{"from": 3}], "feeds": ["FV"]}}))
    [('day.band[1].from', 3), ('day.feeds', ['FV'])]
    """
    if isinstance(value, dict):
        for key, one in value.items():
            yield from flattened(f"{path}.{key}" if path else key, one)
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for number, one in enumerate(value, start=1):
            yield from flattened(f"{path}[{number}]", one)
    else:
        yield path, value
