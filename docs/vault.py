"""Write the documentation as a vault: ``python -m docs.vault OUT``, which ``fmvault build OUT`` then publishes.

The guide stands in ``docs/guide/``. A page for every rule, for every command and for the configuration is made of what
the program itself says, so that none of them can fall behind it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from fmvault.cli import commands
from fmvault.cli.options import known_names
from fmvault.config.keys import Key, Many, Named, Record, Shape, Table, document
from fmvault.lint.rules import RULES

DOCS = Path(__file__).parent
SETTINGS = """\
[site]
title = "fmvault"
description = "A compiler for knowledge vaults: it lints them, draws their concept graph and publishes them."
home = "fmvault.md"
history = false
"""
FAMILIES = {
    "links": "Links that lead nowhere, or not where they seem to.",
    "anchors": "Headings, blocks and footnotes that links ask for.",
    "names": "Names and aliases of notes that are in each other's way.",
    "properties": "The frontmatter of notes.",
    "sections": "What a note of a kind has to say, and says too shortly, too late or not at all.",
    "relations": "What notes say of each other by typed links.",
    "graph": "Notes as a whole: those that nothing leads to, and those apart from the rest.",
    "text": "The text itself: what was decoded wrongly, left over, or never closed.",
    "meta": "What is wrong with files as such, and with allowances.",
}
_TYPES: Mapping[Any, str] = {bool: "true or false", int: "a number", float: "a number", str: "text"}


def notes() -> Iterator[tuple[str, str]]:
    """The path and text of each note."""
    for page in sorted((DOCS / "guide").glob("*.md")):
        yield page.name, page.read_text(encoding="utf-8")
    yield "Kinds of note.md", (DOCS / "kinds.md").read_text(encoding="utf-8")
    yield from rules()
    yield "Configuration.md", configuration()
    yield from pages_of_commands()


def rules() -> Iterator[tuple[str, str]]:
    """The page of each rule, and one that lists them by family."""
    listed = [
        "# Rules",
        "",
        "Rules are known by name. Those marked *off* are asked for with `select` or `extend-select`.",
        "",
    ]
    for family, members in groupby(RULES, key=lambda rule: rule.family):
        listed += [f"## {family.capitalize()}", "", FAMILIES[family], ""]
        for rule in members:
            facts = [rule.severity, "" if rule.enabled else "*off*", "can be fixed" if rule.fixable else ""]
            summary = (rule.check.__doc__ or "").strip().splitlines()[0].rstrip(".")
            listed.append(f"- [[{rule.name}]] ({', '.join(filter(None, facts))}): {summary}.")
            properties = (
                f"---\ntags: [rules/{family}]\nseverity: {rule.severity}\non: {str(rule.enabled).lower()}\n---\n\n"
            )
            yield f"Rules/{rule.name}.md", properties + rule.page()
        listed.append("")
    yield "Rules.md", "\n".join(listed)


def configuration() -> str:
    """Every key of ``fmvault.toml``."""
    lines = [
        "# Configuration",
        "",
        "`fmvault.toml` in the vault's folder, or `[tool.fmvault]` in `pyproject.toml`. None of it is needed.",
        "`fmvault config` prints what is in force, and where each value comes from.",
        "",
    ]
    tables: list[tuple[str, Record]] = []
    for name, key in document(known_names()).keys.items():
        match key.shape:
            case Record() as record if name == "site":
                tables.append((name, record))
            case Table(Record() as record):
                tables.append((f"{name}.NAME", record))
        lines.append(_told(name, key))
    lines.append("")
    for name, record in tables:
        lines += [f"## The table [{name}]", ""]
        lines += [*(_told(inner, inner_key) for inner, inner_key in record.keys.items()), ""]
    return "\n".join(lines)


def _told(name: str, key: Key) -> str:
    return f"- `{name}`, {_type(key.shape)}: {key.help}"


def _type(shape: Shape) -> str:
    match shape:
        case Named(noun, names) if len(names) <= 5:
            return " or ".join(f"`{name}`" for name in names)
        case Named(noun, _):
            return f"a {noun}"
        case Many(of):
            return f"an array of {'text' if of is str else 'names'}"
        case Table() | Record():
            return "a table"
        case _:
            return _TYPES[shape]


def pages_of_commands() -> Iterator[tuple[str, str]]:
    """What each command says with ``--help``, and a page that lists them."""
    listed = ["# Commands", ""]
    context = click.Context(commands, info_name="fmvault", **commands.context_settings)
    for name in commands.list_commands(context):
        command = commands.get_command(context, name)
        assert command is not None
        help = command.get_help(click.Context(command, info_name=name, parent=context, terminal_width=100))
        listed.append(f"- [[fmvault {name}]]: {command.get_short_help_str(200)}")
        yield f"Commands/fmvault {name}.md", f"# fmvault {name}\n\n```text\n{help}\n```\n"
    yield "Commands.md", "\n".join([*listed, ""])


def write(folder: Path) -> None:
    """Write the vault into a folder; other files there are left alone."""
    for path, text in (("fmvault.toml", SETTINGS), *notes()):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
