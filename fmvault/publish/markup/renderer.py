"""Notes of a published vault as HTML."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from fmvault.model import Block, Heading, Note, Span
from fmvault.publish.addresses import Addresses
from fmvault.publish.contexts import OutlineEntry
from fmvault.publish.markup.code import Highlighter
from fmvault.publish.markup.embeds import Page, is_unreadable
from fmvault.publish.markup.links import external
from fmvault.publish.markup.marks import Events, Prepared
from fmvault.publish.markup.math import Formulas
from fmvault.publish.markup.text import Texts, boxed, escaped, valid
from fmvault.publish.markup.writer import Writer
from fmvault.publish.published import Published
from fmvault.vault import reached

# So many notes stay parsed: those embedded in others, and those of which passages are shown.
_PREPARED = 8
# Where the plugin is told of whose drawings are notes.
_EXCALIDRAW = "https://github.com/zsviczian/obsidian-excalidraw-plugin"


class Body(Struct, frozen=True):
    """A note's text on its page.

    ``title_html`` and ``title_id`` are those of its first block if that is a heading of level 1, which then is not in
    ``html``. ``needs`` may have ``mermaid`` and ``math``. ``troubles`` say what could not be shown as it was meant.
    """

    html: str
    title_html: str
    title_id: str
    outline: tuple[OutlineEntry, ...]
    needs: frozenset[str]
    troubles: tuple[str, ...]


class Renderer:
    """Writes the notes of a projection; what is made of code and formulas is kept from one to the next."""

    def __init__(self, published: Published, texts: Mapping[str, str]) -> None:
        self.published = published
        self.vault = published.vault
        self.settings = published.settings
        self.texts = Texts(texts)
        self.code = Highlighter()
        self.formulas = Formulas()
        self._prepared: OrderedDict[tuple[str, bytes], Prepared] = OrderedDict()

    @cached_property
    def addresses(self) -> Addresses:
        """Where each page is."""
        return self.published.addresses

    def body(self, note: Note, page: str) -> Body:
        """The text of ``note`` for the page at the address ``page``."""
        state = Page(self, page)
        prepared = self.prepared(note)
        writer = Writer(state, prepared, root=True)
        if is_unreadable(note):
            html = boxed(escaped(self.texts("unreadable_note")))
        elif any(each.key.casefold() == "excalidraw-plugin" for each in note.properties):
            plugin = f"<a{external(_EXCALIDRAW)}>Excalidraw</a>"
            about = escaped(self.texts("drawing")).replace("{plugin}", plugin)
            html = boxed(about) + writer.text(_words_of_drawing(prepared))
        else:
            html = writer.text(prepared.events)
        return Body(
            valid(html),
            valid(writer.title_html),
            writer.title_id,
            tuple(writer.outline),
            frozenset(state.needs),
            tuple(state.troubles),
        )

    def passage(self, note: Note, span: Span, page: str) -> str:
        """The blocks of a stretch of ``note`` that a section, an entry or a definition takes up; no ids are set.

        Of an entry it is what the entry holds, and of what lies in a block that block's words alone.
        """
        state = Page(self, page)
        state.embeds = False
        prepared = self.prepared(note)
        writer = Writer(state, prepared, root=False)
        events = prepared.between(span)
        return valid(writer.text(events) if events else writer.words(span.start, span.end))

    def place(self, note: Note, anchor: Heading | Block, page: str) -> str:
        """A section or block of ``note`` as an embed shows it, but that what it embeds are links; no ids are set."""
        state = Page(self, page)
        state.embeds = False
        prepared = self.prepared(note)
        return valid(self.part(state, prepared, prepared.place(anchor)))

    def part(self, page: Page, prepared: Prepared, events: Events) -> str:
        """What a part of a note holds, on a page that has begun."""
        return Writer(page, prepared, root=False).text(events)

    def plain_inline(self, text: str) -> str:
        """Markdown within a line that is no note's, such as a property's: its emphasis and code, and no links."""
        return valid(Writer.label(self, text))

    def reads(self, note: Note) -> Sequence[str]:
        """The notes and boards that go into the page of ``note`` through embeds, at any depth; sorted.

        With a canvas go the notes that its cards tell of.
        """
        found: set[str] = set()
        told: set[str] = set()
        todo = [note]
        while todo:
            each = todo.pop()
            for link in each.links:
                if link.embed and link.syntax in ("wikilink", "markdown"):
                    path = reached(self.vault.resolve(link, each))
                    other = self.vault.notes.get(path) if path is not None else None
                    if path is None or other is None or path in found or path == note.path:
                        continue
                    found.add(path)
                    if path[-3:].lower() == ".md":
                        todo.append(other)
                    else:
                        told.update(filter(None, (reached(outcome) for _, outcome in self.vault.outgoing(other))))
        return sorted(found | (told & self.vault.notes.keys()))

    def prepared(self, note: Note) -> Prepared:
        """The note as the parser has read it."""
        key = (note.path, note.digest)
        known = self._prepared.get(key)
        if known is None or known.note is not note:
            known = Prepared(note)
            self._prepared[key] = known
            if len(self._prepared) > _PREPARED:
                self._prepared.popitem(last=False)
        else:
            self._prepared.move_to_end(key)
        return known


def _words_of_drawing(prepared: Prepared) -> Events:
    """The events of a note of the plugin Excalidraw without what warns of its data, and without these."""
    note, events = prepared.note, prepared.events
    data = next((each.span.start - note.body for each in note.headings if each.text.strip() == "Drawing"), None)
    warning = -1
    if events and events[0][0] == {"Start": "Paragraph"}:
        where = events[0][1]
        if b"EXCALIDRAW VIEW" in prepared.original[where["start"] + note.body : where["end"] + note.body]:
            warning = where["end"]
    return [each for each in events if each[1]["start"] >= warning and (data is None or each[1]["start"] < data)]
