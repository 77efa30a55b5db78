"""Who is signed in: a signed cookie that names a key, and the token that its forms carry.

The cookie holds a random id and the name of the key, never the key. It expires, and whoever it
names is looked up again with every request: a revoked key is out within a second.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic, time
from typing import TypeAlias

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.responses import Response

from pos_sim.store.keys import ApiKey

COOKIE = "pos_sim_session"
PATH = "/console"

Look: TypeAlias = Callable[[Collection[str]], Awaitable[Mapping[str, ApiKey]]]
"""Finds in the database who of these names may still call."""


@dataclass(frozen=True, slots=True)
class Session:
    """One browser's session; ``name`` is empty until somebody signs in."""

    session_id: str
    name: str = ""
    expired: bool = False
    since: float = 0.0

    @classmethod
    def fresh(cls, name: str = "") -> Session:
        """Return a session that nobody had before."""
        return cls(secrets.token_urlsafe(18), name, since=time())


class Sessions:
    """Reads, writes and signs sessions.

    Every open stream asks who is signed in before it sends: those who meet stale knowledge together
    wait for one look, and that look is for all who asked since the one before.
    """

    def __init__(self, secret: bytes, look: Look, *, lasts_s: float, fresh_s: float) -> None:
        self._secret = secret
        self._signer = URLSafeTimedSerializer(
            secret, salt="console session", signer_kwargs={"digest_method": sha256}
        )
        self._look = look
        self._lasts_s = int(lasts_s)
        self._fresh_s = fresh_s
        self._found: dict[str, tuple[float, ApiKey | None]] = {}
        self._asked: set[str] = set()
        self._looking = asyncio.Lock()

    def read(self, cookie: str | None) -> Session:
        """Return the session of a cookie; a fresh one where it is missing, forged or expired."""
        if not cookie:
            return Session.fresh()
        try:
            loaded, signed_at = self._signer.loads(
                cookie, max_age=self._lasts_s, return_timestamp=True
            )
            session_id, name = loaded
        except (BadData, ValueError, TypeError):
            return Session(Session.fresh().session_id, expired=True)
        return Session(str(session_id), str(name), since=signed_at.timestamp())

    def write(self, response: Response, session: Session, *, secure: bool) -> None:
        """Give the browser its cookie; over https it never leaves https again."""
        response.set_cookie(
            COOKIE,
            str(self._signer.dumps([session.session_id, session.name])),
            max_age=self._lasts_s,
            path=PATH,
            httponly=True,
            samesite="lax",
            secure=secure,
        )

    def token(self, session: Session) -> str:
        """Return what every form of this session carries (32 hex digits)."""
        signed = hmac.new(self._secret, f"csrf {session.session_id}".encode(), sha256)
        return signed.hexdigest()[:32]

    def is_token(self, session: Session, token: str) -> bool:
        """Say whether a form came from a page of this session."""
        return hmac.compare_digest(self.token(session).encode(), token.encode())

    async def is_on(self, session: Session) -> bool:
        """Say whether a session that was read earlier still lasts, and its key still works."""
        lasts = time() < session.since + self._lasts_s
        return lasts and await self.who(session) is not None

    async def who(self, session: Session) -> ApiKey | None:
        """Return who is signed in, None where nobody is or the key was revoked."""
        if not session.name:
            return None
        self._asked.add(session.name)
        if not self._knows(session.name):
            async with self._looking:
                if not self._knows(session.name):
                    await self._look_again({session.name} | self._asked)
        return self._found[session.name][1]

    def _knows(self, name: str) -> bool:
        return name in self._found and monotonic() < self._found[name][0]

    async def _look_again(self, names: Collection[str]) -> None:
        """Learn who these are; whoever nobody asked for any more is forgotten."""
        self._asked = set()
        found = await self._look(names)
        now = monotonic()
        still = {name: known for name, known in self._found.items() if now < known[0]}
        self._found = still | {name: (now + self._fresh_s, found.get(name)) for name in names}
