"""Open questions: what a section of them lists, and which of its entries are open still."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from fmvault.model import Link, Passage

if TYPE_CHECKING:
    from fmvault.kinds.projection import Section, View

# The section is told by its name, whatever the kind.
QUESTIONS = "questions"

# An entry that its author ticked off or struck out.
_SETTLED = re.compile(rb"[ \t>]*(?:[-*+]|\d{1,9}[.)])?[ \t]*(?:\[[^ \]\n?]\][ \t]|~~)")


def sections(view: View) -> Iterator[Section]:
    """The sections of open questions that a note has."""
    return (section for section in view.sections if section.name == QUESTIONS)


def entries(section: Section) -> Sequence[Passage]:
    """What a section lists: the entries of its lists, or its paragraphs where it has no list."""
    return section.entries or [passage for passage in section.passages if passage.kind == "paragraph"]


def is_settled(section: Section, entry: Passage) -> bool:
    """Whether an entry is ticked off or struck out."""
    text = section.note.text
    assert text is not None
    return _SETTLED.match(text.source, entry.span.start, entry.span.end) is not None


def links(section: Section, entry: Passage) -> Sequence[Link]:
    """The links of an entry, but for those in a comment."""
    found = [link for link in section.leading if entry.span.start <= link.span.start < entry.span.end]
    return [link for link in found if not _is_in_comment(section, link)]


def _is_in_comment(section: Section, link: Link) -> bool:
    text = section.note.text
    assert text is not None
    above = bisect_right(text.opaque, link.span.start, key=lambda stretch: stretch.start)
    if not above:
        return False
    last = text.opaque[above - 1]
    return last.end >= link.span.end and text.source.startswith(b"%%", last.start)
