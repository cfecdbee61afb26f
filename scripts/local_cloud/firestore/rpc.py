"""The RPCs of `google.firestore.v1.Firestore`: requests in, the engine's answers out."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import grpc

from scripts.local_cloud.counts import work_of
from scripts.local_cloud.firestore import protos
from scripts.local_cloud.firestore.documents import StoredDocument
from scripts.local_cloud.firestore.engine import FirestoreEngine, Reading
from scripts.local_cloud.firestore.errors import invalid, not_found
from scripts.local_cloud.firestore.listen import listen
from scripts.local_cloud.firestore.listing import list_collection_ids, list_documents
from scripts.local_cloud.firestore.protos import Message, timestamp
from scripts.local_cloud.firestore.query import Query
from scripts.local_cloud.firestore.values import parse_field_path
from scripts.local_cloud.grpc_door import Call, Rpc, RpcError

SERVICE = "google.firestore.v1.Firestore"

_PARTITION_FROM = 128
"""Firestore does not split a result smaller than this."""

_ID_LETTERS = string.ascii_letters + string.digits


def services(engine: FirestoreEngine) -> dict[str, Mapping[str, Rpc]]:
    """The service by its full name, for `GrpcDoor`."""
    unary: dict[str, tuple[Callable[[FirestoreEngine, Message, Call], Message], Message, Message]] = {
        "BatchWrite": (_batch_write, protos.BatchWriteRequest, protos.BatchWriteResponse),
        "BeginTransaction": (_begin, protos.BeginTransactionRequest, protos.BeginTransactionResponse),
        "Commit": (_commit, protos.CommitRequest, protos.CommitResponse),
        "CreateDocument": (_create, protos.CreateDocumentRequest, protos.Document),
        "DeleteDocument": (_delete, protos.DeleteDocumentRequest, protos.Empty),
        "GetDocument": (_get, protos.GetDocumentRequest, protos.Document),
        "ListCollectionIds": (
            _list_collection_ids,
            protos.ListCollectionIdsRequest,
            protos.ListCollectionIdsResponse,
        ),
        "ListDocuments": (_list_documents, protos.ListDocumentsRequest, protos.ListDocumentsResponse),
        "PartitionQuery": (_partition, protos.PartitionQueryRequest, protos.PartitionQueryResponse),
        "Rollback": (_rollback, protos.RollbackRequest, protos.Empty),
        "UpdateDocument": (_update, protos.UpdateDocumentRequest, protos.Document),
    }
    streams: dict[
        str, tuple[Callable[[FirestoreEngine, Message, Call], Iterator[Message]], Message, Message]
    ] = {
        "BatchGetDocuments": (
            _batch_get,
            protos.BatchGetDocumentsRequest,
            protos.BatchGetDocumentsResponse,
        ),
        "RunAggregationQuery": (
            _run_aggregation,
            protos.RunAggregationQueryRequest,
            protos.RunAggregationQueryResponse,
        ),
        "RunQuery": (_run_query, protos.RunQueryRequest, protos.RunQueryResponse),
    }
    table = {name: Rpc(partial(call, engine), req, res) for name, (call, req, res) in unary.items()}
    for name, (call, req, res) in streams.items():
        table[name] = Rpc(partial(call, engine), req, res, "unary_stream")
    table["Listen"] = Rpc(
        partial(listen, engine), protos.ListenRequest, protos.ListenResponse, "stream_stream"
    )
    return {SERVICE: table}


def _commit(engine: FirestoreEngine, request: Message, call: Call) -> Message:
    commit_us, results = engine.commit(request.writes, bytes(request.transaction), work_of(call.metadata))
    return protos.CommitResponse(write_results=results, commit_time=timestamp(commit_us))


def _batch_write(engine: FirestoreEngine, request: Message, call: Call) -> Message:
    """Each write for itself: one that is refused says so in its own status."""
    response = protos.BatchWriteResponse()
    for write in request.writes:
        result, status = response.write_results.add(), response.status.add()
        try:
            result.CopyFrom(engine.commit([write], work=work_of(call.metadata))[1][0])
        except RpcError as error:
            status.code, status.message = _number_of(error.code), error.message
    return response


def _begin(engine: FirestoreEngine, request: Message, call: Call) -> Message:
    options = request.options if request.HasField("options") else None
    return protos.BeginTransactionResponse(transaction=engine.begin(options).id)


def _rollback(engine: FirestoreEngine, request: Message, call: Call) -> Message:
    engine.rollback(bytes(request.transaction))
    return protos.Empty()


def _batch_get(engine: FirestoreEngine, request: Message, call: Call) -> Iterator[Message]:
    reading = engine.reading(request)
    read_us, found = engine.get(request.documents, reading, work_of(call.metadata))
    answers = _named(reading, protos.BatchGetDocumentsResponse)
    for name, document in found.items():
        response = protos.BatchGetDocumentsResponse(read_time=timestamp(read_us))
        if document is None:
            response.missing = name
        else:
            response.found.CopyFrom(_masked(document, request))
        answers.append(response)
    return iter(answers)


def _run_query(engine: FirestoreEngine, request: Message, call: Call) -> Iterator[Message]:
    query = Query(request.parent, request.structured_query)
    reading = engine.reading(request)
    read_us, found = engine.query(query, reading, work_of(call.metadata))
    answers = _named(reading, protos.RunQueryResponse)
    read_time = timestamp(read_us)
    answers += [
        protos.RunQueryResponse(document=query.projected(document), read_time=read_time) for document in found
    ]
    if not found:
        answers.append(protos.RunQueryResponse(read_time=read_time, done=True))
    return iter(answers)


def _run_aggregation(engine: FirestoreEngine, request: Message, call: Call) -> Iterator[Message]:
    reading = engine.reading(request)
    read_us, values = engine.aggregate(
        request.parent, request.structured_aggregation_query, reading, work_of(call.metadata)
    )
    answers = _named(reading, protos.RunAggregationQueryResponse)
    response = protos.RunAggregationQueryResponse(read_time=timestamp(read_us))
    for alias, value in values.items():
        response.result.aggregate_fields[alias].CopyFrom(value)
    answers.append(response)
    return iter(answers)


def _list_documents(engine: FirestoreEngine, request: Message, call: Call) -> Message:
    page = list_documents(
        engine,
        request.parent,
        request.collection_id,
        engine.reading(request),
        show_missing=request.show_missing,
        page_size=request.page_size,
        page_token=request.page_token,
    )
    response = protos.ListDocumentsResponse(next_page_token=page.next_token)
    for name, document in page.documents:
        message = protos.Document(name=name) if document is None else _masked(document, request)
        response.documents.add().CopyFrom(message)
    engine.count_reads(max(1, len(page.documents)), work_of(call.metadata))
    return response


def _list_collection_ids(engine: FirestoreEngine, request: Message, call: Call) -> Message:
    ids = list_collection_ids(engine, request.parent, engine.reading(request))
    engine.count_reads(1, work_of(call.metadata))
    return protos.ListCollectionIdsResponse(collection_ids=ids)


def _partition(engine: FirestoreEngine, request: Message, call: Call) -> Message:
    """Cursors that split a result into parts of about the same size."""
    if request.partition_count <= 0:
        raise invalid("The partition count must be positive.")
    query = Query(request.parent, request.structured_query)
    _, found = engine.query(query, engine.reading(request), work_of(call.metadata))
    parts = min(request.partition_count + 1, len(found)) if len(found) > _PARTITION_FROM else 1
    response = protos.PartitionQueryResponse()
    for part in range(1, parts):
        name = found[part * len(found) // parts].name
        response.partitions.add().values.add(reference_value=name)
    return response


def _get(engine: FirestoreEngine, request: Message, call: Call) -> Message:
    reading = engine.reading(request)
    _, found = engine.get([request.name], reading, work_of(call.metadata))
    document = found[request.name]
    if document is None:
        raise not_found(f"Document not found: {request.name}")
    return _copied(_masked(document, request))


def _create(engine: FirestoreEngine, request: Message, call: Call) -> Message:
    document_id = request.document_id or "".join(secrets.choice(_ID_LETTERS) for _ in range(20))
    write = protos.Write(update=request.document)
    write.update.name = f"{request.parent}/{request.collection_id}/{document_id}"
    write.current_document.exists = False
    return _written(engine, write, request, call)


def _update(engine: FirestoreEngine, request: Message, call: Call) -> Message:
    write = protos.Write(update=request.document)
    if request.HasField("update_mask"):
        write.update_mask.CopyFrom(request.update_mask)
    if request.HasField("current_document"):
        write.current_document.CopyFrom(request.current_document)
    return _written(engine, write, request, call)


def _delete(engine: FirestoreEngine, request: Message, call: Call) -> Message:
    write = protos.Write(delete=request.name)
    if request.HasField("current_document"):
        write.current_document.CopyFrom(request.current_document)
    engine.commit([write], work=work_of(call.metadata))
    return protos.Empty()


def _written(engine: FirestoreEngine, write: Message, request: Message, call: Call) -> Message:
    with engine.lock:
        engine.commit([write], work=work_of(call.metadata))
        document = engine.store.get(write.update.name)
    assert document is not None
    return _copied(_masked(document, request))


def _masked(document: StoredDocument, request: Message) -> Message:
    if not request.HasField("mask"):
        return document.message
    return document.masked(parse_field_path(path) for path in request.mask.field_paths)


def _copied(message: Message) -> Message:
    """A copy that a caller in this process may change."""
    copy = type(message)()
    copy.CopyFrom(message)
    return copy


def _named(reading: Reading, response: Message) -> list[Message]:
    """The first answer to a request that began a transaction: its name."""
    if reading.is_new and reading.transaction is not None:
        return [response(transaction=reading.transaction.id)]
    return []


def _number_of(code: grpc.StatusCode) -> int:
    number: int = code.value[0]
    return number
