"""A zip whose bytes depend on its contents alone."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can name."""

_UNIX = 3
_MODE = (stat.S_IFREG | 0o644) << 16


def zipped(contents: Mapping[str, bytes]) -> bytes:
    """Files by path as a zip: sorted, with one time and one mode.

    Nothing is compressed: what deflate makes of the same bytes differs from one zlib to the next, and a package
    that changes with the machine that built it redeploys every function.
    """
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(contents):
            entry = zipfile.ZipInfo(path, LONG_AGO)
            entry.create_system = _UNIX
            entry.external_attr = _MODE
            archive.writestr(entry, contents[path])
    return held.getvalue()
