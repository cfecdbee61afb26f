"""Serves all functions in one process on loopback: `python -m scripts.stack.functions_server --port N`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from werkzeug.serving import WSGIRequestHandler, make_server

from scripts.catalogue import load
from scripts.stack.apps import mounted


class Quiet(WSGIRequestHandler):
    """Keeps connections open and writes no access log: the functions log what matters."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing."""


def main() -> None:
    """Print `ready` when it listens; end on SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="scripts.stack.functions_server", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    port: int = parser.parse_args().port
    server = make_server("127.0.0.1", port, mounted(load()), threaded=True, request_handler=Quiet)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start())
    sys.stdout.write('{"ready": true}\n')
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main()
