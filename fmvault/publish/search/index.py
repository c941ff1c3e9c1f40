"""The index, in the form that MiniSearch reads.

``data/search.js`` has all titles, other names and tags: an index of its own, which is loaded first. That of the texts
is divided twice. A note falls into a group by its address, and a change of it touches the scripts of that group alone;
a word falls into a part by how it begins, and only the parts of the words that are asked for are loaded, of all groups.

For phrases, the places of words are divided in the same way. The words themselves, of each group in one list, are there
for those that do not begin with what is asked for but have it within.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain, islice, takewhile
from math import log
from operator import eq, sub
from typing import Any

from fmvault.publish.search.notes import Found
from fmvault.publish.search.scripts import script, share
from fmvault.publish.search.words import beginning, counted, is_long, placed

TITLE_FIELDS = ("title", "name", "tag")
TEXT_FIELDS = ("heading", "definition", "text")
# How MiniSearch calls the form of its indexes.
_VERSION = 2
# Notes' sizes are told in steps of a quarter, so that few changes of a text change what is told of the note.
_STEP = 1.25
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

Postings = dict[str, dict[int, dict[int, int]]]


def titles(notes: Sequence[Found], facts: Mapping[str, Any]) -> bytes:
    """The script with the index of all titles, what is shown of each result, and ``facts``."""
    fields = [(note.title, "\n".join(note.other_names), "\n".join(note.tags)) for note in notes]
    index: Postings = {}
    lengths: dict[int, list[int]] = {}
    for document, texts in enumerate(fields):
        lengths[document] = [_enter(index, document, field, counted(text)) for field, text in enumerate(texts)]
    count = max(len(notes), 1)
    return script(
        "search",
        {
            **facts,
            "tags": _tagged(notes),
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


def _tagged(notes: Sequence[Found]) -> Sequence[tuple[str, Sequence[int]]]:
    """The notes that have each tag, by their numbers."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for document, note in enumerate(notes):
        for tag in note.tags:
            found[tag].append(document)
    return sorted(found.items())


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
        return self._made[0][part]

    def places(self, part: int) -> bytes:
        """The script with the places of the words of one part: in each note the first, and how far each next is."""
        return self._made[1][part]

    def words(self) -> bytes:
        """The script with all words that others may stand within."""
        return self._made[2]

    @cached_property
    def _made(self) -> tuple[Sequence[bytes], Sequence[bytes], bytes]:
        # What is asked for part by part is made at once: each note's text is cut into words but once.
        index: Postings = {}
        places: dict[str, dict[int, list[int]]] = {}
        for document, note in enumerate(self.notes):
            headings = note.headings
            _enter(index, document, 0, counted("\n".join(headings)))
            _enter(index, document, 1, counted(note.lead))
            for word, at in placed(chain.from_iterable(zip(("", *headings), note.sections, strict=True))).items():
                if (documents := places.get(word)) is None:
                    places[word] = {document: at}
                else:
                    documents[document] = at
        # The words of a part, with their postings and with their places.
        parts: list[tuple[list[Any], list[Any]]] = [([], []) for _ in range(self.parts)]
        of: dict[str, int] = {}
        ordered = sorted(index.keys() | places.keys())
        for word in ordered:
            start = beginning(word)
            if (part := of.get(start)) is None:
                part = of[start] = share(start, self.parts)
            fields = index.get(word, {})
            if documents := places.get(word):
                fields[2] = {document: len(at) for document, at in documents.items()}
                steps = {document: at if len(at) == 1 else _steps(at) for document, at in documents.items()}
                parts[part][1].append((word, steps))
            parts[part][0].append((word, fields))
        return (
            [script(name(self.number, part), entries) for part, (entries, _) in enumerate(parts)],
            [script(name(self.number, part, "places"), entries) for part, (_, entries) in enumerate(parts)],
            script(listed(self.number), packed(word for word in ordered if is_long(word))),
        )


def _steps(places: Sequence[int]) -> Sequence[int]:
    """The first place, and how far each next is from the last."""
    return [places[0], *map(sub, islice(places, 1, None), places)]


def name(group: int, part: int, stem: str = "search") -> str:
    """What the script is called that has the words of a part in the notes of a group."""
    return f"{stem}-{group:x}-{part:02x}"


def listed(group: int) -> str:
    """What the script is called that has the list of words in the notes of a group."""
    return f"words-{group:x}"


def packed(ordered: Iterable[str]) -> str:
    """Sorted words in one text: of each, in base 36, how much of the last one it begins with, and the rest."""
    found = []
    last = ""
    for word in ordered:
        kept = sum(1 for _ in takewhile(bool, map(eq, last, word)))
        found.append(_DIGITS[kept] + word[kept:])
        last = word
    return " ".join(found)


def _enter(index: Postings, document: int, field: int, found: Mapping[str, int]) -> int:
    """Enters how often words stand in a text; how many different ones there are."""
    for word, count in found.items():
        if (fields := index.get(word)) is None:
            index[word] = {field: {document: count}}
        elif (documents := fields.get(field)) is None:
            fields[field] = {document: count}
        else:
            documents[document] = count
    return len(found)
