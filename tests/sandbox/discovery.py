"""Google's own description of its APIs as a judge of requests and answers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from jsonschema import Draft202012Validator, FormatChecker

Json = dict[str, Any]

_APIS = {"gmail/v1/": "gmail.v1", "calendar/v3/": "calendar.v3", "drive/v3/": "drive.v3"}
_FORMATS = FormatChecker(formats=())
_ERROR_SCHEMA: Json = {
    "type": "object",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "errors", "status"],
            "properties": {
                "code": {"type": "integer"},
                "message": {"type": "string", "minLength": 1},
                "status": {"type": "string", "pattern": "^[A-Z_]+$"},
                "errors": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["domain", "reason", "message"],
                        "additionalProperties": {"type": "string"},
                    },
                },
            },
        }
    },
}


class Unfaithful(AssertionError):
    """A request or an answer that Google's description does not allow."""


@_FORMATS.checks("date-time", raises=ValueError)
def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@_FORMATS.checks("int64", raises=ValueError)
@_FORMATS.checks("uint64", raises=ValueError)
def _is_long(value: object) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"-?\d{1,20}", value) is not None


@_FORMATS.checks("byte", raises=ValueError)
def _is_base64url(value: object) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"[A-Za-z0-9_-]*={0,2}", value) is not None


@dataclass(frozen=True)
class Method:
    """One method of an API, found by verb and path."""

    api: str
    description: Json

    @property
    def id(self) -> str:
        return str(self.description["id"])


def validate_request(method: str, url: str, body: bytes | str | None = None) -> str:
    """Judge a request: the method exists, its parameters are known and right, the body fits its schema.

    Takes real URLs and those of the sandbox. Returns the method's id. Raises Unfaithful.
    """
    found = _method(method, url)
    _check_parameters(found, url)
    schema = (found.description.get("request") or {}).get("$ref")
    if schema is None:
        if body:
            raise Unfaithful(f"{found.id} takes no body")
        return found.id
    if not body:
        raise Unfaithful(f"{found.id} needs a body")
    _check(found, f"the body of {found.id}", schema, json.loads(body), of_request=True)
    return found.id


def validate_response(method: str, url: str, status: int, body: bytes | str) -> str:
    """Judge an answer: the schema of the method, or the shape of errors. Raises Unfaithful."""
    found = _method(method, url)
    if status >= 400:
        problems = list(Draft202012Validator(_ERROR_SCHEMA).iter_errors(json.loads(body)))
        if problems or json.loads(body)["error"]["code"] != status:
            raise Unfaithful(f"{found.id} answers {status} in a shape that is not Google's: {problems}")
        return found.id
    schema = (found.description.get("response") or {}).get("$ref")
    if dict(parse_qsl(urlsplit(url).query)).get("alt") == "media":
        if not found.description.get("supportsMediaDownload"):
            raise Unfaithful(f"{found.id} has no media")
    elif schema is None:
        if body and not found.description.get("supportsMediaDownload") and found.id != "drive.files.export":
            raise Unfaithful(f"{found.id} answers nothing, but there is a body")
    else:
        _check(found, f"the answer of {found.id}", schema, json.loads(body))
    return found.id


class Judged(httpx.BaseTransport):
    """A transport that judges every request to a Google API and every answer from one."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.judged: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url)
        if not is_described(url):
            return self._inner.handle_request(request)
        validate_request(request.method, url, request.read())
        response = self._inner.handle_request(request)
        body = response.read()
        self.judged.append(validate_response(request.method, url, response.status_code, body))
        return response


def is_described(url: str) -> bool:
    """Whether a URL belongs to an API that is judged here."""
    return any(f"/{start}" in urlsplit(url).path for start in _APIS)


@cache
def _document(api: str) -> Json:
    folder = files("googleapiclient") / "discovery_cache" / "documents"
    return json.loads((folder / f"{api}.json").read_text("utf-8"))


@cache
def _methods(api: str) -> list[tuple[str, re.Pattern[str], Json]]:
    """Verb, path pattern and description; literal paths come before those with parameters."""
    found: list[tuple[str, re.Pattern[str], Json]] = []

    def collect(resource: Json) -> None:
        for description in resource.get("methods", {}).values():
            path = description.get("flatPath") or description["path"]
            parts = re.split(r"(\{\w+\})", path)
            pattern = "".join(
                f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part) for part in parts
            )
            found.append((description["httpMethod"], re.compile(pattern), description))
        for inner in resource.get("resources", {}).values():
            collect(inner)

    collect(_document(api))
    return sorted(found, key=lambda entry: entry[1].pattern.count("(?P<"))


def _method(method: str, url: str) -> Method:
    path = urlsplit(url).path
    for start, api in _APIS.items():
        if f"/{start}" not in path:
            continue
        base = _document(api)["servicePath"]
        # Gmail's paths repeat what the service path is for the others.
        relative = path[path.rindex(f"/{start}") + 1 :].removeprefix(base)
        for verb, pattern, description in _methods(api):
            if verb == method and pattern.fullmatch(relative):
                return Method(api, description)
    raise Unfaithful(f"no such method: {method} {path}")


def _check_parameters(found: Method, url: str) -> None:
    document = _document(found.api)
    own: Json = found.description.get("parameters", {})
    given = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    names = [name for name, _ in given]
    for name, value in given:
        parameter = own.get(name) or document["parameters"].get(name)
        if parameter is None or parameter.get("location", "query") != "query":
            raise Unfaithful(f"{found.id} has no parameter {name!r}")
        if names.count(name) > 1 and not parameter.get("repeated"):
            raise Unfaithful(f"{found.id}: {name!r} is given more than once")
        _check_value(found, name, parameter, value)
    for name, parameter in own.items():
        if parameter.get("required") and parameter["location"] == "query" and name not in names:
            raise Unfaithful(f"{found.id} needs the parameter {name!r}")


def _check_value(found: Method, name: str, parameter: Json, value: str) -> None:
    kind = parameter.get("type")
    wrong = (
        (kind == "integer" and not re.fullmatch(r"-?\d+", value))
        or (kind == "boolean" and value not in ("true", "false"))
        or (parameter.get("format") in ("int64", "uint64") and not re.fullmatch(r"-?\d+", value))
        or ("enum" in parameter and value not in parameter["enum"])
    )
    if not wrong and kind == "integer":
        low, high = parameter.get("minimum"), parameter.get("maximum")
        wrong = (low is not None and int(value) < int(low)) or (high is not None and int(value) > int(high))
    if wrong:
        raise Unfaithful(f"{found.id}: {name}={value!r} is not a {kind} as described")


def _check(found: Method, what: str, schema: str, value: Any, *, of_request: bool = False) -> None:
    validator = _validator(found.api, schema, found.id if of_request else "")
    problems = [
        f"{'/'.join(map(str, problem.absolute_path))}: {problem.message}"
        for problem in validator.iter_errors(value)
    ]
    if problems:
        raise Unfaithful(f"{what} is not a {schema}: " + "; ".join(problems))


@cache
def _validator(api: str, schema: str, request_of: str) -> Draft202012Validator:
    definitions = {
        name: _rewritten(definition, request_of) for name, definition in _document(api)["schemas"].items()
    }
    whole = {"$ref": f"#/$defs/{schema}", "$defs": definitions}
    return Draft202012Validator(whole, format_checker=_FORMATS)


def _rewritten(definition: Json, request_of: str) -> Json:
    """A discovery schema as JSON schema: nothing is allowed that is not described."""
    if "$ref" in definition:
        return {"$ref": f"#/$defs/{definition['$ref']}"}
    kept = {key: definition[key] for key in ("type", "format", "enum", "pattern") if key in definition}
    if kept.get("type") == "any":
        return {}
    if "items" in definition:
        kept["items"] = _rewritten(definition["items"], request_of)
    if definition.get("type") == "object":
        properties: Json = definition.get("properties", {})
        kept["properties"] = {name: _rewritten(inner, request_of) for name, inner in properties.items()}
        further = definition.get("additionalProperties")
        kept["additionalProperties"] = _rewritten(further, request_of) if further else False
        required = [
            name
            for name, inner in properties.items()
            if request_of and request_of in inner.get("annotations", {}).get("required", [])
        ]
        if required:
            kept["required"] = required
    return kept
