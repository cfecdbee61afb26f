"""One place can send, two may have it sent, and a whole day of leads in DRAFT_ONLY leaves every mailbox unsent."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from scripts.catalogue import ROOT
from scripts.stack.simulation import Simulation
from tests import system

SENDS = "shared/connectors/gmail.py"
MAY_HAVE_IT_SENT = {"shared/stages/send_draft.py", "shared/operators/probing.py"}
"""The stage behind the claim, and the probe that mails a mailbox from itself."""

OTHER_WAYS = ("messages/send", "smtplib", '/send"', "emails/send", "aiosmtplib", "sendmail")


def product() -> Iterator[tuple[str, str]]:
    """Every module of the product: its path from the top, and its text."""
    for folder in ("functions", "shared"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text()


def uses_of(name: str, text: str) -> list[str]:
    """Where a method of this name is called or handed on, and where its name is looked up as a text."""
    tree = ast.parse(text)
    attributes = [each for each in ast.walk(tree) if isinstance(each, ast.Attribute)]
    uses = [f"line {each.lineno}" for each in attributes if each.attr == name]
    looked_up = ("getattr", "attrgetter", "methodcaller")
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call)]
    return uses + [
        f"line {call.lineno}"
        for call in calls
        if isinstance(call.func, (ast.Name, ast.Attribute))
        and (call.func.id if isinstance(call.func, ast.Name) else call.func.attr) in looked_up
        and any(isinstance(each, ast.Constant) and each.value == name for each in call.args)
    ]


def test_one_line_of_the_product_names_the_call_that_sends() -> None:
    named = [
        (path, line.strip())
        for path, text in product()
        for line in text.splitlines()
        if "drafts/send" in line
    ]
    assert [path for path, _ in named] == [SENDS], named
    tree = ast.parse((ROOT / SENDS).read_text())
    (sending,) = [
        each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and each.name == "send_draft"
    ]
    assert "drafts/send" in ast.unparse(sending)


def test_no_code_of_the_product_names_another_way_to_send() -> None:
    for path, text in product():
        for way in OTHER_WAYS:
            assert way not in text.replace('/drafts/send"', ""), f"{path} names {way}"


def test_only_the_stage_behind_the_claim_and_the_probe_have_a_draft_sent() -> None:
    callers = {path: uses for path, text in product() if (uses := uses_of("send_draft", text))}
    assert set(callers) == MAY_HAVE_IT_SENT, callers
    assert len(callers["shared/operators/probing.py"]) == 1


def test_only_the_doctors_option_probes() -> None:
    """The probe sends without a claim, so that nothing in the product may start it by itself."""
    asked = {path for path, text in product() if "probe_gmail" in text}
    assert asked == {"shared/operators/probing.py"}
    scripts = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "scripts").rglob("*.py")
        if "import" in (text := path.read_text()) and "probe_gmail(" in text
    }
    assert scripts == {"scripts/command_line/probing.py"}


def test_a_way_around_is_seen() -> None:
    for way in ("box.send_draft(a, b, c)", "run(box.send_draft)", "getattr(box, 'send_draft')(a)"):
        assert uses_of("send_draft", way) == ["line 1"], way
    assert uses_of("send_draft", "send_draft = 'send_draft'\ndef send_draft(): ...") == []


def test_many_leads_send_nothing(simulation: Simulation) -> None:
    for number in range(8):
        fields = system.lead(email=f"person{number}@company{number}.example", firstname=f"Person {number}")
        simulation.deliver(simulation.submit(fields)["requests"]["form"])
    simulation.run()
    assert len(system.drafts(simulation)) == 8
    assert system.effects(simulation)["sent"] == 0
    assert not [
        request for request in simulation.sandbox.requests.listed("gmail", 0) if "send" in request["path"]
    ]
