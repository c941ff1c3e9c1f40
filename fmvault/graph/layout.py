"""Where each node stands on the map: worked out once, and kept from one build to the next.

A map is laid out by ForceAtlas2 (Jacomy and others, "ForceAtlas2, a Continuous Graph Layout Algorithm", 2014), which
begins with communities beside each other so that it has little left to do. What is not connected to the largest
component is set out near it, wherever there is room. Nothing but additions, multiplications, divisions and square roots
in a fixed order lead to a position, and logarithms that the package brings with it, so that every machine comes to the
same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from math import fsum, sqrt
from typing import TYPE_CHECKING

from msgspec import Struct

from fmvault.graph.measures import Undirected

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

# A fresh map leaves room at its edges for what is added to it later.
EDGE = 32767
_FRESH = 28000
# Attraction grows with the logarithm of the distance, which parts the communities; weak gravity lets them.
_FORCES = {"linLogMode": True, "scalingRatio": 1.0, "strongGravityMode": True, "gravity": 0.005}
# Each node of such a map has so much room to itself, across.
_ROOM = 60.0
_ROUNDS, _ROUNDS_WHERE_FEW, _ROUNDS_AGAIN = 40, 500, 15
# Below so many nodes each is compared with each, and they have no need of communities to begin with.
_FEW = 200
# A map is laid out again, from where it stands, once so many of its nodes have been added to it one by one, or once
# its lines have become so much longer.
_ADDED, _STRETCHED = 0.1, 1.25


class Map(Struct, frozen=True):
    """The positions of all nodes, whole numbers from -32767 to 32767.

    ``added`` are how many of them were set among others that had their places; ``length`` is the mean length of a line
    when the map was last laid out as a whole.
    """

    x: Sequence[int]
    y: Sequence[int]
    added: int = 0
    length: int = 0


class Before(Struct, frozen=True):
    """The map of the last build: the ``places`` of those of its nodes that are still there, by number."""

    places: Mapping[int, tuple[int, int]]
    added: int
    length: int


def lay_out(of: Undirected, names: Sequence[str], groups: Sequence[int], before: Before | None = None) -> Map:
    """The map of a graph.

    ``names`` are the nodes' ids, which decide where a node begins, and ``groups`` the number of each one's community.
    With ``before`` all nodes that were on the last map stay where they are, and those that are new are set beside their
    neighbours, as long as that makes a good map; then all begin where they are, and move little.
    """
    if before and before.places:
        added = before.added + of.count - len(before.places)
        if added <= max(1, int(_ADDED * of.count)):
            kept = _with_added(of, names, groups, before.places)
            if _length(of, *kept) <= max(1.0, _STRETCHED * before.length):
                return Map(*kept, added, before.length)
        places = dict(enumerate(zip(*_with_added(of, names, groups, before.places), strict=True)))
        x, y = _laid_out(of, names, groups, places)
    else:
        x, y = _laid_out(of, names, groups, None)
    return Map(x, y, 0, round(_length(of, x, y)))


def _length(of: Undirected, x: Sequence[int], y: Sequence[int]) -> float:
    """The mean length of a line."""
    squares = ((x[one] - x[other]) ** 2 + (y[one] - y[other]) ** 2 for one, other in of.pairs)
    return fsum(map(sqrt, squares)) / max(1, len(of.pairs))


# -- a map as a whole --------------------------------------------------------------------------------------------------


def _laid_out(
    of: Undirected, names: Sequence[str], groups: Sequence[int], places: Mapping[int, tuple[int, int]] | None
) -> tuple[list[int], list[int]]:
    """A map as a whole; from ``places``, if all nodes have one."""
    import numpy

    field = _Field()
    positions = numpy.zeros((of.count, 2))
    neighbours = of.neighbours
    for members in of.components:
        shape = _component(members, neighbours, names, groups, places) * (1 / _ROOM)
        middle = (shape.min(axis=0) + shape.max(axis=0)) / 2
        positions[members] = field.settle(shape - middle)
    reach = max(float(numpy.abs(positions).max()) if of.count else 0.0, 0.5)
    # A handful of notes is not blown up to the size of a large map.
    unit = min(_FRESH / reach, _FRESH / 3)
    scaled = numpy.rint(positions * unit).astype(int)
    return scaled[:, 0].tolist(), scaled[:, 1].tolist()


def _component(
    members: Sequence[int],
    neighbours: Sequence[Sequence[int]],
    names: Sequence[str],
    groups: Sequence[int],
    places: Mapping[int, tuple[int, int]] | None,
) -> NDArray[numpy.float64]:
    """The positions of nodes that are connected."""
    import numpy

    if len(members) == 1:
        return numpy.zeros((1, 2))
    local = {node: index for index, node in enumerate(members)}
    pairs = [(local[node], local[other]) for node in members for other in neighbours[node] if node < other]
    chance = numpy.array([_chance(names[node]) for node in members])
    reach = _ROOM / 2 * len(members) ** 0.5
    if places:
        start = numpy.array([places[node] for node in members], dtype=float)
        start -= (start.min(axis=0) + start.max(axis=0)) / 2
        # Two may stand on one spot, and would never part.
        start = start * (reach / max(float(numpy.abs(start).max()), 1.0)) + chance
        return _forced(start, pairs, _ROUNDS_AGAIN if len(members) > _FEW else _ROUNDS_WHERE_FEW // 4)
    if len(members) <= _FEW:
        return _forced(chance * 2 * reach, pairs, _ROUNDS_WHERE_FEW)
    numbers = {group: index for index, group in enumerate(sorted({groups[node] for node in members}))}
    group = numpy.array([numbers[groups[node]] for node in members])
    sizes = numpy.bincount(group)
    centres = _centres(group, sizes, pairs)
    centres *= 0.8 * reach / max(float(numpy.abs(centres).max()), 1.0)
    spread = 1.4 * _ROOM / 2 * numpy.sqrt(sizes)[group]
    return _forced(centres[group] + chance * spread[:, None], pairs, _ROUNDS)


def _centres(
    group: NDArray[numpy.int64], sizes: NDArray[numpy.int64], pairs: Sequence[tuple[int, int]]
) -> NDArray[numpy.float64]:
    """The middles of the communities, those with many links between them near each other."""
    import numpy

    links: defaultdict[tuple[int, int], int] = defaultdict(int)
    numbers = group.tolist()
    for one, other in pairs:
        ends = numbers[one], numbers[other]
        if ends[0] != ends[1]:
            links[min(ends), max(ends)] += 1
    between = sorted(links)
    weights = [links[ends] / float(sizes[ends[0]] * sizes[ends[1]]) ** 0.5 for ends in between]
    chance = numpy.array([_chance(str(number)) for number in range(len(sizes))])
    forces = {"linLogMode": False, "scalingRatio": 10.0, "strongGravityMode": True, "gravity": 0.05}
    return _forced(chance * 2 * _ROOM * len(sizes) ** 0.5, between, _ROUNDS_WHERE_FEW, forces, weights)


def _forced(
    start: NDArray[numpy.float64],
    pairs: Sequence[tuple[int, int]],
    rounds: int,
    forces: Mapping[str, object] = _FORCES,
    weights: Sequence[float] | None = None,
) -> NDArray[numpy.float64]:
    """The positions that ForceAtlas2 comes to."""
    from crategraph_forceatlas2 import layout

    # Several threads come to the very same.
    many = len(start) > _FEW
    found: NDArray[numpy.float64] = layout(
        len(start),
        pairs,
        init=start,
        weights=weights,
        iterations=rounds,
        threads=_THREADS if many else 1,
        barnesHutOptimize=many,
        barnesHutTheta=1.0,
        **forces,
    )
    return found


_THREADS = 2


def _chance(name: str) -> tuple[float, float]:
    """Two numbers from -0.5 up to 0.5 that look like chance, and are always the same for a name."""
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return (
        int.from_bytes(digest[:4], "big") / 2**32 - 0.5,
        int.from_bytes(digest[4:], "big") / 2**32 - 0.5,
    )


# -- where there is room -----------------------------------------------------------------------------------------------


class _Field:
    """A field of square cells, each as large as the room that a node has to itself; which of them are taken."""

    def __init__(self) -> None:
        self._taken: set[tuple[int, int]] = set()
        # By width, how far on the way out from the middle no square of that width has been free.
        self._ways: dict[int, Iterator[tuple[int, int]]] = {}

    def settle(self, shape: NDArray[numpy.float64]) -> NDArray[numpy.float64]:
        """The positions of a shape, whose middle is 0, moved to where there is room for it, near the middle."""
        import numpy

        width = int(numpy.ceil(2 * numpy.abs(shape).max())) + 1
        cells = {(int(x), int(y)) for x, y in numpy.floor(shape).astype(int).tolist()}
        if not self._taken:
            self.take((x + right, y + down) for x, y in cells for right in (-1, 0, 1) for down in (-1, 0, 1))
            return shape
        corner = self._free(width)
        # A cell is left empty on two sides of it, and the next one leaves the others.
        self.take((corner[0] + x, corner[1] + y) for x in range(width + 1) for y in range(width + 1))
        moved: NDArray[numpy.float64] = shape + (numpy.array(corner) + width / 2)
        return moved

    def take(self, cells: Iterable[tuple[int, int]]) -> None:
        """Let the cells be taken."""
        self._taken.update(cells)

    def _free(self, width: int) -> tuple[int, int]:
        """The corner of a free square, the nearest to the middle or nearly so."""
        way = self._ways.setdefault(width, _outward())
        for x, y in way:
            if all((x + right, y + down) not in self._taken for right in range(width) for down in range(width)):
                return x, y
        raise AssertionError("the way outward has no end")


def _outward() -> Iterator[tuple[int, int]]:
    """All cells, from the middle outward, ring after ring."""
    yield 0, 0
    ring = 0
    while True:
        ring += 1
        for step in range(2 * ring):
            yield step - ring, -ring
            yield ring, step - ring
            yield ring - step, ring
            yield -ring, ring - step


# -- what is new on a map ----------------------------------------------------------------------------------------------


def _with_added(
    of: Undirected, names: Sequence[str], groups: Sequence[int], places: Mapping[int, tuple[int, int]]
) -> tuple[list[int], list[int]]:
    """A map on which the nodes in ``places`` stay, and the others are set beside their neighbours."""
    fresh = [node for node in range(of.count) if node not in places]
    found = dict(places)
    if fresh:
        # As fine as the places lie on the average, so that a free one is never far.
        reach = max(max(abs(x), abs(y)) for x, y in places.values())
        cell = max(1, min(int(max(reach, EDGE // 8) / (of.count**0.5 + 1)), EDGE // 8))
        plot = _Plot(cell, places.values())
        queue = [node for node in fresh if any(other in found for other in of.neighbours[node])]
        waiting = set(fresh)
        for node in queue:
            if node in waiting:
                waiting.discard(node)
                near = [found[other] for other in of.neighbours[node] if other in found]
                middle = sum(x for x, _ in near) // len(near), sum(y for _, y in near) // len(near)
                found[node] = plot.settle(middle, names[node])
                queue += (other for other in of.neighbours[node] if other in waiting)
        for node in fresh:
            if node in waiting:
                # An island: its first node finds room near the middle, and the others beside it.
                island = [node]
                waiting.discard(node)
                found[node] = plot.settle((0, 0), names[node])
                for each in island:
                    for other in of.neighbours[each]:
                        if other in waiting:
                            waiting.discard(other)
                            found[other] = plot.settle(found[each], names[other])
                            island.append(other)
    return [found[node][0] for node in range(of.count)], [found[node][1] for node in range(of.count)]


class _Plot:
    """The cells of a map in which nothing stands yet."""

    def __init__(self, cell: int, places: Iterable[tuple[int, int]]) -> None:
        self._cell = cell
        self._taken = {(x // cell, y // cell) for x, y in places}
        self._ways: dict[tuple[int, int], Iterator[tuple[int, int]]] = {}

    def settle(self, wanted: tuple[int, int], name: str) -> tuple[int, int]:
        """A place in the nearest free cell; if none is free, the one that was wanted."""
        cell = self._cell
        home = wanted[0] // cell, wanted[1] // cell
        last = EDGE // cell
        for right, down in self._ways.setdefault(home, _outward()):
            column, row = home[0] + right, home[1] + down
            if max(abs(right), abs(down)) > 2 * last + 2:
                break
            if -last <= column < last and -last <= row < last and (column, row) not in self._taken:
                self._taken.add((column, row))
                across, along = _chance(name)
                # Off the cell's middle, so that what is added does not stand in rows.
                return int(cell * (column + 0.5 + across / 2)), int(cell * (row + 0.5 + along / 2))
        return wanted
