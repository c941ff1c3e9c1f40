"""The graph as GraphML (http://graphml.graphdrawing.org), by networkx's writer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fmvault.graph.exports.subject import Subject
from fmvault.graph.exports.text import document, xml

if TYPE_CHECKING:
    from networkx import MultiDiGraph


def write(of: Subject) -> str:
    """A directed graph. An id is a number behind a letter, since the schema has no place there for a path."""
    import networkx
    from networkx.readwrite.graphml import GraphMLWriter

    graph: MultiDiGraph[str] = networkx.MultiDiGraph()
    if of.title:
        graph.graph["title"] = xml(of.title)
    ids = {id: f"n{number}" for number, id in enumerate(of.graph.nodes)}
    for node in of.nodes:
        facts = of.facts(node)
        told: dict[str, int | float | str] = {"name": xml(node.name), "label": xml(node.name), "type": node.type}
        texts = {
            "kind": node.kind,
            "path": node.path,
            "folder": facts.folder,
            "tags": " ".join(facts.tags),
            "aliases": "\n".join(facts.aliases),
        }
        told |= {name: xml(text) for name, text in texts.items() if text}
        told |= {name: xml(value) if isinstance(value, str) else value for name, value in of.measured(node).items()}
        if of.positions:
            told["x"], told["y"] = of.positions[node.id]
        graph.add_node(ids[node.id], **told)
    for number, edge in enumerate(of.graph.edges):
        # The writer takes the key for the edge's id, which must be its own.
        graph.add_edge(ids[edge.source], ids[edge.target], key=f"e{number}", type=xml(edge.type), weight=edge.weight)
    # networkx's functions write with lxml where it is there, and other bytes.
    writer = GraphMLWriter(graph)
    writer.indent(writer.xml)
    return document(writer.xml)
