"""The hook, run by the real pre-commit and prek on real commits, and the GitHub Action's form."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

CHECKOUT = Path(__file__).parents[1]
HOOK: dict[str, Any] = yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text("utf-8"))[0]

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@pytest.fixture(params=["pre-commit", "prek"])
def runner(request: pytest.FixtureRequest) -> str:
    """The program that runs hooks: ours first, the one of the environment the tests run in."""
    name: str = request.param
    found = shutil.which(name, path=os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]]))
    if found is None:
        pytest.skip(f"needs {name}")
    return found


class Repository:
    """A git repository in which commits go through hooks."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
            "HOME": os.fspath(home),
            "PRE_COMMIT_HOME": os.fspath(home / "pre-commit"),
            "PREK_HOME": os.fspath(home / "prek"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
        }

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)

    def do(self, *command: str) -> None:
        done = self.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr

    def write(self, **notes: str) -> None:
        for name, text in notes.items():
            (self.folder / f"{name}.md").write_text(text, encoding="utf-8")

    def commit(self, *options: str) -> str:
        """What the commit said if it was refused; empty if it was made."""
        done = self.run("git", "commit", "-m", "change", *options)
        return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    for name in ("home", "repo"):
        (tmp_path / name).mkdir()
    made = Repository(tmp_path / "repo", tmp_path / "home")
    made.do("git", "init", "-q")
    return made


@pytest.fixture
def hooked(repository: Repository, runner: str) -> Repository:
    """A repository with two notes, the first of which links to the second, and the hook as users have it.

    Only the language differs, so that nothing is installed: the entry runs what is in this checkout.
    """
    program, arguments = HOOK["entry"].split(" ", 1)
    assert program == "fmvault"
    entry = f"{shlex.quote(sys.executable)} -m fmvault {arguments}"
    hook = HOOK | {"language": "system", "entry": entry}
    configure(repository, {"repo": "local", "hooks": [hook]})
    repository.environment["PYTHONPATH"] = os.fspath(CHECKOUT)
    repository.do(runner, "install")
    repository.write(One="See [[Two]].\n", Two="Linked from [[One]].\n")
    repository.do("git", "add", ".")
    assert repository.commit() == ""
    return repository


def configure(repository: Repository, repo: dict[str, Any]) -> None:
    (repository.folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [repo]}), encoding="utf-8")


def test_a_commit_that_breaks_a_link_is_refused_and_the_mended_one_passes(hooked: Repository) -> None:
    hooked.write(One="See [[Twoo]].\n")
    hooked.do("git", "add", ".")
    assert "no note is named 'Twoo'" in hooked.commit()
    hooked.write(One="See [[Two]], again.\n")
    hooked.do("git", "add", ".")
    assert hooked.commit() == ""


def test_the_removal_of_a_linked_note_is_refused(hooked: Repository) -> None:
    hooked.do("git", "rm", "-q", "Two.md")
    assert "no note is named 'Two'" in hooked.commit()


def test_the_removal_is_refused_though_the_note_lies_there_still(hooked: Repository) -> None:
    hooked.do("git", "rm", "-q", "--cached", "Two.md")
    assert "no note is named 'Two'" in hooked.commit()


def test_a_link_to_a_note_not_yet_added_is_refused(hooked: Repository) -> None:
    hooked.write(One="See [[Two]] and [[Three]].\n", Three="New.\n")
    hooked.do("git", "add", "One.md")
    assert "no note is named 'Three'" in hooked.commit()
    hooked.do("git", "add", "Three.md")
    assert hooked.commit() == ""


def test_what_is_not_staged_is_not_looked_at(hooked: Repository) -> None:
    hooked.write(One="See [[Two]], staged.\n")
    hooked.do("git", "add", ".")
    hooked.write(One="See [[Nowhere]], not staged.\n")
    assert hooked.commit() == ""


def test_a_commit_of_one_file_is_judged_by_the_index_it_is_made_from(hooked: Repository) -> None:
    hooked.write(One="See [[Two]] and [[Three]].\n", Three="New.\n")
    hooked.do("git", "add", "Three.md")
    # The commit holds One.md alone, though Three.md is staged as well.
    assert "no note is named 'Three'" in hooked.commit("--only", "One.md")


def test_a_commit_in_a_linked_working_tree_is_judged_by_its_own_index(hooked: Repository, tmp_path: Path) -> None:
    hooked.do("git", "worktree", "add", "-q", os.fspath(tmp_path / "tree"))
    hooked.folder = tmp_path / "tree"
    hooked.write(One="See [[Twoo]].\n")
    hooked.do("git", "add", ".")
    assert "no note is named 'Twoo'" in hooked.commit()


def test_a_vault_in_a_subfolder_is_named_in_args(hooked: Repository) -> None:
    file = hooked.folder / ".pre-commit-config.yaml"
    configuration = yaml.safe_load(file.read_text("utf-8"))
    configuration["repos"][0]["hooks"][0]["args"] = ["vault"]
    file.write_text(yaml.safe_dump(configuration), encoding="utf-8")
    (hooked.folder / "vault").mkdir()
    (hooked.folder / "vault" / "Note.md").write_text("[[One]]\n", encoding="utf-8")
    hooked.do("git", "add", ".")
    assert "no note is named 'One'" in hooked.commit()
    (hooked.folder / "vault" / "Note.md").write_text("[[Note]]\n", encoding="utf-8")
    hooked.write(One="See [[Nowhere]].\n")
    hooked.do("git", "add", ".")
    assert hooked.commit() == ""


@pytest.mark.slow
def test_it_installs_from_a_repository(repository: Repository, runner: str, tmp_path: Path) -> None:
    published = Repository(tmp_path / "published", tmp_path / "home")
    tracked = ("fmvault", "schemas", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
    if not all((CHECKOUT / name).exists() for name in tracked):
        pytest.skip("needs a whole checkout")
    ignore = shutil.ignore_patterns("__pycache__", "node_modules", ".*cache")
    for name in tracked:
        source, target = CHECKOUT / name, published.folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=ignore)
        else:
            target.parent.mkdir(exist_ok=True)
            shutil.copy(source, target)
    published.do("git", "init", "-q")
    published.do("git", "add", ".")
    published.do("git", "commit", "-q", "-m", "published")
    revision = published.run("git", "rev-parse", "HEAD").stdout.strip()
    configure(repository, {"repo": os.fspath(published.folder), "rev": revision, "hooks": [{"id": "fmvault"}]})
    prepared = repository.run(runner, "install", "--install-hooks")
    if prepared.returncode:
        said = prepared.stdout + prepared.stderr
        offline = (
            "No matching distribution",
            "Failed to establish",
            "error sending request",
            "Could not find a version",
        )
        if any(sign in said for sign in offline):
            pytest.skip("needs a package index")
        pytest.fail(said)
    repository.write(One="See [[Two]].\n")
    repository.do("git", "add", ".")
    assert "no note is named 'Two'" in repository.commit()
    repository.write(Two="Here.\n")
    repository.do("git", "add", ".")
    assert repository.commit() == ""


def test_the_hook_runs_once_over_the_whole_vault_whatever_was_changed() -> None:
    assert HOOK["entry"] == "fmvault check --tracked"
    assert (HOOK["pass_filenames"], HOOK["always_run"], HOOK["require_serial"]) == (False, True, True)
    assert not {"files", "types", "types_or"} & HOOK.keys()


def test_the_hooks_manifest_is_valid(repository: Repository, runner: str) -> None:
    repository.do(runner, "validate-manifest", os.fspath(CHECKOUT / ".pre-commit-hooks.yaml"))


class TestTheAction:
    ACTION: dict[str, Any] = yaml.safe_load((CHECKOUT / "action.yml").read_text("utf-8"))

    def test_it_is_valid(self) -> None:
        pytest.importorskip("check_jsonschema")
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions"]
        done = subprocess.run([*command, os.fspath(CHECKOUT / "action.yml")], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    def test_no_input_is_a_part_of_a_script(self) -> None:
        scripts = [step["run"] for step in self.ACTION["runs"]["steps"] if "run" in step]
        assert len(scripts) == 3
        assert not any("${{" in script for script in scripts)

    @pytest.fixture
    def check(self, tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
        """The action's own script, run in a folder: its status, what it gives on, and what it prints."""
        bash = shutil.which("bash")
        if bash is None or os.name != "posix":
            pytest.skip("needs bash")
        program = tmp_path / "temp" / "fmvault" / "bin" / "fmvault"
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m fmvault "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        step = next(step for step in self.ACTION["runs"]["steps"] if step.get("id") == "check")

        def run(folder: Path, path: str = ".", args: str = "") -> tuple[int, str, str]:
            output = tmp_path / "output"
            output.write_text("")
            environment = os.environ | {"RUNNER_TEMP": os.fspath(tmp_path / "temp"), "GITHUB_OUTPUT": os.fspath(output)}
            environment |= {"INPUT_PATH": path, "INPUT_ARGS": args, "PYTHONPATH": os.fspath(CHECKOUT)}
            command = [bash, "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
            return done.returncode, output.read_text(), done.stdout + done.stderr

        return run

    def test_findings_are_reported_and_left_for_a_later_step_to_fail_on(
        self, tmp_path: Path, check: Callable[..., tuple[int, str, str]]
    ) -> None:
        vault = tmp_path / "my vault"
        vault.mkdir()
        (vault / "One.md").write_text("See [[Two]].\n", encoding="utf-8")
        status, given, printed = check(tmp_path, path="my vault\n")
        assert status == 0
        assert given == f"exit-code=1\nsarif-file={tmp_path}/temp/fmvault.sarif\n"
        assert "no note is named 'Two'" in printed
        assert '"2.1.0"' in (tmp_path / "temp" / "fmvault.sarif").read_text("utf-8")

    def test_a_clean_vault_gives_a_report_too(self, tmp_path: Path, check: Callable[..., tuple[int, str, str]]) -> None:
        vault = tmp_path / "vault"
        vault.mkdir()
        (vault / "One.md").write_text("See [[Two]].\n", encoding="utf-8")
        status, given, _ = check(vault, args="--ignore=broken-note\r\n\n--no-cache\n")
        assert status == 0
        assert given.startswith("exit-code=0\nsarif-file=")

    def test_misuse_fails_at_once_and_nothing_in_an_input_is_run(
        self, tmp_path: Path, check: Callable[..., tuple[int, str, str]]
    ) -> None:
        status, given, _ = check(tmp_path, path="$(touch sprung); touch sprung `touch sprung`\n--version")
        assert status == 2
        assert given == "exit-code=2\n"
        assert not (tmp_path / "sprung").exists()
