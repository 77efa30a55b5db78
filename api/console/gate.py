"""The way in: who may see a page, and which forms are taken."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends
from starlette.requests import Request

from api.auth import EVERY_ROLE, unauthorized
from api.console.house import Console
from api.console.session import COOKIE
from api.console.texts import LANGUAGES, Texts
from api.console.visit import Visit
from api.problems import Problem, invalid_field

LANGUAGE_COOKIE = "pos_sim_language"
FIELDS_MAX = 200
SAFE_METHODS = frozenset({"GET", "HEAD"})
STALE_FORM = (
    "页面停留太久或来源不明，没有办理。请再试一次 · "
    "The page was too old or came from elsewhere; nothing was done. Please try again"
)


async def look(console: Console, request: Request) -> Visit:
    """Return the visit of a request, whoever it is; a form must be of a page of its session."""
    session = console.sessions.read(request.cookies.get(COOKIE))
    key = await console.sessions.who(session)
    return Visit(request, console, session, key, Texts(language_of(request)))


async def enter(console: Console, request: Request, roles: frozenset[str]) -> Visit:
    """Return the visit of somebody with one of the roles; 401 or 403 for others."""
    visit = await look(console, request)
    if visit.key is None:
        raise unauthorized()
    if visit.key.role not in roles:
        raise Problem("forbidden", visit.t("base.needs_role", roles=role_words(visit, roles)))
    return await with_form(visit)


def role_words(visit: Visit, roles: frozenset[str]) -> str:
    return visit.t("approvals.comma").join(visit.t(f"roles.{one}") for one in sorted(roles))


async def with_form(visit: Visit) -> Visit:
    """Read the form of a POST, which must come from one of our own pages."""
    if visit.request.method in SAFE_METHODS:
        return visit
    refuse_strangers(visit.request)
    visit.form = await form_of(visit.request)
    token = visit.request.headers.get("x-csrf-token") or visit.form.get("csrf", "")
    if not visit.console.sessions.is_token(visit.session, token):
        raise Problem("forbidden", STALE_FORM)
    return visit


def page(*roles: str) -> Any:
    """Return the dependency that gives a page its ``Visit``; no roles: whoever is signed in."""
    wanted = frozenset(roles) or EVERY_ROLE

    async def visit(request: Request) -> Visit:
        return await enter(console_of(request), request, wanted)

    return Depends(visit)


def anybody() -> Any:
    """Return the dependency of a page that needs no sign-in."""

    async def visit(request: Request) -> Visit:
        return await with_form(await look(console_of(request), request))

    return Depends(visit)


def console_of(request: Request) -> Console:
    found: Console = request.app.state.console
    return found


def language_of(request: Request) -> str:
    """Return the language that this browser chose; Chinese first."""
    asked = request.cookies.get(LANGUAGE_COOKIE, "")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def refuse_strangers(request: Request) -> None:
    """403 for a form that another site sent."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    is_own = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not is_own or site not in ("same-origin", "none"):
        raise Problem("forbidden", STALE_FORM)


async def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a form; of several with one name the last."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    body = await request.body()
    try:
        fields = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError:
        raise invalid_field("body", "表单无法读取 · The form cannot be read") from None
    return {name: value.strip().replace("\x00", "") for name, value in fields}
