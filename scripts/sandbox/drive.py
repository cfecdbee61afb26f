"""Google Drive: finding files, reading them and exporting Google's own formats."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from typing import Any

from scripts.sandbox import google_errors as errors
from scripts.sandbox.exchange import Answer, Json, Request, json_answer
from scripts.sandbox.google_oauth import GoogleOauth
from scripts.sandbox.routes import Routes
from scripts.sandbox.state import Doc
from scripts.sandbox.vendor import Surroundings, iso_ms

_SCOPE = "https://www.googleapis.com/auth/drive"
_READ = {_SCOPE, f"{_SCOPE}.readonly"}
_LIST = {*_READ, f"{_SCOPE}.metadata.readonly", f"{_SCOPE}.metadata"}
_GOOGLE = "application/vnd.google-apps."
_EXPORTS = {
    f"{_GOOGLE}document": {"text/plain", "text/markdown"},
    f"{_GOOGLE}spreadsheet": {"text/csv", "text/tab-separated-values"},
}
_EXPORT_MOST = 10 * 1024 * 1024
_LISTED_BY_DEFAULT = {"kind", "id", "name", "mimeType"}
_TERMS: list[tuple[str, Callable[[Doc, str], bool]]] = [
    (r"'(?P<value>(?:[^'\\]|\\.)*)' in parents", lambda doc, value: value in doc["parents"]),
    (r"trashed\s*=\s*(?P<value>true|false)", lambda doc, value: doc["trashed"] == (value == "true")),
    (r"mimeType\s*=\s*'(?P<value>[^']*)'", lambda doc, value: doc["mimeType"] == value),
    (r"mimeType\s*!=\s*'(?P<value>[^']*)'", lambda doc, value: doc["mimeType"] != value),
    (r"name\s*=\s*'(?P<value>(?:[^'\\]|\\.)*)'", lambda doc, value: doc["name"] == value),
    (r"name contains '(?P<value>(?:[^'\\]|\\.)*)'", lambda doc, value: value.lower() in doc["name"].lower()),
    (r"modifiedTime\s*>\s*'(?P<value>[^']*)'", lambda doc, value: doc["modifiedTime"] > value),
]


class Drive:
    """The files of one company, seen by every mailbox of its domain."""

    name = "drive"

    def __init__(self, world: Surroundings, oauth: GoogleOauth) -> None:
        self._world = world
        self._state = world.state
        self._oauth = oauth
        self._routes = Routes()
        self._routes.add("GET", "/drive/v3/files", self._list)
        self._routes.add("GET", "/drive/v3/files/{id_}", self._get)
        self._routes.add("GET", "/drive/v3/files/{id_}/export", self._export)

    def add_file(self, *, id_: str, name: str, mime_type: str, parent: str, content: bytes = b"") -> None:
        """Add a file, or replace its content. A Google document is plain text here, a sheet is CSV."""
        before = self._state.get("drive/files", id_)
        now = iso_ms(self._world.clock.time_s())
        doc: Doc = {
            "kind": "drive#file",
            "id": id_,
            "name": name,
            "mimeType": mime_type,
            "parents": [parent],
            "trashed": False,
            "createdTime": before["createdTime"] if before else now,
            "modifiedTime": now,
            "version": str(int(before["version"]) + 1 if before else 1),
            "webViewLink": f"https://drive.google.com/file/d/{id_}/view",
        }
        if not mime_type.startswith(_GOOGLE):
            doc |= {
                "size": str(len(content)),
                "md5Checksum": hashlib.md5(content, usedforsecurity=False).hexdigest(),
            }
        self._state.put("drive/files", id_, doc)
        self._state.put("drive/content", id_, {"data": base64.b64encode(content).decode()})

    def trash(self, id_: str) -> None:
        self._state.put("drive/files", id_, {**self._file(id_), "trashed": True})

    def answer(self, request: Request) -> Answer:
        call = self._routes.find(request)
        if call is None:
            raise errors.not_found("Not Found")
        return call()

    def refusal(self, kind: str, retry_after_s: float | None) -> Answer:
        return errors.limited(kind, retry_after_s)

    def _list(self, request: Request) -> Answer:
        self._oauth.check(request, _LIST)
        size, start = request.one("pageSize", "100"), request.one("pageToken", "0")
        if not size.isdigit() or not 1 <= int(size) <= 1000 or not start.isdigit():
            raise errors.invalid("Invalid value for pageSize or pageToken", "invalid")
        found = [doc for doc in self._state.all("drive/files") if _matches(doc, request.one("q"))]
        end = int(start) + int(size)
        fields = _fields(request.one("fields"))
        shown = [_chosen(doc, fields.get("files", _LISTED_BY_DEFAULT)) for doc in found[int(start) : end]]
        whole: Json = {"kind": "drive#fileList", "incompleteSearch": False, "files": shown}
        if end < len(found):
            whole["nextPageToken"] = str(end)
        return json_answer(whole if not fields or "*" in fields else _chosen(whole, set(fields)))

    def _get(self, request: Request, id_: str) -> Answer:
        media = request.one("alt") == "media"
        self._oauth.check(request, _READ if media else _LIST)
        doc = self._file(id_)
        if not media:
            wanted = set(_fields(request.one("fields"))) or _LISTED_BY_DEFAULT
            return json_answer(_chosen(doc, wanted))
        if doc["mimeType"].startswith(_GOOGLE):
            raise errors.Refused(
                errors.error_answer(
                    403,
                    "Only files with binary content can be downloaded. Use Export with Docs Editors files.",
                    "fileNotDownloadable",
                    "PERMISSION_DENIED",
                )
            )
        return Answer(200, self._content(id_), {"content-type": doc["mimeType"]})

    def _export(self, request: Request, id_: str) -> Answer:
        self._oauth.check(request, _READ)
        doc, wanted = self._file(id_), request.one("mimeType")
        if wanted not in _EXPORTS.get(doc["mimeType"], set()):
            raise errors.invalid(f"The requested conversion is not supported: {wanted}", "badRequest")
        content = self._content(id_)
        if len(content) > _EXPORT_MOST:
            raise errors.Refused(
                errors.error_answer(
                    403,
                    "This file is too large to be exported.",
                    "exportSizeLimitExceeded",
                    "PERMISSION_DENIED",
                )
            )
        return Answer(200, content, {"content-type": f"{wanted}; charset=UTF-8"})

    def _file(self, id_: str) -> Doc:
        doc = self._state.get("drive/files", id_)
        if doc is None:
            raise errors.not_found(f"File not found: {id_}.")
        return doc

    def _content(self, id_: str) -> bytes:
        return base64.b64decode((self._state.get("drive/content", id_) or {"data": ""})["data"])


def _matches(doc: Doc, query: str) -> bool:
    return all(_matches_group(doc, group.strip()) for group in re.split(r"\s+and\s+", query) if group.strip())


def _matches_group(doc: Doc, group: str) -> bool:
    """Terms joined by `or`, in brackets or not."""
    return any(_matches_term(doc, term.strip()) for term in re.split(r"\s+or\s+", group.strip("()")))


def _matches_term(doc: Doc, term: str) -> bool:
    for pattern, holds in _TERMS:
        if match := re.fullmatch(pattern, term):
            return holds(doc, re.sub(r"\\(.)", r"\1", match["value"]))
    raise errors.invalid(f"Invalid Value: q has a term that is not known: {term}", "invalid")


def _fields(text: str) -> dict[str, set[str]]:
    """`files(id,name),nextPageToken` as {"files": {"id", "name"}, "nextPageToken": {"*"}}."""
    found: dict[str, set[str]] = {}
    for match in re.finditer(r"([\w*]+)(?:\(([^)]*)\)|/([\w*]+))?", text):
        inner = match[2] or match[3] or "*"
        found.setdefault(match[1], set()).update(part.strip() for part in inner.split(","))
    return found


def _chosen(doc: dict[str, Any], wanted: set[str]) -> Json:
    return doc if "*" in wanted else {name: value for name, value in doc.items() if name in wanted}
