"""The OpenAPI document: FastAPI's own, plus the bodies of quick routes and the problems."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field, TypeAdapter
from pydantic.json_schema import models_json_schema

from api.models import transactions as bodies
from api.problem_kinds import KINDS
from api.problems import MEDIA_TYPE

REF = "#/components/schemas/{model}"


class FieldError(BaseModel):
    """One field that is not as it should be."""

    field: str = Field(examples=["amount_fen"])
    message: str


class ProblemShown(BaseModel):
    """RFC 9457 problem. `errors` comes with 422, `available_actions` with `illegal-action`."""

    type: str = Field(json_schema_extra={"enum": list(KINDS)})
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = None
    available_actions: list[str] | None = None
    missing: list[str] | None = Field(default=None, description="What stands in the way")


QUICK_BODIES: tuple[type[BaseModel], ...] = (
    bodies.WithdrawalBody,
    bodies.CashRemittanceBody,
    bodies.TransferBody,
    bodies.CardBillBody,
    bodies.CashBillBody,
    bodies.BalanceInquiryBody,
    bodies.ReversalBody,
)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of the problems with these statuses."""
    return {status: problem_documented(status) for status in statuses}


def problem_documented(status: int) -> dict[str, Any]:
    kinds = [kind for kind in KINDS.values() if kind.status == status]
    content: dict[str, Any] = {"schema": {"$ref": REF.format(model="ProblemShown")}}
    return {
        "description": " · ".join(f"`{kind.type}` {kind.meaning}" for kind in kinds),
        "headers": {**REQUEST_ID, **HEADERS.get(status, {})},
        "content": {MEDIA_TYPE: content},
    }


def header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


REQUEST_ID = {"X-Request-Id": header("What the operator finds this request by")}
HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": header("`Bearer`")},
    405: {"Allow": header("The methods that are supported")},
    503: {"Retry-After": header("Seconds, with `busy` and `storage-full`")},
}
REPLAYED = {"Idempotent-Replayed": header("`true` where the first answer is given again")}


def documented_body(model: Any, example: dict[str, Any]) -> dict[str, Any]:
    """Return what a quick route says about its body and its key."""
    schema = TypeAdapter(model).json_schema(ref_template=REF)
    names = schema.get("title")
    reference = schema if "oneOf" in schema else {"$ref": REF.format(model=names)}
    reference.pop("$defs", None)
    body = {"schema": reference, "examples": {"example": {"value": example}}}
    return {
        "requestBody": {"required": True, "content": {"application/json": body}},
        "security": [{"HTTPBearer": []}],
    }


def document_of(app: FastAPI) -> dict[str, Any]:
    """Return the whole document of an application."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    shown: list[tuple[type[BaseModel], Any]] = [(model, "validation") for model in QUICK_BODIES]
    _, definitions = models_json_schema([*shown, (ProblemShown, "serialization")], ref_template=REF)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in definitions["$defs"].items():
        schemas.setdefault(name, schema)
    return document


def list_of_problems() -> str:
    """Return the documented list as a Markdown table."""
    rows = (f"| `{k.type}` | {k.status} | {k.title} | {k.meaning} |" for k in KINDS.values())
    return "\n".join(("| type | status | title | meaning |", "|---|---|---|---|", *rows))
