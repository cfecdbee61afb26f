"""The description of the API (OpenAPI 3.1), made from the one table of routes and its models."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from shared.runtime.api.routes import ApiRoute, Shown

_REFS = "#/components/schemas/{model}"
_VERSION = "1"


class ProblemShown(Shown):
    """What went wrong, as RFC 9457 has it; `detail` names the value, the rule and the mend."""

    type: str
    title: str
    status: int
    detail: str
    instance: str


@cache
def document(table: Sequence[ApiRoute]) -> bytes:
    """The whole description as JSON."""
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(ProblemShown, "serialization")]
    for route in table:
        for model in (route.query, route.body):
            if model is not None:
                wanted.append((model, "validation"))
        if route.answer is not None:
            wanted.append((route.answer, "serialization"))
    unlike = list(dict.fromkeys(wanted))
    refs, definitions = models_json_schema(unlike, ref_template=_REFS)
    paths: dict[str, dict[str, Any]] = {}
    for route in table:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, refs)
    made = {
        "openapi": "3.1.0",
        "info": {
            "title": "Pipeline Whisperer",
            "version": _VERSION,
            "description": "What operators see and decide. The tenant is that of the key or of the person.",
        },
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key, `wk_...`."},
                "person": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A Google ID token.",
                },
            },
        },
    }
    return json.dumps(made).encode()


def _operation(route: ApiRoute, refs: Mapping[Any, Mapping[str, Any]]) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    parameters += _query(route)
    if route.changes:
        told = "The same change asked for again within 24 h is made once; what was refused is judged anew."
        parameters.append(_header("Idempotency-Key", told, required=False))
    if route.guarded:
        parameters.append(_header("If-Match", "The ETag that was seen.", required=True))
    made: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": route.says,
        "tags": [route.resource],
        "responses": {
            str(route.status): _answer(route, refs),
            "default": {
                "description": "A problem.",
                "content": {"application/problem+json": {"schema": refs[(ProblemShown, "serialization")]}},
            },
        },
        "x-role": route.role.value if route.role else "anybody",
    }
    made["security"] = [{"key": []}, {"person": []}] if route.role else []
    if parameters:
        made["parameters"] = parameters
    if route.body is not None:
        made["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": refs[(route.body, "validation")]}},
        }
    return made


def _query(route: ApiRoute) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema(ref_template=_REFS)
    required = set(schema.get("required", []))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": one}
        for name, one in schema.get("properties", {}).items()
    ]


def _header(name: str, told: str, *, required: bool) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": told,
        "schema": {"type": "string"},
    }


def _answer(route: ApiRoute, refs: Mapping[Any, Mapping[str, Any]]) -> dict[str, Any]:
    if route.answer is None:
        content: dict[str, Any] = {kind: {} for kind in route.media_types}
    else:
        content = {"application/json": {"schema": refs[(route.answer, "serialization")]}}
    return {"description": "Done.", "content": content}


def _operation_id(route: ApiRoute) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", route.path.removeprefix("/v1").lower()).strip("_")
    return f"{route.method.lower()}_{words}"
