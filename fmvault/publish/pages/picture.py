"""The notes next to a note as a picture: a ring of links that needs no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from math import sqrt
from unicodedata import combining, east_asian_width

from fmvault.publish.contexts import Ref

# The ring has room for so many notes.
MOST = 24
# All in the picture's own units. A row is high enough to be hit, and names end before the frame.
_WIDE, _STEP, _MARGIN, _RADIUS = 300, 28, 30, 34
_SIZE, _GAP, _EDGE = 12, 10, 4
# How wide letters are as parts of their height, in fonts that run wide.
_NARROW, _BROAD = frozenset("fijlrtI.,:;'|!()[]/ -’"), frozenset("mwMW@%…—")
_LINES = 1.5


def joined(shown: Sequence[str], neighbours: Mapping[str, set[str]]) -> Sequence[tuple[int, int]]:
    """The pairs among the notes ``shown`` that are next to each other, by their places."""
    place = {path: index for index, path in enumerate(shown)}
    those = set(shown)
    return sorted(
        (index, place[other])
        for path, index in place.items()
        for other in neighbours[path] & those
        if index < place[other]
    )


def ring(here: Ref | None, around: Sequence[Ref], pairs: Sequence[tuple[int, int]], label: str) -> str:
    """An SVG with ``around`` in a ring, and lines from ``here`` to each and for few ``pairs``; empty without any."""
    if not around:
        return ""
    high, places = _places(len(around))
    centre = _WIDE // 2, high // 2
    lines = [] if here is None else [_line(centre, place) for place in places]
    # Where nearly all are joined with all, their lines would tell nothing.
    if len(pairs) <= _LINES * len(around):
        lines += [_line(places[one], places[other]) for one, other in pairs]
    elif here is None:
        # Each is joined with the first of those it could be.
        firsts = {other: one for one, other in reversed(pairs)}
        lines += [_line(places[one], places[other]) for other, one in sorted(firsts.items())]
    nodes = [_node(ref, place, place[0] >= centre[0]) for ref, place in zip(around, places, strict=True)]
    if here is not None:
        nodes.append(
            f'<g class="here"><circle cx="{centre[0]}" cy="{centre[1]}" r="8"><title>{escape(here.title)}</title>'
            "</circle></g>"
        )
    return (
        f'<svg class="neighbours" viewBox="0 0 {_WIDE} {high}" role="group" aria-label="{escape(label)}">'
        f"{''.join(lines)}{''.join(nodes)}</svg>"
    )


@lru_cache(maxsize=MOST)
def _places(count: int) -> tuple[int, Sequence[tuple[int, int]]]:
    """How high the picture of so many notes is, and where each of them stands."""
    rows = (count + 1) // 2
    high = 2 * _MARGIN + max(rows - 1, 2) * _STEP
    return high, [_place(index, count, high) for index in range(count)]


def _place(index: int, count: int, high: int) -> tuple[int, int]:
    """Where a note stands: in turn on the right and on the left, each in a row of its own from the top."""
    left = index % 2
    rows = (count + 1 - left) // 2
    row = index // 2
    y = high / 2 + (row - (rows - 1) / 2) * _STEP
    tall = max(high / 2 - _MARGIN / 2, 1)
    x = _RADIUS * sqrt(max(0.0, 1 - ((y - high / 2) / tall) ** 2))
    return round(_WIDE / 2 + (-x if left else x)), round(y)


def _line(one: tuple[int, int], other: tuple[int, int]) -> str:
    return f'<line class="edge" x1="{one[0]}" y1="{one[1]}" x2="{other[0]}" y2="{other[1]}"/>'


def _node(ref: Ref, at: tuple[int, int], right: bool) -> str:
    anchor, x = ("start", at[0] + _GAP) if right else ("end", at[0] - _GAP)
    name = _fitting(ref.title, ((_WIDE - x if right else x) - _EDGE) / _SIZE)
    shown = (
        f'<circle cx="{at[0]}" cy="{at[1]}" r="5"/>'
        f'<text x="{x}" y="{at[1] + 4}" text-anchor="{anchor}" font-size="{_SIZE}">{escape(name)}</text>'
    )
    if name != ref.title:
        shown = f"<title>{escape(ref.title)}</title>{shown}"
    if ref.href is None:
        return f'<g class="ghost">{shown}</g>'
    return f'<a class="node" href="{escape(ref.href)}" data-note="{escape(ref.key)}">{shown}</a>'


def _fitting(name: str, room: float) -> str:
    """The name, or what of its beginning there is room for."""
    if _length(name) <= room:
        return name
    room -= _width("…")
    for end, letter in enumerate(name):
        room -= _width(letter)
        if room < 0:
            return name[:end].rstrip() + "…"
    return name


@lru_cache(maxsize=1 << 16)
def _length(name: str) -> float:
    return sum(map(_width, name))


@lru_cache(maxsize=1 << 12)
def _width(letter: str) -> float:
    if letter in _NARROW:
        return 0.42
    if letter in _BROAD or east_asian_width(letter) in "WF":
        return 1.02
    if combining(letter):
        return 0.0
    return 0.76 if letter.isupper() else 0.64
