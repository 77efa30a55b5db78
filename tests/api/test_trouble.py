"""When things go wrong: what the caller hears, what the log keeps, and what neither tells."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from api.app import create_app
from api.composition import open_sandbox
from api.settings import Settings
from pos_sim.engine.group_commit import Busy, Closing
from pos_sim.store.database import StoreFull, StoreGone, StoreLocked
from tests.api.counter import bearer
from tests.api.village import POS

SECRET = "9900010000000017 and 123456"
BODY = {
    "terminal_id": POS, "batch_no": "000001", "trace_no": "000001",
    "card_no": "9900010000000017", "pin": "123456", "amount_fen": 50_000,
}  # fmt: skip


@pytest.fixture(scope="module")
def kind() -> str:
    """The trouble is made by hand here, so one database is enough."""
    return "sqlite"


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[Any]:
    """An application whose engine can be spoiled."""
    made = create_app(open_sandbox(settings), settings)
    yield made
    await made.state.desk.sandbox.close()


@pytest.fixture
async def client(app: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """Calls the application without a network between."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://bank") as made:
        yield made


def spoil(app: Any, error: Exception) -> None:
    """Let the engine and the database raise ``error`` from now on."""

    async def fail(*_: object) -> None:
        raise error

    sandbox = app.state.desk.sandbox
    sandbox.engine.perform = fail
    sandbox.database.run = fail


@pytest.mark.parametrize(
    ("error", "status", "problem", "retry_after"),
    [
        (Busy(), 503, "busy", "1"),
        (StoreLocked(SECRET), 503, "busy", "1"),
        (StoreFull(SECRET), 503, "storage-full", "60"),
        (StoreGone(SECRET), 503, "outcome-unknown", None),
        (Closing(), 503, "outcome-unknown", None),
        (RuntimeError(SECRET), 500, "internal", None),
    ],
)
@pytest.mark.parametrize("path", ["/v1/withdrawals", "/sim/cards"])
async def test_trouble_is_a_problem_that_says_what_to_do(
    app: Any,
    client: httpx2.AsyncClient,
    capfd: pytest.CaptureFixture[str],
    path: str,
    error: Exception,
    status: int,
    problem: str,
    retry_after: str | None,
) -> None:
    spoil(app, error)
    body = BODY if path == "/v1/withdrawals" else {}
    key = "demo-terminal" if path == "/v1/withdrawals" else "demo-admin"
    answer = await client.post(path, json=body, headers=bearer(key))
    assert (answer.status_code, answer.json()["type"]) == (status, problem)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers.get("Retry-After") == retry_after
    logged = "".join(capfd.readouterr())
    assert (answer.headers["X-Request-Id"] in logged) == (problem == "internal")
    assert ("RuntimeError" in logged) == (problem == "internal")
    for told in (answer.text, logged):
        assert "9900010000000017" not in told
        assert "123456" not in told


async def test_not_ready_without_a_database(app: Any, client: httpx2.AsyncClient) -> None:
    async def fail(*_: object) -> None:
        raise StoreGone

    app.state.desk.sandbox.database.read = fail
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["type"]) == (503, "not-ready")
    assert (await client.get("/health/live")).status_code == 200


async def test_a_closing_server_leaves_the_outcome_open(
    app: Any, client: httpx2.AsyncClient
) -> None:
    await client.get("/v1/about", headers=bearer("demo-terminal"))
    await app.state.desk.sandbox.engine.close()
    answer = await client.post("/v1/withdrawals", json=BODY, headers=bearer("demo-terminal"))
    assert (answer.status_code, answer.json()["type"]) == (503, "outcome-unknown")


async def test_a_full_queue_turns_away_at_once(settings: Settings) -> None:
    small = settings.model_copy(update={"queue_max": 1})
    app = create_app(open_sandbox(small), small)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://bank") as client:
        groups = app.state.desk.sandbox.engine.groups
        await client.get("/v1/about", headers=bearer("demo-terminal"))
        groups._waiting.append(("somebody", None))
        answer = await client.post("/v1/withdrawals", json=BODY, headers=bearer("demo-terminal"))
        groups._waiting.clear()
    assert (answer.status_code, answer.json()["type"]) == (503, "busy")
    await app.state.desk.sandbox.close()
