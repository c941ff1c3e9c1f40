"""Configuration files, read and checked: every mistake with its line, its column and what was meant."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct

from fmvault.config.in_force import Config, Selection
from fmvault.config.keys import Many, Named, Record, Shape, Table, document
from fmvault.config.known import Known, unknown
from fmvault.config.positions import KeyPath, positions
from fmvault.gitignore import can_match


class Mistake(Struct, frozen=True, order=True):
    """A mistake in a configuration file; line and column are 1-based, the column in code points."""

    path: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


class ConfigError(Exception):
    """A configuration that cannot be used; ``mistakes`` has every one that was found."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


_TYPES = {
    bool: "true or false",
    int: "an integer",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "a table",
    Many: "an array",
    Table: "a table",
    Record: "a table",
    Named: "a string",
}


class _File:
    """One configuration file: its values as far as they are valid, where each stands, and its mistakes."""

    def __init__(self, path: str, source: str | bytes, known: Known) -> None:
        self.path = path
        self.text = ""
        self.mistakes: list[Mistake] = []
        self.values: dict[str, Any] = {}
        self.root: tuple[str, ...] = ()
        tree = self._parse(source)
        if posixpath.basename(path.replace("\\", "/")) == "pyproject.toml":
            self.root = ("tool", "fmvault")
            tool = tree.get("tool")
            tree = tool.get("fmvault", {}) if isinstance(tool, dict) else {}
        self.values = self._read(document(known), tree, (), {}) or {}
        if self.values:
            self._check_patterns(tree)

    def _parse(self, source: str | bytes) -> Any:
        try:
            self.text = source if isinstance(source, str) else source.decode("utf-8")
        except UnicodeDecodeError as error:
            self.text = error.object[: error.start].decode("utf-8")
            self._mistake_at(len(self.text), "not UTF-8; save the file in this encoding")
            return {}
        self.text = self.text.removeprefix("\ufeff")
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            # tomllib tells where in its message alone: "Invalid value (at line 1, column 5)".
            message, _, place = str(error).rpartition(" (at ")
            numbers = [int(number) for number in re.findall(r"\d+", place)]
            message = f"invalid TOML: {message[:1].lower()}{message[1:]}"
            if len(numbers) == 2:
                self.mistakes.append(Mistake(self.path, numbers[0], numbers[1], message))
            else:
                self._mistake_at(len(self.text.rstrip()), message)
        except RecursionError:
            self._mistake_at(0, "invalid TOML: nested too deeply")
        return {}

    @cached_property
    def places(self) -> Mapping[KeyPath, tuple[int, int]]:
        return positions(self.text)

    def origin(self, *path: str) -> str:
        """Where the value with this path of keys stands, as ``fmvault.toml:3``."""
        offset = self.places[(*self.root, *path)][0]
        return f"{self.path}:{self.text.count(chr(10), 0, offset) + 1}"

    def mistake(self, path: KeyPath, message: str, *, key: bool = False) -> None:
        """Note a mistake in the value at this path, or in the last key of the path."""
        self._mistake_at(self.places[(*self.root, *path)][0 if key else 1], message)

    def _mistake_at(self, offset: int, message: str) -> None:
        line = self.text.count("\n", 0, offset) + 1
        column = offset - (self.text.rfind("\n", 0, offset) + 1) + 1
        self.mistakes.append(Mistake(self.path, line, column, message))

    def _read(self, wanted: Shape, value: Any, path: KeyPath, example: Any) -> Any:
        """The value in the form a ``Config`` has it, without what is wrong in it; None if nothing is left."""
        match wanted:
            case Record(noun, keys, hints) if isinstance(value, dict):
                record = {}
                for name, item in value.items():
                    if key := keys.get(name):
                        read = self._read(key.shape, item, (*path, name), key.example)
                        if read is not None:
                            record[name] = read
                    else:
                        self.mistake((*path, name), hints.get(name) or unknown(noun, name, keys), key=True)
                return record
            case Table(of) if isinstance(value, dict):
                items = {name: self._read(of, item, (*path, name), ("links",)) for name, item in value.items()}
                return {name: item for name, item in items.items() if item is not None}
            case Many(of) if isinstance(value, list):
                array = [self._read(of, item, (*path, index), None) for index, item in enumerate(value)]
                return tuple(item for item in array if item is not None)
            case Named(noun, names) if isinstance(value, str):
                if value in names:
                    return value
                self.mistake(path, unknown(noun, value, names))
                return None
            case type() if type(value) is wanted:
                return value
            case type() if wanted is float and type(value) is int:
                return float(value)
        self._wrong_type(wanted, value, path, example)
        return None

    def _wrong_type(self, wanted: Shape, value: Any, path: KeyPath, example: Any) -> None:
        shown = _TYPES[wanted if isinstance(wanted, type) else type(wanted)]
        if isinstance(wanted, Many):
            of = wanted.of
            shown += " of " + ("strings" if of is str or isinstance(of, Named) else "values")
        given = _TYPES.get(type(value), "a date or time")
        if isinstance(value, bool):
            given = "a boolean"
        if not path:
            self.mistake(path, f"[tool.fmvault] has to be a table, not {given}")
        elif isinstance(path[-1], int):
            self.mistake(path, f"'{path[-2]}' holds {shown} in each place, not {given}")
        else:
            import tomlkit

            message = f"'{path[-1]}' wants {shown}, not {given}"
            if not isinstance(wanted, Table | Record):
                inline = list(example) if isinstance(example, tuple) else example
                message += f"; such as {tomlkit.item({str(path[-1]): inline}).as_string().strip()}"
            self.mistake(path, message)

    def _check_patterns(self, tree: Mapping[str, Any]) -> None:
        patterns: list[tuple[KeyPath, Any]] = []
        exclude, ignores = tree.get("exclude"), tree.get("per-file-ignores")
        if isinstance(exclude, list):
            patterns += ((("exclude", index), pattern) for index, pattern in enumerate(exclude))
        if isinstance(ignores, dict):
            patterns += ((("per-file-ignores", pattern), pattern) for pattern in ignores)
        if not patterns:
            return
        for path, pattern in patterns:
            if not isinstance(pattern, str):
                continue
            if not can_match(pattern):
                self.mistake(path, f"'{pattern}' matches nothing; it is read as a line of .gitignore", key=True)
            elif path[0] != "exclude" and pattern.startswith("!"):
                self.mistake(path, "a pattern with '!' in front leaves nothing out here", key=True)


def _missing(path: str) -> bytes:
    raise FileNotFoundError(path)


def load(path: str, source: str | bytes, known: Known, read: Callable[[str], str | bytes] = _missing) -> Config:
    """The configuration that the file at ``path`` holds.

    ``source`` is its text, ``read`` gives that of a file it extends or raises ``OSError``. Paths stand in messages and
    origins as they are given. In a ``pyproject.toml`` the table ``[tool.fmvault]`` is read.

    Raises:
        ConfigError: there are mistakes, in this file or in one it extends.
    """
    files = [_File(path, source, known)]
    while (extended := files[-1].values.get("extend")) is not None:
        file = files[-1]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), extended))
        if target in (paths := [posixpath.normpath(file.path) for file in files]):
            file.mistake(("extend",), f"a file cannot extend itself: {' -> '.join([*paths, target])}")
            break
        try:
            files.append(_File(target, read(target), known))
        except OSError as error:
            file.mistake(("extend",), f"'{target}' cannot be read: {(error.strerror or 'no such file').lower()}")
            break
    if mistakes := [mistake for file in files for mistake in sorted(file.mistakes)]:
        raise ConfigError(mistakes)
    return _merged(files, known)


def _merged(files: list[_File], known: Known) -> Config:
    """The files as one configuration: the first outweighs those it extends."""
    values: dict[str, Any] = {}
    tables: dict[str, dict[str, Any]] = {"severity": {}, "rules": {}, "per-file-ignores": {}}
    origins: dict[tuple[str, ...], str] = {}
    for file in reversed(files):
        for key, value in file.values.items():
            if key == "rules":
                for rule, options in value.items():
                    tables["rules"][rule] = tables["rules"].get(rule, {}) | options
                    origins |= {(key, rule, option): file.origin(key, rule, option) for option in options}
            elif key in tables:
                tables[key] |= value
                origins |= {(key, entry): file.origin(key, entry) for entry in value}
            elif key == "extend-select" and key in values:
                values[key] = tuple(dict.fromkeys((*values[key], *value)))
                origins[(key,)] += f", {file.origin(key)}"
            elif key != "extend":
                values[key] = value
                origins[(key,)] = file.origin(key)
    return Config(
        known=known,
        files=tuple(file.path for file in files),
        exclude=values.get("exclude", ()),
        templates=values.get("templates", ()),
        planned=values.get("planned", ()),
        fail_on=values.get("fail-on", "error"),
        format=values.get("format", "full"),
        tracked=values.get("tracked", False),
        selection=Selection(
            select=values.get("select"),
            extend_select=values.get("extend-select", ()),
            ignore=values.get("ignore", ()),
            severity=tables["severity"],
            origins=origins,
        ),
        rules=tables["rules"],
        per_file_ignores=tables["per-file-ignores"],
        origins=origins,
    )
