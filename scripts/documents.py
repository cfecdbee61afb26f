"""The parts of README.md and .env.example that are generated; --check fails when they are out of date."""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.catalogue import ROOT, Catalogue, load, source_of
from scripts.stack import live
from shared.runtime.settings import Settings

BEGIN, END = "<!-- pipeline -->", "<!-- /pipeline -->"


def trigger_of(catalogue: Catalogue, name: str) -> str:
    """What starts a function, in a few words."""
    trigger = catalogue.functions[name].trigger
    said = [
        f"HTTP {'/'.join(trigger.methods)} (public)" if trigger.public else "",
        f"queue `{trigger.queue}`" if trigger.queue else "",
        f"schedule `{trigger.schedule}`" if trigger.schedule else "",
        f"topic `{trigger.topic}`" if trigger.topic else "",
    ]
    return ", ".join(part for part in said if part)


def pipeline_table(catalogue: Catalogue) -> str:
    """The table of functions in README.md."""
    lines = [
        "| function | started by | what it does | reads/writes/tasks | if it fails |",
        "|---|---|---|---|---|",
    ]
    for name, row in catalogue.functions.items():
        where = source_of(name).relative_to(ROOT)
        cost = f"{row.cost.reads}/{row.cost.writes}/{row.cost.tasks}"
        lines.append(
            f"| [{name}]({where}) | {trigger_of(catalogue, name)} | {row.what} | {cost} | {row.if_it_fails} |"
        )
    return "\n".join(lines)


def example_environment() -> str:
    """.env.example: every setting with what it means and its default."""
    lines = [
        "# Settings of the functions. Deployed, Terraform sets them; locally, scripts/run does.",
        "# Copy to .env and fill in what `scripts/run --live` and `scripts/whisper` need.",
        "",
    ]
    for field in Settings.model_fields.values():
        default = "" if field.is_required() else field.get_default(call_default_factory=True)
        shown = "" if isinstance(default, dict) else str(getattr(default, "value", default))
        needed = " (required)" if field.is_required() else ""
        lines += [f"# {field.description}{needed}", f"#{field.alias}={shown}", ""]
    lines += ["# What `scripts/run --live hubspot,gmail,openai` needs", ""]
    for names in (*live.REQUIRED.values(), *live.OPTIONAL.values()):
        for name, what in names.items():
            lines += [f"# {what}", f"#{name}=", ""]
    return "\n".join(lines)


def documents() -> dict[Path, str]:
    """Every generated document with the text it should have."""
    readme = ROOT / "README.md"
    before, _, rest = readme.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    return {
        readme: f"{before}{BEGIN}\n{pipeline_table(load())}\n{END}{after}",
        ROOT / ".env.example": example_environment(),
    }


def main() -> int:
    """Write the documents, or with --check say which are out of date."""
    stale = [path for path, text in documents().items() if not path.exists() or path.read_text() != text]
    if "--check" not in sys.argv[1:]:
        for path, text in documents().items():
            path.write_text(text)
        return 0
    for path in stale:
        print(f"{path.relative_to(ROOT)} is out of date: run `python -m scripts.documents`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
