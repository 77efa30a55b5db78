"""The pages of the console, one module each."""

from __future__ import annotations

from fastapi import APIRouter

from api.console.pages import (
    alert,
    alerts,
    approvals,
    cases,
    classes,
    clock,
    desk,
    lessons,
    new_point,
    operations,
    points,
    policies,
    rules,
    sign_in,
    stream,
    terminal,
)

ROUTERS: tuple[APIRouter, ...] = (
    sign_in.router,
    stream.router,
    operations.router,
    alerts.router,
    alert.router,
    cases.router,
    new_point.router,
    points.router,
    rules.router,
    policies.router,
    approvals.router,
    terminal.router,
    lessons.router,
    clock.router,
    desk.router,
    classes.router,
)
