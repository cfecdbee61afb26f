"""The owner of a mailbox lets us in: to Google's consent, and back from there."""

from shared.runtime.connecting import connecting
from shared.runtime.entry import Call, page
from shared.runtime.pages import Page


@page
def connect_gmail(call: Call) -> Page:
    return connecting(call)
