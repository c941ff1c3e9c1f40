"""The configuration: what is in force, where it came from, and where each mistake stands.

Run as a script, this file writes ``schemas/config.schema.json`` anew.
"""

from __future__ import annotations

import json
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import jsonschema
import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from fmvault.config import Config, ConfigError, Known, Selection, load
from fmvault.config.in_force import KindSettings, RelationSettings
from fmvault.config.keys import Key, Many, Named, Record, Shape, Table, document, shape
from fmvault.config.positions import positions
from fmvault.config.site import HELP, SiteSettings
from fmvault.kinds.relations import DEFAULTS
from fmvault.lint.rule import Problem, Rule, rule
from fmvault.model import Note
from fmvault.vault import Vault

# What is printed of [site] where nothing is said of it.
SITE = """
[site]
title = ""  # default
description = ""  # default
author = ""  # default
url = ""  # default
language = "en"  # default
home = ""  # default
output = "public"  # default
publish = "all"  # default
include = []  # default
private = []  # default
hidden-properties = []  # default
templates = ""  # default
styles = []  # default
edit = ""  # default
feed-entries = 20  # default
search = true  # default
history = true  # default
social-images = false  # default
trust-html = false  # default
remote-media = false  # default
"""

SCHEMA = Path(__file__).parents[1] / "schemas" / "config.schema.json"


@rule(family="links", since="0.1", severity="error", fixable=True)
def broken_note(note: Note, vault: Vault, *, planned: tuple[str, ...] = (), min_length: int = 3) -> Iterator[Problem]:
    """A link names a note that is not in the vault."""
    yield from ()


@rule(family="links", since="0.1", severity="warning")
def broken_heading(
    note: Note, *, slugs: Literal["accept", "refuse"] = "accept", likeness: float = 0.5, loose: bool = False
) -> Iterator[Problem]:
    """A link names a heading that is not in its note."""
    yield from ()


@rule(family="links", since="0.1", severity="info", enabled=False)
def self_link(note: Note) -> Iterator[Problem]:
    """A note links to itself."""
    yield from ()


@rule(family="graph", since="0.1", severity="warning", enabled=False)
def orphan_note(vault: Vault, *, roots: tuple[str, ...] = ("Index",), title: str = "x") -> Iterator[Problem]:
    """No link leads to a note."""
    yield from ()


@rule(family="text", since="0.1", severity="warning")
def mojibake(note: Note) -> Iterator[Problem]:
    """Text was decoded in the wrong encoding."""
    yield from ()


RULES: Mapping[str, Rule] = {
    each.name: each for each in (broken_note, broken_heading, self_link, orphan_note, mojibake)
}
KNOWN = Known(RULES, ("full", "concise", "json"), relations=DEFAULTS)


def of(text: str, path: str = "fmvault.toml", **files: str) -> Config:
    """The configuration of a text, which the schema takes too; ``files`` has what it may extend, by name."""
    validator = jsonschema.Draft202012Validator(full_schema(KNOWN))
    for each in (text, *files.values()):
        validator.validate(tomllib.loads(textwrap.dedent(each)))
    return load(path, textwrap.dedent(text), KNOWN, lambda name: textwrap.dedent(files[name.removesuffix(".toml")]))


def mistakes(text: str | bytes, path: str = "fmvault.toml", files: Mapping[str, str] | None = None) -> list[str]:
    """The mistakes in a text, each as it is printed but for the file's name where that is ``fmvault.toml``."""

    def read(name: str) -> str:
        if name not in (files or {}):
            raise FileNotFoundError(2, "No such file or directory", name)
        return (files or {})[name]

    with pytest.raises(ConfigError) as caught:
        load(path, textwrap.dedent(text) if isinstance(text, str) else text, KNOWN, read)
    return [str(mistake).removeprefix("fmvault.toml:") for mistake in caught.value.mistakes]


# -- which rules are on -----------------------------------------------------------------------------------------------


def test_without_configuration_the_rules_on_by_default_are_on_at_their_severity() -> None:
    assert Config(known=KNOWN).active() == {"broken-note": "error", "broken-heading": "warning", "mojibake": "warning"}
    assert of("") == load("fmvault.toml", "", KNOWN)
    assert of("").active() == Config(known=KNOWN).active()


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("select = ['text']", "mojibake"),
        ("select = []", ""),
        ("select = ['links']", "broken-note broken-heading self-link"),
        ("select = ['all']", "broken-note broken-heading self-link orphan-note mojibake"),
        ("extend-select = ['self-link']", "broken-note broken-heading self-link mojibake"),
        ("select = ['text']\nextend-select = ['graph']", "orphan-note mojibake"),
        ("ignore = ['links']", "mojibake"),
        ("ignore = ['all']", ""),
        # Of two entries alike, the one that turns the rule off wins; of two unlike, the more exact.
        ("select = ['links']\nignore = ['links']", ""),
        ("select = ['links']\nignore = ['broken-note']", "broken-heading self-link"),
        ("select = ['broken-note']\nignore = ['links']", "broken-note"),
        ("select = ['broken-note']\nignore = ['broken-note']", ""),
        ("select = ['links']\nignore = ['all']", "broken-note broken-heading self-link"),
        ("select = ['all']\nignore = ['links']\nextend-select = ['self-link']", "self-link orphan-note mojibake"),
    ],
)
def test_the_more_exact_entry_decides_whether_a_rule_is_on(text: str, on: str) -> None:
    assert " ".join(of(text).active()) == on


@pytest.mark.parametrize(
    ("text", "active"),
    [
        ("select = ['text']\nseverity.mojibake = 'error'", {"mojibake": "error"}),
        ("select = ['text']\nseverity.text = 'info'", {"mojibake": "info"}),
        ("select = ['text']\nseverity = { text = 'info', mojibake = 'error' }", {"mojibake": "error"}),
        ("select = ['text']\nseverity.mojibake = 'off'", {}),
        # A severity of its own turns on a rule that is off by default, its family's does not.
        ("select = []\nseverity.orphan-note = 'info'", {"orphan-note": "info"}),
        ("select = []\nseverity.graph = 'info'", {}),
        ("select = []\nseverity.mojibake = 'info'", {}),
        ("select = []\nignore = ['orphan-note']\nseverity.orphan-note = 'info'", {}),
        ("severity = { links = 'off', broken-note = 'info', mojibake = 'off' }", {}),
        ("severity = { links = 'off', self-link = 'error', mojibake = 'off' }", {"self-link": "error"}),
    ],
)
def test_severities_set_turn_off_and_turn_on(text: str, active: dict[str, str]) -> None:
    expected = active if "links" not in text or active else {"broken-note": "info"}
    assert of(text).active() == expected


@pytest.mark.parametrize(
    ("text", "arguments", "on"),
    [
        ("ignore = ['mojibake']", Selection(select=("mojibake",)), "mojibake"),
        ("severity.mojibake = 'off'", Selection(select=("mojibake",)), "mojibake"),
        ("extend-select = ['graph']", Selection(select=("text",)), "mojibake"),
        ("select = ['broken-note']", Selection(ignore=("links",)), ""),
        ("select = ['text']", Selection(extend_select=("graph",)), "orphan-note mojibake"),
        ("ignore = ['graph']", Selection(extend_select=("orphan-note",), ignore=("links",)), "orphan-note mojibake"),
        ("select = ['text']", Selection(severity={"self-link": "info"}), "self-link mojibake"),
        ("select = ['text']", Selection(severity={"text": "off"}), ""),
    ],
)
def test_the_command_line_outweighs_the_files(text: str, arguments: Selection, on: str) -> None:
    assert " ".join(of(text).over(arguments, {}, {}).active()) == on


def test_a_severity_on_the_command_line_outweighs_the_files() -> None:
    config = of("severity.mojibake = 'error'\nselect = ['text']")
    assert config.over(Selection(severity={"text": "info"}), {}, {}).active() == {"mojibake": "info"}


# -- options and files ------------------------------------------------------------------------------------------------


def test_options_are_read_in_the_type_of_the_signature() -> None:
    config = of(
        """
        [rules]
        broken-note = { planned = ["A"], min-length = 4 }
        [rules.broken-heading]
        slugs = "refuse"
        likeness = 1
        loose = true
        [rules.orphan-note]
        roots = []
        """
    )
    assert config.options() == {
        "broken-note": {"planned": ("A",), "min-length": 4},
        "broken-heading": {"slugs": "refuse", "likeness": 1.0, "loose": True},
        "orphan-note": {"roots": ()},
    }


def test_planned_notes_are_handed_to_every_rule_that_knows_the_option() -> None:
    assert of("planned = ['A']").options() == {"broken-note": {"planned": ("A",)}}
    assert of("planned = ['A']\nrules.broken-note.planned = ['B']").options() == {
        "broken-note": {"planned": ("A", "B")}
    }
    assert of("").options() == {}


def test_rules_are_ignored_in_the_files_a_pattern_matches() -> None:
    config = of(
        """
        [per-file-ignores]
        "Daily/" = ["links"]
        "*.draft.md" = ["mojibake"]
        """
    )
    assert config.ignored("Daily/2024.md") == {"broken-note", "broken-heading", "self-link"}
    assert config.ignored("Daily/x.draft.md") == {"broken-note", "broken-heading", "self-link", "mojibake"}
    assert config.ignored("Ideas.md") == frozenset()
    assert of("").ignored("Ideas.md") == frozenset()
    assert of("per-file-ignores = { '*' = ['all'] }").ignored("a.md") == set(RULES)


def test_the_other_values_are_read_as_they_stand() -> None:
    config = of(
        """
        exclude = ["Archive/", "*.excalidraw.md"]
        templates = ["Meta/Templates"]
        fail-on = "warning"
        format = "json"
        tracked = true
        """
    )
    assert config.exclude == ("Archive/", "*.excalidraw.md")
    assert config.templates == ("Meta/Templates",)
    assert (config.fail_on, config.format, config.tracked) == ("warning", "json", True)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    assert load("fmvault.toml", b'\xef\xbb\xbftracked = true\r\nformat = "json"\r\n', KNOWN).format == "json"
    assert mistakes(b'\xef\xbb\xbftracked = true\r\nfromat = "json"\r\n') == [
        "2:1: unknown key 'fromat'; did you mean 'format'?"
    ]


def test_in_a_pyproject_the_table_of_the_tool_is_read() -> None:
    text = '[project]\nname = "x"\n[[tool.mypy.overrides]]\nx = 1\n[tool.fmvault]\ntracked = true\n'
    config = load("pyproject.toml", text, KNOWN)
    assert config.tracked
    assert config.origins == {("tracked",): "pyproject.toml:6"}
    assert load("a/pyproject.toml", "tool = 1", KNOWN) == load("a/pyproject.toml", "", KNOWN)
    assert mistakes("[tool.fmvault.severity]\nmojibak = 'info'", "pyproject.toml") == [
        "pyproject.toml:2:1: unknown rule or family 'mojibak'; did you mean 'mojibake'?"
    ]
    assert mistakes("[tool]\nfmvault = 3", "pyproject.toml") == [
        "pyproject.toml:2:11: [tool.fmvault] has to be a table, not an integer"
    ]


# -- extend -----------------------------------------------------------------------------------------------------------


def test_the_extending_file_replaces_lists_adds_to_extend_select_and_merges_tables() -> None:
    config = of(
        """
        extend = "base.toml"
        exclude = ["B/"]
        extend-select = ["graph"]
        severity.mojibake = "error"
        rules.broken-note.min-length = 5
        per-file-ignores = { "a.md" = ["text"] }
        """,
        base="""
        exclude = ["A/"]
        extend-select = ["self-link"]
        ignore = ["broken-heading"]
        tracked = true
        severity = { mojibake = "info", self-link = "warning" }
        rules.broken-note = { min-length = 2, planned = ["P"] }
        per-file-ignores = { "a.md" = ["links"], "b.md" = ["graph"] }
        """,
    )
    assert config.exclude == ("B/",)
    assert config.tracked
    assert config.active() == {
        "broken-note": "error",
        "self-link": "warning",
        "orphan-note": "warning",
        "mojibake": "error",
    }
    assert config.options() == {"broken-note": {"min-length": 5, "planned": ("P",)}}
    assert config.per_file_ignores == {"a.md": ("text",), "b.md": ("graph",)}
    assert config.files == ("fmvault.toml", "base.toml")
    assert config.origins["exclude",] == "fmvault.toml:3"
    assert config.origins["tracked",] == "base.toml:5"
    assert config.origins["rules", "broken-note", "planned"] == "base.toml:7"
    assert config.selection.origins["extend-select",] == "base.toml:3, fmvault.toml:4"


def test_an_extended_file_is_looked_for_beside_the_one_that_extends_it() -> None:
    files = {"shared/strict.toml": 'extend = "../loose.toml"', "loose.toml": "tracked = true"}
    config = load("vault/fmvault.toml", 'extend = "../shared/strict.toml"', KNOWN, lambda name: files[name])
    assert config.files == ("vault/fmvault.toml", "shared/strict.toml", "loose.toml")
    assert config.tracked


def test_files_that_extend_each_other_are_told_in_their_order() -> None:
    assert mistakes('extend = "a.toml"', files={"a.toml": '# to and fro\nextend = "fmvault.toml"'}) == [
        "a.toml:2:10: a file cannot extend itself: fmvault.toml -> a.toml -> fmvault.toml"
    ]
    assert mistakes('extend = "./fmvault.toml"') == ["1:10: a file cannot extend itself: fmvault.toml -> fmvault.toml"]


def test_an_extended_file_has_to_be_there() -> None:
    assert mistakes('tracked = true\nextend = "base.toml"') == [
        "2:10: 'base.toml' cannot be read: no such file or directory"
    ]
    with pytest.raises(ConfigError, match="no such file"):
        load("fmvault.toml", 'extend = "base.toml"', KNOWN)


def test_mistakes_of_an_extended_file_are_told_beside_those_of_the_file() -> None:
    assert mistakes('extend = "base.toml"\nslect = []', files={"base.toml": "trakced = true"}) == [
        "2:1: unknown key 'slect'; did you mean 'select'?",
        "base.toml:1:1: unknown key 'trakced'; did you mean 'tracked'?",
    ]


# -- kinds of note and relations --------------------------------------------------------------------------------------


def test_a_kind_is_declared_by_its_table_alone_where_its_schema_is_shipped() -> None:
    assert of("").kinds == {}
    assert of("[kinds.concept]\n[kinds.source]").kinds == {
        "concept": KindSettings(origin="fmvault.toml:1", place=("fmvault.toml", 1, 8)),
        "source": KindSettings(origin="fmvault.toml:2", place=("fmvault.toml", 2, 8)),
    }


def test_a_kind_has_patterns_and_a_schema_beside_the_configuration() -> None:
    config = load(
        "vault/fmvault.toml",
        "[kinds.'a person']\nmatch = ['People/', '!*.draft.md']\nschema = './x/../people.json'",
        KNOWN,
    )
    assert config.kinds == {
        "a person": KindSettings(
            match=("People/", "!*.draft.md"),
            schema="vault/people.json",
            origin="vault/fmvault.toml:1",
            place=("vault/fmvault.toml", 3, 10),
        )
    }


def test_the_kinds_of_a_file_come_before_those_of_the_file_it_extends() -> None:
    config = load(
        "vault/fmvault.toml",
        "extend = '../shared/base.toml'\n[kinds.talk]\nmatch = ['Talks/']\n[kinds.concept]\nmatch = ['A/']",
        KNOWN,
        lambda name: "[kinds.concept]\nmatch = ['B/']\nschema = 's/c.json'\n[kinds.talk]\nschema = 's/t.json'",
    )
    assert [(name, kind.match, kind.schema, kind.origin) for name, kind in config.kinds.items()] == [
        ("talk", ("Talks/",), "shared/s/t.json", "vault/fmvault.toml:2"),
        ("concept", ("A/",), "shared/s/c.json", "vault/fmvault.toml:4"),
    ]
    assert config.kinds["talk"].place == ("shared/base.toml", 5, 10)
    assert config.origins["kinds", "concept", "match"] == "vault/fmvault.toml:5"
    assert config.origins["kinds", "concept", "schema"] == "shared/base.toml:3"


def test_of_a_relation_only_what_is_written_is_told() -> None:
    config = of(
        """
        [kinds.concept]
        [relations.requires]
        inverse = "enables"
        from = ["concept"]
        [relations.cites]
        """
    )
    assert config.relations == {
        "requires": RelationSettings(inverse="enables", sources=("concept",)),
        "cites": RelationSettings(),
    }
    assert config.origins["relations", "requires", "from"] == "fmvault.toml:5"
    assert config.origins["relations", "cites"] == "fmvault.toml:6"


def test_a_relation_is_written_over_key_by_key() -> None:
    config = of(
        """
        extend = "base.toml"
        relations.cites = { transitive = true, excludes = ["requires"] }
        """,
        base="""
        kinds = { concept = {}, source = {} }
        relations.uses = {}
        relations.cites = { transitive = false, acyclic = true, to = ["source"], excludes = ["uses", "is-a"] }
        """,
    )
    assert list(config.relations) == ["cites", "uses"]
    assert config.relations["cites"] == RelationSettings(
        transitive=True, acyclic=True, targets=("source",), excludes=("requires",)
    )


def test_what_one_file_names_another_may_declare() -> None:
    config = of(
        "extend = 'base.toml'\nkinds.concept = {}\nrelations.x = {}",
        base="relations.y = { from = ['concept'], excludes = ['x'] }",
    )
    assert config.relations["y"].sources == ("concept",)


def test_two_relations_may_be_the_inverse_of_each_other() -> None:
    config = of("relations = { parent = { inverse = 'child' }, child = { inverse = 'Parent' } }")
    assert config.relations["child"].inverse == "Parent"
    assert of("relations.has-part.inverse = 'part-of'").relations["has-part"].inverse == "part-of"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kinds = 1", "1:9: 'kinds' wants a table, not an integer"),
        ("kinds.concept = 'x'", "1:17: 'concept' wants a table, not a string"),
        ("[kinds.concept]\nmtch = []", "2:1: unknown key 'mtch'; did you mean 'match'?"),
        (
            "kinds.concept.match = 'a'",
            "1:23: 'match' wants an array of strings, not a string; such as match = [\"Concepts/*.md\"]",
        ),
        ("kinds.concept.match = ['a', 1]", "1:29: 'match' holds a string in each place, not an integer"),
        ("kinds.concept.match = ['a', '#']", "1:29: '#' matches nothing; it is read as a line of .gitignore"),
        ("kinds.x.schema = '../x.json'", "1:18: '../x.json' lies outside the folder of the configuration"),
        ("kinds.x.schema = 'a/../../x'", "1:18: 'a/../../x' lies outside the folder of the configuration"),
        ("kinds.x.schema = '/x.json'", "1:18: '/x.json' lies outside the folder of the configuration"),
        ("kinds.x.schema = '..\\x.json'", "1:18: '..\\x.json' lies outside the folder of the configuration"),
        ("kinds.x.schema = 'C:/x.json'", "1:18: 'C:/x.json' lies outside the folder of the configuration"),
        (
            "# a\n[kinds.person]\nmatch = []",
            "2:8: the kind 'person' has no schema; name one with schema = \"schemas/person.schema.json\"",
        ),
        (
            "[kinds.concpt]",
            "1:8: the kind 'concpt' has no schema; name one with schema = \"schemas/concpt.schema.json\","
            " or did you mean 'concept'?",
        ),
        ("[relations.x]\nsymetric = true", "2:1: unknown key 'symetric'; did you mean 'symmetric'?"),
        ("relations.x.acyclic = 1", "1:23: 'acyclic' wants true or false, not an integer; such as acyclic = true"),
        (
            "kinds.concept = {}\nrelations.x.from = ['concept', 'concpt']",
            "2:32: unknown kind 'concpt'; did you mean 'concept'?",
        ),
        ("relations.x.to = ['source']", "1:19: the kind 'source' is not declared; add a table [kinds.source]"),
        ("relations.x.to = ['person']", "1:19: unknown kind 'person'; there is none"),
        ("relations.x.excludes = ['part_of']", "1:25: unknown relation 'part_of'; did you mean 'part-of'?"),
        ("relations.x.excludes = ['is-a', 'x']", "1:33: 'x' cannot exclude itself"),
        ("relations.Tags = {}", "1:11: 'Tags' is a property that means something else; call the relation otherwise"),
        ('relations." " = {}', "1:11: a relation has a name"),
        ("kinds.concept = {}\nkinds.Concept = {}", "2:7: 'Concept' and 'concept' are one kind; write 'concept'"),
        ('kinds."" = {}', "1:7: a kind has a name"),
        ("relations.Is_A = {}", "1:11: 'Is_A' and 'is-a' are one relation; write 'is-a'"),
        (
            "relations.x = { symmetric = true, acyclic = true }",
            "1:45: 'x' is symmetric, so any two notes that it joins are a cycle; write acyclic = false",
        ),
        (
            "[relations.requires]\nsymmetric = true",
            "2:13: 'requires' is symmetric, so any two notes that it joins are a cycle; write acyclic = false",
        ),
        (
            "relations.related.inverse = 'y'",
            "1:29: 'related' is symmetric, so it has no inverse but itself; leave out 'y'",
        ),
        (
            "relations.x.inverse = 'X'",
            "1:23: 'x' cannot be named as the inverse of itself; that is what symmetric = true says",
        ),
        ("relations.x.inverse = ''", "1:23: an inverse has a name"),
        ("relations.x.inverse = 'related'", "1:23: 'related' is symmetric, so it is the inverse of no other relation"),
        (
            "relations = { x = { inverse = 'y' }, y = { inverse = 'z' } }",
            "1:31: 'y' is a relation itself, and its inverse is 'z'",
        ),
        (
            "relations = { x = { inverse = 'y' }, z = { inverse = 'Y' } }",
            "1:54: 'Y' is the inverse of 'x' already",
        ),
    ],
)
def test_a_mistake_in_a_kind_or_relation_is_told_at_its_place(text: str, expected: str) -> None:
    assert mistakes(text) == [expected]


def test_a_mistake_that_two_files_make_together_is_told_in_the_first() -> None:
    assert mistakes(
        "extend = 'a.toml'\nrelations.x.symmetric = true\nkinds.y.match = []",
        files={"a.toml": "relations.x.inverse = 'z'\nkinds.y = {}"},
    ) == [
        "3:7: the kind 'y' has no schema; name one with schema = \"schemas/y.schema.json\"",
        "a.toml:1:23: 'x' is symmetric, so it has no inverse but itself; leave out 'z'",
    ]


def test_where_an_extended_file_cannot_be_read_nobody_is_blamed_for_naming_what_it_may_declare() -> None:
    text = "extend = 'a.toml'\nrelations.x = { from = ['y'], excludes = ['z'] }\nkinds.concept = {}"
    assert mistakes(text) == ["1:10: 'a.toml' cannot be read: no such file or directory"]
    assert mistakes(text, files={"a.toml": "a = tru"}) == ["a.toml:1:5: invalid TOML: invalid value"]


def test_kinds_and_relations_are_printed_as_they_are_declared_and_read_back_the_same() -> None:
    config = load(
        "vault/fmvault.toml",
        textwrap.dedent(
            """\
            kinds.concept = {}
            [kinds."a b"]
            match = ["A/"]
            schema = "schemas/a.json"
            [relations.cites]
            [relations.requires]
            to = ["concept"]
            inverse = "enables"
            """
        ),
        KNOWN,
    )
    printed = config.to_toml()
    assert printed.endswith(
        textwrap.dedent(
            """\

            [kinds.concept]
            match = []  # default

            [kinds."a b"]
            match = ["A/"]  # vault/fmvault.toml:3
            schema = "schemas/a.json"  # vault/fmvault.toml:4

            [relations.cites]  # vault/fmvault.toml:5

            [relations.requires]
            inverse = "enables"  # vault/fmvault.toml:8
            to = ["concept"]  # vault/fmvault.toml:7
            """
        )
        + SITE
    )
    again = load("vault/fmvault.toml", printed, KNOWN)
    assert again.relations == config.relations
    assert [(name, kind.match, kind.schema) for name, kind in again.kinds.items()] == [
        ("concept", (), None),
        ("a b", ("A/",), "vault/schemas/a.json"),
    ]


def test_a_schema_that_an_extended_file_names_is_printed_as_seen_from_the_first_file() -> None:
    base = "[kinds.x]\nschema = 'x.json'"
    within = load("vault/fmvault.toml", "extend = 'conf/base.toml'", KNOWN, lambda name: base)
    assert 'schema = "conf/x.json"  # vault/conf/base.toml:2' in within.to_toml()
    assert load("vault/fmvault.toml", within.to_toml(), KNOWN).kinds["x"].schema == "vault/conf/x.json"
    # No file in `vault` may name this one, and to read what is printed says so.
    beside = load("vault/fmvault.toml", "extend = '../conf/base.toml'", KNOWN, lambda name: base)
    assert 'schema = "../conf/x.json"  # conf/base.toml:2' in beside.to_toml()


# -- mistakes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("slect = []", "1:1: unknown key 'slect'; did you mean 'select'?"),
        ("fail_on = 'error'", "1:1: unknown key 'fail_on'; did you mean 'fail-on'?"),
        ("[severty]\nmojibake = 'off'", "1:2: unknown key 'severty'; did you mean 'severity'?"),
        (
            "[broken-note]\nplanned = []",
            "1:2: 'broken-note' is a rule; its options stand in [rules.broken-note], its severity in [severity]",
        ),
        ("# a\n\n  'se lect' = 1", "3:3: unknown key 'se lect'; did you mean 'select'?"),
        ("select = ['Broken_Note']", "1:11: unknown rule or family 'Broken_Note'; did you mean 'broken-note'?"),
        ("select = ['FM012']", "1:11: unknown rule or family 'FM012'; 'fmvault rules' lists them"),
        ("select = [\n  'links', # [x]\n  'txt',\n]", "3:3: unknown rule or family 'txt'; did you mean 'text'?"),
        ("select = ['links', 3]", "1:20: 'select' holds a string in each place, not an integer"),
        ("select = 'links'", "1:10: 'select' wants an array of strings, not a string; such as select = [\"links\"]"),
        ("exclude = 3", "1:11: 'exclude' wants an array of strings, not an integer; such as exclude = [\"Archive/\"]"),
        ("tracked = 'yes'", "1:11: 'tracked' wants true or false, not a string; such as tracked = true"),
        ("tracked = 1979-05-27", "1:11: 'tracked' wants true or false, not a date or time; such as tracked = true"),
        ("fail-on = 'warn'", "1:11: unknown severity 'warn'; did you mean 'warning'?"),
        ("fail-on = 'never'", "1:11: unknown severity 'never'; there is 'error', 'warning' and 'info'"),
        ("fail-on = true", "1:11: 'fail-on' wants a string, not a boolean; such as fail-on = \"warning\""),
        ("format = 'jsn'", "1:10: unknown format 'jsn'; did you mean 'json'?"),
        ("severity = 'error'", "1:12: 'severity' wants a table, not a string"),
        ("severity.mojibake = 'of'", "1:21: unknown severity 'of'; did you mean 'off'?"),
        ("severity . 'mojibake'=3", "1:23: 'mojibake' wants a string, not an integer; such as mojibake = \"warning\""),
        ("[rules.brken-note]", "1:8: unknown rule 'brken-note'; did you mean 'broken-note'?"),
        ("rules.links.planned = []", "1:7: 'links' is a family; only a rule has options"),
        ("[rules.broken-note]\nmin_length = 1", "2:1: unknown option 'min_length'; did you mean 'min-length'?"),
        ("[rules.self-link]\nx = 1", "2:1: unknown option 'x'; there is none"),
        ("rules.orphan-note.zzz = 1", "1:19: unknown option 'zzz'; there is 'roots' and 'title'"),
        (
            "rules = { broken-note = { min-length = true } }",
            "1:40: 'min-length' wants an integer, not a boolean; such as min-length = 3",
        ),
        (
            "rules.broken-heading.likeness = 'x'",
            "1:33: 'likeness' wants a number, not a string; such as likeness = 0.5",
        ),
        ("rules.broken-heading.slugs = 'deny'", "1:30: unknown value 'deny'; there is 'accept' and 'refuse'"),
        ("exclude = ['a', '!']", "1:17: '!' matches nothing; it is read as a line of .gitignore"),
        ("[per-file-ignores]\n'!a.md' = ['text']", "2:1: a pattern with '!' in front leaves nothing out here"),
        ("[per-file-ignores]\n'a' = ['text', 'lnks']", "2:16: unknown rule or family 'lnks'; did you mean 'links'?"),
        (
            "[per-file-ignores]\n'a' = 'text'",
            "2:7: 'a' wants an array of strings, not a string; such as a = [\"links\"]",
        ),
        ("per-file-ignores = 1", "1:20: 'per-file-ignores' wants a table, not an integer"),
        ("[site]\ntitel = 'x'", "2:1: unknown key 'titel'; did you mean 'title'?"),
        ("site.publish = 'none'", "1:16: unknown value 'none'; there is 'all' and 'marked'"),
        ("site.feed-entries = 'x'", "1:21: 'feed-entries' wants an integer, not a string; such as feed-entries = 20"),
        (
            "site.feed-entries = -1",
            "1:21: a feed cannot have -1 notes; 0 leaves it out, and the most is 10,000",
        ),
        (
            "site.feed-entries = 99999999999999999999",
            "1:21: a feed cannot have 99999999999999999999 notes; 0 leaves it out, and the most is 10,000",
        ),
        ("site.language = 'german'", "1:17: 'german' is no language; write its tag, such as de or pt-BR"),
        ("site.language = 'de_DE'", "1:17: 'de_DE' is no language; write its tag, such as de or pt-BR"),
        ("site.language = ''", "1:17: '' is no language; write its tag, such as de or pt-BR"),
        (
            "site.edit = 'https://example.org/edit'",
            "1:13: 'https://example.org/edit' is no address to edit a note at; "
            "it has {path} where the path of the note goes",
        ),
        (
            "site.edit = 'javascript:{path}'",
            "1:13: 'javascript:{path}' is no address to edit a note at; it begins with https:// or http://",
        ),
        ("site.url = 'a.org'", "1:12: 'a.org' is no address of a site; it begins with https:// or http://"),
        ("site.url = 'https://a.org/b c'", "1:12: 'https://a.org/b c' is no address of a site; it has no spaces"),
        (
            "[site]\nurl = 'https://a.org/?b'",
            "2:7: 'https://a.org/?b' is no address of a site; it ends with a folder, without '?' or '#'",
        ),
        (
            "site.url = 'https://a.org/#b'",
            "1:12: 'https://a.org/#b' is no address of a site; it ends with a folder, without '?' or '#'",
        ),
        (
            "site.url = 'https:///b'",
            "1:12: 'https:///b' is no address of a site; it names a host, such as example.org",
        ),
        # Whoever reads what CI prints is not told the password.
        (
            "site.url = 'https://me:secret@a.org/b'",
            "1:12: 'https://***@a.org/b' is no address of a site; everybody could read the user and the password",
        ),
        ("extend = 1", "1:10: 'extend' wants a string, not an integer; such as extend = \"base.toml\""),
        ("planned = ['ä€😀', 1]", "1:19: 'planned' holds a string in each place, not an integer"),
        ('planned = ["""\na"b\n""", 1]', "3:6: 'planned' holds a string in each place, not an integer"),
    ],
)
def test_a_mistake_is_told_at_its_place_with_the_nearest_name(text: str, expected: str) -> None:
    assert mistakes(text) == [expected]


def test_all_mistakes_are_told_in_the_order_of_the_text() -> None:
    assert mistakes("tracked = 1\n[severity]\nlinks = 'x'\n[rules]\nq = 1\n") == [
        "1:11: 'tracked' wants true or false, not an integer; such as tracked = true",
        "3:9: unknown severity 'x'; there is 'error', 'warning', 'info' and 'off'",
        "5:1: unknown rule 'q'; 'fmvault rules' lists them",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = tru", "1:5: invalid TOML: invalid value"),
        ("[a]\n[a]", "2:3: invalid TOML: cannot declare ('a',) twice"),
        ("tracked = true\nselect = [", "2:11: invalid TOML: invalid value"),
        (b"# \xff", "1:3: not UTF-8; save the file in this encoding"),
        (b"a = 1\n# \xc3\xa4\xff", "2:4: not UTF-8; save the file in this encoding"),
        ("a = " + "[" * 100_000, "1:1: invalid TOML: nested too deeply"),
    ],
)
def test_what_is_no_toml_is_told_where_it_ends_to_be_toml(text: str | bytes, expected: str) -> None:
    assert mistakes(text) == [expected]


def test_an_option_of_an_unheard_of_type_is_a_mistake_of_the_rule() -> None:
    with pytest.raises(TypeError, match="dict"):
        shape(dict[str, str])


# -- what is in force -------------------------------------------------------------------------------------------------


def test_what_is_in_force_is_printed_with_the_origin_of_each_value() -> None:
    config = of(
        """
        exclude = ["Archive/"]
        extend-select = ["orphan-note"]
        ignore = ["broken-heading"]
        [severity]
        mojibake = "info"
        [rules.broken-note]
        min-length = 4
        [per-file-ignores]
        "a b.md" = ["text"]
        """
    )
    assert (
        config.to_toml()
        == textwrap.dedent(
            """\
        exclude = ["Archive/"]  # fmvault.toml:2
        templates = []  # default
        planned = []  # default
        fail-on = "error"  # default
        format = "full"  # default
        tracked = false  # default
        # select = what is on by default
        extend-select = ["orphan-note"]  # fmvault.toml:3
        ignore = ["broken-heading"]  # fmvault.toml:4

        [severity]
        broken-note = "error"  # default
        broken-heading = "off"  # fmvault.toml:4
        self-link = "off"  # default
        orphan-note = "warning"  # fmvault.toml:3
        mojibake = "info"  # fmvault.toml:6

        [per-file-ignores]
        "a b.md" = ["text"]  # fmvault.toml:10

        [rules.broken-note]
        planned = []  # default
        min-length = 4  # fmvault.toml:8

        [rules.broken-heading]
        slugs = "accept"  # default
        likeness = 0.5  # default
        loose = false  # default

        [rules.orphan-note]
        roots = ["Index"]  # default
        title = "x"  # default
        """
        )
        + SITE
    )


def test_how_the_vault_is_published_is_read_and_printed() -> None:
    config = of(
        """
        [site]
        title = "Concepts"
        publish = "marked"
        private = ["Journal/"]
        feed-entries = 5
        trust-html = true
        """
    )
    assert config.site == SiteSettings(
        title="Concepts", publish="marked", private=("Journal/",), feed_entries=5, trust_html=True
    )
    printed = config.to_toml()
    assert 'title = "Concepts"  # fmvault.toml:3' in printed
    assert "feed-entries = 5  # fmvault.toml:6" in printed
    assert load("fmvault.toml", printed, KNOWN).site == config.site


@pytest.mark.parametrize(
    "settings",
    [
        {"url": ""},
        {"url": "https://example.org"},
        {"url": "http://localhost:8000/a/b/"},
        {"url": "HTTPS://größe.example/ä/"},
        {"edit": ""},
        {"edit": "https://example.org/edit?file={path}&branch=main#L1"},
        {"language": "gsw"},
        {"language": "zh-Hant-TW"},
        {"feed-entries": 0},
    ],
)
def test_what_a_site_may_well_say_is_taken(settings: dict[str, Any]) -> None:
    read = of(tomlkit.dumps({"site": settings})).site
    assert {key: getattr(read, key.replace("-", "_")) for key in settings} == settings


def test_every_setting_of_a_site_is_a_key_with_an_example_of_its_own() -> None:
    assert [key.replace("-", "_") for key in HELP] == list(SiteSettings.__struct_fields__)
    table = tomlkit.table()
    for key, (example, _) in HELP.items():
        table.add(key, list(example) if isinstance(example, tuple) else example)
    read = of(tomlkit.dumps({"site": table})).site
    assert {key: getattr(read, key.replace("-", "_")) for key in HELP} == {key: each[0] for key, each in HELP.items()}


def test_a_selection_of_the_command_line_stands_in_place_of_the_files() -> None:
    arguments = Selection(select=("text",), origins={("select",): "--select"})
    printed = of("ignore = ['links']").over(arguments, {"tracked": True}, {"tracked": "--tracked"}).to_toml()
    assert 'select = ["text"]  # --select' in printed
    assert "ignore = []  # default" in printed
    assert 'mojibake = "warning"  # --select' in printed
    assert "tracked = true  # --tracked" in printed


selectors = st.lists(st.sampled_from(KNOWN.selectors), max_size=3).map(tuple)
severities = st.dictionaries(
    st.sampled_from([*RULES, *KNOWN.families]), st.sampled_from(["error", "warning", "info", "off"]), max_size=3
)
selections = st.builds(
    Selection, select=st.none() | selectors, extend_select=selectors, ignore=selectors, severity=severities
)


@given(selections, selections)
def test_what_is_printed_is_a_configuration_with_the_same_effect(selection: Selection, arguments: Selection) -> None:
    config = Config(known=KNOWN, selection=selection).over(arguments, {}, {})
    again = load("fmvault.toml", config.to_toml(), KNOWN)
    assert again.active() == config.active()
    assert {name: dict(options) for name, options in again.options().items() if name == "broken-note"} == {
        "broken-note": {"planned": (), "min-length": 3}
    }


# -- positions --------------------------------------------------------------------------------------------------------

scalars = (
    st.booleans()
    | st.integers(-99, 10**6)
    | st.text(max_size=8)
    | st.floats(allow_nan=False)
    | st.dates()
    | st.datetimes()
)
names = st.text(alphabet="ab-.'\"é #=[]\\", min_size=1, max_size=4)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=12
)


def paths(tree: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield path, tree
    for key, item in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield from paths(item, (*path, key))


@settings(max_examples=200)
@given(st.dictionaries(names, values, max_size=4))
def test_every_key_and_value_of_a_document_is_found_at_its_place(tree: dict[str, Any]) -> None:
    text = tomlkit.dumps(tree)
    parsed = tomllib.loads(text)
    found = positions(text)
    assert found.keys() == {path for path, _ in paths(parsed)}
    for path, value in paths(parsed):
        key_at, value_at = found[path]
        if path and isinstance(path[-1], str):
            assert text[key_at] in f"\"'{path[-1][0]}"
        if isinstance(value, str):
            assert text[value_at] in "\"'"
        elif isinstance(value, bool):
            assert text.startswith(str(value).lower(), value_at)


def test_positions_in_every_way_to_write_a_document() -> None:
    text = textwrap.dedent(
        '''\
        a.b . "c d" = 1 # x = 2
        when = 1979-05-27 07:32:00
        many = [ # one
          1979-05-27 07:32:00, { x = """""", y = [ [], ["]"] ] },
          """a"""\"", \'\'\'b\'\'\'\', 'c\\',
        ]
        [ t . 'u' ]
        v = +1e6
        [[list]]
        k = 1
        [[list]]
        [list.in]
        k = { }
        '''
    )
    tomllib.loads(text)
    found = {
        ".".join(map(str, path)): text[offset:].split("\n")[0][:7] for path, (_, offset) in positions(text).items()
    }
    assert found == {
        "": 'a.b . "',
        "a": 'a.b . "',
        "a.b": 'b . "c ',
        "a.b.c d": "1 # x =",
        "when": "1979-05",
        "many": "[ # one",
        "many.0": "1979-05",
        "many.1": '{ x = "',
        "many.1.x": '"""""",',
        "many.1.y": "[ [], [",
        "many.1.y.0": '[], ["]',
        "many.1.y.1": '["]"] ]',
        "many.1.y.1.0": '"]"] ] ',
        "many.2": '"""a"""',
        "many.3": "'''b'''",
        "many.4": "'c\\',",
        "t": "t . 'u'",
        "t.u": "'u' ]",
        "t.u.v": "+1e6",
        "list": "list]]",
        "list.0": "list]]",
        "list.0.k": "1",
        "list.1": "list]]",
        "list.1.in": "in]",
        "list.1.in.k": "{ }",
    }


# -- the schema -------------------------------------------------------------------------------------------------------


def json_schema(wanted: Shape) -> dict[str, Any]:
    """The JSON Schema of a shape."""
    match wanted:
        case Named(_, names):
            return {"enum": list(names)}
        case Many(of):
            return {"type": "array", "items": json_schema(of)}
        case Table(of):
            return {"type": "object", "additionalProperties": json_schema(of)}
        case Record(_, keys):
            return {
                "type": "object",
                "additionalProperties": False,
                "properties": {name: property_schema(key) for name, key in keys.items()},
            }
    return {"type": {bool: "boolean", int: "integer", float: "number", str: "string"}[wanted]}


def property_schema(key: Key) -> dict[str, Any]:
    return ({"description": key.help} if key.help else {}) | json_schema(key.shape)


def full_schema(known: Known) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The configuration of fmvault: fmvault.toml, or [tool.fmvault] in pyproject.toml",
        **json_schema(document(known)),
    }


def shipped() -> Known:
    from fmvault.lint.report import FORMATS
    from fmvault.lint.rules import RULES

    return Known({rule.name: rule for rule in RULES}, tuple(FORMATS))


def test_the_published_schema_has_the_keys_and_rules_there_are() -> None:
    published = json.loads(SCHEMA.read_text("utf-8"))
    assert published == full_schema(shipped()), f"run 'python {Path(__file__).name}' in tests/ to write the schema anew"
    jsonschema.Draft202012Validator.check_schema(published)


def test_the_schema_takes_what_is_in_force() -> None:
    printed = of("ignore = ['text']\nper-file-ignores = { 'Daily/' = ['text', 'all'] }").to_toml()
    assert of(printed).active() == of("ignore = ['text']").active()


@pytest.mark.parametrize(
    "text",
    [
        "slect = []",
        "select = ['x']",
        "rules.self-link.x = 1",
        "severity.links = 'warn'",
        "kinds.concept = 1",
        "kinds.concept.mtch = []",
        "relations.x.symmetric = 'yes'",
    ],
)
def test_the_schema_refuses_what_is_a_mistake(text: str) -> None:
    assert not jsonschema.Draft202012Validator(full_schema(KNOWN)).is_valid(tomllib.loads(text))


if __name__ == "__main__":
    SCHEMA.write_text(json.dumps(full_schema(shipped()), indent=2) + "\n", "utf-8")
