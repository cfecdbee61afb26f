"""No function reaches an SDK that it does not use, for what a function imports is what is deployed."""

from __future__ import annotations

import ast
from functools import cache

import grimp
import pytest

from scripts.catalogue import ROOT, load, source_of

SDKS = {
    "google.cloud.firestore": "firestore",
    "google.cloud.tasks_v2": "tasks",
    "google.pubsub_v1": "pubsub",
    "google.cloud.secretmanager_v1": "secrets",
    "openai": "openai",
    "httpx": "httpx",
    "boto3": "s3",
}
KERNEL = {"firestore", "tasks"}
VENDOR = {"secrets", "httpx"}
USED = {
    "receive_hubspot": KERNEL | {"secrets"},
    "connect_gmail": {"firestore"} | VENDOR,
    "receive_opt_out": KERNEL | {"secrets", "pubsub"},
    "serve_api": KERNEL | VENDOR,
    "poll_forms": KERNEL | VENDOR,
    "receive_gmail": KERNEL,
    "sync_mailboxes": KERNEL | VENDOR,
    "renew_watch": {"firestore"} | VENDOR,
    "watch_drafts": KERNEL | VENDOR,
    "read_reply": KERNEL | VENDOR | {"pubsub"},
    "withdraw_draft": KERNEL | VENDOR,
    "await_approval": KERNEL | {"pubsub"},
    "send_draft": KERNEL | VENDOR | {"pubsub"},
    "expire_drafts": KERNEL | {"pubsub"},
    "log_send": KERNEL | VENDOR,
    "log_outcome": KERNEL | VENDOR,
    "close_task": KERNEL | VENDOR,
    "resolve_identity": KERNEL | VENDOR,
    "create_contact": KERNEL | VENDOR,
    "read_thread": KERNEL | VENDOR | {"openai"},
    "gather_context": KERNEL | VENDOR,
    "plan_next_step": KERNEL | VENDOR | {"openai"},
    "write_draft": KERNEL | VENDOR | {"openai"},
    "gate_draft": KERNEL | {"pubsub"},
    "file_draft": KERNEL | VENDOR | {"pubsub"},
    "log_note": KERNEL | VENDOR,
    "log_task": KERNEL | VENDOR,
    "watch_controls": {"firestore"},
    "requeue_stuck": KERNEL | {"pubsub"},
    "resume_erasures": {"firestore"} | VENDOR,
    "archive_audit": {"firestore", "secrets", "s3"},
    "roll_up_stats": {"firestore"},
}


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("functions", "shared", exclude_type_checking_imports=True)


def type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imports_of(module: str) -> set[str]:
    """Names that a module's own text imports, also inside functions, but not for type checking alone."""
    path = ROOT / (module.replace(".", "/") + ".py")
    if not path.exists():
        path = ROOT / module.replace(".", "/") / "__init__.py"
    found: set[str] = set()
    nodes: list[ast.AST] = [ast.parse(path.read_text())]
    while nodes:
        node = nodes.pop()
        if type_checking(node):
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        nodes.extend(ast.iter_child_nodes(node))
    return found


def reached(function: str) -> set[str]:
    """The SDKs that a function reaches through everything it imports."""
    start = str(source_of(function).relative_to(ROOT).with_suffix("")).replace("/", ".")
    modules = {start, *graph().find_upstream_modules(start)}
    names = set().union(*(imports_of(module) for module in modules))
    return {
        sdk for prefix, sdk in SDKS.items() if any(n == prefix or n.startswith(prefix + ".") for n in names)
    }


@pytest.mark.parametrize("function", list(load().functions))
def test_a_function_reaches_only_the_sdks_it_uses(function: str) -> None:
    assert reached(function) == USED[function]


@pytest.mark.parametrize("function", list(load().functions))
def test_what_holds_a_secret_may_read_it_and_nobody_else(function: str) -> None:
    assert ("secrets" in USED[function]) == bool(load().functions[function].secrets)


def test_no_function_carries_httplib2() -> None:
    """It sends a POST twice when the connection drops."""
    for function in load().functions:
        start = str(source_of(function).relative_to(ROOT).with_suffix("")).replace("/", ".")
        for module in {start, *graph().find_upstream_modules(start)}:
            assert not any(
                name.split(".")[0] in {"httplib2", "googleapiclient"} for name in imports_of(module)
            )
