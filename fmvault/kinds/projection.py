"""A note as its kind sees it: which of its headings are sections, and what stands in each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from fmvault import mojibake
from fmvault.model import Heading, Json, Link, Note, Passage, Span
from fmvault.plain import is_blank, plain, words

if TYPE_CHECKING:
    from fmvault.kinds.kind import Kind
    from fmvault.kinds.schema.faults import Fault


class Section(Struct, frozen=True, dict=True):
    """A section of a note that its kind knows, from below its heading to where it ends.

    It ends at the next heading of its level or above, or at the next that is a section itself. ``is_outer``: that one
    lies deeper, so that it is a part of this one all the same. ``leading`` are its links within the vault.
    """

    note: Note
    name: str
    heading: Heading
    body: Span
    passages: Sequence[Passage]
    leading: Sequence[Link]
    is_outer: bool

    @property
    def title(self) -> str:
        """Its heading as its author meant it to be read."""
        text = self.heading.text
        return text if text.isascii() else mojibake.repair(text).strip()

    @property
    def items(self) -> int:
        """How many entries its lists have."""
        return len(self.entries)

    @property
    def links(self) -> int:
        """How many links it has, embeds and those to other hosts among them."""
        text, body = self.note.text, self.body
        assert text is not None
        first = bisect_left(text.hyperlinks, Span(body.start, 0))
        hyperlinks = bisect_left(text.hyperlinks, Span(body.end, 0), first) - first
        return hyperlinks + sum(link.syntax == "wikilink" for link in self.leading)

    @cached_property
    def text(self) -> str:
        """What a person reads of it."""
        return plain(self.note, self.body)

    @property
    def words(self) -> int:
        """How many words it has."""
        return words(self.text)

    @property
    def entries(self) -> Sequence[Passage]:
        """The entries of its lists."""
        return [passage for passage in self.passages if passage.kind == "item"]

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it but comments: no section below it, no footnote, no definition of a link."""
        return not self.is_outer and is_blank(self.note, self.body)


class View(Struct, frozen=True, dict=True):
    """A note under its kind."""

    note: Note
    kind: Kind

    @cached_property
    def outline(self) -> Sequence[tuple[Heading, str | None]]:
        """The headings that stand in no list, quote or comment, each with the section it begins, if any."""
        note, find = self.note, self.kind.headings.section
        assert note.text is not None
        passages, starts = note.text.passages, self._starts
        comments = [each for each in note.text.opaque if note.text.source.startswith(b"%%", each.start)]
        comment_starts = [each.start for each in comments]
        outline = []
        for heading in note.headings:
            start = heading.span.start
            # No passage lies in another, and no comment, so that only the last one that has begun may go on.
            above, hidden = bisect_right(starts, start), bisect_right(comment_starts, start)
            if above and passages[above - 1].span.end > start:
                continue
            if not hidden or comments[hidden - 1].end <= start:
                outline.append((heading, find(heading.text, self._names)))
        return outline

    @cached_property
    def _starts(self) -> Sequence[int]:
        assert self.note.text is not None
        return [passage.span.start for passage in self.note.text.passages]

    def _names(self) -> Sequence[str]:
        """What the note is called: its name, its aliases and its first heading of level 1 or 2."""
        note = self.note
        title = next((heading.text for heading in note.headings if heading.level <= 2), None)
        return [note.name, *(alias.name for alias in note.aliases), *([title] if title else [])]

    @cached_property
    def sections(self) -> Sequence[Section]:
        """Its sections, in the order they stand in; two of one name if two headings say the same."""
        note, outline = self.note, self.outline
        assert note.text is not None
        passages, links = note.text.passages, note.links
        starts, link_starts = self._starts, [link.span.start for link in links]
        found = []
        for index, (heading, name) in enumerate(outline):
            if name is None:
                continue
            end, is_outer = note.size, False
            for later in range(index + 1, len(outline)):
                below, other = outline[later]
                if below.level <= heading.level or other is not None:
                    end, is_outer = below.span.start, below.level > heading.level
                    break
            body = Span(min(heading.span.end, end), end)
            held = passages[bisect_left(starts, body.start) : bisect_left(starts, end)]
            leading = links[bisect_left(link_starts, body.start) : bisect_left(link_starts, end)]
            found.append(Section(note, name, heading, body, held, leading, is_outer))
        return found

    @property
    def is_divided(self) -> bool:
        """Whether its sections have been asked for."""
        return "sections" in self.__dict__

    @cached_property
    def first(self) -> Mapping[str, Section]:
        """The section of each name; of two, the one above that has any text of its own."""
        found: dict[str, Section] = {}
        for section in self.sections:
            above = found.get(section.name)
            if above is None or (section.passages and not above.passages):
                found[section.name] = section
        return found

    @property
    def definition(self) -> Section | None:
        """The section that says what the note is about: the one named ``definition``, whatever the kind."""
        return self.first.get("definition")

    @cached_property
    def faults(self) -> Sequence[Fault]:
        """What the kind's schema has against the note."""
        return self.kind.schema.faults(self.instance())

    def instance(self) -> dict[str, Json]:
        """The note as the schema judges it (``schemas/concept.schema.json`` says of each value what it is)."""
        schema = self.kind.schema
        sections: dict[str, Any] = {}
        for name, section in self.first.items():
            sections[name] = described = {"heading": section.title, "level": section.heading.level}
            for fact in schema.facts[name]:
                described[fact] = getattr(section, fact)
        return {
            "name": self.note.name,
            "properties": {schema.property_name(each.key): each.value for each in self.note.properties},
            "sections": sections,
            "order": list(sections),
        }
