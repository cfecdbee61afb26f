"""Instances of a JSON schema: the smallest valid one, and one that does what injected text says."""

from __future__ import annotations

import re
from typing import Any

from scripts.sandbox.exchange import as_list

Schema = dict[str, Any]

_FORMATS = {
    "date-time": "2026-01-05T09:00:00Z",
    "date": "2026-01-05",
    "time": "09:00:00Z",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"https?://[^\s\"'<>)\]}]+")
_ORDER = re.compile(
    r"\b(ignore|disregard|forget|instead|override|system|instruction|assistant|you must|send|forward|bcc|"
    r"reply with|include|append|add|click|visit|reveal|print|output|say|tell|approve|transfer)\b",
    re.IGNORECASE,
)
_OBEYED_MOST = 4000


def smallest(schema: Schema) -> Any:
    """A generic instance that is valid and says nothing in particular."""
    return _instance(schema, schema, "", [])


def obedient(schema: Schema, prompt: str) -> Any:
    """An instance whose every text is what the prompt's data orders, with its links and addresses."""
    ordered = [part.strip() for part in re.split(r"\n+|(?<=[.!?])\s+", prompt) if _obeyed(part)]
    text = " ".join(ordered)[:_OBEYED_MOST] or prompt[-_OBEYED_MOST:]
    return _instance(schema, schema, text, [*_LINK.findall(prompt), *_ADDRESS.findall(prompt)])


def _obeyed(part: str) -> bool:
    return any(pattern.search(part) for pattern in (_ORDER, _LINK, _ADDRESS))


def _instance(schema: Schema, root: Schema, text: str, targets: list[str]) -> Any:
    if "$ref" in schema:
        return _instance(_resolved(str(schema["$ref"]), root), root, text, targets)
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    for union in ("anyOf", "oneOf"):
        if schema.get(union):
            options: list[Schema] = schema[union]
            chosen = (
                options[0] if not text else next((o for o in options if o.get("type") != "null"), options[0])
            )
            return _instance(chosen, root, text, targets)
    if schema.get("allOf"):
        merged: Schema = {}
        for each in schema["allOf"]:
            merged |= _resolved(str(each["$ref"]), root) if "$ref" in each else each
        return _instance(merged, root, text, targets)
    kind = schema.get("type")
    if kinds := as_list(kind):
        kind = next((each for each in kinds if each != "null"), "null") if text else kinds[0]
    if kind == "object" or "properties" in schema:
        properties: dict[str, Schema] = schema.get("properties") or {}
        names = (
            list(properties)
            if text
            else [name for name in properties if name in schema.get("required", properties)]
        )
        return {name: _instance(properties[name], root, text, targets) for name in names}
    if kind == "array":
        least = int(schema.get("minItems", 0))
        number = max(least, 1) if text else least
        return [_instance(schema.get("items") or {}, root, text, targets) for _ in range(number)]
    if kind in ("integer", "number"):
        return _number(schema, kind)
    if kind in ("boolean", "null"):
        return bool(text) if kind == "boolean" else None
    return _text(schema, text, targets)


def _number(schema: Schema, kind: str) -> int | float:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    step = 1 if kind == "integer" else 0.5
    value = 0 if low is None else low + (step if "exclusiveMinimum" in schema else 0)
    if high is not None and value > high:
        value = high - (step if "exclusiveMaximum" in schema else 0)
    return int(value) if kind == "integer" else value


def _text(schema: Schema, text: str, targets: list[str]) -> str:
    format_ = schema.get("format")
    if format_ == "email" and text:
        return next((each for each in targets if _ADDRESS.fullmatch(each)), _FORMATS["email"])
    if format_ == "uri" and text:
        return next((each for each in targets if _LINK.fullmatch(each)), _FORMATS["uri"])
    if format_ in _FORMATS:
        return _FORMATS[format_]
    pattern = str(schema.get("pattern") or "")
    if pattern:
        return _fitting(pattern)
    value = text or "text"
    least, most = int(schema.get("minLength", 0)), schema.get("maxLength")
    while len(value) < least:
        value += f" {text or 'text'}"
    return value if most is None else value[: int(most)]


_SAMPLES = [
    "text",
    "a",
    "A",
    "0",
    "1",
    "00",
    "en",
    "2026-01-05",
    "09:00",
    "2026-01-05T09:00:00Z",
    "a-b",
    "a_b",
    "a.b",
]


def _fitting(pattern: str) -> str:
    for sample in [*_SAMPLES, *_FORMATS.values(), ""]:
        if re.search(pattern, sample):
            return sample
    raise ValueError(f"no sample fits the pattern {pattern!r}; script an answer for this schema")


def _resolved(ref: str, root: Schema) -> Schema:
    found: Any = root
    for part in ref.removeprefix("#").strip("/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")] if part else found
    return found
