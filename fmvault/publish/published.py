"""What of a vault is published: a vault of its own, in which nothing is left that nobody is to see.

All that is made of the site reads this projection. Notes that are not published are not in it, links to them are plain
text in the text of the others, and comments are gone; so no page, index, feed or copy can tell of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property

from msgspec.structs import replace

from fmvault import markdown
from fmvault.config import SiteSettings
from fmvault.gitignore import matching
from fmvault.graph import ConceptGraph, build
from fmvault.kinds.concepts import Concepts
from fmvault.model import Edit, MissingNote, Note, Resolution, Span
from fmvault.publish.addresses import Addresses
from fmvault.vault import Vault, fold, reached

# What stands for a link to a note that is not published, where its label would tell the note's name.
_WITHHELD = {"en": "(not published)", "de": "(nicht veröffentlicht)"}
# Properties that say how a note is published, and not what it is about.
_HOUSEKEEPING = frozenset({"publish", "draft", "permalink", "cssclass", "cssclasses", "redirect_from", "redirect-from"})
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)


class Published:
    """The published part of a vault.

    ``vault`` has the published notes, boards (canvases and bases) and used attachments alone; ``notes`` and ``boards``
    are in path order. ``properties`` are a note's own, by path, without those that say how it is published. ``days``
    are those on which files were first and last changed, counted from 1970-01-01, where git knows. ``read`` gives the
    bytes of an attachment or board.
    """

    def __init__(
        self,
        concepts: Concepts,
        settings: SiteSettings,
        *,
        title: str,
        days: Mapping[str, tuple[int, int]],
        read: Callable[[str], bytes],
        clean: _Cleaning,
        planned: tuple[str, ...] = (),
    ) -> None:
        self.concepts = concepts
        self.vault = concepts.vault
        self.settings = settings
        self.title = settings.title or title
        self.days = days
        self.read = read
        self._clean = clean
        self.planned = planned
        self.notes: Sequence[Note] = [note for path, note in self.vault.notes.items() if path[-3:].lower() == ".md"]
        self.boards: Sequence[Note] = [note for path, note in self.vault.notes.items() if path[-3:].lower() != ".md"]
        self.attachments: Sequence[str] = [path for path in self.vault.files if path not in self.vault.notes]

    def card(self, board: Note, text: str) -> Note:
        """The text of a board's card as a note that stands where the board does, with nothing in it to be hidden."""
        return self._clean.note(markdown.parse(board.path, text.encode(), keep_text=True))

    def tells(self, text: str) -> bool:
        """Whether a text names a note that is not published."""
        folded = fold(text)
        return any(name in folded for name in self._clean.names)

    @cached_property
    def graph(self) -> ConceptGraph:
        """The concept graph of what is published."""
        return build(self.concepts)

    @cached_property
    def addresses(self) -> Addresses:
        """Where each page is."""
        return Addresses(self.vault, self.settings)


def project(
    concepts: Concepts,
    reported: Collection[str],
    settings: SiteSettings,
    *,
    title: str = "",
    days: Mapping[str, tuple[int, int]] | None = None,
    read: Callable[[str], bytes],
    planned: tuple[str, ...] = (),
) -> Published:
    """The published part of the vault of ``concepts``, whose notes were read with their text.

    ``reported`` are the files that are neither excluded nor templates; nothing else is published. ``title`` is the
    site's where the settings give none.
    """
    vault = concepts.vault
    is_open = _open(settings)
    candidates = [note for path, note in vault.notes.items() if path in reported and is_open(path)]
    notes = {note.path for note in candidates if note.path[-3:].lower() == ".md" and _wants(note, settings)}
    boards = {note.path for note in candidates if note.path[-3:].lower() != ".md"}
    if settings.publish == "marked":
        boards &= {reached(outcome) for path in notes for _, outcome in vault.outgoing(vault.notes[path])}

    def withheld(path: str) -> bool:
        return path not in notes and path not in boards if path in vault.notes else not is_open(path)

    cleaned = _Cleaning(vault, settings, withheld)
    kept = [cleaned.note(vault.notes[path]) for path in sorted(notes)]
    kept += [cleaned.board(vault.notes[path]) for path in sorted(boards)]
    # Links in comments are gone with them.
    used = {reached(vault.resolve(link, note)) for note in kept for link in note.links}
    attachments = {path for path in used if path is not None and path not in vault.notes and not withheld(path)}
    published = Vault(kept, [*notes, *boards, *attachments], vault.settings)
    return Published(
        concepts.terms.of(published),
        settings,
        title=title,
        days={path: found for path, found in (days or {}).items() if path in notes},
        read=read,
        clean=cleaned,
        planned=planned,
    )


def _open(settings: SiteSettings) -> Callable[[str], bool]:
    """Whether the patterns let the file at a path be published."""
    included, private = matching(settings.include), matching(settings.private)
    return lambda path: (not settings.include or included(path)) and not private(path)


def _wants(note: Note, settings: SiteSettings) -> bool:
    """Whether a note's own properties let it be published."""
    said = {each.key.casefold(): each.value for each in note.properties}
    if _is(said.get("draft"), True) or _is(said.get("publish"), False):
        return False
    return settings.publish == "all" or _is(said.get("publish"), True)


def _is(value: object, wanted: bool) -> bool:
    """Whether a property says yes, or no; people write it as text too."""
    return value is wanted or (
        isinstance(value, str) and value.casefold() in (("no", "false"), ("yes", "true"))[wanted]
    )


class _Cleaning:
    """Takes out of notes what is not to be seen."""

    def __init__(self, vault: Vault, settings: SiteSettings, withheld: Callable[[str], bool]) -> None:
        self.vault = vault
        self.withheld = withheld
        self.hidden = _HOUSEKEEPING | {name.casefold() for name in settings.hidden_properties}
        self.phrase = _WITHHELD.get(settings.language[:2], _WITHHELD["en"])

    @cached_property
    def names(self) -> frozenset[str]:
        """What notes that are not published are called, names of one or two letters aside."""
        notes = (note for path, note in self.vault.notes.items() if self.withheld(path))
        names = {fold(name) for note in notes for name in (note.name, *(alias.name for alias in note.aliases))}
        return frozenset(name for name in names if len(name) > 2)

    def note(self, note: Note) -> Note:
        """The note without comments, and with plain text for links to what is not published."""
        # Without a comment, what stood beside it may be read as a link or as a comment in turn.
        while edits := [*self._comments(note), *self._links(note)]:
            assert note.text is not None
            note = markdown.parse(note.path, _edited(note.text.source, edits), keep_text=True)
        properties = tuple(each for each in note.properties if each.key.casefold() not in self.hidden)
        if len(properties) == len(note.properties):
            return note
        tags = tuple(tag for tag in note.tags if not tag.in_property) if "tags" in self.hidden else note.tags
        return replace(
            note,
            properties=properties,
            aliases=() if "aliases" in self.hidden else note.aliases,
            tags=tags,
            links=tuple(link for link in note.links if link.key.casefold() not in self.hidden),
        )

    def board(self, board: Note) -> Note:
        """The board without its links to what is not published."""
        links = tuple(link for link, outcome in self.vault.outgoing(board) if not self._names(outcome))
        return replace(board, links=links) if len(links) != len(board.links) else board

    def _comments(self, note: Note) -> Iterator[Edit]:
        assert note.text is not None
        source = note.text.source
        for stretch in note.text.opaque:
            if source.startswith(b"%%", stretch.start):
                yield Edit(stretch, "")
            elif source.startswith(b"<", stretch.start):
                for comment in _COMMENT.finditer(source, stretch.start, stretch.end):
                    yield Edit(Span(*comment.span()), "")

    def _links(self, note: Note) -> Iterator[Edit]:
        # A card of a board is no note of the vault, though it has the path of one.
        known = self.vault.notes.get(note.path) is note
        outcomes = (
            self.vault.outgoing(note) if known else [(link, self.vault.resolve(link, note)) for link in note.links]
        )
        for link, outcome in outcomes:
            if (names := self._names(outcome)) and link.syntax in ("wikilink", "markdown", "property"):
                label = "" if link.embed else link.label or ""
                tells = any(name in fold(label) for name in names)
                shown = label if label and not tells else "" if link.syntax == "property" else self.phrase
                yield Edit(link.span, shown)

    def _names(self, outcome: Resolution) -> Sequence[str]:
        """What a withheld file is called, where that is what a link leads to; else nothing."""
        paths = self.vault.with_alias(outcome.target) if isinstance(outcome, MissingNote) else [reached(outcome)]
        found = [path for path in paths if path is not None]
        if not found or not all(map(self.withheld, found)):
            return ()
        notes = [self.vault.notes[path] for path in found if path in self.vault.notes]
        names = [*(path.rpartition("/")[2] for path in found), *(note.name for note in notes)]
        return [fold(name) for name in (*names, *(alias.name for note in notes for alias in note.aliases)) if name]


def _edited(source: bytes, edits: Sequence[Edit]) -> bytes:
    """The source with all edits made that do not lie in another."""
    pieces: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.span.start, -edit.span.end)):
        if edit.span.start >= at:
            pieces += source[at : edit.span.start], edit.text.encode()
            at = edit.span.end
    return b"".join((*pieces, source[at:]))
