"""What every answer of the console wears: strict headers, and gzip; plain ASGI.

The policy lets a page load nothing but our own files: no inline script or style, no other host, no
frame around us.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
    " object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "X-Frame-Options": "DENY",
}
PRIVATE = "no-store"
"""Pages show people and money: nobody on the way, and no back button after sign-out, keeps them."""
WORTH_PACKING = 800


class Armor:
    """Puts the headers on answers below ``/console`` and leaves all others alone."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner
        self._packing = GZipMiddleware(inner, minimum_size=WORTH_PACKING, compresslevel=5)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_console(scope["path"]):
            await self._inner(scope, receive, send)
            return

        async def armored(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", PRIVATE)
            await send(message)

        await self._packing(scope, receive, armored)


def is_console(path: str) -> bool:
    """Say whether a path belongs to the console.

    >>> is_console("/console"), is_console("/console/alerts"), is_console("/consoles")
    (True, True, False)
    """
    return path == "/console" or path.startswith("/console/")
