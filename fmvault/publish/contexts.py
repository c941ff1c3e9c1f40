"""What templates are handed: every page as values, its addresses already relative to it.

A field whose name ends with ``html`` is markup that is safe to write as it is; all others are text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from fmvault.model import Json

# Where the templates that fmvault brings are found beside one's own of the same name.
SHIPPED = "fmvault/"


def are_shipped(sources: Mapping[str, str]) -> bool:
    """Whether each template is one of fmvault's own."""
    return all(sources.get(SHIPPED + name.removeprefix(SHIPPED)) == source for name, source in sources.items())


class Texts(dict[str, str]):
    """The texts of the interface; one that is not there is empty."""

    def __missing__(self, key: str) -> str:
        return ""


class Ref(Struct, frozen=True, kw_only=True):
    """A link to a note or another page.

    ``href`` is None where there is no page: for a note that is ``missing``. ``key`` is what its preview is found by,
    the page's address from the root. ``kind`` and ``lead`` (plain text, the definition) are a note's, where known.
    """

    title: str
    href: str | None
    key: str = ""
    kind: str = ""
    lead: str = ""
    missing: bool = False


class Backlink(Struct, frozen=True, kw_only=True):
    """A note that leads here, and the sentences it does so in: HTML with the link itself in ``<mark>``."""

    note: Ref
    sentences_html: Sequence[str] = ()


class RelationGroup(Struct, frozen=True, kw_only=True):
    """The notes that a relation leads to, by its name as written (``is-a``), or from (``incoming``)."""

    name: str
    incoming: bool
    notes: Sequence[Ref]


class PropertyRow(Struct, frozen=True, kw_only=True):
    """A property: its key as written, its type (text, list, number, checkbox, date, datetime, link), its values."""

    key: str
    type: str
    values_html: Sequence[str]


class OutlineEntry(Struct, frozen=True, kw_only=True):
    """A heading of the page, for its table of contents.

    ``step`` is how many levels it stands below the highest of the page, ``href`` what leads to it from there.
    """

    level: int
    title: str
    id: str
    step: int = 0
    href: str = ""


class Day(Struct, frozen=True, kw_only=True):
    """A day: ``2026-11-22``, and as the language of the site writes it."""

    iso: str
    shown: str


class Head(Struct, frozen=True, kw_only=True):
    """What stands in a page's head; ``json_ld`` is JSON without anything that could end a script element."""

    title: str
    description: str = ""
    canonical: str | None = None
    markdown: str | None = None
    feed: str | None = None
    image: str | None = None
    json_ld: str = ""
    type: str = "website"


class Frame(Struct, frozen=True, kw_only=True):
    """What every page has: the site, where the page is, and what it needs.

    ``page`` is the kind of page: home, note, board, tag, tags, folder, all, glossary, questions, wanted, graph,
    not-found. ``root`` leads to the site's root (``../``), ``address`` is the page's own. ``menu`` has the pages that
    every page leads to, by their names in the catalogue (``all``, ``glossary``, ``graph``, ``tags``, ``questions``,
    ``wanted``) with ``current`` where it is this one. ``crumbs`` lead from the root here. ``needs`` may hold
    ``mermaid`` and ``math``. ``texts`` is the catalogue. ``site_direction`` is that of the site's own language where it
    is written from right to left.
    """

    site_title: str
    site_description: str
    author: str
    language: str
    note_language: str = ""
    direction: str = ""
    page: str
    root: str
    address: str
    title: str
    head: Head
    policy: str
    menu: Sequence[tuple[str, str, bool]]
    crumbs: Sequence[Ref]
    needs: Sequence[str] = ()
    styles: Sequence[str] = ()
    search: bool = True
    texts: Mapping[str, str]
    site_direction: str = ""


class NotePage(Struct, frozen=True, kw_only=True):
    """A note's page. ``body_html`` is the note without its first heading if that is the page's title.

    ``lead_html`` is the definition where it does not begin the body anyway; ``graph_svg`` a picture of the notes next
    to it, with links.
    """

    title_html: str
    title_id: str
    kind: str
    lead_html: str
    aliases: Sequence[str]
    tags: Sequence[Ref]
    properties: Sequence[PropertyRow]
    body_html: str
    outline: Sequence[OutlineEntry]
    relations: Sequence[RelationGroup]
    backlinks: Sequence[Backlink]
    graph_svg: str
    graph_href: str
    previous: Ref | None
    next: Ref | None
    created: Day | None
    changed: Day | None
    edit: str | None
    markdown: str | None
    words: int
    css_classes: Sequence[str] = ()


class Listing(Struct, frozen=True, kw_only=True):
    """A group of a list page: a letter, a folder, a note; ``id`` to lead to it."""

    title: str
    id: str
    entries: Sequence[Entry]
    href: str | None = None


class Entry(Struct, frozen=True, kw_only=True):
    """An entry of a list page.

    ``text_html`` is what it says: a definition, a question. ``notes`` are others it names: the askers of a wanted note.
    ``count`` is how many there are of what is counted: notes of a tag, links to a missing note.
    """

    ref: Ref
    text_html: str = ""
    notes: Sequence[Ref] = ()
    questions: Sequence[str] = ()
    count: int | None = None
    changed: Day | None = None


class ListPage(Struct, frozen=True, kw_only=True):
    """A page of lists: of a tag, a folder, all notes, the glossary, the open questions, what is wanted.

    ``intro_html`` is the text above: of a folder, its own note. ``inner`` are the tags or folders below this one.
    ``groups`` are in order; ``index`` says to lead to each of them from the top.
    """

    intro_html: str = ""
    inner: Sequence[Entry] = ()
    groups: Sequence[Listing] = ()
    index: bool = False
    total: int = 0


class HomePage(Struct, frozen=True, kw_only=True):
    """The first page of a site that has no note for it: what is central, what has changed, what is in it."""

    notes: int
    links: int
    central: Sequence[Entry]
    recent: Sequence[Entry]
    folders: Sequence[Entry]
    tags: Sequence[Entry]
    graph_svg: str


class BoardPage(Struct, frozen=True, kw_only=True):
    """A canvas or base: ``svg`` a canvas drawn, ``listing`` what it holds for those who see no picture."""

    kind: str
    svg: str
    listing: Sequence[Entry]
    backlinks: Sequence[Backlink]
    body_html: str = ""


class Rendered(Struct, frozen=True, kw_only=True):
    """A page before it is put into its template: the name of that, and what it is handed beside the frame."""

    template: str
    frame: Frame
    content: NotePage | ListPage | HomePage | BoardPage | None = None
    extra: Json = None
