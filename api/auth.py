"""API keys and roles: who is calling, and whether that may do this."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Annotated, TypeAlias

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.problems import Problem
from pos_sim.store.keys import ApiKey, key_hash

EVERY_ROLE = frozenset({"terminal", "maker", "checker", "auditor", "admin"})
STAFF = EVERY_ROLE - {"terminal"}

Look: TypeAlias = Callable[[str], Awaitable[ApiKey | None]]
"""Finds in the database whose key it is."""

REMEMBERED_MAX = 10_000


class Keyring:
    """Remembers whose key is whose for ``fresh_s``: so long a revoked key lives.

    Only hashes are remembered. Callers that meet a stale key together wait for one look.
    """

    def __init__(self, secret: bytes, look: Look, *, fresh_s: float = 1.0) -> None:
        self._secret = secret
        self._look = look
        self._fresh_s = fresh_s
        self._found: dict[str, tuple[float, ApiKey | None]] = {}
        self._looking = asyncio.Lock()

    async def find(self, authorization: str | None) -> ApiKey:
        """Return whose key the header carries; 401 without one, or with one that is not valid."""
        if authorization is None or authorization[:7].lower() != "bearer ":
            raise unauthorized()
        api_key = authorization[7:].strip()
        name = key_hash(self._secret, api_key)
        stale_at, found = self._found.get(name, UNSEEN)
        if monotonic() >= stale_at:
            found = await self._look_again(name, api_key)
        if found is None:
            raise unauthorized()
        return found

    async def _look_again(self, name: str, api_key: str) -> ApiKey | None:
        async with self._looking:
            stale_at, found = self._found.get(name, UNSEEN)
            if monotonic() < stale_at:
                return found
            found = await self._look(api_key)
            if len(self._found) >= REMEMBERED_MAX:
                self._found.clear()
            self._found[name] = (monotonic() + self._fresh_s, found)
            return found


UNSEEN: tuple[float, ApiKey | None] = (float("-inf"), None)


def unauthorized() -> Problem:
    return Problem("unauthorized", headers={"WWW-Authenticate": "Bearer"})


def require_role(key: ApiKey, roles: frozenset[str]) -> None:
    """403 unless the key has one of the roles."""
    if key.role not in roles:
        asked = ", ".join(sorted(roles))
        raise Problem("forbidden", f"此操作需要角色 {asked} · This needs the role {asked}")


def require_terminal(key: ApiKey, terminal_id: str) -> None:
    """403 when the key is bound to another terminal."""
    if key.terminal_id is not None and key.terminal_id != terminal_id:
        raise Problem("forbidden", "此密钥属于另一终端 · This key belongs to another terminal")


bearer = HTTPBearer(auto_error=False, description="An API key; its role decides what it may do.")


async def calling_key(
    request: Request,
    _shown: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> ApiKey:
    """Return whose key this request carries; ``bearer`` stands here for the documentation."""
    keyring: Keyring = request.app.state.desk.keyring
    return await keyring.find(request.headers.get("authorization"))


def key_with(roles: frozenset[str]) -> Callable[[ApiKey], Awaitable[ApiKey]]:
    """Return a dependency that gives the key, if it has one of the roles."""

    async def checked(key: Annotated[ApiKey, Depends(calling_key)]) -> ApiKey:
        require_role(key, roles)
        return key

    return checked


AnyKey = Annotated[ApiKey, Depends(calling_key)]
StaffKey = Annotated[ApiKey, Depends(key_with(STAFF))]
CheckerKey = Annotated[ApiKey, Depends(key_with(frozenset({"checker"})))]
AdminKey = Annotated[ApiKey, Depends(key_with(frozenset({"admin"})))]
