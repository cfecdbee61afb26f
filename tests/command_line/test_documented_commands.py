"""Every command of ours that a page, an alert or a message names is one that the command line takes as written."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from scripts.catalogue import ROOT
from scripts.command_line.whisper import whisper

PAGES = (ROOT / "README.md", ROOT / "terraform/README.md", ROOT / "terraform/PRIVACY.md")
SOURCES = (
    *PAGES,
    *(ROOT / "terraform/whisper").glob("*.tf"),
    *(ROOT / "shared").rglob("*.py"),
    *(ROOT / "scripts").rglob("*.py"),
)
OURS = ("whisper", "scripts/whisper", "W")
_QUOTED = re.compile(r"`((?:W|(?:scripts/)?whisper)\s[^`]*)`")
_IN_A_BLOCK = re.compile(r"^\s*(?:\w+=\S+ )*((?:W|scripts/whisper)\s.*)$", re.M)


def said_in(path: Path) -> Iterator[str]:
    text = path.read_text().replace("\\\n", " ").replace('\\"', '"')
    found = _QUOTED.findall(text)
    if path in PAGES:
        for block in re.findall(r"^ *```\n(.*?)^ *```", text, re.M | re.S):
            found += _IN_A_BLOCK.findall(block)
    for one in found:
        alone = re.split(r" [#>] ", one.replace("\n", " "), maxsplit=1)[0]
        for said in re.split(r";|\s(?=scripts/whisper\s)", alone):
            if said.strip().startswith(OURS):
                yield " ".join(said.split())


def mistake_in(said: str) -> str:
    """What the command line would not take of it; empty where it takes all. `…` stands for what is left out."""
    words = shlex.split(said)[1:]
    command: click.Command = whisper
    values: list[str] = []
    options: set[str] = set()
    while words:
        word = words.pop(0)
        known = {name: one for one in command.params for name in (*one.opts, *one.secondary_opts)}
        if word in ("--help", "-h"):
            return ""
        if word.startswith("-"):
            for name in word.split("|"):
                option = known.get(name)
                if not isinstance(option, click.Option):
                    return f"there is no option {name}"
                options.add(str(option.name))
                if not option.is_flag:
                    if not words:
                        return ""  # no more than its name is said
                    if _refused(option, words.pop(0)):
                        return f"{name} does not take its value"
        elif isinstance(command, click.Group):
            if _elided(word):
                return ""
            names = word.split("|")
            missing = [name for name in names if name not in command.commands]
            if missing:
                return f"there is no command {missing[0]}"
            command = command.commands[names[0]]
            values, options = [], set()
        else:
            values.append(word)
    return _incomplete(command, values, options)


def _incomplete(command: click.Command, values: list[str], options: set[str]) -> str:
    if isinstance(command, click.Group) or (not values and not options) or any(map(_elided, values)):
        return ""  # no more than its name is said
    wanted = [one for one in command.params if isinstance(one, click.Argument)]
    most = len(values) if any(one.nargs < 0 for one in wanted) else len(wanted)
    if not sum(one.required for one in wanted) <= len(values) <= most:
        return f"it takes {len(wanted)} words, and not {values}"
    wrong = [value for one, value in zip(wanted, values, strict=False) if _refused(one, value)]
    lacking = [
        one.opts[0]
        for one in command.params
        if isinstance(one, click.Option) and one.required and one.name not in options
    ]
    return f"it wants {' '.join(lacking)}" if lacking else f"it does not take {wrong}" if wrong else ""


def _elided(word: str) -> bool:
    return "…" in word or "..." in word


def _refused(parameter: click.Parameter, value: str) -> bool:
    """Whether a value is none of its choices; a word in capitals stands for one that is not."""
    if not isinstance(parameter.type, click.Choice) or "{" in value:
        return False
    stands_for_one = value.isupper() and not any(choice.isupper() for choice in parameter.type.choices)
    return not stands_for_one and not set(value.split("|")) <= set(parameter.type.choices)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_page_has_commands_that_run(path: Path) -> None:
    said = list(said_in(path))
    assert len(said) >= 5
    assert [(one, mistake) for one in said if (mistake := mistake_in(one))] == []


def test_alerts_and_messages_have_commands_that_run() -> None:
    said = {(path.name, one) for path in SOURCES if path not in PAGES for one in said_in(path)}
    assert len(said) >= 40
    assert [(name, one, mistake) for name, one in sorted(said) if (mistake := mistake_in(one))] == []


@pytest.mark.parametrize(
    ("said", "mistake"),
    [
        ("W people", "there is no command people"),
        ("W drafts force DRAFT", "it wants --revision --reason"),
        ('W quota set MAILBOX fortnight 80 --reason "…"', "it does not take ['fortnight']"),
        ("W flags set mode", "it takes 2 words, and not ['mode']"),
        ("W erase EMAIL --because no", "there is no option --because"),
        ("W suppress add EMAIL --reason asked --as SPAM|MANUAL", "--as does not take its value"),
        ("W drafts approve DRAFT …", ""),
        ("W drafts force", ""),
    ],
)
def test_what_would_not_run_is_found(said: str, mistake: str) -> None:
    assert mistake_in(said) == mistake
