"""Runs a module that ends when whoever started it is gone: `python -m scripts.stack.tethered MODULE [ARG…]`.

The starter keeps the other end of stdin. When it closes, also because the starter was killed, so does this
process: no server is ever left behind.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading

GRACE_S = 4.0
"""How long the module may take to end in good order."""


def _follow() -> None:
    while True:
        try:
            if not os.read(0, 1024):
                break
        except OSError:
            break
    # The timer first: a module that ends at once takes this thread with it.
    last_word = threading.Timer(GRACE_S, os._exit, args=(1,))
    last_word.daemon = True
    last_word.start()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Become the module, with its own arguments."""
    module, sys.argv = sys.argv[1], sys.argv[1:]
    threading.Thread(target=_follow, name="tether", daemon=True).start()
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
