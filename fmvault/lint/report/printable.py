"""Text of strangers, made fit to be shown: nothing in it moves the cursor, changes colours or turns the order."""

from __future__ import annotations

import re
import unicodedata

# Controls, lone surrogates, and what cannot be seen or reorders what can: soft hyphen, direction marks, zero width
# spaces, line separators, invisible operators, byte order marks, annotations and tags. The joiners U+200C and U+200D
# stay, since scripts and emoji are written with them.
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_TAB = 4


def visible(text: str) -> str:
    r"""``text`` with all that is invisible or active written as an escape, such as ``\x1b`` or ``\u202e``."""
    if text.isascii() and text.isprintable():
        return text
    return _INVISIBLE.sub(_escape, text)


def encodable(text: str) -> str:
    """``text`` with U+FFFD in place of lone surrogates, which stand for the bytes of a name that is not UTF-8."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def window(line: str, start: int, end: int, width: int) -> tuple[str, int, int]:
    """The part of ``line`` about its code points ``start`` to ``end`` that fits in ``width`` cells.

    Gives the part, the cell at which the code points begin in it, and how many cells they take, at least one. What is
    cut off is shown as an ellipsis. The cost depends on ``width``, not on the line's length.
    """
    if len(line) <= width and line.isascii() and line.isprintable():
        return line, start, max(1, end - start)
    # Two code points a cell leave room for combining characters.
    low, high = max(0, start - 2 * width), min(len(line), start + 2 * width)
    cells = _cells(line[low:high])
    edges = [0]
    for _, size in cells:
        edges.append(edges[-1] + size)
    first, stop = edges[start - low], edges[max(start, min(end, high)) - low]
    if edges[-1] <= width and not low and high == len(line):
        return "".join(text for text, _ in cells), first, max(1, stop - first)

    room = width - 2
    left = max(0, first - (room - min(stop - first, room)) // 2)
    left = min(left, max(0, edges[-1] - room))
    shown = [index for index in range(len(cells)) if edges[index] >= left and edges[index + 1] <= left + room]
    if not shown:
        return "…", 0, 1
    cut_before = "…" if low or shown[0] else ""
    cut_after = "…" if high < len(line) or shown[-1] + 1 < len(cells) else ""
    base = edges[shown[0]] - len(cut_before)
    part = "".join(cells[index][0] for index in shown)
    return cut_before + part + cut_after, first - base, max(1, min(stop, edges[shown[-1] + 1]) - first)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if match[0] in "\t\n\r":
        return {"\t": "\\t", "\n": "\\n", "\r": "\\r"}[match[0]]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _cells(text: str) -> list[tuple[str, int]]:
    """Each character of ``text`` as it is shown, and how many cells of a terminal it takes."""
    if text.isascii() and text.isprintable():
        return [(character, 1) for character in text]
    cells: list[tuple[str, int]] = []
    before = ""
    for character in text:
        if character < "\u0300" and character.isprintable():
            cells.append((character, 1))
        elif character == "\t":
            cells.append((" " * _TAB, _TAB))
        elif _INVISIBLE.match(character):
            escaped = visible(character)
            cells.append((escaped, len(escaped)))
        elif character == "\ufe0f" and cells and cells[-1][1] == 1:
            # This selector asks for the emoji's coloured form, which is two cells wide.
            cells[-1] = (cells[-1][0], 2)
            cells.append((character, 0))
        else:
            cells.append((character, _width(character, before)))
        before = character
    return cells


def _width(character: str, before: str) -> int:
    if unicodedata.east_asian_width(character) in "WF":
        # In a joined emoji, and for a skin tone, the terminal draws nothing beside what is there.
        return 0 if before == "\u200d" or (before and "\U0001f3fb" <= character <= "\U0001f3ff") else 2
    # The vowels and finals of Hangul, U+1160 to U+11FF, are drawn in the cells of the consonant before them.
    joins = unicodedata.category(character) in ("Mn", "Me", "Cf") or "\u1160" <= character <= "\u11ff"
    return 0 if joins else 1
