"""Edits that add to a note's frontmatter, in the form that it has."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence

from fmvault.model import Edit, Property, Span
from fmvault.properties.scalars import plain, quoted

# What is a property's name without quotes, and is nothing else to YAML.
_BARE = re.compile(r"[^\W\d][\w-]*(?: [\w-]+)*")
_COLON = re.compile(rb"[ \t]*:")
_ENTRY = re.compile(rb"([ \t]*)-([ \t]*)")
# What begins a YAML anchor, alias or tag.
_MARKS = (b"&", b"*", b"!")


def new_properties(source: bytes, body: int, properties: Mapping[str, Sequence[str]]) -> Edit:
    """Add properties that are not there, each a list in block form, below those that are.

    ``body`` is where the text begins that follows the frontmatter; where there is none, it is made.
    """
    line_break = _line_break(source)
    written = "".join(
        f"{_as_key(name)}:{line_break}{''.join(f'  - {quoted(entry)}{line_break}' for entry in entries)}"
        for name, entries in properties.items()
    )
    start = start_of_text(source)
    if source.startswith(b"---", start) and body > start:
        return _insert(source.rindex(b"---", 0, body), written)
    return _insert(start, f"---{line_break}{written}---{line_break}")


def more_entries(source: bytes, held: Property, entries: Sequence[str]) -> tuple[Edit, ...]:
    """Add entries to a property, which becomes a list if it was none; nothing where its form is not dealt with."""
    span = held.span
    raw = source[span.start : span.end]
    if isinstance(held.value, dict) or raw.startswith(_MARKS):
        return ()
    written = [quoted(entry) for entry in entries]
    if raw.startswith(b"[") and isinstance(held.value, list):
        if held.items:
            return (_insert(held.items[-1].end, "".join(f", {entry}" for entry in written)),)
        return (_insert(span.start + 1, ", ".join(written)),)
    if isinstance(held.value, list):
        last = held.items[-1]
        entry = _ENTRY.fullmatch(source, source.rfind(b"\n", 0, last.start) + 1, last.start)
        if entry is None or b"\n" in source[last.start : last.end]:
            return ()
        opening = f"{entry[1].decode()}-{entry[2].decode() or ' '}"
        return (_below(source, last.end, opening, written),)
    colon = _COLON.match(source, held.key_span.end)
    if colon is None or b"\n" in source[colon.end() : span.end]:
        return ()
    if not raw:
        return (_below(source, colon.end(), "  - ", written),)
    below = _below(source, span.end, "  - ", written)
    if held.value in (None, ""):
        return (Edit(Span(colon.end(), span.end), ""), below)
    return (Edit(Span(colon.end(), span.start), f"{_line_break(source)}  - "), below)


def start_of_text(source: bytes) -> int:
    """Where the first line begins: behind the byte order mark, if there is one."""
    return len(codecs.BOM_UTF8) if source.startswith(codecs.BOM_UTF8) else 0


def _below(source: bytes, place: int, opening: str, entries: Sequence[str]) -> Edit:
    """Add entries below the line of ``place``, which keeps its comment."""
    end = source.find(b"\n", place)
    if source[end - 1 : end] == b"\r":
        end -= 1
    return _insert(end, "".join(f"{_line_break(source)}{opening}{entry}" for entry in entries))


def _line_break(source: bytes) -> str:
    first = source.find(b"\n")
    return "\r\n" if source[first - 1 : first] == b"\r" else "\n"


def _insert(place: int, text: str) -> Edit:
    return Edit(Span(place, place), text)


def _as_key(name: str) -> str:
    """A property's name, in quotes where YAML wants them."""
    return name if _BARE.fullmatch(name) and isinstance(plain(name), str) else quoted(name)
