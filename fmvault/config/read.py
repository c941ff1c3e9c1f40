"""Configuration files, read and checked: every mistake with its line, its column and what was meant."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

from msgspec import Struct

from fmvault.config.in_force import RELATION_KEYS, Config, KindSettings, RelationSettings, Selection
from fmvault.config.keys import Many, Named, Record, Shape, Table, document
from fmvault.config.known import Known, nearest, relation_key, unknown
from fmvault.config.positions import KeyPath, positions
from fmvault.config.site import MOST_ENTRIES, SiteSettings, fault_in_edit, fault_in_language, fault_in_url
from fmvault.gitignore import can_match

# Windows' separator is meant too, wherever the file is read.
_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:")


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
        self.is_toml = not self.mistakes
        if posixpath.basename(path.replace("\\", "/")) == "pyproject.toml":
            self.root = ("tool", "fmvault")
            tool = tree.get("tool")
            tree = tool.get("fmvault", {}) if isinstance(tool, dict) else {}
        self.tree: Any = tree
        self.values = self._read(document(known), tree, (), {}) or {}
        self._check_patterns()
        self._check_schemas()
        self._check_site()

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

    def writes(self, *path: str) -> bool:
        """Whether there is anything at this path of keys, right or wrong."""
        return (*self.root, *path) in self.places

    def strings(self, *path: str) -> Iterator[tuple[KeyPath, str]]:
        """The strings in the array at this path of keys, each with its own path."""
        array: Any = self.tree
        for key in path:
            array = array.get(key) if isinstance(array, dict) else None
        for index, item in enumerate(array if isinstance(array, list) else ()):
            if isinstance(item, str):
                yield (*path, index), item

    def place(self, path: KeyPath, *, key: bool = False) -> tuple[str, int, int]:
        """The file, line and column of the value at this path, or of the last key of the path."""
        return self._place_at(self.places[(*self.root, *path)][0 if key else 1])

    def mistake(self, path: KeyPath, message: str, *, key: bool = False) -> None:
        """Note a mistake in the value at this path, or in the last key of the path."""
        self.mistakes.append(Mistake(*self.place(path, key=key), message))

    def _place_at(self, offset: int) -> tuple[str, int, int]:
        line = self.text.count("\n", 0, offset) + 1
        column = offset - (self.text.rfind("\n", 0, offset) + 1) + 1
        return self.path, line, column

    def _mistake_at(self, offset: int, message: str) -> None:
        self.mistakes.append(Mistake(*self._place_at(offset), message))

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

    def _check_patterns(self) -> None:
        ignores = [(("per-file-ignores", pattern), pattern) for pattern in self.values.get("per-file-ignores", {})]
        matches = [self.strings("kinds", name, "match") for name in self.values.get("kinds", {})]
        for path, pattern in chain(self.strings("exclude"), ignores, *matches):
            if not can_match(pattern):
                self.mistake(path, f"'{pattern}' matches nothing; it is read as a line of .gitignore", key=True)
            elif path[0] == "per-file-ignores" and pattern.startswith("!"):
                self.mistake(path, "a pattern with '!' in front leaves nothing out here", key=True)

    def _check_schemas(self) -> None:
        """See that each schema lies beside this file or below, and make its path one to read."""
        for name, kind in self.values.get("kinds", {}).items():
            if (schema := kind.get("schema")) is None:
                continue
            path = posixpath.normpath(schema.replace("\\", "/"))
            if _ABSOLUTE.match(schema) or path.split("/")[0] == "..":
                self.mistake(("kinds", name, "schema"), f"'{schema}' lies outside the folder of the configuration")
            kind["schema"] = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), path))

    def _check_site(self) -> None:
        site = self.values.get("site", {})
        checks = {"url": fault_in_url, "edit": fault_in_edit, "language": fault_in_language}
        for key, fault in checks.items():
            # An empty address is none.
            if (value := site.get(key)) is not None and (value or key == "language") and (message := fault(value)):
                self.mistake(("site", key), message)
        if not 0 <= (entries := site.get("feed-entries", 0)) <= MOST_ENTRIES:
            said = f"a feed cannot have {entries} notes; 0 leaves it out, and the most is {MOST_ENTRIES:,}"
            self.mistake(("site", "feed-entries"), said)


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
    complete = True
    while (extended := files[-1].values.get("extend")) is not None:
        file = files[-1]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), extended))
        if target in (paths := [posixpath.normpath(file.path) for file in files]):
            file.mistake(("extend",), f"a file cannot extend itself: {' -> '.join([*paths, target])}")
            complete = False
            break
        try:
            files.append(_File(target, read(target), known))
        except OSError as error:
            file.mistake(("extend",), f"'{target}' cannot be read: {(error.strerror or 'no such file').lower()}")
            complete = False
            break
    # What one file names another may declare.
    if complete and all(file.is_toml for file in files):
        _check_kinds(files, known)
        _Relations(files, known).check()
    if mistakes := [mistake for file in files for mistake in sorted(file.mistakes)]:
        raise ConfigError(mistakes)
    return _merged(files, known)


def _check_kinds(files: Sequence[_File], known: Known) -> None:
    """See that every kind has a name of its own, and a schema: the shipped one, or one that some file names."""
    by_name: dict[str, str] = {}
    for name in _declared(files, "kinds"):
        same = by_name.setdefault(name.casefold().strip(), name)
        if same != name or not name.strip():
            file, path = _first(files, ("kinds", name))
            message = f"'{name}' and '{same}' are one kind; write '{same}'" if name.strip() else "a kind has a name"
            file.mistake(path, message, key=True)
            continue
        if name in known.kinds or any(file.writes("kinds", name, "schema") for file in files):
            continue
        message = f"the kind '{name}' has no schema; name one with schema = \"schemas/{name}.schema.json\""
        if meant := nearest(name, known.kinds):
            message += f", or did you mean '{meant}'?"
        file, path = _first(files, ("kinds", name))
        file.mistake(path, message, key=True)


# Properties that hold no relations: those Obsidian knows, and the one that tells a note's kind.
_NO_RELATIONS = frozenset({"aliases", "alias", "tags", "tag", "cssclasses", "cssclass", "publish", "permalink", "type"})


class _Relations:
    """The relations that some files declare, taken together, on top of those that are there by default."""

    def __init__(self, files: Sequence[_File], known: Known) -> None:
        self.files = files
        self.known = known
        self.declared = _declared(files, "relations")
        self.kinds = _declared(files, "kinds")
        self.by_key = {relation_key(name): name for name in known.relations}

    def check(self) -> None:
        for name in self.declared:
            if not name.strip():
                self._mistake(name, "a relation has a name")
            elif relation_key(name) in _NO_RELATIONS:
                self._mistake(name, f"'{name}' is a property that means something else; call the relation otherwise")
            same = self.by_key.setdefault(relation_key(name), name)
            if same != name:
                self._mistake(name, f"'{name}' and '{same}' are one relation; write '{same}'")
        told: dict[str, str] = {}
        for name in dict.fromkeys((*self.known.relations, *self.declared)):
            if (inverse := self.value(name, "inverse")) is not None:
                first = told.setdefault(relation_key(inverse), name)
                if name in self.declared:
                    self._check_inverse(name, inverse, first)
            if name in self.declared:
                self._check_directions(name)
        for file in self.files:
            for name in file.values.get("relations", {}):
                self._check_names(file, name)

    def value(self, name: str, key: str) -> Any:
        """What holds of a relation: what the first of the files says that says anything, else the default."""
        for file in self.files:
            if (value := file.values.get("relations", {}).get(name, {}).get(key)) is not None:
                return value
        return getattr(self.known.relations.get(name), key, None)

    def _mistake(self, name: str, message: str, *keys: str) -> None:
        """Note a mistake where the first of the keys stands that is written at all, else at the relation itself."""
        paths = [("relations", name, key) for key in keys]
        file, path = _first(self.files, *paths, ("relations", name))
        file.mistake(path, message, key=len(path) == 2)

    def _check_directions(self, name: str) -> None:
        if not self.value(name, "symmetric"):
            return
        if self.value(name, "acyclic"):
            message = f"'{name}' is symmetric, so any two notes that it joins are a cycle; write acyclic = false"
            self._mistake(name, message, "acyclic", "symmetric")
        if (inverse := self.value(name, "inverse")) and relation_key(inverse) != relation_key(name):
            message = f"'{name}' is symmetric, so it has no inverse but itself; leave out '{inverse}'"
            self._mistake(name, message, "inverse", "symmetric")

    def _check_inverse(self, name: str, inverse: str, first: str) -> None:
        key = relation_key(inverse)
        other = self.by_key.get(key, inverse)
        theirs = self.value(other, "inverse")
        message = None
        if not key:
            message = "an inverse has a name"
        elif key == relation_key(name):
            message = f"'{name}' cannot be named as the inverse of itself; that is what symmetric = true says"
        elif self.value(name, "symmetric"):
            return
        elif self.value(other, "symmetric"):
            message = f"'{other}' is symmetric, so it is the inverse of no other relation"
        elif theirs is not None and relation_key(theirs) != relation_key(name):
            message = f"'{other}' is a relation itself, and its inverse is '{theirs}'"
        elif first != name:
            message = f"'{inverse}' is the inverse of '{first}' already"
        if message:
            self._mistake(name, message, "inverse")

    def _check_names(self, file: _File, name: str) -> None:
        """See that the kinds and relations that are named are there."""
        for key in ("from", "to"):
            for path, kind in file.strings("relations", name, key):
                if kind in self.kinds:
                    continue
                if kind in self.known.kinds:
                    file.mistake(path, f"the kind '{kind}' is not declared; add a table [kinds.{kind}]")
                else:
                    file.mistake(path, unknown("kind", kind, self.kinds))
        names = dict.fromkeys((*self.known.relations, *self.declared))
        for path, other in file.strings("relations", name, "excludes"):
            if other == name:
                file.mistake(path, f"'{name}' cannot exclude itself")
            elif other not in names:
                file.mistake(path, unknown("relation", other, names))


def _first(files: Sequence[_File], *paths: tuple[str, ...]) -> tuple[_File, tuple[str, ...]]:
    """The first of the paths of keys that some file writes, and the first file that does."""
    return next((file, path) for path in paths for file in files if file.writes(*path))


def _schema_place(files: Sequence[_File], name: str) -> tuple[str, int, int]:
    """Where the schema of a kind is named, else where the kind is declared."""
    file, path = _first(files, ("kinds", name, "schema"), ("kinds", name))
    return file.place(path, key=len(path) == 2)


def _declared(files: Sequence[_File], table: str) -> dict[str, None]:
    """The names that files declare in a table of tables: those of a file before those of the file it extends."""
    return dict.fromkeys(name for file in files for name in file.values.get(table, {}))


def _merged(files: list[_File], known: Known) -> Config:
    """The files as one configuration: the first outweighs those it extends."""
    values: dict[str, Any] = {}
    tables: dict[str, dict[str, Any]] = {
        "severity": {},
        "rules": {},
        "per-file-ignores": {},
        "kinds": {},
        "relations": {},
        "site": {},
    }
    origins: dict[tuple[str, ...], str] = {}
    for file in reversed(files):
        for key, value in file.values.items():
            if key in ("rules", "kinds", "relations"):
                for name, entries in value.items():
                    tables[key][name] = tables[key].get(name, {}) | entries
                    origins |= {(key, name, entry): file.origin(key, name, entry) for entry in entries}
                    if key != "rules":
                        origins[(key, name)] = file.origin(key, name)
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
        kinds={
            name: KindSettings(
                **tables["kinds"][name],
                origin=origins[("kinds", name)],
                place=_schema_place(files, name),
            )
            for name in _declared(files, "kinds")
        },
        relations={
            name: RelationSettings(
                **{field: tables["relations"][name].get(key) for field, key in RELATION_KEYS.items()}
            )
            for name in _declared(files, "relations")
        },
        site=SiteSettings(**{key.replace("-", "_"): value for key, value in tables["site"].items()}),
        origins=origins,
    )
