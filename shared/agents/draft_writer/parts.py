"""A mail as parts that each know their sources, so that what has no source never reaches the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.jobs.facts import Evidence, Source
from shared.policy.claims import Claim, ClaimKind, claims
from shared.policy.names import name_words, names_in
from shared.policy.sentences import holds


@dataclass(frozen=True)
class Support:
    """Words of a source, as they stand there. With `says`, they are the source of exactly these words."""

    source: Source
    field: str
    span: str
    says: str = ""


@dataclass(frozen=True)
class Part:
    """One or two sentences of a paragraph.

    `rank` 0 stays in every version; the highest ranks go first when the mail is long. A spare part is only
    there to fill a mail that would otherwise be too short.
    """

    text: str
    supports: tuple[Support, ...] = ()
    rank: int = 0
    paragraph: int = 0
    spare: bool = False


def evidence_for(part: Part) -> tuple[Evidence, ...] | None:
    """The source of every claim of a part; None when one has none."""
    found: list[Evidence] = []
    for support in part.supports:
        said = support.says and support.says in part.text
        if said and not any(support.says in one.claim for one in found):
            found.append(_evidence(support.says, support))
    told = [part.text.find(one.claim) for one in found]
    covered = [(start, start + len(one.claim)) for start, one in zip(told, found, strict=True)]
    for claim in _joined(claims(part.text, names=names_in), part.text):
        if any(start <= claim.start and claim.end <= end for start, end in covered):
            continue
        support = _support(claim, part.supports)
        if support is None:
            return None
        found.append(_evidence(claim.text, support))
    return tuple(found)


def is_avoided(text: str, avoid: Sequence[str]) -> bool:
    """Whether a text holds, as whole words, something that was not liked."""
    return any(holds(text, one) for one in avoid)


def paragraphs(parts: Sequence[Part]) -> str:
    """The parts as text, a blank line between paragraphs."""
    texts: dict[int, list[str]] = {}
    for part in parts:
        texts.setdefault(part.paragraph, []).append(part.text)
    return "\n\n".join(" ".join(texts[number]) for number in sorted(texts))


def _evidence(claim: str, support: Support) -> Evidence:
    return Evidence(claim=claim, source=support.source, field=support.field, span=support.span)


def _joined(found: Sequence[Claim], text: str) -> list[Claim]:
    """Names that stand side by side as one: people read "Northgate Solar", not two words."""
    joined: list[Claim] = []
    for claim in found:
        last = joined[-1] if joined else None
        both_names = last is not None and last.kind is claim.kind is ClaimKind.NAME
        if last is not None and both_names and text[last.end : claim.start] == " ":
            whole = text[last.start : claim.end]
            joined[-1] = Claim(ClaimKind.NAME, whole, last.start, claim.end, whole.casefold())
        else:
            joined.append(claim)
    return joined


def _support(claim: Claim, supports: Iterable[Support]) -> Support | None:
    return next((support for support in supports if _says(support, claim)), None)


def _says(support: Support, claim: Claim) -> bool:
    if holds(support.span, claim.text):
        return True
    if claim.kind is not ClaimKind.NAME:
        return False
    words = name_words(support.span)
    return all(word in words for word in claim.text.casefold().split())
