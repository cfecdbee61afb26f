from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONNECTORS = sorted((ROOT / "shared" / "connectors").glob("*.py"))
MAY_IMPORT = (
    "shared.connectors", "shared.ports", "shared.jobs", "shared.errors", "shared.pattern", "shared.strict_json",
)  # fmt: skip


@pytest.mark.parametrize("path", CONNECTORS, ids=lambda path: path.stem)
def test_a_connector_imports_nothing_above_it_and_reads_no_environment(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    ours = {
        module for module in imported if module.split(".")[0] in ("shared", "functions", "scripts", "tests")
    }
    assert all(module.startswith(MAY_IMPORT) for module in ours)
    assert not {"os", "flask", "functions_framework", "requests", "httplib2", "googleapiclient"} & imported


def test_heavy_libraries_are_loaded_only_when_they_are_used() -> None:
    modules = [
        "openai_model",
        "secrets",
        "opt_out_token",
        "google_auth",
        "gmail",
        "google_calendar",
        "hubspot",
        "hubspot_forms",
    ]
    code = f"""
import sys
for name in {modules}:
    __import__("shared.connectors." + name)
heavy = ("openai", "httpx2", "cryptography", "google.auth", "google.api_core", "grpc")
print([name for name in heavy if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
