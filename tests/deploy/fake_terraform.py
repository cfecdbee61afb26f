"""Stands in for terraform and gcloud on PATH: writes every call down, and keeps a state and buckets as files.

Run as `terraform` or `gcloud`; FAKE_CLOUD names the folder of its calls, state and buckets.
"""

from __future__ import annotations

import fnmatch
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

CLOUD = Path(os.environ["FAKE_CLOUD"])
STATE = CLOUD / "state.json"
ZIPS = "TF_VAR_zips"


def state() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(STATE.read_text()) if STATE.exists() else {}
    return found


def function(sha256: str) -> dict[str, Any]:
    source = {"storage_source": [{"object": f"functions/x/{sha256}.zip"}]}
    settings = {"environment_variables": {"RELEASE": sha256[:12]}, "timeout_seconds": 60}
    return {"build_config": [{"source": [source]}], "service_config": [settings]}


def change(name: str, before: str | None, after: str | None) -> dict[str, Any]:
    actions = ["no-op"] if before == after else ["create"] if not before else ["update"]
    return {
        "address": f'module.whisper.google_cloudfunctions2_function.function["{name}"]',
        "type": "google_cloudfunctions2_function",
        "name": "function",
        "index": name,
        "mode": "managed",
        "change": {
            "actions": actions,
            "before": function(before) if before else None,
            "after": function(after) if after else None,
        },
    }


def shown(plan: Path) -> dict[str, Any]:
    zips, running = json.loads(plan.read_text()), state()
    changes = [change(name, running.get(name), one["sha256"]) for name, one in sorted(zips.items())]
    if (CLOUD / "loses_data").exists():
        gone = {"actions": ["delete"], "before": {}, "after": None}
        type_ = "google_firestore_database"
        changes.append({"address": f"module.whisper.{type_}.database", "type": type_, "change": gone})
    return {"resource_changes": changes}


def terraform(words: list[str]) -> int:
    command = words[1] if words[0].startswith("-chdir=") else words[0]
    if (CLOUD / f"fails_{command}").exists():
        print(f"Error: {command} is told to fail", file=sys.stderr)
        return 1
    match command:
        case "version":
            print(json.dumps({"terraform_version": os.environ.get("FAKE_TERRAFORM", "1.11.4")}))
        case "plan":
            (out,) = (word.partition("=")[2] for word in words if word.startswith("-out="))
            Path(out).write_text(os.environ[ZIPS])
        case "show":
            print(json.dumps(shown(Path(words[-1]))) if "-json" in words else "the plan in words")
        case "apply":
            zips = json.loads(Path(words[-1]).read_text())
            STATE.write_text(json.dumps({name: one["sha256"] for name, one in zips.items()}))
        case "output":
            settings = {"PROJECT": "example-dev", "REGION": "europe-west1"}
            values = {"functions": state(), "settings": settings} if state() else {}
            print(json.dumps({name: {"value": value} for name, value in values.items()}))
        case _:
            pass
    return 0


def local(word: str) -> Path:
    return CLOUD / "buckets" / word.removeprefix("gs://") if word.startswith("gs://") else Path(word)


def gcloud(words: list[str]) -> int:
    if words[:2] == ["auth", "application-default"]:
        return 1 if (CLOUD / "logged_out").exists() else (print("a-token") or 0)
    if words[:3] == ["storage", "objects", "describe"]:
        return 0 if local(words[3]).is_file() else 1
    if words[:2] != ["storage", "cp"]:
        return 2
    *sources, to = [word for word in words[2:] if not word.startswith("--")]
    target = local(to)
    for source in sources:
        path = local(source)
        files = [one for one in path.parent.glob("*") if fnmatch.fnmatch(one.name, path.name)]
        if not files:
            print(f"ERROR: {source} matches nothing", file=sys.stderr)
            return 1
        for file in files:
            place = target / file.name if to.endswith("/") else target
            place.parent.mkdir(parents=True, exist_ok=True)
            if not ("--no-clobber" in words and place.exists()):
                shutil.copyfile(file, place)
    return 0


if __name__ == "__main__":
    name, words = Path(sys.argv[0]).name, sys.argv[1:]
    with (CLOUD / "calls.jsonl").open("a") as calls:
        zips = json.loads(os.environ.get(ZIPS, "null"))
        calls.write(json.dumps({"command": name, "words": words, "zips": zips}) + "\n")
    sys.exit(terraform(words) if name == "terraform" else gcloud(words))
