"""Relations: typed edges between notes, told by the links in the properties that have a relation's name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import msgspec
from msgspec import Struct

from fmvault.config.in_force import RelationSettings
from fmvault.config.known import relation_key
from fmvault.kinds.cycles import components, path_to, shortest_cycles
from fmvault.model import Link, Note
from fmvault.vault import Vault, reached

# How many edges are looked at from each note in search of detours, and how many more for each edge there is.
_PER_NOTE = 100
_PER_EDGE = 4


class Relation(Struct, frozen=True):
    """A type of relation.

    ``inverse`` is the name of the property by which the other note may tell it. ``symmetric``: what holds in one
    direction holds in the other; ``acyclic``: no note leads back to itself; ``transitive``: it holds of the first and
    the last where it holds from each to the next. ``sources`` and ``targets`` are the kinds it may lead from and to,
    None where any may be that is not ``barred``. Where it holds of two notes, none of ``excludes`` can.
    """

    name: str
    inverse: str | None = None
    symmetric: bool = False
    acyclic: bool = False
    transitive: bool = False
    sources: tuple[str, ...] | None = None
    targets: tuple[str, ...] | None = None
    barred: frozenset[str] = frozenset()
    excludes: frozenset[str] = frozenset()

    def leads_from(self, kind: str) -> bool:
        """Whether a note of this kind may stand in this relation to another."""
        return kind not in self.barred if self.sources is None else kind in self.sources

    def leads_to(self, kind: str) -> bool:
        """Whether another note may stand in this relation to a note of this kind."""
        return kind not in self.barred if self.targets is None else kind in self.targets


# A note on a source is no concept, though it may be related to one.
_SOURCES = frozenset({"source"})

# The relations there are without any configuration.
DEFAULTS: Mapping[str, Relation] = {
    relation.name: relation
    for relation in (
        Relation("is-a", acyclic=True, transitive=True, barred=_SOURCES, excludes=frozenset({"part-of", "example-of"})),
        Relation("part-of", acyclic=True, transitive=True, barred=_SOURCES),
        Relation("requires", acyclic=True, transitive=True, barred=_SOURCES),
        Relation("contrasts-with", symmetric=True, barred=_SOURCES),
        Relation("example-of", barred=_SOURCES),
        Relation("related", symmetric=True),
    )
}


def relations(settings: Mapping[str, RelationSettings]) -> Mapping[str, Relation]:
    """The relations there are by default, as a configuration changes them, and then its own.

    A relation whose inverse is a relation too is the inverse of that one.
    """
    found = dict(DEFAULTS)
    for name, written in settings.items():
        changes = {key: value for key, value in msgspec.structs.asdict(written).items() if value is not None}
        if written.excludes is not None:
            changes["excludes"] = frozenset(written.excludes)
        found[name] = msgspec.structs.replace(found.get(name) or Relation(name), **changes)
    by_key = {relation_key(name): name for name in found}
    for relation in tuple(found.values()):
        other = by_key.get(relation_key(relation.inverse)) if relation.inverse else None
        if other is not None and found[other].inverse is None:
            found[other] = msgspec.structs.replace(found[other], inverse=relation.name)
    return found


class Edge(Struct, frozen=True, gc=False):
    """The note ``source`` stands in ``relation`` to the note ``target``.

    It is ``link``, in a property of the note ``note``, that says so; where that property has the name of the relation's
    inverse (``told_inverse``), the note is the target.
    """

    relation: str
    source: str
    target: str
    link: Link
    note: str
    told_inverse: bool = False


class Relations:
    """The edges between the notes of ``vault``, of the relations that ``types`` has by name.

    Only notes are joined: a link that leads to no file, to an attachment or out of the vault tells nothing. Which edges
    are to count where cycles and detours are looked for can be told with ``counts``; without it all do. ``key`` gives
    the name of a property as the names of relations are compared.
    """

    key = staticmethod(relation_key)

    def __init__(self, vault: Vault, types: Mapping[str, Relation]) -> None:
        self.vault = vault
        self.types = types
        # The relations that a property tells, by its key, and whether it does so from their other end.
        self._names: dict[str, list[tuple[str, bool]]] = {}
        for name in types:
            self._names.setdefault(relation_key(name), []).append((name, False))
        for name, relation in types.items():
            if relation.inverse is not None and not relation.symmetric:
                self._names.setdefault(relation_key(relation.inverse), []).append((name, True))
        self._as_written: dict[str, Sequence[tuple[str, bool]]] = {}
        # Rules ask for the same note one after another.
        self._last: tuple[Note, Sequence[Edge]] | None = None

    def told(self, note: Note) -> Sequence[Edge]:
        """The edges that the properties of ``note`` tell, in the order of its links.

        A property named after a relation and after the inverse of another tells two edges by each of its links.
        """
        if self._last is None or self._last[0] is not note:
            self._last = (note, self._read(note) if note.properties else ())
        return self._last[1]

    def _read(self, note: Note) -> Sequence[Edge]:
        edges: list[Edge] = []
        for link, resolution in self.vault.outgoing(note):
            if link.syntax != "property" or not (types := self.told_by(link.key)):
                continue
            other = reached(resolution)
            if other is None or other[-3:].lower() != ".md" or other not in self.vault.notes:
                continue
            for name, inverse in types:
                ends = (other, note.path) if inverse else (note.path, other)
                edges.append(Edge(name, *ends, link, note.path, inverse))
        return edges

    def told_by(self, key: str) -> Sequence[tuple[str, bool]]:
        """The relations that a property ``key`` tells, and whether it does so by the name of their inverse."""
        if (types := self._as_written.get(key)) is None:
            types = self._as_written[key] = self._names.get(relation_key(key), ())
        return types

    @cached_property
    def edges(self) -> Mapping[str, Sequence[Edge]]:
        """All edges of each relation, in the order of the notes that tell them."""
        edges: dict[str, list[Edge]] = {name: [] for name in self.types}
        for note in self.vault.notes.values():
            for edge in self.told(note):
                edges[edge.relation].append(edge)
        return edges

    def cycles(self, relation: str, counts: Callable[[Edge], bool] | None = None) -> list[tuple[Edge, ...]]:
        """The shortest cycle of each set of notes that lead to each other, if the relation has to have none.

        Each is given by its edges, from the first of its notes by path and back to it; where an edge is told more than
        once, by the first that tells it. See ``shortest_cycles`` for what is done with a large set.
        """
        if not self.types[relation].acyclic:
            return []
        by_ends, graph = self._graph(relation, counts)
        return [
            tuple(by_ends[ends] for ends in zip(cycle, (*cycle[1:], cycle[0]), strict=True))
            for cycle in shortest_cycles(graph)
        ]

    def redundant(
        self, relation: str, counts: Callable[[Edge], bool] | None = None
    ) -> list[tuple[Edge, tuple[str, ...]]]:
        """The edges that others imply, if the relation is transitive: each with the shortest detour, both ends in it.

        An edge between notes of one cycle is neither implied nor does it imply any. From each note a number of edges is
        looked at, so that of a great many long detours some are not found.
        """
        if not self.types[relation].transitive:
            return []
        detours = _detours(self._graph(relation, counts)[1])
        if not detours:
            return []
        found = ((edge, detours.get((edge.source, edge.target))) for edge in self.edges[relation])
        return [(edge, path) for edge, path in found if path and (counts is None or counts(edge))]

    def _graph(
        self, relation: str, counts: Callable[[Edge], bool] | None
    ) -> tuple[Mapping[tuple[str, str], Edge], Mapping[str, Sequence[str]]]:
        """The first edge between any two notes, and the notes that each leads to."""
        by_ends: dict[tuple[str, str], Edge] = {}
        graph: defaultdict[str, list[str]] = defaultdict(list)
        for edge in self.edges[relation]:
            ends = (edge.source, edge.target)
            if ends not in by_ends and (counts is None or counts(edge)):
                by_ends[ends] = edge
                graph[edge.source].append(edge.target)
        return by_ends, graph


def _detours(graph: Mapping[str, Sequence[str]]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """The shortest path of two edges or more for each edge that has one, cycles apart."""
    component = {node: index for index, nodes in enumerate(components(graph)) for node in nodes}
    ahead = {
        node: sorted(
            target for target in targets if target not in component or component[target] != component.get(node)
        )
        for node, targets in graph.items()
    }
    depths = _depths(ahead)
    reserve = _PER_EDGE * sum(map(len, ahead.values()))
    detours: dict[tuple[str, str], tuple[str, ...]] = {}
    for source in sorted(ahead):
        targets = ahead[source]
        if len(targets) > 1:
            least = min(depths[target] for target in targets)
            # The path goes by another target, which is less deep.
            if wanted := {target for target in targets if depths[target] > least}:
                steps = _find_detours(source, wanted, ahead, depths, _PER_NOTE + reserve, detours)
                reserve -= max(0, steps - _PER_NOTE)
    return detours


def _find_detours(
    source: str,
    wanted: set[str],
    ahead: Mapping[str, Sequence[str]],
    depths: Mapping[str, int],
    limit: int,
    detours: dict[tuple[str, str], tuple[str, ...]],
) -> int:
    """Add the detours from ``source`` to those of its targets that are ``wanted``; how many edges were looked at."""
    came: dict[str, str | None] = {source: None, **dict.fromkeys(ahead[source], source)}
    deepest = max(depths[target] for target in wanted)
    queue = list(ahead[source])
    steps = 0
    for node in queue:
        for target in ahead.get(node, ()):
            steps += 1
            if target in wanted:
                detours[source, target] = (*path_to(node, came), target)
                wanted.discard(target)
            elif target not in came and depths[target] < deepest:
                came[target] = node
                queue.append(target)
            if not wanted or steps == limit:
                return steps
    return steps


def _depths(graph: Mapping[str, Sequence[str]]) -> Mapping[str, int]:
    """How many edges the longest path has that ends at each node of a graph without cycles."""
    incoming: defaultdict[str, int] = defaultdict(int)
    for targets in graph.values():
        for target in targets:
            incoming[target] += 1
    depths = {node: 0 for node in graph if node not in incoming}
    queue = list(depths)
    for node in queue:
        for target in graph.get(node, ()):
            depths[target] = max(depths.get(target, 0), depths[node] + 1)
            incoming[target] -= 1
            if not incoming[target]:
                queue.append(target)
    return depths
