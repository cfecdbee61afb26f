"""uses.yaml says of each function what its code does to queues and topics, no more and no less."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import grimp
import yaml

from scripts.catalogue import ROOT, load, source_of
from shared.jobs import announcement
from shared.jobs.playbooks import PLAYBOOKS

USES: dict[str, dict[str, list[str]]] = yaml.safe_load((ROOT / "terraform/whisper/uses.yaml").read_text())


@cache
def graph() -> Any:
    return grimp.build_graph("functions", "shared", exclude_type_checking_imports=True, cache_dir=None)


def module_of(function: str) -> str:
    return ".".join(source_of(function).relative_to(ROOT).with_suffix("").parts)


@cache
def carried(function: str) -> frozenset[str]:
    """The modules that a function reaches."""
    module = module_of(function)
    return frozenset(graph().find_upstream_modules(module)) | {module}


def reaching(modules: set[str]) -> set[str]:
    return {function for function in load().functions if carried(function) & modules}


def calling(modules: set[str]) -> set[str]:
    """The functions that import one of these themselves: it is what they run, and not a word that they borrow."""
    direct = {f: graph().find_modules_directly_imported_by(module_of(f)) for f in load().functions}
    return {function for function, imported in direct.items() if imported & modules}


def saying(text: str) -> set[str]:
    """The modules of shared whose text has these words."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "shared").rglob("*.py")
        if re.search(text, path.read_text())
    }


def queues_of_stages() -> set[str]:
    routing = load().routing()
    return {str(routing[stage]["queue"]) for book in PLAYBOOKS.values() for stage in book.stages}


def test_a_function_may_enqueue_where_its_code_does() -> None:
    routing = load().routing()
    wanted: dict[str, set[str]] = {}
    for function in reaching({"shared.runtime.settle"}):
        wanted.setdefault(function, set()).update(queues_of_stages())
    polled, synced = str(routing["poll_forms"]["queue"]), str(routing["sync_mailboxes"]["queue"])
    for function in calling(saying(r"\binbox\.poll_soon\(")):
        wanted.setdefault(function, set()).add(polled)
    for function in reaching({"shared.runtime.sync_soon"}):
        wanted.setdefault(function, set()).add(synced)
    assert {name: set(queues) for name, queues in USES["enqueues"].items()} == wanted


def test_only_two_calls_are_no_stages() -> None:
    said = [
        name
        for path in (ROOT / "shared").rglob("*.py")
        for name in re.findall(
            r"call_once_a_slot\(\s*(?:self\._world|world),\s*(\"?\w+\"?)", path.read_text()
        )
    ]
    assert sorted(said) == ['"poll_forms"', "SYNC"], (
        "another function is called so: give its callers that queue"
    )


def test_a_function_may_look_into_queues_where_its_code_does() -> None:
    wanted = {function: queues_of_stages() for function in reaching(saying(r"\)\.(holds|answers)\("))}
    assert {name: set(queues) for name, queues in USES["inspects"].items()} == wanted


def test_a_function_may_publish_where_its_code_does() -> None:
    wanted = {function: {announcement.TOPIC} for function in reaching({"shared.runtime.publish"})}
    assert {name: set(topics) for name, topics in USES["publishes"].items()} == wanted


def test_a_function_may_fill_secrets_where_its_code_does() -> None:
    wanted = reaching({"shared.connectors.secret_versions"})
    per_mailbox = {name for name, secret in load().secrets.items() if secret.per_mailbox}
    assert {name: set(secrets) for name, secrets in USES["fills"].items()} == dict.fromkeys(
        wanted, per_mailbox
    )
