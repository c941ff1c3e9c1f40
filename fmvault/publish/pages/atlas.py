"""What pages ask of the whole site, worked out once: what notes are called, what is next to them, what they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from html import escape

from fmvault.graph.concept_graph import MENTIONS, ConceptGraph, Node
from fmvault.graph.excerpts import in_days, shortened
from fmvault.graph.path import reading_order
from fmvault.kinds import questions
from fmvault.kinds.projection import Section
from fmvault.model import External, Link, MissingNote, Note, Passage, Resolution, Resolved, Span
from fmvault.plain import plain
from fmvault.publish import titles
from fmvault.publish.addresses import href
from fmvault.publish.contexts import Day, Ref
from fmvault.publish.pages import order, picture
from fmvault.publish.published import Published
from fmvault.publish.svg import is_active, is_svg
from fmvault.vault import fold, reached

# What a note says first is told in so many characters, and what a page is about in so many.
_LEAD, _DESCRIPTION = 400, 180
_EPOCH = date(1970, 1, 1).toordinal()


class Atlas:
    """A site as its pages see it. Asking it never changes what it answers."""

    def __init__(self, published: Published, texts: Mapping[str, str]) -> None:
        self.published = published
        self.settings = published.settings
        self.vault = published.vault
        self.addresses = published.addresses
        self.texts = texts
        self._kinds: dict[str, str] = {}
        self._asking: dict[tuple[str, str], bool] = {}
        self._around: dict[str, tuple[Sequence[str], Sequence[tuple[int, int]]]] = {}
        self.titles: Mapping[str, str] = {
            path: titles.title(note) if path[-3:].lower() == ".md" else titles.readable(note.name)
            for path, note in self.vault.notes.items()
        }

    @property
    def graph(self) -> ConceptGraph:
        """The concept graph of what is published."""
        return self.published.graph

    # -- what leads to a note ------------------------------------------------------------------------------------------

    def kind(self, path: str) -> str:
        """The kind of what stands at a path, as pages tell it."""
        if (known := self._kinds.get(path)) is None:
            if path[-3:].lower() == ".md":
                kind = self.published.concepts.kind(self.vault.notes[path])
                known = kind.name if kind is not None else ""
            else:
                known = path.rpartition(".")[2].lower()
            self._kinds[path] = known
        return known

    def ref(self, path: str, page: str, fragment: str = "") -> Ref:
        """A link from ``page`` to the note or board at ``path``."""
        address = self.addresses[path]
        return Ref(title=self.titles[path], href=href(address, page, fragment), key=address, kind=self.kind(path))

    def node_ref(self, node: Node, page: str) -> Ref:
        """A link to a node of the graph; one to a ghost leads nowhere."""
        if node.type == "ghost":
            return Ref(title=node.name, href=None, missing=True)
        return self.ref(node.id, page)

    def link_html(self, note: Note, link: Link, page: str) -> str:
        """A link of ``note`` that does not stand in its text, as HTML."""
        label = escape(link.label or " > ".join(filter(None, (link.target, *link.subpath.split("#")))))
        outcome = self.vault.resolve(link, note)
        path = reached(outcome)
        if path is None or not self.is_shown(path):
            if isinstance(outcome, External) and outcome.url.lower().startswith(("http://", "https://")):
                return f'<a class="external" href="{escape(outcome.url)}" rel="noopener noreferrer">{label}</a>'
            if isinstance(outcome, MissingNote):
                return f'<a class="link missing" role="link" aria-disabled="true">{label}</a>'
            return label
        address = self.addresses[path]
        leads = escape(href(address, page, self.fragment(outcome)))
        shown = f' data-note="{escape(address)}"' if path in self.vault.notes else ""
        return f'<a class="link" href="{leads}"{shown}>{label}</a>'

    def is_shown(self, path: str) -> bool:
        """Whether the site has the file at a path: all that is published, but for files that run."""
        return path in self.addresses and (path in self.vault.notes or is_svg(path) or not is_active(path))

    def fragment(self, outcome: Resolution) -> str:
        """The id of the place that a link leads to; empty where it leads to a page."""
        if isinstance(outcome, Resolved) and outcome.anchor is not None:
            return self.addresses.fragment(outcome.path, outcome.anchor)
        return ""

    # -- what is next to a note ----------------------------------------------------------------------------------------

    @cached_property
    def neighbours(self) -> Mapping[str, set[str]]:
        """The notes joined to each note by a link, in either direction."""
        nodes = self.graph.nodes
        found: defaultdict[str, set[str]] = defaultdict(set)
        for edge in self.graph.edges:
            if nodes[edge.source].type == nodes[edge.target].type == "note":
                found[edge.source].add(edge.target)
                found[edge.target].add(edge.source)
        return dict(found)

    def around(self, path: str) -> tuple[Sequence[str], Sequence[tuple[int, int]]]:
        """What is drawn around a note: the notes one step from it, and which pairs of them are next to each other.

        Those with the most neighbours come first, then by title; of many notes the first alone. It is worked out once.
        """
        if (known := self._around.get(path)) is None:
            shown = sorted(self.neighbours.get(path, ()), key=self._places.__getitem__)[: picture.MOST]
            self._around[path] = known = shown, picture.joined(shown, self.neighbours)
        return known

    @cached_property
    def _places(self) -> Mapping[str, int]:
        # Told by the notes next to each alone, so that an edit elsewhere changes the place of none before another.
        around = self.neighbours
        listed = sorted(around, key=lambda path: (-len(around[path]), order.key(self.titles[path]), path))
        return {path: place for place, path in enumerate(listed)}

    def reference(self, path: str) -> str:
        """What the map calls a note in its fragment, with its folder if another is called the same."""
        name = self.names_on_map[path]
        if self._first_called[name] == path:
            return name
        folder = path.rpartition("/")[0]
        return f"{folder}/{name}" if folder else name

    @cached_property
    def names_on_map(self) -> Mapping[str, str]:
        """What the map calls each note: its title, but its name where another of its folder has or is called that."""
        called: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for path, note in self.vault.notes.items():
            called[note.folder, self.titles[path]].add(path)
            called[note.folder, note.name].add(path)
        return {
            path: title if len(called[self.vault.notes[path].folder, title]) == 1 else self.vault.notes[path].name
            for path, title in self.titles.items()
        }

    @cached_property
    def _first_called(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for id, node in self.graph.nodes.items():
            found.setdefault(self.names_on_map.get(id, node.name), id)
        return found

    @cached_property
    def reading(self) -> Mapping[str, tuple[str | None, str | None]]:
        """The notes before and after each note that the reading order has."""
        listed = reading_order(self.graph)
        return {
            path: (listed[index - 1] if index else None, listed[index + 1] if index + 1 < len(listed) else None)
            for index, path in enumerate(listed)
        }

    @cached_property
    def related(self) -> Mapping[str, Sequence[tuple[str, bool, str]]]:
        """For each note its relations: the name, whether another note leads here by it, and the other node."""
        relations = self.published.concepts.terms.relations
        found: defaultdict[str, dict[tuple[str, bool, str], None]] = defaultdict(dict)
        for edge in self.graph.edges:
            relation = relations.get(edge.type)
            if relation is None or edge.type == MENTIONS:
                continue
            found[edge.source][edge.type, False, edge.target] = None
            if relation.symmetric:
                found[edge.target][edge.type, False, edge.source] = None
            elif relation.inverse:
                found[edge.target][relation.inverse, False, edge.source] = None
            else:
                found[edge.target][edge.type, True, edge.source] = None
        return {path: list(each) for path, each in found.items()}

    # -- what notes say ------------------------------------------------------------------------------------------------

    @cached_property
    def definitions(self) -> Mapping[str, Section]:
        """The definition of each note that has one that says anything, by path."""
        found = self.published.concepts.definitions
        return {path: section for path, section in found.items() if section.passages}

    def definition_span(self, path: str) -> Span | None:
        """The first paragraph of a note's definition; None where there is none."""
        section = self.definitions.get(path)
        return first_paragraph(section.passages) if section is not None else None

    @cached_property
    def leads(self) -> Mapping[str, str]:
        """The definition of each note that has one, as plain text, by path."""
        found = {}
        for path, section in self.definitions.items():
            span = self.definition_span(path)
            found[path] = shortened(plain(section.note, span) if span is not None else section.text, _LEAD)
        return {path: text for path, text in found.items() if text}

    def description(self, path: str) -> str:
        """What a note is about, in a line: what it says itself, else its definition, else its first paragraph."""
        note = self.vault.notes[path]
        if told := titles.description(note):
            return shortened(told, _DESCRIPTION)
        span = self.said_first(note)
        return shortened(plain(note, span), _DESCRIPTION) if span is not None else ""

    def said_first(self, note: Note) -> Span | None:
        """The first paragraph of a note's definition, or of its text; None for a note without any."""
        if (section := self.definitions.get(note.path)) is not None:
            return self.definition_span(note.path) or section.body
        passages = note.text.passages if note.text is not None else ()
        return next((each.span for each in passages if each.kind == "paragraph"), None)

    @cached_property
    def asked(self) -> Mapping[str, Sequence[Passage]]:
        """The open questions of each note that has any."""
        found = {}
        for note in self.published.notes:
            view = self.published.concepts.view(note) if self._may_ask(note) else None
            entries = [
                entry
                for section in (questions.sections(view) if view is not None else ())
                for entry in questions.entries(section)
                if not questions.is_settled(section, entry)
            ]
            if entries:
                found[note.path] = entries
        return found

    def _may_ask(self, note: Note) -> bool:
        """Whether a note may have a section of questions: most have none, and to look at its headings is cheap."""
        kind = self.published.concepts.kind(note)
        section = kind.schema.sections.get(questions.QUESTIONS) if kind is not None else None
        if kind is None or section is None:
            return False
        if any("{name}" in heading for heading in section.headings):
            return True
        for heading in note.headings:
            key = kind.name, heading.text
            if key not in self._asking:
                self._asking[key] = kind.headings.section(heading.text, lambda: ()) == questions.QUESTIONS
            if self._asking[key]:
                return True
        return False

    # -- days ----------------------------------------------------------------------------------------------------------

    def days(self, path: str) -> tuple[int | None, int | None]:
        """The days on which a note was begun and last changed, counted from 1970-01-01."""
        (created,), (changed,) = in_days([self.vault.notes[path]], self.published.days)
        return created, changed

    def day(self, number: int | None) -> Day | None:
        """A day as it is shown."""
        if number is None:
            return None
        try:
            found = date.fromordinal(number + _EPOCH)
        except (ValueError, OverflowError):
            return None
        return self.shown_day(found)

    def shown_day(self, day: date) -> Day:
        """A day as the language of the site writes it."""
        months = self.texts.get("months", "").split("|")
        written = self.texts.get("date", "")
        if len(months) != 12 or not written:
            return Day(iso=day.isoformat(), shown=day.isoformat())
        parts = {"day": str(day.day), "month": months[day.month - 1], "year": str(day.year)}
        for name, value in parts.items():
            written = written.replace(f"{{{name}}}", value)
        return Day(iso=day.isoformat(), shown=written)

    # -- tags and folders ----------------------------------------------------------------------------------------------

    @cached_property
    def tagged(self) -> Mapping[str, Sequence[str]]:
        """The notes that have each tag or one below it, by the tag's name folded; in path order."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for path, note in self.vault.notes.items():
            if note.tags:
                names = set()
                for tag in note.tags:
                    name = fold(tag.name.strip("/"))
                    while name and name not in names:
                        names.add(name)
                        name = name.rpartition("/")[0]
                for name in names:
                    found[name].append(path)
        return dict(found)

    @cached_property
    def inner_tags(self) -> Mapping[str, Sequence[str]]:
        """The tags right below each tag, folded; those at the top below the empty name."""
        return _inner(self.addresses.tags)

    @cached_property
    def held(self) -> Mapping[str, Sequence[str]]:
        """The notes and boards that lie in each folder itself; in path order."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for path, note in self.vault.notes.items():
            found[note.folder].append(path)
        return dict(found)

    @cached_property
    def inner_folders(self) -> Mapping[str, Sequence[str]]:
        """The folders right below each folder; those at the top below the empty name."""
        return _inner(self.addresses.folders)

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """How many notes and boards lie in each folder and those below it."""
        found: defaultdict[str, int] = defaultdict(int)
        for folder, paths in self.held.items():
            while folder:
                found[folder] += len(paths)
                folder = folder.rpartition("/")[0]
        return dict(found)


def first_paragraph(passages: Sequence[Passage]) -> Span | None:
    """The first paragraph among passages, with no list, table or code above it; None where there is none."""
    first = passages[0] if passages else None
    return first.span if first is not None and first.kind == "paragraph" else None


def _inner(names: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        found[name.rpartition("/")[0]].append(name)
    return dict(found)
