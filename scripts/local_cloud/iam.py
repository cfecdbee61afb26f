"""google.iam.v1.IAMPolicy: keeps the policies it is given and grants everything."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from google.iam.v1 import iam_policy_pb2, policy_pb2

from scripts.local_cloud.disk import Disk
from scripts.local_cloud.grpc_door import Call, Rpc

SERVICE = "google.iam.v1.IAMPolicy"


def services(disk: Disk) -> dict[str, Mapping[str, Rpc]]:
    """The service by its full name."""
    disk.create("CREATE TABLE IF NOT EXISTS iam_policies (resource TEXT PRIMARY KEY, message BLOB NOT NULL)")

    def get(request: Any, _: Call) -> Any:
        rows = disk.rows("SELECT message FROM iam_policies WHERE resource = ?", (request.resource,))
        return policy_pb2.Policy.FromString(rows[0][0]) if rows else policy_pb2.Policy(etag=b"ACAB")

    def put(request: Any, _: Call) -> Any:
        policy = policy_pb2.Policy()
        policy.CopyFrom(request.policy)
        policy.etag = hashlib.sha256(policy.SerializeToString(deterministic=True)).digest()[:8]
        disk.write(
            "INSERT OR REPLACE INTO iam_policies VALUES (?, ?)",
            (request.resource, policy.SerializeToString()),
        )
        return policy

    def test(request: Any, _: Call) -> Any:
        return iam_policy_pb2.TestIamPermissionsResponse(permissions=request.permissions)

    return {
        SERVICE: {
            "GetIamPolicy": Rpc(get, iam_policy_pb2.GetIamPolicyRequest, policy_pb2.Policy),
            "SetIamPolicy": Rpc(put, iam_policy_pb2.SetIamPolicyRequest, policy_pb2.Policy),
            "TestIamPermissions": Rpc(
                test, iam_policy_pb2.TestIamPermissionsRequest, iam_policy_pb2.TestIamPermissionsResponse
            ),
        }
    }
