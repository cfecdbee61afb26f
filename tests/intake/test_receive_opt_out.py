"""The button to unsubscribe: it stops all mail to the person at once, and looking at it changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import urlsplit

import pytest

from scripts.local_cloud.faults import Fault
from scripts.stack.simulation import HOST, Simulation
from scripts.stack.tenant import TENANT
from shared.connectors.opt_out_token import Person, sealed
from shared.jobs.announcement import Announcement
from shared.jobs.audit import DRAFT_REJECTED, SUPPRESSION_CHANGED, AuditEntry
from shared.jobs.company import CompanyRecord
from shared.jobs.contact import Contact
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Status
from shared.jobs.rules import Suppression, SuppressionReason
from shared.policy.letter import differences
from shared.runtime.entry import MAX_BUTTON_BYTES
from shared.runtime.wire.opt_out import opt_out_url
from shared.runtime.wire.secrets import address_key_of
from tests import system
from tests.intake.test_receive_hubspot import add_version

PRESSED = b"List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"
STRANGER = "0" * 40
"""A contact id that nobody has."""


def filed(simulation: Simulation) -> Draft:
    """Ana's lead, answered: the draft lies in the mailbox and its job waits for a person."""
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    (draft,) = system.drafts(simulation)
    assert (draft.state, system.job(simulation).status) == (DraftState.PENDING, Status.WAITING)
    return draft


def link(simulation: Simulation, contact_id: str = STRANGER, *, tenant: str = TENANT) -> str:
    """A person's link, as path and query."""
    return local(opt_out_url(simulation.world, tenant)(contact_id))


def local(url: str) -> str:
    assert url.startswith(f"{HOST}/receive_opt_out?t=")
    return url.removeprefix(f"{HOST}/")


def ana(simulation: Simulation) -> str:
    return address_key_of(simulation.world, system.ANA)


def lying(simulation: Simulation, draft: Draft) -> list[str]:
    """The drafts in the mailbox of a draft's sender."""
    return [str(each["id"]) for each in simulation.sandbox.gmail.mailbox(draft.sender).drafts()]


def look(simulation: Simulation, to: str) -> Any:
    return simulation.call(to, method="GET")


def press(simulation: Simulation, to: str, body: bytes = PRESSED, type_: str | None = FORM) -> Any:
    return simulation.call(to, headers={"Content-Type": type_} if type_ else {}, body=body)


def suppressions(simulation: Simulation) -> list[Suppression]:
    return system.every(simulation, "suppressions", Suppression)


def audit(simulation: Simulation, kind: str) -> list[AuditEntry]:
    return [each for each in system.every(simulation, "audit", AuditEntry) if each.kind == kind]


def announced(simulation: Simulation) -> list[str]:
    """The types of what is in the outbox; what was published is there no longer."""
    return [each.type for each in system.every(simulation, "outbox", Announcement)]


def writes(simulation: Simulation) -> int:
    total = simulation.cloud.counts.total()
    return total["writes"] + total["deletes"] + total["tasks"]


# End to end


def test_the_link_in_a_mails_headers_stops_all_mail_to_the_person(simulation: Simulation) -> None:
    draft = filed(simulation)
    mailbox = simulation.sandbox.gmail.mailbox(draft.sender)
    filed_raw = next(
        raw
        for raw in (doc["raw"].encode("latin-1") for doc in mailbox.messages())
        if b"List-Unsubscribe" in raw
    )
    for raw in (draft.raw, filed_raw):
        mail = message_from_bytes(raw, policy=policy.SMTP)
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        found = re.fullmatch(r"<(\S+)>", str(mail["List-Unsubscribe"]))
        assert found is not None
        assert found[1] == draft.opt_out_url
    assert differences(draft) == ()
    assert press(simulation, local(found[1])).status_code == 200
    (entry,) = suppressions(simulation)
    assert (entry.id, entry.tenant, entry.reason) == (ana(simulation), TENANT, SuppressionReason.OPT_OUT)
    assert entry.expire_at is None
    simulation.clock.advance_to((simulation.clock.now() + timedelta(days=400)).timestamp())
    simulation.deliver(simulation.submit(system.lead(message="Could you call me?"))["requests"]["form"])
    simulation.run()
    assert len(system.drafts(simulation)) == 1, "nobody writes to them again"
    newest = system.jobs(simulation)[-1]
    assert newest.status in (Status.STOPPED, Status.REJECTED)


def test_the_open_draft_is_taken_back_out_of_the_mailbox(simulation: Simulation) -> None:
    draft = filed(simulation)
    assert lying(simulation, draft) == [draft.gmail_draft_id]
    press(simulation, local(draft.opt_out_url))
    simulation.run()
    (after,) = system.drafts(simulation)
    assert after.state is DraftState.REJECTED
    assert lying(simulation, draft) == []
    assert system.job(simulation).is_final
    (contact,) = system.every(simulation, "contacts", Contact)
    assert contact.open_draft is None


def test_it_is_written_down_with_who_pressed_and_told_to_whoever_wants_to_hear(
    simulation: Simulation,
) -> None:
    draft = filed(simulation)
    simulation.cloud.counts.reset()
    press(simulation, local(draft.opt_out_url))
    (entry,) = audit(simulation, SUPPRESSION_CHANGED)
    assert (entry.subject, entry.actor) == (ana(simulation), "the person, by one click")
    assert (entry.before, entry.after) == ("not suppressed", "OPT_OUT")
    (rejected,) = audit(simulation, DRAFT_REJECTED)
    assert rejected.subject == draft.id
    assert announced(simulation) == [], "it is published"
    simulation.run()
    (day,) = simulation.world.database.collection(f"tenants/{TENANT}/stats").values()
    assert "opted_out" in json.dumps(day, default=str)


def test_it_costs_what_its_row_says(simulation: Simulation) -> None:
    draft = filed(simulation)
    simulation.cloud.counts.reset()
    press(simulation, local(draft.opt_out_url))
    spent = simulation.cloud.counts.total()
    cost = simulation.catalogue.functions["receive_opt_out"].cost
    assert (spent["reads"], spent["writes"], spent["tasks"]) == (cost.reads, cost.writes, cost.tasks)


@pytest.mark.parametrize("known", [True, False])
def test_it_works_when_the_persons_documents_are_gone(simulation: Simulation, known: bool) -> None:
    """After an erasure the link still stops what would begin anew."""
    draft = filed(simulation)
    client = simulation.world.database.client
    for each in ("contacts", "drafts", "jobs"):
        for snapshot in client.collection(f"tenants/{TENANT}/{each}").stream():
            if each == "contacts" or not known:
                snapshot.reference.delete()
    assert press(simulation, local(draft.opt_out_url)).status_code == 200
    (entry,) = suppressions(simulation)
    assert (entry.id, entry.reason) == (draft.contact_id, SuppressionReason.OPT_OUT)


def test_a_contact_that_cannot_be_read_is_stopped_all_the_same(simulation: Simulation) -> None:
    draft = filed(simulation)
    path = f"tenants/{TENANT}/contacts/{draft.contact_id}"
    simulation.world.database.client.document(path).set({"id": 7})
    assert press(simulation, local(draft.opt_out_url)).status_code == 200
    assert len(suppressions(simulation)) == 1


def test_a_stop_works_while_everything_is_stopped(simulation: Simulation) -> None:
    draft = filed(simulation)
    system.set_flags(simulation, kill_switch=True)
    assert press(simulation, local(draft.opt_out_url)).status_code == 200
    assert len(suppressions(simulation)) == 1
    simulation.run(until=simulation.clock.now() + timedelta(minutes=20))
    assert lying(simulation, draft) == [draft.gmail_draft_id], "the mailbox is not touched"
    system.set_flags(simulation, kill_switch=False)
    simulation.run()
    assert lying(simulation, draft) == []


# Once


@pytest.mark.parametrize(("typed", "pauses"), [("true", 1), ("no", 0), ("ja", 0)])
def test_a_switch_typed_as_text_is_understood_as_the_settings_are(
    simulation: Simulation, typed: str, pauses: int
) -> None:
    database, now = simulation.world.database, simulation.clock.now()
    database.client.document(f"tenants/{TENANT}").update({"pause_company_on_reply": typed})
    known = Contact(
        id=STRANGER, tenant=TENANT, address=system.ANA, company_crm_id="7", created_at=now, updated_at=now
    )
    database.commit([known])
    assert press(simulation, link(simulation)).status_code == 200
    assert len(suppressions(simulation)) == 1
    assert len(system.every(simulation, "companies", CompanyRecord)) == pauses


def test_ten_presses_are_one_change(simulation: Simulation) -> None:
    draft = filed(simulation)
    pages = [press(simulation, local(draft.opt_out_url)) for _ in range(10)]
    assert {page.status_code for page in pages} == {200}
    assert len({page.get_data() for page in pages}) == 1
    assert len(audit(simulation, SUPPRESSION_CHANGED)) == 1
    assert len(audit(simulation, DRAFT_REJECTED)) == 1
    assert len(suppressions(simulation)) == 1


def test_a_second_press_writes_nothing(simulation: Simulation) -> None:
    draft = filed(simulation)
    press(simulation, local(draft.opt_out_url))
    simulation.run()
    simulation.cloud.counts.reset()
    press(simulation, local(draft.opt_out_url))
    assert writes(simulation) == 0


def test_a_bounce_becomes_an_opt_out_and_a_complaint_stays_one(simulation: Simulation) -> None:
    database, now = simulation.world.database, simulation.clock.now()
    for digit, reason in (("1", SuppressionReason.BOUNCED), ("2", SuppressionReason.COMPLAINT)):
        database.commit(
            [Suppression(id=digit * 40, tenant=TENANT, reason=reason, actor="rule", created_at=now)]
        )
        press(simulation, link(simulation, digit * 40))
    held = {each.id[0]: each.reason for each in suppressions(simulation)}
    assert held == {"1": SuppressionReason.OPT_OUT, "2": SuppressionReason.COMPLAINT}


# A GET only looks


def test_looking_never_changes_anything_and_reads_nothing_either(simulation: Simulation) -> None:
    draft = filed(simulation)
    simulation.cloud.counts.reset()
    for _ in range(5):
        assert look(simulation, local(draft.opt_out_url)).status_code == 200
    query = local(draft.opt_out_url) + "&List-Unsubscribe=One-Click"
    assert look(simulation, query).status_code == 200
    assert simulation.call(local(draft.opt_out_url), method="GET", body=PRESSED).status_code == 400
    total = simulation.cloud.counts.total()
    assert not any(total.values()), total
    assert suppressions(simulation) == []


def test_the_page_has_one_button_which_posts_to_its_own_address(simulation: Simulation) -> None:
    to = link(simulation)
    html = look(simulation, to).get_data(as_text=True)
    assert html.count("<form") == html.count("<button") == 1
    assert '<form method="post">' in html, "without an action it goes where the page came from"
    button = re.search(r'<button name="([^"]+)" value="([^"]+)">', html)
    assert button is not None
    assert urlsplit(to).query not in html
    page = press(simulation, to, f"{button[1]}={button[2]}".encode())
    assert page.status_code == 200
    assert "You will not be mailed again" in page.get_data(as_text=True)
    assert len(suppressions(simulation)) == 1


def test_known_and_unknown_people_are_answered_alike(simulation: Simulation) -> None:
    draft = filed(simulation)
    for act in (look, press, press):
        one, other = act(simulation, local(draft.opt_out_url)), act(simulation, link(simulation))
        assert one.status_code == other.status_code == 200
        assert one.get_data() == other.get_data()
        assert dict(one.headers) == dict(other.headers)


# What is refused


BAD: dict[str, Callable[[str], str]] = {
    "no token": lambda to: to.partition("?")[0],
    "an empty one": lambda to: to.partition("=")[0] + "=",
    "a changed one": lambda to: to[:-1] + ("A" if to[-1] != "A" else "B"),
    "a short one": lambda to: to[:-4],
    "a long one": lambda to: to + "A" * 4000,
    "two": lambda to: f"{to}&t={to.partition('=')[2]}",
    "another name": lambda to: to.replace("?t=", "?token="),
    "too many fields": lambda to: to + "&a=1" * 50,
    "no token at all": lambda to: to.partition("?")[0] + "?t=%00%ff../../x",
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_link_is_told_nothing_and_nothing_is_stored(simulation: Simulation, kind: str) -> None:
    bad = BAD[kind](link(simulation))
    simulation.cloud.counts.reset()
    pages = [look(simulation, bad), press(simulation, bad), press(simulation, bad, b"x=1")]
    assert {page.status_code for page in pages} == {404}
    assert len({page.get_data() for page in pages}) == 1
    assert not any(simulation.cloud.counts.total().values())


def test_a_link_of_another_key_is_none(simulation: Simulation) -> None:
    forged = f"receive_opt_out?t={sealed('f' * 64, Person(TENANT, STRANGER))}"
    assert press(simulation, forged).status_code == 404
    assert suppressions(simulation) == []


def test_a_link_of_another_tenant_stops_that_tenants_mail_alone(simulation: Simulation) -> None:
    press(simulation, link(simulation, ana(simulation), tenant="acme"))
    assert [(each.tenant, each.id) for each in suppressions(simulation)] == [("acme", ana(simulation))]


@pytest.mark.parametrize(
    ("body", "type_"),
    [
        (b"", FORM),
        (b"List-Unsubscribe=", FORM),
        (b"List-Unsubscribe=one-click-no", FORM),
        (b"list=One-Click", FORM),
        (b'{"List-Unsubscribe": "One-Click"}', "application/json"),
        (PRESSED, "text/plain"),
        (PRESSED, "multipart/form-data"),
        (PRESSED, "multipart/form-data; boundary=b"),
        (b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\nOne-Click\r\n--b--\r\n',
         "multipart/form-data; boundary=b"),
        (b"\xff\xfe" + PRESSED, FORM),
        (b"a=1&" * 100 + PRESSED, FORM),
    ],
)  # fmt: skip
def test_a_post_that_is_no_press_changes_nothing(simulation: Simulation, body: bytes, type_: str) -> None:
    assert press(simulation, link(simulation), body, type_).status_code == 400
    assert suppressions(simulation) == []


@pytest.mark.parametrize(
    ("body", "type_"),
    [
        (PRESSED, FORM),
        (PRESSED, f"{FORM}; charset=UTF-8"),
        (PRESSED, None),
        (b"utm=1&" + PRESSED, FORM),
        (PRESSED + b"\r\n", FORM),
        (b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
         "multipart/form-data; boundary=b"),
        (b'--"q\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
         b'--"q\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\nContent-Type: text/plain\r\n\r\n'
         b'One-Click\r\n--"q--\r\n', 'Multipart/Form-Data; boundary="\\"q"'),
    ],
)  # fmt: skip
def test_both_encodings_of_the_standard_are_a_press(
    simulation: Simulation, body: bytes, type_: str | None
) -> None:
    assert press(simulation, link(simulation), body, type_).status_code == 200
    assert len(suppressions(simulation)) == 1


def test_a_body_over_the_cap_is_refused_before_it_is_read(simulation: Simulation) -> None:
    padded = PRESSED + b"&x=" + b"1" * MAX_BUTTON_BYTES
    assert press(simulation, link(simulation), padded).status_code == 413
    assert suppressions(simulation) == []


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"])
def test_other_methods_are_refused(simulation: Simulation, method: str) -> None:
    page = simulation.call(link(simulation), method=method, body=b"" if method == "HEAD" else PRESSED)
    assert page.status_code == 405
    assert page.headers["Allow"] == "GET, POST"
    assert suppressions(simulation) == []


def test_no_page_is_kept_framed_scripted_or_redirected_and_none_sets_a_cookie(simulation: Simulation) -> None:
    to = link(simulation)
    for page in (
        look(simulation, to),
        press(simulation, to, b""),
        press(simulation, to),
        look(simulation, to[:-1]),
    ):
        said = page.headers
        assert said["Cache-Control"] == "no-store"
        assert said["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in said["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in said["Content-Security-Policy"]
        assert not {"Set-Cookie", "Location"} & set(said.keys())
        assert "<script" not in page.get_data(as_text=True)
    assert "form-action 'self'" in look(simulation, to).headers["Content-Security-Policy"]
    assert "form-action 'none'" in press(simulation, to).headers["Content-Security-Policy"]


def test_no_log_line_holds_a_token(simulation: Simulation, capsys: pytest.CaptureFixture[str]) -> None:
    draft = filed(simulation)
    capsys.readouterr()
    to = local(draft.opt_out_url)
    token = to.partition("=")[2]
    for act in (look, press, press):
        act(simulation, to)
    press(simulation, to[:-1])
    simulation.run()
    said = capsys.readouterr().out
    assert "opted_out" in said
    assert token[:20] not in said


# What is not there


def test_while_firestore_is_not_there_providers_are_asked_to_try_again(simulation: Simulation) -> None:
    to = link(simulation)
    simulation.cloud.faults.add(Fault(service="Firestore", method="Commit", mode="refuse"))
    assert press(simulation, to).status_code == 503
    assert press(simulation, to).status_code == 200
    assert len(audit(simulation, SUPPRESSION_CHANGED)) == 1


def test_a_press_that_meets_another_writer_is_written_after_it(simulation: Simulation) -> None:
    draft = filed(simulation)
    simulation.cloud.faults.add(Fault(service="Firestore", method="Commit", mode="refuse", code="ABORTED"))
    assert press(simulation, local(draft.opt_out_url)).status_code == 200
    assert len(audit(simulation, SUPPRESSION_CHANGED)) == 1


def test_a_press_whose_answer_was_lost_is_one_change_and_the_draft_leaves_all_the_same(
    simulation: Simulation,
) -> None:
    draft = filed(simulation)
    simulation.cloud.faults.add(Fault(service="Firestore", method="Commit", mode="lost_answer"))
    assert [press(simulation, local(draft.opt_out_url)).status_code for _ in range(2)] == [503, 200]
    assert len(audit(simulation, SUPPRESSION_CHANGED)) == 1
    assert lying(simulation, draft) == [draft.gmail_draft_id], "the task to delete it was never made"
    simulation.clock.advance(3600)
    simulation.sweep("requeue_stuck")
    simulation.run()
    assert lying(simulation, draft) == []


def test_a_press_whose_task_is_lost_stands_and_the_sweep_makes_up_for_it(simulation: Simulation) -> None:
    draft = filed(simulation)
    simulation.cloud.faults.add(Fault(service="CloudTasks", method="CreateTask", mode="refuse", times=3))
    assert press(simulation, local(draft.opt_out_url)).status_code == 200
    simulation.cloud.faults.clear()
    simulation.clock.advance(3600)
    simulation.sweep("requeue_stuck")
    simulation.run()
    assert lying(simulation, draft) == []


def test_while_its_key_cannot_be_read_providers_are_asked_to_try_again(simulation: Simulation) -> None:
    to = link(simulation)
    simulation.restart()
    simulation.cloud.faults.add(Fault(service="SecretManagerService", mode="refuse", times=3))
    for page in (look(simulation, to), press(simulation, to), press(simulation, to[:-1])):
        assert page.status_code == 503
    assert suppressions(simulation) == []
    assert press(simulation, to).status_code == 200


def test_no_mail_is_written_without_a_way_out_and_none_is_given_up_for_want_of_one(
    simulation: Simulation,
) -> None:
    to = link(simulation)
    add_version(simulation, "opt-out-key", b"short")
    simulation.restart()
    assert press(simulation, to).status_code == 200, "links that were mailed work all the same"
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run(until=simulation.clock.now() + timedelta(seconds=2))
    job = system.job(simulation)
    assert (job.stage, job.is_final) == ("write_draft", False)
    assert system.drafts(simulation) == []
    add_version(simulation, "opt-out-key", b"n" * 64)
    simulation.restart()
    simulation.run()
    (draft,) = system.drafts(simulation)
    assert draft.opt_out_url
    assert system.effects(simulation)["drafts"] == 1


def test_after_a_rotation_links_that_were_mailed_go_on_working(simulation: Simulation) -> None:
    before = link(simulation)
    add_version(simulation, "opt-out-key", b"n" * 64)
    simulation.restart()
    after = link(simulation)
    assert after != before, "new mails carry the new key's"
    assert press(simulation, before).status_code == press(simulation, after).status_code == 200
    assert len(suppressions(simulation)) == 1


def test_a_link_of_a_key_that_came_within_the_hour_works_at_once(simulation: Simulation) -> None:
    before = link(simulation)
    assert look(simulation, before).status_code == 200, "the key is known, and kept for an hour"
    add_version(simulation, "opt-out-key", b"n" * 64)
    person = Person(TENANT, STRANGER)
    fresh = f"receive_opt_out?t={sealed('n' * 64, person)}"
    assert press(simulation, fresh).status_code == 404, "so many links are made up that not each asks anew"
    simulation.clock.advance(90)
    assert press(simulation, fresh).status_code == 200
    assert len(suppressions(simulation)) == 1
    assert press(simulation, before).status_code == 200
