"""How a message travels: server-sent events, each serialized once for all who watch."""

from __future__ import annotations

from typing import NamedTuple

import orjson

from pos_sim.store.outbox import Place

RETRY_MS = 2_000
"""So long a browser waits before it asks again."""


class Message(NamedTuple):
    """One event on its way: where it stands in the order of all, and its bytes."""

    place: Place | None
    content: bytes


def message(event: str, body: object, place: Place | None = None) -> Message:
    """Return an event; one with a place is what a browser names when it comes back.

    >>> message("news", {"a": 1}, Place(7, 12)).content
    b'id: 7-12\\nevent: news\\ndata: {"a":1}\\n\\n'
    """
    head = f"id: {place}\n" if place else ""
    text = f"{head}event: {event}\ndata: ".encode()
    return Message(place, text + orjson.dumps(body) + b"\n\n")


HELLO = f"retry: {RETRY_MS}\n\n".encode()
BEAT = message("beat", 0)
GAP = message("gap", 0)
"""Too much was missed, or the world is another one: read everything again."""
