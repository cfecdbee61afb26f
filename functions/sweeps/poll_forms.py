"""Every five minutes, and when a workflow webhook asks for one contact: read the forms' submissions."""

from collections.abc import Mapping
from functools import partial

from shared.intake.poll_forms import poll_forms as poll
from shared.runtime.entry import Call, sweep
from shared.runtime.inbox import FormInbox
from shared.runtime.sweeps import polled, report_poll
from shared.runtime.wire.forms import forms


@sweep
def poll_forms(call: Call) -> Mapping[str, object]:
    inbox = FormInbox(call.world, call.trace_id)
    asked = call.payload
    tenants = [tenant for tenant in inbox.tenants() if asked.get("tenant") in (None, tenant.id)]
    return polled(
        poll(
            tenants,
            forms=partial(forms, call.world),
            inbox=inbox,
            now=call.now,
            only=asked.get("address"),
            failed=report_poll,
        )
    )
