"""The places in a note that links lead to: headings, blocks, footnotes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import islice

from fmvault.graph.ghosts import note_name
from fmvault.lint.rule import Problem, defects, rule
from fmvault.lint.rules.links import relink
from fmvault.model import Fix, Heading, Link, MissingAnchor, Note, Resolved
from fmvault.vault import Vault, comparable

# How long and how many the names can be that a wrong one is compared with: a help must cost little.
_LENGTH, _MANY = 100, 500
# The Excalidraw plugin links into its drawings with ids of its own (`#^frame=…`).
_DRAWING = ".excalidraw.md"


def _missing(note: Note, vault: Vault, *, block: bool) -> Iterator[tuple[Link, MissingAnchor]]:
    for link, resolution in vault.unsettled(note):
        if type(resolution) is MissingAnchor and not resolution.path.lower().endswith(_DRAWING):
            last = resolution.subpath.rpartition("#")[2].strip()
            if block == last.startswith("^") and not last.startswith("[^"):
                yield link, resolution


def _place(path: str, note: Note) -> str:
    return "this note" if path == note.path else f"'{note_name(path.rpartition('/')[2])}'"


@rule(family="anchors", since="0.1", severity="error", fixable=True)
def broken_heading(note: Note, vault: Vault, *, slugs: bool = True) -> Iterator[Problem]:
    """A link asks for a heading that the note does not have.

    The note opens at its top instead, or an embed shows nothing: the heading was reworded, moved or taken out since.
    Markdown links may carry the slug that GitHub and site builders make of a heading; with `slugs = false` they may
    not, as Obsidian does not follow it.
    """
    for link, missing in _missing(note, vault, block=False):
        message, fix = _missing_heading(link, missing, note, vault)
        yield Problem(link.span, message, fix, link)
    if slugs:
        return
    for link, resolution in vault.outgoing(note):
        if type(resolution) is Resolved and resolution.by_slug:
            anchor = resolution.anchor
            message = f"'{link.subpath}' is a slug, which Obsidian does not follow"
            fix = None
            if isinstance(anchor, Heading):
                title = linkable(anchor.text)
                message += f"; write the heading '{title}'"
                fix = relink(link, f"link to the heading '{title}'", link.target, title, safe=True)
            yield Problem(link.span, message, fix, link)


def _missing_heading(link: Link, missing: MissingAnchor, note: Note, vault: Vault) -> tuple[str, Fix | None]:
    places = _places(missing.path, vault)
    where = _place(missing.path, note)
    parts = [part.strip() for part in missing.subpath.split("#") if part.strip()]
    wanted = parts[-1] if parts else missing.subpath
    if len(parts) > 1 and comparable(wanted) in places.headings:
        return f"{where} has no heading '{wanted}' below '{parts[-2]}'", None
    message = f"{where} has no heading '{wanted}'"
    meant = places.nearest_heading(wanted)
    if meant is None:
        return message if places.headings else f"{message}; it has none at all", None
    fix = relink(link, f"link to the heading '{meant}'", link.target, meant)
    return f"{message}; did you mean '{meant}'?", fix


class _Places:
    """What links into a note can be meant for. All its links share it, so that nothing is compared anew for each."""

    def __init__(self, note: Note) -> None:
        self._note = note

    @cached_property
    def headings(self) -> dict[str, str]:
        """The headings as links can name them, the first of each, by what Obsidian compares."""
        found: dict[str, str] = {}
        for heading in self._note.headings:
            found.setdefault(comparable(heading.text), heading.text)
        return found

    @cached_property
    def _first_headings(self) -> dict[str, str]:
        """The first headings, by their words."""
        found: dict[str, str] = {}
        for key, text in islice(self.headings.items(), _MANY):
            if len(key) <= _LENGTH:
                found.setdefault(key.replace("-", " "), text)
        return found

    @cached_property
    def _compared(self) -> tuple[list[str], str]:
        """The words of the first headings: a list of them, and one text with a heading a line, in spaces."""
        keys = list(self._first_headings)
        return keys, "".join(f" {key} \n" for key in keys)

    def nearest_heading(self, wanted: str) -> str | None:
        """The heading most like ``wanted`` if it is like enough, else the first that has it among its words."""
        from rapidfuzz.distance.OSA import normalized_similarity
        from rapidfuzz.process import extractOne

        key = comparable(wanted).replace("-", " ")
        if len(key) > _LENGTH:
            return None
        keys, lines = self._compared
        meant: str | None = None
        if found := extractOne(key, keys, scorer=normalized_similarity, score_cutoff=0.75):
            meant = found[0]
        elif len(key) > 3 and (at := lines.find(f" {key} ")) >= 0:
            meant = lines[lines.rfind("\n", 0, at) + 1 : lines.index("\n", at)][1:-1]
        return None if meant is None else linkable(self._first_headings[meant])

    @cached_property
    def _block_ids(self) -> dict[str, str]:
        """The ids of the first blocks, by their small letters."""
        found: dict[str, str] = {}
        for block in self._note.blocks[:_MANY]:
            if len(block.id) <= _LENGTH:
                found.setdefault(block.id.lower(), block.id)
        return found

    def nearest_block(self, wanted: str) -> str | None:
        from rapidfuzz.fuzz import ratio
        from rapidfuzz.process import extractOne

        if len(wanted) > _LENGTH:
            return None
        # Generated ids (`^a3f9c1`) are all alike, so only an id that is nearly the same is a help.
        found = extractOne(wanted.lower(), list(self._block_ids), scorer=ratio, score_cutoff=85)
        return self._block_ids[found[0]] if found else None


def _places(path: str, vault: Vault) -> _Places:
    known = _asked_for(vault)
    if path not in known:
        known[path] = _Places(vault.notes[path])
    return known[path]


@lru_cache(maxsize=1)
def _asked_for(vault: Vault) -> dict[str, _Places]:
    """The places of the notes that have been asked for, by path; one vault is checked at a time."""
    return {}


def linkable(heading: str) -> str:
    """A heading's text as it can stand in a link: without the characters that would end or split it."""
    for mark in ("[[", "]]", "#", "|", "^", "%%", "*", "`", "{", "}"):
        heading = heading.replace(mark, " ")
    return " ".join(heading.split())


@rule(family="anchors", since="0.1", severity="error")
def broken_block(note: Note, vault: Vault) -> Iterator[Problem]:
    """A link asks for a block id that the note does not have.

    The paragraph it led to was deleted, or its `^id` was. An embed of it shows nothing.
    """
    for link, missing in _missing(note, vault, block=True):
        id_ = missing.subpath.rpartition("#")[2].strip()
        message = f"{_place(missing.path, note)} has no block '{id_}'"
        if meant := _places(missing.path, vault).nearest_block(id_[1:]):
            message += f"; did you mean '^{meant}'?"
        yield Problem(link.span, message, None, link)


@rule(family="anchors", since="0.1", severity="error")
def undefined_footnote(note: Note, vault: Vault) -> Iterator[Problem]:
    """A footnote is used that the note never defines.

    The reader sees `[^1]` as it stands, and the remark or source it promised is not there.
    """
    defined = {footnote.label.lower() for footnote in note.footnotes if footnote.defines}
    for footnote in note.footnotes:
        if not footnote.defines and footnote.label.lower() not in defined:
            label = footnote.label
            yield Problem(footnote.span, f"footnote '{label}' is not defined; add a line '[^{label}]: …'")
    for link, resolution in vault.unsettled(note):
        if type(resolution) is MissingAnchor and resolution.subpath.rpartition("#")[2].strip().startswith("[^"):
            label = resolution.subpath.rpartition("#")[2].strip()
            yield Problem(link.span, f"{_place(resolution.path, note)} has no footnote '{label}'", None, link)


@rule(family="anchors", since="0.1", severity="info")
def unused_footnote(note: Note, vault: Vault) -> Iterator[Problem]:
    """A footnote is defined that the note never uses.

    No number in the text leads to it: its mark was deleted, or is misspelt.
    """
    used = {footnote.label.lower() for footnote in note.footnotes if not footnote.defines}
    used.update(link.subpath[2:-1].lower() for link in note.links if not link.target and link.subpath[:2] == "[^")
    for footnote in note.footnotes:
        if footnote.defines and footnote.label.lower() not in used:
            yield Problem(footnote.span, f"footnote '{footnote.label}' is never used")


@rule(family="anchors", since="0.1", severity="warning")
def duplicate_block_id(note: Note, vault: Vault) -> Iterator[Problem]:
    """A block id stands twice in a note.

    A link can lead to one of the two alone; which one it is depends on Obsidian's cache.
    """
    seen: set[str] = set()
    for block in note.blocks:
        key = block.id.lower()
        if key in seen:
            yield Problem(block.span, f"block id '^{block.id}' stands in this note already; give it a name of its own")
        seen.add(key)


@rule(family="anchors", since="0.1", severity="warning", of_reader=True)
def invalid_block_id(note: Note, vault: Vault) -> Iterator[Problem]:
    """A block id has characters that Obsidian does not take.

    It takes Latin letters, digits and dashes. With any other character it is shown as text, and no link can lead to it.
    """
    return defects(note, "invalid-block-id")


@rule(family="anchors", since="0.1", severity="warning", enabled=False)
def ambiguous_heading(note: Note, vault: Vault) -> Iterator[Problem]:
    """A link asks for a heading that stands in the note twice.

    It leads to the first. A path of headings, as in `[[Note#Part two#Summary]]`, says which one is meant.
    """
    for link, resolution in vault.outgoing(note):
        if type(resolution) is not Resolved or not isinstance(resolution.anchor, Heading) or resolution.by_slug:
            continue
        if "#" in link.subpath.strip("#") or link.syntax == "base":
            continue
        count = vault.repeats(resolution.path, resolution.anchor)
        if count > 1:
            text = resolution.anchor.text
            message = (
                f"heading '{text}' stands {count} times in {_place(resolution.path, note)}; name the one above it too"
            )
            yield Problem(link.span, message, None, link)
