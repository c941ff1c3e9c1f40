"""Takes out of notes what nobody is to see: comments, and all that tells of notes that are not published."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from hashlib import blake2b
from typing import Any
from urllib.parse import unquote

from msgspec.structs import replace

from fmvault import properties
from fmvault.config import SiteSettings
from fmvault.model import Edit, Heading, Json, Link, MissingNote, Note, Resolution, Resolved, Span, Syntax
from fmvault.vault import Vault, comparable, fold, reached

# What stands for a link to a note that is not published, where its label would tell the note's name.
_WITHHELD = {"en": "(not published)", "de": "(nicht veröffentlicht)"}
# Properties that say how a note is published, and not what it is about.
_HOUSEKEEPING = frozenset({"publish", "draft", "permalink", "cssclass", "cssclasses", "redirect_from", "redirect-from"})
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)|%%.*?%%", re.DOTALL)
_IN_LABEL = re.compile(r"%%.*?%%", re.DOTALL)
# Elements of which a reader sees nothing.
_SILENT = (b"script", b"style", b"template", b"noscript", b"title", b"textarea")
_ADDRESS = re.compile(
    rb"""\b(?:href|src|poster|data|srcset)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.IGNORECASE
)
# `[label]: address "title"`, on a line of its own.
_DEFINITION = re.compile(
    rb"^ {0,3}\[(?!\^)([^\]\n]+)\]:[ \t]*(?:<([^<>\n]*)>|(\S+))"
    rb"[ \t]*(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\))?[ \t]*\r?$",
    re.MULTILINE,
)
# What means a note where no link is read: `LIST FROM [[this]]`, `file.hasLink("this")`, `name: this`.
_IN_CODE = re.compile(
    rb"!?\[\[([^\[\]\n]+)\]\]|\]\(<?([^()<>\n]+)>?\)|<?(obsidian:[^\s<>()\"']+)>?"
    rb"|\"([^\"\n]{1,200})\"|'([^'\"\n]{1,200})'"
    rb"|^[ \t>]*(?:-[ \t]+)?[\w-]+:[ \t]+([^\s\"'\[\]{}][^\n]{0,200}?)[ \t]*\r?$",
    re.MULTILINE | re.IGNORECASE,
)
_NAMES = ("", "wikilink", "markdown", "address", "text", "text", "text")
# What may be meant as the path of a file.
_PATH = re.compile(r"\s*\S(?:[^\n]*\S)?\.[A-Za-z0-9]{1,8}\s*")
# Links in the middle of a property's text, which are none to Obsidian.
_IN_TEXT = re.compile(r"!?\[\[(?P<wikilink>[^\[\]\n]+)\]\]|!?\[(?P<label>[^\[\]\n]*)\]\(<?(?P<markdown>[^()<>\n]+)>?\)")
_NOWHERE = Span(0, 0)
# More often no note is read again, whatever stands in it.
_PASSES = 20


class Cleaning:
    """Takes out of the notes of ``vault`` what is not to be seen.

    ``withheld`` says which files are not published, and ``parse`` reads a note of which something was taken out.
    """

    def __init__(
        self,
        vault: Vault,
        settings: SiteSettings,
        withheld: Callable[[str], bool],
        parse: Callable[[str, bytes], Note],
    ) -> None:
        self.vault = vault
        self.withheld = withheld
        self._parse = parse
        # Often nothing is, and then no link need be asked where it leads.
        self._withholds = any(map(withheld, vault.files))
        self._trusts_html = settings.trust_html
        self._hidden = _HOUSEKEEPING | {name.casefold() for name in settings.hidden_properties}
        self._phrase = _WITHHELD.get(settings.language[:2], _WITHHELD["en"])
        self._known: dict[str, Sequence[Edit]] = {}

    @cached_property
    def names(self) -> frozenset[str]:
        """What notes that are not published are called, names of one or two letters aside."""
        notes = (note for path, note in self.vault.notes.items() if self.withheld(path))
        names = {fold(name) for note in notes for name in (note.name, *(alias.name for alias in note.aliases))}
        return frozenset(name for name in names if len(name) > 2)

    def tells(self, text: str) -> bool:
        """Whether a text names a note that is not published."""
        folded = fold(text)
        return any(name in folded for name in self.names)

    def note(self, note: Note) -> Note:
        """The note without comments, and with plain text for links to what is not published."""
        # Without a comment, what stood beside it may be read as a link or as a comment in turn.
        for _ in range(_PASSES):
            if note.text is None or not (edits := [*self._edits(note), *self._moved(note)]):
                break
            note = self._parse(note.path, _edited(note.text.source, edits))
        shown = [each for each in note.properties if each.key.casefold() not in self._hidden]
        kept = [self._told(note, each) for each in shown]
        if any(one is not other for one, other in zip(kept, shown, strict=True)):
            # Whoever asks whether the note is as it was has to see it.
            told = repr([each.value for each in kept]).encode("utf-8", "backslashreplace")
            note = replace(note, digest=blake2b(note.digest + told, digest_size=16).digest())
        elif len(kept) == len(note.properties):
            return note
        if len(kept) == len(note.properties):
            return replace(note, properties=tuple(kept))
        tags = tuple(tag for tag in note.tags if not tag.in_property) if "tags" in self._hidden else note.tags
        return replace(
            note,
            properties=tuple(kept),
            aliases=() if "aliases" in self._hidden else note.aliases,
            tags=tags,
            links=tuple(link for link in note.links if link.key.casefold() not in self._hidden),
        )

    def board(self, board: Note) -> Note:
        """The board without its links to what is not published."""
        links = tuple(link for link, outcome in self.vault.outgoing(board) if not self._names(outcome))
        return replace(board, links=links) if len(links) != len(board.links) else board

    # -- what is taken out ---------------------------------------------------------------------------------------------

    def _edits(self, note: Note) -> Sequence[Edit]:
        """All but what follows from what is taken out of other notes."""
        if self._is_of_vault(note) and (known := self._known.get(note.path)) is not None:
            return known
        found = [*self._comments(note), *self._links(note)]
        if note.text is not None:
            found += self._definitions(note, note.text.source)
            found += self._named_in_code(note, note.text.source)
            if html := [each for each in note.text.opaque if note.text.source.startswith(b"<", each.start)]:
                found += self._html(note, note.text.source, html)
        if self._is_of_vault(note):
            self._known[note.path] = found
        return found

    def _is_of_vault(self, note: Note) -> bool:
        # A card of a board is no note of the vault, though it has the path of one.
        return self.vault.notes.get(note.path) is note

    def _comments(self, note: Note) -> Iterator[Edit]:
        text = note.text
        for stretch in text.opaque if text else ():
            assert text
            if text.source.startswith(b"%%", stretch.start):
                yield Edit(stretch, "")
            elif text.source.startswith(b"<", stretch.start):
                for comment in _COMMENT.finditer(text.source, stretch.start, stretch.end):
                    yield Edit(Span(*comment.span()), "")
        for link in note.links:
            if text and link.label and "%%" in link.label and (found := _IN_LABEL.search(link.label)):
                written = text.source[link.span.start : link.span.end].decode("utf-8", "replace")
                yield Edit(link.span, written.replace(found[0], ""))

    def _links(self, note: Note) -> Iterator[Edit]:
        for link, outcome in self._outgoing(note) if self._withholds else ():
            if (names := self._names(outcome)) and link.syntax in ("wikilink", "markdown", "property"):
                label = "" if link.embed else link.label or ""
                yield Edit(link.span, self._shown(label, names, link.syntax))

    def _shown(self, label: str, names: Sequence[str], syntax: Syntax) -> str:
        """What stands for a link to a note with these names."""
        if label and not any(name in fold(label) for name in names):
            return label
        return "" if syntax == "property" else self._phrase

    def _outgoing(self, note: Note) -> Sequence[tuple[Link, Resolution]]:
        if self._is_of_vault(note):
            return self.vault.outgoing(note)
        return [(link, self.vault.resolve(link, note)) for link in note.links]

    def _definitions(self, note: Note, source: bytes) -> Iterator[Edit]:
        """Definitions of links that are comments, `[//]: # (like this)`, or lead to what is not published."""
        if b"]:" not in source:
            return
        for match in _DEFINITION.finditer(source, note.body):
            address = (match[2] if match[2] is not None else match[3]).decode("utf-8", "replace")
            if not _is_opaque(note, match.start(1)) and (
                address in ("", "#") or self._leads_to_withheld(address, note)
            ):
                yield Edit(Span(*match.span()), "")

    def _named_in_code(self, note: Note, source: bytes) -> Iterator[Edit]:
        """What in code, plugins' blocks and HTML means a note that is not published.

        It is no link to a reader, and yet it tells: a wikilink, a Markdown link, a text in quotation marks, the value
        of a line, or an address of Obsidian's own.
        """
        for stretch in note.text.opaque if note.text is not None and self._withholds else ():
            for match in _IN_CODE.finditer(source, stretch.start, stretch.end):
                at = match.lastindex or 0
                said = match[at].decode("utf-8", "replace")
                if _NAMES[at] == "address":
                    if self.tells(unquote(said)):
                        yield Edit(Span(*match.span()), "")
                elif _NAMES[at] == "wikilink":
                    if self._names(self._led(said.partition("|")[0], "wikilink", note)):
                        yield Edit(Span(*match.span()), self._phrase)
                elif self._names(self._led(unquote(said) if _NAMES[at] == "markdown" else said, "wikilink", note)):
                    yield Edit(Span(*match.span(at)), "" if _NAMES[at] == "markdown" else self._phrase)

    def _html(self, note: Note, source: bytes, stretches: Sequence[Span]) -> Iterator[Edit]:
        """What raw HTML has that is not read, and where it leads to what is not published."""
        for stretch in stretches:
            for match in _ADDRESS.finditer(source, stretch.start, stretch.end):
                address = (match[1] or match[2] or match[3] or b"").decode("utf-8", "replace")
                if self._leads_to_withheld(address, note):
                    yield Edit(Span(*match.span(match.lastindex or 0)), "")
        if self._trusts_html:
            return
        lower = source.lower()
        for name in _SILENT:
            closings = [match.end() for match in re.finditer(rb"</%s\s*>" % name, lower)]
            opening = re.compile(rb"<%s\b" % name)
            for stretch in stretches if closings else ():
                for match in opening.finditer(lower, stretch.start, stretch.end):
                    after = bisect_left(closings, match.end())
                    if after < len(closings):
                        yield Edit(Span(match.start(), closings[after]), "")

    def _leads_to_withheld(self, address: str, note: Note) -> bool:
        return bool(self._names(self._led(unquote(address), "markdown", note)))

    def _led(self, target: str, syntax: Syntax, note: Note) -> Resolution:
        """Where a link in ``note`` leads that is none to the reader."""
        target, subpath, _ = properties.split_target(target)
        return self.vault.resolve(Link(_NOWHERE, target, subpath, None, False, syntax, -1, _NOWHERE), note)

    def _told(self, note: Note, of: Any) -> Any:
        """A property without links in the middle of its text to what is not published."""
        value = self._without(of.value, note)
        return of if value == of.value else replace(of, value=value)

    def _without(self, value: Json, note: Note) -> Json:
        if isinstance(value, list):
            return [self._without(each, note) for each in value]
        if isinstance(value, dict):
            return {key: self._without(each, note) for key, each in value.items()}
        if not isinstance(value, str):
            return value
        if "[" not in value:
            is_path = _PATH.fullmatch(value) is not None and self._withholds
            return "" if is_path and self._names(self._led(value.strip(), "wikilink", note)) else value

        def shown(match: re.Match[str]) -> str:
            if match["wikilink"] is not None:
                target, _, label = match["wikilink"].partition("|")
                outcome = self._led(target, "wikilink", note)
            else:
                target, label = unquote(match["markdown"]), match["label"]
                outcome = self._led(target, "markdown", note)
            names = self._names(outcome)
            return self._shown(label, names, "wikilink") if names else match[0]

        return _IN_TEXT.sub(shown, value)

    # -- headings that have become others ------------------------------------------------------------------------------

    def _moved(self, note: Note) -> Iterator[Edit]:
        """Links to headings of which something is taken out: they lead to what is left of these."""
        for link in note.links:
            if not link.subpath or link.syntax not in ("wikilink", "markdown"):
                continue
            outcome = self.vault.resolve(link, note)
            if not (isinstance(outcome, Resolved) and isinstance(outcome.anchor, Heading)):
                continue
            if (left := self._left_of(outcome.path, outcome.anchor)) is None:
                continue
            label = link.label or ""
            if not label or self.tells(label):
                label = " ".join(f"{link.target} > {left}".split()) if link.target else left
            label = re.sub(r"[\[\]|]+", " ", label)
            place = f"{link.target}#{comparable(left)}"
            if link.syntax == "markdown":
                yield Edit(link.span, f"{'!' * link.embed}[{label}](<{place}>)")
            elif link.embed:
                yield Edit(link.span, f"![[{place}]]")
            else:
                yield Edit(link.span, f"[[{place}{chr(92) if link.in_table else ''}|{label}]]")

    def _left_of(self, path: str, heading: Heading) -> str | None:
        """What is left of a heading's text; None where all is."""
        note = self.vault.notes[path]
        if self.withheld(path) or note.text is None:
            return None
        source, span = note.text.source, heading.span
        text = heading.text
        for edit in self._edits(note):
            if span.start <= edit.span.start and edit.span.end <= span.end:
                text = text.replace(source[edit.span.start : edit.span.end].decode("utf-8", "replace"), edit.text)
        return None if text == heading.text else text.strip()

    def _names(self, outcome: Resolution) -> Sequence[str]:
        """What a withheld file is called, where that is what a link leads to; else nothing."""
        if not self._withholds:
            return ()
        paths = self.vault.with_alias(outcome.target) if isinstance(outcome, MissingNote) else [reached(outcome)]
        found = [path for path in paths if path is not None]
        if not found or not all(map(self.withheld, found)):
            return ()
        notes = [self.vault.notes[path] for path in found if path in self.vault.notes]
        names = [*(path.rpartition("/")[2] for path in found), *(note.name for note in notes)]
        return [fold(name) for name in (*names, *(alias.name for note in notes for alias in note.aliases)) if name]


def _is_opaque(note: Note, at: int) -> bool:
    """Whether what stands ``at`` is code, math, HTML or a comment."""
    assert note.text is not None
    stretches = note.text.opaque
    index = bisect_left(stretches, Span(at + 1, 0)) - 1
    return index >= 0 and stretches[index].end > at


def _edited(source: bytes, edits: Sequence[Edit]) -> bytes:
    """The source with all edits made that do not lie in another."""
    pieces: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.span.start, -edit.span.end)):
        if edit.span.start >= at:
            pieces += source[at : edit.span.start], edit.text.encode()
            at = edit.span.end
    return b"".join((*pieces, source[at:]))
