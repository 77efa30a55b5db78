"""What a page function gets: who asks, in which language, with which form; and how it answers."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.console.flash import Flash, keep_flash, take_flash
from api.console.house import Console
from api.console.navigation import HOME, current, home_of, own_path, places_for
from api.console.once import do_once, token_of
from api.console.session import Session
from api.console.texts import Texts
from api.problems import Problem
from api.routes.risk_work import refusals
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.keys import ApiKey

T = TypeVar("T")

SEE_OTHER = 303
MOST_TOLD, MOST_NAMED = 3, 6
"""So many different mistakes are told above a page, and so many fields named; more are only
counted, and marked in place."""


@dataclass(slots=True)
class Visit:
    """One request to the console; ``key`` is None before sign-in.

    ``refused`` is why a form was not taken, ``wrong`` what is wrong with its fields, by name.
    """

    request: Request
    console: Console
    session: Session
    key: ApiKey | None
    t: Texts
    form: Mapping[str, str] = field(default_factory=dict)
    refused: Flash | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)
    marked: dict[str, list[str]] = field(default_factory=dict)
    """What the page marks as wrong: the labels of the fields, by what it says of them."""

    @property
    def who(self) -> ApiKey:
        """Who is signed in; on the pages of ``page(...)`` there is always somebody."""
        assert self.key is not None
        return self.key

    @property
    def sandbox(self) -> Sandbox:
        return self.console.sandbox

    @property
    def now(self) -> datetime:
        """What the sandbox's clock shows."""
        return self.sandbox.clock.now()

    @property
    def is_secure(self) -> bool:
        return self.request.url.scheme == "https"

    @property
    def place(self) -> str:
        """This page with its query; of a POST, the page that the form stood on."""
        url = self.request.url
        if self.request.method != "GET":
            return self.came_from
        return own_path(f"{url.path}?{url.query}" if url.query else url.path)

    @property
    def came_from(self) -> str:
        """The page of ours that led here; the start where there is none."""
        came = urlsplit(self.request.headers.get("referer", ""))
        if came.netloc != self.request.headers.get("host", ""):
            return HOME
        return own_path(f"{came.path}?{came.query}" if came.query else came.path)

    def may(self, *roles: str) -> bool:
        """Say whether who is signed in has one of the roles."""
        return self.key is not None and self.key.role in roles

    def show(self, template: str, status: int = 200, **context: Any) -> Response:
        """Return the page of a template."""
        flash = self.refused or take_flash(self.console.flashes, self.request)
        page = self.console.templates.get_template(template)
        response = HTMLResponse(page.render(**self._common(flash), **context), status)
        self.console.sessions.write(response, self.session, secure=self.is_secure)
        if flash is not None and flash is not self.refused:
            response.delete_cookie(Flash.COOKIE, path=HOME)
        return response

    def part(self, template: str, **context: Any) -> Markup:
        """Return a part of a page that is the same for all who read it in this language.

        It may not name who is signed in, nor a token of theirs: they are not there.
        """
        t = self.t
        part = self.console.templates.get_template(template)
        return Markup(part.render(t=t, pick=t.pick, half=t.half, **context))

    def go(self, location: str, *, said: str = "", refused: str = "") -> Response:
        """Go on to another page of ours, which shows what was done, or why it was not."""
        response = RedirectResponse(own_path(location), SEE_OTHER)
        if said or refused:
            flash = Flash(is_refusal=bool(refused), text=refused or said)
            keep_flash(self.console.flashes, response, flash, secure=self.is_secure)
        return response

    async def do(
        self,
        work: Callable[[Connection], T],
        *,
        to: str | Callable[[T], str],
        said: str | Callable[[T], str] = "",
        back: str = "",
        again: Callable[[int], Awaitable[Response]] | None = None,
    ) -> Response:
        """Do what a form asks for, once and in one transaction, and go on to the page ``to``.

        ``said`` names the text that the next page shows. What cannot be done changes nothing and is
        shown above ``back``, by default the page that the form stood on; or on the page that
        ``again`` makes, with the status, from ``visit.form`` as it was sent and ``visit.wrong``.
        """
        token = token_of(self.form)
        where = to if callable(to) else _always(to)
        words = said if callable(said) else _always(said)
        told = ""

        def work_and_tell(connection: Connection) -> T:
            nonlocal told
            result = work(connection)
            told = words(result)
            return result

        try:
            with refusals():
                once = partial(do_once, token=token, work=work_and_tell, to=where)
                done = await self.sandbox.database.run(once)
        except Problem as problem:
            if problem.status_code >= 500:
                raise
            return await self.refuse(problem, back, again)
        if done.before:
            return self.go(done.location, said=self.t("base.done_before"))
        return self.go(done.location, said=self.t(told) if told else "")

    async def refuse(
        self, problem: Problem, back: str, again: Callable[[int], Awaitable[Response]] | None
    ) -> Response:
        """Say why a form was not taken: on its own page as it was sent, or above another one."""
        if again is None:
            return self.go(back or self.came_from, refused=self.words_of(problem))
        self.tell(problem)
        return await again(problem.status_code)

    def tell(self, problem: Problem) -> None:
        """Keep what is wrong for the page that is shown next."""
        self.wrong = {
            one["field"]: self.t.half(one["message"]) for one in problem.more.get("errors", ())
        }
        self.refused = Flash(is_refusal=True, text=self._without_fields(problem))

    def mark(self, label: str, wrong: str) -> str:
        """Note what a page calls a field that it marks; shows nothing itself."""
        labels = self.marked.setdefault(wrong, [])
        if label not in labels:
            labels.append(label)
        return ""

    def wrong_words(self) -> list[str]:
        """Return what is wrong, each thing once, with the labels of the fields where it is."""
        told = {text: self.marked.get(text, []) for text in self.wrong.values()}
        if len(told) > MOST_TOLD or sum(map(len, told.values())) > MOST_NAMED:
            return [self.t("base.several", n=len(self.wrong))]
        comma = self.t("approvals.comma")
        return [
            self.t("base.wrong_at", what=text, where=comma.join(labels)) if labels else text
            for text, labels in told.items()
        ]

    def words_of(self, problem: Problem) -> str:
        """Return what a problem says to a person where no page marks its fields."""
        errors = problem.more.get("errors", ())
        fields = list(dict.fromkeys(self.t.half(one["message"]) for one in errors))
        if len(fields) > MOST_TOLD:
            fields = [self.t("base.several", n=len(errors))]
        return " · ".join([self._without_fields(problem), *fields])

    def _without_fields(self, problem: Problem) -> str:
        says_more = problem.detail != problem.kind.meaning
        detail = [self.t.half(problem.detail)] if says_more else []
        other = [str(problem.more["case_id"])] if "case_id" in problem.more else []
        return " · ".join([self.t.half(problem.kind.title), *detail, *other])

    def _common(self, flash: Flash | None) -> dict[str, Any]:
        """Return what every template may name."""
        t, key, place = self.t, self.key, self.place
        return {
            "visit": self,
            "t": t,
            "pick": t.pick,
            "half": t.half,
            "who": key,
            "now": self.now,
            "may": self.may,
            "flash": flash,
            "csrf": self.console.sessions.token(self.session),
            "once": lambda: secrets.token_urlsafe(18),
            "asset": self.console.assets.url,
            "place": place,
            "current": current(self.request.url.path),
            "places": places_for(key.role, self.console.built) if key else (),
            "home": home_of(key.role) if key else f"{HOME}/sign-in",
            "language_link": f"{HOME}/language/{t.other}?{urlencode({'next': place})}",
            "is_demo": self.sandbox.world.is_demo,
        }


def work_says(text: str) -> str:
    """Show the text that the work itself names."""
    return text


def _always(location: str) -> Callable[[Any], str]:
    return lambda _result: location
