"""What Obsidian adds to Markdown, hidden from the parser: each such stretch stands for itself as a run of controls.

The reader has found links, tags, ids of blocks and footnotes. In the parser's copy, of the same length, each is
one ``\\x01`` and fillers, so that no emphasis begins in a link and every event's offsets hold for the note itself.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import pyromark

from fmvault.model import START, Block, Callout, Heading, Note, Span

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_MATH
)
_PARSER = pyromark.Markdown(options=_OPTIONS)

Events: TypeAlias = Sequence[tuple[Any, Any]]

_BLOCKS = frozenset(
    ("Paragraph", "Heading", "BlockQuote", "CodeBlock", "HtmlBlock", "List", "Table", "FootnoteDefinition")
)

_ITEM = {"Start": "Item"}

LINK, TAG, BLOCK, FOOTNOTE, COMMENT, INLINE_FOOTNOTE, TITLE, ESCAPED = range(8)

# Start, end, what it is, and the reader's word for it.
Mark: TypeAlias = tuple[int, int, int, Any]

# What is read out of the source first, so that no note has them.
MARKED = re.compile("\x01\x02*|\x03")
_CONTROLS = bytes.maketrans(bytes((*range(9), 11, *range(14, 32), 127)), b"?" * 29)
_HAS_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_CONTROL_REFERENCE = re.compile(rb"&#(?:0{0,6}(?:[12]?[0-9]|3[01])|[xX]0{0,5}1?[0-9A-Fa-f]);")
_BRACKETS = re.compile(rb"\\.|(\^\[)|(\[)|(\])|(\n[ \t>]*(?=\n|\Z))", re.DOTALL)
_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*(\\=)")
_TITLE = re.compile(rb"\[!(?P<type>[^\]\n|]+)(?:\|[^\]\n]*)?\](?P<fold>[+-]?)[ \t]*(?P<title>[^\r\n]*)")


class Title:
    """The first line of a callout: ``fold`` is ``+``, ``-`` or empty, ``start`` and ``end`` are the title's."""

    def __init__(self, callout: Callout, fold: str, start: int, end: int) -> None:
        self.type = callout.type.strip().lower()
        self.fold = fold
        self.start = start
        self.end = end


class Level:
    """A source as the parser sees it, and the marks in it, sorted; none lies in another."""

    def __init__(self, source: bytes, marks: Sequence[Mark]) -> None:
        self.marks: list[Mark] = []
        masked = bytearray(source)
        at = 0
        for mark in sorted(marks, key=lambda mark: (mark[0], -mark[1])):
            start, end, kind, _ = mark
            if start < at:
                continue
            at = end
            if kind == COMMENT and b"\n" in source[start:end]:
                lines = source[start:end].split(b"\n")
                masked[start:end] = b"\n".join(b"\x03" * len(line) for line in lines)
                continue
            self.marks.append(mark)
            if kind == TITLE:
                # A heading of its own: what is below it begins a block, whatever the title looks like.
                masked[start:end] = b"# \x01" + b"\x02" * (end - start - 3)
            else:
                masked[start:end] = b"\x01" + b"\x02" * (end - start - 1)
        self.source = bytes(masked)
        self.starts = [mark[0] for mark in self.marks]

    def within(self, start: int, end: int) -> Sequence[Mark]:
        """The marks that begin in a stretch of the source."""
        first = bisect_left(self.starts, start)
        return self.marks[first : bisect_left(self.starts, end, first)]


class Prepared:
    """A note made ready for the parser."""

    def __init__(self, note: Note) -> None:
        assert note.text is not None
        self.note = note
        self.original = source = note.text.source
        if _HAS_CONTROLS.search(source):
            source = source.translate(_CONTROLS)
        if b"&#" in source:
            source = _CONTROL_REFERENCE.sub(self._outside_code(lambda found: b"?" * len(found[0])), source)
        self._source = source
        atoms: list[Mark] = [
            (link.span.start, link.span.end, LINK, link) for link in note.links if link.syntax == "wikilink"
        ]
        atoms += [(tag.span.start, tag.span.end, TAG, tag) for tag in note.tags if not tag.in_property]
        atoms += [(block.span.start, block.span.end, BLOCK, block) for block in note.blocks]
        atoms += [(each.span.start, each.span.end, FOOTNOTE, each) for each in note.footnotes if not each.defines]
        if b"%%" in source:
            atoms += [
                (each.start, each.end, COMMENT, None)
                for each in note.text.opaque
                if source.startswith(b"%%", each.start)
            ]
        if b"\\=" in source:
            # The parser would take the backslash away, and two signs would begin a highlight.
            found = _ESCAPED.finditer(source, note.body)
            atoms += [
                (each.start(1), each.end(), ESCAPED, None) for each in found if not self._is_opaque(each.start(1))
            ]
        self._atoms = atoms
        self._footnotes = list(self._inline_footnotes()) if b"^[" in source else []
        self._titles = [title for callout in note.callouts if (title := self._title(callout))]
        self.outer = Level(source, [*atoms, *self._footnotes, *self._titles])
        # Where nothing holds another thing, all levels are one.
        self.in_title = Level(source, [*atoms, *self._footnotes]) if self._titles else self.outer

    @cached_property
    def in_footnote(self) -> Level:
        if not self._footnotes:
            return self.in_title
        return Level(self._source, self._atoms)

    @cached_property
    def events(self) -> Events:
        """The parser's events of the note's body; their offsets are into that, ``note.body`` away from the file's."""
        return parsed(self.outer.source[self.note.body :].decode("utf-8", "replace"))

    @cached_property
    def definitions(self) -> dict[str, tuple[int, int]]:
        """Where among the events a footnote is defined, by its label in lower case: what stands between its ends."""
        found: dict[str, tuple[int, int]] = {}
        label, first = "", -1
        for index, (event, _) in enumerate(self.events):
            if event.__class__ is str or "Text" in event:
                continue
            if (start := event.get("Start")) and start.__class__ is dict and "FootnoteDefinition" in start:
                label, first = start["FootnoteDefinition"].lower(), index + 1
            elif event.get("End") == "FootnoteDefinition" and first >= 0:
                found.setdefault(label, (first, index))
                first = -1
        return found

    @cached_property
    def references(self) -> dict[str, tuple[str, str]]:
        """What the note's definitions of links say, by their labels folded."""
        text = self.outer.source[self.note.body :].decode("utf-8", "replace")
        return {
            " ".join(label.split()).casefold(): (found["dest"], found.get("title") or "")
            for label, found in _PARSER.reference_definitions(text).items()
        }

    def between(self, span: Span) -> Events:
        """The events of the blocks that lie in a stretch of the file; of an entry of a list, of what it holds.

        None if the stretch lies in a block and holds none.
        """
        start, end = span.start - self.note.body, span.end - self.note.body
        found: list[Any] = []
        depth = 0
        for each in self.events:
            event, where = each
            if where["start"] >= end:
                break
            if not depth and (where["start"] < start or where["end"] > end):
                continue
            if event.__class__ is str:
                if depth or event == "Rule":
                    found.append(each)
                continue
            kind = next(iter(event))
            if kind == "Start":
                tag = event["Start"]
                name = tag if tag.__class__ is str else next(iter(tag))
                if not depth and name not in _BLOCKS and name != "Item":
                    return ()
                depth += 1
            elif kind == "End":
                if not depth:
                    continue
                depth -= 1
            elif not depth:
                return ()
            found.append(each)
        if self._is_entry(span):
            # Of a list with a single entry, the list has been found too.
            outer = next((index for index in (0, 1) if found[index : index + 1] and found[index][0] == _ITEM), -1) + 1
            return found[outer : len(found) - outer]
        return found

    def _is_entry(self, span: Span) -> bool:
        assert self.note.text is not None
        passages = self.note.text.passages
        index = bisect_left(passages, span.start, key=START)
        return index < len(passages) and passages[index].span == span and passages[index].kind == "item"

    def place(self, anchor: Heading | Block) -> Events:
        """The events of what a link to a heading or a block leads to."""
        return self._section(anchor) if isinstance(anchor, Heading) else self._block(anchor)

    def _section(self, heading: Heading) -> Events:
        """The events of a heading and what stands below it, up to the next of its level."""
        note = self.note
        end = len(self.original)
        below = bisect_right(note.headings, heading.span.start, key=START)
        for later in note.headings[below:]:
            if later.level <= heading.level:
                end = later.span.start
                break
        start, end = heading.span.start - note.body, end - note.body
        found: list[Any] = []
        depth = 0
        for each in self.events:
            event, where = each
            if where["start"] < start:
                continue
            if where["start"] >= end:
                break
            if event.__class__ is not str:
                if "Start" in event:
                    depth += 1
                elif "End" in event:
                    depth -= 1
                    if depth < 0:
                        break
            found.append(each)
        return found

    def _block(self, block: Block) -> Events:
        """The events of the block that an id is of: the innermost around it, or the one above where it stands alone."""
        at = block.span.start - self.note.body
        events = self.events
        opened: list[int] = []
        above: list[int] = [-1]
        for index, (event, where) in enumerate(events):
            if event.__class__ is str:
                continue
            if "Start" in event:
                tag = event["Start"]
                name = tag if tag.__class__ is str else next(iter(tag))
                if name in _BLOCKS or name == "Item":
                    opened.append(index)
                    above.append(-1)
            elif "End" in event:
                tag = event["End"]
                name = tag if tag.__class__ is str else next(iter(tag))
                if name in _BLOCKS or name == "Item":
                    above.pop()
                    above[-1] = opened.pop()
            elif "Text" in event and where["start"] <= at < where["end"] and opened:
                first = opened[-1]
                alone = self.outer.source[events[first][1]["start"] + self.note.body : block.span.start].strip(
                    b" \t>\x03"
                )
                if not alone and above[-2] >= 0:
                    first = above[-2]
                elif len(opened) > 1 and events[opened[-2]][0] == {"Start": "Item"}:
                    first = opened[-2]
                return self._whole(first)
        return ()

    def _whole(self, first: int) -> Events:
        depth = 0
        for index in range(first, len(self.events)):
            event = self.events[index][0]
            if event.__class__ is not str:
                depth += ("Start" in event) - ("End" in event)
                if not depth:
                    found = self.events[first : index + 1]
                    if found[0][0] == {"Start": "Item"}:
                        where = found[0][1]
                        return [({"Start": {"List": None}}, where), *found, ({"End": {"List": False}}, where)]
                    return found
        return ()

    def stretch(self, level: Level, start: int, end: int) -> Events:
        """The events of a stretch that is a line's part, as one paragraph; one byte stands before it."""
        text = b"\x03" + level.source[start:end].replace(b"\n", b" ").replace(b"\r", b" ")
        known = self.references if b"[" in text and b"]:" in self.original else None
        return parsed(text.decode("utf-8", "replace"), known)

    def _inline_footnotes(self) -> Iterator[Mark]:
        """``^[text]``, which no empty line may part."""
        source = Level(self._source, self._atoms).source
        opened: list[tuple[int, bool]] = []
        opaque = self._is_opaque
        for token in _BRACKETS.finditer(source, self.note.body):
            kind = token.lastindex
            if kind is None or opaque(token.start()):
                continue
            if kind == 4:
                opened.clear()
            elif kind < 3:
                opened.append((token.start(), kind == 1))
            elif opened:
                start, is_footnote = opened.pop()
                if is_footnote and token.end() - start > 3:
                    yield start, token.end(), INLINE_FOOTNOTE, None

    def _title(self, callout: Callout) -> Mark | None:
        start = callout.span.start - 2
        found = _TITLE.match(self._source, start)
        if found is None:
            return None
        end = found.end() - len(found["title"]) + len(found["title"].rstrip())
        title = Title(callout, found["fold"].decode(), min(found.start("title"), end), end)
        return (start, max(end, found.end("fold")), TITLE, title)

    def _is_opaque(self, at: int) -> bool:
        assert self.note.text is not None
        opaque = self.note.text.opaque
        index = bisect_right(opaque, at, key=lambda span: span.start) - 1
        return index >= 0 and opaque[index].end > at

    def _outside_code(self, replaced: Callable[[re.Match[bytes]], bytes]) -> Callable[[re.Match[bytes]], bytes]:
        return lambda found: found[0] if self._is_opaque(found.start()) else replaced(found)


def parsed(text: str, references: dict[str, tuple[str, str]] | None = None) -> Events:
    """The parser's events and where each stands."""
    if not references:
        return list(_PARSER.events_with_range(text, merge_text=True))
    known = references

    def find(link: Any) -> tuple[str, str] | None:
        return known.get(" ".join(link["reference"].split()).casefold())

    return list(pyromark.events_with_range(text, options=_OPTIONS, merge_text=True, broken_link_callback=find))
