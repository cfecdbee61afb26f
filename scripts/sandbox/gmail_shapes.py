"""What Gmail's answers look like, and what it takes from a request."""

from __future__ import annotations

from scripts.sandbox import gmail_mime as mime
from scripts.sandbox import google_errors as errors
from scripts.sandbox.exchange import Json, Request, as_object
from scripts.sandbox.gmail_history import TYPES
from scripts.sandbox.state import Doc


def brief(doc: Doc) -> Json:
    return {"id": doc["id"], "threadId": doc["threadId"], "labelIds": doc["labelIds"]}


def shown(doc: Doc, format_: str, metadata_headers: list[str]) -> Json:
    """A message in one of the four formats."""
    answer: Json = {
        **brief(doc),
        "snippet": mime.snippet(doc["text"]),
        "historyId": str(doc["historyId"]),
        "internalDate": str(int(doc["internal_s"] * 1000)),
        "sizeEstimate": len(doc["raw"]),
    }
    if format_ == "raw":
        answer["raw"] = mime.encode_raw(doc["raw"].encode("latin-1"))
    elif format_ == "full":
        answer["payload"] = doc["payload"]
    elif format_ == "metadata":
        wanted = {name.lower() for name in metadata_headers}
        headers = [each for each in doc["payload"]["headers"] if not wanted or each["name"].lower() in wanted]
        answer["payload"] = {"mimeType": doc["payload"]["mimeType"], "headers": headers}
    return answer


def shown_thread(request: Request, docs: list[Doc], id_: str) -> Json:
    format_, names = request.one("format", "full"), request.repeated("metadataHeaders")
    return {
        "id": id_,
        "historyId": str(max(doc["historyId"] for doc in docs)),
        "messages": [shown(doc, format_, names) for doc in docs],
    }


def shown_history(row: Doc) -> Json:
    message = row["message"]
    change: Json = {"message": message}
    if row["labelIds"] and row["change"] in ("labelsAdded", "labelsRemoved"):
        change["labelIds"] = row["labelIds"]
    bare = {"id": message["id"], "threadId": message["threadId"]}
    return {"id": str(row["id"]), "messages": [bare], row["change"]: [change]}


def history_page(request: Request, rows: list[Doc]) -> tuple[list[Doc], Json]:
    """One page of changes; its token is a place among the ids, so that what comes meanwhile moves nothing."""
    token = request.one("pageToken", "0")
    if not token.isdigit():
        raise errors.invalid("Invalid pageToken")
    left = [row for row in rows if row["id"] > int(token)]
    found = left[: _most(request)]
    return found, ({"nextPageToken": str(found[-1]["id"])} if len(found) < len(left) else {})


def page(request: Request, rows: list[Doc]) -> tuple[list[Doc], Json]:
    """One page of results and the token of the next."""
    start = request.one("pageToken", "0")
    if not start.isdigit():
        raise errors.invalid("Invalid pageToken")
    end = int(start) + _most(request)
    return rows[int(start) : end], ({"nextPageToken": str(end)} if end < len(rows) else {})


def format_of(request: Request) -> str:
    format_ = request.one("format", "full")
    if format_ not in ("full", "metadata", "minimal", "raw"):
        raise errors.invalid("Invalid value for format")
    return format_


def history_types(request: Request) -> list[str]:
    types = request.repeated("historyTypes")
    if unknown := [name for name in types if name not in TYPES.values()]:
        raise errors.invalid(f"Invalid value at 'history_types' (TYPE_ENUM), {unknown[0]!r}")
    return types


def message_of(body: Json) -> Json:
    message = body.get("message")
    if not isinstance(message, dict):
        raise errors.invalid("Missing draft message")
    return as_object(message)


def raw_of(message: Json) -> bytes:
    raw = message.get("raw")
    if not isinstance(raw, str) or not raw:
        raise errors.invalid(
            "'raw' RFC822 payload message string or uploading message via /upload/* URL required"
        )
    try:
        return mime.decode_raw(raw)
    except ValueError:
        raise errors.invalid("Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed") from None


def _most(request: Request) -> int:
    most = request.one("maxResults", "100")
    if not most.isdigit() or not 1 <= int(most) <= 500:
        raise errors.invalid("Invalid value for maxResults")
    return int(most)
