"""A server of a sandbox, in a thread of its own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from api.app import create_app
from api.composition import open_sandbox
from api.settings import Settings
from pos_sim.engine.sandbox import Sandbox


@contextmanager
def serving(settings: Settings, sandbox: Sandbox | None = None) -> Iterator[str]:
    """Serve in a thread of its own, and give the address."""
    app = create_app(sandbox or open_sandbox(settings), settings)
    config = uvicorn.Config(
        app, access_log=False, log_level="warning", lifespan="on", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
