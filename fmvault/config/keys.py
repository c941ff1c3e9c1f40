"""The keys of ``fmvault.toml``, and the shape of their values."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any, TypeAlias

from msgspec import Struct

from fmvault.config.known import Known
from fmvault.config.site import HELP, Extent, SiteSettings
from fmvault.model import Severity


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
        "planned": Key(
            Many(str),
            ("Reinforcement Learning",),
            "Names of notes that are yet to be written; '*' stands for any characters.",
        ),
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
        "kinds": Key(
            Table(_kind()),
            {},
            "The kinds of note, by name. The property 'type' of a note names its kind; where it names none, the first"
            " kind whose patterns match is taken. A note without a kind is asked for no sections.",
        ),
        "relations": Key(
            Table(_relation()),
            {},
            "The relations that a property of their name tells, beside those there are by default. Of one of these only"
            " the keys that are written change.",
        ),
    }
    keys["site"] = Key(_site(), {}, "How the vault is published, by 'fmvault build'.")
    hints = {
        rule: f"'{rule}' is a rule; its options stand in [rules.{rule}], its severity in [severity]"
        for rule in known.rules
        if rule not in keys
    }
    return Record("key", keys, hints)


def _kind() -> Record:
    """All that the table of a kind may hold."""
    return Record(
        "key",
        {
            "match": Key(Many(str), ("Concepts/*.md",), "The notes that are of this kind, as patterns of .gitignore."),
            "schema": Key(
                str,
                "schemas/concept.schema.json",
                "The JSON Schema of this kind, relative to this file and not out of its folder. Where none is named,"
                " the one that comes with fmvault for 'concept' or 'source' is taken.",
            ),
        },
    )


def _relation() -> Record:
    """All that the table of a relation may hold."""
    kinds = Many(str)
    return Record(
        "key",
        {
            "inverse": Key(str, "enables", "The name of the property by which the other note may tell the relation."),
            "symmetric": Key(bool, True, "Whether what holds in one direction holds in the other."),
            "acyclic": Key(bool, True, "Whether no note may lead back to itself by this relation."),
            "transitive": Key(
                bool, True, "Whether it holds of the first and the last where it holds from each to the next."
            ),
            "from": Key(kinds, ("concept",), "The kinds of note that it may lead from."),
            "to": Key(kinds, ("concept",), "The kinds of note that it may lead to."),
            "excludes": Key(
                Many(str), ("part-of",), "The relations that cannot hold of two notes of which this one does."
            ),
        },
    )


def _site() -> Record:
    """All that the table ``[site]`` may hold."""
    types = typing.get_type_hints(SiteSettings)
    keys = {}
    for name, (example, help) in HELP.items():
        annotation = types[name.replace("-", "_")]
        wanted = Named("value", typing.get_args(Extent)) if annotation == Extent else shape(annotation)
        keys[name] = Key(wanted, example, help)
    return Record("key", keys)
