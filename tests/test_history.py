"""What git knows of a vault's past, on real repositories."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from fmvault.workspace import WorkspaceError, open_vault
from fmvault.workspace.history import at_revision, days

DAY = 86_400


def git(folder: Path, *arguments: str, day: int = 0) -> None:
    """Run git at noon of a day, counted from 1970-01-01."""
    now = f"{day * DAY + DAY // 2} +0000"
    identity = {
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@b",
    }
    settings = (
        os.environ | identity | {"GIT_AUTHOR_DATE": now, "GIT_COMMITTER_DATE": now, "GIT_CONFIG_GLOBAL": os.devnull}
    )
    subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True, env=settings)


def commit(folder: Path, files: dict[str, str | None], day: int) -> None:
    """Write files, or remove those that are None, and commit it all."""
    for name, text in files.items():
        file = folder / name
        if text is None:
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x", day=day)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty repository."""
    git(tmp_path, "init", "-q", "-b", "main")
    return tmp_path


def test_a_file_has_the_days_of_its_first_and_its_last_change(repository: Path) -> None:
    commit(repository, {"a.md": "one", "b.md": "one"}, 20_000)
    commit(repository, {"a.md": "two"}, 20_005)
    commit(repository, {"c.md": "new"}, 20_007)
    assert days(repository) == {"a.md": (20_000, 20_005), "b.md": (20_000, 20_000), "c.md": (20_007, 20_007)}


def test_a_file_that_was_moved_keeps_its_days(repository: Path) -> None:
    commit(repository, {"a.md": "what it says"}, 20_000)
    commit(repository, {"a.md": None, "New/b.md": "what it says"}, 20_003)
    commit(repository, {"New/b.md": "what it says now"}, 20_009)
    assert days(repository)["New/b.md"] == (20_000, 20_009)


def test_names_are_taken_as_they_are(repository: Path) -> None:
    names = ["ü ber.md", "a\nb.md", "100", "\x01.md", "A", 'quote".md', "D", "R100", "-n.md", "émoji 🎉.md"]
    commit(repository, dict.fromkeys(names, "x"), 20_000)
    assert days(repository) == dict.fromkeys(names, (20_000, 20_000))


def test_paths_are_those_of_the_vault_within_the_repository(repository: Path) -> None:
    commit(repository, {"notes/a.md": "x", "b.md": "x"}, 20_000)
    assert days(repository / "notes") == {"a.md": (20_000, 20_000)}
    with at_revision(repository / "notes", "HEAD") as folder:
        assert [file.name for file in folder.iterdir()] == ["a.md"]


def test_an_old_revision_is_read_as_a_vault(repository: Path) -> None:
    commit(repository, {"a.md": "[[b]]", "b.md": "", "cat.png": "not empty", "Old/ü.md": "x"}, 20_000)
    git(repository, "tag", "then")
    commit(repository, {"a.md": "[[c]]", "b.md": None}, 20_001)
    with at_revision(repository, "then") as folder:
        vault = open_vault(folder).vault
        assert [*vault.files] == ["Old/ü.md", "a.md", "b.md", "cat.png"]
        assert vault.notes["a.md"].links[0].target == "b"
        assert (folder / "cat.png").read_bytes() == b""
        assert folder.name == repository.name
    assert not folder.exists()


def test_symbolic_links_are_left_out(repository: Path) -> None:
    (repository / "out.md").symlink_to("/etc/passwd")
    commit(repository, {"a.md": "x"}, 20_000)
    with at_revision(repository, "main") as folder:
        assert os.listdir(folder) == ["a.md"]


@pytest.mark.parametrize("revision", ["nowhere", "", "--output=x", "HEAD..HEAD", "HEAD~9"])
def test_what_is_no_revision_is_refused(repository: Path, revision: str) -> None:
    commit(repository, {"a.md": "x"}, 20_000)
    with pytest.raises(WorkspaceError, match="git knows no revision"), at_revision(repository, revision):
        pass


def test_hooks_and_monitors_are_not_run(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    commit(repository, {"a.md": "x"}, 20_000)
    witness = tmp_path_factory.mktemp("witness") / "ran"
    script = tmp_path_factory.mktemp("scripts") / "run"
    script.write_text(f"#!/bin/sh\ntouch {witness}\n")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "gpg.program", "diff.external", "core.pager"):
        git(repository, "config", key, os.fspath(script))
    git(repository, "config", "log.showSignature", "true")
    days(repository)
    with at_revision(repository, "HEAD"):
        assert not witness.exists()


def test_without_a_repository_there_is_no_history(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="is not in a git repository"):
        days(tmp_path)


def test_a_repository_without_commits_has_no_days(repository: Path) -> None:
    assert days(repository) == {}
