"""The graph as a drawing that nothing moves in, for where no script runs."""

from __future__ import annotations

from collections import defaultdict
from xml.sax.saxutils import escape, quoteattr

from fmvault.graph.concept_graph import MENTIONS
from fmvault.graph.exports.subject import Subject
from fmvault.graph.exports.text import MARK, line

# In user units: the longer side of the drawing for each node, as its root, and never less than a page.
_SPACE, _LEAST = 60.0, 800.0
_MARGIN = 40.0
# So many nodes, the most central, have their names written beside them.
_NAMED = 200
_LONGEST_NAME = 48

_STYLE = """\
svg{background:#fff;font:11px system-ui,sans-serif}
text{unicode-bidi:isolate;fill:#222;paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}
.edges path{fill:none;stroke:#556;stroke-opacity:.35}
.edges .mentions{stroke-opacity:.15}
.ghost{fill:#fff;stroke:#777;stroke-dasharray:3 2}
@media (prefers-color-scheme:dark){svg{background:#16181d}text{fill:#eee;stroke:#16181d}.edges path{stroke:#aab}\
.ghost{fill:#16181d;stroke:#aaa}}
"""


def write(of: Subject) -> str:
    """A drawing of all nodes where ``positions`` have them; larger where PageRank is, and coloured by kind.

    A name of every node, and a legend, are there for who points at it and for screen readers.
    """
    assert of.positions is not None
    nodes, places = of.nodes, _places(of)
    pagerank, colours = of.graph.pagerank, of.colours()
    most = max(pagerank.values(), default=1.0)
    radius = {node.id: 3 + 9 * (pagerank[node.id] / most) ** 0.5 for node in nodes}
    named = [(node.id, _short(line(node.name))) for node in sorted(nodes, key=lambda node: -pagerank[node.id])[:_NAMED]]
    width = max([*(x for x, _ in places.values()), *(places[id][0] + _wide(name) for id, name in named)], default=0.0)
    width += _MARGIN
    height = max((y for _, y in places.values()), default=0.0) + _MARGIN
    title = line(of.title) or "Concept graph"
    count = f"{sum(node.type == 'note' for node in nodes):,} notes, {len(of.graph.edges):,} edges"
    parts = [
        f"<!-- {MARK} -->",
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{count}</desc>',
        f"<style>{_STYLE}</style>",
        '<g class="edges">',
    ]
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for edge in of.graph.edges:
        (x1, y1), (x2, y2) = places[edge.source], places[edge.target]
        lines[edge.type].append(f"M{x1:.0f} {y1:.0f}L{x2:.0f} {y2:.0f}")
    for type in of.types():
        mentions = ' class="mentions"' if type == MENTIONS else ""
        parts.append(f'<path{mentions} d="{"".join(lines[type])}"><title>{escape(line(type))}</title></path>')
    parts += ["</g>", '<g class="nodes">']
    for node in nodes:
        x, y = places[node.id]
        look = 'class="ghost"' if node.type == "ghost" else f"fill={quoteattr(colours[node.kind])}"
        told = node.name if node.kind is None else f"{node.name} ({node.kind})"
        parts.append(
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius[node.id]:.1f}" {look}>'
            f"<title>{escape(line(told))}</title></circle>"
        )
    parts += ["</g>", '<g class="names" aria-hidden="true">']
    for id, name in named:
        x, y = places[id]
        parts.append(f'<text x="{x + radius[id] + 3:.0f}" y="{y + 4:.0f}">{escape(name)}</text>')
    return "\n".join([*parts, "</g>", "</svg>", ""])


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _wide(name: str) -> float:
    """About how far from its node a name ends, in user units: letters of most scripts are half as wide as others."""
    return sum(12.0 if character >= "\u2e80" else 6.5 for character in name)


def _places(of: Subject) -> dict[str, tuple[float, float]]:
    """Where nodes stand in the drawing, with y downwards and a margin on all sides."""
    assert of.positions is not None
    if not of.positions:
        return {}
    xs, ys = zip(*of.positions.values(), strict=True)
    extent = max(max(xs) - min(xs), max(ys) - min(ys)) or 1.0
    scale = max(_LEAST, _SPACE * len(xs) ** 0.5) / extent
    left, top = min(xs), max(ys)
    return {id: (_MARGIN + (x - left) * scale, _MARGIN + (top - y) * scale) for id, (x, y) in of.positions.items()}
