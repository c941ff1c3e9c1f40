"""From a tree of nodes to properties, and the aliases, tags and links that they hold."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from functools import cached_property

from fmvault.model import Alias, Defect, Edit, Fix, Json, Link, Property, Span, Tag
from fmvault.properties.scalars import plain, quoted
from fmvault.properties.tree import MAPPING, SCALAR, SEQUENCE, Node, Tree


def split_target(text: str) -> tuple[str, str, str | None]:
    """The target, subpath and label of a wikilink's inside: ``note#heading|label``.

    The first ``|`` starts the label, the first ``#`` the subpath. Target and subpath are trimmed, the label stands as
    written, and is None where there is no bar.
    """
    place, bar, label = text.partition("|")
    target, _, subpath = place.partition("#")
    return target.strip(), subpath.strip(), label if bar else None


def is_tag(name: str) -> bool:
    """Whether Obsidian takes ``name``, without its ``#``, for a tag.

    It has no space, no punctuation, and something else than digits alone or slashes alone.
    """
    return _TAG.fullmatch(name) is not None


# Observed, not documented: what is none of these characters may stand in a tag, emoji among them.
_TAG = re.compile(
    r"""(?!(?:[0-9]+|/+)\Z)[^\u2000-\u206f\u2e00-\u2e7f\x00-\x20'!"#$%&()*+,.:;<=>?@^`{|}~\[\]\\\s\x7f]+""",
)


class Gathered:
    """What trees hold whose nodes have places in ``text``; ``at`` turns such a place into a byte offset of the file."""

    def __init__(self, text: str, at: Callable[[int], int]) -> None:
        self.text = text
        self.at = at
        self.properties: list[Property] = []
        self.aliases: list[Alias] = []
        self.tags: list[Tag] = []
        self.links: list[Link] = []
        self.defects: list[Defect] = []
        self.seen: dict[str, Node] = {}

    def add(self, tree: Tree) -> None:
        """Gather from a tree. One whose root is no map has no properties."""
        root = tree.root
        if root is None or root.kind != MAPPING:
            return
        for node in tree.unquoted:
            self.add_unquoted(node)
        children = root.children
        for index in range(0, len(children), 2):
            self.add_property(children[index], children[index + 1], tree.linked)

    def add_property(self, key: Node, value: Node, linked: bool) -> None:
        at, text = self.at, self.text
        name = _key(key, text)
        in_quotes = False
        items: tuple[Span, ...] = ()
        if value.kind == SCALAR:
            json = _scalar(value)
            in_quotes = value.style in ("'", '"') and not value.aliased
        else:
            json = self.json(value)
            if value.kind == SEQUENCE:
                items = tuple([self.span(child) for child in value.children])
        key_span = Span(at(key.start), at(key.end))
        self.properties.append(Property(key_span, self.span(value), name, json, items, in_quotes))
        folded = name.lower()
        first = self.seen.setdefault(folded, key)
        if first is not key:
            # The first line of the note is the one above the text's.
            line = bisect_left(self.line_breaks, first.start) + 2
            as_written = _key(first, text)
            said = f"property '{name}' stands here again; "
            said += f"line {line} has it already" if as_written == name else f"line {line} has it as '{as_written}'"
            self.defects.append(Defect("duplicate-property", key_span, said))
        if linked:
            self.add_links(value, name)
        if folded == "tags":
            self.add_tags(value)
        elif folded == "aliases":
            for node in value.children if value.kind == SEQUENCE else (value,):
                if node.kind == SCALAR and (alias := node.text.strip()) and _scalar(node) is not None:
                    self.aliases.append(Alias(self.inner(node), alias))

    def json(self, node: Node) -> Json:
        if node.kind == SCALAR:
            return _scalar(node)
        children = node.children
        if node.kind == SEQUENCE:
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

    def add_links(self, node: Node, key: str) -> None:
        if node.kind != SCALAR:
            for child in node.children if node.kind == SEQUENCE else node.children[1::2]:
                self.add_links(child, key)
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

    def add_tags(self, value: Node) -> None:
        if value.kind == SEQUENCE:
            for node in value.children:
                if node.kind == SCALAR:
                    self.add_entry(node)
        elif value.kind == SCALAR:
            if not value.text.strip():
                self.add_commented_tags(value, "value")
            elif _scalar(value) is not None:
                tags = _TAG_IN_STRING.findall(value.text)
                start, end = value.start, value.end - (value.style in ("'", '"'))
                words = [match.span() for match in _TAG_IN_STRING.finditer(self.text, start, end)]
                # What is no tag stands before them: a YAML anchor, a block's indicator. There are fewer words than tags
                # where a space is written as an escape.
                hidden = [(start, start)] * (len(tags) - len(words))
                for tag, word in zip(tags, hidden + words[-len(tags) :], strict=False):
                    self.add_tag(value, tag, *word)

    def add_entry(self, node: Node) -> None:
        written = node.text.strip()
        if not written:
            self.add_commented_tags(node, "entry")
        elif _scalar(node) is not None:
            self.add_tag(node, written, node.start, node.end)

    def add_tag(self, node: Node, written: str, start: int, end: int) -> None:
        """A tag that is ``written`` at the end of what stands from ``start`` up to ``end``, or else not as it reads."""
        name = written.removeprefix("#")
        if name:
            place = -1 if node.aliased else self.text.rfind(name, start, end)
            span = self.inner(node) if place < 0 else Span(self.at(place), self.at(place + len(name)))
            self.tags.append(Tag(span, name, True))

    def add_commented_tags(self, node: Node, place: str) -> None:
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
        fix = None if place == "entry" and len(names) > 1 else Fix("Take the '#' off", (Edit(span, written),))
        self.defects.append(Defect("invalid-tag", span, message, fix))

    def add_unquoted(self, node: Node) -> None:
        raw = self.text[node.start : node.end]
        match = _UNQUOTED.fullmatch(raw)
        # A table of numbers is a list in a list and meant as one.
        if match is None or all(not isinstance(plain(part.strip()), str) for part in match[1].split(",")):
            return
        span = self.span(node)
        written = quoted(raw)
        message = f"'{raw}' without quotes is a list in a list to YAML, and no link; write {written}"
        fix = Fix("Put the wikilink in quotes", (Edit(span, written),), safe=True)
        self.defects.append(Defect("unquoted-wikilink", span, message, fix))

    def span(self, node: Node) -> Span:
        start, end = node.start, node.end
        if node.style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip())
        return Span(self.at(start), self.at(end))

    def inner(self, node: Node) -> Span:
        """A scalar's place without its quotes."""
        if node.style in ("'", '"') and not node.aliased and self.text[node.start] == node.style:
            return Span(self.at(node.start + 1), self.at(node.end - 1))
        return self.span(node)

    @cached_property
    def line_breaks(self) -> list[int]:
        return [match.start() for match in _LINE_BREAK.finditer(self.text)]


_LINE_BREAK = re.compile(r"\n")
_TAG_IN_STRING = re.compile(r"[^,\s]+")
_COMMENTED_TAGS = re.compile(r"[ \t]+(#[^\s#,]+(?:[, \t]+#[^\s#,]+)*)[ \t]*(?=[\r\n]|\Z)")
_UNQUOTED = re.compile(r"""\[\[([^\s\[\]{}"'][^\[\]{}"'\r\n]*)\]\]""")


def _key(node: Node, text: str) -> str:
    """A key's text; a list or map that stands as a key is taken as it is written."""
    return node.text if node.kind == SCALAR else " ".join(text[node.start : node.end].split())


def _scalar(node: Node) -> Json:
    return node.text if node.style or node.typed else plain(node.text)
