"""Who may do what with the watch: staff read, makers and checkers act, terminals see nothing."""

from __future__ import annotations

import pytest

from tests.api.counter import Counter

READERS = (
    "demo-maker",
    "demo-maker-2",
    "demo-checker",
    "demo-checker-2",
    "demo-auditor",
    "demo-admin",
)
ACTING = READERS[:4]
MAKERS = READERS[:2]
EVERYBODY = ("demo-terminal", "bound-terminal", *READERS)

CALLS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("GET", "/v1/risk/rules", READERS),
    ("GET", "/v1/risk/rules/R01", READERS),
    ("GET", "/v1/approvals", READERS),
    ("GET", "/v1/audit-log", READERS[:5]),
    ("GET", "/v1/alerts", READERS),
    ("GET", "/v1/alerts/R01-none-1", READERS),
    ("GET", "/v1/risk/lists", READERS),
    ("GET", "/v1/risk/lists/blocked-cards/entries", READERS),
    ("GET", "/v1/risk/suppressions", READERS),
    ("GET", "/v1/cases", READERS),
    ("GET", "/v1/cases/FZ-none-1", READERS),
    ("GET", "/v1/cases/FZ-none-1/documents/0", READERS),
    ("GET", "/v1/service-points/SP-none/controls", READERS),
    ("POST", "/v1/cases", ACTING),
    ("POST", "/v1/cases/FZ-none-1/actions", ACTING),
    ("POST", "/v1/service-points/SP-none/controls", ACTING),
    ("POST", "/v1/alerts/R01-none-1/actions", ACTING),
    ("POST", "/v1/risk/backtests", ACTING),
    ("POST", "/v1/risk/suppressions", ACTING),
    ("POST", "/v1/risk/lists/blocked-cards/entries", ACTING),
    ("POST", "/v1/risk/rules/R01/versions", ACTING),
    ("POST", "/v1/approvals/AP-none", ACTING),
    ("GET", "/v1/service-points/SP-none/grades", READERS),
    ("GET", "/v1/reports/incentives", READERS),
    ("POST", "/v1/policies", ACTING),
    ("POST", "/v1/service-points", MAKERS),
    ("POST", "/v1/service-points/SP-none/terminals", MAKERS),
    ("POST", "/v1/service-points/SP-none/operators", MAKERS),
    ("POST", "/v1/service-points/SP-none/training-results", MAKERS),
    ("POST", "/v1/service-points/SP-none/opening", MAKERS),
)


@pytest.fixture(scope="module")
def kind() -> str:
    """What a key may do is decided before a database is asked."""
    return "sqlite"


@pytest.mark.parametrize("api_key", EVERYBODY)
@pytest.mark.parametrize(("method", "path", "allowed"), CALLS)
def test_the_table_of_roles(
    counter: Counter, api_key: str, method: str, path: str, allowed: tuple[str, ...]
) -> None:
    answer = counter.get(path, api_key) if method == "GET" else counter.post(path, {}, api_key)
    if api_key in allowed:
        assert answer.status_code in (200, 404, 422)
    else:
        assert (answer.status_code, answer.json()["type"]) == (403, "forbidden")


@pytest.mark.parametrize(("method", "path", "_allowed"), CALLS)
def test_without_a_key_nothing_goes(
    counter: Counter, method: str, path: str, _allowed: object
) -> None:
    answer = counter.get(path, "") if method == "GET" else counter.post(path, {}, "")
    assert (answer.status_code, answer.json()["type"]) == (401, "unauthorized")
