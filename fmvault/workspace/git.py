"""What git tracks."""

from __future__ import annotations

import os
from bisect import bisect_left
from pathlib import Path

from msgspec import Struct

from fmvault.workspace.discover import SITE_MANIFEST, Notice, WorkspaceError, linked, printable, reason
from fmvault.workspace.ignore import repository

# What git itself sets to tell a hook where it stands. Any of it misleads a question about another repository.
_PLACE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX")


class Tracked(Struct, frozen=True):
    """The vault paths of what git's index holds, sorted, and what was left out of them.

    ``absent`` are those that git keeps out of the working tree on purpose (a sparse checkout).
    """

    files: list[str]
    absent: frozenset[str]
    notices: list[Notice]


def tracked(root: Path) -> Tracked:
    """What git's index holds of the vault at ``root``: what the next commit holds, without what is not yet added.

    Hidden files and folders, submodules, and folders that hold a site of ours are left out. A symbolic link is taken
    for what it leads to if that is tracked as well. Raises ``WorkspaceError`` where there is no repository, or no
    git.
    """
    files: list[str] = []
    absent: list[str] = []
    links: list[str] = []
    sites: list[str] = []
    notices: list[Notice] = []
    for entry in _listed(root):
        about, _, raw = entry.partition(b"\t")
        tag, mode = about.split(b" ", 2)[:2]
        name = raw.rpartition(b"/")[2]
        if name == SITE_MANIFEST.encode() and raw != name:
            sites.append(os.fsdecode(raw[: -len(name)]))
        if mode == b"160000" or raw.startswith(b".") or b"/." in raw:
            continue
        try:
            path = raw.decode()
        except UnicodeDecodeError:
            notices.append(Notice(printable(os.fsdecode(raw)), "has a name that is not UTF-8; left out"))
            continue
        (links if mode == b"120000" else files).append(path)
        if tag == b"S":
            absent.append(path)
    # A file in conflict is listed once for each side.
    files = sorted(set(files))
    linked_files: list[str] = []
    for link in set(links):
        try:
            linked_files += _led_to(link, root, files)
        except OSError as error:
            notices.append(Notice(link, f"cannot be followed: {reason(error)}"))
    if linked_files:
        files = sorted({*files, *linked_files})
    if sites:
        beginnings = tuple(sites)
        files = [path for path in files if not path.startswith(beginnings)]
    return Tracked(files, frozenset(absent), sorted(notices))


def _led_to(link: str, root: Path, files: list[str]) -> list[str]:
    """The paths that ``link`` gives to some of the tracked ``files``, which are sorted."""
    real_root = os.path.realpath(root)
    target = os.path.relpath(linked(os.path.join(real_root, link), real_root), real_root).replace(os.sep, "/")
    start = bisect_left(files, target)
    if start < len(files) and files[start] == target:
        return [link]
    beginning = f"{target}/"
    found = []
    for path in files[bisect_left(files, beginning) :]:
        if not path.startswith(beginning):
            break
        found.append(f"{link}/{path[len(beginning) :]}")
    return found


def is_tracked(path: Path, root: Path) -> bool:
    """Whether a clone of the repository that the vault at ``root`` lies in has the file at ``path``.

    It has what lies outside as little as we do, so that this is none that it lacks. Of a symbolic link on the way to
    the file, what it leads to has to be tracked as well. Raises ``WorkspaceError`` as ``tracked`` does.
    """
    path = Path(os.path.abspath(path))
    top = repository(root)
    real = Path(os.path.realpath(path))
    links = [Path(os.path.realpath(each.parent), each.name) for each in (path, *path.parents) if each.is_symlink()]
    inside = [each for each in (real, *links) if top is None or each.is_relative_to(top)]
    # What another repository has inside this one, this one has not.
    return all(repository(each.parent) == top and _listed(root, "--", os.fspath(each)) for each in inside)


def _listed(root: Path, *which: str) -> list[bytes]:
    """What git's index holds of the vault, or of the paths that are named."""
    import subprocess

    command = ["git", "-C", os.fspath(root), "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"]
    command += ["-c", "core.quotePath=false", "--literal-pathspecs"]
    command += ["ls-files", "-z", "--cached", "--stage", "-t", *which]
    try:
        answer = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, env=environment(root), check=False
        )
    except FileNotFoundError:
        raise WorkspaceError("'--tracked' needs git, and it is not installed") from None
    except OSError as error:
        raise WorkspaceError(f"'--tracked' needs git, and it cannot be run: {reason(error)}") from None
    if answer.returncode:
        said = answer.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        if "not a git repository" in said:
            raise WorkspaceError(f"'{root}' is not in a git repository; '--tracked' needs one")
        raise WorkspaceError(f"git cannot say what it tracks in '{root}': {said or f'status {answer.returncode}'}")
    return [entry for entry in answer.stdout.split(b"\0") if entry]


def environment(root: Path) -> dict[str, str]:
    """The environment for git: in a hook, the index in force; elsewhere nothing that says where to look."""
    environment = {name: value for name, value in os.environ.items() if name not in _PLACE}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    here = Path.cwd()
    top = os.environ.get("GIT_WORK_TREE")
    if top is not None:
        ours = root.is_relative_to(os.path.realpath(top))
    elif "GIT_DIR" in os.environ:
        # git takes the current folder, where it starts its hooks, for the top of the working tree.
        top = os.fspath(here)
        ours = root.is_relative_to(here)
    else:
        ours = repository(here) == repository(root)
    if not ours:
        return environment
    # What is relative is so to the current folder, and git is to run in the vault's.
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"):
        if value := os.environ.get(name):
            environment[name] = os.path.abspath(value)
    if "GIT_DIR" in environment and top is not None:
        environment["GIT_WORK_TREE"] = os.path.abspath(top)
    return environment
