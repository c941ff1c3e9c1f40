"""What sets a vault up: its configuration, the schemas of its kinds, and the hook that checks each commit."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from fmvault.config import Config
from fmvault.config.in_force import DEFAULT
from fmvault.kinds.concepts import Concepts
from fmvault.kinds.kind import Kind
from fmvault.kinds.questions import QUESTIONS
from fmvault.model import Note

if TYPE_CHECKING:
    from tomlkit.items import Array, Table

# Rules that are off by default, and wanted where a vault is kept for what it knows.
ADVISED = (
    "undefined-concept",
    "circular-definition",
    "near-duplicate",
    "term-before-definition",
    "unlinked-mention",
    "redundant-relation",
)

# Folders that are often called so, by kind: an example for whoever has one.
_NAMES = {
    "concept": ["concept", "concepts", "glossary", "ideas", "notes", "terms", "zettel", "zettelkasten"],
    "source": ["books", "literature", "papers", "reading", "references", "source", "sources"],
}
_PURPOSES = {
    "concept": "one idea in one note",
    "source": "notes on a book's chapter, a paper or a talk",
}
_HEADER = re.compile(r"""^[ \t]*\[[ \t]*(['"]?)tool\1[ \t]*\.[ \t]*(['"]?)fmvault\2[ \t]*\]""", re.MULTILINE)
# So many of the sections without which a note of a kind is not finished make it one. Questions tell no kind.
_TELLING = 2


class Found(Struct, frozen=True):
    """Which notes of a vault are of a kind without saying so.

    ``match`` are patterns for the folders that hold such notes; ``example`` is one for a folder that may be meant.
    """

    match: tuple[str, ...] = ()
    example: str = ""


def schema_path(kind: str) -> str:
    """Where a vault has its own schema of a kind."""
    return f"schemas/{kind}.schema.json"


# -- which notes are of a kind ----------------------------------------------------------------------------------------


def find(concepts: Concepts, reported: Collection[str]) -> Mapping[str, Found]:
    """What tells the notes of each kind: the folders in which at least every other note is built like one.

    Of the ``reported`` notes alone, and of these not of those that tell their kind themselves: they need no pattern.
    """
    kinds = concepts.terms.kinds
    of_folder: Counter[str] = Counter()
    of_kind: dict[str, Counter[str]] = {name: Counter() for name in kinds}
    for path, note in concepts.vault.notes.items():
        if path in reported and path[-3:].lower() == ".md" and concepts.kind(note) is None:
            of_folder[note.folder] += 1
            shares = {name: _share(note, kind) for name, kind in kinds.items()}
            best = max(shares, key=lambda name: shares[name])
            of_kind[best][note.folder] += shares[best] >= _TELLING
    found = {}
    for name, held in of_kind.items():
        match = [_pattern(folder) for folder, count in sorted(of_folder.items()) if 0 < count <= held[folder] * 2]
        called = [folder for folder in sorted(of_folder) if folder.rpartition("/")[2].casefold() in _NAMES[name]]
        found[name] = Found(tuple(match), _pattern(called[0]) if called else f"{name.capitalize()}s/*.md")
    return found


def _share(note: Note, kind: Kind) -> int:
    """How many of the sections that the kind asks for the note has."""
    names = (note.name, *(alias.name for alias in note.aliases))
    sections = {kind.headings.section(heading.text, lambda: names) for heading in note.headings}
    wanted = [section.name for section in kind.schema.sections.values() if section.required]
    return sum(name in sections for name in wanted if name != QUESTIONS)


def _pattern(folder: str) -> str:
    """The pattern of .gitignore for the notes in a folder."""
    escaped = re.sub(r"([\\*?\[])", r"\\\1", folder)
    return f"{escaped}/*.md" if folder and folder[0] not in "#!" else f"/{escaped}/*.md" if folder else "/*.md"


# -- the configuration ------------------------------------------------------------------------------------------------

_HEAD = """\
# What this vault is held to. 'fmvault config' prints all that is in force, 'fmvault explain broken-note' the page of
# a rule.

# Rules that are off unless somebody wants them.
"""
_EXAMPLES = """\

# Files that are not reported on, as in a .gitignore; links to them still lead somewhere.
# exclude = ["Archive/"]

# Notes that are yet to be written; links to them are no faults.
# planned = ["Reinforcement Learning"]

# The kinds of note. A note is of the kind that its property 'type' names, else of the first that has a pattern for its
# path under 'match'. A note of no kind is asked for no sections. What one of a kind is asked for stands in its schema.

"""


def configuration(kinds: Mapping[str, Found]) -> str:
    """A ``fmvault.toml`` with these kinds, and with the advised rules turned on."""
    import tomlkit

    selected = tomlkit.dumps({"extend-select": _rules(ADVISED)})
    tables = tomlkit.dumps({"kinds": _tables(kinds)})
    return f"{_HEAD}{selected}{_EXAMPLES}{tables.rstrip()}\n"


def is_begun(project: str) -> bool:
    """Whether a ``pyproject.toml`` has the header of our table, so that it can have no other."""
    return _HEADER.search(project) is not None


def addition(config: Config, kinds: Mapping[str, Found], *, project: bool = False, is_begun: bool = False) -> str:
    """What a configuration lacks of all that, to be added by hand; empty if nothing.

    A rule that it turns off on purpose is none that it lacks. ``project``: it stands in a ``pyproject.toml``, which has
    the header of our table if that ``is_begun``: then the keys are given without it, to stand at the table's end.
    """
    import tomlkit

    lacking: dict[str, Any] = {}
    if off := [name for name in ADVISED if config.verdicts[name] == ("off", DEFAULT)]:
        lacking["extend-select"] = _rules([*config.selection.extend_select, *off])
    if undeclared := {name: found for name, found in kinds.items() if name not in config.kinds}:
        lacking["kinds"] = _tables(undeclared)
    if not lacking:
        return ""
    if not project:
        return tomlkit.dumps(lacking)
    table = tomlkit.table(is_super_table="extend-select" not in lacking)
    for key, value in lacking.items():
        table.add(key, value)
    text = tomlkit.dumps({"tool": tomlkit.table(is_super_table=True).add("fmvault", table)})
    return text.removeprefix("[tool.fmvault]\n") if is_begun else text


def _rules(selectors: Sequence[str]) -> Array:
    """An array of rules and families, each on a line of its own and with what the rule finds."""
    import tomlkit

    from fmvault.lint.rules import RULES

    summaries = {rule.name: rule.summary for rule in RULES}
    array = tomlkit.array()
    for name in selectors:
        array.add_line(name, comment=summaries.get(name))
    array.add_line(indent="")
    return array


def _tables(kinds: Mapping[str, Found]) -> Table:
    """The tables of kinds."""
    import tomlkit

    tables = tomlkit.table(is_super_table=True)
    for name, found in kinds.items():
        table = tomlkit.table()
        table.comment(_PURPOSES[name])
        table.add("schema", schema_path(name))
        if found.match:
            table.add("match", list(found.match))
        else:
            table.add(tomlkit.comment(tomlkit.dumps({"match": [found.example]}).strip()))
        table.add(tomlkit.nl())
        tables.add(name, table)
    return tables


# -- a schema of one's own --------------------------------------------------------------------------------------------


_SCHEMA = """\
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "A note of the kind KIND in this vault",
  "$comment": "All that the schema of KIND asks for that comes with fmvault holds; what is written here comes on top.",
  "allOf": [{ "$ref": "fmvault:KIND" }],
  "$defs": {
    "example": {
      "$comment": "Not in force here. Moved up beside 'allOf', its 'properties' asks for a section History, by either \
heading, and for one of three values where a note has the property status.",
      "properties": {
        "sections": {
          "required": ["history"],
          "properties": {
            "history": {
              "description": "Where it comes from, and how it came to be what it is.",
              "x-headings": ["History", "Origins"]
            }
          }
        },
        "properties": {
          "properties": { "status": { "enum": ["seed", "growing", "evergreen"] } }
        }
      }
    }
  }
}
"""


def schema(kind: str) -> str:
    """A schema that takes over the one that is shipped for a kind, and shows how to go on from there."""
    return _SCHEMA.replace("KIND", kind)


# -- the hook ---------------------------------------------------------------------------------------------------------

# As .pre-commit-hooks.yaml has it, but run by the fmvault that is installed: so it needs no address of a repository.
_HOOK = """\
  - repo: local
    hooks:
      - id: fmvault
        name: fmvault
        entry: fmvault check --tracked
        language: system
        pass_filenames: false
        always_run: true
        require_serial: true
"""


_ID = re.compile(r"""^[ \t-]*\{?[ \t]*['"]?id['"]?[ \t]*:[ \t]*['"]?fmvault\b""", re.MULTILINE)


def hook(vault: str) -> str:
    """The entry for the hook under ``repos``; ``vault`` is the vault's folder in the repository, "." for its top."""
    import yaml

    if vault == ".":
        return _HOOK
    args = yaml.safe_dump([vault], default_flow_style=True, allow_unicode=True, width=sys.maxsize)
    return f"{_HOOK}        args: {args}"


def hooks(vault: str) -> str:
    """A ``.pre-commit-config.yaml`` with the hook and nothing else."""
    return f"# What is run before each commit, by pre-commit or prek.\nrepos:\n{hook(vault)}"


def is_hooked(vault: str, content: str) -> bool:
    """Whether a ``.pre-commit-config.yaml`` has the hook for the vault already."""
    named = rf"""(?<![^\s\[,'"]){re.escape(vault)}(?![^\s\],'"])"""
    return _ID.search(content) is not None and (vault == "." or re.search(named, content) is not None)
