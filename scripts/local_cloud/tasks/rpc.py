"""google.cloud.tasks.v2.CloudTasks as a table of RPCs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from google.cloud.tasks_v2.types import cloudtasks
from google.protobuf.empty_pb2 import Empty

from scripts.local_cloud.grpc_door import Call, Rpc
from scripts.local_cloud.protos import page
from scripts.local_cloud.tasks.engine import TasksEngine
from scripts.local_cloud.tasks.store import QueueMessage, TaskMessage

SERVICE = "google.cloud.tasks.v2.CloudTasks"


def services(engine: TasksEngine) -> dict[str, Mapping[str, Rpc]]:
    """The service by its full name."""

    def rpc(answer: Callable[[Any, Call], Any], request: Any, response: Any) -> Rpc:
        return Rpc(answer, request.pb(), response)

    def list_queues(r: Any, _: Call) -> Any:
        queues, token = page(engine.queues(r.parent), r.page_size, r.page_token)
        return cloudtasks.ListQueuesResponse.pb()(queues=queues, next_page_token=token)

    def list_tasks(r: Any, _: Call) -> Any:
        tasks, token = page(engine.tasks(r.parent, r.response_view), r.page_size, r.page_token)
        return cloudtasks.ListTasksResponse.pb()(tasks=tasks, next_page_token=token)

    def delete_queue(r: Any, _: Call) -> Any:
        engine.delete_queue(r.name)
        return Empty()

    def delete_task(r: Any, _: Call) -> Any:
        engine.delete_task(r.name)
        return Empty()

    t, queue, task = cloudtasks, QueueMessage, TaskMessage
    return {
        SERVICE: {
            "ListQueues": rpc(list_queues, t.ListQueuesRequest, t.ListQueuesResponse.pb()),
            "GetQueue": rpc(lambda r, _: engine.get_queue(r.name), t.GetQueueRequest, queue),
            "CreateQueue": rpc(
                lambda r, _: engine.create_queue(r.parent, r.queue), t.CreateQueueRequest, queue
            ),
            "UpdateQueue": rpc(
                lambda r, _: engine.update_queue(r.queue, list(r.update_mask.paths)),
                t.UpdateQueueRequest,
                queue,
            ),
            "DeleteQueue": rpc(delete_queue, t.DeleteQueueRequest, Empty),
            "PurgeQueue": rpc(lambda r, _: engine.purge(r.name), t.PurgeQueueRequest, queue),
            "PauseQueue": rpc(lambda r, _: engine.pause(r.name, True), t.PauseQueueRequest, queue),
            "ResumeQueue": rpc(lambda r, _: engine.pause(r.name, False), t.ResumeQueueRequest, queue),
            "ListTasks": rpc(list_tasks, t.ListTasksRequest, t.ListTasksResponse.pb()),
            "GetTask": rpc(lambda r, _: engine.get_task(r.name, r.response_view), t.GetTaskRequest, task),
            "CreateTask": rpc(engine.create_task, t.CreateTaskRequest, task),
            "DeleteTask": rpc(delete_task, t.DeleteTaskRequest, Empty),
            "RunTask": rpc(lambda r, _: engine.run_task(r.name, r.response_view), t.RunTaskRequest, task),
        }
    }
