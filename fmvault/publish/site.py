"""The whole site: every file of it as a task, and what each depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from fmvault.graph import explore
from fmvault.model import Note
from fmvault.publish.addresses import (
    ALL,
    ASSETS,
    GLOSSARY,
    GRAPH,
    HOME,
    NOT_FOUND,
    QUESTIONS,
    TAGS,
    WANTED,
    href,
)
from fmvault.publish.contexts import Rendered, Texts, are_shipped
from fmvault.publish.pages.atlas import Atlas, first_paragraph
from fmvault.publish.pages.frames import Frames
from fmvault.publish.pages.inputs import Inputs
from fmvault.publish.pages.lists import ListPages
from fmvault.publish.pages.moved import moved
from fmvault.publish.pages.notes import NotePages
from fmvault.publish.pages.renderer import Renderer
from fmvault.publish.published import Published
from fmvault.publish.task import Task, digest

if TYPE_CHECKING:
    from fmvault.publish.templates import Templates

# So few pages are made before what they all need is.
_FEW = 8
_CODE, _SEARCH, _MERMAID, _OWN = "code.css", "search.js", "mermaid.js", "own/"


class ThemeLike(Protocol):
    """How a site looks: templates and the texts of the interface by name, and assets by their paths in ``assets/``."""

    @property
    def language(self) -> str: ...
    @property
    def templates(self) -> Mapping[str, str]: ...
    @property
    def assets(self) -> Mapping[str, bytes]: ...
    @property
    def texts(self) -> Mapping[str, str]: ...


class Site(Struct, frozen=True):
    """All files of a site, those that take long first; ``troubles`` are what could not be done, a line each.

    ``pages`` are the addresses of what people read. ``prepare`` makes what many of the tasks that it is given need, so
    that not every process has to; it raises ``TemplateError``.
    """

    title: str
    tasks: Sequence[Task]
    pages: Sequence[str]
    troubles: Sequence[str]
    prepare: Callable[[Sequence[Task]], None]


class Remembering(Struct, frozen=True):
    """Where what is known of the map is kept from one build to the next; it is asked in the process that draws it."""

    recall: Callable[[], bytes] = lambda: b""
    remember: Callable[[bytes], None] = lambda content: None


def site(
    published: Published,
    theme: ThemeLike,
    *,
    last: Callable[[str], bytes | None] = lambda address: None,
    memory: Remembering = Remembering(),  # noqa: B008
    stamp: Callable[[str], bytes] | None = None,
    renderer: Renderer | None = None,
) -> Site:
    """The site of what is published.

    ``last`` gives a file of the last build by its address, None if it is not as the same programs wrote it; ``memory``
    knows of the map. Neither changes any byte of what is made. ``stamp`` gives what tells one state of the attachment
    at a path from another; without it attachments are read and compared as they are. Raises ``TemplateError`` if a
    template is wrong.
    """
    return _Making(published, theme, last, memory, stamp, renderer).site()


class _Making:
    def __init__(
        self,
        published: Published,
        theme: ThemeLike,
        last: Callable[[str], bytes | None],
        memory: Remembering,
        stamp: Callable[[str], bytes] | None,
        renderer: Renderer | None,
    ) -> None:
        if renderer is None:
            from fmvault.publish.markup import Renderer as MarkupRenderer

            renderer = MarkupRenderer(published, theme.texts)
        self.published = published
        self.theme = theme
        self.last = last
        self.memory = memory
        self.stamp = stamp
        texts = Texts(theme.texts)
        styles = [ASSETS + _CODE, *(ASSETS + name for name in theme.assets if name.startswith(_OWN))]
        self.atlas = Atlas(published, texts)
        self.frames = Frames(self.atlas, texts, styles)
        self.inputs = Inputs(self.atlas, renderer)
        self.notes = NotePages(self.atlas, self.frames, renderer)
        self.lists = ListPages(self.atlas, self.frames, renderer)
        # What all pages depend on.
        self.common = digest(
            published.settings,
            published.title,
            published.planned,
            theme.language,
            dict(theme.templates),
            dict(theme.texts),
            styles,
            self.frames.menu,
            self.frames.feed,
        )

    def site(self) -> Site:
        lists, notes = list(self._lists()), list(self._notes())
        pages = [*lists, *notes]
        addresses = [task.address for task in pages if task.address != NOT_FOUND]
        others = [*self._search(), *self._machines(addresses), *self._assets(), *self._attachments()]
        taken = [task.address for task in (*pages, *others)]
        redirects, troubles = moved(self.atlas, taken)
        if not are_shipped(self.theme.templates):
            troubles += self.templates.unused()
        leading = [self._moved(address, path) for address, path in redirects.items()]
        return Site(
            self.published.title,
            [*lists, *others, *notes, *leading],
            addresses,
            troubles,
            self._prepare,
        )

    @cached_property
    def templates(self) -> Templates:
        # Jinja is loaded where a page is made.
        from fmvault.publish.templates import Templates

        return Templates(self.theme.templates)

    def _prepare(self, tasks: Sequence[Task]) -> None:
        if sum(task.address.endswith(".html") for task in tasks) > _FEW:
            self.templates.prepare()
            # Worked out for all notes when it is first asked for.
            self.published.vault.backlinks("")

    def _task(self, address: str, rendered: Callable[[], Rendered], *inputs: object) -> Task:
        return Task(address, digest(self.common, address, *inputs), partial(self._make, rendered))

    def _make(self, rendered: Callable[[], Rendered]) -> bytes:
        return self.templates.render(rendered())

    # -- pages ---------------------------------------------------------------------------------------------------------

    def _notes(self) -> Iterator[Task]:
        addresses = self.atlas.addresses
        for note in self.published.notes:
            yield self._task(addresses[note.path], partial(self.notes.note, note), self.inputs.note(note))
        for board in self.published.boards:
            made = partial(self.notes.board, board)
            yield self._task(addresses[board.path], made, self.inputs.board(board))

    def _lists(self) -> Iterator[Task]:
        atlas, lists, inputs = self.atlas, self.lists, self.inputs
        graph, vault, menu = atlas.graph, atlas.vault, self.frames.menu
        faces = inputs.listed(list(vault.notes))
        folders = dict(atlas.addresses.folders)
        yield self._map()
        if "glossary" in menu:
            defined = []
            for path in atlas.definitions:
                note, span = vault.notes[path], atlas.definition_span(path)
                defined.append(inputs.passage(note, span if span is not None else atlas.definitions[path].body))
            yield self._task(GLOSSARY, lists.glossary, defined)
        asked = [
            inputs.passage(vault.notes[path], entry.span) for path, entries in atlas.asked.items() for entry in entries
        ]
        if "questions" in menu:
            yield self._task(QUESTIONS, lists.questions, asked)
        edges = digest([(edge.source, edge.target, edge.type, edge.weight) for edge in graph.edges])
        ghosts = [(node.id, node.name) for node in graph.nodes.values() if node.type == "ghost"]
        if "wanted" in menu:
            yield self._task(WANTED, lists.wanted, edges, ghosts, faces, asked)
        yield self._task(ALL, lists.all, faces)
        yield self._task(NOT_FOUND, lists.not_found)
        tags = [
            (key, atlas.addresses.tag(key), name, len(atlas.tagged[key])) for key, name in atlas.addresses.tags.items()
        ]
        if "tags" in menu:
            yield self._task(TAGS, lists.tags, tags)
        tag_of = {tag[0]: tag for tag in tags}
        for name in atlas.addresses.tags:
            inner = [tag_of[other] for other in atlas.inner_tags.get(name, ())]
            listed = inputs.listed(atlas.tagged[name])
            parts = name.split("/")
            way = [tag_of["/".join(parts[:count])] for count in range(1, len(parts) + 1)]
            yield self._task(atlas.addresses.tag(name), partial(lists.tag, name), way, inner, listed)
        for folder, address in folders.items():
            inner_folders = [(each, folders[each], atlas.sizes[each]) for each in atlas.inner_folders.get(folder, ())]
            introducing = lists.introducing(folder)
            first = vault.notes[introducing] if introducing is not None else None
            said = first_paragraph(first.text.passages) if first is not None and first.text is not None else None
            intro = inputs.passage(first, said) if first is not None and said is not None else None
            listed = inputs.listed(atlas.held.get(folder, ()))
            above = inputs.above(folder)
            yield self._task(address, partial(lists.folder, folder), folder, above, inner_folders, intro, listed)
        if atlas.addresses.home is None:
            days = [atlas.days(note.path)[1] for note in self.published.notes]
            firsts = inputs.said()
            yield self._task(HOME, lists.home, edges, faces, firsts, days, tags, folders, dict(atlas.sizes))

    def _map(self) -> Task:
        published = self.published
        # How many words each note has is on it, so that every edit is one of it.
        inputs = (
            [(note.path, note.digest) for note in published.notes],
            sorted(published.days.items()),
        )
        return Task(GRAPH, digest(self.common, inputs), partial(_map, self.atlas, self.memory, self.theme.language))

    def _moved(self, address: str, path: str) -> Task:
        rendered = partial(self.notes.moved, path, address)
        return self._task(address, rendered, self.inputs.faces[path])

    # -- what is beside them -------------------------------------------------------------------------------------------

    def _search(self) -> Sequence[Task]:
        from fmvault.publish.search import search

        return search(self.published, self.atlas.leads, self.theme.texts)

    def _machines(self, pages: Sequence[str]) -> Sequence[Task]:
        from fmvault.publish.machines import machine_pages

        return machine_pages(self.published, self.atlas.leads, pages, self.last)

    def _assets(self) -> Iterator[Task]:
        from fmvault.publish.markup import code_style

        assets = dict(self.theme.assets)
        if not self.published.settings.search:
            assets.pop(_SEARCH, None)
        if not any(map(_shows_diagrams, self.published.notes)):
            assets.pop(_MERMAID, None)
        for name, content in assets.items():
            yield Task(ASSETS + name, digest(content), partial(bytes, content))
        style = code_style().encode()
        yield Task(ASSETS + _CODE, digest(style), partial(bytes, style))

    def _attachments(self) -> Iterator[Task]:
        published = self.published
        for path in published.attachments:
            if self.atlas.is_shown(path):
                state = self.stamp(path) if self.stamp is not None else published.read(path)
                yield Task(published.addresses[path], digest(b"file", state), partial(_copied, published, path))


def _map(atlas: Atlas, memory: Remembering, language: str) -> bytes:
    from fmvault.graph import page
    from fmvault.graph.memory import Memory

    published = atlas.published
    urls = {path: href(atlas.addresses[path], GRAPH) for path in atlas.vault.notes}
    known = Memory(memory.recall())
    document = explore.data(
        atlas.graph,
        published.title,
        planned=published.planned,
        dates=published.days,
        urls=urls,
        titles=atlas.names_on_map,
        memory=known,
    )
    if (content := known.encoded()) is not None:
        memory.remember(content)
    return page.page(document, page.parts(language)).encode()


def _copied(published: Published, path: str) -> bytes:
    from fmvault.publish.svg import cleaned_svg, is_svg

    content = published.read(path)
    return cleaned_svg(content) if is_svg(path) else content


def _shows_diagrams(note: Note) -> bool:
    """Whether a block of code of a note may be a diagram."""
    text = note.text
    if text is None or b"mermaid" not in (lowered := text.source.lower()):
        return False
    return any(
        lowered.startswith((b"`", b"~", b" ", b"\t"), span.start) and b"mermaid" in lowered[span.start : span.end]
        for span in text.opaque
    )
