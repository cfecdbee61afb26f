"""What goes wrong in a way that a person can mend: one line, never a stack trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

from shared.errors import Failure
from shared.operators.refusal import Refusal
from shared.policy.addresses import BadAddress

Value = TypeVar("Value")

HOW_TO_CONNECT = "start the local stack with `scripts/run`, or name another one with --env-file .env"


class Problem(click.ClickException):
    """An expected error: what is wrong and how to mend it; the exit code is 1."""

    exit_code = 1


def granted(result: Value | Refusal) -> Value:
    """The result of an operation, or the Problem that it was refused for."""
    if isinstance(result, Refusal):
        raise Problem(str(result))
    return result


def present(value: Value | None, what: str, mend: str) -> Value:
    """The thing that was looked for, or the Problem that it is not there."""
    if value is None:
        raise Problem(f"there is no {what}; {mend}")
    return value


@contextmanager
def expected() -> Iterator[None]:
    """Turns what the world may do to us into a Problem; every other exception is a bug and passes."""
    from google.api_core.exceptions import GoogleAPICallError, RetryError
    from google.auth.exceptions import GoogleAuthError

    from shared.store.database import Changed, Unreachable

    try:
        yield
    except (Failure, BadAddress) as error:
        raise Problem(str(error)) from error
    except Unreachable as error:
        raise Problem(f"Firestore did not answer ({error}); {HOW_TO_CONNECT}") from error
    except Changed as error:
        raise Problem("somebody else changed it at this moment; look at it, and try again") from error
    except GoogleAuthError as error:
        raise Problem(
            f"no usable Google credentials ({type(error).__name__}); run `gcloud auth application-default "
            f"login`, or {HOW_TO_CONNECT}"
        ) from error
    except (GoogleAPICallError, RetryError) as error:
        raise Problem(f"Google answered {type(error).__name__}: {str(error.message)[:500]}") from error
