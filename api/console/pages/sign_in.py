"""Sign-in with an API key, sign-out, and the language of this browser."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.console.gate import LANGUAGE_COOKIE, anybody
from api.console.navigation import HOME, home_of, own_path
from api.console.session import COOKIE, Session
from api.console.visit import Visit
from api.problems import Problem
from seeds.load import DEMO_KEYS

router = APIRouter(prefix=HOME)

SIGN_IN = f"{HOME}/sign-in"
YEAR_S = 31_536_000
SEE_OTHER = 303

Anybody = Annotated[Visit, anybody()]


@router.get("/sign-in")
async def sign_in_page(visit: Anybody, next: str = "", expired: bool = False) -> Response:
    """The page with the field for a key and, in a demo world, the demo people."""
    return show_page(visit, next, note=visit.t("base.expired") if expired else "")


@router.post("/sign-in")
async def sign_in(visit: Anybody) -> Response:
    """A key for a session that nobody had before."""
    asked = visit.form.get("next", "")
    try:
        key = await visit.console.keyring.find(f"Bearer {visit.form.get('api_key', '')}")
    except Problem:
        return show_page(visit, asked, wrong=True)
    visit.session, visit.key = Session.fresh(key.name), key
    response = visit.go(own_path(asked, home_of(key.role)))
    visit.console.sessions.write(response, visit.session, secure=visit.is_secure)
    return response


@router.post("/sign-out")
async def sign_out(visit: Anybody) -> Response:
    """Forget who was signed in."""
    response = visit.go(SIGN_IN, said=visit.t("sign_in.signed_out"))
    response.delete_cookie(COOKIE, path=HOME)
    return response


@router.get("/language/{language}")
async def choose_language(
    language: Literal["zh", "en"], visit: Anybody, next: str = ""
) -> Response:
    """Keep the language for a year and go back."""
    location = own_path(next, SIGN_IN)
    response = RedirectResponse(location, SEE_OTHER)
    response.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=YEAR_S,
        path=HOME,
        samesite="lax",
        httponly=True,
        secure=visit.is_secure,
    )
    return response


def show_page(visit: Visit, asked: str, *, note: str = "", wrong: bool = False) -> Response:
    place = own_path(asked, "")
    return visit.show(
        "sign_in.html",
        status=401 if wrong else 200,
        next=place,
        note=note,
        wrong=wrong,
        demo_people=DEMO_KEYS if visit.sandbox.world.is_demo else {},
    )
