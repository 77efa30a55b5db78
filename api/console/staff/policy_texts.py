"""What a policy cites, in both languages where a shipped document says the same.

A document may give a text in one language, and those of the first versions of this system did:
what such a one took over is read with the half that the shipped documents have beside it now. The
stored document stays as it is, with its checksum; what people wrote themselves stays as they did.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pos_sim.domain.policy import Policy, read_policy
from pos_sim.policies import shipped

CITED = ("source", "note", "granted_by")
TABLES = ("limit", "granularity", "price", "waiver")


def in_both(policy: Policy) -> Policy:
    """Return a policy for people to read; numbers, version and first day are the same."""
    document: dict[str, Any] = json.loads(policy.canonical)
    told = {table: [cited(row) for row in document[table]] for table in TABLES if table in document}
    after = cited(document) | told
    return policy if after == document else read_policy(json.dumps(after), policy.version)


def cited(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with the other half of each text that it has in one language only."""
    found = dict(row)
    for name in CITED:
        both = known().get(squeezed(found.get(name, "")))
        if both and f"{name}_en" not in found:
            found[name], found[f"{name}_en"] = both
    return found


@cache
def known() -> Mapping[str, tuple[str, str]]:
    """Return the texts of the shipped documents, Chinese and English, by either of them."""
    found: dict[str, tuple[str, str]] = {}
    for chinese, english in shipped_texts():
        found.setdefault(squeezed(chinese), (chinese, english))
        found.setdefault(squeezed(english), (chinese, english))
    return found


def shipped_texts() -> Iterator[tuple[str, str]]:
    for policy in shipped().policies:
        document = json.loads(policy.canonical)
        rows = [document, *(row for table in TABLES for row in document.get(table, ()))]
        for row in rows:
            yield from ((row[name], row[f"{name}_en"]) for name in CITED if f"{name}_en" in row)


def squeezed(text: str) -> str:
    """Return a text without blanks, its punctuation all of one width.

    >>> squeezed("银发〔2014〕235号；每卡") == squeezed("银发〔2014〕235号; 每卡")
    True
    """
    return "".join(unicodedata.normalize("NFKC", text).split())
