"""What can be counted of a concept graph: neighbours, communities, go-betweens, what holds it together, and depth.

All is asked of an ``Undirected``: which nodes are joined, by number, with types and directions left out. The same graph
gives the same answers, on every machine.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from fmvault.graph.concept_graph import ConceptGraph

if TYPE_CHECKING:
    import numpy
    from networkx import Graph
    from numpy.typing import NDArray

# Betweenness is exact up to so many nodes; above, the paths from so many of them stand for all.
EXACT = 1000
SAMPLE = 48
# So many numbers of one array are held at once.
_CELLS = 2**20
_SEED = 1
# A partition that was handed in is kept until its modularity has fallen by so much.
_WORN = 0.02


class Undirected:
    """Which nodes are joined.

    ``pairs`` are numbers of nodes, the lower first, sorted, each pair once; ``weights`` the number of links between
    them; ``count`` the number of nodes.
    """

    def __init__(self, count: int, weights: Mapping[tuple[int, int], int]) -> None:
        self.count = count
        self.pairs: Sequence[tuple[int, int]] = sorted(weights)
        self.weights: Sequence[int] = [weights[pair] for pair in self.pairs]

    @cached_property
    def neighbours(self) -> Sequence[Sequence[int]]:
        """The nodes that each node is joined to."""
        found: list[list[int]] = [[] for _ in range(self.count)]
        for one, other in self.pairs:
            found[one].append(other)
            found[other].append(one)
        return found

    @cached_property
    def components(self) -> Sequence[Sequence[int]]:
        """The sets of nodes that are connected, the largest first, of those as large the one with the lowest node."""
        found = []
        met = bytearray(self.count)
        for start in range(self.count):
            if not met[start]:
                met[start] = True
                members = [start]
                for node in members:
                    for other in self.neighbours[node]:
                        if not met[other]:
                            met[other] = True
                            members.append(other)
                found.append(sorted(members))
        return sorted(found, key=lambda members: (-len(members), members[0]))

    @property
    def graph(self) -> Graph[int]:
        """The graph as networkx has it, without weights."""
        import networkx

        graph: Graph[int] = networkx.Graph()
        graph.add_nodes_from(range(self.count))
        graph.add_edges_from(self.pairs)
        return graph


class Measures(Struct, array_like=True):
    """All that is measured of a graph and depends on nothing but its edges, by node.

    ``component`` is the number of each node's, the largest first; ``partition`` is what ``leiden`` finds; ``apart`` and
    ``bridges`` are those of ``Cuts``.
    """

    pagerank: Sequence[float]
    component: Sequence[int]
    partition: tuple[Sequence[int], float]
    apart: Sequence[int]
    bridges: Sequence[tuple[int, int]]
    between: Sequence[float]
    depth: Sequence[int | None]


def measured(graph: ConceptGraph, joined: Undirected) -> Measures:
    """The measures of a graph, whose nodes are ``joined``."""
    found = cuts(joined)
    component = [0] * joined.count
    for index, members in enumerate(joined.components):
        for member in members:
            component[member] = index
    return Measures(
        pagerank=[graph.pagerank[id] for id in graph.nodes],
        component=component,
        partition=leiden(joined),
        apart=found.apart,
        bridges=found.bridges,
        between=betweenness(joined),
        depth=depths(graph),
    )


def undirected(graph: ConceptGraph) -> Undirected:
    """The nodes of a concept graph, numbered in their order, and which are joined by an edge of whatever type."""
    number = {id: index for index, id in enumerate(graph.nodes)}
    weights: defaultdict[tuple[int, int], int] = defaultdict(int)
    for edge in graph.edges:
        one, other = number[edge.source], number[edge.target]
        weights[(one, other) if one < other else (other, one)] += edge.weight
    return Undirected(len(number), weights)


# -- degrees and depth -------------------------------------------------------------------------------------------------


def degrees(graph: ConceptGraph) -> tuple[Sequence[int], Sequence[int]]:
    """How many other nodes lead to each node, and to how many it leads, by any type of edge."""
    number = {id: index for index, id in enumerate(graph.nodes)}
    arcs = {(number[edge.source], number[edge.target]) for edge in graph.edges}
    led_to, leading = Counter(target for _, target in arcs), Counter(source for source, _ in arcs)
    nodes = range(len(number))
    return [led_to[node] for node in nodes], [leading[node] for node in nodes]


def depths(graph: ConceptGraph, type: str = "requires") -> Sequence[int | None]:
    """How many edges of ``type`` the longest chain has that leads down from each node; None where none touches it.

    Nodes that lead to each other are as deep as one another, and the edges between them do not count.
    """
    import networkx

    number = {id: index for index, id in enumerate(graph.nodes)}
    arcs: networkx.DiGraph[int] = networkx.DiGraph()
    arcs.add_edges_from((number[edge.source], number[edge.target]) for edge in graph.edges if edge.type == type)
    found: list[int | None] = [None] * len(number)
    if arcs:
        condensed = networkx.condensation(arcs)
        below: dict[int, int] = {}
        for circle in reversed(list(networkx.topological_sort(condensed))):
            below[circle] = max((below[target] + 1 for target in condensed[circle]), default=0)
        for node, circle in condensed.graph["mapping"].items():
            found[node] = below[circle]
    return found


# -- what holds it together --------------------------------------------------------------------------------------------


class Cuts(Struct, frozen=True):
    """Where the graph comes apart.

    ``apart`` has for each node how many others lose touch with the largest part left of its component when the node
    goes; it is 0 but for articulation points. ``bridges`` are the pairs of nodes whose join is the only way between
    what lies on either side, sorted.
    """

    apart: Sequence[int]
    bridges: Sequence[tuple[int, int]]


def cuts(of: Undirected) -> Cuts:
    """The articulation points and the bridges."""
    import networkx

    bridges: list[tuple[int, int]] = []
    blocks: list[set[int]] = []
    for edges in networkx.biconnected_component_edges(of.graph):
        pairs = list(edges)
        blocks.append({node for pair in pairs for node in pair})
        if len(pairs) == 1:
            ((one, other),) = pairs
            bridges.append((one, other) if one < other else (other, one))
    within: list[list[int]] = [[] for _ in range(of.count)]
    for block, nodes in enumerate(blocks):
        for node in nodes:
            within[node].append(block)
    apart = [0] * of.count
    for members in of.components:
        if any(len(within[node]) > 1 for node in members):
            _count_apart(members, within, blocks, apart)
    return Cuts(apart, sorted(bridges))


def _count_apart(
    members: Sequence[int], within: Sequence[Sequence[int]], blocks: Sequence[set[int]], apart: list[int]
) -> None:
    """Work out ``apart`` for a component, whose blocks and the nodes that join them are a tree."""
    # Each node comes behind its block, and each block behind the node it was met at, so that backwards every part is
    # summed up before what it hangs from.
    start = members[0]
    order = [start]
    hung_from: dict[int, int] = {}
    met = {start}
    for node in order:
        for block in within[node]:
            if block not in hung_from:
                hung_from[block] = node
                fresh = blocks[block] - met
                met |= fresh
                order += fresh
    size = dict.fromkeys(members, 1)
    for node in reversed(order):
        parts = []
        for block in within[node]:
            if hung_from[block] == node:
                part = sum(size[other] for other in blocks[block] if other != node)
                parts.append(part)
        size[node] += sum(parts)
        if len(within[node]) > 1:
            rest = len(members) - size[node]
            apart[node] = len(members) - 1 - max(*parts, rest) if parts else 0


# -- go-betweens -------------------------------------------------------------------------------------------------------


def betweenness(of: Undirected, sample: int = SAMPLE, exact: int = EXACT) -> Sequence[float]:
    """The betweenness centrality of each node: the share of shortest paths between two others that lead through it.

    Above ``exact`` nodes it is an estimate from the paths that begin at ``sample`` of them (Brandes and Pich,
    "Centrality estimation in large networks", 2007).
    """
    import numpy

    if of.count < 3 or not of.pairs:
        return [0.0] * of.count
    ends = numpy.array(of.pairs, dtype=numpy.int64)
    sources = numpy.concatenate([ends[:, 0], ends[:, 1]])
    targets = numpy.concatenate([ends[:, 1], ends[:, 0]])[numpy.argsort(sources, kind="stable")]
    first = numpy.concatenate([[0], numpy.cumsum(numpy.bincount(sources, minlength=of.count))])
    pivots = list(range(of.count)) if of.count <= exact else _spread(of.count, sample)
    total = numpy.zeros(of.count)
    width = max(1, _CELLS // of.count)
    for start in range(0, len(pivots), width):
        total += _dependencies(numpy.array(pivots[start : start + width]), targets, first)
    scale = of.count / len(pivots) / ((of.count - 1) * (of.count - 2))
    return [float(value) for value in total * scale]


def _spread(count: int, sample: int) -> list[int]:
    """So many numbers below ``count``, drawn by chance that is the same everywhere."""
    import random

    return sorted(random.Random(_SEED).sample(range(count), min(sample, count)))


def _dependencies(
    pivots: NDArray[numpy.int64], targets: NDArray[numpy.int64], first: NDArray[numpy.int64]
) -> NDArray[numpy.float64]:
    """How much of the shortest paths from all pivots leads through each node (Brandes, 2001).

    The searches from all pivots go on side by side: a node of one is numbered behind all nodes of those before.
    """
    import numpy

    count = len(first) - 1
    distance = numpy.full(len(pivots) * count, -1, dtype=numpy.int32)
    paths = numpy.zeros(len(pivots) * count)
    last = numpy.empty(len(pivots) * count, dtype=numpy.int64)
    layer = numpy.arange(len(pivots)) * count + pivots
    distance[layer], paths[layer] = 0, 1.0
    layers: list[tuple[NDArray[numpy.int64], NDArray[numpy.int64]]] = []
    depth = 0
    while len(layer):
        depth += 1
        node = layer % count
        lengths = first[node + 1] - first[node]
        offsets = numpy.arange(lengths.sum()) - numpy.repeat(numpy.cumsum(lengths) - lengths, lengths)
        came = numpy.repeat(layer, lengths)
        ahead = targets[numpy.repeat(first[node], lengths) + offsets] + came - came % count
        fresh = ahead[distance[ahead] < 0]
        distance[fresh] = depth
        onward = distance[ahead] == depth
        came, ahead = came[onward], ahead[onward]
        numpy.add.at(paths, ahead, paths[came])
        layers.append((came, ahead))
        # Each once and in order, as by `numpy.unique`, which takes longer than all the rest: of those that stand here
        # more than once, the last stays.
        places = numpy.arange(len(fresh))
        last[fresh] = places
        layer = numpy.sort(fresh[last[fresh] == places])
    through = numpy.zeros(len(pivots) * count)
    for came, ahead in reversed(layers):
        numpy.add.at(through, came, paths[came] / paths[ahead] * (1.0 + through[ahead]))
    # A path does not lead through the node that it begins at.
    through[numpy.arange(len(pivots)) * count + pivots] = 0.0
    dependencies: NDArray[numpy.float64] = numpy.zeros(count)
    for row in through.reshape(len(pivots), count):
        dependencies += row
    return dependencies


# -- communities -------------------------------------------------------------------------------------------------------


class Community(Struct, frozen=True):
    """Nodes that have more to do with each other than with others; ``node`` is the most central of them."""

    node: int
    members: Sequence[int]


def communities(
    of: Undirected,
    rank: Sequence[float],
    before: Mapping[int, int] | None = None,
    found: tuple[Sequence[int], float] | None = None,
) -> Sequence[Community]:
    """The communities, the largest first, as the Leiden algorithm finds them; a node that has no neighbours is one.

    ``rank`` tells how central each node is, and ``found`` what ``leiden`` finds, if that is known. ``before`` has the
    communities that some nodes were in when the vault was looked at last, by whatever number. They stay in them, and
    new nodes join that of most of their neighbours, until the whole is clearly worse than what a new search would find.
    """
    partition, best = found or leiden(of)
    if before:
        kept = _joined(of, before)
        if modularity(of, kept) >= best - _WORN:
            partition = kept
    members: defaultdict[int, list[int]] = defaultdict(list)
    for node, number in enumerate(partition):
        members[number].append(node)
    named = [Community(min(nodes, key=lambda node: (-rank[node], node)), nodes) for nodes in members.values()]
    return sorted(named, key=lambda each: (-len(each.members), each.node))


def modularity(of: Undirected, communities: Sequence[int]) -> float:
    """How much more of the links lie within communities than would by chance; 0 where there are no links."""
    whole = sum(of.weights)
    if not whole:
        return 0.0
    inside: Counter[int] = Counter()
    degree: Counter[int] = Counter()
    for (one, other), weight in zip(of.pairs, of.weights, strict=True):
        degree[communities[one]] += weight
        degree[communities[other]] += weight
        if communities[one] == communities[other]:
            inside[communities[one]] += weight
    # Whole numbers up to the end: the order of the communities makes no difference.
    return (4 * whole * inside.total() - sum(each * each for each in degree.values())) / (4 * whole * whole)


def leiden(of: Undirected) -> tuple[Sequence[int], float]:
    """The number of each node's community, as the Leiden algorithm finds them, and their modularity."""
    import graspologic_native

    found = list(range(of.count, 2 * of.count))
    if of.pairs:
        links = [
            (str(one), str(other), float(weight)) for (one, other), weight in zip(of.pairs, of.weights, strict=True)
        ]
        _, partition = graspologic_native.leiden(links, seed=_SEED)
        for node, number in partition.items():
            found[int(node)] = number
    return found, modularity(of, found)


def _joined(of: Undirected, before: Mapping[int, int]) -> Sequence[int]:
    """The communities of ``before``, with all other nodes in that of most of their neighbours."""
    found: list[int | None] = [before.get(node) for node in range(of.count)]
    # As a rule all that have neighbours are placed, and who the neighbours are need not be worked out.
    is_settled = all(found[one] is not None and found[other] is not None for one, other in of.pairs)
    queue = [] if is_settled else [node for node in range(of.count) if found[node] is not None]
    for node in queue:
        for other in of.neighbours[node]:
            if found[other] is None:
                near = Counter(found[each] for each in of.neighbours[other] if found[each] is not None)
                found[other] = min(near, key=lambda number: (-near[number], number or 0))
                queue.append(other)
    fresh = max(before.values(), default=0) + 1
    number_of = {number: index for index, number in enumerate(sorted({each for each in found if each is not None}))}
    result = [-1 if each is None else number_of[each] for each in found]
    for members in ([node] for node in range(of.count)) if is_settled else of.components:
        if result[members[0]] < 0:
            for node in members:
                result[node] = fresh + members[0] + len(number_of)
    return result
