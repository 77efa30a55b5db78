"""Lists: how many at once, and the opaque cursor that leads on."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Any, TypeAlias

import orjson
from pydantic import Field

from api.problems import Problem, invalid_field

LIMIT: TypeAlias = Annotated[int, Field(ge=1, le=200, description="How many at once")]
CURSOR: TypeAlias = (
    Annotated[
        str,
        Field(
            pattern="^[0-9A-Za-z_-]{1,200}$",
            description="`next_cursor` of the page before; opaque",
        ),
    ]
    | None
)


def cursor_of(after: tuple[Any, ...] | None) -> str | None:
    """Return where a list goes on, as text that a caller only hands back.

    >>> position_of(cursor_of((7, "x")), int, str)
    (7, 'x')
    """
    if after is None:
        return None
    return urlsafe_b64encode(orjson.dumps(after)).decode().rstrip("=")


def position_of(cursor: str | None, *shape: type) -> tuple[Any, ...] | None:
    """Return what a cursor of ours stands for; 422 for one that isn't."""
    if cursor is None:
        return None
    try:
        parts = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        raise not_ours() from None
    if not isinstance(parts, list) or [type(part) for part in parts] != list(shape):
        raise not_ours()
    if any(isinstance(part, str) and "\0" in part for part in parts):
        raise not_ours()
    if any(isinstance(part, int) and abs(part) > LARGEST_NUMBER for part in parts):
        raise not_ours()
    return tuple(parts)


LARGEST_NUMBER = 2**62


def not_ours() -> Problem:
    return invalid_field("cursor", "不是本系统给出的游标 · Not a cursor of ours")
