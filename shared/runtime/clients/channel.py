"""The channel to Google that is not the real cloud's: to a local host, or a simulation's own."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.runtime.world import World

work: ContextVar[str] = ContextVar("work", default="")
"""`<job>/<stage>` of what is running, sent to a local cloud as call metadata so that it can count costs."""

WORK_HEADER = "x-whisper-work"


def local_channel(world: World, service: str, host: str) -> Any:
    """A channel that is not the real cloud's: from the simulation or to a local host; None when deployed."""
    if world.channel is not None:
        channel = world.channel(service)
    elif host and not world.settings.deployed:
        import grpc

        channel = grpc.insecure_channel(host)
    else:
        return None
    return _counted(channel)


def _counted(channel: Any) -> Any:
    import grpc

    class Counted(
        grpc.UnaryUnaryClientInterceptor,  # type: ignore[type-arg]
        grpc.UnaryStreamClientInterceptor,  # type: ignore[type-arg]
    ):
        """Adds whose work a call is to its metadata."""

        def _with_work(self, details: Any) -> Any:
            label = work.get()
            if not label:
                return details
            metadata = [*(details.metadata or ()), (WORK_HEADER, label)]
            return details._replace(metadata=metadata)

        def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
            return continuation(self._with_work(client_call_details), request)

        def intercept_unary_stream(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
            return continuation(self._with_work(client_call_details), request)

    return grpc.intercept_channel(channel, Counted())
