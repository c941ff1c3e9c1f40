"""The pages of notes and boards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from html import escape
from urllib.parse import quote

from msgspec.structs import replace

from fmvault.graph.excerpts import sentence
from fmvault.model import Alias, Json, Link, Note, Span
from fmvault.plain import plain, words_of
from fmvault.properties import read as read_frontmatter
from fmvault.publish.addresses import GRAPH, HOME, href
from fmvault.publish.contexts import Backlink, BoardPage, Entry, NotePage, OutlineEntry, Ref, RelationGroup, Rendered
from fmvault.publish.machines.told import absolute
from fmvault.publish.markup.embeds import is_unreadable
from fmvault.publish.markup.text import boxed
from fmvault.publish.pages import order, picture, properties
from fmvault.publish.pages.atlas import Atlas
from fmvault.publish.pages.frames import Frames
from fmvault.publish.pages.renderer import Renderer
from fmvault.vault import fold

# No note is quoted oftener on another's page, and of a great many notes that lead there only the first are.
_SENTENCES, _QUOTED = 5, 200
# How far back what stands before a link is read to tell its label from the same words.
_BEFORE = 240
_CLASS = "-_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class NotePages:
    """Makes the pages of notes and boards."""

    def __init__(self, atlas: Atlas, frames: Frames, renderer: Renderer) -> None:
        self._atlas = atlas
        self._frames = frames
        self._renderer = renderer

    def note(self, note: Note) -> Rendered:
        """A note's page."""
        from fmvault.publish.machines import copy_address, json_ld, social_image

        atlas, path = self._atlas, note.path
        page = atlas.addresses[path]
        body = self._renderer.body(note, page)
        title = atlas.titles[path]
        created, changed = atlas.days(path)
        lang, direction = properties.language(note)
        if direction and not lang:
            lang = atlas.settings.language
        markdown = href(copy_address(page), page)
        image = social_image(atlas.published, note)
        before, after = atlas.reading.get(path, (None, None))
        content = NotePage(
            title_html=body.title_html or escape(title),
            title_id=body.title_id,
            kind=atlas.kind(path),
            lead_html=self._lead(note, page),
            aliases=_other_names(note.aliases, title),
            tags=self._tags(note, page),
            properties=properties.rows(atlas, note, page),
            body_html=body.html,
            outline=_outline(body.outline),
            relations=self._relations(note, page),
            backlinks=self.backlinks(path, page),
            graph_svg=self._picture(path, page),
            graph_href=self._graph_href(path, page),
            previous=atlas.ref(before, page) if before else None,
            next=atlas.ref(after, page) if after else None,
            created=atlas.day(created),
            changed=atlas.day(changed),
            edit=self._edit(path),
            markdown=markdown,
            words=words_of(note),
            css_classes=_classes(note),
        )
        frame = self._frames.frame(
            "home" if page == HOME else "note",
            page,
            title,
            crumbs=() if page == HOME else self._frames.crumbs(note.folder, page),
            description=atlas.description(path),
            markdown=markdown,
            image=absolute(atlas.settings, image) if image else None,
            json_ld=json_ld(atlas.published, note, atlas.leads.get(path, "")),
            type="article",
            needs=body.needs,
            note_language=lang,
            direction=direction,
        )
        return Rendered(template="note.html", frame=frame, content=content)

    def board(self, note: Note) -> Rendered:
        """The page of a canvas or a base."""
        from fmvault.publish.boards import base as base_page
        from fmvault.publish.boards import canvas

        atlas = self._atlas
        page, kind = atlas.addresses[note.path], atlas.kind(note.path)
        svg, body_html = "", ""
        listing: Sequence[Entry] = ()
        if is_unreadable(note):
            body_html = boxed(escape(atlas.texts[f"unreadable_{kind}"]))
        elif kind == "canvas":
            svg, listing = canvas(atlas.published, self._renderer, note, page)
        else:
            body_html = base_page(atlas.published, note, atlas.texts)
        content = BoardPage(
            kind=kind, svg=svg, listing=listing, backlinks=self.backlinks(note.path, page), body_html=body_html
        )
        crumbs = self._frames.crumbs(note.folder, page)
        frame = self._frames.frame("board", page, atlas.titles[note.path], crumbs=crumbs)
        return Rendered(template="board.html", frame=frame, content=content)

    def moved(self, path: str, address: str) -> Rendered:
        """A page that leads on to the note at ``path``."""
        atlas = self._atlas
        to = atlas.addresses[path]
        frame = self._frames.frame("redirect", address, atlas.titles[path])
        frame = replace(frame, head=replace(frame.head, canonical=absolute(atlas.settings, to)))
        return Rendered(template="redirect.html", frame=frame, extra={"target": href(to, address)})

    # -- parts of a note's page ----------------------------------------------------------------------------------------

    def _lead(self, note: Note, page: str) -> str:
        """The definition, unless the text begins with it."""
        section = self._atlas.definitions.get(note.path)
        span = self._atlas.definition_span(note.path)
        text = note.text
        if section is None or span is None or text is None:
            return ""
        if not text.passages or text.passages[0].span.start >= section.heading.span.start:
            return ""
        return self._renderer.passage(note, span, page)

    def _tags(self, note: Note, page: str) -> Sequence[Ref]:
        names = {fold(tag.name.strip("/")): tag.name.strip("/") for tag in reversed(note.tags)}
        found = [Ref(title=name, href=href(self._atlas.addresses.tag(key), page)) for key, name in names.items() if key]
        return sorted(found, key=lambda ref: order.key(ref.title))

    def _relations(self, note: Note, page: str) -> Sequence[RelationGroup]:
        atlas = self._atlas
        if not (related := atlas.related.get(note.path)):
            return ()
        groups: defaultdict[tuple[str, bool], list[Ref]] = defaultdict(list)
        for name, incoming, other in related:
            groups[name, incoming].append(atlas.node_ref(atlas.graph.nodes[other], page))
        places = {name: place for place, name in enumerate(atlas.published.concepts.terms.relations)}
        return [
            RelationGroup(name=name, incoming=incoming, notes=notes)
            for (name, incoming), notes in sorted(
                groups.items(), key=lambda group: (group[0][1], places.get(group[0][0], len(places)), group[0][0])
            )
        ]

    def backlinks(self, path: str, page: str) -> Sequence[Backlink]:
        """The notes that lead to ``path``, by title; not those that do so only by a relation, which are told there."""
        atlas = self._atlas
        by_note: defaultdict[str, list[Link]] = defaultdict(list)
        for source, link in atlas.vault.backlinks(path):
            if source != path:
                by_note[source].append(link)
        told_by = atlas.published.concepts.relations.told_by
        found: list[Backlink] = []
        for source in sorted(by_note, key=lambda source: (order.key(atlas.titles[source]), source)):
            links = by_note[source]
            if all(link.syntax == "property" and told_by(link.key) for link in links):
                continue
            sentences: Sequence[str] = ()
            if len(found) < _QUOTED:
                sentences = list(_sentences(atlas.vault.notes[source], links))
            found.append(Backlink(note=atlas.ref(source, page), sentences_html=sentences))
        return found

    def _picture(self, path: str, page: str) -> str:
        atlas = self._atlas
        shown, pairs = atlas.around(path)
        around = [atlas.ref(other, page) for other in shown]
        return picture.ring(atlas.ref(path, page), around, pairs, atlas.texts.get("neighbours", ""))

    def _graph_href(self, path: str, page: str) -> str:
        return f"{href(GRAPH, page)}#note={quote(self._atlas.reference(path), safe='', errors='replace')}"

    def _edit(self, path: str) -> str | None:
        """Where the note is edited, if the settings say so and it is an address of the web."""
        edit = self._atlas.settings.edit
        if not edit.lower().startswith(("http://", "https://")):
            return None
        return edit.replace("{path}", quote(path, errors="surrogateescape"))


def housekeeping(note: Note, names: Collection[str]) -> Mapping[str, Json]:
    """The properties of these names, which say how a note is published, by name."""
    text = note.text
    if text is None or not note.body:
        return {}
    written = text.source[: note.body].lower()
    if not any(name.encode() in written for name in names):
        return {}
    found = read_frontmatter(text.source)
    return {
        each.key.casefold(): each.value
        for each in (found.properties if found is not None else ())
        if each.key.casefold() in names
    }


def _outline(entries: Sequence[OutlineEntry]) -> Sequence[OutlineEntry]:
    """The headings of a page with what a table of contents asks of each."""
    highest = min((entry.level for entry in entries), default=0)
    return [
        OutlineEntry(
            level=entry.level,
            title=entry.title,
            id=entry.id,
            step=entry.level - highest,
            href=f"#{quote(entry.id, errors='replace')}",
        )
        for entry in entries
    ]


def _other_names(aliases: Sequence[Alias], title: str) -> Sequence[str]:
    names = {fold(alias.name): alias.name for alias in reversed(aliases) if fold(alias.name) != fold(title)}
    return [names[key] for key in reversed(names)]


def _classes(note: Note) -> Sequence[str]:
    """The classes that a note asks for, which own style sheets may know; only what cannot be taken for fmvault's."""
    told = housekeeping(note, ("cssclass", "cssclasses"))
    found: dict[str, None] = {}
    for value in told.values():
        for entry in value if isinstance(value, list) else [value]:
            for name in entry.split() if isinstance(entry, str) else ():
                if name.strip(_CLASS) == "" and len(name) <= 100:
                    found[f"own-{name}"] = None
    return list(found)


def _sentences(note: Note, links: Sequence[Link]) -> Iterator[str]:
    """The sentences that links of a note stand in, each once, with the link in ``<mark>``."""
    seen = set()
    for link in links:
        said = sentence(note, link)
        if said and said not in seen:
            seen.add(said)
            yield _marked(note, link, said)
            if len(seen) == _SENTENCES:
                return


def _marked(note: Note, link: Link, said: str) -> str:
    label = " ".join(plain(note, link.span).split())
    at = said.find(label) if label else -1
    if at < 0:
        return escape(said)
    if said.find(label, at + 1) >= 0:
        at = _which(note, link, said, label)
    return f"{escape(said[:at])}<mark>{escape(label)}</mark>{escape(said[at + len(label) :])}"


def _which(note: Note, link: Link, said: str, label: str) -> int:
    """Where in a sentence that has the label more than once the link stands: behind what stands before it."""
    assert note.text is not None
    source = note.text.source
    start = max(note.body, link.span.start - _BEFORE)
    while start < link.span.start and source[start] & 0xC0 == 0x80:
        start += 1
    before = "".join(plain(note, Span(start, link.span.start)).split())
    best, longest = said.find(label), -1
    at = best
    while at >= 0:
        alike = _alike("".join(said[:at].split()), before)
        if alike > longest:
            best, longest = at, alike
        at = said.find(label, at + 1)
    return best


def _alike(one: str, other: str) -> int:
    """How many characters the ends of two texts have in common; all, if the first is the end of the other."""
    count = 0
    while count < min(len(one), len(other)) and one[-1 - count] == other[-1 - count]:
        count += 1
    return count
