"""What a proposal may change of a rule, laid over the fields of the version that it follows.

    {"days_near_limit": {"each_of_limit": 8000, "band": [{"from": 3}]}}

names a clause, a parameter of its template and the first band, of which only ``from`` changes. A
list of bands says how many there are; ``guard`` and ``proposes`` are replaced whole. Beside clauses
stand ``tiers`` and ``on_error``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pos_sim.domain.documents import PolicyError
from risk.pages import RulebookError

OF_THE_RULE = ("tiers", "on_error")
FIXED = frozenset({"name", "template", "unit", "scope"})
"""What makes a clause what it is: another one would be another rule."""

DEEPEST, LONGEST_LIST = 6, 50


def overridden(
    fields: Mapping[str, Any], params: Mapping[str, Any], *, file: str
) -> dict[str, Any]:
    """Return the fields with the changes; raises `RulebookError` where they fit nothing."""
    result, clauses = dict(fields), [dict(one) for one in fields["clause"]]
    by_name = {name_of(one): number for number, one in enumerate(clauses)}
    try:
        for name, change in params.items():
            check_plain(name, change, file)
            if name in OF_THE_RULE:
                result[name] = change
            elif name in by_name:
                number = by_name[name]
                clauses[number] = clause_with(clauses[number], name, change, file)
            else:
                raise PolicyError(file, name, f"none of {', '.join((*by_name, *OF_THE_RULE))}")
    except PolicyError as wrong:
        raise RulebookError(file, f"rule {fields['id']}", wrong.field, wrong.message) from None
    return result | {"clause": clauses}


def name_of(clause: Mapping[str, Any]) -> str:
    """Return how a clause is called: a nameless one as its template."""
    return str(clause.get("name") or clause["template"])


def params_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a version as a proposal that would change nothing: what a form begins with."""
    clauses = {
        name_of(clause): {key: value for key, value in clause.items() if key not in FIXED}
        for clause in fields["clause"]
    }
    return clauses | {name: fields[name] for name in OF_THE_RULE if name in fields}


def clause_with(clause: Mapping[str, Any], name: str, change: Any, file: str) -> dict[str, Any]:
    """Return one clause with its changes; null takes an optional field away."""
    if not isinstance(change, dict):
        raise PolicyError(file, name, "expected a table")
    for key in change:
        if key in FIXED:
            raise PolicyError(file, f"{name}.{key}", "belongs to the rule, a version keeps it")
    merged = {**clause, **change}
    if isinstance(change.get("band"), list):
        merged["band"] = list(bands_with(clause["band"], change["band"]))
    return {key: value for key, value in merged.items() if value is not None}


def bands_with(bands: list[dict[str, Any]], changes: list[Any]) -> Iterator[Any]:
    """Give the bands with their changes; one more than there were starts from nothing."""
    for number, change in enumerate(changes):
        before = bands[number] if number < len(bands) else {}
        is_table = isinstance(change, dict)
        merged = {**before, **change} if is_table else change
        yield without_nothing(merged) if is_table else merged


def without_nothing(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}


def check_plain(field: str, value: Any, file: str, depth: int = 0) -> None:
    """Refuse what cannot be a rule and would do harm on the way: depth, length, odd characters."""
    if depth > DEEPEST:
        raise PolicyError(file, field, "too deep")
    if isinstance(value, str) and not value.isprintable():
        raise PolicyError(file, field, "has characters that cannot be shown")
    parts = list(parts_of(field, value))
    if len(parts) > LONGEST_LIST:
        raise PolicyError(file, field, f"more than {LONGEST_LIST}")
    for path, one in parts:
        check_plain(path, one, file, depth + 1)


def parts_of(field: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Give what stands in a table or a list, each with its path."""
    if isinstance(value, dict):
        yield from ((f"{field}.{name}", one) for name, one in value.items())
    elif isinstance(value, list):
        yield from ((f"{field}[{number}]", one) for number, one in enumerate(value, start=1))
