"""Where the bytes of a source are for people: lines, and columns counted in code points.

A line ends at a line feed, and a carriage return before it belongs to the line break; a carriage return alone is a
character like others. A byte order mark is no column. Bytes that are not UTF-8 count as the replacement characters
they are decoded to.
"""

from __future__ import annotations

from bisect import bisect_right
from codecs import BOM_UTF8, getincrementaldecoder
from collections.abc import Iterable
from itertools import accumulate

from msgspec import Struct

from fmvault.model import Span

# Bytes between two known columns of a line that is not ASCII: the most that is decoded to find a column.
_STRIDE = 1024


class Place(Struct, frozen=True, gc=False):
    """From ``line`` and ``column`` up to, and without, ``end_line`` and ``end_column``: 1-based, in code points.

    ``byte_column`` and ``end_byte_column`` count the UTF-8 bytes of the line instead, a byte order mark included.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    byte_column: int
    end_byte_column: int


class Lines:
    """The lines of a source, found in one pass; then each place costs a binary search, however long its line."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._ascii = source.isascii()
        self._first = len(BOM_UTF8) if source.startswith(BOM_UTF8) else 0
        self._starts = [0, *accumulate(len(line) + 1 for line in source.split(b"\n"))]
        self._starts.pop()
        self._marks: dict[int, tuple[list[int], list[int]]] = {}
        self._last = (0, "")

    def place(self, span: Span) -> Place:
        """The place of ``span``; what lies outside the source is brought to its nearest end."""
        line, column, byte_column = self._at(span.start)
        end_line, end_column, end_byte_column = self._at(max(span.start, span.end))
        return Place(line, column, end_line, end_column, byte_column, end_byte_column)

    def text(self, line: int) -> str:
        """The text of the line numbered ``line``, without its line break."""
        # Many findings may stand on one line of many megabytes, and are to share its text.
        if self._last[0] != line:
            start, end = self._bounds(line - 1)
            self._last = (line, self._source[start:end].decode("utf-8", "replace"))
        return self._last[1]

    def _bounds(self, index: int) -> tuple[int, int]:
        """Where the text of the line begins and ends, byte order mark and line break left out."""
        start = self._starts[index]
        if index + 1 == len(self._starts):
            end = len(self._source)
        else:
            end = self._starts[index + 1] - 1
            if end > start and self._source[end - 1] == 0x0D:
                end -= 1
        return (start if index else self._first), end

    def _at(self, offset: int) -> tuple[int, int, int]:
        index = bisect_right(self._starts, offset) - 1
        start, end = self._bounds(index)
        offset = min(max(offset, start), end)
        return index + 1, self._column(index, start, end, offset), offset - self._starts[index] + 1

    def _column(self, index: int, start: int, end: int, offset: int) -> int:
        if self._ascii:
            return offset - start + 1
        if offset - start <= _STRIDE:
            return len(self._source[start:offset].decode("utf-8", "replace")) + 1
        marks = self._marks.get(index)
        if marks is None:
            marks = self._marks[index] = self._mark(start, end)
        offsets, columns = marks
        nearest = bisect_right(offsets, offset) - 1
        return len(self._source[offsets[nearest] : offset].decode("utf-8", "replace")) + columns[nearest]

    def _mark(self, start: int, end: int) -> tuple[list[int], list[int]]:
        """Offsets in the line at which a character begins, about a stride apart, and their columns."""
        decoder = getincrementaldecoder("utf-8")("replace")
        offsets, columns = [start], [1]
        for position in range(start, end, _STRIDE):
            stop = min(position + _STRIDE, end)
            column = columns[-1] + len(decoder.decode(self._source[position:stop]))
            offsets.append(stop - len(decoder.getstate()[0]))
            columns.append(column)
        return offsets, columns


def locate(source: bytes, spans: Iterable[Span]) -> list[Place]:
    """The places of ``spans`` in ``source``, in their order."""
    lines = Lines(source)
    return [lines.place(span) for span in spans]
