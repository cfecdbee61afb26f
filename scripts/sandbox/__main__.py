"""Run the sandbox: `python -m scripts.sandbox [--data FILE] [--port N] [--seed N] [--pubsub HOST:PORT]`."""

from __future__ import annotations

import argparse
import json
import logging
import signal
import threading
from pathlib import Path
from types import FrameType

from scripts.sandbox.mail_publisher import MailPublisher
from scripts.sandbox.sandbox import Sandbox
from scripts.sandbox.ticker import Ticker


def main() -> None:
    """Print one JSON line with base URLs and local credentials when ready, and run until told to stop."""
    parser = argparse.ArgumentParser(prog="scripts.sandbox", description=__doc__)
    parser.add_argument("--data", type=Path, help="keep the state in this SQLite file")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--seed", type=int, default=1, help="the seed of ids and keys")
    parser.add_argument("--search-lag-s", type=float, default=2.0, help="how far HubSpot's search is behind")
    parser.add_argument("--pubsub", default="", help="publish Gmail's pushes to Pub/Sub at this host:port")
    parser.add_argument(
        "--oauth-redirect", action="append", default=[], help="an address to come back to after consent"
    )
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    publisher = MailPublisher(arguments.pubsub) if arguments.pubsub else None
    sandbox = Sandbox(
        data=arguments.data,
        seed=arguments.seed,
        search_lag_s=arguments.search_lag_s,
        on_mail_push=publisher,
        oauth_redirects=arguments.oauth_redirect,
    )
    base_url = sandbox.serve(arguments.port)
    ticker = Ticker(sandbox)
    ticker.start()
    if publisher is not None:
        publisher.start()
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    ready = {
        "base_url": base_url,
        "urls": sandbox.base_urls(base_url),
        "credentials": sandbox.credentials(base_url),
    }
    print(json.dumps(ready), flush=True)
    stopping.wait()
    ticker.stop()
    if publisher is not None:
        publisher.stop()
    sandbox.stop()


if __name__ == "__main__":
    main()
