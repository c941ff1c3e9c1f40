"""The graph as a flowchart of Mermaid (https://mermaid.js.org/syntax/flowchart.html), as far as Mermaid bears it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from fmvault.graph.concept_graph import MENTIONS, Edge, Node
from fmvault.graph.exports.subject import Subject
from fmvault.graph.exports.text import MARK, line

# What Mermaid draws unless it is configured otherwise, which a page that shows others' texts does not allow
# (`maxEdges` and `maxTextSize`).
MOST_EDGES = 500
MOST_CHARACTERS = 50_000

# Letters, digits, and what is nothing special between quotes stand for themselves; so does what is not ASCII, but for
# the signs by which Mermaid keeps entities while it reads.
_SPECIAL = re.compile("[^0-9A-Za-z (),'\x80-\U0010ffff-]|[\ufb02\xb6\xb0\xdf]|^[(-]")
# For the lines before and after nodes and edges.
_RESERVED = 1_000


def write(of: Subject) -> str:
    """A flowchart of all, or of the most central nodes: as many as Mermaid draws, with the edges between them."""
    ranked = sorted(of.nodes, key=lambda node: -of.graph.pagerank[node.id])
    types = of.types()
    ids = {id: f"n{number}" for number, id in enumerate(of.graph.nodes)}

    def node_line(node: Node) -> str:
        return f'  {ids[node.id]}["{_label(node.name)}"]{":::ghost" if node.type == "ghost" else ""}'

    def edge_line(edge: Edge) -> str:
        if edge.type == MENTIONS:
            return f"  {ids[edge.source]} -.-> {ids[edge.target]}"
        arrow = "---" if types[edge.type].symmetric else "-->"
        return f'  {ids[edge.source]} {arrow}|"{_label(edge.type)}"| {ids[edge.target]}'

    rank = {node.id: number for number, node in enumerate(ranked)}
    # An edge is drawn once both of its ends are.
    by_rank: list[list[Edge]] = [[] for _ in ranked]
    for edge in of.graph.edges:
        by_rank[max(rank[edge.source], rank[edge.target])].append(edge)
    kept = _first(
        [len(edges) for edges in by_rank],
        [
            len(node_line(node)) + 1 + sum(len(edge_line(edge)) + 1 for edge in edges)
            for node, edges in zip(ranked, by_rank, strict=True)
        ],
    )
    edges = [edge for edge in of.graph.edges if rank[edge.source] < kept and rank[edge.target] < kept]
    lines = ["flowchart LR", f"  %% {MARK}"]
    if kept < len(ranked):
        lines.append(
            f"  %% the {kept:,} most central of {len(ranked):,} nodes; {len(ranked) - kept:,} nodes and"
            f" {len(of.graph.edges) - len(edges):,} edges are left out, since Mermaid draws at most {MOST_EDGES} edges"
            f" and {MOST_CHARACTERS:,} characters"
        )
    lines += [node_line(node) for node in of.nodes if rank[node.id] < kept]
    lines += map(edge_line, edges)
    lines.append("  classDef ghost stroke-dasharray:4 3")
    return "\n".join([*lines, ""])


def _first(edges: Sequence[int], characters: Sequence[int]) -> int:
    """How many nodes Mermaid bears, when each brings so many edges and characters."""
    return min(
        bisect_right(list(accumulate(edges)), MOST_EDGES),
        bisect_right(list(accumulate(characters)), MOST_CHARACTERS - _RESERVED),
    )


def _label(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", line(text)) or " "
