"""What every route needs at hand: the sandbox, the keys, the settings, the metrics."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from api.auth import Keyring
from api.metrics import Metrics
from api.settings import Settings
from pos_sim.engine.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Desk:
    """One application's things; ``cut_lines``: terminals whose line is not up, and how it is."""

    sandbox: Sandbox
    settings: Settings
    keyring: Keyring
    metrics: Metrics
    cut_lines: dict[str, str] = field(default_factory=dict)


async def desk_of(request: Request) -> Desk:
    """Return the desk of the application that got this request."""
    desk: Desk = request.app.state.desk
    return desk


async def sandbox_of(request: Request) -> Sandbox:
    """Return the sandbox behind the desk."""
    desk: Desk = request.app.state.desk
    return desk.sandbox


AtDesk = Annotated[Desk, Depends(desk_of)]
InSandbox = Annotated[Sandbox, Depends(sandbox_of)]
