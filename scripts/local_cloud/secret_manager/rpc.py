"""google.cloud.secretmanager.v1.SecretManagerService as a table of RPCs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from google.cloud.secretmanager_v1.types import service
from google.protobuf.empty_pb2 import Empty

from scripts.local_cloud.grpc_door import Rpc
from scripts.local_cloud.protos import page
from scripts.local_cloud.secret_manager.engine import (
    DESTROYED,
    DISABLED,
    ENABLED,
    Accessed,
    Secret,
    SecretManagerEngine,
    Version,
)

SERVICE = "google.cloud.secretmanager.v1.SecretManagerService"


def services(engine: SecretManagerEngine) -> dict[str, Mapping[str, Rpc]]:
    """The service by its full name."""

    def rpc(answer: Callable[[Any], Any], request: Any, response: Any) -> Rpc:
        return Rpc(lambda r, _: answer(r), request.pb(), response)

    def list_secrets(r: Any) -> Any:
        found = engine.secrets(r.parent)
        secrets, token = page(found, r.page_size, r.page_token)
        return service.ListSecretsResponse.pb()(secrets=secrets, next_page_token=token, total_size=len(found))

    def list_versions(r: Any) -> Any:
        found = engine.versions(r.parent)
        versions, token = page(found, r.page_size, r.page_token)
        return service.ListSecretVersionsResponse.pb()(
            versions=versions, next_page_token=token, total_size=len(found)
        )

    def delete(r: Any) -> Any:
        engine.delete(r.name)
        return Empty()

    def to(state: int) -> Callable[[Any], Any]:
        return lambda r: engine.set_state(r.name, state)

    s = service
    return {
        SERVICE: {
            "ListSecrets": rpc(list_secrets, s.ListSecretsRequest, s.ListSecretsResponse.pb()),
            "CreateSecret": rpc(
                lambda r: engine.create(r.parent, r.secret_id, r.secret), s.CreateSecretRequest, Secret
            ),
            "AddSecretVersion": rpc(
                lambda r: engine.add_version(r.parent, r.payload), s.AddSecretVersionRequest, Version
            ),
            "GetSecret": rpc(lambda r: engine.get(r.name), s.GetSecretRequest, Secret),
            "UpdateSecret": rpc(
                lambda r: engine.update(r.secret, list(r.update_mask.paths)), s.UpdateSecretRequest, Secret
            ),
            "DeleteSecret": rpc(delete, s.DeleteSecretRequest, Empty),
            "ListSecretVersions": rpc(
                list_versions, s.ListSecretVersionsRequest, s.ListSecretVersionsResponse.pb()
            ),
            "GetSecretVersion": rpc(lambda r: engine.get_version(r.name), s.GetSecretVersionRequest, Version),
            "AccessSecretVersion": rpc(
                lambda r: engine.access(r.name), s.AccessSecretVersionRequest, Accessed
            ),
            "DisableSecretVersion": rpc(to(DISABLED), s.DisableSecretVersionRequest, Version),
            "EnableSecretVersion": rpc(to(ENABLED), s.EnableSecretVersionRequest, Version),
            "DestroySecretVersion": rpc(to(DESTROYED), s.DestroySecretVersionRequest, Version),
        }
    }
