"""What the pages of staff share: reading, forms, lists, and what a page listens for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from markupsafe import Markup
from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection
from starlette.responses import Response

from api.auth import STAFF
from api.console.gate import page
from api.console.staff.times import day_and_time
from api.console.together import Reading, shared_s
from api.console.visit import Visit
from api.paging import cursor_of
from api.problems import invalid
from pos_sim.store.outbox import Place, here

T = TypeVar("T")
B = TypeVar("B", bound=BaseModel)

ACTING = ("maker", "checker")
"""Who works on alerts and cases, and decides what others propose."""

Reader = Annotated[Visit, page(*STAFF)]
Clerk = Annotated[Visit, page(*ACTING)]
"""Who may read a page of staff, and who may send its forms."""

NAMES = ("do", "approval")
"""The hidden fields that tell the forms of a page apart."""


# Reading --------------------------------------------------------------------------------------


async def read(visit: Visit, look: Callable[[Connection], T]) -> tuple[T, Place]:
    """Return what a page shows, and the place in the stream behind which it may change."""

    def look_and_place(connection: Connection) -> tuple[T, Place]:
        # The place comes first: what happens between the two is told again, and not lost.
        place = here(connection)
        return look(connection), place

    return await visit.sandbox.database.read(look_and_place)


AGAIN = "x-read-again"
"""The header with which a page reads itself again; whoever opens one sends no such thing."""


async def read_list(visit: Visit, about: Hashable, look: Callable[[Connection], T]) -> Reading[T]:
    """Return what a list shows; a page that follows it may get what another one just read.

    ``about``: all that the look depends on, but for what people did.
    """
    console = visit.console
    most_s = shared_s(console.feed.watched_by) if AGAIN in visit.request.headers else 0.0
    return await console.lists.read(about, look, now=visit.now, most_s=most_s)


def part(visit: Visit, reading: Reading[Any], template: str, **more: Any) -> Markup:
    """Return the part of a page that was made of a reading, made once in each language."""
    made = reading.parts.get(visit.t.language)
    if made is None:
        made = visit.part(template, said_at=said_at(visit), **more)
        reading.parts[visit.t.language] = made
    return made


def said_at(visit: Visit) -> Callable[[datetime], str]:
    """Return what says a moment with the word for its day."""
    return lambda moment: day_and_time(visit.t, moment, visit.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Which moves of staff make a page read itself again: about these subjects, of these kinds.

    ``board``: also whatever changes the list of open alerts; ``alert``: as far as it is about it.
    """

    ids: Collection[str] = ()
    kinds: Collection[str] = ()
    board: bool = False
    alert: str = ""

    def shown(self, visit: Visit, place: Place) -> dict[str, Any]:
        """Return what the page's module wants to know."""
        return {
            "since": str(place),
            "page": visit.place,
            "me": visit.who.name,
            "ids": sorted(self.ids),
            "kinds": sorted(self.kinds),
            "board": self.board,
            "alert": self.alert,
            "sent": {name: visit.form[name] for name in NAMES if name in visit.form}
            if visit.form
            else None,
            "texts": visit.t.under("live"),
        }


def show(
    visit: Visit, template: str, place: Place, watch: Watch, *, status: int = 200, **more: Any
) -> Response:
    """Return a page that follows what others do."""
    return visit.show(
        template,
        status,
        watch=watch.shown(visit, place),
        sent=visit.form,
        said_at=said_at(visit),
        wrong=visit.wrong,
        **more,
    )


def show_list(
    visit: Visit, template: str, reading: Reading[Any], watch: Watch, **more: Any
) -> Response:
    """Return a list that follows what others do; ``Age`` says when another page read it."""
    response = show(visit, template, reading.place, watch, **more)
    if reading.age_s:
        response.headers["Age"] = f"{ceil(reading.age_s)}"
    return response


# Forms ----------------------------------------------------------------------------------------


def body_of(model: type[B], fields: Mapping[str, Any]) -> B:
    """Return the body that the API would have been sent; what is not valid becomes its problem."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise invalid(error.errors()) from None


def line(form: Mapping[str, str], name: str) -> str:
    """Return a field as one line: a note has no line breaks.

    >>> line({"note": "电话已核实 \\r\\n系本人取款"}, "note")
    '电话已核实 系本人取款'
    """
    return " ".join(form.get(name, "").split())


# Lists ----------------------------------------------------------------------------------------


def one_of(asked: str, known: Iterable[str]) -> str:
    """Return what was asked for if it is known; what is not asks nothing."""
    return asked if asked in known else ""


def next_page(path: str, asked: Mapping[str, str], after: tuple[Any, ...] | None) -> str:
    """Return the address of the next page of a list, empty on the last."""
    cursor = cursor_of(after)
    return address(path, {**asked, "cursor": cursor}) if cursor else ""


def address(path: str, asked: Mapping[str, str]) -> str:
    """Return the address of a list with its filters.

    >>> address("/console/alerts", {"state": "new", "rule": ""})
    '/console/alerts?state=new'
    """
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{path}?{query}" if query else path
