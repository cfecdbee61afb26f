"""An OpenAI-compatible endpoint whose answers are scripted, or the smallest valid ones."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
import struct
from dataclasses import dataclass
from typing import Any

from scripts.sandbox.exchange import Answer, Json, Refused, Request, as_list, as_object, json_answer
from scripts.sandbox.openai_schema import obedient, smallest
from scripts.sandbox.routes import Routes
from scripts.sandbox.state import Doc
from scripts.sandbox.vendor import Surroundings

MODES = ("smallest", "obey_injection")
KINDS = ("content", "instance", "refusal", "truncated", "bad_json", "obey_injection")
_DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}


@dataclass(frozen=True)
class _Reply:
    text: str
    refused: bool = False
    truncated: bool = False


class OpenAi:
    """Chat completions, responses and embeddings behind a key."""

    name = "openai"

    def __init__(self, world: Surroundings) -> None:
        self._world = world
        self._state = world.state
        self._routes = Routes()
        for prefix in ("/v1", ""):
            self._routes.add("POST", f"{prefix}/chat/completions", self._complete)
            self._routes.add("POST", f"{prefix}/responses", self._respond)
            self._routes.add("POST", f"{prefix}/embeddings", self._embed)
            self._routes.add("GET", f"{prefix}/models", self._models)

    def add_key(self, key: str) -> None:
        self._state.put("openai/keys", key, {"key": key})

    def keys(self) -> list[str]:
        return self._state.keys("openai/keys")

    # The script

    def script(self, *answers: Json, mode: str | None = None) -> None:
        """Queue answers, and set what is answered when none fits.

        An answer has one of `content` (text), `instance` (JSON), `refusal` (text), `truncated` (text),
        `bad_json` (true) or `obey_injection` (true); `when`, a pattern for schema name and prompt; and
        `times` (1, or 0 for ever). The first that fits is used.
        """
        if mode is not None and mode not in MODES:
            raise ValueError(f"no mode {mode!r}; one of {', '.join(MODES)}")
        for answer in answers:
            if sum(kind in answer for kind in KINDS) != 1:
                raise ValueError(f"an answer has exactly one of {', '.join(KINDS)}")
            re.compile(str(answer.get("when", "")))
        with self._state.transaction():
            if mode is not None:
                self._state.put("openai/mode", "mode", {"mode": mode})
            for answer in answers:
                self._state.append("openai/script", {"left": int(answer.get("times", 1)) or None, **answer})

    def scripted(self) -> Json:
        mode = (self._state.get("openai/mode", "mode") or {"mode": "smallest"})["mode"]
        return {"mode": mode, "answers": self._state.all("openai/script")}

    def clear_script(self) -> None:
        self._state.clear("openai/script")
        self._state.delete("openai/mode", "mode")

    # The door

    def answer(self, request: Request) -> Answer:
        if request.bearer() not in self.keys():
            message = "Incorrect API key provided. You can find your API key at https://platform.openai.com."
            raise _error(401, message, "invalid_request_error", "invalid_api_key")
        call = self._routes.find(request)
        if call is None:
            raise _error(
                404, f"Unknown request URL: {request.method} {request.path}", "invalid_request_error", None
            )
        return call()

    def refusal(self, kind: str, retry_after_s: float | None) -> Answer:
        headers = {} if retry_after_s is None else {"retry-after": f"{retry_after_s:g}"}
        if kind in ("429", "403_rate"):
            error = _error(429, "Rate limit reached for requests", "requests", "rate_limit_exceeded")
        else:
            error = _error(
                int(kind), "The server had an error while processing your request.", "server_error", None
            )
        return Answer(error.answer.status, error.answer.body, {**error.answer.headers, **headers})

    def _complete(self, request: Request) -> Answer:
        body = _body(request)
        messages = as_list(body.get("messages"))
        if not messages:
            raise _error(400, "Missing required parameter: 'messages'.", "invalid_request_error", None)
        prompt = "\n".join(_text_of(as_object(message).get("content")) for message in messages)
        wanted = as_object(body.get("response_format"))
        format_ = as_object(wanted.get("json_schema"))
        reply = self._reply(
            prompt, str(format_.get("name") or ""), _schema(format_), wanted.get("type") or "text"
        )
        usage = (_tokens(prompt), _tokens(reply.text))
        return json_answer(
            {
                "id": f"chatcmpl-{self._token('completion')[:24]}",
                "object": "chat.completion",
                "created": int(self._world.clock.time_s()),
                "model": body["model"],
                "choices": [
                    {
                        "index": 0,
                        "message": {
                            "role": "assistant",
                            "content": None if reply.refused else reply.text,
                            "refusal": reply.text if reply.refused else None,
                            "annotations": [],
                        },
                        "logprobs": None,
                        "finish_reason": "length" if reply.truncated else "stop",
                    }
                ],
                "usage": {
                    "prompt_tokens": usage[0],
                    "completion_tokens": usage[1],
                    "total_tokens": sum(usage),
                    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
                    "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
                },
                "service_tier": "default",
                "system_fingerprint": None,
            }
        )

    def _respond(self, request: Request) -> Answer:
        body = _body(request)
        given = body.get("input")
        if not given:
            raise _error(400, "Missing required parameter: 'input'.", "invalid_request_error", None)
        items = as_list(given) or [{"content": given}]
        said_before = [_text_of(as_object(item).get("content")) for item in items]
        texts = [str(body.get("instructions") or ""), *said_before]
        prompt = "\n".join(texts).strip()
        format_ = as_object(as_object(body.get("text")).get("format"))
        kind = format_.get("type") or "text"
        schema = _schema(format_) if kind == "json_schema" else None
        reply = self._reply(prompt, str(format_.get("name") or ""), schema, kind)
        said: Json = (
            {"type": "refusal", "refusal": reply.text}
            if reply.refused
            else {"type": "output_text", "text": reply.text, "annotations": [], "logprobs": []}
        )
        status = "incomplete" if reply.truncated else "completed"
        usage = (_tokens(prompt), _tokens(reply.text))
        return json_answer(
            {
                "id": f"resp_{self._token('response')[:40]}",
                "object": "response",
                "created_at": int(self._world.clock.time_s()),
                "status": status,
                "error": None,
                "incomplete_details": {"reason": "max_output_tokens"} if reply.truncated else None,
                "instructions": body.get("instructions"),
                "metadata": body.get("metadata") or {},
                "model": body["model"],
                "output": [
                    {
                        "type": "message",
                        "id": f"msg_{self._token('message')[:40]}",
                        "status": status,
                        "role": "assistant",
                        "content": [said],
                    }
                ],
                "parallel_tool_calls": True,
                "temperature": body.get("temperature", 1.0),
                "tool_choice": "auto",
                "tools": [],
                "top_p": 1.0,
                "text": {"format": format_ or {"type": "text"}},
                "usage": {
                    "input_tokens": usage[0],
                    "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                    "output_tokens": usage[1],
                    "output_tokens_details": {"reasoning_tokens": 0},
                    "total_tokens": sum(usage),
                },
            }
        )

    def _embed(self, request: Request) -> Answer:
        body = _body(request)
        given = body.get("input")
        texts: list[Any] = [given] if isinstance(given, str) else as_list(given)
        if not texts or not all(isinstance(text, str) and text for text in texts):
            raise _error(
                400, "'input' must be a non-empty string or an array of them.", "invalid_request_error", None
            )
        dimensions = int(body.get("dimensions") or _DIMENSIONS.get(str(body["model"]), 1536))
        vectors = [embedding(text, dimensions) for text in texts]
        packed = body.get("encoding_format") == "base64"
        tokens = sum(_tokens(text) for text in texts)
        return json_answer(
            {
                "object": "list",
                "data": [
                    {
                        "object": "embedding",
                        "index": index,
                        "embedding": _packed(vector) if packed else vector,
                    }
                    for index, vector in enumerate(vectors)
                ],
                "model": body["model"],
                "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
            }
        )

    def _models(self, request: Request) -> Answer:
        models = [
            {"id": name, "object": "model", "created": 0, "owned_by": "sandbox"} for name in _DIMENSIONS
        ]
        return json_answer({"object": "list", "data": models})

    # What is said

    def _reply(self, prompt: str, schema_name: str, schema: Json | None, kind: str) -> _Reply:
        scripted = self._next_scripted(f"{schema_name}\n{prompt}")
        if scripted is None:
            obeys = self.scripted()["mode"] == "obey_injection"
            return _Reply(_said({"obey_injection" if obeys else "smallest": True}, schema, prompt, kind))
        if "refusal" in scripted:
            return _Reply(str(scripted["refusal"]), refused=True)
        if "truncated" in scripted:
            return _Reply(str(scripted["truncated"]), truncated=True)
        return _Reply(_said(scripted, schema, prompt, kind))

    def _next_scripted(self, text: str) -> Doc | None:
        for key in self._state.keys("openai/script"):
            answer = self._state.get("openai/script", key)
            if answer is None or not re.search(str(answer.get("when", "")), text):
                continue
            left = answer["left"]
            if left is not None and left <= 1:
                self._state.delete("openai/script", key)
            elif left is not None:
                self._state.put("openai/script", key, {**answer, "left": left - 1})
            return answer
        return None

    def _token(self, what: str) -> str:
        return self._world.digest(what, self._state.next_number(f"openai/{what}"))


def embedding(text: str, dimensions: int) -> list[float]:
    """A vector of length 1 from the words of a text: the more words two texts share, the closer they are."""
    vector = [0.0] * dimensions
    for word in re.findall(r"\w+", text.lower()) or [text]:
        digest = hashlib.blake2b(word.encode(), digest_size=16).digest()
        for place in range(0, 16, 4):
            value = int.from_bytes(digest[place : place + 4], "big")
            vector[value % dimensions] += 1.0 if value & 0x80000000 else -1.0
    length = math.sqrt(sum(value * value for value in vector)) or 1.0
    return [value / length for value in vector]


def _said(answer: Json, schema: Json | None, prompt: str, kind: str) -> str:
    if "content" in answer:
        return str(answer["content"])
    if "instance" in answer:
        return json.dumps(answer["instance"], ensure_ascii=False)
    if "bad_json" in answer:
        return '{"subject": "unfinished'
    obeys = "obey_injection" in answer
    if schema is not None:
        return json.dumps(obedient(schema, prompt) if obeys else smallest(schema), ensure_ascii=False)
    if kind == "json_object":
        return "{}"
    return str(obedient({"type": "string"}, prompt)) if obeys else "text"


def _schema(format_: Json) -> Json | None:
    schema = format_.get("schema")
    return as_object(schema) if isinstance(schema, dict) else None


def _body(request: Request) -> Json:
    try:
        body: Any = request.json()
    except ValueError:
        raise _error(
            400, "We could not parse the JSON body of your request.", "invalid_request_error", None
        ) from None
    body = as_object(body)
    if not body.get("model"):
        raise _error(400, "you must provide a model parameter", "invalid_request_error", None)
    if body.get("stream"):
        raise _error(400, "streaming is not offered here", "invalid_request_error", "unsupported_value")
    return body


def _text_of(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(str(as_object(part).get("text") or "") for part in as_list(content))
    return str(content or "")


def _tokens(text: str) -> int:
    return max(1, len(text) // 4)


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def _error(status: int, message: str, kind: str, code: str | None) -> Refused:
    return Refused(
        json_answer({"error": {"message": message, "type": kind, "param": None, "code": code}}, status)
    )
