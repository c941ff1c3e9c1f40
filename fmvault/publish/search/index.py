"""The index, in the form that MiniSearch reads.

``data/search.js`` has all titles, other names and tags: an index of its own, which is loaded first. That of the texts
is divided twice. A note falls into a group by its address, and a change of it touches the scripts of that group alone;
a word falls into a part by how it begins, and only the parts of the words that are asked for are loaded, of all groups.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from math import log
from typing import Any

from fmvault.publish.search.notes import Found
from fmvault.publish.search.scripts import script, share
from fmvault.publish.search.words import beginning, counted

TITLE_FIELDS = ("title", "name", "tag")
TEXT_FIELDS = ("heading", "definition", "text")
# How MiniSearch calls the form of its indexes.
_VERSION = 2
# Notes' sizes are told in steps of a quarter, so that few changes of a text change what is told of the note.
_STEP = 1.25

Postings = dict[str, dict[int, dict[int, int]]]


def titles(notes: Sequence[Found], facts: Mapping[str, Any]) -> bytes:
    """The script with the index of all titles, what is shown of each result, and ``facts``."""
    fields = [(note.title, "\n".join(note.other_names), "\n".join(note.tags)) for note in notes]
    index: Postings = {}
    lengths: dict[int, list[int]] = {}
    for document, texts in enumerate(fields):
        lengths[document] = [_enter(index, document, field, text) for field, text in enumerate(texts)]
    count = max(len(notes), 1)
    return script(
        "search",
        {
            **facts,
            "titles": {
                "documentCount": len(notes),
                "nextId": len(notes),
                "documentIds": {document: note.address for document, note in enumerate(notes)},
                "fieldIds": {name: number for number, name in enumerate(TITLE_FIELDS)},
                "fieldLength": lengths,
                "averageFieldLength": [
                    round(sum(length[field] for length in lengths.values()) / count, 3)
                    for field in range(len(TITLE_FIELDS))
                ],
                "storedFields": {document: _stored(note) for document, note in enumerate(notes)},
                "dirtCount": 0,
                "index": sorted(index.items()),
                "serializationVersion": _VERSION,
            },
        },
    )


def size(note: Found) -> int:
    """How long a note is, in steps of a quarter."""
    return round(log(max(note.note.size - note.note.body, 1), _STEP))


def _stored(note: Found) -> dict[str, Any]:
    stored: dict[str, Any] = {"title": note.title, "size": size(note)}
    if note.kind:
        stored["kind"] = note.kind
    if note.note.folder:
        stored["folder"] = note.note.folder
    if names := note.other_names:
        stored["names"] = names
    return stored


class Group:
    """The notes of one group, sorted by address: a note's place among them is its number in their scripts."""

    def __init__(self, notes: Sequence[Found], number: int, parts: int) -> None:
        self.notes = notes
        self.number = number
        self.parts = parts

    def script(self, part: int) -> bytes:
        """The script with the words of one part, as they stand in MiniSearch's ``index``."""
        return self._scripts[part]

    @cached_property
    def _scripts(self) -> Sequence[bytes]:
        # What is asked for part by part is made at once: each note's text is cut into words but once.
        index: Postings = {}
        for document, note in enumerate(self.notes):
            headings = note.headings
            _enter(index, document, 0, "\n".join(headings))
            _enter(index, document, 1, note.lead)
            _enter(index, document, 2, "\n".join((*headings, *note.sections())))
        parts: defaultdict[int, list[tuple[str, dict[int, dict[int, int]]]]] = defaultdict(list)
        of: dict[str, int] = {}
        for word in sorted(index):
            start = beginning(word)
            if (part := of.get(start)) is None:
                part = of[start] = share(start, self.parts)
            parts[part].append((word, index[word]))
        return [script(name(self.number, part), parts[part]) for part in range(self.parts)]


def name(group: int, part: int) -> str:
    """What the script is called that has the words of a part in the notes of a group."""
    return f"search-{group:x}-{part:02x}"


def _enter(index: Postings, document: int, field: int, text: str) -> int:
    """Enters the words of a text; how many different ones there are."""
    found = counted(text) if text else {}
    for word, count in found.items():
        if (fields := index.get(word)) is None:
            index[word] = {field: {document: count}}
        elif (documents := fields.get(field)) is None:
            fields[field] = {document: count}
        else:
            documents[document] = count
    return len(found)
