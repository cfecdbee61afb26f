"""A mail as Gmail's `format=full` shows it, taken apart by the standard library: a second opinion of our own."""

from __future__ import annotations

import base64
from email import message_from_bytes
from email.message import Message
from typing import Any, cast

from shared.connectors.gmail_shapes import GmailMessage

Json = dict[str, Any]


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def answer(raw: bytes, id_: str = "m1", internal_date: int = 1_795_000_000_000) -> GmailMessage:
    """What the mailbox answers for a mail with these bytes."""
    return GmailMessage.model_validate(
        {
            "id": id_,
            "threadId": "t1",
            "internalDate": str(internal_date),
            "sizeEstimate": len(raw),
            "payload": payload(message_from_bytes(raw)),
        }
    )


def payload(part: Message) -> Json:
    headers = [{"name": name, "value": str(value)} for name, value in part.items()]
    shown: Json = {
        "mimeType": part.get_content_type(),
        "filename": part.get_filename() or "",
        "headers": headers,
    }
    if part.is_multipart():
        shown["parts"] = [payload(inner) for inner in cast("list[Message]", part.get_payload())]
        return shown
    content = part.get_payload(decode=True)
    shown["body"] = {"data": base64url(content if isinstance(content, bytes) else b"")}
    return shown
