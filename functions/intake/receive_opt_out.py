"""A person, or their mail program, presses the button that stops all mail to them."""

from shared.runtime.entry import Call, button_page
from shared.runtime.opting_out import opting_out
from shared.runtime.pages import Page


@button_page
def receive_opt_out(call: Call) -> Page:
    return opting_out(call)
