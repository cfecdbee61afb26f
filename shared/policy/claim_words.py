"""The words by which claims are recognised: currencies, units, days, months and promises."""

from __future__ import annotations

import re

from shared.pattern import Pattern

CURRENCIES = {
    "$": "usd", "us$": "usd", "usd": "usd", "dollar": "usd", "dollars": "usd", "bucks": "usd", "buck": "usd",
    "€": "eur", "eur": "eur", "euro": "eur", "euros": "eur", "£": "gbp", "gbp": "gbp", "pound": "gbp",
    "pounds": "gbp", "quid": "gbp", "chf": "chf", "francs": "chf", "czk": "czk", "kč": "czk", "crowns": "czk",
    "pln": "pln", "zł": "pln", "cad": "cad", "aud": "aud", "¥": "jpy", "jpy": "jpy", "yen": "jpy", "₹": "inr",
    "inr": "inr", "rupees": "inr", "sek": "sek", "nok": "nok", "dkk": "dkk", "huf": "huf", "brl": "brl",
    "r$": "brl", "cent": "cent", "cents": "cent",
}  # fmt: skip
"""Signs and names of money, each with its currency."""

TIME_UNITS = frozenset({"second", "minute", "hour", "day", "week", "month", "quarter", "year"})
UNITS = {
    **{unit: unit for unit in TIME_UNITS},
    "min": "minute", "mins": "minute", "hr": "hour", "hrs": "hour", "h": "hour",
    **dict.fromkeys(("person", "people", "employee", "staff", "headcount"), "person"),
    **dict.fromkeys(("customer", "client", "company", "companie", "business", "businesse"), "customer"),
    **dict.fromkeys(("seat", "user", "licence", "license", "account"), "seat"),
    **dict.fromkeys(("time", "fold"), "times"),
}  # fmt: skip
"""What a number counts, in the singular."""

_COUNTED = """
times slots options questions question things thing points point ways ideas thoughts words sentences lines
dates days or of more
"""
COUNTED_IN_THE_MAIL = frozenset(_COUNTED.split())
"""After a small number in words, these count what stands in the mail itself: "three times"."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_OF_TIME_BEFORE = (
    r"\bfeel", r"\byou", r"\byou be", r"\byou are", r"\byou['’]re", r"\bwe are", r"\bwe['’]re", r"\bi am",
    r"\bi['’]m", "day is", r"\bcalendar is", r"\btime is", r"\bwhen",
)  # fmt: skip
_OF_TIME_AFTER = r"times?|slots?|half|hours?|at|all day|until|after|before|between|on (?:mon|tue|wed|thu|fri)"
"""Around "free", these speak of somebody's time."""
_FREE_OF_CHARGE = (
    "".join(rf"(?<!{words}\s)" for words in _OF_TIME_BEFORE) + rf"\bfree\b(?!\s(?:{_OF_TIME_AFTER}))"
)

_PROMISES = (
    ("free", _FREE_OF_CHARGE),
    ("free", r"\b(?:for free|free of charge|at no (?:extra |additional )?(?:cost|charge)|no charge)\b"),
    ("free", r"\bcomplimentary\b|\bon the house\b|\bwithout (?:any )?(?:extra )?(?:cost|charge|payment)\b"),
    ("guarantee", r"\b(?:guarantee(?:s|d|ing)?|warrant(?:y|ies|ed)|risk[- ]free|no risk)\b"),
    ("discount", r"\b(?:discount(?:s|ed)?|rebates?|coupons?|vouchers?|money off|price match)\b"),
    ("discount", r"\b(?:special|lowest|best|reduced) (?:price|offer|rate|deal)s?\b"),
    ("discount", r"\bhalf[- ](?:off|price|the price)\b|\bwaiv(?:e|es|ed|ing)\b"),
    ("terms", r"\bcancel (?:at )?any ?time\b|\bno (?:contract|commitment|obligation|strings|setup fee)s?\b"),
    (
        "factor",
        r"\b(?:twice|double|triple|half) (?:as|the|your)\b|\bby (?:half|a third|two thirds|a quarter)\b",
    ),
    ("refund", r"\b(?:refund(?:s|ed|able)?|money[- ]back|reimburse[sd]?)\b"),
    (
        "free",
        r"\b(?:kostenlos\w*|gratis|umsonst|gratuit\w*|gratuito|zdarma|bezpłatn\w+|darmow\w+|ingyen\w*)\b",
    ),
    ("guarantee", r"\b(?:garant(?:ie|iert|ieren|ía|ito|iti|ované|owan\w+|ir|imos)|záruk\w+|gwarancj\w+)\b"),
    ("discount", r"\b(?:rabatt\w*|remise|réduction|descuento|sconto|korting|slev\w+|zniżk\w+|rabat)\b"),
    (
        "best",
        r"\b(?:world[- ]class|(?:market|industry)[- ]leading|award[- ]winning|number one)\b|(?<!\w)#1\b",
    ),
    ("best", r"\bthe best (?!of\b|for\b|way\b|times?\b|day\b|in\b|to\b)\w+|\bunlimited\b|\bunbeatable\b"),
    ("best", r"\bthe (?:fastest|cheapest|leading|largest) \w+"),
    ("certified", r"\b(?:certified|accredited|compliant|fully secure|bank[- ]grade)\b"),
    ("trusted", r"\b(?:trusted by|proven (?:results|track)|(?:thousand|hundred|dozen|million)s of)\b"),
)
PROMISES = tuple((key, Pattern(pattern, re.IGNORECASE)) for key, pattern in _PROMISES)
"""Words that promise something, each with what it promises."""
