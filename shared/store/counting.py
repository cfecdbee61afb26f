"""How many documents there are, counted by Firestore: one read for each thousand."""

from __future__ import annotations

from google.cloud.firestore import FieldFilter

from shared.store.database import Database


def how_many(database: Database, path: str, field: str, value: str | None) -> int:
    """The number of documents of a collection with this value in a field. Errors: Unreachable."""
    query = database.client.collection(path).where(filter=FieldFilter(field, "==", value))
    return database.counted(query)


def how_many_at_all(database: Database, path: str) -> int:
    """The number of documents of a collection. Errors: Unreachable."""
    return database.counted(database.client.collection(path))


def how_many_above(database: Database, path: str, field: str, floor: object) -> int:
    """The number of documents whose field is above a value of its own type. Errors: Unreachable."""
    query = database.client.collection(path).where(filter=FieldFilter(field, ">", floor))
    return database.counted(query)
