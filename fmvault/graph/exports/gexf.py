"""The graph as GEXF 1.2 (https://gexf.net), which Gephi reads, by networkx's writer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement

from fmvault.graph.exports.subject import Subject
from fmvault.graph.exports.text import distinct, document, xml

if TYPE_CHECKING:
    from networkx import MultiDiGraph


def write(of: Subject) -> str:
    """A directed graph whose ids are paths; ghosts have theirs with a slash before it."""
    import networkx
    from networkx.readwrite.gexf import GEXFWriter

    graph: MultiDiGraph[str] = networkx.MultiDiGraph()
    ids = distinct(of.graph.nodes, xml)
    colours = of.colours()
    for node in of.nodes:
        facts = of.facts(node)
        told: dict[str, Any] = {"label": xml(node.name), "type": node.type}
        texts = {
            "kind": node.kind,
            "folder": facts.folder,
            "tags": " ".join(facts.tags),
            "aliases": "\n".join(facts.aliases),
        }
        told |= {name: xml(text) for name, text in texts.items() if text}
        told |= {name: xml(value) if isinstance(value, str) else value for name, value in of.measured(node).items()}
        red, green, blue = bytes.fromhex(colours[node.kind][1:])
        told["viz"] = {"color": {"r": red, "g": green, "b": blue, "a": 0.5 if node.type == "ghost" else 1.0}}
        if of.positions:
            x, y = of.positions[node.id]
            told["viz"]["position"] = {"x": x, "y": y, "z": 0.0}
        graph.add_node(ids[node.id], **told)
    for number, edge in enumerate(of.graph.edges):
        # An edge's attribute `type` says whether it is directed.
        graph.add_edge(
            ids[edge.source],
            ids[edge.target],
            key=xml(edge.type),
            id=f"e{number}",
            label=xml(edge.type),
            weight=float(edge.weight),
        )
    writer = GEXFWriter(graph, version="1.2draft")
    _corrected(writer.xml, of)
    writer.indent(writer.xml)
    return document(writer.xml)


def _corrected(root: Element, of: Subject) -> None:
    """Take out today's date and networkx's version, and what the schema does not allow."""
    meta = root.find("meta")
    assert meta is not None
    meta.clear()
    SubElement(meta, "creator").text = "fmvault"
    if of.title:
        SubElement(meta, "description").text = xml(of.title)
    graph = root.find("graph")
    assert graph is not None
    graph.attrib.pop("name", None)
    for attribute in graph.iter("attribute"):
        # The writer keeps an edge's type a second time, under a name of its own.
        if attribute.get("title") == "networkx_key":
            attribute.set("title", "relation")
