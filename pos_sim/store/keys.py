"""API keys: who may call. Only a keyed hash of a key is stored."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from sqlalchemy import Connection, insert, select, update

from pos_sim.store.desk_tables import api_keys


@dataclass(frozen=True, slots=True)
class ApiKey:
    """Who carries a key; ``terminal_id`` None: bound to no terminal."""

    name: str
    role: str
    terminal_id: str | None = None
    revoked: bool = False


def key_hash(key_bytes: bytes, api_key: str) -> str:
    """Return the keyed hash under which an API key is found (64 hex digits)."""
    return blake2b(api_key.encode(), digest_size=32, key=key_bytes, person=b"apikey").hexdigest()


def add_key(connection: Connection, key_bytes: bytes, api_key: str, who: ApiKey) -> None:
    """Let ``api_key`` stand for ``who``; a name that exists raises ``IntegrityError``."""
    connection.execute(
        insert(api_keys).values(
            key_hash=key_hash(key_bytes, api_key),
            name=who.name,
            role=who.role,
            terminal_id=who.terminal_id,
            revoked=who.revoked,
        )
    )


def find_key(connection: Connection, key_bytes: bytes, api_key: str) -> ApiKey | None:
    """Return who carries ``api_key``, None if nobody does or it was revoked."""
    found = connection.execute(
        select(*WHO).where(
            api_keys.c.key_hash == key_hash(key_bytes, api_key), api_keys.c.revoked.is_(False)
        )
    ).first()
    return None if found is None else ApiKey(*found)


def find_named(connection: Connection, names: Collection[str]) -> dict[str, ApiKey]:
    """Return those who have one of these names and may still call, by name."""
    found = connection.execute(
        select(*WHO).where(api_keys.c.name.in_(names), api_keys.c.revoked.is_(False))
    )
    return {row[0]: ApiKey(*row) for row in found}


def list_keys(connection: Connection) -> Sequence[ApiKey]:
    """Return all keys by name, the revoked ones too."""
    found = connection.execute(select(*WHO).order_by(api_keys.c.name))
    return [ApiKey(*row) for row in found]


def revoke_key(connection: Connection, name: str) -> bool:
    """Revoke the key of ``name`` for good; say whether there was one that still worked."""
    done = connection.execute(
        update(api_keys)
        .where(api_keys.c.name == name, api_keys.c.revoked.is_(False))
        .values(revoked=True)
    )
    return done.rowcount > 0


WHO = (api_keys.c.name, api_keys.c.role, api_keys.c.terminal_id, api_keys.c.revoked)
