"""Where a note's frontmatter begins and ends, and what it comes to."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate, pairwise

from msgspec import Struct
from yaml import YAMLError

from fmvault.model import Alias, Defect, Edit, Fix, Link, Property, Span, Tag
from fmvault.properties.gather import Gathered
from fmvault.properties.tree import MAPPING, MAX_DEPTH, Tree, Trouble, compose, simple

# Beyond so many bytes a note's properties are no properties any more.
MAX_SIZE = 1 << 20


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
    message = _never_closed(source, start)
    if message is None:
        return None
    place = source.index(b"---")
    return Frontmatter(0, defects=(Defect("malformed-frontmatter", Span(place, place + 3), message),))


_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?---\r?\n")
_CLOSING = re.compile(rb"---\r?(?:\n|\Z)")


def _never_closed(source: bytes, start: int) -> str | None:
    """What is said of a note whose first line is ``---`` and which no other such line follows, if it reads as YAML."""
    end = source.find(b"\n\n", start)
    crlf = source.find(b"\r\n\r\n", start)
    stop = min([place for place in (end, crlf, start + 10_000, len(source)) if place >= 0])
    lines = source[start:stop].decode(errors="replace").splitlines()
    keys = 0
    for number, line in enumerate(lines):
        if keys and _ALMOST_CLOSING.fullmatch(line):
            return f"these properties are never closed; line {number + 2} is to be exactly '---'"
        if _KEY_LINE.match(line):
            keys += 1
        elif not keys or not _CONTINUED.match(line):
            return None
    if keys > 1 or (keys and _COMMON_KEY.match(lines[0])):
        return "these properties are never closed; write '---' on a line of its own after the last"
    return None


_KEY_LINE = re.compile(r"[^\W\d][\w-]*:(?:[ \t]|\Z)")
_CONTINUED = re.compile(r"[ \t]+\S|-[ \t]|#")
_COMMON_KEY = re.compile(r"(?:tags?|alias(?:es)?|cssclass(?:es)?|title|date|created|up|type):", re.IGNORECASE)
_ALMOST_CLOSING = re.compile(r"-{2,}[ \t]*|\.{3}[ \t]*|[\u2013\u2014]-?[ \t]*")


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
    gathered = Gathered(text, at)
    try:
        tree = _tree(text)
    except Trouble as trouble:
        _salvage(text, gathered, trouble.start)
        defects = [_malformed(trouble, at)]
    else:
        gathered.add(tree)
        defects = gathered.defects
        if tree.root is not None and tree.root.kind != MAPPING:
            from fmvault.properties.explain import no_map

            nothing = no_map(text, tree.root)
            if nothing is not None:
                defects.append(_malformed(nothing, at))
    return Frontmatter(
        body,
        tuple(gathered.properties),
        tuple(gathered.aliases),
        tuple(gathered.tags),
        tuple(gathered.links),
        tuple(defects),
    )


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


def _tree(text: str) -> Tree:
    """The tree of ``text``. Raises ``Trouble``."""
    # The parser compares each %TAG directive with all before it.
    if text.count("\n%") > MAX_DEPTH:
        place = text.index("\n%") + 1
        raise Trouble(place, place + 1, "a line that begins with '%' is no property")
    tree = simple(text)
    if tree is not None:
        return tree
    try:
        return compose(text)
    except YAMLError as error:
        # The parser is stricter than YAML 1.2 on blank lines that hold a tab, and takes three characters for line
        # breaks that are none in YAML 1.2.
        softened = _BLANK.sub(lambda match: " " * len(match[0]), text).translate(_NO_BREAKS)
        if softened != text:
            try:
                return compose(softened)
            except YAMLError:
                pass
        from fmvault.properties.explain import explained

        raise explained(text, error) from None


_BLANK = re.compile(r"^[ \t]+(?=\r?$)", re.MULTILINE)
_NO_BREAKS = {0x85: " ", 0x2028: " ", 0x2029: " "}


def _salvage(text: str, gathered: Gathered, trouble: int) -> None:
    """Gather property by property what can be read, but for the one at ``trouble``."""
    starts = [match.start() for match in _TOP_LEVEL.finditer(text)][:200]
    for start, end in pairwise([*starts, len(text)]):
        if start <= trouble < end:
            continue
        try:
            gathered.add(compose(text[start:end], start))
        except (YAMLError, Trouble):
            continue


_TOP_LEVEL = re.compile(r"""^[^\s#\-\[\]{}&*!|>'"%@`,?:][^\r\n:]*:(?=[ \t\r\n]|\Z)""", re.MULTILINE)


def _malformed(trouble: Trouble, at: Callable[[int], int]) -> Defect:
    fix = None
    if trouble.cure is not None:
        title, start, end, written = trouble.cure
        fix = Fix(title, (Edit(Span(at(start), at(end)), written),))
    return Defect("malformed-frontmatter", Span(at(trouble.start), at(trouble.end)), trouble.message, fix)
