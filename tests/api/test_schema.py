"""The OpenAPI document is true: whatever is sent, the answer is one that it declares."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.app import create_app
from api.models.transactions import READERS
from api.routes.transactions import COUNTERS
from api.settings import Settings
from pos_sim.engine.sandbox import Sandbox
from pos_sim.policies import shipped
from pos_sim.store.database import Database
from pos_sim.store.world import WorldFacts
from tests.api.counter import PATHS, bearer

EXAMPLES = {"sqlite": 5, "postgresql": 15}
"""PostgreSQL refuses more of what a schema may hold: a text with a NUL, a number too large."""
DESTROYS_THE_WORLD = {("POST", "/sim/reset"), ("POST", "/sim/clock")}
"""Calls that leave another world, or the same one years later, to whoever comes next."""


def document() -> dict[str, Any]:
    """The document of an application that has no database to speak of."""
    nowhere = Sandbox.of(Database("sqlite://"), WorldFacts("none", 1, timedelta(0)), shipped())
    return create_app(nowhere, Settings()).openapi()


DOCUMENT = document()
OPERATIONS = [
    (method.upper(), path)
    for path, operations in DOCUMENT["paths"].items()
    for method in operations
    if (method.upper(), path) not in DESTROYS_THE_WORLD
]


@pytest.fixture(scope="module")
def schema(address: str) -> Any:
    """The document as it is served."""
    return schemathesis.openapi.from_url(f"{address}/openapi.json")


def key_for(path: str) -> str:
    """A key that may make this call."""
    if path in PATHS.values():
        return "demo-terminal"
    if path.startswith(
        (
            "/v1/risk",
            "/v1/alerts",
            "/v1/approvals",
            "/v1/service-points",
            "/v1/policies",
            "/v1/cases",
        )
    ):
        return "demo-maker"
    return "demo-checker" if path.endswith("/cancel") else "demo-admin"


# Left out: what fits the schema must be accepted. JSON Schema takes 5.0 for an integer and cannot
# say that a card, a cursor or a biller exists.
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_one_that_is_declared(
    schema: Any, kind: str, method: str, path: str
) -> None:
    cases = schema[path][method].as_strategy()

    @given(case=cases)
    @settings(
        max_examples=int(os.environ.get("SCHEMA_EXAMPLES", EXAMPLES[kind])),
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case: Any) -> None:
        case.call_and_validate(
            headers=bearer(key_for(path)), excluded_checks=[positive_data_acceptance]
        )

    check()


def test_every_operation_says_what_it_is_and_what_can_go_wrong() -> None:
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            named = f"{method} {path}"
            assert operation["summary"], named
            assert operation["description"], named
            assert operation["tags"], named
            needs_key = path.startswith(("/v1", "/sim"))
            assert ("401" in operation["responses"]) == needs_key, named
            assert {"405", "500"} <= operation["responses"].keys(), named


def test_the_problem_types_are_one_list() -> None:
    shown = DOCUMENT["components"]["schemas"]["ProblemShown"]["properties"]["type"]["enum"]
    assert {"busy", "outcome-unknown", "key-reused", "illegal-action", "own-approval"} <= set(shown)
    assert all(f"| `{kind}` |" in DOCUMENT["info"]["description"] for kind in shown)


def test_examples_of_the_counter_are_valid() -> None:
    for counter in COUNTERS:
        READERS[counter.business].validate_python(counter.example)
