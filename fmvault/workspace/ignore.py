"""Which files nobody wants to hear about: what is excluded, ignored by git or by Obsidian, or a template."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from fmvault.gitignore import Patterns, can_match, matching
from fmvault.workspace.discover import Listing, Notice, WorkspaceError

# Python's regular expressions can take exponential time, so those that a vault brings with it are held to a form in
# which only a path made for the purpose could be slow.
MAX_FILTER_LENGTH = 200
MAX_FILTER_REPEATS = 2
MAX_FILTER_GROUPS = 2
MAX_FILTER_OPTIONALS = 4


def excluded(patterns: Sequence[str]) -> Callable[[str], bool]:
    """What the configuration's ``exclude`` leaves out; a ``WorkspaceError`` for a pattern that cannot match."""
    for pattern in patterns:
        if not can_match(pattern):
            raise WorkspaceError(f"'{pattern}' in 'exclude' matches nothing; it is read as a line of .gitignore")
    return matching(tuple(patterns)) if patterns else nothing


def gitignored(root: Path, listing: Listing, read: Callable[[str], bytes]) -> Callable[[str], bool]:
    """What the vault's ``.gitignore`` files leave out, with those of the folders above it up to the repository's.

    ``.git/info/exclude`` counts too, but not the patterns of the user's own git configuration: a report is to be the
    same on every machine. Whether git tracks an ignored file all the same is not looked at. Where the vault itself is
    ignored by the repository around it, whoever asks to check it means it, and only the vault's own patterns count.
    """
    top = repository(root)
    prefix = "" if top is None or top == root else f"{root.relative_to(top).as_posix()}/"
    lists: dict[str, list[str]] = {}
    if top is not None:
        lists[""] = _lines(_content(_git_folder(top) / "info" / "exclude"))
        folder, inner = top, ""
        for part in root.relative_to(top).parts:
            lists.setdefault(inner, []).extend(_lines(_content(folder / ".gitignore")))
            folder, inner = folder / part, f"{inner}/{part}".lstrip("/")
    if prefix and Patterns(lists).ignores_folder(prefix[:-1]):
        lists.clear()
    for path in listing.ignore_files:
        lists.setdefault((prefix + path).rpartition("/")[0], []).extend(_lines(_content_of(path, read)))
    for path in listing.repositories:
        lists[prefix + path] = [
            *_lines(_content(_git_folder(root / path) / "info" / "exclude")),
            *lists.get(prefix + path, ()),
        ]
    patterns = Patterns(lists, barriers=[prefix + path for path in listing.repositories])
    if not patterns:
        return nothing
    return (lambda path: patterns.ignores(prefix + path)) if prefix else patterns.ignores


def ignores_folder(top: Path, folder: str) -> bool:
    """Whether the repository at ``top`` ignores a folder of it, which need not be there."""
    lists = {"": _lines(_content(_git_folder(top) / "info" / "exclude"))}
    inner = ""
    for part in folder.split("/"):
        lists.setdefault(inner, []).extend(_lines(_content(top / inner / ".gitignore")))
        inner = f"{inner}/{part}".lstrip("/")
    return Patterns(lists).ignores_folder(folder)


def repository(folder: Path) -> Path | None:
    """The top of the git working tree that ``folder`` lies in."""
    for candidate in (folder, *folder.parents):
        git = candidate / ".git"
        if os.path.isfile(git) or os.path.isfile(git / "HEAD"):
            return candidate
    return None


def _git_folder(top: Path) -> Path:
    """The repository's own folder; ``.git`` is a file that names it in a linked working tree or a submodule."""
    git = top / ".git"
    pointer = _content(git).decode("utf-8", "surrogateescape")
    if pointer.startswith("gitdir:"):
        git = top / pointer.removeprefix("gitdir:").strip()
        common = _content(git / "commondir").decode("utf-8", "surrogateescape").strip()
        git = git / common
    return git


def _content(path: Path) -> bytes:
    if not os.path.isfile(path):
        return b""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _content_of(path: str, read: Callable[[str], bytes]) -> bytes:
    try:
        return read(path)
    except OSError:
        return b""


def _lines(source: bytes) -> list[str]:
    text = source.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    return [line.removesuffix("\r") for line in text.split("\n")]


def user_ignored(filters: Sequence[str]) -> tuple[Callable[[str], bool], list[Notice]]:
    """What Obsidian's excluded files (``userIgnoreFilters``) leave out, and the filters that are not followed.

    A filter is the beginning of a path, in whatever case, or a regular expression between slashes that is searched
    for in it. A regular expression is followed if it is short and plain: no repeated group, no look-around, at most
    two unbounded repetitions (one at its end aside) and two groups. Others could take longer than anyone waits.
    """
    beginnings: list[str] = []
    expressions: list[re.Pattern[str]] = []
    notices: list[Notice] = []
    for filter_ in filters:
        if len(filter_) > 2 and filter_.startswith("/") and filter_.endswith("/"):
            expression = _tame(filter_[1:-1])
            if expression is None:
                notices.append(
                    Notice(".obsidian/app.json", f"the excluded files '{filter_}' are too intricate; not followed")
                )
            else:
                expressions.append(expression)
        elif filter_.strip("/"):
            beginnings.append(filter_.removeprefix("/").casefold())
    if not beginnings and not expressions:
        return nothing, notices
    start = tuple(beginnings)
    return (
        lambda path: path.casefold().startswith(start) or any(expression.search(path) for expression in expressions)
    ), notices


def _tame(source: str) -> re.Pattern[str] | None:
    if len(source) > MAX_FILTER_LENGTH:
        return None
    # An escape or a class in brackets matches one character, whichever it is.
    outline = re.sub(r"\\[^1-9]|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", source, flags=re.DOTALL)
    outline = re.sub(r"\.[*+]\??\$?$", "", outline)
    if (
        re.search(r"\)[*+?{]|\(\?[^:]|\\", outline)
        or len(re.findall(r"[*+]|\{\d*,\d*\}", outline)) > MAX_FILTER_REPEATS
        or len(re.findall(r"(?<![*+}(])\?", outline)) > MAX_FILTER_OPTIONALS
        or outline.count("(") > MAX_FILTER_GROUPS
    ):
        return None
    try:
        return re.compile(source)
    except (re.error, OverflowError, RecursionError):
        return None


def under(folders: Sequence[str]) -> Callable[[str], bool]:
    """What lies in one of ``folders``, or is one of them: a single file may be named too."""
    if not folders:
        return nothing
    beginnings = tuple(f"{folder}/" for folder in folders)
    exactly = frozenset(folders)
    return lambda path: path.startswith(beginnings) or path in exactly


def nothing(path: str) -> bool:
    """Leaves nothing out."""
    return False
