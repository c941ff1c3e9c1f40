"""The stub of a note: every section that its kind knows, with what each is for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fmvault import markdown
from fmvault.kinds.kind import Kind
from fmvault.kinds.schema import Schema
from fmvault.plain import plain

# The section that holds links to other notes.
_RELATED = "related"
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# `plain` takes these for marks wherever they stand.
_MARKS = str.maketrans("", "", "*~[]")


def stub(name: str, kind: Kind, day: date, related: Sequence[str]) -> str:
    """A note named ``name`` with nothing in it yet but ``related``, the links to other notes, as they are written.

    Below each heading a comment says what the section is for. ``day`` is the day on which the note is begun.
    """
    import frontmatter

    title = _title(name, kind)
    blocks = [f"# {title}"] if title is not None else []
    for section in kind.schema.sections.values():
        heading = kind.title(section.name, name) or " ".join(section.title(name).split())
        blocks.append(f"## {heading}")
        if purpose := " ".join(section.description.replace("%%", "%").split()):
            blocks.append(f"%% {purpose} %%")
        if section.name == _RELATED and related:
            blocks.append("\n".join(f"- {link}" for link in related))
    post = frontmatter.Post("\n\n".join(blocks), None, **_properties(name, kind, day))
    return str(frontmatter.dumps(post, sort_keys=False, Dumper=_dumper())) + "\n"


def _title(name: str, kind: Kind) -> str | None:
    """The heading that shows the name; None where no heading does, or where it would begin a section."""
    if kind.headings.section(name, lambda: (name,)) is not None:
        return None
    if _reads(name) == name.translate(_MARKS):
        return name
    escaped = _PUNCTUATION.sub(r"\\\1", name)
    return escaped if _reads(escaped) is not None else None


def _reads(heading: str) -> str | None:
    """What a person reads of a heading with this text; None if something else is made of it than a heading's text."""
    # What it opens may reach into the text below.
    note = markdown.parse("", f"# {heading}\n\n%% x %%\n".encode(), keep_text=True)
    assert note.text is not None
    if len(note.headings) != 1 or note.headings[0].text != heading:
        return None
    if note.defects or len(note.text.opaque) != 1 or note.links or note.tags or note.blocks or note.footnotes:
        return None
    return plain(note, note.headings[0].span)


def _properties(name: str, kind: Kind, day: date) -> Mapping[str, Any]:
    """Those that every stub has, where the schema has nothing against them, and those it asks for, without value."""
    schema = kind.schema
    type_ = schema.property_name("type")
    usual: dict[str, Any] = {schema.property_name("aliases"): [], schema.property_name("created"): day}
    refused = {key for key, keyword in _faults(schema, name, {type_: kind.name, **usual}) if keyword != "required"}
    found: dict[str, Any] = {type_: kind.name, **{key: usual[key] for key in usual if key not in refused}}
    # One that is asked for may ask for another.
    while missing := [key for key, _ in _faults(schema, name, found) if key not in found and key not in refused]:
        found |= dict.fromkeys(missing)
    return found


def _faults(schema: Schema, name: str, properties: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """What the schema has against these properties: the name of each, and the demand that it does not meet."""
    values = {key: value.isoformat() if isinstance(value, date) else value for key, value in properties.items()}
    faults = schema.faults({"name": name, "properties": values, "sections": {}, "order": []})
    return [
        (str(fault.place[1]), fault.keyword)
        for fault in faults
        if fault.place[:1] == ("properties",) and len(fault.place) == 2
    ]


def _dumper() -> type:
    """What writes YAML with nothing behind a key that has no value yet."""
    import yaml

    class Dumper(yaml.SafeDumper):
        pass

    Dumper.add_representer(type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", ""))
    return Dumper
