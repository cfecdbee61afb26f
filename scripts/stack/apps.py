"""All functions as one WSGI application, each made by functions-framework from its own file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

import functions_framework
from werkzeug.exceptions import NotFound

from scripts.catalogue import Catalogue, source_of

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


def mounted(catalogue: Catalogue) -> WsgiApp:
    """An application with every function of functions.yaml at `/{name}`; unknown names are 404."""
    apps: dict[str, WsgiApp] = {}
    for name in catalogue.functions:
        made = functions_framework.create_app(target=name, source=str(source_of(name)), signature_type="http")
        apps[name] = cast("WsgiApp", made)

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        name, _, rest = environ.get("PATH_INFO", "").lstrip("/").partition("/")
        app = apps.get(name)
        if app is None:
            return NotFound()(environ, start_response)
        inner = {**environ, "SCRIPT_NAME": f"/{name}", "PATH_INFO": f"/{rest}"}
        return app(inner, start_response)

    return application
