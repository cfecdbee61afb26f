from __future__ import annotations

import pytest

from shared.policy.language import is_english, is_foreign
from tests.policy.examples import BODY

FOREIGN = [
    "Guten Tag, wir haben 45 Mitarbeiter und suchen eine Lösung, mit der wir unsere Berichte schneller erstellen.",
    "Bonjour, nous sommes une équipe de 45 personnes et nous cherchons un outil pour faire nos rapports plus vite.",
    "Hola, somos un equipo de 45 personas y buscamos una herramienta para hacer nuestros informes con Salesforce.",
    "Dobrý den, je nás 45 a hledáme nástroj, který by nám pomohl s reporty, protože tabulky nám už nestačí.",
    "Buongiorno, siamo 45 persone e cerchiamo uno strumento che ci aiuti con i rapporti per la nostra azienda.",
    "こんにちは 私たち は 四十五人 の チーム で レポート を 作る ツール を 探して います お願い します",
]


@pytest.mark.parametrize("text", FOREIGN)
def test_other_languages_are_told_from_english(text: str) -> None:
    assert is_foreign(text)
    assert is_english(text) is False


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        "Need pricing, 200 seats, Salesforce integration, SSO, SCIM, audit logs, SOC2, on-prem, ASAP, budget approved.",
        "We are a small café in Zürich and want to know if the tool works with our till, as most do not.",
    ],
)
def test_english_is_not_taken_for_another_language(text: str) -> None:
    assert not is_foreign(text)


def test_a_short_text_is_neither() -> None:
    assert is_english("Danke") is None
    assert not is_foreign("Danke")
    assert is_english(BODY) is True
