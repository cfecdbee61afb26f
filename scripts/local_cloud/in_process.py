"""A gRPC channel without a network: the real Google clients call the engines in the caller's own thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import grpc
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore, secretmanager_v1, tasks_v2
from google.cloud.firestore_v1.services.firestore import FirestoreClient
from google.pubsub_v1 import PublisherClient, SubscriberClient

from scripts.local_cloud.grpc_door import Call, GrpcDoor, RpcError

Serializer = Callable[[Any], bytes]
Deserializer = Callable[[bytes], Any]


class _Ended(grpc.Call, grpc.Future):
    """What every call is here: over by the time that anyone can ask about it."""

    def initial_metadata(self) -> tuple[Any, ...]:
        return ()

    def trailing_metadata(self) -> tuple[Any, ...]:
        return ()

    def is_active(self) -> bool:
        return False

    def time_remaining(self) -> float:
        return 0.0

    def cancel(self) -> bool:
        return False

    def cancelled(self) -> bool:
        return False

    def running(self) -> bool:
        return False

    def done(self) -> bool:
        return True

    def add_callback(self, callback: Callable[[], None]) -> bool:
        return False

    def add_done_callback(self, fn: Callable[[Any], None]) -> None:
        fn(self)


class CallFailed(grpc.RpcError, _Ended):
    """A refusal in the shape that google.api_core and gRPC interceptors expect of one."""

    def __init__(self, error: RpcError) -> None:
        super().__init__(f"{error.code.name}: {error.message}")
        self._error = error

    def code(self) -> grpc.StatusCode:
        return self._error.code

    def details(self) -> str:
        return self._error.message

    def result(self, timeout: float | None = None) -> NoReturn:
        raise self

    def exception(self, timeout: float | None = None) -> CallFailed:
        return self

    def traceback(self, timeout: float | None = None) -> Any:
        return self.__traceback__


class CallDone(_Ended):
    """A call that has its answer."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.OK

    def details(self) -> str:
        return ""

    def result(self, timeout: float | None = None) -> Any:
        return self._answer

    def exception(self, timeout: float | None = None) -> None:
        return None

    def traceback(self, timeout: float | None = None) -> None:
        return None


class AnswerStream(CallDone):
    """The messages of a server stream, made as they are asked for."""

    def __init__(self, answers: Iterator[Any]) -> None:
        super().__init__(None)
        self._answers = answers

    def __iter__(self) -> AnswerStream:
        return self

    def __next__(self) -> Any:
        try:
            return next(self._answers)
        except RpcError as error:
            raise CallFailed(error) from error

    def cancel(self) -> bool:
        self._answers = iter(())
        return True


class _Method:
    """One method, with the client's own way to read and write messages.

    Messages cross as bytes, so that neither side can change what the other holds.
    """

    def __init__(
        self, door: GrpcDoor, path: str, write: Serializer | None, read: Deserializer | None
    ) -> None:
        self._door = door
        self._service, self._name = path.lstrip("/").split("/")
        self._write = write or (lambda message: message.SerializeToString())
        self._read = read or (lambda data: data)

    def call(self, request: Any, metadata: Any) -> Any:
        rpc = self._door.rpc(self._service, self._name)
        message = rpc.request.FromString(self._write(request))
        return self._door.call(self._service, self._name, message, Call(tuple(metadata or ())))

    def answer(self, message: Any) -> Any:
        return self._read(message.SerializeToString())


class _UnaryUnary(_Method, grpc.UnaryUnaryMultiCallable):
    def __call__(
        self,
        request: Any,
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> Any:
        try:
            return self.answer(self.call(request, metadata))
        except RpcError as error:
            raise CallFailed(error) from error

    def with_call(
        self,
        request: Any,
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> Any:
        done = CallDone(self(request, timeout, metadata))
        return done.result(), done

    def future(
        self,
        request: Any,
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> Any:
        try:
            return CallDone(self(request, timeout, metadata))
        except CallFailed as failed:
            return failed


class _UnaryStream(_Method, grpc.UnaryStreamMultiCallable):
    def __call__(
        self,
        request: Any,
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> Any:
        def answers() -> Iterator[Any]:
            for message in self.call(request, metadata):
                yield self.answer(message)

        return AnswerStream(answers())


class _NoStream(_Method, grpc.StreamStreamMultiCallable, grpc.StreamUnaryMultiCallable):
    """Streams from the client need a thread of their own, which a channel without threads does not have."""

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        self._refuse()

    def with_call(self, *args: Any, **kwargs: Any) -> NoReturn:
        self._refuse()

    def future(self, *args: Any, **kwargs: Any) -> NoReturn:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise CallFailed(
            RpcError(
                grpc.StatusCode.UNIMPLEMENTED,
                f"{self._service}/{self._name} streams from the client; serve the local cloud to use it",
            )
        )


class InProcessChannel(grpc.Channel):
    """Give it to a transport, `Transport(channel=InProcessChannel(door))`, and the client needs no server."""

    def __init__(self, door: GrpcDoor) -> None:
        self._door = door

    def unary_unary(
        self,
        method: str,
        request_serializer: Serializer | None = None,
        response_deserializer: Deserializer | None = None,
        _registered_method: bool | None = False,
    ) -> Any:
        return _UnaryUnary(self._door, method, request_serializer, response_deserializer)

    def unary_stream(
        self,
        method: str,
        request_serializer: Serializer | None = None,
        response_deserializer: Deserializer | None = None,
        _registered_method: bool | None = False,
    ) -> Any:
        return _UnaryStream(self._door, method, request_serializer, response_deserializer)

    def stream_unary(
        self,
        method: str,
        request_serializer: Serializer | None = None,
        response_deserializer: Deserializer | None = None,
        _registered_method: bool | None = False,
    ) -> Any:
        return _NoStream(self._door, method, request_serializer, response_deserializer)

    def stream_stream(
        self,
        method: str,
        request_serializer: Serializer | None = None,
        response_deserializer: Deserializer | None = None,
        _registered_method: bool | None = False,
    ) -> Any:
        return _NoStream(self._door, method, request_serializer, response_deserializer)

    def subscribe(self, callback: Callable[[Any], None], try_to_connect: bool | None = False) -> None:
        callback(grpc.ChannelConnectivity.READY)

    def unsubscribe(self, callback: Callable[[Any], None]) -> None:
        pass

    def close(self) -> None:
        pass

    def __enter__(self) -> InProcessChannel:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def tasks_client(channel: grpc.Channel) -> tasks_v2.CloudTasksClient:
    """The real Cloud Tasks client on any channel."""
    transport = tasks_v2.CloudTasksClient.get_transport_class("grpc")
    return tasks_v2.CloudTasksClient(transport=transport(channel=channel))


def secrets_client(channel: grpc.Channel) -> secretmanager_v1.SecretManagerServiceClient:
    """The real Secret Manager client on any channel."""
    transport = secretmanager_v1.SecretManagerServiceClient.get_transport_class("grpc")
    return secretmanager_v1.SecretManagerServiceClient(transport=transport(channel=channel))


def publisher_client(channel: grpc.Channel) -> PublisherClient:
    """The Pub/Sub publisher that publishes at once, without the batching client's threads."""
    return PublisherClient(transport=PublisherClient.get_transport_class("grpc")(channel=channel))


def subscriber_client(channel: grpc.Channel) -> SubscriberClient:
    """The Pub/Sub subscriber for unary calls (pull, acknowledge, subscriptions)."""
    return SubscriberClient(transport=SubscriberClient.get_transport_class("grpc")(channel=channel))


def firestore_client(channel: grpc.Channel, project: str, database: str = "(default)") -> firestore.Client:
    """The real Firestore client on any channel."""
    client = firestore.Client(project=project, credentials=AnonymousCredentials(), database=database)
    transport = FirestoreClient.get_transport_class("grpc")
    client._firestore_api_internal = FirestoreClient(transport=transport(channel=channel))
    return client
