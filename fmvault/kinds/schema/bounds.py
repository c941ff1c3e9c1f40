"""How far a schema goes: how often its parts may be asked about one value, worked out before any is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Literal, NamedTuple

from fmvault.kinds.schema.keywords import Reach
from fmvault.kinds.schema.positions import KeyPath

# Each schema may lead to several that lead to several, so that a small file can ask for more than any machine can do.
MAX_WAYS = 10_000
# How many schemas, each leading to the next, may be asked about one value.
MAX_CHAIN = 100
# Properties nest no deeper, with what holds them.
_LEVELS = 64


class Node(NamedTuple):
    """A part of a schema: the number of its file, and the way to it there."""

    document: int
    path: KeyPath


class Edge(NamedTuple):
    """A schema leads to another: for the same value, or for one below it, under a name if under one alone."""

    reach: Reach
    name: str | None
    target: Node


def endless(edges: Mapping[Node, Sequence[Edge]], references: Mapping[Node, Node]) -> Iterator[Node]:
    """The schemas whose ``$ref`` leads back to them for the same value."""
    _, closing = _ordered(edges)
    for circle in closing:
        yield next(node for node in reversed(circle) if node in references)


def ways(edges: Mapping[Node, Sequence[Edge]], root: Node) -> int:
    """How often parts of the schema are asked about one value at most; counted no further than ``MAX_WAYS``.

    No schema may lead back to itself for the same value.
    """
    order, _ = _ordered(edges)
    rank = {node: number for number, node in enumerate(order)}
    here = {node: [edge.target for edge in leading if edge.reach == "here"] for node, leading in edges.items()}

    def closed(counts: dict[Node, int]) -> dict[Node, int]:
        """How often parts are asked about a value, when these are asked that often."""
        waiting = [rank[node] for node in counts]
        heapify(waiting)
        while waiting:
            node = order[heappop(waiting)]
            for target in here[node]:
                if target not in counts:
                    heappush(waiting, rank[target])
                counts[target] = counts.get(target, 0) + counts[node]
        return counts

    above: dict[Node, int] = {}
    reached = closed({root: 1})
    most = sum(reached.values())
    for _ in range(_LEVELS):
        if reached == above or most > MAX_WAYS:
            break
        named: dict[str | None, dict[Node, int]] = {}
        for node, count in reached.items():
            for edge in edges[node]:
                if edge.reach == "below":
                    under = named.setdefault(edge.name, {})
                    under[edge.target] = under.get(edge.target, 0) + count
        anyway = closed(named.pop(None, {}))
        # A value has one name: what stands under other names is not asked about it.
        above, reached = reached, {}
        for under in named.values():
            for target, count in closed(under).items():
                reached[target] = max(reached.get(target, 0), count)
        for target, count in anyway.items():
            reached[target] = reached.get(target, 0) + count
        most = max(most, sum(reached.values()))
    return most


def chain(edges: Mapping[Node, Sequence[Edge]]) -> int:
    """How many schemas lead each to the next for the same value, at most."""
    order, _ = _ordered(edges)
    length: dict[Node, int] = {}
    for node in reversed(order):
        length[node] = 1 + max((length[edge.target] for edge in edges[node] if edge.reach == "here"), default=0)
    return max(length.values(), default=0)


def _ordered(edges: Mapping[Node, Sequence[Edge]]) -> tuple[Sequence[Node], Sequence[Sequence[Node]]]:
    """All parts, each before those that are asked about the same value; and the circles that prevent it."""
    order: list[Node] = []
    circles: list[Sequence[Node]] = []
    state: dict[Node, Literal["open", "done"]] = {}
    for start in edges:
        if start in state:
            continue
        state[start] = "open"
        stack = [(start, iter(edges[start]))]
        while stack:
            node, rest = stack[-1]
            target = next(
                (edge.target for edge in rest if edge.reach == "here" and state.get(edge.target) != "done"), None
            )
            if target is None:
                state[node] = "done"
                order.append(node)
                stack.pop()
            elif target not in state:
                state[target] = "open"
                stack.append((target, iter(edges[target])))
            else:
                circle = [each for each, _ in stack]
                circles.append(circle[circle.index(target) :])
    order.reverse()
    return order, circles
