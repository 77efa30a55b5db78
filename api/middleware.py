"""The outer ring, plain ASGI: request id, body size, metrics, and the last net for our mistakes.

The businesses of the counter leave the ring through a short way: a look-up by path instead of
FastAPI's stack. Everything else, and everything about documentation, is FastAPI's.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Mapping
from pathlib import PurePath
from random import Random
from time import perf_counter

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.desk import Desk
from api.problems import Problem, problem_of, response_of
from pos_sim.engine.group_commit import Closing

log = structlog.get_logger()

NO_ROUTE = "none"
OURS = frozenset({"api", "seeds", "risk", "pos_sim"})
HUNG_UP = 499
"""What the metrics call a client that left before its body was here; nobody is answered."""


class OuterRing:
    """Gives every answer an ``X-Request-Id``, times it, and turns mistakes into problems."""

    def __init__(self, inner: ASGIApp, quick: Mapping[str, ASGIApp], desk: Desk) -> None:
        self._inner = inner
        self._quick = quick
        self._metrics = desk.metrics
        self._body_max = desk.settings.body_max_bytes
        self._dice = Random()  # an id is no secret, and asking the system takes longer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        started = perf_counter()
        visit = Visit(send, f"{self._dice.getrandbits(64):016x}")
        quick = self._quick.get(scope["path"]) if scope["method"] == "POST" else None
        try:
            receive = within_size(scope, receive, self._body_max)
            await (quick or self._inner)(scope, receive, visit.send)
        except ClientDisconnect:
            visit.status = HUNG_UP
        except asyncio.CancelledError:
            # Told to stop, the server waits no longer. The engine goes on without this caller.
            await self._answer(Closing(), visit, scope, receive)
        except Exception as error:
            await self._answer(error, visit, scope, receive)
        route = scope["path"] if quick else getattr(scope.get("route"), "path", NO_ROUTE)
        self._metrics.time_request(route, visit.status, perf_counter() - started)

    async def _answer(self, error: Exception, visit: Visit, scope: Scope, receive: Receive) -> None:
        """Answer a problem; whatever is no problem of the caller's is our mistake."""
        problem = problem_of(error)
        if problem.kind.type == "internal":
            log_mistake(error, visit.request_id)
        if not visit.status:
            await response_of(problem)(scope, receive, visit.send)


class Visit:
    """One request on its way out: its id, and the status once it is known."""

    __slots__ = ("_send", "request_id", "status")

    def __init__(self, send: Send, request_id: str) -> None:
        self.request_id = request_id
        self.status = 0
        self._send = send

    async def send(self, message: Message) -> None:
        """Pass a message on; the first one gets the request id."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"].append((b"x-request-id", self.request_id.encode()))
        await self._send(message)


def within_size(scope: Scope, receive: Receive, body_max: int) -> Receive:
    """Refuse a body that says it is too large; count one that doesn't say."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            if len(value) > 12 or int(value) > body_max:
                raise Problem("too-large")
            return receive
        if name == b"transfer-encoding":
            return counted(receive, body_max)
    return receive


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


def log_mistake(error: Exception, request_id: str) -> None:
    """Log where it happened, never what was in hand: an error's text may quote what was sent."""
    log.error(
        "internal error",
        request_id=request_id,
        error=type(error).__name__,
        cause=type(error.__cause__).__name__ if error.__cause__ else None,
        places=places_of(error),
    )


def places_of(error: Exception) -> list[str]:
    """Return the last lines of our own that the error came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if OURS & set(PurePath(frame.filename).parts)]
    return [f"{PurePath(f.filename).name}:{f.lineno} {f.name}" for f in ours[-6:]]
