"""The concept graph as a network of pyvis, for those who want to go on with it in a notebook.

pyvis's own ways are not taken where they cost: its pages load Bootstrap from elsewhere even where all is to be within,
and it looks for a node among all others with each edge that is added.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any

from fmvault.graph.concept_graph import MENTIONS, ConceptGraph
from fmvault.graph.exports.subject import Positions, Subject, subject
from fmvault.graph.exports.text import distinct, encodable, line

if TYPE_CHECKING:
    from pyvis.network import Network

# Above so many nodes a page takes seconds to open, and a map of it is no longer read.
MOST_NODES = 2_000

# In pixels: the side of the square that each node has on average.
_SPACE = 240
_EDGE = "#9aa3b2"

_GENERATOR = '<meta name="generator" content="fmvault, pyvis">'
_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{generator}
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>{vis_style}</style>
<style>
html, body {{ height: 100%; margin: 0; background: #fff; color: #222; font: 14px system-ui, sans-serif; }}
#network {{ position: absolute; inset: 0; }}
#legend {{ position: absolute; top: 8px; left: 8px; margin: 0; padding: 6px 10px; list-style: none;
  background: #fffc; border-radius: 4px; }}
#legend i {{ display: inline-block; width: 10px; height: 10px; margin-right: 6px; border-radius: 50%; }}
#legend i.ghost {{ box-sizing: border-box; border: 1px dashed #777; }}
</style>
</head>
<body>
<div id="network" role="img" aria-label="{label}"></div>
<ul id="legend">
{legend}
</ul>
<noscript>This map is drawn by a script.</noscript>
<script type="application/json" id="data">{data}</script>
<script>{vis}</script>
<script>{script}</script>
</body>
</html>
"""

_SCRIPT = """
const data = JSON.parse(document.getElementById("data").textContent);
const nodes = new vis.DataSet(data.nodes);
const edges = new vis.DataSet(data.edges);
const network = new vis.Network(document.getElementById("network"), { nodes, edges }, data.options);
"""


def network(graph: ConceptGraph, positions: Positions) -> Network:
    """The graph as pyvis has it, to change and to show; nodes are ids and stand where ``positions`` has them.

    ``positions`` has x and y of every node, in any unit, y upwards. Nothing moves by itself.
    """
    return _network(subject(graph, positions=positions))


def page(graph: ConceptGraph, positions: Positions, *, title: str = "") -> str:
    """The network as one HTML file that asks for no other, with vis-network from pyvis's own package in it."""
    import msgspec

    of = subject(graph, title=title, positions=positions)
    drawn = _network(of)
    data = msgspec.json.encode({"nodes": drawn.nodes, "edges": drawn.edges, "options": _OPTIONS}).decode()
    vis, vis_style = _library()
    policy = (
        f"default-src 'none'; script-src {_hashed(vis)} {_hashed(_SCRIPT)}; style-src 'unsafe-inline'; img-src data:"
    )
    notes = sum(node.type == "note" for node in graph.nodes.values())
    title = line(of.title) or "Concept graph"
    return _PAGE.format(
        generator=_GENERATOR,
        policy=policy,
        title=escape(title),
        label=escape(f"{title}: {notes:,} notes, {len(graph.edges):,} edges"),
        legend=_legend(of),
        # Nothing in it can end the script, or begin a comment.
        data=data.replace("<", "\\u003c"),
        vis=vis,
        vis_style=vis_style,
        script=_SCRIPT,
    )


def is_page(html: bytes) -> bool:
    """Whether a file is a ``page``."""
    return _GENERATOR.encode() in html[:1024]


def advice(graph: ConceptGraph) -> str | None:
    """What to use instead, if the graph has more nodes than can be borne."""
    if (count := len(graph.nodes)) <= MOST_NODES:
        return None
    return (
        f"a map by pyvis is slow above {MOST_NODES:,} nodes, and this one has {count:,};"
        " leave out `--renderer pyvis`, or write `--format graphml` for a notebook"
    )


_OPTIONS: Mapping[str, Any] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {"hover": True, "tooltipDelay": 100, "hideEdgesOnDrag": True, "keyboard": {"enabled": True}},
    # Edges that run beside each other are told apart by their curves, each of which would be worked out in every frame.
    "edges": {
        "smooth": False,
        "arrows": {"to": {"scaleFactor": 0.5}},
        "font": {"size": 8, "color": "#888888", "strokeWidth": 2},
    },
}


def _network(of: Subject) -> Network:
    from pyvis.edge import Edge
    from pyvis.network import Network
    from pyvis.node import Node

    drawn = Network(height="750px", directed=True, cdn_resources="in_line")
    drawn.set_options(_json(_OPTIONS))
    graph, colours, types = of.graph, of.colours(), of.types()
    ids = distinct(graph.nodes)
    most = max(graph.pagerank.values(), default=1.0)
    places = _places(of.positions or {})
    for node in of.nodes:
        x, y = places[node.id]
        name = encodable(node.name)
        told: dict[str, Any] = {"x": x, "y": y, "size": round(5 + 15 * (graph.pagerank[node.id] / most) ** 0.5, 1)}
        if node.type == "ghost":
            told |= {"title": f"{name}\nnot written yet", "color": {"background": "#ffffff", "border": "#777777"}}
            told["shapeProperties"] = {"borderDashes": [4, 3]}
        else:
            kind = encodable(node.kind) if node.kind else "note"
            told |= {"title": f"{name}\n{kind}\n{ids[node.id]}", "color": colours[node.kind], "group": kind}
        id = ids[node.id]
        made = Node(id, "dot", name, **told)
        drawn.nodes.append(made.options)
        drawn.node_ids.append(id)
        drawn.node_map[id] = made.options
    for edge in graph.edges:
        type = encodable(edge.type)
        told = {"title": type if edge.weight == 1 else f"{type} ({edge.weight} links)", "color": _EDGE}
        if edge.type == MENTIONS:
            told["color"] = {"color": _EDGE, "opacity": 0.4}
        else:
            told["label"] = type
        if "ghost" in (graph.nodes[edge.source].type, graph.nodes[edge.target].type):
            told["dashes"] = True
        if types[edge.type].symmetric:
            told["arrows"] = ""
        drawn.edges.append(Edge(ids[edge.source], ids[edge.target], True, **told).options)
    return drawn


def _places(positions: Positions) -> Mapping[str, tuple[float, float]]:
    """Where nodes stand, in pixels, with y downwards and the middle at 0."""
    if not positions:
        return {}
    xs, ys = zip(*positions.values(), strict=True)
    left, right, bottom, top = min(xs), max(xs), min(ys), max(ys)
    scale = _SPACE * len(xs) ** 0.5 / (max(right - left, top - bottom) or 1.0)
    return {
        id: (round((x - (left + right) / 2) * scale, 1), round(((bottom + top) / 2 - y) * scale, 1))
        for id, (x, y) in positions.items()
    }


def _legend(of: Subject) -> str:
    colours = of.colours()
    shown = {node.kind: encodable(node.kind) if node.kind else "note" for node in of.nodes if node.type == "note"}
    entries = [
        f'<li><i style="background:{colours[kind]}"></i>{escape(line(shown[kind]))}</li>'
        for kind in colours
        if kind in shown
    ]
    if any(node.type == "ghost" for node in of.nodes):
        entries.append('<li><i class="ghost"></i>not written yet</li>')
    return "\n".join(entries)


def _library() -> tuple[str, str]:
    """The script and the style of vis-network that pyvis has."""
    from importlib.resources import files

    folder = files("pyvis") / "templates" / "lib" / "vis-9.1.2"
    script = (folder / "vis-network.min.js").read_text("utf-8")
    # Nothing in it would end the element, as of this version; what comes with another is not known.
    return script.replace("</script", "<\\/script"), (folder / "vis-network.css").read_text("utf-8")


def _hashed(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def _json(value: object) -> str:
    import msgspec

    return msgspec.json.encode(value).decode()
