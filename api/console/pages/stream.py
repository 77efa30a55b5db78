"""The live stream of the console, as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from api.auth import STAFF
from api.console.gate import page
from api.console.navigation import HOME
from api.console.visit import Visit
from pos_sim.store.outbox import Place

router = APIRouter(prefix=HOME)

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get("/stream")
async def stream(visit: Annotated[Visit, page(*STAFF)], since: str = "") -> StreamingResponse:
    """Everything that becomes final behind ``Last-Event-ID`` or ``since``; neither: from now on."""
    asked = visit.request.headers.get("last-event-id") or since
    events = while_signed_in(visit, visit.console.feed.watch(Place.read(asked)))
    return StreamingResponse(events, media_type="text/event-stream", headers=HEADERS)


async def while_signed_in(visit: Visit, events: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    """Give the events until the session ends or its key is revoked; nothing goes out afterwards."""
    async with aclosing(events):
        async for one in events:
            if not await visit.console.sessions.is_on(visit.session):
                return
            yield one
