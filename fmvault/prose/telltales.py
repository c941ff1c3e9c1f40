"""What tells in one pass whether a text has to be looked at more closely."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter
from typing import TypeAlias

from ahocorasick_rs import BytesAhoCorasick

# Sorted byte ranges that do not overlap.
Ranges: TypeAlias = Sequence[tuple[int, int]]

# In small letters: how a paragraph begins that an assistant opens, and what stands in a tail that it closes.
FIRST_WORDS = (
    *(b"certainly", b"sure", b"of course", b"absolutely", b"definitely", b"great quest", b"got it"),
    *(b"gerne", b"nat\xc3\xbcrlich", b"selbstverst\xc3\xa4ndlich", b"klar", b"sicher"),
    *(b"as an a", b"as of my ", b"i'm ", b"i\xe2\x80\x99m ", b"i am ", b"i apologi", b"unfortunately, as", b"als "),
)
CLOSING_TELLTALES = (
    *(b"know if", b"me to ", b"you like ", b"i can "),
    *(b"an ai", b"an artificial", b"as of my ", b"als ki", b"als ein ki", b"als k\xc3\xbcnst"),
    *(b"dass ich", b"soll ich ", b"kann ich", b"le ich ", b"be ich ", b"re ich "),
)
# Nearly all notes have none of these, in small letters, and one pass for all of them tells that at once. The patterns
# are asked of the others alone.
TELLTALES = BytesAhoCorasick(
    [
        *(b"\n" + word for word in FIRST_WORDS),
        *CLOSING_TELLTALES,
        *(b"oaicite", b"\xe3\x80\x90", b"\xee\x88\x80"),
        *(b"{{", b"<%", b"later)", b"here)", b"(fill"),
    ]
)


def covers(ranges: Ranges, offset: int) -> tuple[int, int] | None:
    """The range that ``offset`` is in."""
    index = bisect_right(ranges, offset, key=itemgetter(0))
    return ranges[index - 1] if index and offset < ranges[index - 1][1] else None
