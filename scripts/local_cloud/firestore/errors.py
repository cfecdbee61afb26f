"""The refusals of Firestore, each with the gRPC status that its clients translate."""

from __future__ import annotations

import grpc

from scripts.local_cloud.grpc_door import RpcError


def invalid(message: str) -> RpcError:
    return RpcError(grpc.StatusCode.INVALID_ARGUMENT, message)


def not_found(message: str) -> RpcError:
    return RpcError(grpc.StatusCode.NOT_FOUND, message)


def already_exists(message: str) -> RpcError:
    return RpcError(grpc.StatusCode.ALREADY_EXISTS, message)


def failed_precondition(message: str) -> RpcError:
    return RpcError(grpc.StatusCode.FAILED_PRECONDITION, message)


def aborted(message: str) -> RpcError:
    """The one refusal that makes a client run its transaction again."""
    return RpcError(grpc.StatusCode.ABORTED, message)
