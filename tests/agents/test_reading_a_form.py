"""Language, field roles, intent and relevant statements."""

from __future__ import annotations

import pytest

from shared.agents.draft_writer.relevant_facts import ANSWERS, relevant_facts
from shared.agents.form_fields import Intent, Role, intent_of, role_of
from shared.policy.language import detect_language
from tests.agents.leads import MAYA, LeadCase, job_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "en"),
        ("Pricing?", "en"),
        ("We need a tool for our sales team, can you help?", "en"),
        ("We sell in München and Zürich and need a CRM", "en"),
        ("Wir suchen eine Lösung für unsere Anfragen und möchten ein Angebot", "de"),
        ("Bonjour, nous cherchons un outil pour répondre à nos clients", "fr"),
        ("Hola, buscamos una herramienta para responder a nuestros clientes", "es"),
        ("Buongiorno, cerchiamo uno strumento per rispondere ai nostri clienti, grazie", "it"),
        ("Hallo, wij zoeken een oplossing voor onze klanten en willen graag een demo", "nl"),
        ("Olá, nós precisamos de uma solução para os nossos clientes, não temos nada", "pt"),
        ("Dzień dobry, szukamy narzędzia dla naszej firmy, proszę o ofertę", "pl"),
        ("Dobrý den, hledáme nástroj pro naše zákazníky, můžete nám poslat nabídku?", "cs"),
        ("Dobrý deň, hľadáme nástroj pre našu firmu, môžete nám poslať ponuku, ďakujem", "sk"),
        ("Jó napot, keresünk egy megoldást, szeretnénk ajánlatot kérni, köszönöm", "hu"),
        ("Здравствуйте, нам нужна демонстрация", "ru"),
        ("Доброго дня, нам потрібна демонстрація, їх немає", "uk"),
        ("資料をいただけますか", "ja"),
        ("我们需要一个演示", "zh"),
        ("데모를 보고 싶습니다", "ko"),
        ("مرحبا نحتاج عرضا", "ar"),
    ],
)
def test_the_language_of_a_text_is_told(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("email", Role.ADDRESS), ("Work E-Mail", Role.ADDRESS), ("firstname", Role.FIRST_NAME),
        ("company", Role.COMPANY),
        ("jobtitle", Role.TITLE), ("phone", Role.PHONE), ("mobilephone", Role.PHONE), ("message", Role.MESSAGE),
        ("How can we help you?", Role.MESSAGE), ("numemployees", Role.EMPLOYEES), ("company_size", Role.EMPLOYEES),
        ("team_size", Role.TEAM), ("budget", Role.BUDGET), ("timeline", Role.TIMELINE), ("0-1/name", Role.OTHER),
        ("how_did_you_hear_about_us", Role.HEARD), ("what_are_you_interested_in", Role.INTERESTS),
        ("use_case", Role.USE_CASE), ("current_crm", Role.TOOL), ("hs_context", Role.IGNORED), ("name", Role.NAME),
        ("i_agree_to_the_privacy_policy", Role.IGNORED), ("newsletter_opt_in", Role.IGNORED), ("website", Role.ADDRESS),
    ],
)  # fmt: skip
def test_the_role_of_a_field_is_told_by_its_name(name: str, role: Role) -> None:
    assert role_of(name) is role


@pytest.mark.parametrize(
    ("form", "message", "intent"),
    [
        ("Request a demo", "", Intent.DEMO), ("Pricing page", "", Intent.PRICING), ("Contact us", "", Intent.CONTACT),
        ("Free trial signup", "", Intent.TRIAL), ("Webinar May", "", Intent.EVENT), ("E-book", "", Intent.MATERIAL),
        ("", "how much is it", Intent.PRICING), ("", "hello", Intent.UNKNOWN), ("Contact us", "a demo", Intent.CONTACT),
    ],
)  # fmt: skip
def test_the_intent_is_the_forms_and_else_the_messages(form: str, message: str, intent: Intent) -> None:
    job = job_of(LeadCase("intent", {"email": "x@customer.example", "message": message}, form_name=form))
    assert intent_of(job.submissions[0]) is intent


@pytest.mark.parametrize(
    ("asked", "start"),
    [
        ("what it costs for 6 mailboxes", "Pricing is"),
        ("where your data is hosted", "Data stays"),
        ("how long onboarding takes", "Setting it up"),
        ("whether we integrate with Gmail", "It works with"),
    ],
)
def test_the_statement_that_answers_a_question_comes_first(asked: str, start: str) -> None:
    best = relevant_facts(MAYA.facts, asked)[0]
    assert best.text.startswith(start)
    assert best.score >= ANSWERS


def test_a_question_about_something_else_is_answered_by_no_statement() -> None:
    assert relevant_facts(MAYA.facts, "whether we support Outlook and Exchange")[0].score < ANSWERS
