"""Frontmatter: the properties at the head of a note, with their places.

The YAML is read as a stream of events from PyYAML's C parser. Events need no recursion, so depth, size and YAML aliases
are counted while they come, and nothing that a file can hold costs more than its length. Plain scalars follow YAML
1.2's core schema (https://yaml.org/spec/1.2.2/#103-core-schema): ``yes`` and ``12:30`` are text, and so are dates.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

from msgspec import Struct
from yaml import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    MarkedYAMLError,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    YAMLError,
)
from yaml._yaml import CParser
from yaml.composer import ComposerError

from fmvault.model import Alias, Defect, Edit, Fix, Json, Link, Property, Span, Tag

# What a note's properties may come to before they are no properties any more: bytes, values (those that YAML aliases
# repeat counted each time), and levels of nesting.
MAX_SIZE = 1 << 20
MAX_VALUES = 10_000
MAX_DEPTH = 50


class Frontmatter(Struct, frozen=True, gc=False):
    """What stands between the two ``---`` lines. ``body`` is where the text after them starts, in bytes.

    A frontmatter that is opened and never closed has ``body`` 0, no properties and one defect.
    """

    body: int
    properties: tuple[Property, ...] = ()
    aliases: tuple[Alias, ...] = ()
    tags: tuple[Tag, ...] = ()
    links: tuple[Link, ...] = ()
    defects: tuple[Defect, ...] = ()


def split_target(text: str) -> tuple[str, str, str | None]:
    """The target, subpath and label of a wikilink's inside: ``note#heading|label``.

    The first ``|`` starts the label, the first ``#`` the subpath. Target and subpath are trimmed, the label stands as
    written, and is None where there is no bar.
    """
    place, bar, label = text.partition("|")
    target, _, subpath = place.partition("#")
    return target.strip(), subpath.strip(), label if bar else None


def is_tag(name: str) -> bool:
    """Whether Obsidian takes ``name``, without its ``#``, for a tag: no space, no punctuation, not digits alone."""
    return _TAG.fullmatch(name) is not None


# Observed, not documented: what is none of these characters may stand in a tag, emoji among them.
_TAG = re.compile(
    r"""(?![0-9]+\Z)[^\u2000-\u206f\u2e00-\u2e7f\x00-\x20'!"#$%&()*+,.:;<=>?@^`{|}~\[\]\\\s\x7f]+""",
)


def read(source: bytes) -> Frontmatter | None:
    """The frontmatter of a note, or None where it has none."""
    if not source.startswith((b"---", b"\xef\xbb\xbf---")):
        return None
    opening = _OPENING.match(source)
    if opening is None:
        return None
    start = opening.end()
    mark = source.find(b"\n---", start - 1)
    while mark >= 0:
        closing = _CLOSING.match(source, mark + 1)
        if closing is not None:
            return _read(source, start, mark + 1, closing.end())
        mark = source.find(b"\n---", mark + 1)
    defect = _never_closed(source, start)
    return Frontmatter(0, defects=(defect,)) if defect else None


_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?---\r?\n")
_CLOSING = re.compile(rb"---\r?(?:\n|\Z)")


# -- from YAML's events to a tree of nodes ---------------------------------------------------------------------------

_SCALAR, _SEQUENCE, _MAPPING = 0, 1, 2


class _Node:
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
        self.children: list[_Node] = []


class _Tree(Struct, gc=False):
    """A document: its root, and what was met on the way that may need a word."""

    root: _Node | None
    linked: bool
    unquoted: list[_Node]


class _Trouble(Exception):
    """The YAML cannot be read, for a reason that stands between two places of its text."""

    def __init__(self, start: int, end: int, message: str, fix: tuple[str, str] | None = None) -> None:
        super().__init__(message)
        self.start = start
        self.end = max(start, end)
        self.message = message
        self.fix = fix


def _compose(text: str, shift: int = 0) -> _Tree:
    """The tree of ``text``, its places shifted by ``shift``. Raises ``YAMLError`` or ``_Trouble``."""
    next_event: Callable[[], Any] = CParser(text).get_event
    stack: list[_Node] = []
    siblings: list[_Node] = []
    document = siblings
    values = 0
    linked = False
    unquoted: list[_Node] = []
    anchored: dict[str, tuple[_Node, int]] = {}
    # The anchors of what is still open: an alias to one of them would hold itself.
    opened: list[tuple[str, int]] = []
    documents = 0
    while True:
        event = next_event()
        kind = type(event)
        if kind is ScalarEvent:
            written = event.value
            tag = event.tag
            node = _Node(
                _SCALAR,
                event.start_mark.index + shift,
                event.end_mark.index + shift,
                written,
                event.style or "",
                tag is not None and tag in ("!", "tag:yaml.org,2002:str"),
            )
            values += 1
            if written[-2:] == "]]" or "[[" in written:
                linked = True
            siblings.append(node)
            if event.anchor:
                anchored[event.anchor] = (node, 1)
        elif kind is SequenceStartEvent or kind is MappingStartEvent:
            if len(stack) == MAX_DEPTH:
                place = event.start_mark.index
                raise _Trouble(place, place + 1, f"properties are nested more than {MAX_DEPTH} levels deep")
            node = _Node(
                _SEQUENCE if kind is SequenceStartEvent else _MAPPING,
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
                    if len(children) == 1 and children[0].kind == _SEQUENCE:
                        unquoted.append(node)
                elif len(children) == 2 and children[0].kind == _MAPPING:
                    # `{{date}}` is YAML for a map in a map, and never meant as one.
                    braces = text[node.start - shift : node.end - shift]
                    if _TEMPLATE.fullmatch(braces):
                        node.kind, node.text, node.typed = _SCALAR, braces, True
                        node.children = []
            elif node.children:
                # A block collection's own end is wherever the next token stands.
                node.end = node.children[-1].end
            anchor, before = opened.pop()
            if anchor:
                anchored[anchor] = (node, values - before + 1)
        elif kind is AliasEvent:
            start, end = event.start_mark.index, event.end_mark.index
            if event.anchor not in anchored:
                if any(anchor == event.anchor for anchor, _ in opened):
                    raise _Trouble(start, end, f"the YAML alias '*{event.anchor}' is part of what it stands for")
                raise ComposerError(None, None, "found an alias for something that is not there", event.start_mark)
            original, size = anchored[event.anchor]
            values += size
            if values <= MAX_VALUES:
                siblings.append(_repeated(original, start + shift, end + shift))
        elif kind is DocumentStartEvent:
            documents += 1
            if documents > 1:
                start, end = event.start_mark.index, event.end_mark.index
                raise _Trouble(start, end, "a second YAML document begins here; properties are one")
        elif kind is StreamEndEvent:
            return _Tree(document[0] if document else None, linked, unquoted)
        elif kind is DocumentEndEvent:
            continue
        if values > MAX_VALUES:
            place = event.start_mark.index
            raise _Trouble(place, place, f"properties hold more than {MAX_VALUES:,} values")


def _simple(text: str) -> _Tree | None:
    """The tree of ``text`` if each line is a property with a plain or quoted value, or an entry of a list of such.

    Most frontmatter is no more than that, and is read so in a third of the time. None where anything else stands, were
    it a comment, so that the parser decides; what is read is what the parser would read.
    """
    root = _Node(_MAPPING, 0, 0)
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
        children.append(_Node(_SCALAR, place, key_end, line[1]))
        place = line.end()
        value = line.lastgroup
        if value is None:
            node = _Node(_SCALAR, key_end + 1, key_end + 1)
            item = _ITEM.match(text, place)
            if item is not None:
                indent = item[1]
                node = _Node(_SEQUENCE, item.end(1), 0)
                while item is not None and item[1] == indent:
                    node.children.append(_simple_scalar(item))
                    place = item.end()
                    item = _ITEM.match(text, place)
                node.end = node.children[-1].end
        elif value == "flow":
            node = _Node(_SEQUENCE, line.start("flow") - 1, line.end("flow") + 1, "", "flow")
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
    return _Tree(root if children else None, "]]" in text, [])


def _simple_scalar(match: re.Match[str]) -> _Node:
    group = match.lastgroup or ""
    start, end = match.span(group)
    if group == "plain":
        return _Node(_SCALAR, start, end, match[group])
    return _Node(_SCALAR, start - 1, end + 1, match[group], '"' if group == "double" else "'")


_QUOTED = r"""\"(?P<double>[\w !#-\[\]-~]*+)\"|'(?P<single>[\w !-&(-~]*+)'"""
# A plain scalar here holds letters and ASCII, and a colon only where a letter or a slash follows.
_SCALAR_HERE = r"""(?P<plain>\w(?:[\w!"$-9;-~]|:(?=[\w/])| ++(?=[\w!"$-9;-~]))*+)|""" + _QUOTED
_LINE = re.compile(
    rf"([^\W\d][\w-]*+(?: [\w-]++)*+):(?: ++(?:{_SCALAR_HERE}|\[(?P<flow>[^\[\]{{}}:#\\\r\n\t]*+)\]))?+ *+(?:\r?\n|\Z)"
)
_ITEM = re.compile(rf"( *+)- ++(?:{_SCALAR_HERE}) *+(?:\r?\n|\Z)")
_FLOW_ENTRY = re.compile(
    rf""" *+(?:(?P<plain>\w(?:[\w!"$-+\--9;-Z^-z|~]| ++(?=[\w!"$-+\--9;-Z^-z|~]))*+)|{_QUOTED}) *+(?:,|\Z)"""
)


def _repeated(node: _Node, start: int, end: int) -> _Node:
    """A copy of ``node`` that stands, with all it holds, where the YAML alias stands."""
    copy = _Node(node.kind, start, end, node.text, node.style, node.typed)
    copy.aliased = True
    copy.children = [_repeated(child, start, end) for child in node.children]
    return copy


def _readable(text: str) -> _Tree:
    """The tree of ``text``. Raises ``_Trouble``."""
    # The parser compares each %TAG directive with all before it.
    if text.count("\n%") > MAX_DEPTH:
        place = text.index("\n%") + 1
        raise _Trouble(place, place + 1, "a line that begins with '%' is no property")
    simple = _simple(text)
    if simple is not None:
        return simple
    try:
        return _compose(text)
    except YAMLError as error:
        # The parser is stricter than YAML 1.2 on blank lines that hold a tab, and takes three characters for line
        # breaks that are none in YAML 1.2.
        softened = _BLANK.sub(lambda match: " " * len(match[0]), text).translate(_NO_BREAKS)
        if softened == text:
            raise _explained(text, error) from None
        try:
            return _compose(softened)
        except YAMLError:
            raise _explained(text, error) from None


_TEMPLATE = re.compile(r"\{\{[^{}\r\n]*\}\}")
_BLANK = re.compile(r"^[ \t]+(?=\r?$)", re.MULTILINE)
_NO_BREAKS = {0x85: " ", 0x2028: " ", 0x2029: " "}


# -- from nodes to properties ----------------------------------------------------------------------------------------


def _read(source: bytes, start: int, end: int, body: int) -> Frontmatter:
    if end - start > MAX_SIZE:
        line = source.find(b"\n", start)
        message = f"properties are larger than {MAX_SIZE >> 20} MB"
        return Frontmatter(body, defects=(Defect("malformed-frontmatter", Span(start, line), message),))
    region = source[start:end]
    try:
        text = region.decode()
    except UnicodeDecodeError:
        # One character for each bad byte, so that places stay right.
        text = region.decode(errors="surrogateescape")
        at = _places(text, start)
        text = _SURROGATE.sub("\ufffd", text)
    else:
        at = _places(text, start)
    reader = _Reader(text, at, source)
    try:
        tree = _readable(text)
    except _Trouble as trouble:
        reader.salvage(trouble.start)
        fix = None
        if trouble.fix:
            title, replacement = trouble.fix
            fix = Fix(title, (Edit(Span(at(trouble.start), at(trouble.end)), replacement),))
        defect = Defect("malformed-frontmatter", Span(at(trouble.start), at(trouble.end)), trouble.message, fix)
        return reader.frontmatter(body, (defect,))
    reader.add(tree)
    return reader.frontmatter(body, tuple(reader.defects))


def _places(text: str, base: int) -> Callable[[int], int]:
    """What turns an index into ``text`` into a byte offset of the file, where ``text`` starts at ``base``."""
    if text.isascii():
        return lambda index: base + index
    wide = [(match.start(), _width(match[0]) - 1) for match in _WIDE.finditer(text)]
    after = [index + 1 for index, _ in wide]
    extra = [0, *accumulate(more for _, more in wide)]
    return lambda index: base + index + extra[bisect_right(after, index)]


def _width(character: str) -> int:
    return 1 if "\udc80" <= character <= "\udcff" else len(character.encode())


_WIDE = re.compile(r"[^\x00-\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class _Reader:
    """Gathers a frontmatter from trees whose nodes have places in ``text``."""

    def __init__(self, text: str, at: Callable[[int], int], source: bytes) -> None:
        self.text = text
        self.at = at
        self.source = source
        self.properties: list[Property] = []
        self.aliases: list[Alias] = []
        self.tags: list[Tag] = []
        self.links: list[Link] = []
        self.defects: list[Defect] = []
        self.seen: dict[str, Property] = {}

    def frontmatter(self, body: int, defects: tuple[Defect, ...]) -> Frontmatter:
        return Frontmatter(
            body, tuple(self.properties), tuple(self.aliases), tuple(self.tags), tuple(self.links), defects
        )

    def span(self, node: _Node) -> Span:
        start, end = node.start, node.end
        if node.style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip())
        return Span(self.at(start), self.at(end))

    def add(self, tree: _Tree) -> None:
        root = tree.root
        if root is None:
            return
        if root.kind != _MAPPING:
            self.add_no_map(root)
            return
        for node in tree.unquoted:
            self.add_unquoted(node)
        children = root.children
        for index in range(0, len(children), 2):
            self.add_property(children[index], children[index + 1], tree.linked)

    def add_no_map(self, root: _Node) -> None:
        span = self.span(root)
        if root.kind == _SCALAR and not root.text.strip():
            return
        line_end = self.source.find(b"\n", span.start)
        span = Span(span.start, max(span.start, min(span.end, line_end)))
        fix = None
        if root.kind == _SEQUENCE:
            message = "properties are a list here; each is written 'name: value'"
        else:
            message = "what stands between the '---' lines is no property; each is written 'name: value'"
            tight = _TIGHT.match(self.text, root.start)
            if tight and not root.style:
                message = f"a space is missing after the colon of '{tight[1]}'"
                place = self.at(tight.end(1) + 1)
                fix = Fix("Put a space after the colon", (Edit(Span(place, place), " "),))
        self.defects.append(Defect("malformed-frontmatter", span, message, fix))

    def add_property(self, key: _Node, value: _Node, linked: bool) -> None:
        at, text = self.at, self.text
        name = _key(key, text)
        quoted = False
        items: tuple[Span, ...] = ()
        if value.kind == _SCALAR:
            json = _scalar(value)
            quoted = value.style in ("'", '"') and not value.aliased
        else:
            json = self.json(value)
            if value.kind == _SEQUENCE:
                items = tuple([self.span(child) for child in value.children])
        new = Property(Span(at(key.start), at(key.end)), self.span(value), name, json, items, quoted)
        self.properties.append(new)
        folded = name.lower()
        first = self.seen.setdefault(folded, new)
        if first is not new:
            line = self.source.count(b"\n", 0, first.key_span.start) + 1
            said = f"property '{name}' stands here again; "
            said += f"line {line} has it already" if first.key == name else f"line {line} has it as '{first.key}'"
            self.defects.append(Defect("duplicate-property", new.key_span, said))
        if linked:
            self.add_links(value, name)
        if folded == "tags":
            self.add_tags(value)
        elif folded == "aliases":
            for node in value.children if value.kind == _SEQUENCE else (value,):
                if node.kind == _SCALAR and (alias := node.text.strip()) and _scalar(node) is not None:
                    self.aliases.append(Alias(self.inner(node), alias))

    def json(self, node: _Node) -> Json:
        if node.kind == _SCALAR:
            return _scalar(node)
        children = node.children
        if node.kind == _SEQUENCE:
            return [self.json(child) for child in children]
        tree: dict[str, Json] = {}
        for index in range(0, len(children), 2):
            key = children[index]
            name = _key(key, self.text)
            if name in tree and not key.aliased and not node.aliased:
                message = f"'{name}' stands twice in the same map"
                self.defects.append(Defect("duplicate-property", self.span(key), message))
            tree[name] = self.json(children[index + 1])
        return tree

    def add_links(self, node: _Node, key: str) -> None:
        if node.kind != _SCALAR:
            for child in node.children if node.kind == _SEQUENCE else node.children[1::2]:
                self.add_links(child, key)
            return
        if "]]" not in node.text:
            return
        value = node.text.strip()
        embed = value.startswith("![[")
        begin = 3 if embed else 2
        # Only the first `]]` closes a wikilink, so it has to be the last two characters.
        if node.aliased or not (embed or value.startswith("[[")) or value.find("]]", begin) != len(value) - 2:
            return
        inside = value[begin:-2]
        if not inside.strip() or "\n" in inside:
            return
        target, subpath, label = split_target(inside)
        raw = self.text[node.start : node.end]
        opened = raw.find("[[") + 2
        closed = raw.rfind("]]")
        if opened < 2 or closed < opened:
            # Brackets written as escapes: no place within can be told.
            span = dest = self.inner(node)
        else:
            span = Span(self.at(node.start + opened - begin), self.at(node.start + closed + 2))
            bar = raw.find("|", opened, closed)
            place = raw[opened : bar if bar >= 0 else closed]
            start = node.start + opened + len(place) - len(place.lstrip())
            dest = Span(self.at(start), self.at(start + len(place.strip())))
        self.links.append(Link(span, target, subpath, label, embed, "property", -1, dest, key))

    def add_tags(self, value: _Node) -> None:
        if value.kind == _SEQUENCE:
            for node in value.children:
                if node.kind != _SCALAR:
                    continue
                name = node.text.strip()
                if not name:
                    self.add_commented_tags(node, "entry")
                elif _scalar(node) is not None:
                    self.add_tag(node, name, 0)
        elif value.kind == _SCALAR:
            if not value.text.strip():
                self.add_commented_tags(value, "value")
            elif _scalar(value) is not None:
                for match in _TAG_IN_STRING.finditer(value.text):
                    self.add_tag(value, match[0], match.start())

    def add_tag(self, node: _Node, written: str, offset: int) -> None:
        """A tag that is ``written`` in the node's text, at or after ``offset``."""
        name = written.removeprefix("#")
        if not name:
            return
        span = self.inner(node)
        if not node.aliased:
            # A text of several lines is not written as it reads, so it may not be found as a whole.
            begin = max(self.text.find(node.text, node.start, node.end), node.start)
            start = self.text.find(name, begin + offset, node.end)
            if start >= 0:
                span = Span(self.at(start), self.at(start + len(name)))
        self.tags.append(Tag(span, name, True))

    def add_commented_tags(self, node: _Node, place: str) -> None:
        """``tags: #ai`` is a comment to YAML, so that the tag is lost."""
        comment = None if node.aliased or node.style else _COMMENTED_TAGS.match(self.text, node.end)
        if comment is None:
            return
        names = [name.removeprefix("#") for name in _TAG_IN_STRING.findall(comment[1])]
        if not all(map(is_tag, names)):
            return
        span = Span(self.at(comment.start(1)), self.at(comment.end(1)))
        written = ", ".join(names)
        if place == "value" or len(names) > 1:
            written = f"[{written}]"
        message = f"'{comment[1]}' is a comment in YAML, so that the tag is lost; write '{written}'"
        edits = () if place == "entry" and len(names) > 1 else (Edit(span, written),)
        fix = Fix("Take the '#' off", edits) if edits else None
        self.defects.append(Defect("invalid-tag", span, message, fix))

    def add_unquoted(self, node: _Node) -> None:
        raw = self.text[node.start : node.end]
        match = _UNQUOTED.fullmatch(raw)
        # A table of numbers is a list in a list and meant as one.
        if match is None or all(not isinstance(_plain(part.strip()), str) for part in match[1].split(",")):
            return
        span = self.span(node)
        written = _quoted(raw)
        message = f"'{raw}' without quotes is a list in a list to YAML, and no link; write {written}"
        fix = Fix("Put the wikilink in quotes", (Edit(span, written),), safe=True)
        self.defects.append(Defect("unquoted-wikilink", span, message, fix))

    def inner(self, node: _Node) -> Span:
        """A scalar's place without its quotes."""
        if node.style in ("'", '"') and not node.aliased and self.text[node.start] == node.style:
            return Span(self.at(node.start + 1), self.at(node.end - 1))
        return self.span(node)

    def salvage(self, trouble: int) -> None:
        """Read property by property what can be read, but for the one at ``trouble``."""
        starts = [match.start() for match in _TOP_LEVEL.finditer(self.text)][:200]
        for start, end in pairwise([*starts, len(self.text)]):
            if start <= trouble < end:
                continue
            try:
                self.add(_compose(self.text[start:end], start))
            except (YAMLError, _Trouble):
                continue


_TOP_LEVEL = re.compile(r"""^[^\s#\-\[\]{}&*!|>'"%@`,?:][^\r\n:]*:(?=[ \t\r\n]|\Z)""", re.MULTILINE)
_TAG_IN_STRING = re.compile(r"[^,\s]+")
_COMMENTED_TAGS = re.compile(r"[ \t]+(#[^\s#,]+(?:[, \t]+#[^\s#,]+)*)[ \t]*(?=[\r\n]|\Z)")
_UNQUOTED = re.compile(r"""\[\[([^\s\[\]{}"'][^\[\]{}"'\r\n]*)\]\]""")


def _key(node: _Node, text: str) -> str:
    """A key's text; a list or map that stands as a key is taken as it is written."""
    return node.text if node.kind == _SCALAR else " ".join(text[node.start : node.end].split())


def _scalar(node: _Node) -> Json:
    return node.text if node.style or node.typed else _plain(node.text)


@lru_cache(maxsize=8192)
def _plain(text: str) -> Json:
    """The value of a scalar without quotes, by YAML 1.2's core schema.

    What has no place in JSON, infinity and what is no number, stays text; an integer that 64 bits do not hold is a
    float, so that the tree can be written in any format.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789" or not _NUMBER.fullmatch(text):
        return text
    if text[:2] in ("0o", "0x"):
        number = int(text[2:], 8 if text[1] == "o" else 16)
        return number if number < 1 << 63 else text
    real = float(text)
    if abs(real) < 1e19 and text.lstrip("+-").isdigit():
        # Leading zeros may be as many as they like, digits that count are twenty at most.
        number = int(text.lstrip("+-").lstrip("0") or "0")
        return (-number if text[0] == "-" else number) if number < 1 << 63 else real
    return text if abs(real) == float("inf") else real


_WORDS: dict[str, Json] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


# -- what is wrong, in plain words -----------------------------------------------------------------------------------


def _never_closed(source: bytes, start: int) -> Defect | None:
    """The defect of a note whose first line is ``---`` and which no other such line follows, if it reads as YAML."""
    end = source.find(b"\n\n", start)
    crlf = source.find(b"\r\n\r\n", start)
    stop = min([place for place in (end, crlf, start + 10_000, len(source)) if place >= 0])
    lines = source[start:stop].decode(errors="replace").splitlines()
    keys = 0
    for number, line in enumerate(lines):
        if keys and _ALMOST_CLOSING.fullmatch(line):
            message = f"these properties are never closed; line {number + 2} is to be exactly '---'"
            return Defect("malformed-frontmatter", _first_line(source), message)
        if _KEY_LINE.match(line):
            keys += 1
        elif not keys or not _CONTINUED.match(line):
            return None
    if keys > 1 or (keys and _COMMON_KEY.match(lines[0])):
        message = "these properties are never closed; write '---' on a line of its own after the last"
        return Defect("malformed-frontmatter", _first_line(source), message)
    return None


def _first_line(source: bytes) -> Span:
    start = source.index(b"---")
    return Span(start, start + 3)


_KEY_LINE = re.compile(r"[^\W\d][\w-]*:(?:[ \t]|\Z)")
_CONTINUED = re.compile(r"[ \t]+\S|-[ \t]|#")
_COMMON_KEY = re.compile(r"(?:tags?|alias(?:es)?|cssclass(?:es)?|title|date|created|up|type):", re.IGNORECASE)
_ALMOST_CLOSING = re.compile(r"-{2,}[ \t]*|\.{3}[ \t]*|[\u2013\u2014]-?[ \t]*")


def _explained(text: str, error: YAMLError) -> _Trouble:
    """The parser's error, at the place of its cause and with its cure where that is certain."""
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        control = _CONTROL.search(text)
        if control is None:
            return _Trouble(0, len(text.partition("\n")[0].rstrip()), f"YAML cannot read this: {error}")
        place = control.start()
        return _Trouble(place, place + 1, f"the control character U+{ord(control[0]):04X} may not stand in properties")
    context = error.context or ""
    problem = error.problem or "it does not fit"
    place = error.problem_mark.index
    opened = error.context_mark.index if error.context_mark and not _AT_PROBLEM.match(context) else None
    return _Explanation(text, place if opened is None else opened, place, context, problem).trouble()


_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_AT_PROBLEM = re.compile("while parsing a block|while scanning for the next token")


class _Explanation:
    """An error of the parser, met at ``place`` while it read what begins at ``opened``."""

    def __init__(self, text: str, opened: int, place: int, context: str, problem: str) -> None:
        self.text = text
        self.context = context
        self.problem = problem
        self.place = place
        self.opened = min(opened, max(len(text) - 1, 0))
        self.start = text.rfind("\n", 0, self.opened) + 1
        end = text.find("\n", self.opened)
        self.line = text[self.start : end if end >= 0 else len(text)].rstrip("\r")

    def trouble(self) -> _Trouble:
        for cause in (self.conflict, self.tab, self.value, self.unclosed, self.no_colon, self.indentation):
            found = cause()
            if found is not None:
                return found
        return self.at_line(f"YAML cannot read this line: {self.problem}")

    def at_line(self, message: str) -> _Trouble:
        stripped = self.line.strip()
        start = self.start + len(self.line) - len(self.line.lstrip())
        return _Trouble(start, start + len(stripped), message)

    def conflict(self) -> _Trouble | None:
        marker = _CONFLICT.search(self.text)
        if marker is None:
            return None
        return _Trouble(marker.start(), marker.end(), "a merge conflict was left here; keep one of its two sides")

    def tab(self) -> _Trouble | None:
        indent = self.line[: len(self.line) - len(self.line.lstrip())]
        if "\t" not in indent or "token" not in self.context + self.problem:
            return None
        start, end = self.start, self.start + len(indent)
        fix = ("Indent with spaces", indent.replace("\t", "  "))
        return _Trouble(start, end, "a tab cannot indent YAML; use spaces", self.verified(start, end, fix))

    def value(self) -> _Trouble | None:
        """The value on this line needs quotes, or other quotes than it has."""
        entry = _ENTRY.match(self.line)
        if entry is None:
            return None
        if entry["key"] is None and "-" not in self.line[: entry.start("value")]:
            return None
        value = entry["value"].rstrip(" \t")
        if not value:
            return None
        start = self.start + entry.start("value")
        name = f"'{entry['key'].strip()}'" if entry["key"] else "this entry"
        first = value[0]
        if "{{" in value and first not in "'\"":
            braces = _TEMPLATE.search(value)
            said = f"'{braces[0] if braces else '{{'}' in the value of {name} needs quotes around the whole value"
            return self.quote(start, value, said)
        if value.startswith(("[[", "![[")):
            links = _WIKILINKS.fullmatch(value)
            if links and value.count("[[") > 1:
                written = "[" + ", ".join(_quoted(link) for link in _WIKILINK.findall(value)) + "]"
                message = f"wikilinks in a property need quotes, and several are a list; write {written}"
                fix = self.verified(start, start + len(value), ("Put each wikilink in quotes", written))
                return _Trouble(start, start + len(value), message, fix)
            return self.quote(start, value, f"the wikilink in the value of {name} needs quotes")
        if first in "'\"":
            return self.quotes(start, value, name)
        if first in "[{":
            return self.collection(start, value, name)
        if first in "@`%*&!|>,]}?" or value.startswith("- "):
            return self.quote(start, value, f"the value of {name} begins with '{first}' and needs quotes")
        if ": " in value or value.endswith(":"):
            return self.quote(start, value, f"the value of {name} holds a colon and needs quotes")
        return None

    def collection(self, start: int, value: str, name: str) -> _Trouble | None:
        end = start + len(value)
        if value[0] == "[" and _COMMENTED.search(value):
            message = f"a '#' starts a comment in YAML, and hides the end of the list in {name}"
            fix = ("Take the '#' off", _COMMENTED.sub(r"\1", value))
            return _Trouble(start, end, message, self.verified(start, end, fix))
        closed = _CLOSED.match(value)
        if closed and closed.end() < len(value):
            return self.quote(
                start, value, f"text follows the '{closed[0][-1]}' in the value of {name}; it needs quotes"
            )
        return None

    def quotes(self, start: int, value: str, name: str) -> _Trouble | None:
        quote = value[0]
        end = start + len(value)
        if "escape" in self.problem:
            written = "'" + value[1:-1].replace("'", "''") + "'"
            message = f"a backslash in the double quotes of {name} begins an escape; use single quotes"
            fix = ("Use single quotes", written) if len(value) > 1 and value.endswith('"') else None
            return _Trouble(start, end, message, self.verified(start, end, fix))
        whole = _DOUBLE if quote == '"' else _SINGLE
        closed = whole.match(value)
        if closed is None:
            return _Trouble(start, end, f"the quote that opens the value of {name} is never closed")
        if closed.end() == len(value):
            return self.unclosed_before()
        written = _quoted(value)
        if quote == "'" and value.endswith("'"):
            written = "'" + value[1:-1].replace("''", "'").replace("'", "''") + "'"
        message = f"the value of {name} goes on after its closing quote"
        return _Trouble(start, end, message, self.verified(start, end, ("Quote the whole value", written)))

    def unclosed_before(self) -> _Trouble | None:
        """A quote left open further up swallows lines until the next quote."""
        offset = self.start
        for line in reversed(self.text[: self.start].splitlines(keepends=True)[-200:]):
            offset -= len(line)
            entry = _ENTRY.match(line.rstrip("\r\n"))
            if entry is None or entry["value"][:1] not in ("'", '"'):
                continue
            value = entry["value"].rstrip(" \t")
            if (_DOUBLE if value[0] == '"' else _SINGLE).match(value) is None:
                start = offset + entry.start("value")
                name = f"'{entry['key'].strip()}'" if entry["key"] else "this entry"
                return _Trouble(start, start + len(value), f"the quote that opens the value of {name} is never closed")
        return None

    def unclosed(self) -> _Trouble | None:
        if self.context.startswith(("while parsing a flow", "while scanning a quoted")):
            end = self.start + len(self.line.rstrip())
            what = {"[": "list", "{": "map"}.get(self.text[self.opened], "quote")
            return _Trouble(self.opened, end, f"the {what} that begins here is never closed")
        return None

    def no_colon(self) -> _Trouble | None:
        """The line, or the one above, is no property: ``title Foo``, ``title:Foo``."""
        line, start = self.line, self.start
        if "simple key" not in self.context:
            above = self.text[:start].splitlines(keepends=True)
            if not above or line[:1] in " \t-":
                return None
            line = above[-1].rstrip("\r\n")
            start -= len(above[-1])
        bare = line.strip()
        if not bare or line[0] in " \t-#'\"[{" or _ENTRY_KEY.match(line):
            return None
        tight = _TIGHT.match(line)
        if tight:
            message = f"a space is missing after the colon of '{tight[1]}'"
            written = f"{line[: tight.end(1) + 1]} {line[tight.end(1) + 1 :].rstrip()}"
            end = start + len(line.rstrip())
            fix = self.verified(start, end, ("Put a space after the colon", written))
            return _Trouble(start, end, message, fix)
        return _Trouble(start, start + len(bare), f"'{bare[:60]}' is no property; each is written 'name: value'")

    def indentation(self) -> _Trouble | None:
        if self.line[:1] == " " and "mapping values" in self.problem:
            return self.at_line("this line is indented under one that has a value already")
        if "expected key" in self.problem or "indicator" in self.problem or "sequence entries" in self.problem:
            return self.at_line("the indentation of this line does not fit the lines above")
        return None

    def quote(self, start: int, value: str, message: str) -> _Trouble:
        end = start + len(value)
        # A comment behind the value, or part of it: nobody but its author knows.
        fix = None if " #" in value else ("Put the value in quotes", _quoted(value))
        return _Trouble(start, end, message, self.verified(start, end, fix))

    def verified(self, start: int, end: int, fix: tuple[str, str] | None) -> tuple[str, str] | None:
        """The fix, if with it the text can be read up to the end of this line."""
        if fix is None:
            return None
        line_end = self.text.find("\n", end)
        mended = self.text[:start] + fix[1] + self.text[end : line_end if line_end >= 0 else len(self.text)]
        try:
            _compose(mended)
        except (YAMLError, _Trouble):
            return None
        return fix


def _quoted(value: str) -> str:
    """The value as a YAML string in quotes: double ones, or single where those would need an escape."""
    if '"' in value or "\\" in value:
        return "'" + value.replace("'", "''") + "'"
    return f'"{value}"'


_ENTRY = re.compile(
    r"""[ \t]*(?:-[ \t]+)*"""
    r"""(?:(?P<key>"[^"]*"|'[^']*'|[^\s"'#\[\]{}&*!|>%@`,-][^:]*?)[ \t]*:(?:[ \t]+|$))?"""
    r"""(?P<value>.*)"""
)
_ENTRY_KEY = re.compile(r"""[^:]*:(?:[ \t]|$)""")
_TIGHT = re.compile(r"([^\W\d][\w-]*):(?=[^\s/:])")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?: [^\r\n]*)?(?=\r?$)", re.MULTILINE)
_WIKILINK = re.compile(r"!?\[\[[^\[\]]+\]\]")
_WIKILINKS = re.compile(r"!?\[\[[^\[\]]+\]\](?:,? *!?\[\[[^\[\]]+\]\])*,?")
_COMMENTED = re.compile(r"([\[\s])#(?=\w)")
_CLOSED = re.compile(r"\[[^\[\]]*\]|\{[^{}]*\}")
_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"')
_SINGLE = re.compile(r"'(?:[^']|'')*'")
