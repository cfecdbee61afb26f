"""Nothing sends: the product has no code that could, and a whole day of leads leaves every mailbox unsent."""

from __future__ import annotations

from scripts.catalogue import ROOT
from scripts.stack.simulation import Simulation
from tests import system


def test_no_code_of_the_product_names_a_way_to_send() -> None:
    for folder in ("functions", "shared"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text()
            for way in ("drafts/send", "messages/send", "smtplib", '/send"', "emails/send"):
                assert way not in text, f"{path.relative_to(ROOT)} names {way}"


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
