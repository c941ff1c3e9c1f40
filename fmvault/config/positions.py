"""Where the keys and values of a TOML document stand."""

from __future__ import annotations

import re
import tomllib
from typing import TypeAlias

# The keys and array indexes that lead to a value.
KeyPath: TypeAlias = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
# A date and its time may stand apart: 1979-05-27 07:32:00.
_SCALAR = re.compile(
    r"""\"{3}(?:[^\\]|\\.)*?"{3,5}|'{3}.*?'{3,5}|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,\]}#]+(?:\ \d[^\s,\]}#]*)?""",
    re.DOTALL | re.VERBOSE,
)


def positions(text: str) -> dict[KeyPath, tuple[int, int]]:
    """Where every key and every value of a TOML document stands: the offsets of the key's last part and of the value.

    The text has to be valid TOML. A table's value is where its key is; an array's element has its own offset twice.
    """
    found: dict[KeyPath, tuple[int, int]] = {(): (0, 0)}
    lengths: dict[KeyPath, int] = {}

    def blank(at: int) -> int:
        return _matched(_BLANK, text, at).end()

    def keys(at: int) -> tuple[list[tuple[str, int]], int]:
        parts: list[tuple[str, int]] = []
        while True:
            part = _matched(_KEY, text, _matched(_SPACE, text, at).end())
            name = part[0]
            if name[0] in "\"'":
                name = next(iter(tomllib.loads(f"{name} = 0")))
            parts.append((name, part.start()))
            at = _matched(_SPACE, text, part.end()).end()
            if text[at] != ".":
                return parts, at
            at += 1

    def pair(path: KeyPath, at: int) -> int:
        parts, at = keys(at)
        for name, offset in parts:
            path = (*path, name)
            found.setdefault(path, (offset, offset))
        at = _matched(_SPACE, text, at + 1).end()
        found[path] = (parts[-1][1], at)
        return value(path, at)

    def value(path: KeyPath, at: int) -> int:
        if text[at] == "[":
            at, index = blank(at + 1), 0
            while text[at] != "]":
                found[(*path, index)] = (at, at)
                at, index = blank(value((*path, index), at)), index + 1
                if text[at] == ",":
                    at = blank(at + 1)
            return at + 1
        if text[at] == "{":
            at = blank(at + 1)
            while text[at] != "}":
                at = blank(pair(path, at))
                if text[at] == ",":
                    at = blank(at + 1)
            return at + 1
        return _matched(_SCALAR, text, at).end()

    table: KeyPath = ()
    at = blank(0)
    while at < len(text):
        if text[at] != "[":
            at = blank(pair(table, at))
            continue
        brackets = 2 if text.startswith("[[", at) else 1
        parts, at = keys(at + brackets)
        table = ()
        for number, (name, offset) in enumerate(parts, start=1):
            table = (*table, name)
            found.setdefault(table, (offset, offset))
            if number == len(parts) and brackets == 2:
                lengths[table] = lengths.get(table, 0) + 1
            if table in lengths:
                table = (*table, lengths[table] - 1)
                found.setdefault(table, (offset, offset))
        at = blank(at + brackets)
    return found


def _matched(pattern: re.Pattern[str], text: str, at: int) -> re.Match[str]:
    match = pattern.match(text, at)
    if match is None:
        raise ValueError(f"not TOML at {at}")
    return match
