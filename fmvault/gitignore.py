"""Patterns as in a ``.gitignore`` file, read as git reads them (https://git-scm.com/docs/gitignore).

pathspec, which reads such patterns too, lets a pattern that matches a folder speak for all that lies in it. That
makes ``!a/`` after ``*/b`` bring ``a/b`` back, which it does not in git. Here a pattern speaks for the path it
matches alone, and a folder that is ignored for all that lies in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct

_POSIX_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": " \\t-\\r",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}

_STAR = "[^/]*"
# More folders left open than this are refused: each may be tried at every depth.
_MANY = 6

# A run of stars with the slash behind it, a class in brackets (a bracket that is not closed matches nothing), an
# escape, any other character.
_TOKEN = re.compile(r"(\*+)(/?)|\[([!^]?)(\]?(?:\[:[a-z]*:\]|\\.|[^\]\\])*)\]|\\(.)|(.)", re.DOTALL)
_CLASS_TOKEN = re.compile(r"\[:([a-z]*):\]|(?:\\(.)|(.))(?:-(?:\\(.)|([^\]])))?", re.DOTALL)


class _List(Struct, frozen=True):
    """The patterns of one file. In both expressions the group that matched is the last pattern that does.

    The verdicts say for each group whether its pattern ignores or brings back; ``cut`` is the length of the folder's
    path with the slash behind it.
    """

    cut: int
    files: re.Pattern[str]
    folders: re.Pattern[str]
    file_verdicts: tuple[bool, ...]
    folder_verdicts: tuple[bool, ...]


_State: TypeAlias = tuple[bool, tuple[_List, ...]]


class Patterns:
    """Lists of patterns, each in force in the folder it stands in and below.

    ``lists`` maps a folder (empty: the top) to the lines of its list; of two lists the deeper one decides, of two
    patterns of a list the later. What lies in an ignored folder is ignored whatever the patterns say of it. At the
    folders ``barriers`` all lists from above end.
    """

    def __init__(self, lists: Mapping[str, Sequence[str]], barriers: Iterable[str] = ()) -> None:
        compiled = {folder: _compiled(folder, lines) for folder, lines in lists.items()}
        self._lists = {folder: list_ for folder, list_ in compiled.items() if list_ is not None}
        self._barriers = frozenset(barriers)
        # Of each folder met: whether it is ignored, and the lists in force in it, the deepest first.
        self._folders: dict[str, _State] = {"": (False, (self._lists[""],) if "" in self._lists else ())}

    def __bool__(self) -> bool:
        return bool(self._lists)

    def ignores(self, path: str) -> bool:
        """Whether the file ``path`` is ignored."""
        ignored, lists = self._state(path.rpartition("/")[0])
        if ignored:
            return True
        for list_ in lists:
            match = list_.files.fullmatch(path, list_.cut)
            if match is not None:
                return list_.file_verdicts[match.lastindex or 0]
        return False

    def ignores_folder(self, folder: str) -> bool:
        """Whether the folder ``folder`` is ignored, and with it all that lies in it."""
        return self._state(folder)[0]

    def _state(self, folder: str) -> _State:
        # Not recursive: folders can be nested deeper than Python's stack.
        unknown = []
        while (state := self._folders.get(folder)) is None:
            unknown.append(folder)
            folder = folder.rpartition("/")[0]
        for below in reversed(unknown):
            ignored, lists = state
            if not ignored:
                for list_ in lists:
                    match = list_.folders.fullmatch(below, list_.cut)
                    if match is not None:
                        ignored = list_.folder_verdicts[match.lastindex or 0]
                        break
                if below in self._barriers:
                    lists = ()
                if below in self._lists:
                    lists = (self._lists[below], *lists)
            state = self._folders[below] = (ignored, lists)
        return state


def _compiled(folder: str, lines: Sequence[str]) -> _List | None:
    files: list[tuple[str, bool]] = []
    folders: list[tuple[str, bool]] = []
    for line in lines:
        pattern = _trimmed(line)
        if not pattern or pattern.startswith("#"):
            continue
        ignores = not pattern.startswith("!")
        pattern = pattern if ignores else pattern[1:]
        only_folders = pattern.endswith("/")
        expression = _expression(pattern.removesuffix("/"))
        if expression is not None:
            folders.append((expression, ignores))
            if not only_folders:
                files.append((expression, ignores))
    if not folders:
        return None
    cut = len(folder) + 1 if folder else 0
    return _List(cut, _last_of(files), _last_of(folders), _verdicts(files), _verdicts(folders))


def _last_of(expressions: Sequence[tuple[str, bool]]) -> re.Pattern[str]:
    # Alternatives are tried from the left. With none, nothing is to match, not even what is empty.
    return re.compile("|".join(f"({expression})" for expression, _ in reversed(expressions)) or "(?!)", re.DOTALL)


def _verdicts(expressions: Sequence[tuple[str, bool]]) -> tuple[bool, ...]:
    # Groups are numbered from one.
    return (False, *(ignores for _, ignores in reversed(expressions)))


@lru_cache
def matching(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether a file's path is one that ``patterns``, the lines of one list at the top, leave out."""
    return Patterns({"": patterns}).ignores


def can_match(line: str) -> bool:
    """Whether ``line`` is a pattern that can match anything; a comment or an empty line is none."""
    return _compiled("", [line]) is not None


def _trimmed(line: str) -> str:
    """``line`` without the spaces at its end, but for one that is escaped."""
    bare = line.rstrip(" ")
    escapes = len(bare) - len(bare.rstrip("\\"))
    return bare + " " if escapes % 2 and bare != line else bare


def _expression(pattern: str) -> str | None:
    """``pattern``, without ``!`` and the slash at its end, as a regular expression; None if it matches nothing."""
    anchored = "/" in pattern
    pattern = pattern.removeprefix("/")
    if not pattern or pattern.count("**/") > _MANY:
        return None
    parts = [] if anchored else ["(?:.*/)?"]
    for token in _TOKEN.finditer(pattern):
        stars, slash, negation, members, escaped, other = token.groups()
        if stars is not None:
            whole = token.start() == 0 or pattern[token.start() - 1] == "/"
            if len(stars) > 1 and anchored and whole and slash:
                parts.append("(?:.*/)?")
            elif len(stars) > 1 and anchored and whole and token.end() == len(pattern):
                parts.append(".*")
            else:
                parts += (_STAR, slash)
        elif members is not None:
            parts.append(_class(negation, members))
        elif other == "?":
            parts.append("[^/]")
        elif other in ("[", "\\"):
            return None
        else:
            parts.append(re.escape(escaped or other))
    return "".join(_hurried(parts))


def _hurried(parts: Sequence[str]) -> Iterator[str]:
    """The parts of an expression, put so that a pattern of many stars cannot take exponential time.

    What stands between two stars of a file name may be taken where it is met first: if the rest matches after a later
    place, it does after this one. Only the last star of a name has to be tried at every length.
    """
    index = 0
    while index < len(parts):
        if parts[index] is _STAR:
            end = index + 1
            while end < len(parts) and parts[end] is not _STAR and not parts[end].endswith("/"):
                end += 1
            if end < len(parts) and parts[end] is _STAR:
                yield f"(?>[^/]*?{''.join(parts[index + 1 : end])})"
                index = end
                continue
        yield parts[index]
        index += 1


def _class(negation: str, members: str) -> str:
    """One character of, or none of, those between the brackets; never a slash."""
    ranges = []
    for posix, escaped, plain, escaped_end, plain_end in _CLASS_TOKEN.findall(members):
        first, last = escaped or plain, escaped_end or plain_end
        if posix:
            ranges.append(_POSIX_CLASSES.get(posix, ""))
        elif not last:
            ranges.append(re.escape(first))
        elif first <= last:
            ranges.append(f"{re.escape(first)}-{re.escape(last)}")
    inside = "".join(ranges)
    if negation:
        return f"[^/{inside}]"
    return f"(?!/)[{inside}]" if inside else "(?!)"
