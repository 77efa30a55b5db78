"""What the pages of staff share: reading, forms, lists, and what a page listens for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection
from starlette.responses import Response

from api.auth import STAFF
from api.console.gate import page
from api.console.staff.times import day_and_time
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
        said_at=lambda moment: day_and_time(visit.t, moment, visit.now),
        wrong=visit.wrong,
        **more,
    )


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
