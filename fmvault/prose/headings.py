"""Headings that were pasted without their marks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from operator import itemgetter

from fmvault.model import Defect, Edit, Fix, Span
from fmvault.prose.telltales import Ranges, covers

_TITLE_LENGTH, _TITLE_WORDS = 60, 8
_PROSE_LENGTH, _PROSE_WORDS = 80, 12
# Letters, digits and what may stand between them: no markup, no link, no end of a sentence but a question mark.
_TITLE = re.compile(rb"[A-Z0-9\xc3-\xf4][\w\x80-\xff \-'/&,()+\"]*\??")
# A letter's and a diary's lines.
_NO_TITLE = re.compile(
    rb"(?:dear|hi|hello|hey|hallo|liebe[rs]?|sincerely|love|best|regards|yours|thanks|mon|tue|wed|thu|fri|sat"
    rb"|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august"
    rb"|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|today|yesterday|morning"
    rb"|afternoon|evening|night|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|today's|scene|chapter|act)\b|[\d\s.:/,-]+(?:[ap]m)?\b",
    re.IGNORECASE,
)
# What parts of a text are called, whatever it is about: one of the first says enough, the second only in company.
_SECTION = re.compile(
    rb"(?:why (?:it|this|that) (?:is )?(?:matters|important)|how (?:it|this|they) works?|how to use (?:it|this)"
    rb"|related (?:articles|concepts|links|notes|reading|terms|topics|work)|frequently asked questions"
    rb"|(?:key|main) (?:concepts|facts|features|ideas|points|takeaways|terms)|see also|further reading|next steps"
    rb"|use cases|common (?:misconceptions|mistakes|pitfalls|questions|uses)|pros and cons|table of contents"
    rb"|getting started|best practices|advantages and disadvantages|benefits and (?:limitations|risks)"
    rb"|(?:practical|real-world) examples|siehe auch|h\xc3\xa4ufige? (?:gestellte )?fragen"
    rb"|verwandte (?:begriffe|themen)|weiterf\xc3\xbchrende (?:links|literatur)|warum (?:es|das) wichtig ist)",
    re.IGNORECASE,
)
_SECTION_IN_COMPANY = re.compile(
    rb"(?:advantages|applications|benefits|conclusions?|definition|disadvantages|examples?|faqs?|installation"
    rb"|introduction|limitations|methods?|methodology|overview|prerequisites|references|results|summary|usage"
    rb"|beispiele?|einleitung|fazit|nachteile|\xc3\xbcberblick|vorteile|zusammenfassung)",
    re.IGNORECASE,
)
# One to four words in capitals, with nothing but initials and particles among them.
_PERSON = re.compile(
    rb"(?:[A-Z\xc3-\xf4][\w\x80-\xff'-]*\.?)(?: (?:(?:de|da|di|del|van|von|der|la|le|bin|al) )*[A-Z\xc3-\xf4]"
    rb"[\w\x80-\xff'-]*\.?){0,3}"
)
# A quick look for such a line: a short one, a long one after it.
_PLACE = re.compile(rb"^[A-Z0-9\xc3-\xf4][^\n]{0,60}\r?\n(?:[ \t]*\r?\n)*(?=[^\n]{80})", re.MULTILINE)
_PROSE_END = (b".", b"!", b"?", b":", b'"', b")", b"\xe2\x80\x9d", b"\xe2\x80\xa6", b"]")


def unmarked(source: bytes, opaque: Ranges, paragraphs: Ranges) -> Iterator[Defect]:
    """Short lines that prose follows, where nothing else separates a note's parts: two of them at least.

    One of them must be called what a part of a text is called. The titles of poems and the names of those who speak
    look the same otherwise.
    """
    if len(_PLACE.findall(source)) < 2:
        return
    kinds: list[tuple[str, int, int]] = []
    titles = 0
    for start, end in paragraphs:
        offset = start
        lines = source[start:end].split(b"\n")
        for index, raw in enumerate(lines):
            line = raw.rstrip()
            kind = "other"
            if _is_prose(line):
                kind = "prose"
            elif _is_title(raw, line):
                kind = "title"
                titles += 1
            if line:
                kinds.append((kind if index or kind != "title" else "first", offset, offset + len(line)))
            offset += len(raw) + 1
        # What stands between two paragraphs, a list say, parts a title from the text after it.
        if source[end : _next(paragraphs, end, len(source))].strip():
            kinds.append(("other", end, end))
    if titles < 2:
        return
    found: list[tuple[int, int]] = []
    follows = False
    for index in range(len(kinds) - 1, -1, -1):
        kind, start, end = kinds[index]
        if kind in ("title", "first"):
            before = kinds[index - 1][0] if index else "prose"
            if follows and (kind == "first" or before in ("prose", "title", "first")):
                found.append((start, end))
            else:
                follows = False
        else:
            follows = kind == "prose"
    seen = Counter(source[start:end] for start, end in found)
    # A line that comes again is a speaker's name.
    if len(found) < 2 or max(seen.values()) > 1 or not _are_sections(list(seen)):
        return
    for start, end in reversed(found):
        if covers(opaque, start):
            continue
        text = source[start:end].decode("utf-8", "replace")
        fix = Fix("make it a heading", (Edit(Span(start, start), "## "),))
        yield Defect(
            "unmarked-heading",
            Span(start, end),
            f"'{text}' stands where a heading would; begin the line with '## '",
            fix,
        )


def _are_sections(titles: list[bytes]) -> bool:
    sure = sum(_SECTION.fullmatch(title) is not None for title in titles)
    likely = sum(_SECTION_IN_COMPANY.fullmatch(title) is not None for title in titles)
    if sure + likely > 1:
        return True
    # Beside a single one there must be another line that is nobody's name.
    return sure == 1 and not all(_SECTION.fullmatch(title) or _PERSON.fullmatch(title) for title in titles)


def _next(paragraphs: Ranges, end: int, last: int) -> int:
    index = bisect_right(paragraphs, end - 1, key=itemgetter(0))
    return paragraphs[index][0] if index < len(paragraphs) else last


def _is_prose(line: bytes) -> bool:
    return len(line) >= _PROSE_LENGTH and line.endswith(_PROSE_END) and len(line.split()) >= _PROSE_WORDS


def _is_title(raw: bytes, line: bytes) -> bool:
    return (
        0 < len(line) <= _TITLE_LENGTH
        # Two spaces at its end break a line of verse or of an address.
        and not raw.rstrip(b"\r").endswith(b"  ")
        and _TITLE.fullmatch(line) is not None
        and len(line.split()) <= _TITLE_WORDS
        and _NO_TITLE.match(line) is None
        and not line.endswith(b",")
    )
