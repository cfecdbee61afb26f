"""Nearest neighbours: exact distances to every candidate, as Firestore's flat index gives them."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable

from google.cloud.firestore_v1.types import query

from scripts.local_cloud.firestore.documents import StoredDocument
from scripts.local_cloud.firestore.errors import invalid
from scripts.local_cloud.firestore.protos import Document, Message, Value
from scripts.local_cloud.firestore.values import (
    NAME,
    VECTOR,
    is_vector,
    parse_field_path,
    set_field,
    vector_of,
)

Measure = query.StructuredQuery.FindNearest.DistanceMeasure

_MAX_LIMIT = 1000


class Nearest:
    """The `find_nearest` part of a query. Errors: INVALID_ARGUMENT."""

    def __init__(self, message: Message) -> None:
        self._path = parse_field_path(message.vector_field.field_path)
        self._target = vector_of(message.query_vector) if is_vector(message.query_vector) else ()
        self._measure = Measure(message.distance_measure)
        self._limit = message.limit.value
        self._threshold = message.distance_threshold.value if message.HasField("distance_threshold") else None
        self._result_path = (
            parse_field_path(message.distance_result_field) if message.distance_result_field else None
        )
        if not self._target:
            raise invalid("The query vector of find_nearest must be a vector with at least one number.")
        if self._measure is Measure.DISTANCE_MEASURE_UNSPECIFIED:
            raise invalid("find_nearest needs a distance measure.")
        if not 0 < self._limit <= _MAX_LIMIT:
            raise invalid(f"The limit of find_nearest is 1 to {_MAX_LIMIT}, not {self._limit}.")
        self._target_length = math.hypot(*self._target)
        self.shape = (message.vector_field.field_path, len(self._target))

    def of(self, documents: Iterable[StoredDocument]) -> list[StoredDocument]:
        """The nearest documents, nearest first; those without a vector of the same size are left out."""
        larger_is_nearer = self._measure is Measure.DOT_PRODUCT
        scored: list[tuple[float, object, float, StoredDocument]] = []
        for document in documents:
            distance = self._distance(document)
            if distance is None or self._is_beyond(distance):
                continue
            rank = -distance if larger_is_nearer else distance
            scored.append((rank, document.key(NAME), distance, document))
        scored.sort(key=lambda entry: entry[:2])
        return [self._with_distance(document, distance) for _, _, distance, document in scored[: self._limit]]

    def _distance(self, document: StoredDocument) -> float | None:
        key = document.key(self._path)
        if key is None or key[0] != VECTOR or key[1] != len(self._target):
            return None
        vector: tuple[float, ...] = key[2]
        if self._measure is Measure.EUCLIDEAN:
            return math.dist(vector, self._target)
        product = sum(map(operator.mul, vector, self._target))
        if self._measure is Measure.DOT_PRODUCT:
            return product
        lengths = math.hypot(*vector) * self._target_length
        return 1 - product / lengths if lengths else None

    def _is_beyond(self, distance: float) -> bool:
        if self._threshold is None:
            return False
        if self._measure is Measure.DOT_PRODUCT:
            return distance < self._threshold
        return distance > self._threshold

    def _with_distance(self, document: StoredDocument, distance: float) -> StoredDocument:
        if self._result_path is None:
            return document
        message = Document()
        message.CopyFrom(document.message)
        set_field(message.fields, self._result_path, Value(double_value=distance))
        return StoredDocument(message)
