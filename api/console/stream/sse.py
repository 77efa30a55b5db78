"""How a message travels: server-sent events, each serialized once for all who watch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from pos_sim.store.outbox import Place

RETRY_MS = 2_000
"""So long a browser waits before it asks again."""


class Message(NamedTuple):
    """One event on its way: its bytes, and what lies behind ``start`` up to ``place``.

    ``counted`` is what the reader counted beside it; whoever saw a part of it already gets the rest
    with the same counts.
    """

    content: bytes
    place: Place | None = None
    start: Place | None = None
    counted: Mapping[str, Any] | None = None


def message(event: str, body: object, place: Place | None = None) -> Message:
    """Return an event; one with a place is what a browser names when it comes back.

    >>> message("news", {"a": 1}, Place(7, 12)).content.splitlines()
    [b'id: 7-12', b'event: news', b'data: {"a":1}', b'']
    """
    head = f"id: {place}\n" if place else ""
    text = f"{head}event: {event}\ndata: ".encode()
    return Message(text + orjson.dumps(body) + b"\n\n", place)


HELLO = f"retry: {RETRY_MS}\n\n".encode()
BEAT = message("beat", 0)
GAP = message("gap", 0)
"""Too much was missed, or the world is another one: read everything again."""
