"""Which language a text is written in, by script, marks and the small words that every text is full of."""

from __future__ import annotations

import re
import unicodedata

from shared.policy.limits import DEFAULTS, Limits
from shared.policy.sentences import words

_COMMON = """
the a an and or but of to in on at for from with by as is are was were be been being have has had do
does did will would can could should may might must i you he she it we they me him us them my your his
its our their this that these those what which who how when where why not no yes if so than then there
here about into out up all any some more most other also just only very
"""
_FUNCTION_WORDS = frozenset(_COMMON.split())
_SHARED = "a an in on at as i is was do he me no so we most will all"
_SHARED_WITH_OTHERS = frozenset(_SHARED.split())
"""English words that other languages have too: they prove nothing."""

_SCRIPTS: tuple[tuple[str, str], ...] = (
    ("HIRAGANA", "ja"),
    ("KATAKANA", "ja"),
    ("HANGUL", "ko"),
    ("CJK", "zh"),
    ("CYRILLIC", "ru"),
    ("GREEK", "el"),
    ("HEBREW", "he"),
    ("ARABIC", "ar"),
    ("DEVANAGARI", "hi"),
    ("THAI", "th"),
)

_EVERYDAY: dict[str, frozenset[str]] = {
    language: frozenset(listed.split())
    for language, listed in {
        "en": "the and is are you your we our for with to of in it that this have has can could would how "
        "what "
        "do does not need looking please hi hello thanks from about when which on at by be but an my i'm us",
        "de": "der die das und ist sind wir uns unser unsere ihr ihre sie ein eine einen einem für mit nicht "
        "auf von zu wie bitte guten tag haben hat können könnten würden möchten auch bei ich es im den danke",
        "fr": "le la les et est sont nous notre nos vous votre vos un une des pour avec pas sur dans que qui "
        "comment merci bonjour avons avez pouvez je du de en au cherchons besoin ce cette il",
        "es": "el la los las y es son nosotros nuestro nuestra su sus un una para con no por que como "
        "gracias "
        "hola tenemos pueden puede necesitamos buscamos del de en al me gustaría estamos más",
        "it": "il lo la gli le e è sono noi nostro nostra vostro un una per con non che come grazie "
        "buongiorno "
        "abbiamo potete vorremmo cerchiamo di del della in ci siamo anche questo",
        "nl": "de het een en is zijn wij we ons onze u uw jullie voor met niet op van te hoe graag hallo "
        "hebben heeft kunnen kunt willen zoeken ik er dat bij bedankt ook naar",
        "pt": "o a os as e é são nós nosso nossa seu sua um uma para com não por que como obrigado obrigada "
        "olá temos podem precisamos procuramos do da em no na gostaríamos estamos mais você",
        "pl": "i w na z do się nie jest są jak czy dla nasz nasza państwa proszę dzień dobry mamy "
        "potrzebujemy szukamy chcemy o po że dziękuję który od firma firmy można",
        "cs": "a v na z do se není je jsou jak pro náš naše vaše prosím dobrý den máme potřebujeme hledáme "
        "chceme že děkuji který od můžete jsme si také bychom by",
        "sk": "a v na z do sa nie je sú ako pre náš naša vaša prosím dobrý deň máme potrebujeme hľadáme "
        "chceme že ďakujem ktorý od môžete sme si tiež by",
        "hu": "a az és egy nem van vagy hogy mi is ez de meg szeretnénk keresünk kérem köszönöm jó napot "
        "nekünk lehet kell milyen hogyan cégünk tisztelt önök vagyunk érdeklődnék",
        "sv": "och är det att vi en ett som för med inte på av till hur tack hej har kan vill oss vår ni er "
        "jag",
        "da": "og er det at vi en et som for med ikke på af til hvordan tak hej har kan vil os vores jeg jer",
        "fi": "ja on ei me meidän te teidän että kuinka miten kiitos hei voi tarvitsemme etsimme olemme myös",
        "ro": "și este sunt noi un o pentru cu nu pe la cum mulțumesc bună avem puteți căutăm vrem că din",
        "tr": "ve bir bu için ile değil nasıl merhaba teşekkürler biz bizim sizin var mı istiyoruz arıyoruz",
    }.items()
}

_MARKS: dict[str, str] = {
    "de": "ß",
    "es": "ñ¿¡",
    "pt": "ãõ",
    "pl": "łąęśźżćń",
    "cs": "ěřů",
    "sk": "ľĺŕ",
    "hu": "őű",
    "sv": "å",
    "da": "øæ",
    "ro": "țșă",
    "tr": "ğış",
    "fr": "œêèç",
}


def detect_language(text: str) -> str:
    """The ISO 639-1 code of the language a text is written in; "en" when nothing says otherwise."""
    letters = [letter for letter in text if letter.isalpha()]
    if not letters:
        return "en"
    return _by_script(letters) or _by_words(text)


def english_share(text: str) -> float:
    """The share of words that are English and nothing else, 0 to 1."""
    found = _plain_words(text)
    own = _FUNCTION_WORDS - _SHARED_WITH_OTHERS
    return sum(word.partition("'")[0] in own for word in found) / len(found) if found else 0.0


def is_foreign(text: str, limits: Limits = DEFAULTS) -> bool:
    """Whether a text is certainly not English: hardly an English word, and words or letters that others use.

    A few names and nouns in telegram style are no proof.
    """
    found = _plain_words(text)
    if len(found) < limits.language_min_words or english_share(text) >= limits.foreign_share:
        return False
    letters = [sign for sign in text if sign.isalpha()]
    accents = sum(not sign.isascii() for sign in letters) / max(len(letters), 1)
    return detect_language(text) != "en" or accents >= limits.foreign_letters_share


def is_english(text: str, limits: Limits = DEFAULTS) -> bool | None:
    """Whether a text is English; None when it is too short to tell."""
    if len(words(text)) < limits.language_min_words:
        return None
    return english_share(text) >= limits.english_share


def _plain_words(text: str) -> list[str]:
    return [word.strip("\"'“”‘’.,;:!?()").lower().replace("’", "'") for word in words(text)]


def _by_script(letters: list[str]) -> str | None:
    counts: dict[str, int] = {}
    for letter in letters:
        name = unicodedata.name(letter, "")
        for script, language in _SCRIPTS:
            if name.startswith(script):
                counts[language] = counts.get(language, 0) + 1
    if sum(counts.values()) * 10 < len(letters) * 3:
        return None
    if "ja" in counts:
        return "ja"
    best = max(counts, key=lambda language: counts[language])
    if best == "ru" and any(letter in "іїєґІЇЄҐ" for letter in letters):
        return "uk"
    return best


def _by_words(text: str) -> str:
    lowered = text.lower().replace("’", "'")
    found = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", lowered)
    # Whole words only: a product name inside a sentence must not decide the language.
    hits = {language: sum(word in everyday for word in found) for language, everyday in _EVERYDAY.items()}
    for language, marks in _MARKS.items():
        hits[language] += min(3, sum(lowered.count(mark) for mark in marks))
    best = max(hits, key=lambda language: (hits[language], language == "en"))
    return best if hits[best] >= 2 and hits[best] > hits["en"] else "en"
