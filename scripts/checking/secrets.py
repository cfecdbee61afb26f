"""Look for secrets in every file and in the whole history; what is known to be none stands in .secrets.baseline.

`python -m scripts.checking.secrets` ends with 1 and one line for each secret that is new. With `--accept REASON` it
writes what it found into the baseline, by hash and with the reason, instead.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.core.potential_secret import PotentialSecret

ROOT = Path(__file__).resolve().parents[2]
BASELINE = ".secrets.baseline"
LEFT_OUT = frozenset({"IPPublicDetector"})
"""An address of a machine is no secret."""

COMMIT = "\0commit "
LONGEST_LINE = 20_000
_PIECE = 4_000
_OVERLAP = 400
_SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules"})
_NAMED_SECRET = re.compile(
    r"api_?key|auth_?key|service_?key|account_?key|db_?key|database_?key|priv_?key|private_?key|client_?key|"
    r"db_?pass|database_?pass|key_?pass|passw|pwd|secret|contrasena|contraseña|token",
    re.IGNORECASE,
)
"""What a line must hold to be worth the slow search for values of telling names."""

_PLAUSIBLE = re.compile(r"\S{16}|://|PRIVATE|BEGIN", re.IGNORECASE)
"""A line without any of these holds none of the tokens that are known by their shape."""

_UNQUOTED = re.compile(r"\s*(?:export\s+)?[\w.\"'-]+\s*[:=]\s*([^\s\"'#]{16,})\s*")
_SETTINGS = frozenset({"", ".env", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".properties", ".tfvars", ".sh"})
"""Files in which a value stands without quotes."""


@dataclass(frozen=True)
class Line:
    """One line, and the first place where it stands."""

    place: str
    """`path:line` in the tree, `commit path` in the history."""
    path: str
    text: str


@dataclass(frozen=True)
class Found:
    """What looks like a secret: never its text, only its hash."""

    place: str
    type: str
    hash: str


class NoHistory(Exception):
    """There is nothing that git could tell."""


def lines_of_tree(root: Path) -> Iterator[Line]:
    """Every line of every text file that is not ignored."""
    for path in _files(root):
        try:
            text = (root / path).read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            continue
        for number, line in enumerate(text.split("\n"), 1):
            yield Line(f"{path}:{number}", path, line)


def lines_of_history(root: Path) -> Iterator[Line]:
    """Every line that a commit of any branch added. Errors: NoHistory."""
    done = _git(root, "log", "--patch", "--all", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv",
                "--diff-merges=first-parent", f"--format={COMMIT.replace(chr(0), '%x00')}%h")  # fmt: skip
    if done is None:
        raise NoHistory
    commit = path = ""
    in_head = True
    for line in done.split("\n"):
        if line.startswith(COMMIT):
            commit = line.removeprefix(COMMIT)
        elif line.startswith("diff --git "):
            in_head = True
        elif line.startswith("@@ "):
            in_head = False
        elif in_head and line.startswith("+++ "):
            path = line.removeprefix("+++ ").removeprefix("b/")
        elif not in_head and line.startswith("+"):
            yield Line(f"{commit} {path}", path, line[1:])


def is_shallow(root: Path) -> bool:
    """Whether older commits were not fetched."""
    return (_git(root, "rev-parse", "--is-shallow-repository") or "").strip() == "true"


def search(lines: Iterable[Line]) -> list[Found]:
    """Everything in these lines that looks like a secret, each once, at its first place."""
    plugins = [
        (made.__name__ == "KeywordDetector", made())
        for made in get_mapping_from_secret_type_to_class().values()
        if made.__name__ not in LEFT_OUT
    ]
    found: dict[tuple[str, str], Found] = {}
    seen: set[tuple[str, str]] = set()
    for line in lines:
        known = (Path(line.path).suffix, line.text)
        if known in seen or line.path == BASELINE:
            continue  # the baseline holds hashes, and hashes look like secrets
        seen.add(known)
        named = _NAMED_SECRET.search(line.text) is not None
        if not named and not _PLAUSIBLE.search(line.text):
            continue
        for by_name, plugin in plugins:
            if by_name and not named:
                continue
            for text in _pieces(line):
                for secret in plugin.analyze_line(filename=line.path, line=text, line_number=1):
                    one = _told(line, secret)
                    found.setdefault((one.type, one.hash), one)
    return list(found.values())


def read_baseline(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    """What is known to be no secret, by type and hash. Errors: ValueError when that cannot be read."""
    if not path.exists():
        return {}
    entries: list[dict[str, str]] = json.loads(path.read_text())["known"]
    return {(entry["type"], entry["hashed_secret"]): entry for entry in entries}


def write_baseline(path: Path, known: dict[tuple[str, str], dict[str, str]]) -> None:
    """Keep what is known, in the order of the places where it was seen."""
    entries = sorted(known.values(), key=lambda entry: (entry["seen_in"], entry["hashed_secret"]))
    path.write_text(json.dumps({"known": entries}, indent=2, ensure_ascii=False) + "\n")


def check(root: Path, *, accept: str = "") -> int:
    """Search the tree and the history; 1 when something is new."""
    lines = list(lines_of_tree(root))
    try:
        lines += lines_of_history(root)
        scanned = "the files and the history"
        if is_shallow(root):
            scanned = "the files and what was fetched of the history (a shallow clone has no more)"
    except NoHistory:
        scanned = "the files alone (no git checkout: its history is not here)"
    known = read_baseline(root / BASELINE)
    new = [one for one in search(lines) if (one.type, one.hash) not in known]
    if accept:
        for one in new:
            seen_in = one.place.split(":")[0].split(" ")[-1]
            entry = {"hashed_secret": one.hash, "type": one.type, "seen_in": seen_in, "why": accept}
            known[one.type, one.hash] = entry
        write_baseline(root / BASELINE, known)
        print(f"secrets: {len(new)} written into {BASELINE}")
        return 0
    for one in new:
        print(f"{one.place}: {one.type} (hash {one.hash[:12]})", file=sys.stderr)
    if new:
        print(
            f"secrets: {len(new)} in {scanned}. Revoke what is real, then take it out; "
            f"what is none goes into {BASELINE} by --accept REASON",
            file=sys.stderr,
        )
        return 1
    print(f"secrets: none in {scanned}; {len(known)} known to be none")
    return 0


def _told(line: Line, secret: PotentialSecret) -> Found:
    return Found(line.place, secret.type, secret.secret_hash)


def _pieces(line: Line) -> Iterator[str]:
    """The line, a long one in pieces that overlap, and its value in quotes where it stands without."""
    text = line.text[:LONGEST_LINE]
    for start in range(0, max(len(text) - _OVERLAP, 1), _PIECE - _OVERLAP):
        yield text[start : start + _PIECE]
    name = Path(line.path)
    if name.suffix in _SETTINGS or name.name.startswith(".env"):
        value = _UNQUOTED.fullmatch(text)
        if value is not None:
            yield f'"{value[1]}"'


def _files(root: Path) -> list[str]:
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if listed is not None:
        return [name for name in listed.split("\0") if name and name != BASELINE and (root / name).is_file()]
    found: list[str] = []
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        hidden = any(part.startswith(".") for part in parts[:-1])
        if path.is_file() and not hidden and not _SKIPPED_FOLDERS & set(parts) and path.name != BASELINE:
            found.append(str(path.relative_to(root)))
    return found


def _git(root: Path, *words: str) -> str | None:
    """What git says, or None where this is no checkout of its own, or there is no git."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, stdin=subprocess.DEVNULL, check=False
        )
    except OSError:
        return None
    if done.returncode or not (root / ".git").exists():
        return None
    return done.stdout.decode("utf-8", errors="replace")


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m scripts.checking.secrets")
    parser.add_argument("--accept", metavar="REASON", default="", help="why all that is new is no secret")
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout")
    chosen = parser.parse_args(arguments)
    return check(chosen.root, accept=chosen.accept)


if __name__ == "__main__":
    sys.exit(main())
