"""Where one can go from every page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from api.auth import EVERY_ROLE, STAFF

HOME = "/console"


class Place(NamedTuple):
    """One entry: its path, the name of its text, and who sees it."""

    path: str
    text: str
    roles: frozenset[str]


PLACES = (
    Place(HOME, "nav.operations", STAFF),
    Place("/console/alerts", "nav.alerts", STAFF),
    Place("/console/cases", "nav.cases", STAFF),
    Place("/console/approvals", "nav.approvals", STAFF),
    Place("/console/points", "nav.points", STAFF),
    Place("/console/rules", "nav.rules", STAFF),
    Place("/console/clock", "nav.clock", STAFF),
    Place("/console/terminal", "nav.terminal", EVERY_ROLE),
    Place("/console/lessons", "nav.lessons", EVERY_ROLE),
)


ROOMS = {
    "/console/desk": "/console/clock",
    "/console/class": "/console/clock",
    "/console/policies": "/console/rules",
}
"""Pages that stand under an entry of another path."""


def places_for(role: str, built: frozenset[str]) -> Sequence[Place]:
    """Return the entries that somebody with this role sees; a page that is not built has none."""
    return [place for place in PLACES if role in place.roles and place.path in built]


def current(path: str) -> str:
    """Return the path of the entry that a page belongs to.

    >>> current("/console/alerts/R07-1"), current("/console"), current("/console/sign-in")
    ('/console/alerts', '/console', '')
    >>> current("/console/desk")
    '/console/clock'
    """
    for room, entry in ROOMS.items():
        if path == room or within(path, room):
            return entry
    below = [place.path for place in PLACES[1:] if path == place.path or within(path, place.path)]
    return below[0] if below else HOME * (path == HOME)


def within(path: str, place: str) -> bool:
    return path.startswith(f"{place}/")


def home_of(role: str) -> str:
    """Return where somebody with this role starts."""
    return next(place.path for place in PLACES if role in place.roles)


def own_path(asked: str | None, otherwise: str = HOME) -> str:
    """Return a path of the console that was asked for; anything else leads nowhere else.

    >>> own_path("/console/alerts?state=new"), own_path("//evil.example/console")
    ('/console/alerts?state=new', '/console')
    >>> own_path("/console/../v1/about"), own_path("/console\\\\@evil.example")
    ('/console', '/console')
    """
    if not asked or any(sign in asked for sign in ("\\", "..", "//", "\r", "\n", "\t")):
        return otherwise
    is_ours = asked == HOME or asked.startswith((f"{HOME}/", f"{HOME}?"))
    return asked if is_ours and asked.isprintable() else otherwise
