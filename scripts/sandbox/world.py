"""A small believable world: a software company, its two sellers, and the people who write to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scripts.sandbox import mails
from scripts.sandbox.world_files import FILES
from scripts.sandbox.world_mail import DOMAIN, ISABEL, MARCUS, THREADS, Thread

if TYPE_CHECKING:
    from scripts.sandbox.sandbox import Sandbox

PORTAL = "24817163"
ISABEL_OWNER = "61200101"
MARCUS_OWNER = "61200102"
CONTACT_FORM = "4f1c2a9e-7d5b-4e0a-9a37-1c6f0d2b8e11"
DEMO_FORM = "b8d3e6f0-2c41-4d7a-8f95-63a0b1c4d722"
NEWSLETTER_FORM = "0a9b8c7d-6e5f-4a3b-9c2d-1e0f9a8b7c33"


@dataclass(frozen=True)
class _Owner:
    id: str
    user_id: int
    address: str
    first: str
    last: str
    time_zone: str


@dataclass(frozen=True)
class _Company:
    domain: str
    name: str
    industry: str
    employees: int
    country: str
    stage: str
    owner: str


@dataclass(frozen=True)
class _Contact:
    address: str
    first: str
    last: str
    title: str
    owner: str = ""
    further: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class _Busy:
    """Hours of a working day so many days ahead, in the owner's time zone."""

    address: str
    days_ahead: int
    start_hour: float
    end_hour: float


_OWNERS = [
    _Owner(ISABEL_OWNER, 9_100_101, ISABEL, "Isabel", "Perez", "Europe/Madrid"),
    _Owner(MARCUS_OWNER, 9_100_102, MARCUS, "Marcus", "Lenzi", "America/New_York"),
]
_LOGISTICS = "LOGISTICS_AND_SUPPLY_CHAIN"
_COMPANIES = [
    _Company(
        "harborlogistics.example", "Harbor Logistics", _LOGISTICS, 240, "Spain", "SERIES_B", ISABEL_OWNER
    ),
    _Company(
        "lumenclinics.example",
        "Lumen Clinics",
        "HOSPITAL_HEALTH_CARE",
        85,
        "Ireland",
        "SERIES_A",
        ISABEL_OWNER,
    ),
    _Company(
        "northgatebank.example", "Northgate Bank", "BANKING", 3200, "United States", "PUBLIC", MARCUS_OWNER
    ),
    _Company(
        "peppercorn.example", "Peppercorn Foods", "FOOD_BEVERAGES", 46, "United States", "SEED", MARCUS_OWNER
    ),
    _Company(
        "tallyworks.example", "Tallyworks", "COMPUTER_SOFTWARE", 130, "United Kingdom", "GROWTH", MARCUS_OWNER
    ),
]
_CONTACTS = [
    _Contact("ana.ruiz@harborlogistics.example", "Ana", "Ruiz", "Head of Operations", ISABEL_OWNER),
    _Contact("tom.byrne@lumenclinics.example", "Tom", "Byrne", "Chief Financial Officer", ISABEL_OWNER),
    _Contact("grace.kim@northgatebank.example", "Grace", "Kim", "VP Data Platforms", MARCUS_OWNER),
    _Contact("leo.marsh@peppercorn.example", "Leo", "Marsh", "Founder", MARCUS_OWNER),
    _Contact("priya.nair@tallyworks.example", "Priya", "Nair", "Director of Engineering", MARCUS_OWNER),
    _Contact("owen.hart@tallyworks.example", "Owen", "Hart", "IT Manager", MARCUS_OWNER),
    _Contact(
        "mei.tan@harborlogistics.example",
        "Mei",
        "Tan",
        "Procurement Lead",
        ISABEL_OWNER,
        {"hs_additional_emails": "mei.tan.private@mailbox.example"},
    ),
    _Contact("sam.fox@freemail.example", "Sam", "Fox", ""),
]
_OPTED_OUT = "owen.hart@tallyworks.example"
_BUSY = [
    _Busy(ISABEL, 1, 9, 11),
    _Busy(ISABEL, 1, 12, 14.5),
    _Busy(ISABEL, 2, 9.5, 10),
    _Busy(ISABEL, 2, 15, 17),
    _Busy(ISABEL, 3, 9, 13),
    _Busy(MARCUS, 1, 9, 12),
    _Busy(MARCUS, 2, 13, 17),
    _Busy(MARCUS, 3, 10, 10.5),
    _Busy(MARCUS, 3, 11, 15),
]


def seed(sandbox: Sandbox) -> None:
    """Fill an empty sandbox; everything is dated from the sandbox's clock."""
    _seed_crm(sandbox)
    for owner in _OWNERS:
        sandbox.google_oauth.add_mailbox(owner.address)
    for thread in THREADS:
        _seed_thread(sandbox, thread)
    _seed_calendars(sandbox)
    for file in FILES:
        sandbox.drive.add_file(**file)


def _seed_crm(sandbox: Sandbox) -> None:
    digest = sandbox.surroundings.digest
    key = f"sandbox-service-key-{digest('service key')[:32]}"
    sandbox.hubspot.add_portal(PORTAL, key, f"sandbox-webhook-{digest('webhook secret')[:32]}", DOMAIN)
    records, forms = sandbox.hubspot.records(PORTAL), sandbox.hubspot.forms(PORTAL)
    for owner in _OWNERS:
        sandbox.hubspot.add_owner(PORTAL, owner.id, owner.user_id, owner.address, owner.first, owner.last)
    forms.define(CONTACT_FORM, "Contact us")
    forms.define(DEMO_FORM, "Request a demo")
    forms.define(NEWSLETTER_FORM, "Newsletter")
    companies: dict[str, str] = {}
    for company in _COMPANIES:
        values = {
            "domain": company.domain,
            "name": company.name,
            "industry": company.industry,
            "numberofemployees": str(company.employees),
            "country": company.country,
            "funding_stage": company.stage,
            "hubspot_owner_id": company.owner,
        }
        companies[company.domain] = records.create("companies", values, [], seeding=True)["id"]
    for contact in _CONTACTS:
        values = {
            "email": contact.address,
            "firstname": contact.first,
            "lastname": contact.last,
            "jobtitle": contact.title,
            "hubspot_owner_id": contact.owner,
            **contact.further,
        }
        id_ = records.create("contacts", values, [], seeding=True)["id"]
        company_id = companies.get(contact.address.partition("@")[2])
        if company_id is not None:
            records.associate("contacts", id_, "companies", company_id, 1)
    sandbox.hubspot.statuses(PORTAL).unsubscribe_all(_OPTED_OUT)


def _seed_thread(sandbox: Sandbox, thread: Thread) -> None:
    now = sandbox.surroundings.now()
    box, earlier, references, quote = sandbox.gmail.mailbox(thread.mailbox), "", "", ""
    for place, letter in enumerate(thread.letters):
        date = now - timedelta(days=letter.days_ago)
        message_id = f"<{sandbox.surroundings.digest('letter', thread.subject, place)[:24]}@mail.example>"
        raw = mails.letter(
            sender=letter.sender,
            to=letter.to,
            subject=f"Re: {thread.subject}" if place else thread.subject,
            text=letter.text + quote,
            date=date,
            message_id=message_id,
            in_reply_to=earlier,
            references=references,
        )
        labels = ["SENT"] if thread.mailbox in letter.sender else ["INBOX"]
        box.arrive(raw, labels, date.timestamp())
        references, earlier = f"{references} {earlier}".strip(), message_id
        quote = "\n" + mails.quoted(letter.text, letter.sender, date)


def _seed_calendars(sandbox: Sandbox) -> None:
    for owner in _OWNERS:
        sandbox.calendar.add_calendar(owner.address, owner.time_zone)
        today = datetime.fromtimestamp(sandbox.surroundings.clock.time_s(), ZoneInfo(owner.time_zone))
        midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
        for busy in _BUSY:
            if busy.address == owner.address:
                day = _working_day(midnight, busy.days_ahead)
                sandbox.calendar.add_busy(owner.address, _at(day, busy.start_hour), _at(day, busy.end_hour))


def _working_day(day: datetime, ahead: int) -> datetime:
    while ahead:
        day += timedelta(days=1)
        ahead -= day.weekday() < 5
    return day


def _at(day: datetime, hour: float) -> datetime:
    return day.replace(hour=int(hour), minute=int(hour % 1 * 60))
