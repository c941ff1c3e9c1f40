"""PageRank by power iteration, without NumPy or SciPy."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

# Each round changes less than the one before by the damping factor, so that a hundred are enough by default.
_ROUNDS = 1000


def pagerank(incoming: Sequence[Sequence[int]], *, damping: float = 0.85, tolerance: float = 1e-6) -> list[float]:
    """The PageRank of each node; all of them add up to 1.

    ``incoming`` has for each node the nodes that lead to it, one as often as it does. What a node passes on that leads
    nowhere is shared by all. It ends once a round has changed less than ``tolerance`` in all. networkx
    allows for as much at each node; among a hundred thousand that is a tenth of everything, and shows in their order.
    """
    count = len(incoming)
    if not count:
        return []
    degrees = [0] * count
    for sources in incoming:
        for source in sources:
            degrees[source] += 1
    dangling = [node for node, degree in enumerate(degrees) if not degree]
    passed_on = [damping / degree if degree else 0.0 for degree in degrees]
    ranks = [1 / count] * count
    for _ in range(_ROUNDS):
        before = ranks
        # Sums are exact before they are rounded: nodes that are asked for alike have the very same rank, whatever the
        # order, and in every version of Python.
        shared = (damping * fsum(before[node] for node in dangling) + 1 - damping) / count
        shares = [rank * part for rank, part in zip(before, passed_on, strict=True)]
        share = shares.__getitem__
        ranks = [fsum(map(share, sources)) + shared for sources in incoming]
        if fsum(abs(now - then) for now, then in zip(ranks, before, strict=True)) < tolerance:
            break
    return ranks
