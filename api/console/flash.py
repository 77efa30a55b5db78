"""One sentence carried over a redirect: what was done, or why it was not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from itsdangerous import BadData
from starlette.responses import Response

from api.console.navigation import HOME

if TYPE_CHECKING:
    from api.console.visit import Visit

LASTS_S = 60
TEXT_MAX = 400


@dataclass(frozen=True, slots=True)
class Flash:
    """A sentence for the next page."""

    COOKIE: ClassVar[str] = "pos_sim_said"

    is_refusal: bool
    text: str


def keep_flash(visit: Visit, response: Response, flash: Flash) -> None:
    """Give the sentence to the browser, signed, for the next page."""
    response.set_cookie(
        Flash.COOKIE,
        str(visit.console.flashes.dumps([flash.is_refusal, flash.text[:TEXT_MAX]])),
        max_age=LASTS_S,
        path=HOME,
        httponly=True,
        samesite="lax",
        secure=visit.is_secure,
    )


def take_flash(visit: Visit) -> Flash | None:
    """Return the sentence that the last page left, None where there is none of ours."""
    cookie = visit.request.cookies.get(Flash.COOKIE)
    if not cookie:
        return None
    try:
        is_refusal, text = visit.console.flashes.loads(cookie, max_age=LASTS_S)
    except (BadData, ValueError, TypeError):
        return None
    return Flash(bool(is_refusal), str(text))
