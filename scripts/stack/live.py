"""Real vendors in place of the sandbox's, with credentials from `.env`; the cloud stays local."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.stack.tenant import TENANT
from shared.jobs.facts import Sender
from shared.jobs.tenant import Form, Tenant

VENDORS = ("hubspot", "gmail", "openai")

REQUIRED: Mapping[str, Mapping[str, str]] = {
    "hubspot": {
        "HUBSPOT_SERVICE_KEY": "the service key (or private app token) of your portal",
        "HUBSPOT_CLIENT_SECRET": "the client secret of the app that signs webhooks",
        "HUBSPOT_PORTAL_ID": "the number of your portal",
        "HUBSPOT_FORM_IDS": "the ids of the forms to answer, with commas between them",
    },
    "gmail": {
        "GMAIL_SERVICE_ACCOUNT_FILE": "the key file of a service account with domain-wide delegation",
        "SENDER_MAILBOX": "the address of the mailbox that drafts are filed in",
        "SENDER_NAME": "the name of the person who writes",
        "SENDER_COMPANY": "the company they write for",
    },
    "openai": {
        "OPENAI_API_KEY": "the key to the model's API",
        "MODEL": "the name of the model",
    },
}
OPTIONAL: Mapping[str, Mapping[str, str]] = {
    "hubspot": {},
    "gmail": {
        "SENDER_TITLE": "the sender's title",
        "SENDER_TIME_ZONE": "the sender's IANA time zone; UTC without it",
        "SENDER_SIGNATURE": "the signature; \\n for a new line",
        "SENDER_POSTAL_ADDRESS": "the postal address under every mail",
        "SENDER_UNSUBSCRIBE_LINE": "the line that says how to opt out",
        "SENDER_FACTS": "statements about the company that mails may make, with | between them",
    },
    "openai": {"OPENAI_URL": "another OpenAI-compatible API"},
}
_URLS = {
    "hubspot": ("HUBSPOT_URL",),
    "gmail": ("GMAIL_URL", "CALENDAR_URL", "GOOGLE_OAUTH_URL"),
    "openai": ("OPENAI_URL",),
}
_REPLACED = {
    "hubspot": ("hubspot",),
    "gmail": ("gmail", "calendar", "google-oauth"),
    "openai": ("openai",),
}


class NotConfigured(Exception):
    """Variables are missing; the message names each one and what it is."""


@dataclass(frozen=True)
class Live:
    """Which vendors are real, and what is known of them."""

    vendors: tuple[str, ...]
    secrets: Mapping[str, str]
    variables: Mapping[str, str]

    @property
    def names(self) -> frozenset[str]:
        """The vendors of the sandbox that are not used."""
        return frozenset(name for vendor in self.vendors for name in _REPLACED[vendor])

    def environment(self, local: Mapping[str, str]) -> dict[str, str]:
        """The settings of a local stack with the real vendors' addresses, which are the defaults.

        Nothing is sent to real people by accident: that needs `--env MODE_CEILING=SEND_ALLOWED` too.
        """
        found = {**local, "MODE_CEILING": "DRAFT_ONLY"}
        for vendor in self.vendors:
            for name in _URLS[vendor]:
                found.pop(name, None)
        if "openai" in self.vendors:
            found["MODEL"] = self.variables["MODEL"]
            if self.variables.get("OPENAI_URL"):
                found["OPENAI_URL"] = self.variables["OPENAI_URL"]
        return found

    def changed(self, tenant: Tenant) -> Tenant:
        """The tenant with the portal, forms and sender of `.env`."""
        if "hubspot" in self.vendors:
            forms = [part.strip() for part in self.variables["HUBSPOT_FORM_IDS"].split(",")]
            tenant = tenant.but(
                portal_ids=(self.variables["HUBSPOT_PORTAL_ID"],),
                forms={form: tenant.forms.get(form) or Form(name="Your form") for form in forms if form},
            )
        if "gmail" in self.vendors:
            sender = self._sender()
            tenant = tenant.but(default_sender=sender.mailbox, senders={sender.mailbox: sender})
        return tenant

    def _sender(self) -> Sender:
        said = self.variables
        facts = said.get("SENDER_FACTS", "").split("|")
        return Sender(
            mailbox=said["SENDER_MAILBOX"].strip().lower(),
            name=said["SENDER_NAME"],
            title=said.get("SENDER_TITLE", ""),
            company=said["SENDER_COMPANY"],
            time_zone=said.get("SENDER_TIME_ZONE") or "UTC",
            signature=said.get("SENDER_SIGNATURE", said["SENDER_NAME"]).replace("\\n", "\n"),
            postal_address=said.get("SENDER_POSTAL_ADDRESS", ""),
            unsubscribe_line=said.get("SENDER_UNSUBSCRIBE_LINE", ""),
            facts=tuple(fact.strip() for fact in facts if fact.strip()),
        )


def live_of(vendors: Sequence[str], environ: Mapping[str, str], env_file: Path) -> Live:
    """What `.env` and the environment (which wins) say. Errors: NotConfigured, ValueError."""
    unknown = [vendor for vendor in vendors if vendor not in VENDORS]
    if unknown or not vendors:
        raise ValueError(f"--live takes {', '.join(VENDORS)}, not {', '.join(unknown) or 'nothing'}")
    named = {name for vendor in vendors for name in (*REQUIRED[vendor], *OPTIONAL[vendor])}
    given = {**read_env_file(env_file), **environ}
    said = {name: given[name] for name in named if given.get(name)}
    missing = [
        f"  {name}: {what}"
        for vendor in vendors
        for name, what in REQUIRED[vendor].items()
        if name not in said
    ]
    if missing:
        lines = "\n".join(missing)
        raise NotConfigured(f"--live {','.join(vendors)} needs these in {env_file}:\n{lines}")
    return Live(tuple(vendors), _secrets(vendors, said, env_file), said)


def _secrets(vendors: Sequence[str], said: Mapping[str, str], env_file: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    if "hubspot" in vendors:
        found["hubspot-client-secret"] = said["HUBSPOT_CLIENT_SECRET"]
        found[f"hubspot-service-key-{TENANT}"] = said["HUBSPOT_SERVICE_KEY"]
    if "gmail" in vendors:
        file = env_file.parent / Path(said["GMAIL_SERVICE_ACCOUNT_FILE"]).expanduser()
        try:
            found[f"gmail-delegation-{TENANT}"] = file.read_text()
        except OSError as error:
            raise NotConfigured(
                f"GMAIL_SERVICE_ACCOUNT_FILE names {file}, which cannot be read: {error.strerror}"
            ) from None
    if "openai" in vendors:
        found["openai-api-key"] = said["OPENAI_API_KEY"]
    return found


def read_env_file(path: Path) -> dict[str, str]:
    """`NAME=value` lines; `export`, quotes and comment lines are understood, a missing file is empty."""
    found: dict[str, str] = {}
    if not path.is_file():
        return found
    for line in path.read_text().splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not equals or name.startswith("#"):
            continue
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        found[name.strip()] = value
    return found
