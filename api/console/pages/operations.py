"""运行监测 Operations: what happens now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from api.auth import STAFF
from api.console.gate import page
from api.console.navigation import HOME
from api.console.visit import Visit

router = APIRouter(prefix=HOME)


@router.get("")
async def operations(visit: Annotated[Visit, page(*STAFF)]) -> Response:
    """The operations page."""
    return visit.show("operations.html")
