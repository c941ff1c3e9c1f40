"""What is exported: the graph, where its nodes stand, and what was measured of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Literal, TypeAlias

from msgspec import Struct

from fmvault.graph.concept_graph import ATTACHED, MENTIONS, TAGGED, ConceptGraph, Node
from fmvault.vault import fold

Value: TypeAlias = bool | int | float | str
Positions: TypeAlias = Mapping[str, tuple[float, float]]

# The colours of kinds: the palette of Okabe and Ito, which people who are colour-blind tell apart; notes without a
# kind, and ghosts, are grey. (Color Universal Design, 2008)
_PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442")
_GREY = "#8a8a8a"

# What formats call what they tell of a node anyway, or what their writers are told by.
_TAKEN = frozenset(
    {
        *("id", "name", "label", "type", "kind", "path", "folder", "tags", "aliases", "x", "y"),
        *("end", "key", "parents", "pid", "slices", "spells", "start", "viz"),
    }
)


class EdgeType(Struct, frozen=True):
    """What an edge of this type stands for: a relation, the section its links stand in, or a mention.

    ``inverse`` is a relation's name from its other end.
    """

    name: str
    kind: Literal["relation", "section", "mention"]
    inverse: str | None = None
    symmetric: bool = False


class Facts(Struct, frozen=True, gc=False):
    """What is known of a note besides its name: nothing of these for other nodes."""

    folder: str = ""
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class Subject(Struct, frozen=True):
    """A graph to export. ``positions`` have y upwards; each measure has values of one type, none of them infinite."""

    graph: ConceptGraph
    title: str
    positions: Positions | None
    measures: Mapping[str, Mapping[str, int | float | str]]
    base: str | None

    @property
    def nodes(self) -> Sequence[Node]:
        """The nodes in their order."""
        return list(self.graph.nodes.values())

    def facts(self, node: Node) -> Facts:
        """What is known of a node."""
        if node.type != "note":
            return Facts()
        note = self.graph.vault.notes[node.id]
        tags = {fold(tag.name): tag.name for tag in reversed(note.tags)}
        aliases = dict.fromkeys(alias.name for alias in note.aliases if alias.name != node.name)
        return Facts(note.folder, tuple(reversed(tags.values())), tuple(aliases))

    def measured(self, node: Node) -> Mapping[str, int | float | str]:
        """What was measured of a node, by the measure's name."""
        return {name: values[node.id] for name, values in self.measures.items() if node.id in values}

    def types(self) -> Mapping[str, EdgeType]:
        """The types of the graph's edges, relations before sections before mentions, and by name."""
        concepts = self.graph.concepts
        relations = concepts.terms.relations if concepts else {}
        found = []
        for name in {edge.type for edge in self.graph.edges}:
            if relation := relations.get(name):
                found.append(EdgeType(name, "relation", relation.inverse, relation.symmetric))
            else:
                found.append(EdgeType(name, "mention" if name in (MENTIONS, TAGGED, ATTACHED) else "section"))
        order = ("relation", "section", "mention")
        return {each.name: each for each in sorted(found, key=lambda each: (order.index(each.kind), each.name))}

    def colours(self) -> Mapping[str | None, str]:
        """The colour of each kind of note, as ``#rrggbb``; that of notes without one is None's."""
        kinds = sorted({node.kind for node in self.graph.nodes.values() if node.kind is not None})
        return {None: _GREY} | {kind: _PALETTE[index % len(_PALETTE)] for index, kind in enumerate(kinds)}


def subject(
    graph: ConceptGraph,
    *,
    title: str = "",
    positions: Positions | None = None,
    measures: Mapping[str, Mapping[str, Value | None]] | None = None,
    base: str | None = None,
) -> Subject:
    """A graph to export. Numbers that are NumPy's become Python's, truth 1 or 0; what is unknown is left out.

    Raises ``ValueError`` for a measure whose name is no identifier, or is that of something else told of a node.
    """
    for name in measures or {}:
        if name in _TAKEN or not (name.isascii() and name.isidentifier()):
            raise ValueError(f"no measure can be called {name!r}")
    columns = {name: _column(graph, values) for name, values in (measures or {}).items()}
    if positions is not None:
        positions = {id: (float(positions[id][0]), float(positions[id][1])) for id in graph.nodes}
    return Subject(graph, title, positions, columns, base)


def _column(graph: ConceptGraph, values: Mapping[str, Value | None]) -> Mapping[str, int | float | str]:
    """The values of a measure in the order of the nodes, all of one type."""
    found: dict[str, int | float | str] = {}
    for id in graph.nodes:
        value = values.get(id)
        if value is not None and not isinstance(value, str):
            value = value.item() if hasattr(value, "item") else value
            value = int(value) if isinstance(value, bool) else value
        if value is not None and not (isinstance(value, float) and not isfinite(value)):
            found[id] = value
    types = {type(value) for value in found.values()}
    if str in types and len(types) > 1:
        return {id: str(value) for id, value in found.items()}
    if float in types and len(types) > 1:
        return {id: float(value) for id, value in found.items()}
    return found
