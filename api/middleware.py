"""The outer ring, plain ASGI: request id, body size, metrics, and the last net for our mistakes."""

from __future__ import annotations

import secrets
import traceback
from time import perf_counter
from typing import Any

import structlog
from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.desk import Desk
from api.problems import Problem, response_of

log = structlog.get_logger()

NO_ROUTE = "none"


class OuterRing:
    """Gives every answer an ``X-Request-Id``, counts and times it, and turns mistakes into 500."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app = app
        self._metrics = desk.metrics
        self._body_max = desk.settings.body_max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        visit = Visit(scope, send)
        try:
            receive = self._within_size(scope, receive)
            await self._app(scope, receive, visit.send)
        except Problem as problem:
            await response_of(problem)(scope, receive, visit.send)
        except Exception as error:
            log_mistake(error, visit.request_id)
            if not visit.status:
                await response_of(Problem("internal"))(scope, receive, visit.send)
        route = getattr(scope.get("route"), "path", NO_ROUTE)
        self._metrics.time_request(route, visit.status, perf_counter() - started)

    def _within_size(self, scope: Scope, receive: Receive) -> Receive:
        """Refuse a body that says it is too large; count one that doesn't say."""
        for name, value in scope["headers"]:
            if name == b"content-length":
                if len(value) > 12 or int(value) > self._body_max:
                    raise Problem("too-large")
                return receive
            if name == b"transfer-encoding":
                return counted(receive, self._body_max)
        return receive


class Visit:
    """One request on its way out: its id, and the status once it is known."""

    __slots__ = ("_send", "request_id", "status")

    def __init__(self, scope: Scope, send: Send) -> None:
        self.request_id = secrets.token_hex(8)
        self.status = 0
        self._send = send
        scope["request_id"] = self.request_id

    async def send(self, message: Message) -> None:
        """Pass a message on; the first one gets the request id."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"].append((b"x-request-id", self.request_id.encode()))
        await self._send(message)


def counted(receive: Receive, body_max: int) -> Receive:
    """Return ``receive`` that raises once more than ``body_max`` bytes came."""
    received = 0

    async def count() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > body_max:
            raise Problem("too-large")
        return message

    return count


def log_mistake(error: BaseException, request_id: str) -> None:
    """Log where it happened, never what was in hand: an error's text may quote what was sent."""
    places = traceback.extract_tb(error.__traceback__)
    log.error(
        "internal error",
        request_id=request_id,
        error=type(error).__name__,
        places=[f"{place.filename}:{place.lineno} {place.name}" for place in places[-8:]],
    )


def request_id_of(request: Request) -> Any:
    """Return the id that the answer will carry."""
    return request.scope.get("request_id")
