"""The configuration: ``fmvault.toml`` or ``[tool.fmvault]``, the command line over it, and where each value came from.

Nothing here opens a file: texts are handed in, and the names of rules and formats too. A mistake in a file is told
with its line, its column and the nearest name that would have been valid; a file's mistakes are told all at once.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
import typing
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from typing import Any, Literal, Protocol, TypeAlias

import msgspec
from msgspec import Struct

from fmvault.model import Severity

Level: TypeAlias = Literal["error", "warning", "info", "off"]

# Where a value stands in a TOML document: the keys and array indexes that lead to it.
KeyPath: TypeAlias = tuple[str | int, ...]

DEFAULT = "default"
ALL = "all"


class OptionLike(Protocol):
    """What has to be known of a rule's option: its type as annotated, and its default."""

    @property
    def type(self) -> Any: ...
    @property
    def default(self) -> Any: ...


class RuleLike(Protocol):
    """What has to be known of a rule."""

    @property
    def name(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def enabled(self) -> bool: ...
    @property
    def options(self) -> Mapping[str, OptionLike]: ...


class Known(Struct, frozen=True, dict=True):
    """The names a configuration may use: the rules by name, and the formats of a report."""

    rules: Mapping[str, RuleLike]
    formats: tuple[str, ...] = ("full",)

    @cached_property
    def families(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the rules of each family."""
        families: dict[str, tuple[str, ...]] = {}
        for rule in self.rules.values():
            families[rule.family] = (*families.get(rule.family, ()), rule.name)
        return families

    @cached_property
    def selectors(self) -> tuple[str, ...]:
        """What a list of rules may hold: the name of a rule, of a family, or ``all``."""
        return (*self.rules, *self.families, ALL)

    def expand(self, selectors: Iterable[str]) -> frozenset[str]:
        """The names of the rules that are meant."""
        names: set[str] = set()
        for selector in selectors:
            if selector == ALL:
                names.update(self.rules)
            else:
                names.update(self.families.get(selector, (selector,)))
        return frozenset(names)


# -- mistakes ---------------------------------------------------------------------------------------------------------


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


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name most like ``word``, if one is like enough to be meant; ``_`` is as good as ``-``."""
    from rapidfuzz import fuzz, process

    def plain(name: str) -> str:
        return name.casefold().replace("_", "-")

    found = process.extractOne(word, list(names), scorer=fuzz.ratio, processor=plain, score_cutoff=60)
    return found[0] if found else None


def unknown(noun: str, word: str, names: Collection[str]) -> str:
    """The message for a name that nothing has: ``unknown rule 'borken-note'; did you mean 'broken-note'?``."""
    if near := nearest(word, names):
        return f"unknown {noun} '{word}'; did you mean '{near}'?"
    if noun.startswith("rule"):
        return f"unknown {noun} '{word}'; 'fmvault rules' lists them"
    if not names:
        return f"unknown {noun} '{word}'; there is none"
    *most, last = (f"'{name}'" for name in names)
    listed = f"{', '.join(most)} and {last}" if most else f"only {last}"
    return f"unknown {noun} '{word}'; there is {listed}"


# -- what is in force -------------------------------------------------------------------------------------------------


class Selection(Struct, frozen=True):
    """Which rules one place asks for, a configuration file or the command line, and at which severity.

    ``select`` replaces what was on before, None leaves it; ``origins`` says of each key where it was written, of
    ``severity`` entry by entry.
    """

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Level] = {}
    origins: Mapping[tuple[str, ...], str] = {}

    def level(self, rule: RuleLike) -> tuple[Level | None, str, str]:
        """The severity asked for a rule, the entry that says so (the rule's own before its family's), and where."""
        for entry in (rule.name, rule.family):
            if entry in self.severity:
                return self.severity[entry], entry, self.origins.get(("severity", entry), DEFAULT)
        return None, "", DEFAULT

    def verdict(self, rule: RuleLike) -> tuple[bool | None, str]:
        """Whether this place turns a rule on or off, None where it says nothing, and where it says so.

        The more exact entry wins (a rule's name before its family before ``all``); of two alike, the one that turns
        it off. A severity of its own turns on a rule that is off by default, and ``off`` is as good as ``ignore``.
        """

        def rank(entries: Iterable[str]) -> int:
            return max((_rank(entry, rule) for entry in entries), default=0)

        level, entry, written = self.level(rule)
        wanted = [(rank(getattr(self, key.replace("-", "_")) or ()), key) for key in ("select", "extend-select")]
        exactness, key = max(wanted, key=lambda claim: claim[0])
        on = (exactness, self.origins.get((key,), DEFAULT))
        off = (rank(self.ignore), self.origins.get(("ignore",), DEFAULT))
        if level == "off":
            off = max(off, (_rank(entry, rule), written), key=lambda claim: claim[0])
        elif level is not None and entry == rule.name and not rule.enabled:
            on = max(on, (_rank(entry, rule), written), key=lambda claim: claim[0])
        if on[0] > off[0]:
            return True, on[1]
        if off[0]:
            return False, off[1]
        if self.select is not None:
            return False, self.origins.get(("select",), DEFAULT)
        return None, DEFAULT


def _rank(entry: str, rule: RuleLike) -> int:
    """How exactly an entry means a rule; 0 if it does not."""
    return 3 if entry == rule.name else 2 if entry == rule.family else 1 if entry == ALL else 0


class Config(Struct, frozen=True, kw_only=True, dict=True):
    """A configuration, resolved: the files' values, the command line's over them, and where each one came from.

    ``origins`` maps the path of keys to a value (``("exclude",)``, ``("rules", "broken-note", "planned")``) to where
    it was written, ``fmvault.toml:3``; what is not in it is at its default. ``files`` are the files that were read,
    the one that extends the others first.
    """

    known: Known
    files: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    planned: tuple[str, ...] = ()
    fail_on: Severity = "error"
    format: str = "full"
    tracked: bool = False
    selection: Selection = Selection()
    arguments: Selection = Selection()
    rules: Mapping[str, Mapping[str, Any]] = {}
    per_file_ignores: Mapping[str, tuple[str, ...]] = {}
    origins: Mapping[tuple[str, ...], str] = {}

    @cached_property
    def verdicts(self) -> Mapping[str, tuple[Level, str]]:
        """Every rule's severity, ``off`` included, and what decided it."""
        verdicts: dict[str, tuple[Level, str]] = {}
        for rule in self.known.rules.values():
            on, level = rule.enabled, rule.severity
            on_origin = level_origin = DEFAULT
            for selection in (self.selection, self.arguments):
                verdict, origin = selection.verdict(rule)
                if verdict is not None:
                    on, on_origin = verdict, origin
                given, _, origin = selection.level(rule)
                if given is not None and given != "off":
                    level, level_origin = given, origin
            if not on:
                verdicts[rule.name] = ("off", on_origin)
            else:
                origins = dict.fromkeys(origin for origin in (on_origin, level_origin) if origin != DEFAULT)
                verdicts[rule.name] = (level, ", ".join(origins) or DEFAULT)
        return verdicts

    def active(self) -> Mapping[str, Severity]:
        """The rules that are on, and the severity of each."""
        return {name: level for name, (level, _) in self.verdicts.items() if level != "off"}

    def options(self) -> Mapping[str, Mapping[str, Any]]:
        """The options of each rule that differ from its signature's; ``planned`` goes to every rule that knows it."""
        options: dict[str, Mapping[str, Any]] = {}
        for name, rule in self.known.rules.items():
            given = dict(self.rules.get(name, {}))
            if self.planned and "planned" in rule.options:
                given["planned"] = (*self.planned, *given.get("planned", ()))
            if given:
                options[name] = given
        return options

    @cached_property
    def _ignores(self) -> tuple[tuple[Callable[[str], bool], frozenset[str]], ...]:
        from pathspec import GitIgnoreSpec

        return tuple(
            (GitIgnoreSpec.from_lines([pattern]).match_file, self.known.expand(selectors))
            for pattern, selectors in self.per_file_ignores.items()
        )

    def ignored(self, path: str) -> frozenset[str]:
        """The names of the rules whose findings are left out in the file ``path`` of the vault."""
        if not self.per_file_ignores:
            return frozenset()
        return frozenset().union(*(rules for matches, rules in self._ignores if matches(path)))

    def over(self, arguments: Selection, values: Mapping[str, Any], origins: Mapping[str, str]) -> Config:
        """This configuration with a command line over it: what it selects, and the values it gives by key."""
        return msgspec.structs.replace(
            self,
            arguments=arguments,
            origins={**self.origins, **{(key,): origins[key] for key in values}},
            **{key.replace("-", "_"): value for key, value in values.items()},
        )

    @property
    def flattened(self) -> Selection:
        """File and command line as one: the selection that a file would make that has every rule's severity too."""
        kept = self.selection if self.arguments.select is None else self.arguments
        severity = {name: level for name, (level, _) in self.verdicts.items()}
        alone = Config(known=self.known, selection=msgspec.structs.replace(kept, severity=severity))
        if alone.active() == self.active():
            return kept
        origins = dict.fromkeys(origin for (key, *_), origin in self.arguments.origins.items() if key != "severity")
        return Selection(select=tuple(self.active()), origins={("select",): ", ".join(origins)})

    def in_force(self) -> Mapping[str, Any]:
        """All settings as a tree of tables with an ``Entry`` at each leaf, in the form of ``fmvault.toml``."""

        def entry(value: Any, *path: str) -> Entry:
            return Entry(value, self.origins.get(path, DEFAULT))

        selection = self.flattened
        tree: dict[str, Any] = {
            key: entry(getattr(self, key.replace("-", "_")), key)
            for key in ("exclude", "templates", "planned", "fail-on", "format", "tracked")
        }
        for key in ("select", "extend-select", "ignore"):
            tree[key] = Entry(getattr(selection, key.replace("-", "_")), selection.origins.get((key,), DEFAULT))
        tree["severity"] = {name: Entry(level, origin) for name, (level, origin) in self.verdicts.items()}
        tree["per-file-ignores"] = {
            pattern: entry(selectors, "per-file-ignores", pattern)
            for pattern, selectors in self.per_file_ignores.items()
        }
        tree["rules"] = {
            name: {
                option: entry(self.rules.get(name, {}).get(option, known.default), "rules", name, option)
                for option, known in rule.options.items()
            }
            for name, rule in self.known.rules.items()
            if rule.options
        }
        return tree

    def to_toml(self) -> str:
        """What is in force as a configuration file of its own, each value's origin in a comment behind it."""
        import tomlkit

        def fill(table: tomlkit.TOMLDocument | Table, tree: Mapping[str, Any]) -> None:
            for key, value in tree.items():
                if isinstance(value, Mapping):
                    if value:
                        inner = tomlkit.table(is_super_table=all(isinstance(item, Mapping) for item in value.values()))
                        fill(inner, value)
                        table.add(key, inner)
                elif value.value is None:
                    table.add(tomlkit.comment(f"{key} = what is on by {value.origin}"))
                else:
                    item = tomlkit.item(list(value.value) if isinstance(value.value, tuple) else value.value)
                    item.comment(value.origin).trivia.comment_ws = "  "
                    table.add(key, item)

        document = tomlkit.document()
        fill(document, self.in_force())
        return tomlkit.dumps(document)


class Entry(Struct, frozen=True):
    """A value in force and where it came from."""

    value: Any
    origin: str


# -- the keys, and the shape of their values --------------------------------------------------------------------------


class Named(Struct, frozen=True):
    """A string that is one of ``names``, each of which is a ``noun``."""

    noun: str
    names: tuple[str, ...]


class Many(Struct, frozen=True):
    """An array, every element of which has the shape ``of``."""

    of: Shape


class Table(Struct, frozen=True):
    """A table with keys of the user's own, every value of which has the shape ``of``."""

    of: Shape


class Record(Struct, frozen=True):
    """A table whose keys are all known, each of which is a ``noun``; ``hints`` has more to say on some others."""

    noun: str
    keys: Mapping[str, Key]
    hints: Mapping[str, str] = {}


class Key(Struct, frozen=True):
    """A key: the shape of its value, a value for an example, and what it does."""

    shape: Shape
    example: Any
    help: str = ""


Shape: TypeAlias = type[bool] | type[int] | type[float] | type[str] | Named | Many | Table | Record


def shape(annotation: Any) -> Shape:
    """The shape of an option's value, from the annotation in its rule's signature."""
    arguments = typing.get_args(annotation)
    match typing.get_origin(annotation):
        case None if annotation in (bool, int, float, str):
            return typing.cast(Shape, annotation)
        case typing.Literal:
            return Named("value", arguments)
        case builtin if builtin is tuple and arguments[1:] == (...,):
            return Many(shape(arguments[0]))
    raise TypeError(f"an option cannot be of the type {annotation}")


def document(known: Known) -> Record:
    """All that ``fmvault.toml`` may hold."""
    selectors = Many(Named("rule or family", known.selectors))
    severities = typing.get_args(Severity)
    keys = {
        "extend": Key(str, "base.toml", "A configuration file to start from, relative to this one."),
        "exclude": Key(
            Many(str),
            ("Archive/",),
            "Files that are not reported on, as patterns of .gitignore; links to them still resolve.",
        ),
        "templates": Key(
            Many(str), ("Meta/Templates",), "Folders of templates, beside those that Obsidian's settings name."
        ),
        "planned": Key(Many(str), ("Reinforcement Learning",), "Names of notes that are yet to be written."),
        "select": Key(selectors, ("links",), "The rules that are on, in place of those that are on by default."),
        "extend-select": Key(selectors, ("graph",), "Rules that are on beside those selected."),
        "ignore": Key(selectors, ("text",), "Rules that are off; the name of a rule outweighs a family, that 'all'."),
        "fail-on": Key(Named("severity", severities), "warning", "The least severity that makes a check fail."),
        "format": Key(Named("format", known.formats), known.formats[0], "The format of the report."),
        "tracked": Key(bool, True, "Whether only files that git tracks belong to the vault."),
        "severity": Key(
            Record(
                "rule or family",
                dict.fromkeys((*known.rules, *known.families), Key(Named("severity", (*severities, "off")), "warning")),
            ),
            {},
            "The severity of a rule or a family. A rule that is off by default is turned on by an entry of its own.",
        ),
        "rules": Key(
            Record(
                "rule",
                {
                    rule.name: Key(
                        Record(
                            "option",
                            {name: Key(shape(option.type), option.default) for name, option in rule.options.items()},
                        ),
                        {},
                        f"The options of {rule.name}.",
                    )
                    for rule in known.rules.values()
                },
                {family: f"'{family}' is a family; only a rule has options" for family in known.families},
            ),
            {},
            "The options of each rule.",
        ),
        "per-file-ignores": Key(
            Table(selectors), {}, "Rules that are off in the files that a pattern of .gitignore matches."
        ),
    }
    hints = {
        rule: f"'{rule}' is a rule; its options stand in [rules.{rule}], its severity in [severity]"
        for rule in known.rules
        if rule not in keys
    }
    return Record("key", keys, hints)


# -- reading ----------------------------------------------------------------------------------------------------------

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
        from pathspec import GitIgnoreSpec

        for path, pattern in patterns:
            if not isinstance(pattern, str):
                continue
            try:
                GitIgnoreSpec.from_lines([pattern])
            except ValueError:
                self.mistake(path, f"'{pattern}' is no pattern of .gitignore", key=True)
                continue
            if path[0] != "exclude" and pattern.startswith("!"):
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


# -- positions in TOML ------------------------------------------------------------------------------------------------

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
