"""Forms that act once: a double click, or a page sent again, finds what the first one did."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from time import time
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from pos_sim.store.sql import Statement

T = TypeVar("T")

TOKEN = re.compile(r"[0-9A-Za-z_-]{16,40}")
KEPT_S = 86_400
"""How long a sent form is remembered, in seconds of real time; its session ends sooner."""

TAKE = Statement(
    "insert into console_forms (token, sent_us, location) values (:token, :now_us, '')"
    " on conflict (token) do nothing"
)
LOCATION = Statement("select location from console_forms where token = :token")
KEEP = Statement("update console_forms set location = :location where token = :token")
FORGET = Statement("delete from console_forms where sent_us < :before_us")


class Done(NamedTuple):
    """Where the form leads, and whether it had been sent before."""

    location: str
    before: bool


def token_of(form: Mapping[str, str]) -> str:
    """Return the token of a form, a fresh one where it has none."""
    asked = form.get("once", "")
    return asked if TOKEN.fullmatch(asked) else secrets.token_urlsafe(18)


def do_once(
    connection: Connection, token: str, work: Callable[[Connection], T], to: Callable[[T], str]
) -> Done:
    """Do ``work`` unless a form with this token did it; both are told where to go.

    The token is taken in the transaction of the work: a second form waits for the first one's end.
    """
    now_us = int(time() * 1_000_000)
    if TAKE.run(connection, token=token, now_us=now_us) == 0:
        return Done(LOCATION.rows(connection, token=token)[0][0], before=True)
    location = to(work(connection))
    KEEP.run(connection, token=token, location=location)
    return Done(location, before=False)


def forget_old_forms(connection: Connection) -> int:
    """Forget the forms of yesterday; return how many."""
    return FORGET.run(connection, before_us=int((time() - KEPT_S) * 1_000_000))
