"""What a person reads of a stretch of a note: its words without the marks of Markdown."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from html import unescape

from fmvault.model import START, Link, Note, Span, Text

# What may be a mark, and what the lines that hold nothing else are made of.
_UNMARKED = bytes(set(range(256)).difference(b"[]`*_<>$%^\\|=#&~-+", range(0xF5, 256), b"\xc0\xc1"))
_RULING = frozenset(b"|=*_-:")
# Each begins with a literal, so that `re` skips ahead to it.
_LINE_START = re.compile(
    rb"\n[ \t>]*(?:(?:(?:[-*+]|\d{1,9}[.)])(?:[ \t]+(?:>[ \t>]*)?|(?=\r?(?:\n|\Z))))+"
    rb"(?:\[[^\]\n]\](?:[ \t]+|(?=\r?(?:\n|\Z))))?)?"
    rb"(?:#{1,6}[ \t]+)?(?:\[![^\]\n]*\][+-]?[ \t]*)?"
)
# What underlines a heading, parts two stretches of text, or stands below a table's head.
_LINE_OF_MARKS = re.compile(rb"\n[ \t>]*[|:=*_-][ \t>|:=*_-]+(?=\r?(?:\n|\Z))")
_DEFINITION = re.compile(
    rb"\n {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*\S+(?:[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*(?=\r?(?:\n|\Z))"
)
_BLOCK_ID = re.compile(rb"(?:^|[ \t])\^[A-Za-z0-9-]+[ \t]*\r?$", re.MULTILINE)
_FOOTNOTE = re.compile(rb"\[\^[^\s\[\]]+\]:?")
_FOOTNOTE_WITHIN = re.compile(rb"\^\[([^\[\]]*)\]")
_EMPHASIS = re.compile(rb"(?<![A-Za-z0-9_\x80-\xff])_+(?=[^\s_])|(?<=[^\s_])_+(?![A-Za-z0-9_\x80-\xff])|\\(?=\r?\n)")
_HIGHLIGHT = re.compile(rb"==(?=\S)((?:[^=\n]|=(?!=)|\n(?![ \t\r]*\n))+)(?<=\S)==")
_ESCAPED = re.compile(rb"\\([!-/:-@\[-`{-~])")
_AUTOLINK = re.compile(rb"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*|[^\s<>@]+@[^\s<>]+)>")
_TAG = re.compile(
    rb"<!--(?:[^-]|-(?!->))*(?:-->)?|<(?:script|style)\b.*?(?:</(?:script|style)[^<>]*>|\Z)|<[^<>]*>",
    re.DOTALL | re.IGNORECASE,
)
_TAG_WITHIN = re.compile(rb"</?(?!br\b)[A-Za-z][^<>]*>", re.IGNORECASE)
_IMAGE = re.compile(rb"!\[[^\[\]]*\](?:\([^()\n]*\)|\[[^\[\]\n]*\])?")

# So many stretches before a span are asked whether they reach into it.
_LOOKED_BACK = 8

# Marks that are to be read as they stand go through all this as bytes that UTF-8 never has.
_MARKS = b"*~[]|_=\\^#>-+"
_HELD = bytes((0xC0, 0xC1, *range(0xF5, 0x100)))
_HOLD = bytes.maketrans(_MARKS, _HELD)
# A bar left over parts the cells of a table.
_RELEASE = bytes.maketrans(_HELD + b"|", _MARKS + b" ")

# Scripts written without spaces between words: Thai, Lao, Burmese, Khmer, kana, Han; and what parts their sentences.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff66-\uff9f\U00020000-\U0003ffff]"
)
_POINTS = re.compile("[\u3001-\u3003\u3008-\u3011\u30fb\uff01-\uff0f\uff1a-\uff20]")
# What stands between spaces and is no word.
_SIGNS = frozenset(
    "- – — → ← ⇒ = + & / : · • … < > * ~ # | × ≤ ≥ ≈ => -> <- == != <= >= -- --- ... ## ###".split()  # noqa: SIM905
)


def plain(note: Note, span: Span) -> str:
    """What is read of ``span``: the labels of links, formulas and code within a line as they are.

    Comments, code blocks, embeds, addresses that labels stand for, and HTML's tags are left out. The note must have
    been read with its text.
    """
    text = b"".join(_pieces(note, span)).strip()
    # Most marks are rare, and what is left when all else is taken out is soon looked through.
    marks = text.translate(None, _UNMARKED)
    if b"\n" in text or not text[:1].isalpha():
        text = b"\n" + text
        if b"\\" in marks:
            text = _ESCAPED.sub(_as_it_stands, text)
        if _RULING.intersection(marks):
            text = _LINE_OF_MARKS.sub(b"", text)
        if b"]" in marks:
            text = _DEFINITION.sub(b"", text)
        text = _LINE_START.sub(b"\n", _without_ids(text) if b"^" in marks else text)
    elif marks:
        if b"\\" in marks:
            text = _ESCAPED.sub(_as_it_stands, text)
        if b"^" in marks:
            text = _without_ids(text)
    if b"_" in marks or b"\\" in marks:
        text = _EMPHASIS.sub(b"", text)
    if b"=" in marks:
        text = _HIGHLIGHT.sub(rb"\1", text)
    if b"*" in marks:
        text = text.replace(b" * ", b" \xc0 ")
    if marks:
        text = text.replace(b"~~", b"").translate(_RELEASE, b"*")
    shown = text.decode("utf-8", "replace")
    return (unescape(shown) if b"&" in marks else shown).strip()


def _without_ids(text: bytes) -> bytes:
    """``text`` without ids of blocks and marks of footnotes."""
    return _FOOTNOTE_WITHIN.sub(rb" \1", _FOOTNOTE.sub(b"", _BLOCK_ID.sub(b"", text)))


def words(text: str) -> int:
    """How many words plain text has; where words are written without spaces, two characters count as one."""
    unspaced = 0
    if not text.isascii():
        text, unspaced = _UNSPACED.subn(" ", text)
        if unspaced:
            text = _POINTS.sub(" ", text)
    tokens = text.split()
    return len(tokens) - sum(map(_SIGNS.__contains__, tokens)) + (unspaced + 1) // 2


def words_of(note: Note) -> int:
    """How many words stand in a note that was read with its text; marks of Markdown between spaces are none."""
    return words(note.text.source[note.body :].decode("utf-8", "replace")) if note.text else 0


def is_blank(note: Note, span: Span) -> bool:
    """Whether nothing stands in ``span`` but comments, and marks of lists and quotes that nothing follows."""
    text = note.text
    assert text is not None
    source, span = text.source, _open_to_view(text, span)
    first = source[span.start : span.end].lstrip(b" \t\r\n>*+-#")[:2]
    if not first or first[:1].isalpha() or first[:1] >= b"\x80" or first[:1] in b"`$(\"'!?" or first == b"[[":
        return not first
    shown: list[bytes] = [b"\n"]
    at = span.start
    for each in _stretches(text.opaque, span):
        start, end = each.start, each.end
        if start >= at and source.startswith((b"%%", b"<!--"), start):
            shown.append(source[at:start])
            at = end
    shown.append(source[at : span.end])
    left = _BLOCK_ID.sub(b"", b"".join(shown))
    return not _LINE_START.sub(b"\n", left).strip(b" \t\r\n>*+-#")


def _pieces(note: Note, span: Span) -> Sequence[bytes]:
    text = note.text
    assert text is not None
    source, span = text.source, _open_to_view(text, span)
    links, hyperlinks, opaque = _links(note, span), _stretches(text.hyperlinks, span), _stretches(text.opaque, span)
    if not (links or hyperlinks or opaque):
        return (source[span.start : span.end],)
    shown = list(_shown_links(links))
    if hyperlinks or opaque:
        shown += _shown_hyperlinks(source, hyperlinks)
        shown += _shown_opaque(text, opaque, span.end)
        shown.sort()
    at = span.start
    pieces: list[bytes] = []
    for start, end, said in shown:
        if start < at:
            continue  # it lies in what has been dealt with
        pieces += (source[at:start], said)
        at = end
    if at < span.end:
        pieces.append(source[at : span.end])
    return pieces


def _shown_links(links: Sequence[Link]) -> Iterator[tuple[int, int, bytes]]:
    """Wikilinks and embeds."""
    for link in links:
        if link.embed:
            yield link.span.start, link.span.end, b""
        elif link.syntax == "wikilink":
            yield link.span.start, link.span.end, _label(link)


def _label(link: Link) -> bytes:
    if link.label:
        return link.label.replace("`", "").encode()
    # Obsidian shows it so.
    return " > ".join(filter(None, (link.target, *link.subpath.split("#")))).encode().translate(_HOLD)


def _shown_hyperlinks(source: bytes, hyperlinks: Sequence[Span]) -> Iterator[tuple[int, int, bytes]]:
    """Images, which nobody reads, and the brackets around labels; an inline link's destination is opaque."""
    for each in hyperlinks:
        start, end = each.start, each.end
        if source.startswith(b"!", start):
            yield start, end, b""
        elif source.startswith(b"[", start):
            yield start, start + 1, b""
            if b"![" in source[start:end]:
                yield from ((*image.span(), b"") for image in _IMAGE.finditer(source, start + 1, end))
            if source.endswith(b"]", start, end):
                # `[label][name]` or `[label]`; what follows in `[label][]` is taken for text by the reader.
                label_end = source.rfind(b"][", start, end)
                past = end + 2 if source.startswith(b"[]", end) else end
                yield label_end if label_end > 0 else end - 1, past, b""


def _shown_opaque(text: Text, opaque: Sequence[Span], stop: int) -> Iterator[tuple[int, int, bytes]]:
    """Code and formulas within a line, and HTML without its tags; none of it past ``stop``."""
    source = text.source
    for each in opaque:
        start, end = each.start, min(each.end, stop)
        first = source[start : start + 1]
        shown = b""
        if first == b"`" and not source.startswith(b"```", start):
            shown = _cell(text, each, source[start:end].strip(b"`")).translate(_HOLD)
        elif first == b"$":
            shown = _cell(text, each, source[start:end].strip(b"$")).translate(_HOLD)
        elif first == b"<" and (address := _AUTOLINK.fullmatch(source, start, end)):
            shown = address[1].translate(_HOLD)
        elif first == b"<" and not _TAG_WITHIN.fullmatch(source, start, end):
            shown = _TAG.sub(b" ", source[start:end])
        yield start, end, shown


def _cell(text: Text, span: Span, shown: bytes) -> bytes:
    """What code or a formula at ``span`` says: in a table's cell a bar is escaped, which is no part of it."""
    if rb"\|" not in shown:
        return shown
    line = text.source[text.source.rfind(b"\n", 0, span.start) + 1 : span.start].lstrip(b" \t>")
    index = bisect_left(text.passages, span.end, key=START) - 1
    in_table = line[:1] == b"|" or (index >= 0 and text.passages[index].kind == "table")
    return shown.replace(rb"\|", b"|") if in_table else shown


def _as_it_stands(escape: re.Match[bytes]) -> bytes:
    return escape[1].translate(_HOLD)


def _links(note: Note, span: Span) -> Sequence[Link]:
    """The links that begin in ``span``."""
    links = note.links
    first = bisect_left(links, span.start, key=START)
    return links[first : bisect_left(links, span.end, first, key=START)]


def _stretches(stretches: Sequence[Span], span: Span) -> Sequence[Span]:
    """Those of the sorted stretches that begin in ``span``."""
    if not stretches:
        return ()
    first = bisect_left(stretches, Span(span.start, 0))
    return stretches[first : bisect_left(stretches, Span(span.end, 0), first)]


def _open_to_view(text: Text, span: Span) -> Span:
    """``span`` without what a comment hides that begins above it."""
    if not text.opaque:
        return span
    first = bisect_left(text.opaque, Span(span.start, 0))
    start = span.start
    for each in text.opaque[max(0, first - _LOOKED_BACK) : first]:
        start = max(start, each.end)
    return Span(min(start, span.end), span.end) if start > span.start else span
