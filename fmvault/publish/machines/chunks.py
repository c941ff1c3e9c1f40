"""``notes.json``: the notes in sections, for programs that search by meaning and answer from what they find.

Its shape is held by ``schemas/notes.schema.json``. Each note is a line of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from urllib.parse import quote

import msgspec
from msgspec import Struct

from fmvault.model import Note, Span
from fmvault.plain import plain
from fmvault.publish.addresses import NOTES_JSON
from fmvault.publish.machines.copies import copy_address
from fmvault.publish.machines.told import End, Told, aliases, clean, tags
from fmvault.publish.task import Task, digest

VERSION = 1
# How the line of a note begins.
_DIGEST = re.compile(rb'\{"digest":"([0-9a-f]{32})",')
_SIMPLE = frozenset("`*_[]<>$%^\\|=#&~!")


class Chunk(Struct, frozen=True):
    """What stands above a note's first heading, or below one up to the next.

    ``headings`` lead down to it; ``links`` are the addresses it leads to in the site.
    """

    address: str
    headings: Sequence[str]
    text: str
    links: Sequence[str]


class Described(Struct, frozen=True):
    """A note and its sections; ``digest`` changes if anything of it does, and only then."""

    digest: str
    name: str
    title: str
    address: str
    markdown: str
    kind: str | None
    tags: Sequence[str]
    aliases: Sequence[str]
    definition: str | None
    created: str | None
    changed: str | None
    sections: Sequence[Chunk]


class Head(Struct, frozen=True):
    version: int
    title: str
    description: str | None
    url: str | None
    language: str


def chunks(told: Told, past: Callable[[str], bytes | None] | None = None) -> Task:
    """All notes and their sections; ``past`` gives the file as it was, from which what has not changed is taken."""
    return Task(NOTES_JSON, digest("notes", VERSION, told.facts), lambda: _written(told, past))


def _written(told: Told, past: Callable[[str], bytes | None] | None) -> bytes:
    settings = told.settings
    description = clean(settings.description) or None
    head = Head(VERSION, clean(told.published.title), description, told.url or None, settings.language)
    known = _lines(past(NOTES_JSON)) if past is not None else {}
    encode = msgspec.json.Encoder().encode
    lines = []
    for note in told.published.notes:
        mark = told.mark(note).hex()
        lines.append(known.get(mark.encode()) or encode(_described(told, note, mark)))
    return b'%s,"notes":[\n%s\n]}\n' % (encode(head)[:-1], b",\n".join(lines))


def _lines(document: bytes | None) -> Mapping[bytes, bytes]:
    """The notes of a file, each as it is written there, by their digests."""
    found = {}
    for line in (document or b"").split(b"\n"):
        if (match := _DIGEST.match(line)) is not None:
            found[match[1]] = line.removesuffix(b",")
    return found


def _described(told: Told, note: Note, mark: str) -> Described:
    address = told.address(note.path)
    return Described(
        mark,
        clean(note.name),
        told.title(note),
        quote(address),
        quote(copy_address(address)),
        told.kind(note) or None,
        tags(note),
        aliases(note),
        told.definition(note) or None,
        told.created(note) or None,
        told.updated(note) or None,
        list(_sections(told, note, quote(address))),
    )


def _sections(told: Told, note: Note, address: str) -> Iterator[Chunk]:
    """The sections that say something or lead somewhere."""
    if note.text is None:
        return
    ids = told.published.addresses.ids(note)
    led_to = [
        (link.span.start, end)
        for link, end in zip(note.links, told.ends(note), strict=True)
        if end is not None and link.syntax != "property"
    ]
    above: list[tuple[int, str]] = []
    start, place, next_link = note.body, address, 0
    for index in range(len(note.headings) + 1):
        heading = note.headings[index] if index < len(note.headings) else None
        end = heading.span.start if heading is not None else len(note.text.source)
        until = next_link
        while until < len(led_to) and led_to[until][0] < end:
            until += 1
        text = clean(plain(note, Span(min(start, end), end)))
        links = list(dict.fromkeys(_shown(led_to[at][1]) for at in range(next_link, until)))
        if text or links:
            yield Chunk(place, [shown for _, shown in above], text, links)
        next_link = until
        if heading is not None:
            while above and above[-1][0] >= heading.level:
                above.pop()
            raw = heading.text
            shown = raw if _SIMPLE.isdisjoint(raw) else " ".join(plain(note, heading.span).split())
            above.append((heading.level, clean(shown)))
            start, place = heading.span.end, f"{address}#{_quoted(ids[index])}"


def _shown(end: End) -> str:
    return _quoted(end.address) + (f"#{_quoted(end.fragment)}" if end.fragment else "")


@lru_cache(10_000)
def _quoted(address: str) -> str:
    return quote(address)
