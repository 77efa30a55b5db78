"""The documentation pages, served from this machine: a bank's test network has no way outside."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.staticfiles import StaticFiles

router = APIRouter(include_in_schema=False)

ASSETS_AT = "/docs/assets"


@router.get("/")
async def start() -> RedirectResponse:
    """Lead whoever types the bare address to the console."""
    return RedirectResponse("/console", 303)


@router.get("/docs")
async def docs() -> HTMLResponse:
    """Return the page that reads ``/openapi.json``."""
    return get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="助农取款模拟主机 · pos-sim",
        swagger_js_url=f"{ASSETS_AT}/swagger-ui-bundle.js",
        swagger_css_url=f"{ASSETS_AT}/swagger-ui.css",
        swagger_favicon_url=f"{ASSETS_AT}/favicon.png",
    )


def assets() -> StaticFiles:
    """Return Swagger UI's own files, which a package carries."""
    spec = find_spec("fastapi_offline")
    assert spec is not None
    assert spec.origin is not None
    return StaticFiles(directory=Path(spec.origin).parent / "static")
