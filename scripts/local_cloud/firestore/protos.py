"""The raw protobuf classes behind Google's proto-plus types, and timestamps in microseconds."""

from __future__ import annotations

from typing import Any

from google.cloud.firestore_v1.types import document, firestore, query, write
from google.protobuf import empty_pb2, timestamp_pb2

Message = Any
"""A raw protobuf message; the generated classes carry no types."""

Document: Any = document.Document.pb()
Value: Any = document.Value.pb()
Write: Any = write.Write.pb()
WriteResult: Any = write.WriteResult.pb()
StructuredQuery: Any = query.StructuredQuery.pb()

BatchGetDocumentsRequest: Any = firestore.BatchGetDocumentsRequest.pb()
BatchGetDocumentsResponse: Any = firestore.BatchGetDocumentsResponse.pb()
BatchWriteRequest: Any = firestore.BatchWriteRequest.pb()
BatchWriteResponse: Any = firestore.BatchWriteResponse.pb()
BeginTransactionRequest: Any = firestore.BeginTransactionRequest.pb()
BeginTransactionResponse: Any = firestore.BeginTransactionResponse.pb()
CommitRequest: Any = firestore.CommitRequest.pb()
CommitResponse: Any = firestore.CommitResponse.pb()
CreateDocumentRequest: Any = firestore.CreateDocumentRequest.pb()
DeleteDocumentRequest: Any = firestore.DeleteDocumentRequest.pb()
GetDocumentRequest: Any = firestore.GetDocumentRequest.pb()
ListCollectionIdsRequest: Any = firestore.ListCollectionIdsRequest.pb()
ListCollectionIdsResponse: Any = firestore.ListCollectionIdsResponse.pb()
ListDocumentsRequest: Any = firestore.ListDocumentsRequest.pb()
ListDocumentsResponse: Any = firestore.ListDocumentsResponse.pb()
ListenRequest: Any = firestore.ListenRequest.pb()
ListenResponse: Any = firestore.ListenResponse.pb()
PartitionQueryRequest: Any = firestore.PartitionQueryRequest.pb()
PartitionQueryResponse: Any = firestore.PartitionQueryResponse.pb()
RollbackRequest: Any = firestore.RollbackRequest.pb()
RunAggregationQueryRequest: Any = firestore.RunAggregationQueryRequest.pb()
RunAggregationQueryResponse: Any = firestore.RunAggregationQueryResponse.pb()
RunQueryRequest: Any = firestore.RunQueryRequest.pb()
RunQueryResponse: Any = firestore.RunQueryResponse.pb()
UpdateDocumentRequest: Any = firestore.UpdateDocumentRequest.pb()
Empty: Any = empty_pb2.Empty

_US_PER_S = 1_000_000


def timestamp(time_us: int) -> timestamp_pb2.Timestamp:
    """Microseconds since the epoch as a protobuf timestamp."""
    return timestamp_pb2.Timestamp(seconds=time_us // _US_PER_S, nanos=time_us % _US_PER_S * 1000)


def microseconds(stamp: Message) -> int:
    """A protobuf timestamp as microseconds since the epoch; Firestore keeps no finer time."""
    return stamp.seconds * _US_PER_S + stamp.nanos // 1000
