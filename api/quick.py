"""Routes without ceremony for the transaction path: the endpoint gets bytes and gives bytes.

FastAPI documents such a route like any other, but solves no dependencies for it and validates
nothing: the endpoint does both once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeAlias

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import Problem


@dataclass(frozen=True, slots=True)
class Call:
    """One request as a quick endpoint sees it."""

    authorization: str | None
    content_type: bytes
    receive: Receive

    @classmethod
    def of(cls, scope: Scope, receive: Receive) -> Call:
        """Pick the two headers that matter."""
        authorization, content_type = None, b""
        for name, value in scope["headers"]:
            if name == b"authorization":
                authorization = value.decode("latin-1")
            elif name == b"content-type":
                content_type = value
        return cls(authorization, content_type, receive)

    async def content(self) -> bytes:
        """Return the whole body; 415 unless it is said to be JSON."""
        if self.content_type != JSON and not is_json(self.content_type):
            raise Problem("unsupported-media-type")
        whole = b""
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            part: bytes = message.get("body", b"")
            whole += part
            if not message.get("more_body", False):
                return whole


@dataclass(frozen=True, slots=True)
class Reply:
    """A JSON answer, 200."""

    content: bytes
    is_replay: bool


Endpoint: TypeAlias = Callable[[Call], Awaitable[Reply]]

JSON = b"application/json"
TYPE = (b"content-type", JSON)
REPLAYED = (b"idempotent-replayed", b"true")


class QuickRoute(APIRoute):
    """A documented route whose ``app`` is the quick endpoint."""

    def __init__(self, path: str, endpoint: Endpoint, **documented: Any) -> None:
        super().__init__(path, documented_as(documented), **documented)
        self.app = quick_app(endpoint)


def documented_as(documented: dict[str, Any]) -> Callable[[], Awaitable[None]]:
    """Return what FastAPI looks at instead of the endpoint: no parameters of its own."""

    async def endpoint() -> None: ...

    endpoint.__name__ = documented["name"]
    return endpoint


def quick_app(endpoint: Endpoint) -> ASGIApp:
    """Return the endpoint as an ASGI application."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        reply = await endpoint(Call.of(scope, receive))
        headers = [TYPE, (b"content-length", str(len(reply.content)).encode())]
        if reply.is_replay:
            headers.append(REPLAYED)
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": reply.content})

    return app


class JsonRoute(APIRoute):
    """An ordinary route that wants its body said to be JSON: 415 otherwise."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def handle_json(request: Request) -> Response:
            if not is_json(request.headers.get("content-type", "").encode("latin-1")):
                raise Problem("unsupported-media-type")
            return await handle(request)

        return handle_json


def is_json(content_type: bytes) -> bool:
    """Say whether a content type names JSON, parameters aside.

    >>> is_json(b"application/json; charset=utf-8"), is_json(b"text/plain")
    (True, False)
    """
    essence = content_type.split(b";")[0].strip().lower()
    return essence == JSON or (essence.startswith(b"application/") and essence.endswith(b"+json"))
