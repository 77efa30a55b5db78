"""What goes wrong, as a page: a calm sentence, and a way on."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.console.gate import console_of, look
from api.console.navigation import HOME
from api.problems import problem_of, response_of

SIGN_IN = f"{HOME}/sign-in"
SEE_OTHER = 303


async def answer_console_error(request: Request, error: Exception) -> Response:
    """Answer a browser with a page and a module with a problem; nobody signed in, sign in first."""
    problem = problem_of(error)
    if "text/html" not in request.headers.get("accept", "text/html"):
        return response_of(problem)
    visit = await look(console_of(request), request)
    if problem.kind.type == "unauthorized":
        asked = {"next": visit.place} | ({"expired": "1"} if visit.session.expired else {})
        return RedirectResponse(f"{SIGN_IN}?{urlencode(asked)}", SEE_OTHER)
    response = visit.show("error.html", problem.status_code, **shown(visit.words_of(problem)))
    for name, value in (problem.headers or {}).items():
        response.headers[name] = value
    return response


def shown(words: str) -> dict[str, str]:
    """Return the heading of a problem and the rest of what it says."""
    title, _, detail = words.partition(" · ")
    return {"problem_title": title, "problem_detail": detail}
