"""The console as a whole: put together, and added to the application."""

from __future__ import annotations

from functools import partial
from hashlib import blake2b, sha256

from fastapi import FastAPI
from itsdangerous import URLSafeTimedSerializer

from api.console.assets import AT, Assets
from api.console.gate import Console
from api.console.navigation import PLACES
from api.console.pages import ROUTERS
from api.console.session import Sessions
from api.console.templating import environment
from api.desk import Desk
from pos_sim.store.keys import ApiKey, find_named


def mount(app: FastAPI, desk: Desk) -> None:
    """Add the console to the application."""
    routes = [route for router in ROUTERS for route in router.routes]
    built = {getattr(route, "path", "") for route in routes}
    app.state.console = console_for(desk, frozenset(built & {place.path for place in PLACES}))
    for router in ROUTERS:
        app.include_router(router, include_in_schema=False)
    app.add_route(f"{AT}/{{version}}/{{name:path}}", app.state.console.assets.answer)


def console_for(desk: Desk, built: frozenset[str]) -> Console:
    """Return the console over a desk; its secrets follow from the sandbox's, in every process."""
    sandbox, settings = desk.sandbox, desk.settings
    secret = blake2b(sandbox.secrets.key, digest_size=32, person=b"console").digest()

    async def look(name: str) -> ApiKey | None:
        return await sandbox.database.read(partial(find_named, name=name))

    return Console(
        sandbox=sandbox,
        keyring=desk.keyring,
        sessions=Sessions(
            secret, look, lasts_s=settings.console_session_s, fresh_s=settings.key_cache_s
        ),
        flashes=URLSafeTimedSerializer(
            secret, salt="console flash", signer_kwargs={"digest_method": sha256}
        ),
        assets=Assets(),
        templates=environment(),
        built=built,
    )
