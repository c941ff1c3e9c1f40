"""What is in force: files and command line resolved, and where each value came from."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct

from fmvault.config.known import ALL, Known, RuleLike
from fmvault.config.site import HELP, SiteSettings
from fmvault.gitignore import matching
from fmvault.model import Severity

Level: TypeAlias = Literal["error", "warning", "info", "off"]

DEFAULT = "default"


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


class KindSettings(Struct, frozen=True, kw_only=True):
    """A kind of note, as it is declared.

    ``match`` are patterns of ``.gitignore``. ``schema`` is the path to read its schema at, seen from where the
    configuration file's own path is seen; None is the one that comes with fmvault. ``origin`` says where the kind is
    declared, ``fmvault.toml:3``; ``place`` is the file, line and column of what names its schema, else of the kind.
    """

    match: tuple[str, ...] = ()
    schema: str | None = None
    origin: str = DEFAULT
    place: tuple[str, int, int] = ("", 1, 1)


class RelationSettings(Struct, frozen=True, kw_only=True):
    """What is written of a relation; None where nothing is. ``sources`` is the key ``from``, ``targets`` is ``to``."""

    inverse: str | None = None
    symmetric: bool | None = None
    acyclic: bool | None = None
    transitive: bool | None = None
    sources: tuple[str, ...] | None = None
    targets: tuple[str, ...] | None = None
    excludes: tuple[str, ...] | None = None


# The keys of a relation, by the fields that hold their values.
RELATION_KEYS = {
    field: {"sources": "from", "targets": "to"}.get(field, field) for field in RelationSettings.__struct_fields__
}


class Config(Struct, frozen=True, kw_only=True, dict=True):
    """A configuration, resolved: the files' values, the command line's over them, and where each one came from.

    ``origins`` maps the path of keys to a value (``("exclude",)``, ``("rules", "broken-note", "planned")``) to where
    it was written, ``fmvault.toml:3``; what is not in it is at its default. ``files`` are the files that were read,
    the one that extends the others first. ``kinds`` and ``relations`` are those declared, in the order of the text,
    those of a file before those of the file it extends.
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
    kinds: Mapping[str, KindSettings] = {}
    relations: Mapping[str, RelationSettings] = {}
    site: SiteSettings = SiteSettings()
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
        return tuple(
            (matching((pattern,)), self.known.expand(selectors)) for pattern, selectors in self.per_file_ignores.items()
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
        tree["kinds"] = {
            name: {
                "match": entry(kind.match, "kinds", name, "match"),
                **({"schema": entry(self._beside(kind.schema), "kinds", name, "schema")} if kind.schema else {}),
            }
            for name, kind in self.kinds.items()
        }
        tree["relations"] = {
            name: {
                key: entry(value, "relations", name, key)
                for field, key in RELATION_KEYS.items()
                if (value := getattr(relation, field)) is not None
            }
            for name, relation in self.relations.items()
        }
        tree["site"] = {key: entry(getattr(self.site, key.replace("-", "_")), "site", key) for key in HELP}
        return tree

    def _beside(self, path: str) -> str:
        """A path as the first of the files would write it."""
        return posixpath.relpath(path, posixpath.dirname(self.files[0]) or ".") if self.files else path

    def to_toml(self) -> str:
        """What is in force as a configuration file of its own, each value's origin in a comment behind it.

        It is one to stand where the first of the files does. A schema that an extended file took from another folder is
        shown all the same, though no file may name it from here.
        """
        import tomlkit

        def fill(table: tomlkit.container.Container | tomlkit.items.Table, tree: Mapping[str, Any], *path: str) -> None:
            for key, value in tree.items():
                if isinstance(value, Mapping):
                    declared = self.origins.get((*path, key))
                    if value:
                        inner = tomlkit.table(is_super_table=all(isinstance(item, Mapping) for item in value.values()))
                        fill(inner, value, *path, key)
                        table.add(key, inner)
                    elif declared:
                        inner = tomlkit.table()
                        inner.comment(declared).trivia.comment_ws = "  "
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
