"""Runs the local cloud until it is told to stop: `python -m scripts.local_cloud --data FILE`."""

from __future__ import annotations

import argparse
import json
import signal
import threading
from dataclasses import asdict
from pathlib import Path

from scripts.local_cloud.cloud import LocalCloud
from scripts.local_cloud.grpc_door import RpcError
from scripts.local_cloud.spec import spec_of


def main() -> None:
    """Print one JSON line with the endpoints when ready; end on SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m scripts.local_cloud", description=__doc__)
    parser.add_argument("--data", type=Path, help="the SQLite file to keep everything in; else in memory")
    parser.add_argument("--port", type=int, default=0, help="gRPC port for all Google clients; 0: a free one")
    parser.add_argument(
        "--front-end-port", type=int, default=0, help="HTTP port of all functions; 0: a free one"
    )
    parser.add_argument("--admin-port", type=int, default=0, help="HTTP port of counts, faults and tokens")
    parser.add_argument("--spec", type=Path, help="JSON file of what to provision")
    args = parser.parse_args()

    told_to_stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told_to_stop.set())
    cloud = LocalCloud(args.data)
    if args.spec:
        try:
            cloud.provision(spec_of(json.loads(args.spec.read_text())))
        except (ValueError, RpcError) as error:
            parser.error(f"{args.spec}: {error}")
    endpoints = cloud.serve(
        grpc_port=args.port, admin_port=args.admin_port, front_end_port=args.front_end_port
    )
    print(json.dumps(asdict(endpoints)), flush=True)
    told_to_stop.wait()
    cloud.stop()


if __name__ == "__main__":
    main()
