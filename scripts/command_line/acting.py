"""Who acts when a command changes something: whoever has direct rights on the database is an admin."""

from __future__ import annotations

import getpass

from shared.operators.roles import Operator, Role


def operator(given: str | None = None) -> Operator:
    """The operator by the name given, else by the user of this machine."""
    return Operator(given or f"operator:{getpass.getuser()}", Role.ADMIN)
