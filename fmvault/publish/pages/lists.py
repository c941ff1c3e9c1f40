"""The pages that list: all notes, the glossary, questions, what is wanted, tags, folders, and the home page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from fmvault.graph.wanted import wanted
from fmvault.publish.addresses import ALL, GLOSSARY, HOME, NOT_FOUND, QUESTIONS, TAGS, WANTED, href
from fmvault.publish.contexts import Entry, HomePage, Listing, ListPage, Ref, Rendered
from fmvault.publish.pages import order, picture
from fmvault.publish.pages.atlas import Atlas, first_paragraph
from fmvault.publish.pages.frames import Frames
from fmvault.publish.pages.renderer import Renderer
from fmvault.vault import fold

# A list of more notes than this is told apart by letters.
_LETTERS = 40
# The home page has so many notes of each sort, and tags.
_CENTRAL, _RECENT, _TOP_TAGS = 12, 12, 30
# A page of a great many missing notes has the first of them, and of each its first askers and questions.
_WANTED, _ASKERS, _QUESTIONS = 1000, 20, 5
# No more tags than these are told of those above one.
_CRUMBS = 8
# What a note that introduces a folder is called, beside the folder's own name.
_INTRODUCING = ("index", "readme")


class ListPages:
    """Makes the pages that list notes."""

    def __init__(self, atlas: Atlas, frames: Frames, renderer: Renderer) -> None:
        self._atlas = atlas
        self._frames = frames
        self._renderer = renderer

    # -- of the whole site ---------------------------------------------------------------------------------------------

    def all(self) -> Rendered:
        """All notes and boards, by letter."""
        paths = list(self._atlas.vault.notes)
        return self._page("all", ALL, groups=self._by_letter(paths, ALL), index=True, total=len(paths))

    def glossary(self) -> Rendered:
        """All definitions, by letter."""
        atlas = self._atlas
        groups = []
        for letter, paths in order.by_letter(atlas.definitions, atlas.titles.__getitem__).items():
            entries = [Entry(ref=atlas.ref(path, GLOSSARY), text_html=self._definition(path)) for path in paths]
            groups.append(_letter(letter, entries))
        return self._page("glossary", GLOSSARY, groups=groups, index=True, total=len(atlas.definitions))

    def questions(self) -> Rendered:
        """The open questions of each note."""
        atlas = self._atlas
        groups = []
        for path in sorted(atlas.asked, key=lambda path: (order.key(atlas.titles[path]), path)):
            note, ref = atlas.vault.notes[path], atlas.ref(path, QUESTIONS)
            entries = [
                Entry(ref=ref, text_html=self._renderer.passage(note, entry.span, QUESTIONS))
                for entry in atlas.asked[path]
            ]
            groups.append(Listing(title=ref.title, id=_id(atlas.addresses[path]), entries=entries, href=ref.href))
        total = sum(map(len, atlas.asked.values()))
        return self._page("questions", QUESTIONS, groups=groups, index=False, total=total)

    def wanted(self) -> Rendered:
        """The notes that others lead to and that are not there, those by which most would be gained first."""
        atlas = self._atlas
        found = wanted(atlas.graph, atlas.published.planned)
        entries = [
            Entry(
                ref=atlas.node_ref(each.node, WANTED),
                notes=[atlas.node_ref(asker.node, WANTED) for asker in each.askers[:_ASKERS]],
                questions=list(dict.fromkeys(question.text for question in each.questions))[:_QUESTIONS],
                count=len(each.askers),
            )
            for each in found[:_WANTED]
        ]
        groups = [Listing(title="", id="_wanted", entries=entries)] if entries else []
        return self._page("wanted", WANTED, groups=groups, total=len(found))

    def not_found(self) -> Rendered:
        """What a server shows for what is not there."""
        frame = self._frames.frame("not-found", NOT_FOUND, self._text("not_found"))
        return Rendered(template="not-found.html", frame=frame)

    def home(self) -> Rendered:
        """The first page of a site that has no note for it."""
        atlas = self._atlas
        notes = [note.path for note in atlas.published.notes]
        rank = atlas.graph.pagerank
        central = sorted(notes, key=lambda path: (-rank[path], order.key(atlas.titles[path]), path))[:_CENTRAL]
        changed = {path: day for path in notes if (day := atlas.days(path)[1]) is not None}
        recent = sorted(changed, key=lambda path: (-changed[path], order.key(atlas.titles[path]), path))[:_RECENT]
        top = sorted(atlas.inner_tags.get("", ()), key=lambda name: (-len(atlas.tagged[name]), order.key(name)))
        folders = atlas.inner_folders.get("", ())
        pairs = picture.joined(central, {path: atlas.neighbours.get(path, set()) for path in central})
        content = HomePage(
            notes=len(notes),
            links=sum(edge.weight for edge in atlas.graph.edges),
            central=[self._entry(path, HOME, lead=True) for path in central],
            recent=[self._entry(path, HOME, changed=changed[path]) for path in recent],
            folders=self._folders(folders, HOME),
            tags=self._tags(sorted(top[:_TOP_TAGS]), HOME),
            graph_svg=picture.ring(None, [atlas.ref(path, HOME) for path in central], pairs, self._text("graph")),
        )
        from fmvault.publish.machines import json_ld

        description = atlas.settings.description
        frame = self._frames.frame(
            "home", HOME, "", description=description, json_ld=json_ld(atlas.published, None, description)
        )
        return Rendered(template="home.html", frame=frame, content=content)

    # -- tags and folders ----------------------------------------------------------------------------------------------

    def tags(self) -> Rendered:
        """All tags, each group those below one at the top."""
        atlas = self._atlas
        groups = []
        for letter, names in order.by_letter(atlas.inner_tags.get("", ()), str).items():
            entries: list[Entry] = []
            for name in names:
                entries += self._tags(self._below(name), TAGS)
            groups.append(_letter(letter, entries))
        return self._page("tags", TAGS, groups=groups, index=len(groups) > 1, total=len(atlas.addresses.tags))

    def tag(self, name: str) -> Rendered:
        """The notes that have a tag, by its name folded, or one below it."""
        atlas = self._atlas
        address, shown = atlas.addresses.tag(name), atlas.addresses.tags[name]
        paths = atlas.tagged[name]
        crumbs = [*self._frames.crumbs("", address), Ref(title=self._text("tags"), href=href(TAGS, address))]
        above = name.rpartition("/")[0]
        parts = above.split("/") if above else []
        crumbs += (self._tag_ref("/".join(parts[: index + 1]), address) for index in range(len(parts))[-_CRUMBS:])
        content = ListPage(
            inner=self._tags(atlas.inner_tags.get(name, ()), address),
            groups=self._groups(paths, address),
            index=len(paths) > _LETTERS,
            total=len(paths),
        )
        frame = self._frames.frame("tag", address, f"#{shown}", crumbs=crumbs)
        return Rendered(template="list.html", frame=frame, content=content)

    def folder(self, folder: str) -> Rendered:
        """The notes and boards in a folder, and the folders in it."""
        atlas = self._atlas
        address = atlas.addresses.folders[folder]
        paths = atlas.held.get(folder, ())
        content = ListPage(
            intro_html=self._introduction(folder, address),
            inner=self._folders(atlas.inner_folders.get(folder, ()), address),
            groups=self._groups(paths, address),
            index=len(paths) > _LETTERS,
            total=len(paths),
        )
        *above, here = self._frames.crumbs(folder, address)
        frame = self._frames.frame("folder", address, here.title, crumbs=above)
        return Rendered(template="list.html", frame=frame, content=content)

    def introducing(self, folder: str) -> str | None:
        """The note that introduces a folder: one in it of its name, or called index or README."""
        names = (fold(folder.rpartition("/")[2]), *_INTRODUCING)
        by_name = {fold(self._atlas.vault.notes[path].name): path for path in self._atlas.held.get(folder, ())}
        found = next((by_name[name] for name in names if name in by_name), None)
        return found if found is not None and found[-3:].lower() == ".md" else None

    # -- their parts ---------------------------------------------------------------------------------------------------

    def _page(
        self, name: str, address: str, *, groups: Sequence[Listing], index: bool = False, total: int = 0
    ) -> Rendered:
        content = ListPage(groups=groups, index=index, total=total)
        frame = self._frames.frame(name, address, self._text(name), crumbs=self._frames.crumbs("", address))
        template = "glossary.html" if name == "glossary" else "list.html"
        return Rendered(template=template, frame=frame, content=content)

    def _introduction(self, folder: str, address: str) -> str:
        path = self.introducing(folder)
        note = self._atlas.vault.notes[path] if path is not None else None
        if note is None or note.text is None:
            return ""
        span = first_paragraph(note.text.passages)
        return self._renderer.passage(note, span, address) if span is not None else ""

    def _definition(self, path: str) -> str:
        note, span = self._atlas.vault.notes[path], self._atlas.definition_span(path)
        if span is None:
            return escape(self._atlas.definitions[path].text)
        return self._renderer.passage(note, span, GLOSSARY)

    def _groups(self, paths: Sequence[str], page: str) -> Sequence[Listing]:
        if len(paths) > _LETTERS:
            return self._by_letter(paths, page)
        listed = sorted(paths, key=lambda path: (order.key(self._atlas.titles[path]), path))
        entries = [self._entry(path, page) for path in listed]
        return [Listing(title="", id="_notes", entries=entries)] if entries else []

    def _by_letter(self, paths: Sequence[str], page: str) -> Sequence[Listing]:
        grouped = order.by_letter(paths, self._atlas.titles.__getitem__)
        return [_letter(letter, [self._entry(path, page) for path in each]) for letter, each in grouped.items()]

    def _entry(self, path: str, page: str, *, lead: bool = False, changed: int | None = None) -> Entry:
        ref = self._atlas.ref(path, page)
        if lead:
            ref = Ref(title=ref.title, href=ref.href, key=ref.key, kind=ref.kind, lead=self._atlas.description(path))
        return Entry(ref=ref, changed=self._atlas.day(changed))

    def _tags(self, names: Iterable[str], page: str) -> Sequence[Entry]:
        tagged = self._atlas.tagged
        return [Entry(ref=self._tag_ref(name, page), count=len(tagged[name])) for name in names]

    def _below(self, name: str) -> Iterable[str]:
        """A tag and all below it, each above those below it."""
        left = [name]
        while left:
            above = left.pop()
            yield above
            left += reversed(self._atlas.inner_tags.get(above, ()))

    def _tag_ref(self, name: str, page: str) -> Ref:
        addresses = self._atlas.addresses
        return Ref(title=addresses.tags[name], href=href(addresses.tag(name), page))

    def _folders(self, folders: Iterable[str], page: str) -> Sequence[Entry]:
        entries = [Entry(ref=self._frames.folder(each, page), count=self._atlas.sizes[each]) for each in folders]
        return sorted(entries, key=lambda entry: order.key(entry.ref.title))

    def _text(self, name: str) -> str:
        return self._atlas.texts.get(name) or name


def _letter(letter: str, entries: Sequence[Entry]) -> Listing:
    return Listing(title=letter, id="_others" if letter == order.OTHERS else f"_{letter.lower()}", entries=entries)


def _id(address: str) -> str:
    return "_" + address.removesuffix(".html").replace("/", "-")
