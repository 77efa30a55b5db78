"""HTTP over gevent, one connection a counter, as a terminal keeps its line."""

from __future__ import annotations

import errno
from http.client import HTTPException
from urllib.parse import urlsplit

from gevent import Timeout
from geventhttpclient import HTTPClient

from loadtests.pos import NoAnswer, Reply, TimedOut

CONNECTION_S = 5.0


class GeventWire:
    """Carries requests to ``base``; ``timeout_s`` is how long a terminal waits for an answer."""

    def __init__(self, base: str, api_key: str, timeout_s: float) -> None:
        self.address = urlsplit(base)
        self.timeout_s = timeout_s
        self.headers = {
            "Authorization": f"Bearer {api_key}",
            "Content-Type": "application/json",
        }
        self.client = self._connected()

    def post(self, path: str, content: bytes) -> Reply:
        """Send and receive; raise TimedOut after ``timeout_s``, NoAnswer on any other trouble."""
        try:
            with Timeout(self.timeout_s, TimedOut("no answer in time")):
                response = self.client.post(path, content, self.headers)
                body = bytes(response.read())
        except TimedOut:
            self.reconnect()
            raise
        except (OSError, HTTPException, EOFError) as error:
            self.reconnect()
            raise NoAnswer(errno.errorcode.get(getattr(error, "errno", 0) or 0, "")) from None
        replayed = response.get("Idempotent-Replayed") == "true"
        wait = str(response.get("Retry-After") or "")
        return Reply(response.status_code, body, replayed, float(wait) if wait.isdigit() else 1.0)

    def get(self, path: str) -> Reply:
        """Ask; raise NoAnswer on any trouble."""
        try:
            response = self.client.get(path, self.headers)
            return Reply(response.status_code, bytes(response.read()))
        except (OSError, HTTPException, EOFError):
            self.reconnect()
            raise NoAnswer from None

    def reconnect(self) -> None:
        """Drop the connection: what still comes on it belongs to nobody."""
        self.client.close()
        self.client = self._connected()

    def _connected(self) -> HTTPClient:
        return HTTPClient(
            self.address.hostname or "127.0.0.1",
            self.address.port or 80,
            connection_timeout=CONNECTION_S,
            network_timeout=self.timeout_s + CONNECTION_S,
            concurrency=1,
        )
