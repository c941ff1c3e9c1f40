"""What search shows of a note: its title, its kind, and its text in sections."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property

from fmvault.graph.excerpts import shortened
from fmvault.model import Note, Span
from fmvault.plain import plain
from fmvault.publish.published import Published
from fmvault.publish.titles import title

# No preview's text is longer, in characters; nor is more of a note kept to show excerpts of.
_LEAD, _EXCERPTED = 300, 30_000
_SECTIONS = 300
# In so many passages is the first paragraph looked for.
_PASSAGES = 6
_MARKUP = re.compile(r"[`*_\[\]<>$%^\\|=#&~]")
_FENCES = (b"```", b"~~~")


class Found:
    """A published note or board as search knows it."""

    def __init__(self, published: Published, note: Note, lead: str) -> None:
        self.note = note
        self.lead = lead
        self.address = published.addresses[note.path]
        self.is_board = note.path[-3:].lower() != ".md"
        self._published = published

    @cached_property
    def title(self) -> str:
        """What it is called on its page and in lists."""
        return self.note.name if self.is_board else title(self.note)

    @property
    def other_names(self) -> Sequence[str]:
        """Its aliases, and its file's name where that is not its title."""
        names = [*([] if self.is_board else [self.note.name]), *(alias.name for alias in self.note.aliases)]
        return [name for name in dict.fromkeys(names) if name and name != self.title]

    @property
    def tags(self) -> Sequence[str]:
        return list(dict.fromkeys(tag.name for tag in self.note.tags))

    @cached_property
    def kind(self) -> str:
        """The name of its kind; a board's is its ending."""
        if self.is_board:
            return self.note.path.rpartition(".")[2].lower()
        kind = self._published.concepts.kind(self.note)
        return kind.name if kind is not None else ""

    @property
    def headings(self) -> Sequence[str]:
        return [_read(self.note, index) for index in range(len(self.note.headings))]

    @cached_property
    def sections(self) -> Sequence[str]:
        """The plain text above the first heading, and below each, code included."""
        note = self.note
        if self.is_board or note.text is None:
            return [""]
        ends = [heading.span.end for heading in note.headings]
        starts = [heading.span.start for heading in note.headings]
        size = len(note.text.source)
        spans = zip([note.body, *ends], [*starts, size], strict=True)
        found = [[plain(note, Span(min(start, end), end))] for start, end in spans]
        for each in note.text.opaque:
            if note.text.source.startswith(_FENCES, each.start):
                found[bisect_right(starts, each.start)].append(_code(note.text.source[each.start : each.end]))
        return ["\n".join(filter(None, texts)) for texts in found]

    def shown(self) -> Sequence[tuple[str, str, str]]:
        """Its sections, each with the id and the text of its heading, as far as excerpts are made of them."""
        ids, room = self._published.addresses.ids(self.note), _EXCERPTED
        found = []
        for id, heading, text in zip(["", *ids], ["", *self.headings], self.sections, strict=True):
            text = " ".join(text[: 2 * room].split())[:room]
            room -= len(text)
            if text or heading:
                found.append((id, heading, text))
        return found[:_SECTIONS]

    def preview(self) -> tuple[str, str, str]:
        """Its title, its kind, and its definition or else its first paragraph."""
        return self.title, self.kind, shortened(self.lead or self._first_paragraph(), _LEAD)

    def _first_paragraph(self) -> str:
        note = self.note
        if not self.is_board and note.text is not None:
            for passage in note.text.passages[:_PASSAGES]:
                if passage.kind in ("paragraph", "item", "quote") and (text := plain(note, passage.span)):
                    return text
        return ""


def _read(note: Note, index: int) -> str:
    """A heading without marks."""
    heading = note.headings[index]
    return " ".join(plain(note, heading.span).split()) if _MARKUP.search(heading.text) else heading.text


def _code(block: bytes) -> str:
    """A block of code without its fences."""
    lines = block.decode("utf-8", "replace").splitlines()
    return "\n".join(line for line in lines if not line.lstrip("> \t").startswith(("```", "~~~")))
