"""What of a vault is published: a vault of its own, in which nothing is left that nobody is to see.

All that is made of the site reads this projection. Notes that are not published are not in it, links to them are plain
text in the text of the others, and comments are gone; so no page, index, feed or copy can tell of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property

from fmvault import markdown
from fmvault.config import SiteSettings
from fmvault.gitignore import matching
from fmvault.graph import ConceptGraph, build
from fmvault.kinds.concepts import Concepts
from fmvault.model import Json, Note
from fmvault.publish.addresses import Addresses
from fmvault.publish.cleaning import Cleaning
from fmvault.vault import Vault, reached

# What people write for yes and no.
_YES = frozenset({"true", "yes", "on", "y", "1"})
_NO = frozenset({"false", "no", "off", "n", "0", "never", "private"})
# The same in frontmatter that cannot be read as such: `- draft: true`, `"publish" : 'no'`.
_SAID = re.compile(
    rb"""^[ \t\-"']*(draft|publish)["']?[ \t]*:[ \t]*[\["']*([A-Za-z0-9]+)""", re.MULTILINE | re.IGNORECASE
)
# So much of a note may be meant as its frontmatter, in bytes.
_HEAD = 4096


class Published:
    """The published part of a vault.

    ``vault`` has the published notes, boards (canvases and bases) and used attachments alone; ``notes`` and ``boards``
    are in path order. ``days`` are those on which files were first and last changed, counted from 1970-01-01, where git
    knows. ``read`` gives the bytes of an attachment or board.
    """

    def __init__(
        self,
        concepts: Concepts,
        settings: SiteSettings,
        *,
        title: str,
        days: Mapping[str, tuple[int, int]],
        read: Callable[[str], bytes],
        clean: Cleaning,
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
        return self._clean.note(_parse(board.path, text.encode()))

    def tells(self, text: str) -> bool:
        """Whether a text names a note that is not published."""
        return self._clean.tells(text)

    @property
    def names_withheld(self) -> Collection[str]:
        """What notes that are not published are called, folded."""
        return self._clean.names

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
    parse: Callable[[str, bytes], Note] | None = None,
) -> Published:
    """The published part of the vault of ``concepts``, whose notes were read with their text.

    ``reported`` are the files that are neither excluded nor templates; nothing else is published. ``title`` is the
    site's where the settings give none. ``parse`` reads a note of which something was taken out, given its path and
    what is left; it may remember what it has read before.
    """
    vault = concepts.vault
    included, private = matching(settings.include), matching(settings.private)
    candidates = [
        note
        for path, note in vault.notes.items()
        if path in reported and (not settings.include or included(path)) and not private(path)
    ]
    notes = {note.path for note in candidates if note.path[-3:].lower() == ".md" and _wants(note, settings)}
    boards = {note.path for note in candidates if note.path[-3:].lower() != ".md"}
    if settings.publish == "marked":
        boards &= {reached(outcome) for path in notes for _, outcome in vault.outgoing(vault.notes[path])}

    def withheld(path: str) -> bool:
        return path not in notes and path not in boards if path in vault.notes else private(path)

    cleaned = Cleaning(vault, settings, withheld, parse or _parse)
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


def _parse(path: str, source: bytes) -> Note:
    return markdown.parse(path, source, keep_text=True)


def _wants(note: Note, settings: SiteSettings) -> bool:
    """Whether a note's own properties let it be published; in doubt they do not."""
    said = [(each.key.casefold(), word) for each in note.properties for word in _words(each.value)]
    if any(defect.fault in ("malformed-frontmatter", "duplicate-property") for defect in note.defects) or not note.body:
        said += ((match[1].decode().casefold(), match[2].decode().casefold()) for match in _SAID.finditer(_head(note)))
    if any((key == "draft" and word in _YES) or (key == "publish" and word in _NO) for key, word in said):
        return False
    return settings.publish == "all" or any(key == "publish" and word in _YES for key, word in said)


def _words(value: Json) -> Iterator[str]:
    """What a property says, folded; people put a word into a list, too."""
    for each in value if isinstance(value, list) else (value,):
        if isinstance(each, bool | int | str):
            yield str(each).strip().casefold()


def _head(note: Note) -> bytes:
    """What may be meant as the note's frontmatter."""
    source = note.text.source[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip() if note.text else b""
    if not source.startswith(b"---"):
        return b""
    end = source.find(b"\n---", 3)
    return source[: end if end >= 0 else _HEAD]
