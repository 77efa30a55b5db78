"""What can go wrong, as RFC 9457 problems: one list of types, and errors turned into answers.

A problem says what the caller may know and nothing else: no stack trace, no whole card number, no
PIN, and nothing of what the caller sent but the names of fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.problem_kinds import KINDS
from api.words import WORDS, message_of
from pos_sim.engine.group_commit import Busy, Closing
from pos_sim.engine.transaction_engine import KeyReused
from pos_sim.store.database import NothingDone, StoreError, StoreFull

MEDIA_TYPE = "application/problem+json"
ERRORS_MAX = 20


STATUS_KINDS = {
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media-type",
}


class Problem(HTTPException):
    """A problem on its way to the caller; ``more`` are extension members."""

    def __init__(
        self,
        kind: str,
        detail: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self.kind = KINDS[kind]
        self.more = more or {}
        super().__init__(self.kind.status, detail or self.kind.meaning, headers)


def response_of(problem: Problem) -> Response:
    """Return the problem as an answer."""
    body = {
        "type": problem.kind.type,
        "title": problem.kind.title,
        "status": problem.kind.status,
        "detail": problem.detail,
        **problem.more,
    }
    return Response(orjson.dumps(body), problem.kind.status, problem.headers, MEDIA_TYPE)


def invalid(errors: Iterable[Mapping[str, Any]]) -> Problem:
    """Return the 422 for pydantic's errors: fields and messages, never what was sent."""
    shown = [
        {"field": field_of(error), "message": message_of(error)}
        for error, _ in zip(errors, range(ERRORS_MAX), strict=False)
    ]
    return Problem("invalid", more={"errors": shown})


def invalid_field(field: str, message: str) -> Problem:
    """Return the 422 for one field."""
    return Problem("invalid", more={"errors": [{"field": field, "message": message}]})


def invalid_fields(fields: Mapping[str, str]) -> Problem:
    """Return the 422 for several fields; every one is named."""
    errors = [{"field": field, "message": message} for field, message in fields.items()]
    return Problem("invalid", more={"errors": errors})


PLACES = frozenset({"body", "query", "path", "header"})
TAGS = frozenset({"card", "cash"})
"""What pydantic puts before a field to say which kind of body it read; no field is called so."""
DIGITS = re.compile(r"[0-9]{4,}")


def field_of(error: Mapping[str, Any]) -> str:
    """Return the path of a field; an unknown name may itself be a number that must not be shown.

    A rule over several fields names one of them in its context.

    >>> field_of({"loc": ("body", "original", "batch_no")})
    'original.batch_no'
    >>> field_of({"loc": ("cash", "9900010000000017")})
    '****'
    >>> field_of({"loc": (), "ctx": {"discriminator": "'funding'"}})
    'funding'
    """
    context = error.get("ctx", {})
    named: str = context.get("field") or context.get("discriminator", "").strip("'")
    steps = [str(step) for step in error["loc"]]
    while steps and steps[0] in PLACES | TAGS:
        del steps[0]
    return named or DIGITS.sub("****", ".".join(steps))[:80] or "body"


SOON = {"Retry-After": "1"}
LATER = {"Retry-After": "60"}

ENGINE_KINDS: tuple[tuple[type[Exception], str, dict[str, str]], ...] = (
    (KeyReused, "key-reused", {}),
    (StoreFull, "storage-full", LATER),
    (NothingDone, "busy", SOON),
    (Busy, "busy", SOON),
    (Closing, "outcome-unknown", {}),
    (StoreError, "outcome-unknown", {}),
)
"""What the engine may raise; the first row that fits counts."""


def problem_of(error: Exception) -> Problem:
    """Return what the caller hears about an error of ours, of the engine or of the framework."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return invalid(error.errors())
    if isinstance(error, HTTPException):
        return problem_of_status(error)
    for family, kind, headers in ENGINE_KINDS:
        if isinstance(error, family):
            return Problem(kind, headers=headers)
    return Problem("internal")


def problem_of_status(error: HTTPException) -> Problem:
    """Return what a status of the framework's own means; 400 is a body that cannot be read."""
    kind = STATUS_KINDS.get(error.status_code)
    if kind is None:
        return invalid_field("body", WORDS["json_invalid"])
    return Problem(kind, headers=error.headers)


async def answer_error(_request: Request, error: Exception) -> Response:
    """The one exception handler."""
    return response_of(problem_of(error))


HANDLED: tuple[type[Exception], ...] = (
    HTTPException,
    RequestValidationError,
    *(family for family, _, _ in ENGINE_KINDS),
)
"""What is nobody's mistake of ours; anything else the outer ring logs."""
