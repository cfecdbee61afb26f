"""Count each domain event once into the day's numbers."""

from shared.runtime.entry import Call, Message, subscriber
from shared.runtime.stats import count_once


@subscriber
def roll_up_stats(message: Message, call: Call) -> None:
    count_once(call.world, message)
