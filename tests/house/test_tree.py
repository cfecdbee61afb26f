"""The tree says what the product does: a stage has one name and stands in its places."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from scripts.catalogue import KINDS, PATH, ROOT, Catalogue, load, source_of
from scripts.documents import documents
from shared.jobs.playbooks import PLAYBOOKS
from shared.runtime.settings import Settings

TOP_LEVEL = {
    "functions", "shared", "terraform", "tests", "scripts", "requirements.txt", "cloudbuild.yaml", "README.md",
}  # fmt: skip
SAY_NOTHING = re.compile(r"(^|/)(utils?|helpers?|managers?|services?|handlers?|common|base|misc)(\.py)?$")


def tracked() -> list[str]:
    """Every file of the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout: the files of the repository are not known")
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def test_nothing_but_the_fixed_names_stands_at_the_top() -> None:
    found = {name.split("/")[0] for name in tracked()}
    assert {name for name in found if not name.startswith(".")} <= TOP_LEVEL


def test_package_files_are_empty() -> None:
    assert [n for n in tracked() if n.endswith("__init__.py") and (ROOT / n).read_text().strip()] == []


def test_no_name_says_nothing() -> None:
    assert [name for name in tracked() if any(SAY_NOTHING.search(part) for part in Path(name).parts)] == []


def test_every_function_has_a_row_and_every_row_a_function() -> None:
    files = {p.stem for kind in KINDS for p in (ROOT / "functions" / kind).glob("*.py")} - {"__init__"}
    assert files == set(load().functions)


def stages() -> list[str]:
    return [name for name in load().functions if source_of(name).parent.name == "stages"]


@pytest.mark.parametrize("stage", stages())
def test_a_stage_stands_in_each_of_its_places(stage: str) -> None:
    """functions.yaml, functions/stages, shared/stages, tests/stages, a playbook, its own entry point."""
    assert (ROOT / "shared" / "stages" / f"{stage}.py").exists()
    assert (ROOT / "tests" / "stages" / f"test_{stage}.py").exists(), (
        f"tests/stages/test_{stage}.py is missing"
    )
    assert any(stage in playbook.stages for playbook in PLAYBOOKS.values())
    assert re.search(rf"^def {stage}\(", source_of(stage).read_text(), re.M)
    assert re.search(rf"^def {stage}\(", (ROOT / "shared" / "stages" / f"{stage}.py").read_text(), re.M)


def test_every_stage_of_a_playbook_has_a_function_and_a_route() -> None:
    routing = load().routing()
    for playbook in PLAYBOOKS.values():
        assert set(playbook.stages) <= set(stages())
        assert set(playbook.stages) <= set(routing)
        assert {to for moves in playbook.moves.values() for to in moves} <= set(playbook.stages)


@pytest.mark.parametrize("stage", stages())
def test_a_stage_is_outward_where_its_row_says_so(stage: str) -> None:
    assert load().functions[stage].outward == ("outward=True" in source_of(stage).read_text())


def test_the_links_of_pages_are_kept_in_no_log() -> None:
    """A page asks for nothing but its link: whoever reads the link in a log comes in."""
    made = re.compile(r"^@(button_)?page$", re.M)
    pages = {name.replace("_", "-") for name in load().functions if made.search(source_of(name).read_text())}
    deployment = (ROOT / "terraform" / "README.md").read_text()
    excluded = re.search(r"name=whisper-secret-links,filter=.*?service_name=\((.*?)\)", deployment, re.S)
    assert excluded
    assert set(re.findall(r'"([^"]+)"', excluded[1])) == pages


def test_a_function_is_a_few_lines() -> None:
    for name in load().functions:
        assert len(source_of(name).read_text().splitlines()) <= 40, name


def test_no_module_compiles_a_regular_expression_as_it_loads() -> None:
    """A cold start would pay for it: `shared/pattern.py` compiles at the first use."""
    program = (
        "import re, sys, pkgutil, importlib, shared\n"
        "for one in pkgutil.walk_packages(shared.__path__, 'shared.'):\n"
        "    importlib.import_module(one.name)\n"
        "compiled = [made for name, module in list(sys.modules.items()) if name.startswith('shared')\n"
        "    for made in vars(module).values() if isinstance(made, re.Pattern)]\n"
        "print(*(each.pattern for each in compiled), sep='\\n', end='')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == ""


def test_generated_documents_are_up_to_date() -> None:
    for path, text in documents().items():
        assert path.read_text() == text, f"{path.name}: run `python -m scripts.documents`"


def test_every_setting_is_described() -> None:
    for name, field in Settings.model_fields.items():
        assert field.alias, name
        assert field.description, name


@pytest.mark.parametrize(
    "change",
    [
        {"unknown": {}},
        {"functions": {"read_thread": {"unknown": 1}}},
        {"functions": {"read_thread": {"trigger": {"queue": "no_such_queue", "deadline_s": 90}}}},
        {"functions": {"read_thread": {"secrets": ["no-such-secret"]}}},
        {"functions": {"read_thread": {"trigger": {"queue": "stages", "deadline_s": 15}}}},
        {"functions": {"read_thread": {"trigger": {}}}},
        {"queues": {"stages": {"max_attempts": 0}}},
    ],
)
def test_a_catalogue_with_one_mistake_is_refused(change: dict[str, dict[str, object]]) -> None:
    tree = yaml.safe_load(PATH.read_text())

    def merge(into: dict[str, object], other: dict[str, object]) -> None:
        for key, value in other.items():
            held = into.get(key)
            if isinstance(value, dict) and isinstance(held, dict) and value and key != "trigger":
                merge(held, value)
            else:
                into[key] = value

    merge(tree, dict(change))
    with pytest.raises(ValidationError):
        Catalogue.model_validate(tree)


@pytest.mark.skipif(shutil.which("terraform") is None, reason="Terraform is not installed")
def test_terraform_reads_the_catalogue_as_python_does(tmp_path: Path) -> None:
    shutil.copy(PATH, tmp_path / "functions.yaml")
    asked = subprocess.run(
        ["terraform", "console"],
        input='jsonencode(yamldecode(file("functions.yaml")))\n',
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(json.loads(asked.stdout)) == yaml.safe_load(PATH.read_text())


def test_every_link_in_a_document_leads_somewhere() -> None:
    for name in tracked():
        if name.endswith(".md") and not name.startswith("shared/"):
            for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text()):
                if "://" not in target:
                    assert ((ROOT / name).parent / target).exists(), f"{name} links to {target}"
