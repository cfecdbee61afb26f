"""Which distribution an import needs, and what that one needs in turn where it is deployed."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.catalogue import ROOT
from scripts.packaging.distributions import Pins
from scripts.packaging.imports import Imported, NotPackaged, read
from tests.packaging.checkouts import Checkout


@pytest.fixture(scope="module")
def pins() -> Pins:
    return Pins(ROOT / "requirements.txt")


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("from google.cloud import firestore", {"google-cloud-firestore"}),
        (
            "from google.cloud.firestore_v1.services.firestore import FirestoreClient",
            {"google-cloud-firestore"},
        ),
        ("from google.cloud.firestore import Client", {"google-cloud-firestore"}),
        ("from google.cloud.tasks_v2 import CloudTasksClient", {"google-cloud-tasks"}),
        ("from google.cloud import secretmanager_v1", {"google-cloud-secret-manager"}),
        ("from google.pubsub_v1 import PublisherClient", {"google-cloud-pubsub"}),
        ("import google.cloud.pubsub_v1", {"google-cloud-pubsub"}),
        ("from google.api_core import exceptions", {"google-api-core"}),
        ("from google.auth.credentials import Credentials", {"google-auth"}),
        ("from google.protobuf import duration_pb2", {"protobuf"}),
        ("from google.rpc import status_pb2", {"googleapis-common-protos"}),
        ("import grpc", {"grpcio"}),
        ("import yaml", {"pyyaml"}),
        ("from sentry_sdk.integrations.flask import FlaskIntegration", {"sentry-sdk"}),
        ("from zoneinfo import ZoneInfo", {"tzdata"}),
        ("import json, email.message", set[str]()),
        ("from shared.jobs.job import Job", set[str]()),
    ],
)
def test_an_import_needs_the_distribution_that_holds_its_file(
    pins: Pins, text: str, owners: set[str]
) -> None:
    found = set[str]().union(*(pins.owners(one) for one in read(text).imported))
    assert found == owners


@pytest.mark.parametrize("name", ["grimp", "google", "google.cloud", "no_such_module", "googleapiclient"])
def test_what_no_pinned_distribution_provides_is_refused(pins: Pins, name: str) -> None:
    """Also what is installed for the tests, and a namespace that belongs to nobody."""
    with pytest.raises(NotPackaged, match=r"no distribution pinned in .* provides"):
        pins.owners(Imported(name))


def test_an_extra_brings_what_it_needs(pins: Pins) -> None:
    """google-cloud-firestore asks for google-api-core[grpc], which needs grpcio-status."""
    assert "grpcio-status" in pins.needed(["google-cloud-firestore"])
    assert "grpcio-status" not in pins.needed(["google-api-core"])


def test_markers_are_judged_for_the_deployed_python_and_not_for_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {
        "beta": "python_version == '3.13' and sys_platform == 'linux'",
        "gamma": "python_full_version >= '3.13' and platform_system != 'Windows'",
        "delta": "python_version != '3.13'",
        "epsilon": "platform_python_implementation != 'CPython' or os_name == 'nt'",
        "zeta": "extra == 'more'",
    }
    for name in ("alpha", *wanted):
        needs = [f"Requires-Dist: {other}; {marker}" for other, marker in wanted.items() if name == "alpha"]
        metadata = [f"Metadata-Version: 2.1\nName: {name}-of-a-test\nVersion: 1.0", *needs]
        folder = tmp_path / f"{name}_of_a_test-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text("\n".join(metadata).replace("; ", "-of-a-test; ") + "\n")
    path = tmp_path / "requirements.txt"
    path.write_text("".join(f"{name}-of-a-test==1.0\n" for name in ("alpha", *wanted)))
    monkeypatch.syspath_prepend(str(tmp_path))
    found = Pins(path).needed(["alpha-of-a-test"])
    assert set(found) == {f"{name}-of-a-test" for name in ("alpha", "beta", "gamma")}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("flask>=3", "no pin"),
        ("flask", "no pin"),
        ("flask==3.*", "no pin"),
        ("flask[async]==3.1.3", "no pin"),
        ("flask==3.1.3; python_version > '3'", "no pin"),
        ("flask @ file:///flask.whl", "no pin"),
        ("-r other.txt", "no requirement"),
    ],
)
def test_a_line_that_is_no_pin_is_refused_by_number(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text(f"# pins\nclick==8.5.1 # a comment\n{line}\n")
    with pytest.raises(NotPackaged, match=rf"requirements.txt:3: .*{said}; write name==version"):
        Pins(path)


def without(checkout: Checkout, name: str) -> str:
    """What a build says when a pin is taken away."""
    path = checkout.root / "requirements.txt"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(f"{name}==")))
    return failure(checkout)


def failure(checkout: Checkout) -> str:
    done = checkout.run("--out", str(checkout.root / "out"))
    assert done.returncode == 1, done.stdout
    assert not (checkout.root / "out").exists()
    assert "Traceback" not in done.stderr
    return done.stderr


def test_an_import_without_a_pin_names_the_file_that_imports(checkout: Checkout) -> None:
    said = without(checkout, "holidays")
    assert "shared/policy/slots.py imports holidays, which no distribution pinned" in said


def test_a_requirement_without_a_pin_names_who_needs_it(checkout: Checkout) -> None:
    assert "flask needs blinker" in without(checkout, "blinker")


def test_no_function_starts_without_the_framework(checkout: Checkout) -> None:
    assert "functions-framework is needed by every function: pin it" in without(
        checkout, "functions-framework"
    )


def test_a_pin_that_is_not_what_is_installed_is_refused(checkout: Checkout) -> None:
    """The metadata of another version may need other distributions."""
    path = checkout.root / "requirements.txt"
    path.write_text(path.read_text().replace("blinker==", "blinker==99."))
    assert "run scripts/venv test" in failure(checkout)


def test_a_pin_that_breaks_what_another_needs_is_refused(checkout: Checkout) -> None:
    """cloudevents<=1.12.0 stands in functions-framework's metadata."""
    packages = checkout.root / "installed"
    old = packages / "cloudevents-9.0.0.dist-info"
    old.mkdir(parents=True)
    (old / "METADATA").write_text("Metadata-Version: 2.1\nName: cloudevents\nVersion: 9.0.0\n")
    (old / "RECORD").write_text("cloudevents/__init__.py,,\n")
    path = checkout.root / "requirements.txt"
    lines = path.read_text().splitlines()
    path.write_text("\n".join("cloudevents==9.0.0" if x.startswith("cloudevents==") else x for x in lines))
    done = checkout.run("--json", PYTHONPATH=f"{checkout.root}:{packages}")
    assert done.returncode == 1
    assert "functions-framework needs cloudevents<=1.12.0" in done.stderr
    assert "pins 9.0.0" in done.stderr


@pytest.mark.parametrize(
    "text", ['__import__("openai")', 'import importlib\nimportlib.import_module("openai")']
)
def test_an_import_by_name_is_refused(checkout: Checkout, text: str) -> None:
    checkout.append("shared/stages/gate_draft.py", f"\n{text}\n")
    assert "shared.stages.gate_draft imports by name" in failure(checkout)


def test_a_function_that_reaches_another_is_refused(checkout: Checkout) -> None:
    checkout.append("functions/stages/gate_draft.py", "\nimport functions.stages.write_draft\n")
    assert "functions.stages.gate_draft reaches functions.stages" in failure(checkout)
