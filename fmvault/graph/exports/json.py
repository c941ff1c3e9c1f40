"""The graph as JSON, in the shape of ``schemas/graph.schema.json``, which networkx reads as node-link data."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import UNSET, Struct, UnsetType

from fmvault.graph.concept_graph import NodeType
from fmvault.graph.exports.subject import Subject
from fmvault.graph.exports.text import distinct, encodable

_DECIMALS = 3


class _Node(Struct, frozen=True, gc=False):
    id: str
    name: str
    type: NodeType
    kind: str | None
    folder: str
    tags: list[str]
    aliases: list[str]
    x: float | UnsetType = UNSET
    y: float | UnsetType = UNSET
    measures: dict[str, int | float | str] | UnsetType = UNSET


class _Edge(Struct, frozen=True, gc=False):
    source: str
    target: str
    type: str
    weight: int


def write(of: Subject) -> str:
    """One object; nodes, edges and types of edges stand on a line each, for those who compare."""
    ids = distinct(of.graph.nodes)
    nodes = []
    for node in of.nodes:
        facts = of.facts(node)
        x, y = of.positions[node.id] if of.positions else (UNSET, UNSET)
        measured = of.measured(node)
        nodes.append(
            _Node(
                ids[node.id],
                encodable(node.name),
                node.type,
                node.kind if node.kind is None else encodable(node.kind),
                encodable(facts.folder),
                [encodable(tag) for tag in facts.tags],
                [encodable(alias) for alias in facts.aliases],
                x if x is UNSET else round(x, _DECIMALS),
                y if y is UNSET else round(y, _DECIMALS),
                {name: encodable(value) if isinstance(value, str) else value for name, value in measured.items()}
                if of.measures
                else UNSET,
            )
        )
    edges = [_Edge(ids[edge.source], ids[edge.target], encodable(edge.type), edge.weight) for edge in of.graph.edges]
    types = [
        {
            "name": encodable(each.name),
            "kind": each.kind,
            "inverse": encodable(each.inverse) if each.inverse else None,
            "symmetric": each.symmetric,
        }
        for each in of.types().values()
    ]
    head = f'{{"version":1,"title":{_encode(encodable(of.title))},"directed":true,"multigraph":true'
    return f'{head},"types":{_lines(types)},"nodes":{_lines(nodes)},"edges":{_lines(edges)}}}\n'


def _lines(values: Sequence[object]) -> str:
    return "[\n" + ",\n".join(map(_encode, values)) + "\n]" if values else "[]"


def _encode(value: object) -> str:
    return msgspec.json.encode(value).decode()
