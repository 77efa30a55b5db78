"""Who may do what: the role of a key, and the terminal it belongs to."""

from __future__ import annotations

import time

import pytest

from pos_sim.store.database import Database
from pos_sim.store.keys import ApiKey, add_key, revoke_key
from seeds.load import secrets_of
from tests.api.counter import PATHS, Counter
from tests.api.village import OTHER_POS, POS, SEED


@pytest.fixture(scope="module")
def kind() -> str:
    """What is wrong before a database is asked is wrong with any of them."""
    return "sqlite"


STAFF = (
    "demo-maker",
    "demo-maker-2",
    "demo-checker",
    "demo-checker-2",
    "demo-auditor",
    "demo-admin",
)
EVERYBODY = ("demo-terminal", *STAFF)

CALLS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    *(("POST", path, ("demo-terminal",)) for path in PATHS.values()),
    ("POST", "/v1/fee-quotes", EVERYBODY),
    ("POST", "/v1/charges", ("demo-admin",)),
    ("POST", "/v1/card-lookups", STAFF),
    ("POST", "/v1/transactions/NONE/cancel", ("demo-checker", "demo-checker-2")),
    ("POST", "/sim/cards", ("demo-admin",)),
    ("POST", "/sim/credits", ("demo-admin",)),
    ("POST", "/sim/bills", ("demo-admin",)),
    ("POST", "/sim/pin-unlocks", ("demo-admin",)),
    ("POST", "/sim/patterns", ("demo-admin",)),
    ("POST", "/sim/lines", ("demo-admin",)),
    ("GET", "/v1/cards/1", STAFF),
    ("GET", "/v1/transactions", EVERYBODY),
    ("GET", "/v1/transactions/NONE", EVERYBODY),
    ("GET", "/v1/billers", EVERYBODY),
    ("GET", "/v1/billers/any/bills/1", EVERYBODY),
    ("GET", "/v1/payees/12345", EVERYBODY),
    ("GET", "/v1/service-points", EVERYBODY),
    ("GET", "/v1/service-points/NONE", EVERYBODY),
    ("GET", "/v1/terminals/00000000", EVERYBODY),
    ("GET", "/v1/policies", EVERYBODY),
    ("GET", "/v1/policies/none", EVERYBODY),
    ("GET", "/v1/response-codes", EVERYBODY),
    ("GET", "/v1/reports/business-day", EVERYBODY),
    ("GET", "/v1/about", EVERYBODY),
    ("GET", "/sim/clock", EVERYBODY),
    ("GET", "/sim/truth", EVERYBODY),
    ("GET", "/sim/magic", EVERYBODY),
    ("GET", "/sim/manifest", EVERYBODY),
    ("GET", "/sim/patterns", EVERYBODY),
    ("GET", "/sim/episodes", EVERYBODY),
    ("GET", "/sim/episodes/0", EVERYBODY),
    ("GET", "/sim/lines", EVERYBODY),
)


@pytest.mark.parametrize("api_key", EVERYBODY)
@pytest.mark.parametrize(("method", "path", "allowed"), CALLS)
def test_the_table_of_roles(
    counter: Counter, api_key: str, method: str, path: str, allowed: tuple[str, ...]
) -> None:
    answer = counter.get(path, api_key) if method == "GET" else counter.post(path, {}, api_key)
    if api_key in allowed:
        assert answer.status_code in (200, 201, 404, 422)
    else:
        assert (answer.status_code, answer.json()["type"]) == (403, "forbidden")


@pytest.mark.parametrize("api_key", ["", "nobody", "revoked-terminal", "demo-terminal "])
@pytest.mark.parametrize(("method", "path", "_allowed"), CALLS)
def test_without_a_valid_key_nothing_goes(
    counter: Counter, api_key: str, method: str, path: str, _allowed: object
) -> None:
    key = api_key.strip() + "x" if api_key.endswith(" ") else api_key
    answer = counter.get(path, key) if method == "GET" else counter.post(path, {}, key)
    assert (answer.status_code, answer.json()["type"]) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "path", ["/health/live", "/health/ready", "/metrics", "/docs", "/openapi.json"]
)
def test_what_needs_no_key(counter: Counter, path: str) -> None:
    assert counter.get(path, "").status_code == 200


def test_a_bound_key_speaks_for_its_own_terminal_only(counter: Counter) -> None:
    own, other = counter.body("withdrawal"), counter.body("withdrawal", terminal_id=OTHER_POS)
    assert counter.send("withdrawal", own, "bound-terminal").status_code == 200
    assert counter.send("withdrawal", other, "bound-terminal").status_code == 403
    assert counter.truth(other)["seen"] is False


def test_a_bound_key_finds_its_own_transactions_only(counter: Counter) -> None:
    own = counter.do("withdrawal")
    others = counter.do("withdrawal", terminal_id=OTHER_POS)
    path = "/v1/transactions"
    assert counter.get(f"{path}/{own['transaction_id']}", "bound-terminal").status_code == 200
    assert counter.get(f"{path}/{others['transaction_id']}", "bound-terminal").status_code == 404
    assert counter.get(path, "bound-terminal", terminal_id=OTHER_POS).status_code == 403
    found = counter.get(path, "bound-terminal", limit=200).json()["items"]
    assert {item["terminal_id"] for item in found} == {POS}


def test_a_revoked_key_is_felt_within_a_second(counter: Counter, database_url: str) -> None:
    key, who = "short-lived", ApiKey("short-lived", "auditor")
    database = Database(database_url)
    database.run_now(lambda c: add_key(c, secrets_of(SEED).key, key, who))
    assert counter.get("/v1/about", key).status_code == 200
    database.run_now(lambda c: revoke_key(c, key))
    database.close_now()
    time.sleep(0.3)
    assert counter.get("/v1/about", key).status_code == 401


def test_relations_and_money_of_an_operator_are_for_staff(counter: Counter) -> None:
    path = "/v1/service-points/SP520121-0001"
    to_terminal, to_staff = counter.get(path).json(), counter.get(path, "demo-auditor").json()
    assert to_terminal["operator"]["relations"] is to_terminal["operator"]["balance_fen"] is None
    assert len(to_staff["operator"]["relations"]) > 1
    assert to_staff["operator"]["balance_fen"] > 0
