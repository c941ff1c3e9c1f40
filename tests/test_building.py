"""``fmvault build``: what is written of a site, what is left alone, and what is told."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fmvault.cli import commands
from fmvault.cli import publishing as publishing_command
from fmvault.publish import addresses
from fmvault.publish.task import Task, digest
from fmvault.workspace import Opened, WorkspaceError, discover, open_vault, processes, publishing
from fmvault.workspace.publishing import Origin, Written, last, publish, refuse_overlap

ROOT = Path(__file__).parents[1]
MANIFEST = discover.SITE_MANIFEST
needs_posix = pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux alone")


def task(address: str, content: str, made: list[str] | None = None) -> Task:
    """A task that says so when it is done."""

    def make() -> bytes:
        if made is not None:
            made.append(address)
        return content.encode()

    return Task(address, digest(content), make)


def tasks(files: Mapping[str, str], made: list[str] | None = None) -> list[Task]:
    return [task(address, content, made) for address, content in files.items()]


def files(folder: Path) -> dict[str, str]:
    """All files below a folder by path, but for the manifest."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}
    return {name: path.read_text("utf-8") for name, path in sorted(found.items()) if name != MANIFEST}


def put(folder: Path, contents: Mapping[str, str]) -> Path:
    for path, text in contents.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return folder


def refused(output: Path, site: Mapping[str, str], *, clean: bool = False) -> str:
    """The one line that a build ends with, and that it has changed nothing."""
    before = {path: path.read_bytes() if path.is_file() else b"" for path in output.parent.rglob("*")}
    with pytest.raises(WorkspaceError) as caught:
        publish(output, tasks(site), shown="public", clean=clean)
    assert {path: path.read_bytes() if path.is_file() else b"" for path in output.parent.rglob("*")} == before
    message = str(caught.value)
    assert "\n" not in message
    return message


SITE = {"index.html": "home", "concepts/entropy.html": "entropy", "assets/page.css": "{}"}

# -- what is written --------------------------------------------------------------------------------------------------


def test_the_first_build_writes_everything_and_a_manifest(tmp_path: Path) -> None:
    assert publish(tmp_path / "a" / "public", tasks(SITE)) == Written(3, 0, 0)
    assert files(tmp_path / "a" / "public") == dict(sorted(SITE.items()))
    assert list(json.loads((tmp_path / "a" / "public" / MANIFEST).read_text("utf-8"))["files"]) == sorted(SITE)


def test_the_name_of_the_manifest_is_one() -> None:
    assert discover.SITE_MANIFEST == addresses.MANIFEST


def test_what_has_not_changed_is_not_made_again(tmp_path: Path) -> None:
    publish(tmp_path, tasks(SITE))
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    made: list[str] = []
    assert publish(tmp_path, tasks(SITE, made)) == Written(0, 3, 0)
    assert made == []
    assert publish(tmp_path, tasks(SITE | {"index.html": "new"}, made)) == Written(1, 2, 0)
    assert made == ["index.html"]
    assert files(tmp_path) == dict(sorted((SITE | {"index.html": "new"}).items()))
    touched = {path.name for path, stamp in stamps.items() if path.stat().st_mtime_ns != stamp and path.is_file()}
    assert touched == {"index.html", MANIFEST}


def test_a_build_that_changes_nothing_touches_nothing(tmp_path: Path) -> None:
    publish(tmp_path, tasks(SITE))
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path, *tmp_path.rglob("*"))}
    publish(tmp_path, tasks(SITE))
    assert {path: path.stat().st_mtime_ns for path in (tmp_path, *tmp_path.rglob("*"))} == stamps


def test_what_is_made_anew_with_the_same_bytes_is_not_written(tmp_path: Path) -> None:
    publish(tmp_path, tasks(SITE))
    before = (tmp_path / "index.html").stat().st_ino
    other = [Task(each.address, b"of something else", each.make) for each in tasks(SITE)]
    assert publish(tmp_path, other) == Written(0, 3, 0)
    assert (tmp_path / "index.html").stat().st_ino == before
    made: list[str] = []
    publish(tmp_path, [Task(each.address, b"of something else", each.make) for each in tasks(SITE, made)])
    assert made == []


@pytest.mark.parametrize(("clean", "maker"), [(True, "one version"), (False, "another version")])
def test_everything_is_made_again_if_it_is_asked_for_or_by_other_programs(
    tmp_path: Path, clean: bool, maker: str
) -> None:
    publish(tmp_path, tasks(SITE), maker="one version")
    made: list[str] = []
    assert publish(tmp_path, tasks(SITE, made), clean=clean, maker=maker) == Written(0, 3, 0)
    assert sorted(made) == sorted(SITE)


def test_what_all_tasks_need_is_made_once_and_only_if_there_are_many(tmp_path: Path) -> None:
    done: list[str] = []
    many = {f"{number}.html": "page" for number in range(20)}
    publish(tmp_path, tasks(many, done), prepare=lambda left: done.append("prepared"))
    assert done[0] == "prepared"
    assert done.count("prepared") == 1
    for changed in (many, many | {"3.html": "another"}):
        publish(tmp_path, tasks(changed, done), prepare=lambda left: done.append("prepared"))
        assert done.count("prepared") == 1


def test_a_file_of_the_last_build_is_given_only_as_it_was_written(tmp_path: Path) -> None:
    publish(tmp_path, tasks(SITE), maker="1")
    assert last(tmp_path, "1")("index.html") == b"home"
    assert last(tmp_path, "2")("index.html") is None
    assert last(tmp_path, "1")("other.html") is None
    (tmp_path / "index.html").write_text("mine", "utf-8")
    assert last(tmp_path, "1")("index.html") is None
    (tmp_path / "index.html").unlink()
    assert last(tmp_path, "1")("index.html") is None
    assert last(tmp_path / "nowhere", "1")("index.html") is None


def test_a_file_that_is_gone_is_written_again(tmp_path: Path) -> None:
    publish(tmp_path, tasks(SITE))
    (tmp_path / "concepts" / "entropy.html").unlink()
    (tmp_path / "concepts").rmdir()
    assert publish(tmp_path, tasks(SITE)) == Written(1, 2, 0)
    assert files(tmp_path) == dict(sorted(SITE.items()))


def test_the_same_site_has_the_same_bytes_whatever_was_there_before(tmp_path: Path) -> None:
    publish(tmp_path / "one", tasks(SITE | {"old/page.html": "old", "index.html": "before"}))
    publish(tmp_path / "one", tasks(SITE))
    publish(tmp_path / "two", list(reversed(tasks(SITE))))
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert (tmp_path / "one" / MANIFEST).read_bytes() == (tmp_path / "two" / MANIFEST).read_bytes()


# -- what is removed --------------------------------------------------------------------------------------------------


def test_stale_pages_are_removed_with_the_folders_that_they_leave_empty(tmp_path: Path) -> None:
    publish(tmp_path, tasks(SITE | {"old/deep/a.html": "a", "old/deep/b.html": "b", "kept/c.html": "c"}))
    put(tmp_path, {"kept/mine.txt": "mine"})
    assert publish(tmp_path, tasks(SITE)) == Written(0, 3, 3)
    assert files(tmp_path) == dict(sorted((SITE | {"kept/mine.txt": "mine"}).items()))
    assert not (tmp_path / "old").exists()


def test_a_file_may_become_a_folder_and_a_folder_a_file(tmp_path: Path) -> None:
    publish(tmp_path, tasks({"a": "file", "b/c": "in a folder", "b/d/e": "deeper"}))
    assert publish(tmp_path, tasks({"a/x": "in a folder", "b": "file"})) == Written(2, 0, 3)
    assert files(tmp_path) == {"a/x": "in a folder", "b": "file"}


def test_a_page_that_was_changed_by_hand_is_removed_only_if_that_is_asked_for(tmp_path: Path) -> None:
    publish(tmp_path / "public", tasks(SITE | {"old.html": "old"}))
    put(tmp_path / "public", {"old.html": "mine"})
    told = (
        "'public/old.html' was changed since 'fmvault build' wrote it; it is no page of the site any more, so remove "
        "it, or build with '--clean'"
    )
    assert refused(tmp_path / "public", SITE) == told
    assert publish(tmp_path / "public", tasks(SITE), clean=True) == Written(0, 3, 1)
    assert files(tmp_path / "public") == dict(sorted(SITE.items()))


ZOO_SITE = {"index.html": "home", "all.html": "all", "cat.html": "cat", "dog.html": "dog", "owl.html": "owl"}
ZOO_NOTES = ("cat.html", "dog.html", "owl.html")


def of_zoo(*names: str) -> Origin:
    return Origin(names, ZOO_NOTES)


def test_the_site_of_another_vault_is_not_removed_unless_that_is_asked_for(tmp_path: Path) -> None:
    output = tmp_path / "public"
    publish(output, tasks(ZOO_SITE), origin=of_zoo("zoo", "The Zoo"))
    other = tasks({"index.html": "other", "all.html": "other", "cat.html": "other", "oak.html": "oak"})
    before = files(output)
    with pytest.raises(WorkspaceError) as caught:
        publish(output, other, shown="public", origin=Origin(("wood", "Wood"), ("cat.html", "oak.html")))
    assert str(caught.value) == (
        "'public' holds the site of another vault, and 2 of its files would be removed; "
        "name another folder with '-o', or build with '--clean'"
    )
    assert files(output) == before
    assert publish(output, other, origin=Origin(("wood", "Wood"), ("cat.html",)), clean=True) == Written(4, 0, 2)
    # Strangers read the manifest.
    assert "ood" not in (output / MANIFEST).read_text("utf-8")


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (("zoo", "The Zoo"), ("zoo", "Animals"), ()),
        (("zoo", "The Zoo"), ("clone-1", "The Zoo"), ()),
        # It was renamed, moved, and some of it has gone.
        (("zoo", "zoo"), ("farm", "farm"), ("cat.html", "dog.html")),
        # Nobody knows of whom it is.
        ((), ("farm", "farm"), ()),
    ],
)
def test_a_vault_that_was_moved_or_has_lost_notes_is_built_as_ever(
    tmp_path: Path, first: tuple[str, ...], second: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    publish(tmp_path, tasks(ZOO_SITE), origin=of_zoo(*first))
    site = {name: text for name, text in ZOO_SITE.items() if name in ("index.html", "all.html", *kept)}
    publish(tmp_path, tasks(site), origin=Origin(second, kept))
    assert files(tmp_path) == dict(sorted(site.items()))


# -- what is not ours -------------------------------------------------------------------------------------------------


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    put(tmp_path, {"CNAME": "example.org", "concepts/mine.html": "mine", ".git/config": "x"})
    for site in (SITE, SITE | {"b.html": "b"}, {"c.html": "c"}):
        publish(tmp_path, tasks(site))
        assert files(tmp_path) == dict(
            sorted({"CNAME": "example.org", "concepts/mine.html": "mine", ".git/config": "x", **site}.items())
        )


@pytest.mark.parametrize("clean", [False, True])
@pytest.mark.parametrize(
    ("there", "named"),
    [
        ({"index.html": "mine"}, "index.html"),
        ({"index.html": "home"}, "index.html"),
        ({"concepts": "a file"}, "concepts"),
        ({"index.html/deep/x": "a folder"}, "index.html"),
    ],
)
def test_a_file_in_the_way_is_one_line_of_error(
    tmp_path: Path, clean: bool, there: Mapping[str, str], named: str
) -> None:
    put(tmp_path / "public", there)
    assert refused(tmp_path / "public", SITE, clean=clean) == (
        f"'public/{named}' is in the way, and not from 'fmvault build'; move it, or name another folder with '-o'"
    )


def test_of_many_in_the_way_the_first_is_named_and_the_others_counted(tmp_path: Path) -> None:
    put(tmp_path / "public", SITE)
    assert "'public/index.html' is in the way, and not from 'fmvault build', and 2 more are" in refused(
        tmp_path / "public", SITE
    )


def test_a_page_changed_by_hand_is_written_over_only_if_that_is_asked_for(tmp_path: Path) -> None:
    publish(tmp_path / "public", tasks(SITE))
    put(tmp_path / "public", {"index.html": "my own"})
    for site in (SITE, SITE | {"index.html": "new", "more.html": "more"}):
        assert refused(tmp_path / "public", site) == (
            "'public/index.html' was changed since 'fmvault build' wrote it; "
            "keep the change elsewhere, then build with '--clean'"
        )
    assert publish(tmp_path / "public", tasks(SITE), clean=True) == Written(1, 2, 0)
    assert files(tmp_path / "public") == dict(sorted(SITE.items()))


@needs_posix
def test_links_in_the_output_are_never_followed(tmp_path: Path) -> None:
    outside = put(tmp_path / "outside", {"index.html": "mine", "entropy.html": "mine"})
    output = tmp_path / "public"
    output.mkdir()
    (output / "concepts").symlink_to(outside)
    assert refused(output, SITE).startswith("'public/concepts' is in the way")
    (output / "concepts").unlink()
    (output / "index.html").symlink_to(outside / "index.html")
    assert refused(output, SITE).startswith("'public/index.html' is in the way")
    (output / "index.html").unlink()
    (output / ".fmvault-build").symlink_to(outside)
    assert "'public/.fmvault-build'" in refused(output, SITE)
    (output / ".fmvault-build").unlink()
    # A page of ours is not looked for behind a link that has taken the place of its folder.
    publish(output, tasks(SITE))
    (output / "concepts" / "entropy.html").unlink()
    (output / "concepts").rmdir()
    (output / "concepts").symlink_to(outside)
    put(outside, {"entropy.html": "entropy"})
    assert refused(output, SITE).startswith("'public/concepts' is in the way")
    publish(output, tasks({"index.html": "home"}))
    assert files(outside) == {"entropy.html": "entropy", "index.html": "mine"}


@needs_posix
def test_the_output_may_be_a_link_to_a_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "public").symlink_to(tmp_path / "real")
    publish(tmp_path / "public", tasks(SITE))
    assert files(tmp_path / "real") == dict(sorted(SITE.items()))


def test_an_output_that_is_a_file_is_refused(tmp_path: Path) -> None:
    put(tmp_path, {"public": "mine"})
    assert refused(tmp_path / "public", SITE) == "'public' is a file, and a site is a folder"


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "{",
        "[]",
        '{"format":1,"maker":"","files":{},"more":1}',
        '{"format":2,"maker":"","files":{}}',
        '{"format":1,"maker":"","files":{"../mine.txt":["","",4]}}',
        '{"format":1,"maker":"","files":{"/etc/hostname":["","",4]}}',
        '{"format":1,"maker":"","files":{"a/../../mine.txt":["","",4]}}',
        '{"format":1,"maker":"","files":{"a\\\\..\\\\mine.txt":["","",4]}}',
        '{"format":1,"maker":"","files":{},"unfinished":{"../mine.txt":["x"]}}',
        '{"format":1,"maker":"","files":{"fmvault-site.json":["","",4]}}',
    ],
)
def test_a_manifest_that_is_damaged_or_leads_elsewhere_is_not_believed(tmp_path: Path, manifest: str) -> None:
    put(tmp_path, {"mine.txt": "mine", f"public/{MANIFEST}": manifest})
    for clean in (False, True):
        assert refused(tmp_path / "public", SITE, clean=clean).startswith(
            f"'public/{MANIFEST}' is not as 'fmvault build' writes it"
        )


def test_a_strangers_manifest_deletes_nothing_that_it_does_not_describe(tmp_path: Path) -> None:
    stranger = {"format": 1, "maker": "", "files": {"mine.txt": ["", "0" * 32, 4]}}
    put(tmp_path, {"public/mine.txt": "mine", f"public/{MANIFEST}": json.dumps(stranger)})
    assert refused(tmp_path / "public", SITE).startswith("'public/mine.txt' was changed since")


@pytest.mark.parametrize(
    "address",
    ["", "/a", "a/", "a//b", "./a", "a/../b", "../a", "a\\b", "c:/a", "a\0", "a\nb", MANIFEST, ".fmvault-build/0.part"],
)
def test_no_task_leads_out_of_the_folder(tmp_path: Path, address: str) -> None:
    with pytest.raises(ValueError, match="is no address"):
        publish(tmp_path / "public", tasks({address: "x"}))
    assert list(tmp_path.iterdir()) == []


def test_two_files_that_differ_in_case_alone_are_a_mistake_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"two files for 'A\.html'"):
        publish(tmp_path, tasks({"a.html": "", "A.html": ""}))


# -- what goes wrong --------------------------------------------------------------------------------------------------


def test_a_task_that_fails_leaves_the_old_site_whole(tmp_path: Path) -> None:
    def fail() -> bytes:
        raise RuntimeError("no such block")

    publish(tmp_path / "public", tasks(SITE))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(RuntimeError, match="no such block"):
        publish(tmp_path / "public", [*tasks({"index.html": "new"}), Task("b.html", b"", fail)])
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    with pytest.raises(RuntimeError, match="no such block"):
        publish(tmp_path / "other" / "public", [Task("b.html", b"", fail)])
    assert not (tmp_path / "other").exists()


@needs_linux
def test_many_tasks_are_shared_by_processes_and_none_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda of: {0, 1, 2})
    here = os.getpid()

    def told(index: int) -> bytes:
        return f"{index} {'here' if os.getpid() == here else 'there'}".encode()

    many = [Task(f"{index}.html", b"", partial(told, index)) for index in range(2500)]
    assert publish(tmp_path, many) == Written(2500, 0, 0)
    found = files(tmp_path)
    assert {name: content.split()[0] for name, content in found.items()} == {
        f"{index}.html": str(index) for index in range(2500)
    }
    assert {content.split()[1] for content in found.values()} == {"here", "there"}


@needs_linux
def test_what_a_process_that_has_died_should_have_made_is_made_by_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda of: {0, 1})
    here = os.getpid()

    def make() -> bytes:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return b"made"

    assert publish(tmp_path, [Task(f"{index}.html", b"", make) for index in range(200)]) == Written(200, 0, 0)
    assert set(files(tmp_path).values()) == {"made"}


@needs_linux
def test_what_fails_in_another_process_fails_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda of: {0, 1})

    def make(index: int) -> int:
        if index == 199:
            raise RuntimeError("the last")
        return index

    assert processes.drawn(199, make, int, share=10) == list(range(199))
    with pytest.raises(RuntimeError, match="the last"):
        processes.drawn(200, make, int, share=10)


@needs_linux
def test_what_shares_work_is_made_by_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda of: {0, 1})

    def maker(index: int) -> int:
        time.sleep(0.01)
        return os.getpid()

    makers = processes.drawn(60, maker, int, share=10, goes_on=lambda index: index % 20 != 0)
    assert all(len(set(makers[first : first + 20])) == 1 for first in (0, 20, 40))
    assert len(set(makers)) == 2


@needs_linux
def test_what_is_made_aside_is_made_by_another_process_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda of: {0, 1})

    def makers() -> list[int]:
        return [os.getpid(), *processes.drawn(40, lambda index: os.getpid(), int, share=10)]

    with processes.aside(makers, list[int], 2000) as made:
        assert len(set(found := made())) == 1
        assert os.getpid() not in found


KILLED = """
import os, sys
from pathlib import Path
from fmvault.publish.task import Task
from fmvault.workspace import publishing

left = int(sys.argv[2])
def counted(do):
    def counting(*arguments):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        do(*arguments)
    return counting

publishing._Output.place = counted(publishing._Output.place)
publishing._Output.remove = counted(publishing._Output.remove)
publishing.publish(Path(sys.argv[1]), [Task(name, text.encode(), text.encode) for name, text in eval(sys.argv[3])])
"""


@needs_linux
@pytest.mark.parametrize("steps", range(4))
def test_a_build_that_is_killed_is_mended_by_the_next(tmp_path: Path, steps: int) -> None:
    def killed(site: Mapping[str, str]) -> None:
        command = [sys.executable, "-c", KILLED, os.fspath(tmp_path), str(steps), repr([*site.items()])]
        done = subprocess.run(command, env=os.environ | {"PYTHONPATH": os.fspath(ROOT)}, check=False)
        assert done.returncode == 9

    publish(tmp_path, tasks({"a.html": "1", "b/b.html": "1", "old.html": "1"}))
    killed({"a.html": "2", "b/b.html": "2", "c.html": "2"})
    killed({"a.html": "3", "b/b.html": "3", "d.html": "3", "c.html": "2"})
    wanted = {"a.html": "4", "b/b.html": "2"}
    publish(tmp_path, tasks(wanted))
    assert files(tmp_path) == wanted
    publish(tmp_path / "new", tasks(wanted))
    assert (tmp_path / MANIFEST).read_bytes() == (tmp_path / "new" / MANIFEST).read_bytes()


@needs_posix
def test_two_builds_do_not_write_to_one_folder_at_once(tmp_path: Path) -> None:
    with publishing._locked(os.fspath(tmp_path), "public"):
        assert "another 'fmvault build' is writing to 'public'" in str(_raised(tmp_path))
    assert publish(tmp_path, tasks(SITE)).any


def _raised(output: Path) -> WorkspaceError:
    with pytest.raises(WorkspaceError) as caught:
        publish(output, tasks(SITE), shown="public")
    return caught.value


NAMES = st.sampled_from(["a.html", "b.html", "x/a.html", "x/b.html", "x/y/c.html", "x", "a.html/x", "z"])


def _fits(site: Mapping[str, str]) -> bool:
    return not any(other.startswith(f"{one}/") for one in site for other in site)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    builds=st.lists(st.dictionaries(NAMES, st.sampled_from("123"), max_size=5).filter(_fits), min_size=1, max_size=4),
    others=st.sets(st.sampled_from(["mine.txt", "x/mine.txt", "x/y/mine.txt", "q/mine.txt"])),
)
def test_after_any_builds_there_is_the_last_site_and_what_others_wrote(
    tmp_path_factory: pytest.TempPathFactory, builds: list[dict[str, str]], others: set[str]
) -> None:
    output = tmp_path_factory.mktemp("site")
    put(output, dict.fromkeys(others, "mine"))
    last: dict[str, str] = {}
    for site in builds:
        # A folder with files of others stays one.
        if any(other.startswith(f"{address}/") for other in others for address in site):
            with pytest.raises(WorkspaceError, match="in the way"):
                publish(output, tasks(site))
        else:
            publish(output, tasks(site))
            last = site
        assert files(output) == dict(sorted({**dict.fromkeys(others, "mine"), **last}.items()))


# -- where it is written ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "fault"),
    [
        ("vault", "holds the vault"),
        (".", "holds the vault"),
        ("vault/Notes", "holds files of the vault"),
        ("vault/Notes/Deep", "holds files of the vault"),
        ("vault/public", ""),
        ("vault/Notes/public", ""),
        ("public", ""),
        ("vaulted", ""),
    ],
)
def test_a_site_is_not_mixed_with_the_vault(tmp_path: Path, output: str, fault: str) -> None:
    root = put(tmp_path / "vault", {"Notes/Deep/a.md": "", "Notes/b.md": ""})
    with pytest.raises(WorkspaceError, match=f"^'{output}' {fault}; ") if fault else nullcontext():
        refuse_overlap(tmp_path / output, root, ["Notes/Deep/a.md", "Notes/b.md"], output)


# -- the command ------------------------------------------------------------------------------------------------------

ZOO = {
    "fmvault.toml": "[site]\nhistory = false\n",
    "Cat.md": "# Cat\n\nIt hunts. See [[Dog]].\n",
    "Dog.md": "# Dog\n\nIt barks.\n",
}
BROKEN = ZOO | {"Dog.md": "# Dog\n\nIt fears the [[Wolf]], the [[Bear]], the [[Lynx]] and the [[Boar]].\n"}
needs_site = pytest.mark.skipif(find_spec("fmvault_site") is None, reason="needs fmvault-site")


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, str]], Path]:
    """Makes a vault ``zoo`` of the texts by path, in a folder that is the current one from then on."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")

    def make(contents: Mapping[str, str]) -> Path:
        put(tmp_path / "zoo", contents)
        return tmp_path

    return make


Make = Callable[[Mapping[str, str]], Path]


def run(*arguments: str) -> Result:
    """``fmvault build`` with these arguments, in this process."""
    result = CliRunner().invoke(commands, ["build", *arguments], prog_name="fmvault")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def built(*arguments: str) -> str:
    """What a build prints that goes well, without the seconds that it took."""
    result = run(*arguments)
    assert (result.stderr, result.exit_code) == ("", 0)
    return re.sub(r"in [\d.]+ s\n\Z", "in S s\n", result.stdout)


def misused(*arguments: str) -> str:
    """The one line that a build ends with."""
    result = run(*arguments)
    assert (result.stdout, result.exit_code) == ("", 2)
    assert result.stderr.startswith("fmvault: ")
    assert result.stderr.count("\n") == 1
    return result.stderr.removeprefix("fmvault: ").rstrip("\n")


def page(file: Path) -> str:
    return file.read_text("utf-8")


@needs_site
def test_one_command_checks_a_vault_and_publishes_it(vault: Make) -> None:
    here = vault(ZOO)
    told = built("zoo", "-o", "public")
    first, second = told.splitlines()
    assert first == "No findings in 2 notes, 1 link."
    count = len(files(here / "public"))
    pages = len(list((here / "public").rglob("*.html"))) - 1
    assert second == f"wrote 'public/index.html': {pages} pages in {count} files, {count} written, in S s"
    assert "It hunts." in page(here / "public" / "cat.html")
    told = built("zoo", "-o", "public").splitlines()[-1]
    assert told == f"'public/index.html' is as it was: {pages} pages in {count} files, all unchanged, in S s"


@needs_site
def test_without_an_output_it_is_the_one_that_is_configured_and_no_part_of_the_vault(vault: Make) -> None:
    here = vault(ZOO)
    assert "'zoo/public/index.html'" in built("zoo")
    count = len(files(here / "zoo" / "public"))
    assert "all unchanged" in built("zoo")
    assert len(files(here / "zoo" / "public")) == count
    put(here / "zoo", {"fmvault.toml": '[site]\noutput = "out/site"\nhistory = false\n'})
    assert "'zoo/out/site/index.html'" in built("zoo")


@needs_site
def test_findings_are_told_in_short_and_the_site_is_written_all_the_same(vault: Make) -> None:
    here = vault(BROKEN)
    lines = built("zoo", "-o", "public").splitlines()
    assert lines[:5] == [
        "Found 4 errors in 2 notes, 5 links.",
        "  zoo/Dog.md:3:14: error [broken-note] no note is named 'Wolf'",
        "  zoo/Dog.md:3:28: error [broken-note] no note is named 'Bear'",
        "  zoo/Dog.md:3:42: error [broken-note] no note is named 'Lynx'",
        "  and 1 more; all with 'fmvault check zoo'",
    ]
    assert (here / "public" / "index.html").exists()


@needs_site
def test_a_bad_vault_is_never_written_over_a_good_site_if_it_is_strict(vault: Make) -> None:
    here = vault(ZOO)
    built("zoo", "-o", "public", "--strict")
    before = files(here / "public")
    put(here / "zoo", BROKEN)
    result = run("zoo", "-o", "public", "--strict")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == (
        "nothing written to 'public', since '--strict' wants a vault without these"
    )
    assert files(here / "public") == before
    # What makes a check fail is for the configuration to say.
    put(here / "zoo", {"fmvault.toml": '[site]\nhistory = false\n[severity]\nbroken-note = "warning"\n'})
    assert run("zoo", "-o", "public", "--strict").exit_code == 0
    assert files(here / "public") != before


@needs_site
def test_after_an_edit_only_what_it_changes_is_written(vault: Make) -> None:
    here = vault(ZOO | {"Owl.md": "# Owl\n\nIt sees.\n"})
    built("zoo", "-o", "public")
    before = {path: path.stat().st_ino for path in (here / "public").rglob("*.html")}
    put(here / "zoo", {"Dog.md": "# Dog\n\nIt howls.\n"})
    built("zoo", "-o", "public")
    assert "It howls." in page(here / "public" / "dog.html")
    written = {path.name for path, inode in before.items() if path.stat().st_ino != inode}
    assert "dog.html" in written
    assert "owl.html" not in written
    put(here / "zoo", {"Dog.md": "# Dog\n\nIt barks.\n"})
    built("zoo", "-o", "public")
    built("zoo", "-o", "fresh")
    assert files(here / "public") == files(here / "fresh")


@needs_site
def test_a_note_that_is_no_longer_published_is_removed(vault: Make) -> None:
    here = vault(ZOO)
    built("zoo", "-o", "public")
    put(here / "zoo", {"Dog.md": "---\npublish: false\n---\n# Dog\n\nIt barks.\n"})
    assert " removed, in S s" in built("zoo", "-o", "public")
    assert not (here / "public" / "dog.html").exists()
    assert not [name for name, text in files(here / "public").items() if "It barks." in text]


@needs_site
def test_a_file_in_the_way_or_a_page_changed_by_hand_ends_with_2(vault: Make) -> None:
    here = vault(ZOO)
    put(here / "public", {"cat.html": "mine"})
    result = run("zoo", "-o", "public")
    assert (result.exit_code, result.stderr) == (
        2,
        "fmvault: 'public/cat.html' is in the way, and not from 'fmvault build'; "
        "move it, or name another folder with '-o'\n",
    )
    assert files(here / "public") == {"cat.html": "mine"}
    built("zoo", "-o", "other")
    put(here / "other", {"cat.html": "mine"})
    assert run("zoo", "-o", "other").exit_code == 2
    assert page(here / "other" / "cat.html") == "mine"
    built("zoo", "-o", "other", "--clean")
    assert "It hunts." in page(here / "other" / "cat.html")


@needs_site
@pytest.mark.parametrize("output", ["zoo", ".", "zoo/Birds"])
def test_the_site_is_not_mixed_with_the_vault(vault: Make, output: str) -> None:
    here = vault(ZOO | {"Birds/Owl.md": "It sees.\n"})
    before = files(here)
    result = run("zoo", "-o", output)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"fmvault: '{output}' holds ")
    assert files(here) == before


@needs_site
@pytest.mark.parametrize("output", ["../public", "/tmp", "a/../../public", "link/public"])
def test_a_configured_output_that_leads_elsewhere_is_refused(vault: Make, output: str) -> None:
    here = vault(ZOO | {"fmvault.toml": f"[site]\noutput = '{output}'\n"})
    (here / "outside").mkdir()
    (here / "zoo" / "link").symlink_to(here / "outside")
    assert misused("zoo") == (f"zoo/fmvault.toml:2: '{output}' leads out of 'zoo'; if it is meant, name it with '-o'")
    assert list((here / "outside").iterdir()) == []


@needs_site
def test_in_a_repository_the_output_may_lie_beside_the_vault(vault: Make) -> None:
    here = vault(ZOO | {"fmvault.toml": "[site]\noutput = '../public'\nhistory = false\n"})
    (here / ".git").mkdir()
    put(here, {".git/HEAD": "ref: refs/heads/main\n"})
    assert "'public/index.html'" in built("zoo")


@needs_site
@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{% block", "template 'note.html', line 1: "),
        ("\n{{ nothing }}", "template 'note.html', line 2: 'nothing' is undefined"),
        ("{% extends 'no.html' %}", "template 'note.html', line 1: there is no template 'no.html'\n"),
        ("\n{% extends '!nosuch.html' %}", "template 'note.html', line 2: there is no template '!nosuch.html'\n"),
        ("{{ page.title }}", "template 'note.html', line 1: a page has no 'title'\n"),
        ("{{ frame.head.colour }}", "template 'note.html', line 1: a head has no 'colour'\n"),
        ("{{ page.outline.depth }}", "template 'note.html', line 1: a list has no 'depth'\n"),
        ("{{ page.previous.title }}", "template 'note.html', line 1: what is not there has no 'title'\n"),
        ("{{ self.nosuch() }}", "template 'note.html', line 1: there is no block 'nosuch'\n"),
        ("{{ 1 / 0 }}", "template 'note.html', line 1: division by zero"),
        (
            "{% extends 'note.html' %}",
            "template 'note.html', line 1: it has no end, or needs more memory than there is",
        ),
        ("{% macro m() %}{{ m() }}{% endmacro %}\n{{ m() }}", "template 'note.html', line 1: it has no end, or needs"),
    ],
)
def test_a_mistake_in_a_template_is_one_line_and_nothing_is_written(vault: Make, template: str, message: str) -> None:
    here = vault(ZOO)
    built("zoo", "-o", "public")
    before = files(here / "public")
    put(here / "zoo", {"fmvault.toml": '[site]\ntemplates = "theme"\nhistory = false\n', "theme/note.html": template})
    result = run("zoo", "-o", "public")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert message in result.stderr
    assert files(here / "public") == before


@needs_site
def test_what_own_templates_bring_in_vain_is_told(vault: Make) -> None:
    here = vault(ZOO)
    own = {
        "note.html": "{% extends '!note.html' %}\n{% block titel %}x{% endblock %}"
        "{% block note_body %}{% include 'part.html' %}{% block mine %}{% endblock %}{% endblock %}",
        "part.html": "{{ page.words }}",
        "nott.html": "",
    }
    put(here / "zoo", {f"theme/{name}": text for name, text in own.items()})
    put(here / "zoo", {"fmvault.toml": '[site]\ntemplates = "theme"\nhistory = false\n'})
    result = run("zoo", "-o", "public")
    assert result.exit_code == 0
    assert [line for line in result.stderr.splitlines() if "warning" in line] == [
        "warning: no page is made of the template 'nott.html'; did you mean 'note.html'?",
        "warning: template 'note.html', line 2: there is no block 'titel' to stand in for; did you mean 'title'?",
    ]


@needs_site
def test_own_templates_and_styles_come_before_those_that_are_shipped(vault: Make) -> None:
    here = vault(
        ZOO
        | {
            "fmvault.toml": '[site]\ntemplates = "theme"\nstyles = ["theme/own.css"]\nhistory = false\n',
            "theme/note.html": "{% extends '!note.html' %}{% block body %}<p>MINE</p>{{ super() }}{% endblock %}",
            "theme/own.css": "a { color: red }",
        }
    )
    built("zoo", "-o", "public")
    assert page(here / "public" / "assets" / "own" / "theme" / "own.css") == "a { color: red }"
    html = page(here / "public" / "cat.html")
    assert 'href="assets/own/theme/own.css"' in html
    assert "It hunts." in html
    assert "MINE" in html


@needs_site
@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("templates = 'theme'", "zoo/fmvault.toml:2: there is no folder 'theme'"),
        ("styles = ['a.css']", "zoo/fmvault.toml:2: 'a.css' cannot be read: it is not there"),
        ("styles = ['../a.css']", "zoo/fmvault.toml:2: '../a.css' cannot be read: it leads out of the vault"),
        ("home = 'Nope.md'", "zoo/fmvault.toml:2: no published note 'Nope.md'\n"),
        ("home = 'Private/Owl'", "zoo/fmvault.toml:2: no published note 'Private/Owl'\n"),
    ],
)
def test_a_setting_that_cannot_be_followed_is_told_at_its_place(vault: Make, setting: str, message: str) -> None:
    here = vault(ZOO | {"fmvault.toml": f"[site]\n{setting}\nprivate = ['Private/']\n", "Private/Owl.md": "It sees."})
    put(here, {"a.css": ""})
    result = run("zoo", "-o", "public")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"fmvault: {message}")
    assert not (here / "public").exists()


@needs_site
def test_where_the_site_will_be_can_be_told_on_the_command_line(vault: Make) -> None:
    here = vault(ZOO)
    built("zoo", "-o", "public", "--base-url", "https://example.org/zoo")
    assert "https://example.org/zoo/cat.html" in page(here / "public" / "sitemap.xml")
    for url in (
        "example.org",
        "",
        "https://",
        "https://u:p@example.org",
        "https://example.org/a b",
        "https://a.org/?b",
    ):
        assert misused("zoo", "--base-url", url).startswith("--base-url: '")


@needs_site
def test_a_site_is_not_written_over_that_of_another_vault(vault: Make) -> None:
    here = vault(ZOO)
    put(here / "wood", {"fmvault.toml": "[site]\nhistory = false\n", "Oak.md": "# Oak\n\nIt grows.\n"})
    built("zoo", "-o", "public")
    before = files(here / "public")
    result = run("wood", "-o", "public")
    assert result.exit_code == 2
    assert result.stderr.startswith("fmvault: 'public' holds the site of another vault, and ")
    assert files(here / "public") == before
    (here / "zoo").rename(here / "animals")
    built("animals", "-o", "public")
    built("wood", "-o", "public", "--clean")
    assert (here / "public" / "oak.html").exists()
    assert not (here / "public" / "cat.html").exists()


@needs_site
def test_the_vault_is_read_once(vault: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    vault(ZOO)
    read = []

    def reading(root: Path, **options: Any) -> Opened:
        read.append(root)
        return open_vault(root, **options)

    monkeypatch.setattr(publishing_command, "open_vault", reading)
    built("zoo", "-o", "public")
    assert len(read) == 1


def test_packages_that_are_missing_are_told_in_one_line(vault: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    here = vault(ZOO)
    monkeypatch.setattr(publishing_command, "find_spec", lambda name: None if name in ("jinja2", "nh3") else name)
    told = (
        "jinja2, nh3 are not installed; run pip install 'fmvault[site]', or in a checkout: pip install '.[site]' ./site"
    )
    assert misused("zoo", "-o", "public") == told
    assert not (here / "public").exists()


@needs_site
def test_a_vault_with_nothing_to_publish_says_so(vault: Make) -> None:
    vault({"fmvault.toml": "[site]\nhistory = false\n", "Cat.md": "---\ndraft: true\n---\n"})
    assert run("zoo", "-o", "public").stderr == "warning: no note is published\n"


def test_notes_that_are_known_are_not_parsed_again(tmp_path: Path) -> None:
    put(tmp_path, ZOO)
    first = open_vault(tmp_path, keep_text=True).vault.notes
    put(tmp_path, {"Dog.md": "It howls.\n"})
    again = open_vault(tmp_path, keep_text=True, known=first).vault.notes
    assert again["Cat.md"] is first["Cat.md"]
    assert again["Dog.md"] == open_vault(tmp_path, keep_text=True).vault.notes["Dog.md"] != first["Dog.md"]
