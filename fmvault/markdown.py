"""The reader: a file's bytes to a ``Note``. The only place that knows Markdown's syntax.

``pyromark`` reads the blocks and the code, math, HTML and Markdown links among them. What it does not know (wikilinks
as Obsidian has them, comments, tags, block ids) is found in the same pass by one scan over the source that leaves out
the stretches it has marked as opaque. Sources: https://help.obsidian.md/obsidian-flavored-markdown, CommonMark 0.31.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from itertools import accumulate
from typing import Any, TypeAlias
from urllib.parse import unquote

import pyromark

from fmvault import mojibake, properties, prose
from fmvault.model import (
    Allowance,
    Block,
    Callout,
    Defect,
    Edit,
    Fix,
    Footnote,
    Heading,
    Link,
    Note,
    Passage,
    PassageKind,
    Span,
    Tag,
    Text,
)

# Wikilinks are left out on purpose: pyromark's differ from Obsidian's over a newline, in tables and with a link in the
# label.
_PARSER = pyromark.Markdown(
    options=pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_MATH
)

# Each alternative begins with a literal: only so does `re` skip ahead to the next of them instead of trying all
# everywhere.
_TOKEN = re.compile(
    rb"\[(\[)"  # 1 a wikilink opens
    rb"|%(%)"  # 2 a comment opens or closes
    rb"|#(?<!\S#)([A-Za-z0-9_/\-\x80-\xff]+)"  # 3 a tag
    rb"|\^(?<!\S\^)([^\s^\[\]]+)(?=[ \t]*\r?$)"  # 4 a block id at its line's end
    rb"|\[\^([^\s\[\]]+)\]"  # 5 a footnote
    rb"|\](\])"  # 6 a wikilink closes that never opened
    rb"|\](?: \(([^()\s<>]+)\)|\((?=[^()<>\n]* )([^()<>\n]+)\))",  # 7 8 a Markdown link gone wrong
    re.MULTILINE,
)
_WIKI, _COMMENT, _TAG, _BLOCK, _FOOTNOTE, _STRAY, _SPACED, _RAW_SPACE = range(1, 9)

# What begins with a scheme, or with a drive's letter as `C:/x`, is no file of the vault, and neither is what begins
# with the address of a machine: `git@example.org:a/b.git`, `10.0.0.1:3000`.
_EXTERNAL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|//|[\w.\-]+@[\w.\-]+:|\d{1,3}(?:\.\d{1,3}){3}(?:[:/]|\Z)")
_INLINE_DEST = re.compile(rb"\]\(\s*<?")
_BLOCK_ID = re.compile(rb"[A-Za-z0-9-]+\Z")
# An id somebody meant as one: it begins with a letter and only `_` or letters outside ASCII keep it from being valid.
_ALMOST_BLOCK_ID = re.compile(rb"[A-Za-z\x80-\xff][A-Za-z0-9_\-\x80-\xff]*\Z")
_NEW_BLOCK = re.compile(
    rb"(?>(?:[ \t]*>)*)[ \t]*(?:\r?\n|\Z|[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|```|~~~|---|\*\*\*|\|)"
)
_QUOTE_MARKS = re.compile(rb"((?:[ \t]*>)*)[ \t]*(#{1,6}[ \t])?")
_CALLOUT = re.compile(rb">[ \t]*\[!([^\]\n|]+)(?:\|[^\]\n]*)?\]")
_SETEXT_UNDERLINE = re.compile(rb"\r?\n[ \t>]*(?:=+|-+)[ \t]*\r?\n?\Z")
_FENCE = re.compile(rb"(`{3,}|~{3,})")
_ANCHOR = re.compile(rb"""<[A-Za-z][^<>]*?\s(?:id|name)\s*=\s*(?:"([^"<>]+)"|'([^'<>]+)'|([^\s"'<>=`]+))""")
_ALLOWANCE = re.compile(
    rb"(?:%%|<!--)\s*fmvault:\s*(allow(?:-file|-start|-end)?)\b((?>[^%<>\n]*))(?:\s*%%|\s*-->|(?<=--)>)",
)
# A label in running text that is a footnote's; others (`[^a-z]`, `[^1..]`, `[^"]`) belong to a regular expression or a
# range, unless the note defines them.
_FOOTNOTE_LABEL = re.compile(
    rb"(?!.-.\Z)(?!\S*(?:\.\.|-[zZ9]))[A-Za-z0-9_@\x80-\xff](?:[A-Za-z0-9_\-.:/@&'#~\x80-\xff]*[A-Za-z0-9_\x80-\xff])?\Z"
)
# `{#id}` or `{ #id .class }` at a heading's end, as Pandoc, Docusaurus and MkDocs have it.
_HEADING_ID = re.compile(rb"\{:?[ \t]*#([^\s{}]+)(?:[ \t][^{}]*)?\}\Z")
# The inside of an array of numbers, `[[1, 2], [3, 4]]`.
_NUMBERS = re.compile(rb"(?:[0-9+\-., \t]|\][ \t]*,[ \t]*\[)*\Z")
_TEMPLATE = re.compile(r"\{[{%]|<%")
# A variable of a shell that stands for an address, `$URL/x` or `${URL}`.
_VARIABLE = re.compile(r"\$(?:\{\w+\}|[A-Z_]{2,}\b)")
# `[[:space:]]` in a regular expression.
_CHARACTER_CLASS = re.compile(rb":[a-z]+:\Z")
_ITEM_MARKS = re.compile(rb"[ \t>\-*+]*")
_SPACE = re.compile(rb"\s*")
_RULE_NAME = re.compile(rb"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")
_TASK = re.compile(rb"(?:^|\n)[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)+\[(?:[\x00-\x7f]|[\xc0-\xff][\x80-\xbf]+)\Z")
_NOTE_LIKE = re.compile(r"[^\W\d_][\w \-'’(),&./#|]*\Z")
_FILE_END = re.compile(r"\.(?:md|canvas|base|png|jpe?g|gif|svg|webp|pdf|mp3|mp4)(?:#.*)?\Z", re.IGNORECASE)
# Punctuation and spaces of Unicode that end a tag; what is left (letters, digits, emoji) Obsidian takes.
_TAG_STOP = re.compile(
    "[\u0080-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb-\u00bf\u2000-\u200c\u200e-\u206f\u3000-\u303f\uff00-\uff0f\uff1a-\uff20]"
)

# Of a Markdown link's label no more is kept, in bytes: images nest, and each label holds those of all within.
_LABEL_LIMIT = 1000

_LEVELS = {"H1": 1, "H2": 2, "H3": 3, "H4": 4, "H5": 5, "H6": 6}

# The rules a comment names, each with its place.
_Names: TypeAlias = tuple[tuple[str, Span], ...]


# The blocks that are passages, by the name pyromark has for them.
_PASSAGES: Mapping[str, PassageKind] = {
    "Paragraph": "paragraph",
    "Item": "item",
    "Table": "table",
    "BlockQuote": "quote",
    "CodeBlock": "code",
    "HtmlBlock": "html",
}


def parse(path: str, source: bytes, *, keep_text: bool = False) -> Note:
    """Read the note at ``path``, and keep its text if asked to.

    Never fails: what is malformed is a defect on its line and the rest is read on.
    """
    return _Reader(path, source, keep_text).note()


class _Reader:
    """One note being read; it holds what is found until the note is made of it."""

    def __init__(self, path: str, source: bytes, keep_text: bool) -> None:
        self.path = path
        self.digest = blake2b(source, digest_size=16).digest()
        self.size = len(source)
        self.defects: list[Defect] = []
        self.source, self.text = self._decode(source)
        self.headings: list[Heading] = []
        self.links: list[Link] = []
        self.blocks: list[Block] = []
        self.tags: list[Tag] = []
        self.footnotes: list[Footnote] = []
        self.doubtful: list[Footnote] = []
        self.callouts: list[Callout] = []
        self.anchors: list[str] = []
        self.allowances: list[Allowance] = []
        self.opaque: list[tuple[int, int]] = []
        self.paragraphs: list[tuple[int, int]] = []
        self.tables: list[tuple[int, int]] = []
        self.hrefs: list[tuple[int, int]] = []
        # Blocks are kept only for the rare note that has a suppression to be placed.
        self.layout: list[tuple[int, int]] | None = [] if b"fmvault:" in self.source else None
        self.passages: list[Passage] | None = [] if keep_text else None
        self.comments: list[tuple[int, int]] = []

    def note(self) -> Note:
        front = properties.read(self.source)
        self.body = body = front.body if front else 3 if self.source.startswith(codecs.BOM_UTF8) else 0
        if front:
            self.links.extend(link for link in front.links if not _TEMPLATE.search(link.target))
            self.tags.extend(front.tags)
            self.defects.extend(front.defects)
        if body < len(self.source):
            self._read_events()
            self._scan()
            if self.layout is not None:
                self._read_allowances(self.layout)
        # Properties are text too, also those of a note that is nothing else.
        self.defects += mojibake.find(self.source, self.opaque)
        self.defects += prose.find(self.source, body, self.opaque, self.paragraphs, has_heading=bool(self.headings))
        self.links.sort(key=_start)
        self.defects.sort(key=_start)
        return Note(
            path=self.path,
            digest=self.digest,
            size=self.size,
            body=body,
            properties=front.properties if front else (),
            aliases=front.aliases if front else (),
            headings=tuple(self.headings),
            links=tuple(self.links),
            blocks=tuple(self.blocks),
            tags=tuple(self.tags),
            footnotes=tuple(self.footnotes),
            callouts=tuple(self.callouts),
            anchors=tuple(self.anchors),
            defects=tuple(self.defects),
            allowances=tuple(self.allowances),
            text=self._kept(),
        )

    def _kept(self) -> Text | None:
        if self.passages is None:
            return None
        opaque = sorted(self.opaque + self.comments)
        return Text(
            self.source,
            tuple(self.passages),
            tuple(Span(*stretch) for stretch in opaque),
            tuple(Span(*stretch) for stretch in self.hrefs),
        )

    # -- bytes to text -------------------------------------------------------------------------------------------------

    def _decode(self, source: bytes) -> tuple[bytes, str]:
        """The source as UTF-8 of the same length, and its text; what is no UTF-8 becomes as many ``?``."""
        if source.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            self._defect(
                "invalid-encoding", 0, 2, "the file is UTF-16; save it as UTF-8, the only encoding Obsidian reads"
            )
            return b"", ""
        if (nul := source.find(b"\0")) >= 0:
            self._defect("invalid-encoding", nul, nul + 1, "a NUL byte stands in the text; delete it")
        try:
            return source, source.decode("utf-8")
        except UnicodeDecodeError as error:
            message = f"byte 0x{source[error.start]:02x} is not UTF-8; save the file as UTF-8"
            self._defect("invalid-encoding", error.start, error.end, message)
            text = source.decode("utf-8", "fmvault.question-marks")
            return text.encode("utf-8"), text

    def _defect(self, fault: str, start: int, end: int, message: str, fix: Fix | None = None) -> None:
        self.defects.append(Defect(fault, Span(start, end), message, fix))

    # -- blocks and Markdown links -------------------------------------------------------------------------------------

    def _read_events(self) -> None:
        base = self.body
        source = self.source
        text = self.text if not base else source[base:].decode("utf-8")
        opaque, layout, passages = self.opaque, self.layout, self.passages
        container_end = passage_end = 0
        content_end = len(source.rstrip())
        for event, where in _PARSER.events_with_range(text, merge_text=True):
            if event.__class__ is str or "Text" in event or "End" in event:
                continue
            start, end = where["start"] + base, where["end"] + base
            if "Start" in event:
                tag: Any = event["Start"]  # type: ignore[index]
                if passages is not None and start >= passage_end:
                    block = tag if tag.__class__ is str else next(iter(tag))
                    if passage := _PASSAGES.get(block):
                        passages.append(Passage(Span(start, end), passage))
                    if passage or block == "FootnoteDefinition":
                        passage_end = end
                if tag.__class__ is str:
                    if tag == "Paragraph":
                        if start >= container_end:
                            self.paragraphs.append((start, end))
                    elif tag == "HtmlBlock":
                        opaque.append((start, end))
                        self._read_anchors(start, end)
                    elif tag == "Item":
                        pass
                    elif layout is None or tag != "TableRow":
                        continue
                    if layout is not None:
                        layout.append((start, end))
                    continue
                ((kind, data),) = tag.items()
                if kind == "Heading":
                    self._read_heading(start, end, _LEVELS[data["level"]])
                elif kind == "Link" or kind == "Image":
                    self._read_link(start, end, data, kind == "Image")
                    continue
                elif kind == "CodeBlock":
                    opaque.append((start, end))
                    if data.__class__ is dict and start >= container_end and end >= content_end:
                        self._check_fence(start, end)
                elif kind == "BlockQuote":
                    container_end = max(container_end, end)
                    if callout := _CALLOUT.match(source, start, end):
                        type_ = callout[1].decode("utf-8", "replace").strip()
                        self.callouts.append(Callout(Span(*callout.span(1)), type_))
                elif kind == "List" or kind == "FootnoteDefinition":
                    container_end = max(container_end, end)
                elif kind == "Table":
                    self.tables.append((start, end))
                if layout is not None:
                    layout.append((start, end))
            elif "Html" not in event and "FootnoteReference" not in event and "TaskListMarker" not in event:
                if "InlineMath" in event and source[end : end + 1].isdigit():
                    continue  # two amounts of money, `$5 and$10`
                opaque.append((start, end))  # code, math, inline HTML
                if "InlineHtml" in event:
                    self._read_anchors(start, end)
        opaque.sort()

    def _read_heading(self, start: int, end: int, level: int) -> None:
        raw = self.source[start:end]
        if raw.startswith(b"#" * level) and raw[level : level + 1] in b" \t\r\n":
            raw = raw[level:].strip()
            bare = raw.rstrip(b"#")
            # A closing run of `#` needs a space before it.
            if not bare or bare[-1:] in b" \t":
                raw = bare
        else:
            raw = _SETEXT_UNDERLINE.sub(b"", raw)
        raw = raw.strip()
        if raw.endswith(b"}") and (id_ := _HEADING_ID.match(raw, raw.rfind(b"{"))):
            self.anchors.append(id_[1].decode("utf-8"))
        self.headings.append(Heading(Span(start, end), level, raw.decode("utf-8").strip()))

    def _read_anchors(self, start: int, end: int) -> None:
        for match in _ANCHOR.finditer(self.source, start, end):
            self.anchors.append((match[1] or match[2] or match[3]).decode("utf-8"))

    def _check_fence(self, start: int, end: int) -> None:
        fence = _FENCE.match(self.source, start)
        if not fence:
            return
        last = self.source.rfind(b"\n", start, end - 1)
        closing = self.source[last + 1 : end].strip() if last >= 0 else b""
        if not (len(closing) >= len(fence[1]) and closing == fence[1][:1] * len(closing)):
            marks = fence[1].decode()
            line_end = self.source.find(b"\n", start, end)
            self._defect(
                "unclosed-fence",
                start,
                (line_end if line_end >= 0 else end) - (self.source[line_end - 1 : line_end] == b"\r"),
                f"the code block opened by '{marks}' is never closed; the rest of the note is code",
            )

    def _read_link(self, start: int, end: int, data: dict[str, Any], embed: bool) -> None:
        url: str = data["dest_url"]
        inline = data["link_type"] == "Inline"
        source = self.source
        dest = Span(start, end)
        close = end
        if inline:
            raw = url.encode("utf-8")
            # The destination is the last one: a label may hold images with destinations of their own. The search for it
            # leaves room for escapes and a title, and not for the whole of a label that nests.
            floor = max(start, end - 12 * (len(raw) + len(data["title"])) - 1000)
            at = source.rfind(raw, floor, end) if raw else -1
            opening = source.rfind(b"](", floor, at if raw and at >= 0 else end)
            if opening >= 0:
                close = opening
                # What follows the label is no text: no tag, comment or wikilink is looked for in it.
                self.opaque.append((opening, end))
                match = _INLINE_DEST.match(source, opening)
                if match and raw and source.startswith(raw, match.end()):
                    dest = Span(match.end(), match.end() + len(raw))
        if not self.hrefs or end > self.hrefs[-1][1]:
            self.hrefs.append((start, end))
        if data["link_type"] in ("Autolink", "Email"):
            self.opaque.append((start, end))
            return
        if not url or _EXTERNAL.match(url) or _VARIABLE.match(url):
            return
        # `(<% x %>)` is read as a destination in angle brackets.
        if ("{" in url and _TEMPLATE.search(url)) or (url[0] == url[-1] == "%" and source[dest.start - 1] == 0x3C):
            return
        target, _, subpath = url.partition("#")
        label = None
        if inline:
            begin = start + (2 if embed else 1)
            # Where the limit cuts a character in two, its first bytes are left out.
            label = source[begin : min(close, begin + _LABEL_LIMIT)].decode("utf-8", "ignore")
        if "%" in url:
            target, subpath = unquote(target), unquote(subpath)
        # Events come in order, so that the heading read last is the one it stands under.
        section = len(self.headings) - 1
        self.links.append(
            Link(Span(start, end), target.strip(), subpath.strip(), label, embed, "markdown", section, dest)
        )

    # -- what Obsidian adds --------------------------------------------------------------------------------------------

    def _scan(self) -> None:
        source, opaque = self.source, self.opaque
        opaque_count, at = len(opaque), 0
        resume = self.body
        comment = -1
        next_close = next_line = -1
        section, next_heading = -1, self.headings[0].span.start if self.headings else len(source)
        wiki_spans: list[tuple[int, int]] = []
        for token in _TOKEN.finditer(source, self.body):
            start = token.start()
            if start < resume:
                continue
            while at < opaque_count and opaque[at][1] <= start:
                at += 1
            kind = token.lastindex
            inside = at < opaque_count and opaque[at][0] <= start
            if kind == _RAW_SPACE or kind == _SPACED:  # noqa: SIM109 (a tuple is slower)
                # pyromark took it for text, so no opaque stretch begins here.
                if not inside:
                    self._check_markdown_link(token, kind)
                continue
            if inside:
                continue
            if kind == _WIKI:
                # Both searches only ever move forward, so that a line of a million brackets stays linear.
                if next_close < start + 2:
                    next_close = source.find(b"]]", start + 2)
                    if next_close < 0:
                        next_close = len(source) + 1
                if next_line < start:
                    next_line = source.find(b"\n", start)
                    if next_line < 0:
                        next_line = len(source)
                if source[start - 1 : start] == b"\\" and _escaped(source, start):
                    continue
                if source[start + 2 : start + 3] == b"[":
                    # Of a run of brackets the last two open the link.
                    while source[start + 2 : start + 3] == b"[":
                        start += 1
                    resume = start + 2
                if next_close >= next_line:
                    self._check_unclosed(start, next_line)
                    continue
                if source.find(b"[[", start + 2, next_close) >= 0:
                    continue  # the innermost opening is the link's
                while next_heading <= start:
                    section += 1
                    following = section + 1
                    next_heading = (
                        self.headings[following].span.start if following < len(self.headings) else len(source)
                    )
                end = self._read_wikilink(start, next_close, section)
                if end:
                    resume = end
                    wiki_spans.append((start, end))
            elif kind == _COMMENT:
                if comment >= 0:
                    self.comments.append((comment, token.end()))
                    comment = -1
                elif not self._is_amount(start):
                    comment = start
            elif kind == _TAG:
                self._read_tag(token)
            elif kind == _BLOCK:
                self._read_block(token)
            elif kind == _FOOTNOTE:
                self._read_footnote(token)
            else:
                self._check_stray_close(start)
        if comment >= 0:
            self._check_unclosed_comment(comment)
        if self.doubtful:
            self._settle_footnotes()
        if wiki_spans and self.hrefs:
            self._drop_within(wiki_spans)

    def _is_amount(self, start: int) -> bool:
        """Whether the percent signs at ``start`` are those of `100%%`, and no comment closes on their line."""
        if not self.source[start - 1 : start].isdigit():
            return False
        close = self.source.find(b"%%", start + 2)
        return close < 0 or self.source.find(b"\n", start, close) >= 0

    def _read_wikilink(self, start: int, close: int, section: int) -> int:
        """The link opened at ``start``; its end, or 0 if it is none."""
        source = self.source
        if source[close + 2 : close + 3] == b"]" and source.find(b"[^", start, close) >= 0:
            close += 1  # `[[note#[^1]]]`: the first of the three brackets is the footnote's
        end = close + 2
        inner = source[start + 2 : close]
        if not inner.strip():
            return 0
        if source[end : end + 1] == b"(" and _within(self.hrefs, start, end + 1):
            return 0  # `[[1]](https://example.org)`, a Markdown link whose label has brackets
        if inner.isdigit() and _within(self.hrefs, start, end):
            return 0  # a citation in a label, `[text [[1]]](https://example.org)`
        if (b"," in inner and _NUMBERS.match(inner)) or _CHARACTER_CLASS.match(inner):
            return end
        embed = start > self.body and source[start - 1 : start] == b"!" and not _escaped(source, start - 1)
        bar = inner.find(b"|")
        text = inner.decode("utf-8", "replace")
        if (b"{" in inner or b"<" in inner) and _TEMPLATE.search(text.partition("|")[0]):
            return end
        in_table = bool(self.tables) and _within(self.tables, start)
        if in_table and bar >= 0 and inner[bar - 1 : bar] != b"\\":
            # The bar ends the table's cell, and so the link is none.
            span = Span(start - embed, end)
            at = start + 2 + bar
            fix = Fix("write the bar as '\\|'", (Edit(Span(at, at + 1), "\\|"),), safe=True)
            self._defect(
                "unescaped-table-pipe", span.start, end, "the bar ends the table's cell; write it as '\\|'", fix
            )
            return end
        target, subpath, label = properties.split_target(text.replace("\\|", "|"))
        dest_end = start + 2 + (bar - (inner[bar - 1 : bar] == b"\\") if bar >= 0 else len(inner))
        dest = Span(start + 2, max(dest_end, start + 2))
        span = Span(start - embed, end)
        self.links.append(Link(span, target, subpath, label, embed, "wikilink", section, dest, "", in_table))
        return end

    def _drop_within(self, spans: list[tuple[int, int]]) -> None:
        """Take out the Markdown links that are part of a wikilink: `[[a|see [x](y.md)]]` is one link."""
        self.links = [
            link
            for link in self.links
            if not (link.syntax == "markdown" and _within(spans, link.span.start, link.span.end))
        ]

    def _read_tag(self, token: re.Match[bytes]) -> None:
        name = token[_TAG].decode("utf-8", "ignore")
        if not name.isascii() and (stop := _TAG_STOP.search(name)):
            name = name[: stop.start()]
        if name.strip("0123456789") and name.strip("/"):
            start = token.start()
            self.tags.append(Tag(Span(start, start + 1 + len(name.encode("utf-8"))), name, False))

    def _read_block(self, token: re.Match[bytes]) -> None:
        start, end = token.start(), token.end(_BLOCK)
        id_ = token[_BLOCK]
        line_end = self.source.find(b"\n", end)
        if line_end >= 0 and not self._ends_block(start, line_end + 1):
            return  # the paragraph goes on, so that this is text
        if not _BLOCK_ID.match(id_):
            if not _ALMOST_BLOCK_ID.match(id_):
                return
            # The ids in a drawing are its plugin's own.
            if not self.path.lower().endswith(".excalidraw.md"):
                name = id_.decode("utf-8", "replace")
                self._defect(
                    "invalid-block-id",
                    start,
                    end,
                    f"'{name}' is no block id; an id has only Latin letters, digits and '-'",
                )
        self.blocks.append(Block(Span(start, end), id_.decode("utf-8", "replace")))

    def _ends_block(self, at: int, below: int) -> bool:
        """Whether what stands at ``at`` ends above the line that begins at ``below``."""
        source = self.source
        if _NEW_BLOCK.match(source, below):
            return True
        marks = _QUOTE_MARKS.match(source, source.rfind(b"\n", 0, at) + 1)
        marks_below = _QUOTE_MARKS.match(source, below)
        assert marks
        assert marks_below
        return marks[2] is not None or marks_below[1].count(b">") > marks[1].count(b">")

    def _read_footnote(self, token: re.Match[bytes]) -> None:
        source, start, end = self.source, token.start(), token.end()
        if source[start - 1 : start] == b"\\" and _escaped(source, start):
            return
        window = source[max(self.body, start - 80) : start]
        defines = source[end : end + 1] == b":" and not window[window.rfind(b"\n") + 1 :].strip(b" \t>")
        label = token[_FOOTNOTE]
        footnote = Footnote(Span(start, end), label.decode("utf-8", "replace"), defines)
        if defines or (source[end : end + 1] not in (b"+", b"*", b"?", b"{") and _FOOTNOTE_LABEL.match(label)):
            self.footnotes.append(footnote)
        else:
            self.doubtful.append(footnote)

    def _settle_footnotes(self) -> None:
        """What looks like a regular expression is a footnote if the note defines it."""
        defined = {footnote.label.lower() for footnote in self.footnotes if footnote.defines}
        self.footnotes.extend(footnote for footnote in self.doubtful if footnote.label.lower() in defined)
        self.footnotes.sort(key=_start)

    # -- links gone wrong, where that is certain -----------------------------------------------------------------------

    def _check_unclosed(self, start: int, line_end: int) -> None:
        """`[[Note]`: two brackets open it, one closes it."""
        close = self.source.find(b"]", start + 2, min(line_end, start + 200))
        if close < 0 or self.source[close + 1 : close + 2] in (b"(", b"[", b":") or _within(self.hrefs, start):
            return
        inner = self.source[start + 2 : close].decode("utf-8", "replace")
        if not _NOTE_LIKE.match(inner):
            return
        # A bracket further on may close the first: `[[X, Y], Z]`.
        rest = self.source[close + 1 : min(line_end, close + 200)]
        depth = accumulate((byte == 0x5B) - (byte == 0x5D) for byte in rest)
        if min(depth, default=0) >= 0:
            fix = Fix("close it with ']]'", (Edit(Span(close, close + 1), "]]"),))
            self._defect(
                "malformed-link", start, close + 1, "the link is closed by one bracket; close it with ']]'", fix
            )

    def _check_unclosed_comment(self, start: int) -> None:
        if start == self.body or self.source[start - 1 : start].isspace():
            self.comments.append((start, len(self.source)))
            self._defect(
                "unclosed-comment",
                start,
                start + 2,
                "the comment opened by '%%' is never closed; the rest of the note is hidden",
            )

    def _check_stray_close(self, start: int) -> None:
        """`[Note]]`: one bracket opens it, two close it."""
        floor = max(self.body, start - 200, self.source.rfind(b"\n", max(self.body, start - 200), start) + 1)
        before = self.source[floor:start]
        opening = before.rfind(b"[")
        if opening < 0 or self.source[start + 2 : start + 3] == b"(" or _within(self.hrefs, start):
            return
        inner = before[opening + 1 :].decode("utf-8", "replace")
        # An earlier bracket still open takes the second closing one: `(see [a [b]])`.
        earlier = before[:opening]
        if earlier.count(b"[") > earlier.count(b"]") or before[opening - 1 : opening] in (b"\\", b"!", b"["):
            return
        if _NOTE_LIKE.match(inner):
            at = floor + opening
            fix = Fix("open it with '[['", (Edit(Span(at, at + 1), "[["),))
            self._defect("malformed-link", at, start + 2, "the link is opened by one bracket; open it with '[['", fix)

    def _check_markdown_link(self, token: re.Match[bytes], kind: int) -> None:
        """`[x] (y.md)` and `[x](a b.md)`: a space keeps them from being links."""
        start = token.start()
        dest = token[kind].decode("utf-8", "replace")
        if _EXTERNAL.match(dest) or not _FILE_END.search(dest) or _TEMPLATE.search(dest):
            return
        floor = max(self.body, start - 200)
        before = self.source[floor:start]
        opening = before.rfind(b"[")
        if opening < 0 or b"\n" in before[opening:] or b"]" in before[opening:] or _within(self.hrefs, start):
            return
        at = floor + opening
        if kind == _SPACED:
            if _TASK.search(before):
                return
            # `[1] (a.pdf)` and `f[x] (a.pdf)` are a citation and an index, and a remark follows.
            label, ahead = before[opening + 1 :], before[:opening].decode("utf-8", "ignore")
            if not label.strip(b"0123456789 ,;-") or ahead[-1:].isalnum():
                return
            edit = Edit(Span(start + 1, start + 2), "")
            message = "the space before '(' keeps this from being a link; take it out"
            fix = Fix("take the space out", (edit,))
        else:
            edit = Edit(Span(*token.span(kind)), f"<{dest}>")
            message = "a space in the destination keeps this from being a link; put the destination in '<>'"
            fix = Fix("put the destination in '<>'", (edit,), safe=True)
        self._defect("malformed-link", at - (before[opening - 1 : opening] == b"!"), token.end(), message, fix)

    # -- suppressions --------------------------------------------------------------------------------------------------

    def _read_allowances(self, layout: list[tuple[int, int]]) -> None:
        layout.sort(key=lambda block: (block[0], -block[1]))  # what holds others comes before them
        stretches = _Stretches()
        blocks = _Blocks(self.source, layout)
        html = {start for start, _ in self.opaque if self.source.startswith(b"<!--", start)}
        opaque_starts = [start for start, _ in self.opaque]
        for match in _ALLOWANCE.finditer(self.source, self.body):
            start, end = match.span()
            index = bisect_right(opaque_starts, start) - 1
            if index >= 0 and self.opaque[index][1] > start and opaque_starts[index] not in html:
                continue  # an example in code
            names = tuple(
                (name[0].decode(), Span(*name.span())) for name in _RULE_NAME.finditer(self.source, *match.span(2))
            )
            span = Span(start, end)
            match match[1]:
                case b"allow-file":
                    self.allowances.append(Allowance(span, names, Span(0, len(self.source))))
                case b"allow-start":
                    stretches.open(span, names)
                case b"allow-end":
                    if opened := stretches.close(names):
                        self.allowances.append(Allowance(*opened, Span(opened[0].end, start)))
                case _:
                    self.allowances.append(Allowance(span, names, blocks.meant_by(span)))
        for opening, names in stretches.left():
            self.allowances.append(Allowance(opening, names, Span(opening.end, len(self.source))))
        self.allowances.sort(key=_start)


class _Stretches:
    """The comments `allow-start` that no `allow-end` has closed yet."""

    def __init__(self) -> None:
        self._opened: list[tuple[Span, _Names] | None] = []
        # Places in `_opened`, those since closed among them: of each rule's name, and of all under the name "".
        self._places: dict[str, list[int]] = {"": []}

    def open(self, span: Span, names: _Names) -> None:
        for name in ("", *(name for name, _ in names)):
            self._places.setdefault(name, []).append(len(self._opened))
        self._opened.append((span, names))

    def close(self, names: _Names) -> tuple[Span, _Names] | None:
        """Close the last one with one of the names, or the last of all if none is given, and hand it over."""
        last = max(self._last(name) for name in {name for name, _ in names} or {""})
        if last < 0:
            return None
        closed, self._opened[last] = self._opened[last], None
        return closed

    def _last(self, name: str) -> int:
        places = self._places.get(name, [])
        while places and self._opened[places[-1]] is None:
            places.pop()
        return places[-1] if places else -1

    def left(self) -> Iterator[tuple[Span, _Names]]:
        return (opened for opened in self._opened if opened is not None)


class _Blocks:
    """What a comment holds for; comments are asked for in the order they stand in, so that each block is met once."""

    def __init__(self, source: bytes, layout: list[tuple[int, int]]) -> None:
        self._source = source
        self._layout = layout
        self._next = 0
        self._around: list[tuple[int, int]] = []
        self._searched = 0
        # Where the line begins, where on it the marks of quotes and lists give way to text, and where it ends.
        self._line_start = 0
        self._text_start = _end(_ITEM_MARKS, source, 0)
        self._line_end = -1

    def meant_by(self, comment: Span) -> Span:
        """The block it stands in with other text, else the block after it."""
        source, layout = self._source, self._layout
        self._move_to_line_of(comment)
        innermost = self._innermost(comment) or (self._line_start, self._line_end)
        if self._text_start < comment.start or _end(_SPACE, source, comment.end) < self._line_end:
            return Span(*innermost)
        rest = Span(comment.end, innermost[1])
        if _end(_SPACE, source, rest.start) < rest.end:
            return rest  # the same paragraph goes on below it
        after = bisect_left(layout, (comment.end, 0))
        return Span(*layout[after]) if after < len(layout) else Span(comment.end, len(source))

    def _move_to_line_of(self, comment: Span) -> None:
        """From the line of the comment before; a line of many comments is searched once."""
        source = self._source
        if (line_break := source.rfind(b"\n", self._searched, comment.start)) >= 0:
            self._line_start = line_break + 1
            self._text_start = _end(_ITEM_MARKS, source, self._line_start)
        self._searched = comment.start
        if self._line_end < comment.end:
            line_end = source.find(b"\n", comment.end)
            self._line_end = line_end if line_end >= 0 else len(source)

    def _innermost(self, comment: Span) -> tuple[int, int] | None:
        """The block around the comment that begins last."""
        layout, around = self._layout, self._around
        while self._next < len(layout) and layout[self._next][0] <= comment.start:
            around.append(layout[self._next])
            self._next += 1
        # What has ended is around no later comment either.
        while around and around[-1][1] < comment.end:
            around.pop()
        return around[-1] if around else None


def _end(pattern: re.Pattern[bytes], source: bytes, at: int) -> int:
    """Where the pattern, which may be empty, stops to match from ``at`` on."""
    match = pattern.match(source, at)
    return match.end() if match else at


def _start(item: Link | Defect | Allowance | Footnote) -> int:
    return item.span.start


def _escaped(source: bytes, at: int) -> bool:
    """Whether an odd number of backslashes stands before ``at``."""
    count = 0
    while at - count > 0 and source[at - count - 1] == 0x5C:
        count += 1
    return count % 2 == 1


def _within(spans: list[tuple[int, int]], start: int, end: int | None = None) -> bool:
    """Whether one of the sorted ``spans`` holds ``start`` (up to ``end``)."""
    index = bisect_right(spans, (start, 1 << 62)) - 1
    return index >= 0 and spans[index][1] > start and (end is None or end <= spans[index][1])


def _question_marks(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return "?" * (error.end - error.start), error.end


codecs.register_error("fmvault.question-marks", _question_marks)
