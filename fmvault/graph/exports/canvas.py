"""The graph as a canvas, which Obsidian opens in the vault itself (https://jsoncanvas.org/spec/1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

import msgspec

from fmvault.graph.concept_graph import MENTIONS, Node
from fmvault.graph.exports.subject import Positions, Subject
from fmvault.graph.exports.text import encodable, line

# In pixels: a card that shows a note's name and first lines, and what lies between two.
_WIDTH, _HEIGHT = 320, 120
_STEP_X, _STEP_Y = 420, 200
# There are so many places for each card, so that most stand where the layout has them.
_ROOM = 4
# The canvas has six colours of its own, which follow the theme.
_COLOURS = 6


def write(of: Subject) -> str:
    """A card for each node, none on another, about where ``positions`` have them."""
    assert of.positions is not None
    ids = {id: blake2b(id.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest() for id in of.graph.nodes}
    places = _places(of.positions)
    kinds = {kind: str(index % _COLOURS + 1) for index, kind in enumerate(kind for kind in of.colours() if kind)}
    nodes = []
    for node in of.nodes:
        column, row = places[node.id]
        card: dict[str, object] = {
            "id": ids[node.id],
            **_content(node),
            "x": column * _STEP_X,
            "y": row * _STEP_Y,
            "width": _WIDTH,
            "height": _HEIGHT,
        }
        if node.kind is not None:
            card["color"] = kinds[node.kind]
        nodes.append(card)
    types = of.types()
    edges = []
    for edge in of.graph.edges:
        from_side, to_side = _sides(places[edge.source], places[edge.target])
        name = f"{edge.source}\0{edge.target}\0{edge.type}".encode("utf-8", "surrogatepass")
        told: dict[str, object] = {
            "id": blake2b(name, digest_size=8).hexdigest(),
            "fromNode": ids[edge.source],
            "fromSide": from_side,
            "toNode": ids[edge.target],
            "toSide": to_side,
        }
        if types[edge.type].symmetric:
            told["toEnd"] = "none"
        if edge.type != MENTIONS:
            told["label"] = encodable(edge.type)
        edges.append(told)
    return f'{{"nodes":{_lines(nodes)},"edges":{_lines(edges)}}}\n'


def _content(node: Node) -> Mapping[str, object]:
    if node.path is not None and encodable(node.id) == node.id:
        return {"type": "file", "file": node.id}
    if node.type == "tag":
        return {"type": "text", "text": f"#{line(node.name)}"}
    if node.path is not None:
        # A path that is no text cannot be named in a canvas.
        return {"type": "text", "text": f"`{_uncoded(node.name)}`"}
    name = line(node.name)
    # What would end the link, or begin a label or a heading in it, is no name of a note.
    return {"type": "text", "text": f"`{_uncoded(name)}`" if set("[]|#^") & set(name) else f"[[{name}]]"}


def _uncoded(name: str) -> str:
    return line(name).replace("`", "'")


def _sides(source: tuple[int, int], target: tuple[int, int]) -> tuple[str, str]:
    """The sides of two cards that face each other."""
    right, down = (target[0] - source[0]) * _STEP_X, (target[1] - source[1]) * _STEP_Y
    if abs(right) >= abs(down):
        return ("right", "left") if right > 0 else ("left", "right")
    return ("bottom", "top") if down > 0 else ("top", "bottom")


def _places(positions: Positions) -> Mapping[str, tuple[int, int]]:
    """A column and a row for each node, no two alike, as near as can be to where ``positions`` has it.

    Columns and rows count from the middle. Where the place is taken, the nearest that is free to its left or right in
    one of the rows about it is.
    """
    if not positions:
        return {}
    xs, ys = zip(*positions.values(), strict=True)
    width, height = (max(xs) - min(xs)) or 1.0, (max(ys) - min(ys)) or 1.0
    # Both directions grow alike in pixels, and there is room for all even where a layout is a line.
    pixels = (len(positions) * _ROOM * _STEP_X * _STEP_Y / max(width * height, (max(width, height) / 4) ** 2)) ** 0.5
    middle_x, middle_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    rows: dict[int, tuple[dict[int, int], dict[int, int]]] = {}
    found = {}
    for id, (x, y) in positions.items():
        column, row = round((x - middle_x) * pixels / _STEP_X), round((middle_y - y) * pixels / _STEP_Y)
        best: tuple[float, int, int] | None = None
        away = 0
        while best is None or away * _STEP_Y < best[0]:
            for there in (row - away, row + away) if away else (row,):
                for direction, taken in zip((-1, 1), rows.get(there, ({}, {})), strict=True):
                    free = _free(column, direction, taken)
                    distance = (((free - column) * _STEP_X) ** 2 + (away * _STEP_Y) ** 2) ** 0.5
                    best = min(best or (distance, free, there), (distance, free, there))
            away += 1
        _, column, row = best
        for direction, taken in zip((-1, 1), rows.setdefault(row, ({}, {})), strict=True):
            taken[column] = column + direction
        found[id] = (column, row)
    return found


def _free(column: int, direction: int, taken: dict[int, int]) -> int:
    """The first column from ``column`` on that is free; ``taken`` has one further on for each that is not."""
    way = []
    while column in taken:
        way.append(column)
        column = taken[column]
    for each in way:
        taken[each] = column
    return column


def _lines(values: list[dict[str, object]]) -> str:
    return "[\n" + ",\n".join(msgspec.json.encode(value).decode() for value in values) + "\n]" if values else "[\n]"
