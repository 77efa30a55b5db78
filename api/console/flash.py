"""One sentence carried over a redirect: what was done, or why it was not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from api.console.navigation import HOME

LASTS_S = 60
TEXT_MAX = 400


@dataclass(frozen=True, slots=True)
class Flash:
    """A sentence for the next page."""

    COOKIE: ClassVar[str] = "pos_sim_said"

    is_refusal: bool
    text: str


def keep_flash(
    signer: URLSafeTimedSerializer, response: Response, flash: Flash, *, secure: bool
) -> None:
    """Give the sentence to the browser, signed, for the next page."""
    response.set_cookie(
        Flash.COOKIE,
        str(signer.dumps([flash.is_refusal, flash.text[:TEXT_MAX]])),
        max_age=LASTS_S,
        path=HOME,
        httponly=True,
        samesite="lax",
        secure=secure,
    )


def take_flash(signer: URLSafeTimedSerializer, request: Request) -> Flash | None:
    """Return the sentence that the last page left, None where there is none of ours."""
    cookie = request.cookies.get(Flash.COOKIE)
    if not cookie:
        return None
    try:
        is_refusal, text = signer.loads(cookie, max_age=LASTS_S)
    except (BadData, ValueError, TypeError):
        return None
    return Flash(bool(is_refusal), str(text))
