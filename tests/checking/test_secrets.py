"""A secret that somebody wrote down is found, in the files and in what was taken out of them again."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.checking import secrets
from scripts.checking.secrets import ROOT, check, lines_of_history, lines_of_tree, read_baseline, search

AWS = "AKIA" + "QWERTZUIOPASDFG2"
GITHUB = "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5"
PLANTED = {
    "key.py": (f'key = "{AWS}"', "AWS Access Key"),
    "app.py": (f"# {GITHUB}", "GitHub Token"),
    "run.sh": (f"curl https://me:{'hunter' + '2hunter'}@host.example/", "Basic Auth Credentials"),
    "cert.pem": ("-----BEGIN " + "RSA PRIVATE KEY-----", "Private Key"),
    "settings.yaml": ("value: " + "q7Zp0vXk2Lm9Rt4Yw8Bn3Cj6Hd1Gs5Fa", "Base64 High Entropy String"),
    "login.py": ('password = "' + 'correct-horse-battery"', "Secret Keyword"),
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one harmless file."""
    if shutil.which("git") is None:
        pytest.skip("there is no git")
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    (tmp_path / "harmless.py").write_text("answer = 42\n")
    commit(tmp_path, "first")
    return tmp_path


def git(root: Path, *words: str) -> str:
    who = ("-c", "user.name=Tester", "-c", "user.email=tester@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", "-C", str(root), *who, *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(root: Path, message: str) -> str:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)
    return git(root, "rev-parse", "--short", "HEAD")


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_secret_is_found_with_its_file_and_line(
    repository: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text, type_ = PLANTED[name]
    (repository / name).write_text(f"first\n{text}\n")
    assert check(repository) == 1
    said = capsys.readouterr().err
    assert f"{name}:2: {type_}" in said
    assert text not in said, "what is found is not shown again"


@pytest.mark.parametrize("where", ["main", "a branch"])
def test_a_secret_that_was_taken_out_again_is_found_in_its_commit(
    repository: Path, where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if where == "a branch":
        git(repository, "checkout", "--quiet", "-b", "other")
    (repository / "key.py").write_text(f'key = "{AWS}"\n')
    planted = commit(repository, "oops")
    (repository / "key.py").unlink()
    commit(repository, "gone")
    if where == "a branch":
        git(repository, "checkout", "--quiet", "main")
    assert search(lines_of_tree(repository)) == []
    assert check(repository) == 1
    assert f"{planted} key.py: AWS Access Key" in capsys.readouterr().err


def test_a_line_that_looks_like_the_head_of_a_patch_does_not_hide_what_follows(repository: Path) -> None:
    (repository / "notes.txt").write_text(f"++ b/elsewhere\n+++ x\n@@ -1 +1 @@\n{GITHUB}\n")
    commit(repository, "notes")
    (found,) = search(lines_of_history(repository))
    assert found.type == "GitHub Token"
    assert found.place.endswith(" notes.txt")


def test_what_is_known_to_be_none_is_not_reported_and_anything_else_is(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "key.py").write_text(f'key = "{AWS}"\n')
    assert check(repository, accept="made up for a test") == 0
    kept = json.loads((repository / secrets.BASELINE).read_text())
    assert [entry["why"] for entry in kept["known"]] == ["made up for a test"]
    assert AWS not in (repository / secrets.BASELINE).read_text()
    assert check(repository) == 0
    (repository / "key.py").write_text(f'key = "{AWS[:-1]}Q"\n')
    capsys.readouterr()
    assert check(repository) == 1
    assert "key.py:1" in capsys.readouterr().err


def test_an_ignored_file_is_not_read_and_a_new_one_is(repository: Path) -> None:
    (repository / ".gitignore").write_text("local.env\n")
    (repository / "local.env").write_text(f"KEY={GITHUB}\n")
    assert check(repository) == 0
    (repository / "other.env").write_text(f"KEY={GITHUB}\n")
    assert check(repository) == 1


def test_a_shallow_clone_and_a_plain_folder_say_what_was_not_read(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "second.py").write_text("answer = 43\n")
    commit(repository, "second")
    shallow = tmp_path_factory.mktemp("clones") / "shallow"
    git(repository, "clone", "--quiet", "--depth", "1", f"file://{repository}", str(shallow))
    assert check(shallow) == 0
    assert "a shallow clone has no more" in capsys.readouterr().out
    plain = tmp_path_factory.mktemp("plain")
    shutil.copy(repository / "harmless.py", plain)
    assert check(plain) == 0
    assert "the files alone" in capsys.readouterr().out
    (plain / "key.py").write_text(f'key = "{AWS}"\n')
    assert check(plain) == 1


def test_a_long_line_is_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text('{"a": "' + "word " * 3000 + f'{AWS}"}}\n')
    assert [one.type for one in search(lines_of_tree(tmp_path))] == ["AWS Access Key"]


def test_every_known_one_has_a_reason() -> None:
    known = read_baseline(ROOT / secrets.BASELINE)
    assert known
    assert all(entry["why"].strip() for entry in known.values())
