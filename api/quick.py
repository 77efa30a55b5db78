"""Routes without ceremony for the transaction path: the endpoint gets the request and answers.

FastAPI documents such a route like any other, but solves no dependencies for it and validates
nothing: the endpoint does both once. Measured, this is what a withdrawal spends least on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeAlias

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import Problem

QuickEndpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


class QuickRoute(APIRoute):
    """A route whose endpoint takes the bare request."""

    def __init__(self, path: str, endpoint: QuickEndpoint, **documented: Any) -> None:
        super().__init__(path, endpoint, **documented)
        self.app = bare(endpoint)


def bare(endpoint: QuickEndpoint) -> ASGIApp:
    """Return the endpoint as an ASGI application."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response = await endpoint(Request(scope, receive, send))
        await response(scope, receive, send)

    return app


JSON = b"application/json"


def require_json(scope: Scope) -> None:
    """415 unless the body is said to be JSON."""
    for name, value in scope["headers"]:
        if name == b"content-type":
            if value == JSON or is_json(value):
                return
            break
    raise Problem("unsupported-media-type")


def is_json(content_type: bytes) -> bool:
    """Say whether a content type names JSON, parameters aside.

    >>> is_json(b"application/json; charset=utf-8"), is_json(b"text/plain")
    (True, False)
    """
    essence = content_type.split(b";")[0].strip().lower()
    return essence == JSON or (essence.startswith(b"application/") and essence.endswith(b"+json"))


class JsonRoute(APIRoute):
    """An ordinary route that wants its body said to be JSON: 415 otherwise."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def handle_json(request: Request) -> Response:
            require_json(request.scope)
            return await handle(request)

        return handle_json
