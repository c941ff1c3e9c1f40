"""Cycles in a graph of notes. No search here recurses or takes more time than in proportion to the graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Generic, TypeVar

# A note by its path, or a place in one.
Node = TypeVar("Node", str, tuple[str, int])

# In search of a shorter cycle so many edges are looked at for each edge of the component, and so many at least.
_PER_EDGE = 16
_AT_LEAST = 20_000


def components(graph: Mapping[Node, Collection[Node]]) -> list[list[Node]]:
    """The strongly connected components that hold a cycle, each sorted, in the order of their first nodes.

    ``graph`` has the nodes that each node leads to.
    """
    left = _behind_cycles(graph)
    if not left:
        # So it is in nearly every vault, and importing networkx takes longer than all that came before.
        return []
    import networkx

    digraph: networkx.DiGraph[Node] = networkx.DiGraph()
    digraph.add_edges_from((node, target) for node in left for target in graph.get(node, ()) if target in left)
    found: list[list[Node]] = [sorted(nodes) for nodes in networkx.strongly_connected_components(digraph)]
    return sorted(nodes for nodes in found if len(nodes) > 1 or digraph.has_edge(nodes[0], nodes[0]))


def shortest_cycles(graph: Mapping[Node, Collection[Node]]) -> list[tuple[Node, ...]]:
    """The shortest cycle of each strongly connected component; of cycles as long, the first by its nodes.

    Each begins with the least of its nodes. One of one or two nodes is always found. In a component of more than about
    a hundred nodes the search for the shortest may be given up: what is told then is the shortest of the cycles met.
    """
    return [_shortest(nodes, graph) for nodes in components(graph)]


def _behind_cycles(graph: Mapping[Node, Collection[Node]]) -> set[Node]:
    """The nodes on a cycle or behind one: what is left when nodes that nothing leads to are taken off one by one."""
    incoming: defaultdict[Node, int] = defaultdict(int)
    for targets in graph.values():
        for target in targets:
            incoming[target] += 1
    free = [node for node in graph if node not in incoming]
    while free:
        for target in graph.get(free.pop(), ()):
            incoming[target] -= 1
            if not incoming[target]:
                free.append(target)
    return {node for node, count in incoming.items() if count}


def _shortest(nodes: Sequence[Node], graph: Mapping[Node, Collection[Node]]) -> tuple[Node, ...]:
    """The shortest cycle of the component that has ``nodes``, which are sorted."""
    component = _Component(nodes, graph)
    for node in nodes:
        if node in component.ahead[node]:
            return (node,)
    for node in nodes:
        for target in component.ahead[node]:
            if node in component.ahead[target]:
                return (node, target)
    # A node that was started from is taken out, so a cycle is met at the least of its nodes, and one that is no shorter
    # than another met before comes behind it.
    best: tuple[Node, ...] = ()
    for node in nodes:
        if node in component.left:
            best = component.cycle_at(node, len(best) - 1 if best else len(nodes)) or best
            component.remove(node)
        if len(best) == 3 or component.steps < 0:
            break
    return best


class _Component(Generic[Node]):
    """A strongly connected component whose nodes are taken out one by one; ``steps`` are left to search it."""

    def __init__(self, nodes: Sequence[Node], graph: Mapping[Node, Collection[Node]]) -> None:
        self.left: set[Node] = set(nodes)
        # Dictionaries for sets that keep their order.
        self.ahead: dict[Node, dict[Node, None]] = {
            node: dict.fromkeys(sorted(self.left.intersection(graph[node]))) for node in nodes
        }
        self.behind: dict[Node, list[Node]] = {node: [] for node in nodes}
        for node, targets in self.ahead.items():
            for target in targets:
                self.behind[target].append(node)
        self.leaving: dict[Node, int] = {node: len(targets) for node, targets in self.ahead.items()}
        self.coming: dict[Node, int] = {node: len(sources) for node, sources in self.behind.items()}
        self.steps: int = max(_PER_EDGE * sum(self.leaving.values()), _AT_LEAST)

    def cycle_at(self, start: Node, longest: int) -> tuple[Node, ...]:
        """The first of the shortest cycles from ``start``, if one has no more than ``longest`` nodes."""
        came: dict[Node, Node | None] = {start: None}
        layer = [start]
        for _ in range(longest):
            following = []
            # Nodes of a layer stand in the order of the first of the shortest paths to them.
            for node in layer:
                self.steps -= len(self.ahead[node])
                for target in self.ahead[node]:
                    if target == start:
                        return path_to(node, came)
                    if target not in came and target in self.left:
                        came[target] = node
                        following.append(target)
            layer = following
            if not layer:
                break
        return ()

    def remove(self, node: Node) -> None:
        """Take out a node, and all that are then on no cycle for want of a node before or behind them."""
        free = [node]
        self.left.discard(node)
        while free:
            node = free.pop()
            for others, counts in ((self.ahead[node], self.coming), (self.behind[node], self.leaving)):
                for other in others:
                    counts[other] -= 1
                    if not counts[other] and other in self.left:
                        self.left.discard(other)
                        free.append(other)


def path_to(node: Node, came: Mapping[Node, Node | None]) -> tuple[Node, ...]:
    """The way to ``node``, from the first node on; ``came`` has the node before each, None before the first."""
    path = [node]
    while (before := came[path[-1]]) is not None:
        path.append(before)
    return tuple(reversed(path))
