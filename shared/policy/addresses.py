"""Mail addresses: exactly one, in one spelling, or refused (P10: no text can smuggle in a recipient)."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

from shared.pattern import Pattern
from shared.policy.limits import DEFAULTS, Limits

_FREE_MAIL_LIST = """
126.com 139.com 163.com aim.com aol.com atlas.cz att.net bellsouth.net bk.ru bluewin.ch bol.com.br
btinternet.com centrum.cz charter.net citromail.hu comcast.net cox.net daum.net duck.com earthlink.net
eclipso.de email.cz email.it fastmail.com fastmail.fm foxmail.com free.fr freemail.hu freenet.de
gmail.com googlemail.com hanmail.net hey.com hushmail.com icloud.com ig.com.br inbox.com inbox.lv
inbox.ru interia.pl juno.com kpnmail.nl laposte.net libero.it list.ru mac.com mail.com mail.de mail.ru
mailbox.org me.com nate.com naver.com netzero.net o2.pl onet.pl op.pl optonline.net orange.fr pm.me
post.cz posteo.de proton.me protonmail.ch protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com
rogers.com sbcglobal.net seznam.cz sfr.fr shaw.ca sina.com skynet.be sohu.com sympatico.ca t-online.de
tele2.nl telenet.be terra.com.br tuta.com tutamail.com tutanota.com ukr.net uol.com.br verizon.net
virgilio.it wanadoo.fr web.de windowslive.com wp.pl xs4all.nl xtra.co.nz yeah.net ymail.com ziggo.nl
zoho.com
"""
FREE_MAIL = frozenset(_FREE_MAIL_LIST.split())
"""Domains where anybody can have an address: they say nothing about a company."""

_FREE_MAIL_FAMILY = Pattern(
    r"(yahoo|hotmail|outlook|live|msn|gmx|yandex|googlemail)\.(com|net|[a-z]{2}|com?\.[a-z]{2})"
)
_LOCAL_SIGNS = frozenset("#$&'*+-/=?^_`{|}~.")
_LABEL = Pattern(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_DEVIATIONS = frozenset("ßς")
"""Letters that IDNA 2003 and 2008 turn into different domains: which one was meant cannot be known."""


class BadAddress(ValueError):
    """Not exactly one mail address. The message names the rule and the mend, and never shows the address."""


def canonical_address(text: str, *, limits: Limits = DEFAULTS) -> str:
    """The one spelling of an address: NFC, lower case, domain in its ASCII (IDNA) form.

    Spaces around it are forgiven; everything else that is not exactly one plain `name@domain` is refused.
    Errors: BadAddress.
    """
    stripped = unicodedata.normalize("NFC", text.strip(" "))
    if not stripped:
        raise _refused("it is empty", "write one address such as ann@example.com")
    for sign in stripped:
        if unicodedata.category(sign)[0] in "CZ":
            raise _refused(
                f"it holds a space or invisible character (U+{ord(sign):04X})",
                "remove it, and write one address",
            )
    if stripped.count("@") != 1:
        raise _refused(f"it holds {stripped.count('@')} @ signs, one is needed", "write exactly one address")
    local, domain = stripped.split("@")
    canonical = f"{_local(local, limits)}@{canonical_domain(domain)}"
    if len(canonical) > limits.address_max_chars:
        raise _refused(
            f"it has {len(canonical)} characters, at most {limits.address_max_chars} can be delivered",
            "write the person's real address",
        )
    return canonical


def canonical_domain(text: str) -> str:
    """The one spelling of a domain with at least two labels: lower case, ASCII (IDNA). Errors: BadAddress."""
    lower = unicodedata.normalize("NFC", text.lower())
    if unicodedata.normalize("NFKC", lower) != lower or _DEVIATIONS & set(lower):
        raise _refused(
            "its domain holds letters that stand for others", "write the domain in plain letters or as xn--"
        )
    labels = lower.split(".")
    if len(labels) < 2:
        raise _refused("its domain has no dot", "write the whole domain, such as example.com")
    spelled = [_label(label) for label in labels]
    if spelled[-1].isdigit():
        raise _refused("its domain is a number", "write a domain name, not an IP address")
    return ".".join(spelled)


def is_address(text: str, *, limits: Limits = DEFAULTS) -> bool:
    """Whether the text is exactly one address."""
    try:
        canonical_address(text, limits=limits)
    except BadAddress:
        return False
    return True


def same_address(one: str, other: str, *, limits: Limits = DEFAULTS) -> bool:
    """Whether both are the same person's address; what is no address is the same as nothing."""
    try:
        return canonical_address(one, limits=limits) == canonical_address(other, limits=limits)
    except BadAddress:
        return False


def domain_of(address: str, *, limits: Limits = DEFAULTS) -> str:
    """The domain of an address, in its one spelling. Errors: BadAddress."""
    return canonical_address(address, limits=limits).rpartition("@")[2]


def is_free_mail(address_or_domain: str) -> bool:
    """Whether anybody can have an address there, so that the domain names no company. Errors: BadAddress."""
    if "@" in address_or_domain:
        domain = domain_of(address_or_domain)
    else:
        domain = canonical_domain(address_or_domain)
    return domain in FREE_MAIL or _FREE_MAIL_FAMILY.fullmatch(domain) is not None


def address_key(key: bytes, address: str, *, limits: Limits = DEFAULTS) -> str:
    """The keyed hash a person is kept under: HMAC-SHA256 of the canonical address, 40 hex characters.

    Errors: BadAddress; ValueError for a key that is too short to keep addresses secret.
    """
    if len(key) < limits.address_key_min_bytes:
        raise ValueError(
            f"the address key has {len(key)} bytes, at least {limits.address_key_min_bytes} are needed: "
            "put a longer secret in its place"
        )
    canonical = canonical_address(address, limits=limits)
    return hmac.new(key, canonical.encode(), hashlib.sha256).hexdigest()[: limits.address_key_chars]


def _local(text: str, limits: Limits) -> str:
    if not 0 < len(text) <= limits.address_local_max_chars:
        raise _refused(
            f"the part before the @ has {len(text)} characters, not 1 to {limits.address_local_max_chars}",
            "write the person's real address",
        )
    for sign in text:
        plain = sign in _LOCAL_SIGNS or unicodedata.category(sign)[0] in "LMN"
        if not plain:
            raise _refused(
                f"the part before the @ holds {sign!r}", "write a plain address: no quotes, names or routes"
            )
    if text.startswith(".") or text.endswith(".") or ".." in text:
        raise _refused("the part before the @ has a dot at an end or two in a row", "remove the stray dot")
    lower = unicodedata.normalize("NFC", text.lower())
    if unicodedata.normalize("NFKC", lower) != lower:
        raise _refused(
            "the part before the @ holds letters that stand for others", "write it in plain letters"
        )
    return lower


def _label(text: str) -> str:
    try:
        spelled = text.encode("idna").decode("ascii").lower()
        spelled.encode("ascii").decode("idna")
    except UnicodeError:
        spelled = ""
    if not _LABEL.fullmatch(spelled):
        raise _refused("its domain is not a valid name", "check the domain for typing errors")
    return spelled


def _refused(rule: str, mend: str) -> BadAddress:
    return BadAddress(f"not one mail address: {rule}; {mend}")
