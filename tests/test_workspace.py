"""How a vault is found, listed, read and written."""

from __future__ import annotations

import errno
import gc
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fmvault.gitignore import Patterns
from fmvault.lint import run
from fmvault.model import Finding, Note, Resolved
from fmvault.workspace import (
    Notice,
    Opened,
    Root,
    WorkspaceError,
    collector_paused,
    find_root,
    open_vault,
    processes,
    read_guarded,
    watch,
    write_atomic,
)
from fmvault.workspace.discover import walk
from fmvault.workspace.read import _read_bytes

needs_posix = pytest.mark.skipif(os.name != "posix", reason="needs pipes, sockets and symbolic links")
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def put(root: Path, files: Mapping[str, str] | Iterable[str]) -> Path:
    """Write files below ``root``; a path without content is a note of one line."""
    contents = files if isinstance(files, Mapping) else dict.fromkeys(files, "text\n")
    for path, content in contents.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8", newline="")
    return root


def indexed(opened: Opened) -> list[str]:
    return list(opened.vault.files)


@pytest.fixture(autouse=True)
def git_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """git without anyone's configuration, as on a machine that has none."""
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


class TestFindingAVault:
    def test_it_is_the_first_folder_upward_with_a_configuration(self, tmp_path: Path) -> None:
        put(tmp_path, {"fmvault.toml": "", "Notes/Deep/a.md": ""})
        root = Root(tmp_path, tmp_path / "fmvault.toml", found=True)
        assert find_root(tmp_path / "Notes" / "Deep") == root
        assert find_root(tmp_path / "Notes" / "Deep" / "a.md") == root

    def test_an_obsidian_folder_makes_a_vault_without_configuration(self, tmp_path: Path) -> None:
        put(tmp_path, {"vault/.obsidian/app.json": "{}", "fmvault.toml": ""})
        assert find_root(tmp_path / "vault") == Root(tmp_path / "vault", None, found=True)

    def test_a_pyproject_counts_only_with_our_table(self, tmp_path: Path) -> None:
        put(tmp_path, {"pyproject.toml": "[tool.fmvault]\n", "sub/pyproject.toml": "[project]\nname = 'fmvault'\n"})
        assert find_root(tmp_path / "sub") == Root(tmp_path, tmp_path / "pyproject.toml", found=True)

    def test_a_table_below_ours_counts_as_ours(self, tmp_path: Path) -> None:
        put(tmp_path, {"pyproject.toml": "[tool.fmvault.severity]\nbroken-note = 'info'\n"})
        assert find_root(tmp_path).config_path == tmp_path / "pyproject.toml"

    def test_a_broken_pyproject_with_our_table_is_found_so_that_its_error_is_told(self, tmp_path: Path) -> None:
        put(tmp_path, {"pyproject.toml": "[tool.fmvault]\nselect = [\n", "sub/pyproject.toml": "# fmvault\nx = [\n"})
        assert find_root(tmp_path / "sub").config_path == tmp_path / "pyproject.toml"

    def test_our_own_file_goes_before_a_pyproject(self, tmp_path: Path) -> None:
        put(tmp_path, {"pyproject.toml": "[tool.fmvault]\n", "fmvault.toml": ""})
        assert find_root(tmp_path).config_path == tmp_path / "fmvault.toml"

    def test_a_folder_of_the_configurations_name_is_none(self, tmp_path: Path) -> None:
        put(tmp_path, ["fmvault.toml/a.md", "pyproject.toml/b.md"])
        assert not find_root(tmp_path).found

    def test_where_there_is_none_the_folder_given_is_the_vault(self, tmp_path: Path) -> None:
        put(tmp_path, ["sub/a.md"])
        assert find_root(tmp_path / "sub" / "a.md") == Root(tmp_path / "sub", None, found=False)

    def test_a_note_yet_to_be_written_lies_in_the_vault_around_it(self, tmp_path: Path) -> None:
        put(tmp_path, {"fmvault.toml": ""})
        assert find_root(tmp_path / "No" / "Such" / "Note.md").path == tmp_path
        assert find_root(Path(os.path.abspath(os.sep)) / "no-such-folder" / "x.md").path == Path(
            os.path.abspath(os.sep)
        )

    @needs_posix
    def test_a_linked_folder_lies_where_it_leads_to(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        put(tmp_path, {"real/fmvault.toml": "", "real/Notes/a.md": "", "elsewhere/b.md": ""})
        (tmp_path / "elsewhere" / "link").symlink_to(tmp_path / "real" / "Notes")
        monkeypatch.chdir(tmp_path / "elsewhere" / "link")
        assert find_root().path == tmp_path / "real"
        assert find_root(tmp_path / "elsewhere" / "link").path == tmp_path / "real"

    def test_an_unreadable_pyproject_is_passed_over(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        put(tmp_path, {"pyproject.toml": "[tool.fmvault]\n"})

        def refuse(self: Path) -> bytes:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "read_bytes", refuse)
        assert find_root(tmp_path).config_path is None


class TestTheFilesOfAVault:
    def test_all_files_are_indexed_in_order(self, tmp_path: Path) -> None:
        put(tmp_path, ["b.md", "a.md", "Assets/p.png", "node_modules/x/readme.md", "Z.md"])
        assert indexed(open_vault(tmp_path)) == ["Assets/p.png", "Z.md", "a.md", "b.md", "node_modules/x/readme.md"]

    def test_hidden_files_and_folders_are_no_part_of_it(self, tmp_path: Path) -> None:
        put(tmp_path, ["a.md", ".hidden.md", ".trash/b.md", ".obsidian/c.md", "Sub/.d/e.md"])
        assert indexed(open_vault(tmp_path)) == ["a.md"]

    def test_a_folder_with_a_site_of_ours_is_no_part_of_it(self, tmp_path: Path) -> None:
        put(tmp_path, ["a.md", "public/fmvault-site.json", "public/a.html", "public/deep/b.md"])
        assert indexed(open_vault(tmp_path)) == ["a.md"]

    def test_a_site_that_is_given_as_the_vault_is_one(self, tmp_path: Path) -> None:
        put(tmp_path, ["fmvault-site.json", "a.md"])
        assert indexed(open_vault(tmp_path)) == ["a.md", "fmvault-site.json"]

    def test_notes_canvases_and_bases_are_read_whatever_the_case_of_their_ending(self, tmp_path: Path) -> None:
        put(tmp_path, {"a.md": "[[b]]", "B.MD": "", "c.canvas": "{}", "d.base": "", "e.txt": "[[x]]", "md": ""})
        assert list(open_vault(tmp_path).vault.notes) == ["B.MD", "a.md", "c.canvas", "d.base"]

    def test_a_vault_that_is_no_folder_is_an_error(self, tmp_path: Path) -> None:
        put(tmp_path, ["a.md"])
        with pytest.raises(WorkspaceError, match=r"cannot read the folder .*: not a directory"):
            open_vault(tmp_path / "a.md")
        with pytest.raises(WorkspaceError, match="it is not there"):
            open_vault(tmp_path / "gone")

    def test_what_is_unsaved_stands_for_what_is_on_disk(self, tmp_path: Path) -> None:
        put(tmp_path, {"a.md": "[[b]]", "b.md": ""})
        opened = open_vault(tmp_path, overlay={"a.md": b"[[c]]", "New/c.md": b"# C"})
        assert [link.target for link in opened.vault.notes["a.md"].links] == ["c"]
        assert indexed(opened) == ["New/c.md", "a.md", "b.md"]
        assert opened.read("a.md") == b"[[c]]"
        assert opened.read("b.md") == b""

    def test_progress_ends_with_all_notes_read(self, tmp_path: Path) -> None:
        put(tmp_path, [f"{number}.md" for number in range(450)])
        seen: list[tuple[int, int]] = []
        open_vault(tmp_path, progress=lambda done, total: seen.append((done, total)))
        assert seen == [(0, 450), (200, 450), (400, 450), (450, 450)]

    def test_a_note_that_vanishes_after_it_was_read_has_no_text(self, tmp_path: Path) -> None:
        opened = open_vault(put(tmp_path, ["a.md"]))
        (tmp_path / "a.md").unlink()
        assert opened.read("a.md") == b""

    def test_a_large_note_is_read_whole(self, tmp_path: Path) -> None:
        put(tmp_path, {"a.md": "word " * 500_000})
        assert open_vault(tmp_path).vault.notes["a.md"].size == 2_500_000

    def test_the_garbage_collector_is_as_it_was(self) -> None:
        assert gc.isenabled()
        with suppress(RuntimeError), collector_paused():
            assert not gc.isenabled()
            raise RuntimeError
        assert gc.isenabled()
        gc.disable()
        try:
            with collector_paused():
                pass
            assert not gc.isenabled()
        finally:
            gc.enable()


@needs_posix
class TestWhatCannotBeRead:
    def test_pipes_and_sockets_are_a_warning_each_and_never_opened(self, tmp_path: Path) -> None:
        put(tmp_path, ["a.md"])
        os.mkfifo(tmp_path / "pipe.md")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(os.fspath(tmp_path / "s.md"))
            opened = open_vault(tmp_path)
        assert opened.warnings == (
            Notice("pipe.md", "is neither a file nor a folder; left out"),
            Notice("s.md", "is neither a file nor a folder; left out"),
        )
        assert indexed(opened) == ["a.md"]

    def test_a_link_to_a_pipe_is_a_warning(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / ".pipe")
        (tmp_path / "a.md").symlink_to(".pipe")
        assert [notice.path for notice in open_vault(tmp_path).warnings] == ["a.md"]

    def test_what_turns_into_a_pipe_once_it_was_listed_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "a.md")
        with pytest.raises(OSError, match="it is not a regular file"):
            _read_bytes(tmp_path, "a.md")

    def test_a_note_that_cannot_be_read_after_all_is_a_warning(self, tmp_path: Path) -> None:
        put(tmp_path, ["a.md", "z.md"])

        def turn_into_a_pipe(done: int, total: int) -> None:
            if done == 0:
                (tmp_path / "z.md").unlink()
                os.mkfifo(tmp_path / "z.md")

        opened = open_vault(tmp_path, progress=turn_into_a_pipe)
        assert opened.warnings == (Notice("z.md", "cannot be read: it is not a regular file"),)
        assert indexed(opened) == ["a.md", "z.md"]
        assert opened.reported == {"a.md"}

    @pytest.mark.skipif(sys.platform != "linux", reason="needs a file that is longer than it says")
    def test_a_file_that_is_longer_than_it_says_is_read_whole(self) -> None:
        assert b"\nPid:" in _read_bytes(Path("/proc/self"), "status")

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
    def test_files_and_folders_without_permission_are_a_warning_each(self, tmp_path: Path) -> None:
        put(tmp_path, ["a.md", "b.md", "Locked/c.md"])
        (tmp_path / "b.md").chmod(0)
        (tmp_path / "Locked").chmod(0)
        try:
            opened = open_vault(tmp_path)
        finally:
            (tmp_path / "Locked").chmod(0o700)
        assert opened.warnings == (
            Notice("Locked", "cannot be read: permission denied"),
            Notice("b.md", "cannot be read: permission denied"),
        )
        assert indexed(opened) == ["a.md", "b.md"]
        assert opened.reported == {"a.md"}

    def test_a_folder_whose_path_is_too_long_is_a_warning(self, tmp_path: Path) -> None:
        here = os.open(tmp_path, os.O_RDONLY)
        name = "n" * 200
        try:
            for _ in range(22):
                os.mkdir(name, dir_fd=here)
                below = os.open(name, os.O_RDONLY, dir_fd=here)
                os.close(here)
                here = below
        finally:
            os.close(here)
        warnings = open_vault(put(tmp_path, ["a.md"])).warnings
        assert [notice.message for notice in warnings] == ["cannot be read: file name too long"]
        shutil.rmtree(tmp_path / name, ignore_errors=True)

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
    def test_a_name_that_is_not_utf8_is_a_warning(self, tmp_path: Path) -> None:
        (tmp_path / os.fsdecode(b"caf\xe9.md")).write_bytes(b"text")
        (tmp_path / os.fsdecode(b"d\xff")).mkdir()
        (tmp_path / os.fsdecode(b"d\xff") / "a.md").write_bytes(b"text")
        put(tmp_path, ["Café ☕.md"])
        opened = open_vault(tmp_path)
        assert opened.warnings == (
            Notice("caf\\xe9.md", "has a name that is not UTF-8; left out"),
            Notice("d\\xff", "has a name that is not UTF-8; left out"),
        )
        assert indexed(opened) == ["Café ☕.md"]

    def test_a_note_that_vanishes_as_the_vault_is_read_is_a_warning(self, tmp_path: Path) -> None:
        put(tmp_path, {"a.md": "[[z]]", "z.md": ""})
        opened = open_vault(tmp_path, progress=lambda done, total: (tmp_path / "z.md").unlink(missing_ok=True))
        assert opened.warnings == (Notice("z.md", "vanished while the vault was read"),)
        assert indexed(opened) == ["a.md"]


@needs_posix
class TestSymbolicLinks:
    def test_they_are_followed_inside_the_vault(self, tmp_path: Path) -> None:
        put(tmp_path, ["Notes/a.md", "Assets/p.png"])
        (tmp_path / "Notes" / "Assets").symlink_to("../Assets")
        (tmp_path / "b.md").symlink_to("Notes/a.md")
        opened = open_vault(tmp_path)
        assert indexed(opened) == ["Assets/p.png", "Notes/Assets/p.png", "Notes/a.md", "b.md"]
        assert opened.warnings == ()

    def test_they_are_not_followed_out_of_it(self, tmp_path: Path) -> None:
        put(tmp_path, ["vault/a.md", "secret/b.md", "vault2/c.md"])
        (tmp_path / "vault" / "folder").symlink_to(tmp_path / "secret")
        (tmp_path / "vault" / "note.md").symlink_to(tmp_path / "vault2" / "c.md")
        opened = open_vault(tmp_path / "vault")
        assert indexed(opened) == ["a.md"]
        assert opened.warnings == (
            Notice("folder", "cannot be followed: the link leads out of the vault"),
            Notice("note.md", "cannot be followed: the link leads out of the vault"),
        )

    def test_a_vault_reached_through_a_link_is_a_vault(self, tmp_path: Path) -> None:
        put(tmp_path, ["vault/a.md"])
        (tmp_path / "vault" / "b.md").symlink_to("a.md")
        (tmp_path / "link").symlink_to("vault")
        assert indexed(open_vault(tmp_path / "link")) == ["a.md", "b.md"]

    def test_a_circle_is_one_warning(self, tmp_path: Path) -> None:
        put(tmp_path, ["Sub/a.md"])
        (tmp_path / "Sub" / "up").symlink_to("..")
        (tmp_path / "self").symlink_to("self")
        (tmp_path / "nowhere.md").symlink_to("gone.md")
        opened = open_vault(tmp_path)
        assert indexed(opened) == ["Sub/a.md"]
        assert opened.warnings == (
            Notice("Sub/up", "cannot be followed: the link leads to a folder that it lies in"),
            Notice("nowhere.md", "cannot be followed: it is not there"),
            Notice("self", "cannot be followed: the link leads round in a circle"),
        )

    def test_folders_that_link_to_each_other_end(self, tmp_path: Path) -> None:
        put(tmp_path, ["A/a.md", "B/b.md"])
        (tmp_path / "A" / "B").symlink_to("../B")
        (tmp_path / "B" / "A").symlink_to("../A")
        opened = open_vault(tmp_path)
        assert indexed(opened) == ["A/B/b.md", "A/a.md", "B/A/a.md", "B/b.md"]
        assert [notice.path for notice in opened.warnings] == ["A/B/A", "B/A/B"]

    def test_folders_that_all_link_to_each_other_do_not_multiply(self, tmp_path: Path) -> None:
        for one in range(8):
            put(tmp_path, [f"{one}/note.md"])
            for other in range(8):
                if one != other:
                    (tmp_path / str(one) / f"to{other}").symlink_to(f"../{other}")
        # Each of 8 folders shows 7 others, and each of those 6 more.
        assert len(walk(tmp_path).files) == 8 + 8 * 7 + 8 * 7 * 6


class TestWhatIsReported:
    def test_what_the_configuration_excludes_is_linkable_but_not_reported(self, tmp_path: Path) -> None:
        put(
            tmp_path, {"a.md": "[[old]]", "Archive/old.md": "", "draw.excalidraw.md": "", "keep/draw.excalidraw.md": ""}
        )
        opened = open_vault(tmp_path, exclude=["Archive/", "*.excalidraw.md", "!keep/*.md"])
        assert opened.reported == {"a.md", "keep/draw.excalidraw.md"}
        note = opened.vault.notes["a.md"]
        assert opened.vault.resolve(note.links[0], note) == Resolved("Archive/old.md")

    def test_an_exclude_that_is_no_pattern_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(WorkspaceError, match="'!' in 'exclude' matches nothing"):
            open_vault(tmp_path, exclude=["!"])

    def test_attachments_are_reported_too(self, tmp_path: Path) -> None:
        assert open_vault(put(tmp_path, ["a?.png" if os.name == "posix" else "a.png"])).reported

    def test_gitignore_files_count_without_a_repository(self, tmp_path: Path) -> None:
        put(
            tmp_path,
            {".gitignore": "*.tmp.md\nout/\n", "a.md": "", "b.tmp.md": "", "out/c.md": "", "Sub/d.md": ""}
            | {"Sub/.gitignore": "\ufeff/d.md\r\n!e.tmp.md\r\n[z-a]\n\\\n", "Sub/e.tmp.md": "", "Sub/Deep/d.md": ""},
        )
        opened = open_vault(tmp_path)
        assert opened.reported == {"a.md", "Sub/e.tmp.md", "Sub/Deep/d.md"}
        assert len(indexed(opened)) == 6

    def test_a_gitignore_that_is_a_folder_says_nothing(self, tmp_path: Path) -> None:
        put(tmp_path, [".gitignore/x", "a.md"])
        assert open_vault(tmp_path).reported == {"a.md"}

    def test_gitignore_files_above_the_vault_count_up_to_the_repositorys(self, tmp_path: Path) -> None:
        put(tmp_path, {".gitignore": "*", "repo/.git/HEAD": "", "repo/.gitignore": "/docs/vault/a.md\n"})
        put(tmp_path, {"repo/docs/.gitignore": "b.md\n", "repo/.git/info/exclude": "c.md\n"})
        vault = tmp_path / "repo" / "docs" / "vault"
        put(vault, ["a.md", "b.md", "c.md", "d.md", "Sub/a.md", "Sub/b.md"])
        assert open_vault(vault).reported == {"d.md", "Sub/a.md"}

    def test_the_exclude_file_of_a_linked_working_tree_is_its_repositorys(self, tmp_path: Path) -> None:
        put(tmp_path, {"main/.git/HEAD": "", "main/.git/info/exclude": "a.md\n"})
        put(tmp_path, {"main/.git/worktrees/w/commondir": "../..\n"})
        put(tmp_path, {"w/.git": "gitdir: ../main/.git/worktrees/w\n", "w/a.md": "", "w/b.md": ""})
        assert open_vault(tmp_path / "w").reported == {"b.md"}

    def test_a_vault_that_is_ignored_itself_is_checked_when_asked_for(self, tmp_path: Path) -> None:
        put(tmp_path, {".git/HEAD": "", ".gitignore": "vault/\n*.tmp.md\n", "vault/.gitignore": "b.md\n"})
        put(tmp_path, ["vault/a.md", "vault/b.md"])
        assert open_vault(tmp_path / "vault").reported == {"a.md"}

    def test_a_repository_in_the_vault_has_patterns_of_its_own(self, tmp_path: Path) -> None:
        put(tmp_path, {".gitignore": "a.md\n", "a.md": "", "Inner/a.md": "", "Inner/b.md": "", "Inner/c.md": ""})
        put(tmp_path, {"Inner/.git/HEAD": "", "Inner/.git/info/exclude": "b.md\n", "Inner/.gitignore": "c.md\n"})
        assert open_vault(tmp_path).reported == {"Inner/a.md"}

    def test_a_very_deep_folder_is_no_trouble(self) -> None:
        deep = "/".join("d" * 3000)
        patterns = Patterns({"": ["b.md"], "d": ["!b.md"], "d/d": ["/d/e/"]})
        assert Patterns({"": ["b.md"]}).ignores(f"{deep}/b.md")
        assert not patterns.ignores(f"{deep}/b.md")
        assert patterns.ignores("d/d/d/e/f/a.md")

    @pytest.mark.parametrize(
        ("pattern", "ignored", "kept"),
        [
            ("n[[:digit:]].md", "n7.md", "nx.md"),
            ("n[!a-c].md", "nd.md", "nb.md"),
            ("n[]x].md", "n].md", "ny.md"),
            ("n[a\\-c].md", "n-.md", "nb.md"),
            ("n[c-a].md", "-", "nb.md"),
            ("n\\*.md", "n*.md", "nn.md"),
            ("a\\ ", "a ", "a"),
            ("a\\", "-", "a\\"),
            ("a[", "-", "a["),
            ("x/**/y", "x/y", "x/z"),
            ("**/y", "x/z/y", "yz"),
            ("x/**", "x/y/z", "z/x"),
            ("\\#a", "#a", "a"),
            ("/", "-", "a"),
        ],
    )
    def test_a_pattern_means_what_gits_manual_says(self, pattern: str, ignored: str, kept: str) -> None:
        patterns = Patterns({"": [pattern, "-"]})
        assert patterns.ignores(ignored)
        assert not patterns.ignores(kept)

    @needs_git
    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["", "a/", "a/b/"]),
                st.lists(
                    st.builds(
                        "".join,
                        st.tuples(
                            st.sampled_from(["", "", "!"]),
                            st.sampled_from(["", "", "/", "**/"]),
                            st.sampled_from(
                                [
                                    "a",
                                    "b",
                                    "*",
                                    "?",
                                    "c.md",
                                    "*.md",
                                    "a/b",
                                    "a/*",
                                    "b/**",
                                    "[bc]*",
                                    "a/**/c*",
                                    "[!a-b]*",
                                    "[",
                                    "*/b",
                                ]
                            ),
                            st.sampled_from(["", "", "/"]),
                        ),
                    ),
                    min_size=1,
                    max_size=4,
                ),
            ),
            max_size=3,
        )
    )
    def test_gitignore_is_read_as_git_reads_it(
        self, tmp_path_factory: pytest.TempPathFactory, ignores: list[tuple[str, list[str]]]
    ) -> None:
        root = tmp_path_factory.mktemp("vault")
        git(root, "init", "-q")
        paths = ["c.md", "b.txt", "a/c.md", "a/b/c.md", "a/b/b", "a/d/c.md", "b/a/b/c.md", "b/c.md", "b/x.txt"]
        put(root, dict.fromkeys(paths, ""))
        put(root, {f"{folder}.gitignore": "\n".join(lines) for folder, lines in ignores})
        listed = git(root, "ls-files", "-z", "--others", "--exclude-standard").split("\0")
        assert open_vault(root).reported == {path for path in listed if path and ".gitignore" not in path}


class TestObsidiansSettings:
    def test_they_are_read(self, tmp_path: Path) -> None:
        put(
            tmp_path,
            {
                ".obsidian/app.json": json.dumps(
                    {"attachmentFolderPath": "./img", "newLinkFormat": "relative", "useMarkdownLinks": True}
                ),
                ".obsidian/types.json": json.dumps({"types": {"Due": "date", "odd": 7}}),
                ".obsidian/templates.json": '\ufeff{"folder": "Meta/Templates/"}',
            },
        )
        found = open_vault(tmp_path, templates=["More/"]).vault.settings
        assert (found.attachment_folder, found.new_link_format, found.use_markdown_links) == ("./img", "relative", True)
        assert found.property_types == {"due": "date"}
        assert found.template_folders == ("Meta/Templates", "More")

    def test_templates_are_not_reported(self, tmp_path: Path) -> None:
        put(
            tmp_path,
            {
                ".obsidian/templates.json": '{"folder": "T1"}',
                ".obsidian/plugins/templater-obsidian/data.json": '{"templates_folder": "/T2"}',
                ".obsidian/daily-notes.json": '{"template": "Sub/Daily"}',
                ".obsidian/zk-prefixer.json": '{"template": "Zettel.md"}',
            },
        )
        put(tmp_path, ["T1/a.md", "T2/b.md", "T3/c.md", "T10/d.md", "Sub/Daily.md", "Sub/e.md", "Zettel.md"])
        assert open_vault(tmp_path, templates=["T3"]).reported == {"T10/d.md", "Sub/e.md"}

    @pytest.mark.parametrize("folder", ["/", "", ".", "./", 3, None])
    def test_a_vault_is_not_all_templates(self, tmp_path: Path, folder: object) -> None:
        put(tmp_path, {".obsidian/templates.json": json.dumps({"folder": folder}), "a.md": ""})
        assert open_vault(tmp_path).reported == {"a.md"}

    @pytest.mark.parametrize("broken", ["{", "", "[" * 100_000, '{"a": "\\ud800'])
    def test_broken_json_is_one_warning(self, tmp_path: Path, broken: str) -> None:
        put(tmp_path, {".obsidian/app.json": broken, "a.md": ""})
        opened = open_vault(tmp_path)
        assert [notice.path for notice in opened.warnings] == [".obsidian/app.json"]
        assert opened.warnings[0].message.startswith("is not valid JSON, its settings are not followed")
        assert opened.reported == {"a.md"}

    def test_settings_that_are_not_utf8_are_one_warning(self, tmp_path: Path) -> None:
        put(tmp_path, [".obsidian/x"])
        (tmp_path / ".obsidian" / "app.json").write_bytes(b'{"attachmentFolderPath": "caf\xe9"}')
        assert [notice.path for notice in open_vault(tmp_path).warnings] == [".obsidian/app.json"]

    def test_settings_that_are_a_folder_are_one_warning(self, tmp_path: Path) -> None:
        put(tmp_path, [".obsidian/app.json/x"])
        assert [notice.path for notice in open_vault(tmp_path).warnings] == [".obsidian/app.json"]

    @pytest.mark.parametrize("content", ["[]", "7", '{"newLinkFormat": 1, "userIgnoreFilters": "x", "types": []}'])
    def test_wrong_types_count_as_not_there(self, tmp_path: Path, content: str) -> None:
        put(tmp_path, {".obsidian/app.json": content, ".obsidian/types.json": content, "xa.md": ""})
        opened = open_vault(tmp_path)
        assert opened.warnings == ()
        assert opened.vault.settings.new_link_format == "shortest"
        assert opened.reported == {"xa.md"}

    def test_excluded_files_are_linkable_but_not_reported(self, tmp_path: Path) -> None:
        filters = ["archive/", "/\\.excalidraw\\.md$/", "/(^|\\/)_.*/", "/"]
        put(tmp_path, {".obsidian/app.json": json.dumps({"userIgnoreFilters": filters})})
        put(tmp_path, ["a.md", "Archive/b.md", "New Archive/c.md", "d.excalidraw.md", "x/_e.md", "f_.md"])
        opened = open_vault(tmp_path)
        assert opened.reported == {"a.md", "New Archive/c.md", "f_.md"}
        assert opened.vault.settings.ignored == {"Archive/b.md", "d.excalidraw.md", "x/_e.md"}
        assert len(indexed(opened)) == 6

    @pytest.mark.parametrize(
        "source", ["(a+)+$", "(a|aa)+$", ".*.*.*.*x", "a?" * 30 + "a" * 30, "(?=a)b", "(a)\\1", "[z-a]", "a" * 300, "("]
    )
    def test_an_expression_that_could_take_for_ever_is_not_followed(self, tmp_path: Path, source: str) -> None:
        put(tmp_path, {".obsidian/app.json": json.dumps({"userIgnoreFilters": [f"/{source}/"]}), "a" * 60 + "!.md": ""})
        opened = open_vault(tmp_path)
        assert [notice.path for notice in opened.warnings] == [".obsidian/app.json"]
        assert len(opened.reported) == 1


class TestAFileThatIsNamed:
    @needs_posix
    def test_it_lies_in_a_folder_links_followed(self, tmp_path: Path) -> None:
        put(tmp_path, {"in/a": "a", "out/b": "b"})
        (tmp_path / "in" / "b").symlink_to("../out/b")
        (tmp_path / "out" / "a").symlink_to("../in/a")
        assert read_guarded(tmp_path / "in" / "a", 1, [tmp_path / "in"]) == b"a"
        assert read_guarded(tmp_path / "out" / "a", 1, [tmp_path / "in"]) == b"a"
        assert read_guarded(tmp_path / "in" / "b", 1, [tmp_path / "in", tmp_path / "out"]) == b"b"
        assert read_guarded(tmp_path / "in" / "b", 1) == b"b"
        with pytest.raises(OSError, match="it leads out of the vault"):
            read_guarded(tmp_path / "in" / "b", 1, [tmp_path / "in"])

    @needs_posix
    def test_what_is_none_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        for path in (tmp_path / "pipe", "/dev/zero"):
            with pytest.raises(OSError, match="it is not a regular file"):
                read_guarded(path, 10)

    def test_it_is_not_read_where_it_is_too_large(self, tmp_path: Path) -> None:
        put(tmp_path, {"a": "abc"})
        assert read_guarded(tmp_path / "a", 3) == b"abc"
        with pytest.raises(OSError, match="it is larger than 2 bytes"):
            read_guarded(tmp_path / "a", 2)

    @pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs a file that tells no size")
    def test_a_file_that_tells_no_size_is_read_up_to_the_limit(self) -> None:
        assert read_guarded("/proc/self/status", 1 << 16).startswith(b"Name:")
        with pytest.raises(OSError, match="it is larger than 10 bytes"):
            read_guarded("/proc/self/status", 10)

    @pytest.mark.parametrize("name", ["a\0b", "\ud800"])
    def test_a_name_that_no_file_can_have_is_told(self, name: str) -> None:
        with pytest.raises(OSError, match="no file can have this name"):
            read_guarded(name, 10)


@needs_git
class TestWhatGitTracks:
    @pytest.fixture
    def repo(self, tmp_path: Path) -> Path:
        git(tmp_path, "init", "-q")
        return tmp_path

    def test_only_that_is_indexed(self, repo: Path) -> None:
        put(repo, ["a.md", "Sub/Café.md", ".hidden/b.md", ".c.md", "new.md"])
        git(repo, "add", "a.md", "Sub", ".hidden", ".c.md")
        assert indexed(open_vault(repo, tracked=True)) == ["Sub/Café.md", "a.md"]
        assert indexed(open_vault(repo)) == ["Sub/Café.md", "a.md", "new.md"]

    def test_a_vault_in_a_subfolder_has_paths_of_its_own(self, repo: Path) -> None:
        put(repo, ["vault/a.md", "other/b.md"])
        git(repo, "add", ".")
        assert indexed(open_vault(repo / "vault", tracked=True)) == ["a.md"]

    def test_text_is_read_from_the_working_tree(self, repo: Path) -> None:
        put(repo, {"a.md": "[[old]]"})
        git(repo, "add", ".")
        put(repo, {"a.md": "[[new]]"})
        assert open_vault(repo, tracked=True).vault.notes["a.md"].links[0].target == "new"

    def test_a_removed_note_is_gone_though_it_lies_there_still(self, repo: Path) -> None:
        put(repo, ["a.md", "b.md"])
        git(repo, "add", ".")
        git(repo, "rm", "-q", "--cached", "b.md")
        assert indexed(open_vault(repo, tracked=True)) == ["a.md"]

    def test_a_note_deleted_behind_gits_back_is_a_warning(self, repo: Path) -> None:
        put(repo, ["a.md", "b.md"])
        git(repo, "add", ".")
        (repo / "b.md").unlink()
        opened = open_vault(repo, tracked=True)
        assert opened.warnings == (Notice("b.md", "is tracked by git, but not in the working tree"),)
        assert indexed(opened) == ["a.md", "b.md"]
        assert opened.reported == {"a.md"}

    def test_a_sparse_checkout_is_no_fault(self, repo: Path) -> None:
        put(repo, ["a.md", "b.md"])
        git(repo, "add", ".")
        git(repo, "update-index", "--skip-worktree", "b.md")
        (repo / "b.md").unlink()
        opened = open_vault(repo, tracked=True)
        assert opened.warnings == ()
        assert indexed(opened) == ["a.md", "b.md"]
        assert opened.reported == {"a.md"}

    def test_an_ignored_file_that_is_tracked_is_reported(self, repo: Path) -> None:
        put(repo, {".gitignore": "*.md\n", "a.md": "", "b.md": ""})
        git(repo, "add", "--force", "a.md")
        assert open_vault(repo, tracked=True).reported == {"a.md"}

    def test_a_conflicting_note_is_one_note(self, repo: Path) -> None:
        put(repo, {"a.md": "one"})
        git(repo, "add", ".")
        git(repo, "commit", "-qm", "one")
        git(repo, "checkout", "-qb", "other")
        put(repo, {"a.md": "two"})
        git(repo, "commit", "-qam", "two")
        git(repo, "checkout", "-q", "-")
        put(repo, {"a.md": "three"})
        git(repo, "commit", "-qam", "three")
        assert subprocess.run(["git", "merge", "-q", "other"], cwd=repo, capture_output=True).returncode == 1
        assert indexed(open_vault(repo, tracked=True)) == ["a.md"]

    def test_submodules_and_sites_are_no_part_of_it(self, repo: Path) -> None:
        put(repo, ["a.md", "public/fmvault-site.json", "public/b.md", "module/c.md"])
        git(repo / "module", "init", "-q")
        git(repo / "module", "add", ".")
        git(repo / "module", "commit", "-qm", "c")
        git(repo, "add", "--force", ".")
        assert "160000" in git(repo, "ls-files", "--stage", "module")
        assert indexed(open_vault(repo, tracked=True)) == ["a.md"]

    @needs_posix
    def test_a_link_counts_if_what_it_leads_to_is_tracked(self, repo: Path) -> None:
        put(repo, ["Notes/a.md", "Notes/b.md", "untracked.md"])
        (repo / "Folder").symlink_to("Notes")
        (repo / "one.md").symlink_to("Notes/a.md")
        (repo / "two.md").symlink_to("untracked.md")
        (repo / "out.md").symlink_to("/etc/hostname")
        git(repo, "add", "Notes", "Folder", "one.md", "two.md", "out.md")
        opened = open_vault(repo, tracked=True)
        assert indexed(opened) == ["Folder/a.md", "Folder/b.md", "Notes/a.md", "Notes/b.md", "one.md"]
        assert [notice.path for notice in opened.warnings] == ["out.md"]

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
    def test_a_name_that_is_not_utf8_is_a_warning(self, repo: Path) -> None:
        (repo / os.fsdecode(b"caf\xe9.md")).write_bytes(b"text")
        git(repo, "add", ".")
        notice = Notice("caf\\xe9.md", "has a name that is not UTF-8; left out")
        assert open_vault(repo, tracked=True).warnings == (notice,)

    def test_the_index_in_force_is_honoured_in_a_hook(self, repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        put(repo, ["vault/a.md", "vault/b.md"])
        git(repo, "add", "vault/a.md")
        shutil.copy(repo / ".git" / "index", repo / ".git" / "next-index")
        git(repo, "add", "vault/b.md")
        # git sets these for its hooks, relative to the working tree's top, where it starts them.
        monkeypatch.chdir(repo)
        monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index")
        assert indexed(open_vault(repo / "vault", tracked=True)) == ["a.md"]
        monkeypatch.setenv("GIT_DIR", ".git")
        assert indexed(open_vault(repo / "vault", tracked=True)) == ["a.md"]
        monkeypatch.setenv("GIT_WORK_TREE", ".")
        assert indexed(open_vault(repo / "vault", tracked=True)) == ["a.md"]

    def test_the_index_of_another_repository_is_not(self, repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        here, there = repo / "here", repo / "there"
        for folder, name in ((here, "a.md"), (there, "b.md")):
            put(folder, [name])
            git(folder, "init", "-q")
            git(folder, "add", ".")
        monkeypatch.chdir(here)
        monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
        assert indexed(open_vault(there, tracked=True)) == ["b.md"]
        monkeypatch.setenv("GIT_DIR", ".git")
        assert indexed(open_vault(there, tracked=True)) == ["b.md"]

    def test_no_program_of_the_repositorys_choosing_is_run(self, repo: Path) -> None:
        put(repo, ["a.md"])
        git(repo, "add", ".")
        trap = repo / ".git" / "trap"
        for place in (trap, repo / ".git" / "hooks" / "post-index-change"):
            place.write_text(f"#!/bin/sh\ntouch '{repo}/sprung'\n")
            place.chmod(0o755)
        git(repo, "config", "core.fsmonitor", os.fspath(trap))
        open_vault(repo, tracked=True)
        assert not (repo / "sprung").exists()

    def test_without_a_repository_it_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(WorkspaceError, match="is not in a git repository; '--tracked' needs one"):
            open_vault(tmp_path, tracked=True)

    def test_a_broken_repository_is_an_error_in_gits_words(self, repo: Path) -> None:
        (repo / ".git" / "index").write_bytes(b"nonsense")
        with pytest.raises(WorkspaceError, match=r"git cannot say what it tracks in .*: "):
            open_vault(repo, tracked=True)

    def test_without_git_it_is_an_error(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", os.fspath(tmp_path))
        with pytest.raises(WorkspaceError, match="'--tracked' needs git, and it is not installed"):
            open_vault(tmp_path, tracked=True)

    @needs_posix
    def test_a_git_that_cannot_be_run_is_an_error(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        put(tmp_path, {"bin/git": "not a program"})
        (tmp_path / "bin" / "git").chmod(0o755)
        monkeypatch.setenv("PATH", os.fspath(tmp_path / "bin"))
        with pytest.raises(WorkspaceError, match="'--tracked' needs git, and it cannot be run: exec format error"):
            open_vault(tmp_path, tracked=True)


class TestWriting:
    def test_a_file_is_written_whole_and_nothing_else_is_left(self, tmp_path: Path) -> None:
        write_atomic(tmp_path / "out.json", b"one")
        write_atomic(tmp_path / "out.json", b"two")
        assert (tmp_path / "out.json").read_bytes() == b"two"
        assert os.listdir(tmp_path) == ["out.json"]

    @needs_posix
    def test_a_file_keeps_its_mode_and_a_new_one_has_the_usual(self, tmp_path: Path) -> None:
        old, new, plain = tmp_path / "old", tmp_path / "new", tmp_path / "plain"
        old.write_bytes(b"")
        old.chmod(0o640)
        plain.write_bytes(b"")
        write_atomic(old, b"text")
        write_atomic(new, b"text")
        assert stat.S_IMODE(old.stat().st_mode) == 0o640
        assert new.stat().st_mode == plain.stat().st_mode

    @needs_posix
    def test_a_symbolic_link_is_replaced_not_followed(self, tmp_path: Path) -> None:
        put(tmp_path, {"target": "old"})
        (tmp_path / "link").symlink_to("target")
        write_atomic(tmp_path / "link", b"new")
        assert (tmp_path / "target").read_text() == "old"
        assert (tmp_path / "link").read_text() == "new"

    @needs_posix
    def test_a_device_is_written_to(self) -> None:
        write_atomic(Path(os.devnull), b"text")
        assert stat.S_ISCHR(os.stat(os.devnull).st_mode)

    def test_where_it_cannot_be_written_it_is_an_error_and_nothing_is_left(self, tmp_path: Path) -> None:
        with pytest.raises(WorkspaceError, match=r"cannot write .*: it is not there"):
            write_atomic(tmp_path / "gone" / "out", b"")
        with pytest.raises(WorkspaceError, match=r"cannot write .*: is a directory"):
            write_atomic(tmp_path, b"")
        with pytest.raises(WorkspaceError, match=r"cannot write .*: file name too long"):
            write_atomic(tmp_path / ("n" * 300), b"")
        assert os.listdir(tmp_path) == []


class TestWatching:
    @staticmethod
    def keep_doing(action: Callable[[int], object], until: threading.Event) -> threading.Thread:
        def run() -> None:
            turn = 0
            while not until.wait(0.05):
                action(turn)
                turn += 1

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def test_a_change_is_noticed(self, tmp_path: Path) -> None:
        pytest.importorskip("watchfiles")
        done = threading.Event()
        changes = watch(tmp_path)
        thread = self.keep_doing(lambda turn: (tmp_path / "a.md").write_text(str(turn)), done)
        try:
            assert next(changes) is None
        finally:
            done.set()
            thread.join()

    def test_a_change_to_a_hidden_file_is_not(self, tmp_path: Path) -> None:
        pytest.importorskip("watchfiles")
        done = threading.Event()
        put(tmp_path, {".obsidian/workspace.json": "", "a.md": ""})

        def hidden_then_visible(turn: int) -> None:
            (tmp_path / ".obsidian" / "workspace.json").write_text(str(turn))
            if turn == 20:
                (tmp_path / "a.md").write_text("changed")

        changes = watch(tmp_path)
        thread = self.keep_doing(hidden_then_visible, done)
        try:
            next(changes)
            assert (tmp_path / "a.md").read_text() == "changed"
        finally:
            done.set()
            thread.join()

    def test_without_its_package_it_is_an_error(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "watchfiles", None)
        with pytest.raises(WorkspaceError, match="'--watch' needs the package 'watchfiles'"):
            next(iter(watch(tmp_path)))

    def test_a_folder_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        pytest.importorskip("watchfiles")
        with pytest.raises(WorkspaceError, match=r"cannot watch .*: it is not a folder"):
            next(iter(watch(tmp_path / "gone")))

    def test_a_system_out_of_watches_is_an_error(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        watchfiles = pytest.importorskip("watchfiles")

        def refuse(*arguments: object, **options: object) -> None:
            raise OSError(errno.ENOSPC, "No space for more watches")

        monkeypatch.setattr(watchfiles, "watch", refuse)
        with pytest.raises(WorkspaceError, match=r"cannot watch .*: no space for more watches"):
            next(iter(watch(tmp_path)))


# -- several processes ------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="one process reads all elsewhere")
def test_several_processes_read_what_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {f"{index}.md": f"# {index}\n[[{index + 1}]]\n" for index in range(50)})
    monkeypatch.setattr(processes, "_worthwhile", lambda files: 3)
    shared = open_vault(tmp_path).vault
    monkeypatch.setattr(processes, "_worthwhile", lambda files: 1)
    assert dict(open_vault(tmp_path).vault.notes) == dict(shared.notes)
    assert len(shared.notes) == 50
    assert shared.notes["7.md"].headings[0].text == "7"


def made(path: str) -> Note:
    return Note(path, b"", 0)


@pytest.mark.skipif(sys.platform != "linux", reason="one process does all elsewhere")
def test_the_share_of_a_process_that_dies_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_worthwhile", lambda files: 2)
    parent = os.getpid()

    def work(share: Iterable[str]) -> Iterator[Note]:
        for path in share:
            if os.getpid() != parent:
                os._exit(9)
            yield made(path)

    assert sorted(note.path for note in processes.shared(["a.md", "b.md", "c.md"], work, Note)) == [
        "a.md",
        "b.md",
        "c.md",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="one process does all elsewhere")
def test_what_fails_in_another_process_fails_in_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_worthwhile", lambda files: 2)

    def work(share: Iterable[str]) -> Iterator[Note]:
        for path in share:
            if path == "b.md":
                raise ZeroDivisionError
            yield made(path)

    with pytest.raises(ZeroDivisionError):
        processes.shared(["a.md", "b.md", "c.md"], work, Note)


@pytest.mark.skipif(sys.platform != "linux", reason="one process does all elsewhere")
def test_no_process_outlives_one_that_is_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_worthwhile", lambda files: 4)
    parent = os.getpid()

    def work(share: Iterable[str]) -> Iterator[Note]:
        for path in share:
            if os.getpid() == parent:
                raise KeyboardInterrupt
            yield Note(path, bytes(1000), 0)

    with pytest.raises(KeyboardInterrupt):
        processes.shared([f"{index}.md" for index in range(4000)], work, Note)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.skipif(sys.platform != "linux", reason="one process does all elsewhere")
def test_where_no_process_can_be_made_this_one_does_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def fork() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", fork)
    monkeypatch.setattr(processes, "_worthwhile", lambda files: 2)
    found = processes.shared(["a.md", "b.md", "c.md"], lambda share: map(made, share), Note)
    assert sorted(note.path for note in found) == ["a.md", "b.md", "c.md"]


@pytest.mark.parametrize("count", [1, 2])
def test_what_is_made_in_one_piece_is_made_once(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_worthwhile", lambda files: count)
    found = processes.shared(["a.md", "b.md"], lambda share: map(made, share), Note, beside=lambda: [made("c.md")])
    assert sorted(note.path for note in found) == ["a.md", "b.md", "c.md"]


def test_progress_counts_what_all_processes_have_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_worthwhile", lambda files: 2)
    told: list[int] = []
    processes.shared(["a.md", "b.md", "c.md", "d.md"], lambda share: map(made, share), Note, tell=told.append)
    assert told == [0, 2]


def test_several_processes_find_what_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {f"{index}.md": f"# {index}\n[[{index * 2}]] and [[{index}#x]]\n" for index in range(40)})
    opened = open_vault(tmp_path)
    active = {rule.name: rule.severity for rule in run.RULES_BY_NAME.values()}
    alone = run.check(opened.vault, active, {}, opened.reported)
    monkeypatch.setattr(processes, "_worthwhile", lambda files: 3)

    def spread(
        paths: Sequence[str],
        ask: Callable[[Iterable[str]], Iterator[Finding]],
        ask_whole: Callable[[], Iterator[Finding]],
    ) -> list[Finding]:
        return processes.shared(paths, ask, Finding, beside=ask_whole)

    assert run.check(opened.vault, active, {}, opened.reported, spread=spread) == alone
    assert len(alone) > 40


def test_a_few_notes_are_not_worth_another_process() -> None:
    assert processes._worthwhile(1999) == 1
