"""What does not belong in a note's text and can be seen only there.

The residue of a chat with an assistant, what a template left, and headings that were pasted without their marks.
"""

from __future__ import annotations

from fmvault.model import Defect
from fmvault.prose.telltales import FIRST_WORDS, TELLTALES, Ranges


def find(source: bytes, body: int, opaque: Ranges, paragraphs: Ranges, *, has_heading: bool) -> list[Defect]:
    """Return the defects ``leftover-chat``, ``template-leftover`` and ``unmarked-heading``, in no order.

    ``opaque`` (code, math, HTML) and ``paragraphs`` (those in no list, quote or table) are sorted byte ranges.
    """
    found: list[Defect] = []
    lowered = source.lower()
    if TELLTALES.find_matches_as_indexes(lowered) or lowered.startswith(FIRST_WORDS, body):
        from fmvault.prose.residue import chat, template

        found += chat(source, lowered, body, opaque, paragraphs)
        found += template(source, lowered, body, opaque)
    if not has_heading:
        from fmvault.prose.headings import unmarked

        found += unmarked(source, opaque, paragraphs)
    return found
