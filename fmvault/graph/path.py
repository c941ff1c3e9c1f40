"""What to read before a note, and in which order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from fmvault.config.known import relation_key
from fmvault.graph.concept_graph import ConceptGraph, Edge, Node
from fmvault.graph.wanted import Asker, asking
from fmvault.kinds.cycles import components

# A note needs another by this relation, and by a link in the section of this name, whatever the kind.
REQUIRES, DEFINITION = "requires", "definition"
# Relations that order notes as well, but not for who reads them.
_NO_NEEDS = ("is-a", "part-of", "example-of")


def needs(graph: ConceptGraph) -> Sequence[str]:
    """The types of edges by which a note needs another.

    They are ``requires``, each relation of one's own that is acyclic and transitive as it is, and ``definition``. Of
    two that are each other's inverse, the first leads to what is needed.
    """
    found = [REQUIRES]
    for relation in graph.concepts.terms.relations.values() if graph.concepts else ():
        known = {relation_key(name) for name in (*_NO_NEEDS, *found)}
        names = {relation_key(name) for name in (relation.name, relation.inverse) if name}
        if relation.acyclic and relation.transitive and not names & known:
            found.append(relation.name)
    return (*found, DEFINITION)


class Reason(Struct, frozen=True):
    """Why a node is to be read: another of the path needs it, by a link of this type."""

    type: str
    by: Node


class Step(Struct, frozen=True):
    """A node of a path, and all reasons to read it.

    ``circle`` is 0, or the number, from 1, of the circle it is in: nodes that need each other, and are read together.
    """

    node: Node
    reasons: tuple[Reason, ...]
    circle: int


class ReadingPath(Struct, frozen=True):
    """The order in which to read what leads up to ``target``, which is the last step.

    ``askers`` are those who ask for the target where it is a ghost.
    """

    target: Node
    steps: tuple[Step, ...]
    askers: tuple[Asker, ...]


def reading_path(graph: ConceptGraph, target: str) -> ReadingPath:
    """All that the node ``target`` needs, and what that needs in turn, each before what needs it.

    What a node needs is read right before it, as far as nothing else needs it sooner: first what it ``requires``, last
    what its definition names, each in the order of its links. Nodes that need each other stand together.
    """
    ahead: dict[str, Mapping[str, Sequence[Edge]]] = {}
    left, types = [target], needs(graph)
    while left:
        id = left.pop()
        if id not in ahead:
            ahead[id] = _needed(graph, id, types)
            left += ahead[id]
    order, circle, last = _in_order([target], ahead)
    numbers = {number: count for count, number in enumerate(sorted(last, key=last.__getitem__), 1)}
    reasons: defaultdict[str, list[Reason]] = defaultdict(list)
    for by in order:
        for id, edges in ahead[by].items():
            reasons[id] += (Reason(edge.type, graph.nodes[by]) for edge in edges)
    steps = tuple(Step(graph.nodes[id], tuple(reasons[id]), numbers[circle[id]] if id in circle else 0) for id in order)
    node = graph.nodes[target]
    return ReadingPath(node, steps, asking(graph, target) if node.type == "ghost" else ())


def _needed(graph: ConceptGraph, id: str, types: Sequence[str]) -> Mapping[str, Sequence[Edge]]:
    """The nodes that a node needs, and the edges of these types that say so."""
    found: defaultdict[str, list[Edge]] = defaultdict(list)
    for type in types:
        for edge in graph.outgoing(id):
            if edge.type == type:
                found[edge.target].append(edge)
    return dict(found)


def _in_order(
    starts: Iterable[str], ahead: Mapping[str, Collection[str]]
) -> tuple[Sequence[str], Mapping[str, int], Mapping[int, int]]:
    """What is reached from ``starts``, each node behind those ahead of it, and the nodes of a circle together.

    Also, for each node of a circle the number of that, and for each circle its place.
    """
    circles = components(ahead)
    circle = {id: number for number, members in enumerate(circles) for id in members}
    finished = list(_finished(starts, ahead))
    # What is needed by a circle is finished before the last of it, so that the last says where it stands.
    last = {circle[id]: index for index, id in enumerate(finished) if id in circle}
    place = {id: (last[circle[id]] if id in circle else index, index) for index, id in enumerate(finished)}
    return sorted(finished, key=place.__getitem__), circle, last


def _finished(starts: Iterable[str], ahead: Mapping[str, Collection[str]]) -> Iterator[str]:
    """All nodes that are reached, each once all that it leads to are done, or begun."""
    begun: set[str] = set()
    for start in starts:
        if start in begun:
            continue
        begun.add(start)
        stack = [(start, iter(ahead[start]))]
        while stack:
            id, targets = stack[-1]
            for target in targets:
                if target not in begun:
                    begun.add(target)
                    stack.append((target, iter(ahead[target])))
                    break
            else:
                stack.pop()
                yield id


def reading_order(graph: ConceptGraph) -> Sequence[str]:
    """All notes that need others, or are needed, in one order to read them in: each behind what it needs.

    What a note needs comes right before it, as far as nothing else needed it sooner, and notes that need each other
    stand together. Of what nothing orders, the first by path is first.
    """
    ahead: dict[str, list[str]] = {}
    types = {type: place for place, type in enumerate(needs(graph))}
    found: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for edge in graph.edges:
        if edge.type in types and graph.nodes[edge.source].type == graph.nodes[edge.target].type == "note":
            found[edge.source].append((types[edge.type], edge.target))
    for id in sorted({*found, *(target for needed in found.values() for _, target in needed)}):
        # Sorting keeps the order of the links within a type.
        needed = sorted(found.get(id, ()), key=lambda each: each[0])
        ahead[id] = list(dict.fromkeys(target for _, target in needed))
    return _in_order(ahead, ahead)[0]
