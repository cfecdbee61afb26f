"""Who acts when a command changes something: whoever has direct rights on the database is an admin."""

from __future__ import annotations

import getpass

from scripts.command_line.problem import Problem
from shared.operators.roles import Operator, Role


def operator(given: str | None = None) -> Operator:
    """The operator by the name given, else by the user of this machine. Errors: Problem."""
    if given is not None and (not given.strip() or "@" in given):
        raise Problem("--actor is no name, or a mail address; give a name: it stands in the audit for good")
    return Operator(given or f"operator:{getpass.getuser()}", Role.ADMIN)
