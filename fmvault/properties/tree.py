"""From YAML's events to a tree of nodes that know their places, no deeper and no larger than is allowed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec import Struct
from yaml import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml._yaml import CParser
from yaml.composer import ComposerError

# What properties may come to before they are none any more: values (those that YAML aliases repeat counted each time),
# and levels of nesting.
MAX_VALUES = 10_000
MAX_DEPTH = 50

SCALAR, SEQUENCE, MAPPING = 0, 1, 2


class Node:
    """A value as written. ``children`` has a list's entries, or a map's keys and values in turn."""

    __slots__ = ("aliased", "children", "end", "kind", "start", "style", "text", "typed")

    def __init__(self, kind: int, start: int, end: int, text: str = "", style: str = "", typed: bool = False) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.text = text
        self.style = style
        self.typed = typed
        self.aliased = False
        self.children: list[Node] = []


class Tree(Struct, gc=False):
    """A document: its root, None where it has none, and what was met on the way.

    ``linked``: a scalar may be a wikilink. ``unquoted`` has the lists that hold a list and nothing else, as
    ``[[Note]]`` does without quotes.
    """

    root: Node | None
    linked: bool
    unquoted: list[Node]


class Cure(NamedTuple):
    """What mends a trouble: ``written`` in place of what stands from ``start`` up to ``end``."""

    title: str
    start: int
    end: int
    written: str


class Trouble(Exception):
    """The YAML cannot be read, for a reason that stands between two places of its text."""

    def __init__(self, start: int, end: int, message: str, cure: Cure | None = None) -> None:
        super().__init__(message)
        self.start = start
        self.end = max(start, end)
        self.message = message
        self.cure = cure


def compose(text: str, shift: int = 0) -> Tree:
    """The tree of ``text``, its places shifted by ``shift``. Raises ``YAMLError`` or ``Trouble``."""
    next_event: Callable[[], Any] = CParser(text).get_event
    stack: list[Node] = []
    siblings: list[Node] = []
    document = siblings
    values = 0
    linked = False
    unquoted: list[Node] = []
    anchored: dict[str, tuple[Node, int]] = {}
    # The anchors of what is still open: an alias to one of them would hold itself.
    opened: list[tuple[str, int]] = []
    while True:
        event = next_event()
        kind = type(event)
        if kind is ScalarEvent:
            written = event.value
            node = Node(
                SCALAR,
                event.start_mark.index + shift,
                event.end_mark.index + shift,
                written,
                event.style or "",
                event.tag in ("!", "tag:yaml.org,2002:str"),
            )
            values += 1
            if "[[" in written:
                linked = True
            siblings.append(node)
            if event.anchor:
                anchored[event.anchor] = (node, 1)
        elif kind is SequenceStartEvent or kind is MappingStartEvent:
            if len(stack) == MAX_DEPTH:
                place = event.start_mark.index
                raise Trouble(place, place + 1, f"properties are nested more than {MAX_DEPTH} levels deep")
            node = Node(
                SEQUENCE if kind is SequenceStartEvent else MAPPING,
                event.start_mark.index + shift,
                event.end_mark.index + shift,
                style="flow" if event.flow_style else "",
            )
            values += 1
            siblings.append(node)
            stack.append(node)
            siblings = node.children
            opened.append((event.anchor or "", values))
        elif kind is SequenceEndEvent or kind is MappingEndEvent:
            node = stack.pop()
            siblings = stack[-1].children if stack else document
            if node.style:
                node.end = event.end_mark.index + shift
                children = node.children
                if kind is SequenceEndEvent:
                    if len(children) == 1 and children[0].kind == SEQUENCE:
                        unquoted.append(node)
                elif len(children) == 2 and children[0].kind == MAPPING:
                    # `{{date}}` is YAML for a map in a map, and never meant as one.
                    braces = text[node.start - shift : node.end - shift]
                    if TEMPLATE.fullmatch(braces):
                        node.kind, node.text, node.typed = SCALAR, braces, True
                        node.children = []
            else:
                # A block collection's own end is wherever the next token stands.
                node.end = node.children[-1].end
            anchor, before = opened.pop()
            if anchor:
                anchored[anchor] = (node, values - before + 1)
        elif kind is AliasEvent:
            start, end = event.start_mark.index, event.end_mark.index
            if event.anchor not in anchored:
                if any(anchor == event.anchor for anchor, _ in opened):
                    raise Trouble(start, end, f"the YAML alias '*{event.anchor}' is part of what it stands for")
                raise ComposerError(None, None, "found an alias for something that is not there", event.start_mark)
            original, size = anchored[event.anchor]
            values += size
            if values <= MAX_VALUES:
                siblings.append(_repeated(original, start + shift, end + shift))
        elif kind is DocumentStartEvent:
            if document:
                start, end = event.start_mark.index, event.end_mark.index
                raise Trouble(start, end, "a second YAML document begins here; properties are one")
        elif kind is StreamEndEvent:
            return Tree(document[0] if document else None, linked, unquoted)
        if values > MAX_VALUES:
            place = event.start_mark.index
            raise Trouble(place, place, f"properties hold more than {MAX_VALUES:,} values")


def _repeated(node: Node, start: int, end: int) -> Node:
    """A copy of ``node`` that stands, with all it holds, where the YAML alias stands."""
    copy = Node(node.kind, start, end, node.text, node.style, node.typed)
    copy.aliased = True
    copy.children = [_repeated(child, start, end) for child in node.children]
    return copy


# What note templates write, and what YAML takes for a map in a map.
TEMPLATE = re.compile(r"\{\{[^{}\r\n]*\}\}")


def simple(text: str) -> Tree | None:
    """The tree of ``text`` if each line is a property with a plain or quoted value, or an entry of a list of such.

    Most frontmatter is no more than that, and is read so in a third of the time. None where anything else stands, were
    it a comment, so that the parser decides; what is read is what the parser would read.
    """
    root = Node(MAPPING, 0, 0)
    children = root.children
    place, end = 0, len(text)
    # The parser counts values, and takes no name of more than 1024 characters.
    if end > 1000:
        return None
    while place < end:
        line = _LINE.match(text, place)
        if line is None:
            return None
        key_end = line.end(1)
        children.append(Node(SCALAR, place, key_end, line[1]))
        place = line.end()
        value = line.lastgroup
        if value is None:
            node = Node(SCALAR, key_end + 1, key_end + 1)
            item = _ITEM.match(text, place)
            if item is not None:
                indent = item[1]
                node = Node(SEQUENCE, item.end(1), 0)
                while item is not None and item[1] == indent:
                    node.children.append(_simple_scalar(item))
                    place = item.end()
                    item = _ITEM.match(text, place)
                node.end = node.children[-1].end
        elif value == "flow":
            node = Node(SEQUENCE, line.start("flow") - 1, line.end("flow") + 1, "", "flow")
            start, stop = line.span("flow")
            while start < stop:
                entry = _FLOW_ENTRY.match(text, start, stop)
                if entry is None:
                    return None
                node.children.append(_simple_scalar(entry))
                start = entry.end()
        else:
            node = _simple_scalar(line)
        children.append(node)
    return Tree(root if children else None, "[[" in text, [])


def _simple_scalar(match: re.Match[str]) -> Node:
    group = match.lastgroup or ""
    start, end = match.span(group)
    if group == "plain":
        return Node(SCALAR, start, end, match[group])
    return Node(SCALAR, start - 1, end + 1, match[group], '"' if group == "double" else "'")


_QUOTED = r"""\"(?P<double>[\w !#-\[\]-~]*+)\"|'(?P<single>[\w !-&(-~]*+)'"""
# Possessive are only what repeats a single character: of groups Python up to 3.11.4 matches what it should not
# (https://github.com/python/cpython/issues/106052). No two alternatives begin alike, so nothing is tried twice.
# A plain scalar here holds letters and ASCII, and a colon only where a letter or a slash follows.
_SCALAR_HERE = r"""(?P<plain>\w(?:[\w!"$-9;-~]|:(?=[\w/])| ++(?=[\w!"$-9;-~]))*)|""" + _QUOTED
_LINE = re.compile(
    rf"([^\W\d][\w-]*+(?: [\w-]++)*):(?: ++(?:{_SCALAR_HERE}|\[(?P<flow>[^\[\]{{}}:#\\\r\n\t]*+)\]))? *+(?:\r?\n|\Z)"
)
_ITEM = re.compile(rf"( *+)- ++(?:{_SCALAR_HERE}) *+(?:\r?\n|\Z)")
_FLOW_ENTRY = re.compile(
    rf""" *+(?:(?P<plain>\w(?:[\w!"$-+\--9;-Z^-z|~]| ++(?=[\w!"$-+\--9;-Z^-z|~]))*)|{_QUOTED}) *+(?:,|\Z)"""
)
