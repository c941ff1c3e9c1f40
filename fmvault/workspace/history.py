"""What git knows of a vault's past: on which days its files were changed, and what they were at a revision."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from fmvault.workspace.discover import WorkspaceError, reason
from fmvault.workspace.git import environment

# Of a longer history, what lies before so many commits is not looked at.
_COMMITS = 20_000
# What the notes of a revision may come to, in bytes.
_LARGEST = 1 << 31
_DAY = 86_400
# Nothing that a repository brings with it is run, and nothing is fetched.
_OPTIONS = ("core.fsmonitor=false", f"core.hooksPath={os.devnull}", "protocol.allow=never", "log.showSignature=false")
# What has to be read of an old revision; of all other files it is enough that they were there.
_READ = (".md", ".canvas", ".base", ".json", ".gitignore")


def days(root: Path) -> Mapping[str, tuple[int, int]]:
    """The days on which the files of the vault at ``root`` were first and last changed, by vault path.

    They are counted from 1970-01-01 in UTC, and are those on which the changes were made, not those on which they were
    taken over. A file that was moved as it was keeps its days. In a shallow clone nothing is older than its beginning.
    Raises ``WorkspaceError`` where there is no repository, or no git.
    """
    command = ["log", "-z", f"--max-count={_COMMITS}", "--format=%at", "--name-status", "--find-renames=100%"]
    command += ["--no-ext-diff", "--no-textconv", "--no-color", "--no-show-signature", "--relative", "HEAD", "--", "."]
    found: dict[str, tuple[int, int]] = {}
    # What a path that was left behind is called today.
    today: dict[str, str] = {}
    try:
        answer = _run(root, command)
    except _Refused as error:
        # There is no commit yet.
        if "bad revision" in str(error):
            return {}
        raise
    for day, changes in _commits(answer):
        for status, *paths in changes:
            path = today.get(paths[-1], paths[-1])
            if status.startswith("R"):
                today[paths[0]] = path
            if not status.startswith("D"):
                first, last = found.get(path, (day, day))
                found[path] = min(first, day), max(last, day)
    return found


def _commits(answer: bytes) -> Iterator[tuple[int, Sequence[tuple[str, ...]]]]:
    """The day of each commit, and its changes: what was done, and the paths it was done to."""
    # Every path stands where one is due, so that no name can be taken for anything else.
    fields = iter(answer.split(b"\0"))
    day: int | None = None
    changes: list[tuple[str, ...]] = []
    for field in fields:
        # A line break parts the time from the first change, and an empty field some commits from others.
        word = field.strip(b"\n").decode("ascii", "replace")
        if word.lstrip("-").isdigit():
            if day is not None:
                yield day, changes
            day, changes = int(word) // _DAY, []
        elif word:
            count = 2 if word[0] in "RC" else 1
            paths = [next(fields, b"") for _ in range(count)]
            changes.append((word, *(os.fsdecode(path) for path in paths)))
    if day is not None:
        yield day, changes


@contextmanager
def at_revision(root: Path, revision: str) -> Iterator[Path]:
    """A folder that holds the vault at ``root`` as it was at ``revision``, for as long as it is needed.

    Notes, canvases, bases, Obsidian's settings and ``.gitignore`` are there as they were; other files are there, but
    empty, and symbolic links are not. Raises ``WorkspaceError``.
    """
    with tempfile.TemporaryDirectory(prefix="fmvault-") as holder:
        # Named as the vault is, for those who tell a vault by its folder's name.
        folder = Path(holder, root.resolve().name or "vault")
        folder.mkdir()
        _write(root, revision, folder)
        yield folder


def _write(root: Path, revision: str, folder: Path) -> None:
    commit = _commit(root, revision)
    read: list[tuple[str, bytes]] = []
    size = 0
    for entry in _run(root, ["ls-tree", "-r", "-z", "-l", commit]).split(b"\0"):
        about, tab, raw = entry.partition(b"\t")
        if not tab or b"\\" in raw or not _is_safe(raw):
            continue
        mode, _, digest, length = about.split()
        path = os.fsdecode(raw)
        if mode in (b"120000", b"160000"):
            continue
        if path.lower().endswith(_READ):
            read.append((path, digest))
            size += int(length)
        else:
            _place(folder, path, b"")
    if size > _LARGEST:
        raise WorkspaceError(f"the notes at '{revision}' come to more than {_LARGEST >> 30} GiB")
    blobs = _run(root, ["cat-file", "--batch"], b"".join(digest + b"\n" for _, digest in read))
    at = 0
    for path, _ in read:
        end = blobs.index(b"\n", at)
        length_of = int(blobs[at:end].rpartition(b" ")[2])
        _place(folder, path, blobs[end + 1 : end + 1 + length_of])
        at = end + 2 + length_of


def _commit(root: Path, revision: str) -> str:
    """The name of the commit that a revision means."""
    unknown = WorkspaceError(f"git knows no revision '{revision}'")
    # `..` and the like mean more than one commit.
    if not revision or revision.startswith("-") or ".." in revision:
        raise unknown
    try:
        answer = _run(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"])
    except _Refused:
        raise unknown from None
    return answer.decode("ascii", "replace").strip()


def _is_safe(raw: bytes) -> bool:
    """Whether a path leads to where it says: git itself refuses others, but somebody may have made them by hand."""
    parts = raw.split(b"/")
    return all(part not in (b"", b".", b"..") and part.lower() != b".git" for part in parts)


def _place(folder: Path, path: str, content: bytes) -> None:
    file = folder / path
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise WorkspaceError(f"'{path}' of the old revision cannot be written: {reason(error)}") from None


class _Refused(WorkspaceError):
    """git has answered, but not with what was asked for."""


def _run(root: Path, arguments: Sequence[str], given: bytes = b"") -> bytes:
    import subprocess

    command = ["git", "-C", os.fspath(root)]
    for option in _OPTIONS:
        command += ["-c", option]
    settings = environment(root) | {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_PAGER": ""}
    try:
        answer = subprocess.run([*command, *arguments], input=given, capture_output=True, env=settings, check=False)
    except FileNotFoundError:
        raise WorkspaceError("git is not installed") from None
    except OSError as error:
        raise WorkspaceError(f"git cannot be run: {reason(error)}") from None
    if answer.returncode:
        said = answer.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        if "not a git repository" in said:
            raise WorkspaceError(f"'{root}' is not in a git repository")
        raise _Refused(f"git cannot tell the history of '{root}': {said or f'status {answer.returncode}'}")
    return answer.stdout
