"""What the corpus of mails takes for granted: the day, our mailboxes, whom we know and what we wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)

OUR_DOMAIN = "brightpath.example"
ISABEL = f"isabel.perez@{OUR_DOMAIN}"
MARCUS = f"marcus.lenzi@{OUR_DOMAIN}"
MAILBOXES = {ISABEL: "Isabel Perez", MARCUS: "Marcus Lenzi"}
COLLEAGUES = {
    f"sofia.berg@{OUR_DOMAIN}": "Sofia Berg",
    f"dev.anand@{OUR_DOMAIN}": "Dev Anand",
}
"""People of our own company who have no mailbox in the system."""
FREE_MAIL_DOMAINS = frozenset({"freemail.example", "mailbox.example"})
"""Domains where anybody has an address: two people there are not of one company."""


@dataclass(frozen=True)
class Contact:
    """Somebody we know; `mailbox` is ours that wrote to them, `language` the one we wrote in."""

    address: str
    name: str
    company: str
    mailbox: str
    subject: str
    language: str = "en"

    @property
    def domain(self) -> str:
        """The domain of their company, empty for somebody on free mail."""
        domain = self.address.partition("@")[2]
        return "" if domain in FREE_MAIL_DOMAINS else domain

    @property
    def message_id(self) -> str:
        """The Message-ID of our newest mail to them."""
        return f"<bp.{self.address.partition('@')[0]}.7f3a91@mail.{OUR_DOMAIN}>"

    @property
    def thread_id(self) -> str:
        """The followed thread in our mailbox that the mail is in."""
        return f"thread-{self.address.partition('@')[0]}"

    @property
    def mail(self) -> str:
        """The text of our newest mail to them, with the line that offers to unsubscribe."""
        return _TEXTS[self.language].format(
            first=self.name.partition(" ")[0],
            company=self.company,
            sender=MAILBOXES[self.mailbox],
            token=f"{len(self.address)}f{len(self.subject)}c0",
        )


SENT_AT = datetime(2026, 11, 19, 9, 12, tzinfo=UTC)
"""When our newest mail to each of them left."""

_TEXTS = {
    "en": """\
Hi {first},

Thank you for your interest last week. Teams like {company} tell us they spend hours every
week on replanning; our forecasts take most of that away.

Would Tuesday at 10:00 suit you for a 20 minute call?

Best,
{sender}

Brightpath Ltd, 40 Harbour Street, Dublin 2
If you would rather not hear from us, reply STOP or unsubscribe here:
https://brightpath.example/unsubscribe/{token}
""",
    "de": """\
Guten Tag {first},

vielen Dank für Ihr Interesse in der letzten Woche. Firmen wie {company} sparen mit unseren
Prognosen mehrere Stunden Planung pro Woche.

Passt Ihnen Dienstag um 10:00 Uhr für ein kurzes Gespräch?

Viele Grüße
{sender}

Brightpath Ltd, 40 Harbour Street, Dublin 2
Sie möchten keine E-Mails mehr von uns erhalten? Hier abmelden:
https://brightpath.example/unsubscribe/{token}
""",
    "fr": """\
Bonjour {first},

Merci de votre intérêt la semaine dernière. Des équipes comme {company} gagnent plusieurs
heures de planification par semaine avec nos prévisions.

Seriez-vous disponible mardi à 10 h pour un court échange ?

Bien à vous,
{sender}

Brightpath Ltd, 40 Harbour Street, Dublin 2
Pour ne plus recevoir nos messages, désinscrivez-vous ici :
https://brightpath.example/unsubscribe/{token}
""",
    "es": """\
Hola {first}:

Gracias por tu interés la semana pasada. Equipos como el de {company} ahorran varias horas de
planificación a la semana con nuestras previsiones.

¿Te vendría bien el martes a las 10:00 para una llamada corta?

Un saludo,
{sender}

Brightpath Ltd, 40 Harbour Street, Dublin 2
Si no quieres recibir más correos, date de baja aquí:
https://brightpath.example/unsubscribe/{token}
""",
}

ANA = Contact(
    "ana.ruiz@harborlogistics.example",
    "Ana Ruiz",
    "Harbor Logistics",
    ISABEL,
    "Delivery forecasts for the Valencia hub",
)
TOM = Contact(
    "tom.byrne@lumenclinics.example", "Tom Byrne", "Lumen Clinics", ISABEL, "Planning hours at Lumen"
)
GRACE = Contact(
    "grace.kim@northgatebank.example", "Grace Kim", "Northgate Bank", MARCUS, "Data lineage at Northgate"
)
LEO = Contact(
    "leo.marsh@peppercorn.example", "Leo Marsh", "Peppercorn Foods", MARCUS, "Quick look at your pricing"
)
PRIYA = Contact(
    "priya.nair@tallyworks.example", "Priya Nair", "Tallyworks", MARCUS, "Forecasting at Tallyworks"
)
SAM = Contact("sam.fox@freemail.example", "Sam Fox", "your team", MARCUS, "Your question about forecasts")
JONAS = Contact(
    "jonas.weber@kranichlogistik.example",
    "Jonas Weber",
    "Kranich Logistik",
    ISABEL,
    "Prognosen für Kranich Logistik",
    "de",
)
CAMILLE = Contact(
    "camille.laurent@atelierduport.example",
    "Camille Laurent",
    "Atelier du Port",
    ISABEL,
    "Vos prévisions de livraison",
    "fr",
)
LUCIA = Contact(
    "lucia.ferrer@naranjales.example",
    "Lucía Ferrer",
    "Naranjales del Sur",
    ISABEL,
    "Previsiones para la campaña",
    "es",
)
GIULIA = Contact(
    "giulia.conti@lagunaretail.example", "Giulia Conti", "Laguna Retail", ISABEL, "Forecasts for Laguna"
)
PIETER = Contact(
    "pieter.devries@polderzorg.example", "Pieter de Vries", "Polderzorg", ISABEL, "Forecasts for Polderzorg"
)
JOAO = Contact(
    "joao.silva@tejosoft.example", "João Silva", "Tejosoft", MARCUS, "Forecasts for the Lisbon team"
)
KASIA = Contact(
    "katarzyna.nowak@bursztyn.example", "Katarzyna Nowak", "Bursztyn", ISABEL, "Planning at Bursztyn"
)
PETR = Contact(
    "petr.novak@vltavatech.example", "Petr Novák", "Vltava Tech", MARCUS, "Forecasts for Vltava Tech"
)
ANNA = Contact(
    "anna.lindqvist@norrskog.example", "Anna Lindqvist", "Norrskog", ISABEL, "Forecasts for Norrskog"
)
METTE = Contact("mette.holm@sundhavn.example", "Mette Holm", "Sundhavn", ISABEL, "Port planning at Sundhavn")
MIKKO = Contact(
    "mikko.virtanen@jarvimedia.example", "Mikko Virtanen", "Järvimedia", MARCUS, "Forecasts for the newsroom"
)
KENJI = Contact(
    "kenji.sato@aozorafoods.example", "Kenji Sato", "Aozora Foods", MARCUS, "Forecasts for Aozora Foods"
)
ELIF = Contact(
    "elif.yilmaz@bogazlojistik.example", "Elif Yılmaz", "Boğaz Lojistik", ISABEL, "Forecasts for Istanbul"
)

CONTACTS = {
    contact.address: contact
    for contact in (
        ANA, TOM, GRACE, LEO, PRIYA, SAM, JONAS, CAMILLE, LUCIA, GIULIA,
        PIETER, JOAO, KASIA, PETR, ANNA, METTE, MIKKO, KENJI, ELIF,
    )
}  # fmt: skip
