"""From settings to a running server."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI
from sqlalchemy import make_url

from api.app import create_app
from api.composition import open_sandbox
from api.settings import Settings

GRACE_S = 3
"""How long open requests may take to finish when the server is told to stop."""

ONE_WORKER = (
    "SQLite 只支持一个工作进程，请用 --workers 1 或换用 PostgreSQL · "
    "SQLite serves one worker: use --workers 1, or PostgreSQL\n"
)
WRONG_USAGE = 2


def serve(settings: Settings) -> int:
    """Serve a prepared database until told to stop; return the exit status."""
    if settings.workers > 1 and is_sqlite(settings):
        sys.stderr.write(ONE_WORKER)
        return WRONG_USAGE
    if settings.workers == 1:
        app = application(settings)
        stop_calmly()
        uvicorn.run(app, **options(settings))
        return 0
    os.environ.update(environment_of(settings))
    uvicorn.run(
        "api.serve:worker_application",
        factory=True,
        workers=settings.workers,
        **options(settings),
    )
    return 0


def stop_calmly() -> None:
    """Let a signal to stop end in exit status 0: uvicorn gives it back once all is answered."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: sys.exit(0))


def is_sqlite(settings: Settings) -> bool:
    """Say whether the database is a SQLite file, which serves one process."""
    return make_url(settings.database_url).get_backend_name() == "sqlite"


def application(settings: Settings) -> FastAPI:
    """Return the application over the database of the settings."""
    log_as_json()
    app = create_app(open_sandbox(settings), settings)
    collect_garbage_calmly()
    return app


def collect_garbage_calmly() -> None:
    """Leave what lives as long as the process alone, and look at the rest less often.

    Measured with 64 callers: the slowest hundredth of the answers comes a third sooner.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def worker_application() -> FastAPI:
    """Return the application of one of several workers, which know their settings from outside."""
    return application(Settings())


def options(settings: Settings) -> dict[str, Any]:
    """Return how uvicorn runs. No access log: an address says who did what."""
    return {
        "host": settings.host,
        "port": settings.port,
        "access_log": False,
        "log_level": "warning",
        "server_header": False,
        "timeout_graceful_shutdown": GRACE_S,
    }


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the settings as the environment that makes the same ones."""
    return {
        f"POS_SIM_{name.upper()}": str(value)
        for name, value in settings.model_dump().items()
        if value is not None
    }


def log_as_json() -> None:
    """One line an event on standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
