"""Who may be mailed: HubSpot's communication preferences."""

from __future__ import annotations

from scripts.sandbox.exchange import Json
from scripts.sandbox.hubspot_errors import invalid
from scripts.sandbox.hubspot_records import Records
from scripts.sandbox.vendor import Surroundings, iso_ms

SUBSCRIPTIONS = {5_101: "Marketing Information", 5_102: "One to One"}
STATUSES = ("SUBSCRIBED", "UNSUBSCRIBED", "NOT_SPECIFIED")


class Statuses:
    """The subscription statuses of one portal."""

    def __init__(self, world: Surroundings, records: Records) -> None:
        self._world = world
        self._records = records
        self._kind = f"hubspot/{records.portal}/statuses"

    def of(self, address: str) -> list[Json]:
        """One entry per subscription type."""
        known = self._known(address)
        return [self._shown(address, id_, known) for id_ in SUBSCRIPTIONS]

    def wide(self, address: str) -> list[Json]:
        """Whether the person has opted out of everything."""
        known = self._known(address)
        status = "UNSUBSCRIBED" if known.get("all") else "NOT_SPECIFIED"
        return [
            {
                "channel": "EMAIL",
                "status": status,
                "subscriberIdString": address,
                "timestamp": iso_ms(known.get("changed_s", self._world.clock.time_s())),
                "wideStatusType": "PORTAL_WIDE",
            }
        ]

    def set(self, address: str, subscription: int, status: str) -> list[Json]:
        if subscription not in SUBSCRIPTIONS:
            raise invalid(f"subscription {subscription} does not exist")
        if status not in STATUSES:
            raise invalid(f"statusState must be one of: {list(STATUSES)}")
        known = self._known(address)
        changed = {**known, str(subscription): status, "changed_s": self._world.clock.time_s()}
        self._world.state.put(self._kind, address.lower(), changed)
        return [self._shown(address, subscription, changed)]

    def unsubscribe_all(self, address: str) -> list[Json]:
        """Opt out of everything; the contact's `hs_email_optout` follows."""
        known = self._known(address)
        self._world.state.put(
            self._kind, address.lower(), {**known, "all": True, "changed_s": self._world.clock.time_s()}
        )
        contact = self._records.find("contacts", address, "email")
        if contact is not None:
            self._records.update("contacts", contact["id"], {"hs_email_optout": "true"})
        return self.of(address)

    def _known(self, address: str) -> Json:
        return self._world.state.get(self._kind, address.lower()) or {}

    def _shown(self, address: str, subscription: int, known: Json) -> Json:
        status = "UNSUBSCRIBED" if known.get("all") else known.get(str(subscription), "NOT_SPECIFIED")
        return {
            "channel": "EMAIL",
            "status": status,
            "source": "Sandbox",
            "subscriberIdString": address,
            "subscriptionId": subscription,
            "subscriptionName": SUBSCRIPTIONS[subscription],
            "timestamp": iso_ms(known.get("changed_s", self._world.clock.time_s())),
        }
