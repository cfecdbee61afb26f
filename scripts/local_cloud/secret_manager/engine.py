"""Secret Manager: secrets and their versions, on disk."""

from __future__ import annotations

import re
import threading
from typing import Any

import grpc
from google.cloud.secretmanager_v1.types import resources, service

from scripts.local_cloud.clock import Clock
from scripts.local_cloud.disk import Disk
from scripts.local_cloud.grpc_door import RpcError
from scripts.local_cloud.protos import timestamp
from scripts.local_cloud.secret_manager.crc32c import crc32c

Secret: Any = resources.Secret.pb()
Version: Any = resources.SecretVersion.pb()
Accessed: Any = service.AccessSecretVersionResponse.pb()

ENABLED, DISABLED, DESTROYED = 1, 2, 3
STATE_NAMES = {ENABLED: "ENABLED", DISABLED: "DISABLED", DESTROYED: "DESTROYED"}
LARGEST_PAYLOAD_BYTES = 64 * 1024
CHANGEABLE = ("labels", "annotations", "topics", "version_aliases")


def _refusal(code: grpc.StatusCode, message: str) -> RpcError:
    return RpcError(code, message)


class SecretManagerEngine:
    """Reads come from disk each time: secrets are few and callers keep them for an hour."""

    def __init__(self, disk: Disk, clock: Clock) -> None:
        self._disk = disk
        self._clock = clock
        self._lock = threading.RLock()
        disk.create("CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, message BLOB NOT NULL)")
        disk.create(
            "CREATE TABLE IF NOT EXISTS secret_versions (secret TEXT NOT NULL, number INTEGER NOT NULL,"
            " message BLOB NOT NULL, payload BLOB NOT NULL, PRIMARY KEY (secret, number))"
        )

    def create(self, parent: str, secret_id: str, message: Any) -> Any:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", secret_id):
            raise _refusal(grpc.StatusCode.INVALID_ARGUMENT, f"secret_id {secret_id!r} is not valid")
        name = f"{parent}/secrets/{secret_id}"
        secret = Secret()
        secret.CopyFrom(message)
        secret.name = name
        secret.create_time.CopyFrom(timestamp(self._clock.time_s()))
        with self._lock:
            if self._disk.rows("SELECT 1 FROM secrets WHERE name = ?", (name,)):
                raise _refusal(grpc.StatusCode.ALREADY_EXISTS, f"Secret [{name}] already exists.")
            self._keep(secret)
        return secret

    def get(self, name: str) -> Any:
        rows = self._disk.rows("SELECT message FROM secrets WHERE name = ?", (name,))
        if not rows:
            raise _refusal(grpc.StatusCode.NOT_FOUND, f"Secret [{name}] not found or has no versions.")
        return Secret.FromString(rows[0][0])

    def secrets(self, parent: str) -> list[Any]:
        rows = self._disk.rows("SELECT message FROM secrets ORDER BY name")
        found = [Secret.FromString(row[0]) for row in rows]
        return [secret for secret in found if secret.name.startswith(f"{parent}/secrets/")]

    def update(self, message: Any, paths: list[str]) -> Any:
        with self._lock:
            secret = self.get(message.name)
            for path in paths:
                if path not in CHANGEABLE:
                    raise _refusal(grpc.StatusCode.INVALID_ARGUMENT, f"update_mask path {path} is not valid")
                secret.ClearField(path)
                getattr(secret, path).MergeFrom(getattr(message, path))
            self._keep(secret)
        return secret

    def delete(self, name: str) -> None:
        with self._lock, self._disk.transaction():
            self.get(name)
            self._disk.write("DELETE FROM secrets WHERE name = ?", (name,))
            self._disk.write("DELETE FROM secret_versions WHERE secret = ?", (name,))

    def add_version(self, secret: str, payload: Any) -> Any:
        """Keep a payload as the newest version. Errors: RpcError when its checksum or size is wrong."""
        if len(payload.data) > LARGEST_PAYLOAD_BYTES:
            raise _refusal(grpc.StatusCode.INVALID_ARGUMENT, "The payload is larger than 64 KiB.")
        if payload.HasField("data_crc32c") and payload.data_crc32c != crc32c(payload.data):
            raise _refusal(grpc.StatusCode.INVALID_ARGUMENT, "The payload does not match its data_crc32c.")
        with self._lock:
            self.get(secret)
            number = self._newest(secret) + 1
            version = Version(name=f"{secret}/versions/{number}", state=ENABLED)
            version.client_specified_payload_checksum = payload.HasField("data_crc32c")
            version.create_time.CopyFrom(timestamp(self._clock.time_s()))
            self._disk.write(
                "INSERT INTO secret_versions VALUES (?, ?, ?, ?)",
                (secret, number, version.SerializeToString(), payload.data),
            )
        return version

    def versions(self, secret: str) -> list[Any]:
        """The newest first."""
        self.get(secret)
        rows = self._disk.rows(
            "SELECT message FROM secret_versions WHERE secret = ? ORDER BY number DESC", (secret,)
        )
        return [Version.FromString(row[0]) for row in rows]

    def get_version(self, name: str) -> Any:
        return self._find(name)[0]

    def access(self, name: str) -> Any:
        version, payload = self._find(name)
        if version.state != ENABLED:
            state = STATE_NAMES[version.state]
            raise _refusal(
                grpc.StatusCode.FAILED_PRECONDITION,
                f"Secret Version [{version.name}] is in {state} state.",
            )
        accessed = Accessed(name=version.name)
        accessed.payload.data = payload
        accessed.payload.data_crc32c = crc32c(payload)
        return accessed

    def set_state(self, name: str, state: int) -> Any:
        with self._lock:
            version, payload = self._find(name)
            if version.state == DESTROYED and state != DESTROYED:
                raise _refusal(
                    grpc.StatusCode.FAILED_PRECONDITION, f"Secret Version [{version.name}] is DESTROYED."
                )
            version.state = state
            if state == DESTROYED:
                payload = b""
                version.destroy_time.CopyFrom(timestamp(self._clock.time_s()))
            secret, number = version.name.rsplit("/versions/", 1)
            self._disk.write(
                "UPDATE secret_versions SET message = ?, payload = ? WHERE secret = ? AND number = ?",
                (version.SerializeToString(), payload, secret, int(number)),
            )
        return version

    def _keep(self, secret: Any) -> None:
        self._disk.write(
            "INSERT OR REPLACE INTO secrets VALUES (?, ?)", (secret.name, secret.SerializeToString())
        )

    def _newest(self, secret: str) -> int:
        rows = self._disk.rows("SELECT MAX(number) FROM secret_versions WHERE secret = ?", (secret,))
        return rows[0][0] or 0

    def _find(self, name: str) -> tuple[Any, bytes]:
        """A version by number, alias or `latest`, which is the newest whatever its state."""
        secret, _, wanted = name.partition("/versions/")
        aliases = self.get(secret).version_aliases
        if wanted == "latest":
            number = self._newest(secret)
        elif wanted in aliases:
            number = aliases[wanted]
        else:
            number = int(wanted) if wanted.isdigit() else 0
        rows = self._disk.rows(
            "SELECT message, payload FROM secret_versions WHERE secret = ? AND number = ?", (secret, number)
        )
        if not rows:
            raise _refusal(grpc.StatusCode.NOT_FOUND, f"Secret Version [{name}] not found.")
        return Version.FromString(rows[0][0]), rows[0][1]
