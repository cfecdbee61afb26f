"""The one door to the engines: a table of RPCs, served over gRPC or in-process, with a seam for faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent import futures
from dataclasses import dataclass, field
from typing import Any, Literal

import grpc

Metadata = Sequence[tuple[str, "str | bytes"]]
Kind = Literal["unary_unary", "unary_stream", "stream_stream"]


class RpcError(Exception):
    """A refusal with a gRPC status; the only exception an engine raises on purpose."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Call:
    """One call as an RPC sees it: its metadata, and how to learn that the caller went away (for streams)."""

    metadata: Metadata = ()
    is_active: Callable[[], bool] = lambda: True
    on_end: Callable[[Callable[[], None]], object] = lambda _callback: None


@dataclass(frozen=True)
class Rpc:
    """One method: `call(request, Call)` gives a message (unary) or an iterator of messages (streams).

    `request` and `response` are raw protobuf message classes (`Type.pb()` of proto-plus types).
    """

    call: Callable[[Any, Call], Any]
    request: Any
    response: Any
    kind: Kind = "unary_unary"


Interceptor = Callable[[str, str, Any, Call, Callable[[], Any]], Any]
"""(service, method, request, call, proceed) -> response: where a fault refuses, delays or loses an answer."""


@dataclass
class GrpcDoor:
    """Services by full name (`google.firestore.v1.Firestore`), each a mapping of method name to `Rpc`."""

    services: dict[str, Mapping[str, Rpc]] = field(default_factory=dict[str, Mapping[str, Rpc]])
    interceptor: Interceptor | None = None

    def add(self, service: str, rpcs: Mapping[str, Rpc]) -> None:
        self.services[service] = rpcs

    def rpc(self, service: str, method: str) -> Rpc:
        """One method. Errors: RpcError UNIMPLEMENTED when there is none of that name."""
        rpc = self.services.get(service, {}).get(method)
        if rpc is None:
            raise RpcError(
                grpc.StatusCode.UNIMPLEMENTED, f"{service}/{method} is not part of the local cloud"
            )
        return rpc

    def call(self, service: str, method: str, request: Any, call: Call) -> Any:
        """Run one method, through the interceptor when there is one. Errors: RpcError."""
        rpc = self.rpc(service, method)

        def proceed() -> Any:
            return rpc.call(request, call)

        return self.interceptor(service, method, request, call, proceed) if self.interceptor else proceed()

    def serve(self, *, port: int = 0, workers: int = 256) -> tuple[grpc.Server, int]:
        """Start on loopback; port 0 takes a free one. Returns the server and its port."""
        server = grpc.server(
            futures.ThreadPoolExecutor(workers, thread_name_prefix="grpc"),
            options=[("grpc.max_receive_message_length", 32 * 2**20), ("grpc.so_reuseport", 0)],
        )
        for service, rpcs in self.services.items():
            handlers = {name: self._served(service, name, rpc) for name, rpc in rpcs.items()}
            server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
        bound = server.add_insecure_port(f"127.0.0.1:{port}")
        server.start()
        return server, bound

    def _served(self, service: str, method: str, rpc: Rpc) -> grpc.RpcMethodHandler:
        def call_of(context: grpc.ServicerContext) -> Call:
            return Call(tuple(context.invocation_metadata()), context.is_active, context.add_callback)

        def unary(request: Any, context: grpc.ServicerContext) -> Any:
            try:
                return self.call(service, method, request, call_of(context))
            except RpcError as error:
                context.abort(error.code, error.message)

        def stream(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
            try:
                yield from self.call(service, method, request, call_of(context))
            except RpcError as error:
                context.abort(error.code, error.message)

        make = getattr(grpc, f"{rpc.kind}_rpc_method_handler")
        handler: grpc.RpcMethodHandler = make(
            unary if rpc.kind == "unary_unary" else stream,
            request_deserializer=rpc.request.FromString,
            response_serializer=rpc.response.SerializeToString,
        )
        return handler
