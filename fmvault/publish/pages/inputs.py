"""What each page depends on, told without making it.

A page's digest has to differ whenever the page would, and should not where the page would not: a note that leads to
another is quoted there by the sentence alone, so that an edit elsewhere in it is none of the other's business.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from fmvault.model import START, Link, Note, Span
from fmvault.publish import titles
from fmvault.publish.pages.atlas import Atlas
from fmvault.publish.task import digest
from fmvault.vault import reached

if TYPE_CHECKING:
    from fmvault.publish.pages.renderer import Renderer

# An address that is not of the web and may name a note, or a block that is a base.
_NAMING = re.compile(
    rb"(?:\]\([ \t]*<?|\]:[ \t]*<?|<|=[ \t]*[\"']?)(?!https?:|mailto:)[a-z&][a-z0-9+.&#;-]*:|[`~]{3}[ \t]*base",
    re.IGNORECASE,
)
# A sentence is looked for in no more than so many bytes on either side of its link.
_AROUND = 1200


class Inputs:
    """What pages are made from, as bytes that differ when it does."""

    def __init__(self, atlas: Atlas, renderer: Renderer) -> None:
        self.atlas = atlas
        self._renderer = renderer
        vault, addresses = atlas.vault, atlas.addresses
        # What others show of a note: its title, its address and its kind.
        faces = {path: _bytes(f"{atlas.titles[path]}\0{addresses[path]}\0{atlas.kind(path)}") for path in vault.notes}
        self.faces: Mapping[str, bytes] = faces
        self._leads: dict[str, list[bytes]] = {}
        quoted: defaultdict[str, list[bytes]] = defaultdict(list)
        for path, note in vault.notes.items():
            leads: list[bytes] = []
            for link, outcome in vault.outgoing(note):
                other = reached(outcome)
                if other is None:
                    leads.append(_bytes(f"{type(outcome).__name__}"))
                    continue
                leads += faces.get(other) or _bytes(addresses[other]), _bytes(atlas.fragment(outcome))
                if other != path:
                    quoted[other] += faces[path], _quoted(note, link)
            leads += (_bytes(addresses.tag(tag.name.strip("/"))) for tag in note.tags if tag.name.strip("/"))
            self._leads[path] = leads
        self._quoted = dict(quoted)

    def note(self, note: Note) -> bytes:
        """Of a note's page."""
        atlas, path = self.atlas, note.path
        read = list(self._renderer.reads(note)) if any(link.embed for link in note.links) else []
        before, after = atlas.reading.get(path, (None, None))
        return digest(
            note.digest,
            self.faces[path],
            self._leads[path],
            [(self._face(other), self._digest(other), self._leads.get(other, ())) for other in read],
            self._names if any(map(self._asks_for_names, (path, *read))) else b"",
            self._quoted.get(path, ()),
            [(name, incoming, self._face(other)) for name, incoming, other in atlas.related.get(path, ())],
            self._around(path),
            _bytes(atlas.reference(path)),
            before and self.faces[before],
            after and self.faces[after],
            atlas.published.days.get(path),
            self.above(note.folder),
        )

    def board(self, note: Note) -> bytes:
        """Of the page of a canvas or base."""
        vault, path = self.atlas.vault, note.path
        shown = {other for _, outcome in vault.outgoing(note) if (other := reached(outcome)) in vault.notes}
        return digest(
            note.digest,
            self.faces[path],
            self._leads[path],
            [(self._digest(other), self._leads[other]) for other in sorted(filter(None, shown))],
            self._names,
            self._quoted.get(path, ()),
            self.above(note.folder),
        )

    def above(self, folder: str) -> list[str]:
        """Of the way to a folder."""
        return [self.atlas.addresses.folders[each] for each in folders_above(folder)]

    def said(self) -> list[bytes]:
        """Of what all notes say first."""
        found = []
        for note in self.atlas.published.notes:
            span = self.atlas.said_first(note)
            found.append(_shape(note, span.start, span.end) if span is not None else b"")
            found.append(_bytes(titles.description(note)))
        return found

    def listed(self, paths: Sequence[str]) -> list[bytes]:
        """Of notes that are listed."""
        return [self.faces[path] for path in paths]

    def passage(self, note: Note, span: Span) -> object:
        """Of a passage of a note that is shown elsewhere."""
        text = note.text
        assert text is not None
        # What stands in brackets may be defined anywhere in the note.
        whole = b"[^" in text.source[span.start : span.end] or text.source.find(b"]:", note.body) >= 0
        first = bisect_left(note.links, span.start, key=START)
        last = bisect_left(note.links, span.end, first, key=START)
        leads: list[bytes] = []
        for link, outcome in self.atlas.vault.outgoing(note)[first:last]:
            other = reached(outcome)
            if other is None:
                leads.append(_bytes(type(outcome).__name__))
            else:
                leads += (
                    self._face(other),
                    _bytes(self.atlas.fragment(outcome)),
                    self._digest(other) if link.embed else b"",
                )
        names = self._names if self._asks_for_names(note.path) else b""
        return self.faces[note.path], note.digest if whole else _shape(note, span.start, span.end), leads, names

    @cached_property
    def _names(self) -> bytes:
        """Of which names may be told: those of what there is, and not those of notes that are not published."""
        atlas = self.atlas
        return digest(sorted(atlas.vault.files), sorted(atlas.addresses.tags), sorted(atlas.published.names_withheld))

    def _asks_for_names(self, path: str) -> bool:
        """Whether a note or board may name others without a link: in a base, or an address that is not of the web."""
        note = self.atlas.vault.notes[path]
        if note.text is None:
            return True
        return _NAMING.search(note.text.source) is not None

    def _around(self, path: str) -> list[bytes]:
        shown, pairs = self.atlas.around(path)
        return [self.faces[other] for other in shown] + [b"%d %d" % pair for pair in pairs]

    def _face(self, id: str) -> bytes:
        if (face := self.faces.get(id)) is not None:
            return face
        if id in self.atlas.addresses:
            return _bytes(self.atlas.addresses[id])
        return _bytes(self.atlas.graph.nodes[id].name)

    def _digest(self, path: str) -> bytes:
        note = self.atlas.vault.notes.get(path)
        return note.digest if note is not None else b""


def folders_above(folder: str) -> Sequence[str]:
    """A folder and those above it, from the top; none for the vault itself."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[: index + 1]) for index in range(len(parts))]


def _quoted(note: Note, link: Link) -> bytes:
    """Of the sentence that a link stands in."""
    text = note.text
    if text is None or link.syntax not in ("wikilink", "markdown"):
        return b""
    at = link.span.start
    index = bisect_right(text.passages, at, key=START) - 1
    if index >= 0 and text.passages[index].span.end >= link.span.end:
        around = text.passages[index].span
    else:
        index = bisect_right(note.headings, at, key=START) - 1
        if index < 0 or note.headings[index].span.end < link.span.end:
            return b""
        around = note.headings[index].span
    start, end = max(around.start, at - _AROUND), min(around.end, link.span.end + _AROUND)
    return b"%d %d %s" % (at - start, link.span.end - start, _shape(note, start, end))


def _shape(note: Note, start: int, end: int) -> bytes:
    """A stretch of a note's source, and what of it is links, code and the like; where it stands is no matter."""
    text = note.text
    assert text is not None
    source = text.source[start:end]
    special = []
    for stretches in (text.opaque, text.hyperlinks):
        first = max(0, bisect_left(stretches, Span(start, 0)) - 1) if stretches else 0
        while first < len(stretches) and stretches[first].start < end:
            each = stretches[first]
            if each.end > start:
                special.append(b"%d %d" % (max(each.start - start, -1), min(each.end, end) - start))
            first += 1
        special.append(b"")
    return b"%s\0%s" % (b",".join(special), source) if len(special) > 2 else source


def _bytes(text: str) -> bytes:
    # A file's name may hold bytes that are no text.
    return text.encode("utf-8", "surrogatepass")
