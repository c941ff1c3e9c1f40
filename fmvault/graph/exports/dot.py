"""The graph in the language of Graphviz (https://graphviz.org/doc/info/lang.html)."""

from __future__ import annotations

from fmvault.graph.concept_graph import MENTIONS
from fmvault.graph.exports.subject import Subject
from fmvault.graph.exports.text import MARK, line

# In points: the side of the square that each node has on average.
_SPACE = 200


def write(of: Subject) -> str:
    """A digraph; where positions are given, it is drawn as they say whichever program is asked (``layout=nop``)."""
    colours = of.colours()
    types = of.types()
    lines = [f"// {MARK}", f"digraph {_quoted(of.title)} {{"]
    if of.positions:
        lines.append("  layout=nop;")
    lines += [
        "  outputorder=edgesfirst;",
        "  node [shape=box, style=filled, penwidth=0, height=0.2, margin=0.06];",
        "  node [fontname=sans, fontsize=10, fontcolor=white];",
        '  edge [color="#00000055", fontname=sans, fontsize=7, fontcolor="#666666", arrowsize=0.5];',
    ]
    places = _places(of)
    ids = {id: f"n{number}" for number, id in enumerate(of.graph.nodes)}
    for node in of.nodes:
        told = [f"label={_label(node.name)}"]
        if node.type == "ghost":
            told.append('style=dashed, penwidth=1, fontcolor="#555555"')
        else:
            told.append(f"fillcolor={_quoted(colours[node.kind])}, tooltip={_label(node.id)}")
        if node.id in places:
            told.append(f"pos={_quoted(places[node.id])}")
        lines.append(f"  {ids[node.id]} [{', '.join(told)}];")
    for edge in of.graph.edges:
        told = [] if edge.type == MENTIONS else [f"label={_label(edge.type)}"]
        if edge.weight > 1:
            told.append(f"weight={edge.weight}")
        if types[edge.type].symmetric:
            told.append("dir=none")
        attributes = f" [{', '.join(told)}]" if told else ""
        lines.append(f"  {ids[edge.source]} -> {ids[edge.target]}{attributes};")
    return "\n".join([*lines, "}", ""])


def _places(of: Subject) -> dict[str, str]:
    """Where nodes stand, in points, as far apart as their labels ask for."""
    if not of.positions:
        return {}
    xs, ys = zip(*of.positions.values(), strict=True)
    extent = max(max(xs) - min(xs), max(ys) - min(ys)) or 1.0
    scale = _SPACE * len(xs) ** 0.5 / extent
    left, bottom = min(xs), min(ys)
    return {id: f"{(x - left) * scale:.1f},{(y - bottom) * scale:.1f}" for id, (x, y) in of.positions.items()}


def _quoted(text: str) -> str:
    """A string; all that is special in one is the quote, and a backslash at its end or before a quote."""
    return '"' + line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _label(text: str) -> str:
    """A string that is shown as ``text``: in labels a backslash begins an escape, and an ampersand an entity."""
    return _quoted(text.replace("&", "&amp;"))
