"""The health of a vault in numbers, and how they have changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct

from fmvault.graph import measures
from fmvault.graph.concept_graph import ConceptGraph, Node
from fmvault.graph.excerpts import in_days

# So many notes are listed where only the first are of interest.
LISTED = 10
_EPOCH = date(1970, 1, 1)


class NoteName(Struct, frozen=True):
    """A note by its name and its path; a missing one has no path."""

    name: str
    path: str | None


class Count(Struct, frozen=True):
    """How many there are of a name; without a name, of those that have none."""

    name: str | None
    count: int


class Bridge(Struct, frozen=True):
    """A note that others hang by: so many lose touch with the rest if it goes."""

    note: NoteName
    apart: int


class Central(Struct, frozen=True):
    """A note that much leads to; the PageRank of all adds up to 1."""

    note: NoteName
    pagerank: float


class Month(Struct, frozen=True):
    """How many notes were begun in a month, ``2026-11``, and how many there were at its end."""

    month: str
    begun: int
    total: int


class Change(Struct, frozen=True):
    """A number that is not what it was."""

    name: str
    before: float
    after: float


class Changes(Struct, frozen=True):
    """What is different from a revision: numbers, and paths of notes; ``written`` are names that were missing."""

    revision: str
    numbers: Sequence[Change]
    added: Sequence[str]
    removed: Sequence[str]
    written: Sequence[str]


class Stats(Struct, frozen=True):
    """The numbers of a vault, in the shape of ``schemas/stats.schema.json``.

    ``links`` are those between notes, missing ones among them, and ``pairs`` the pairs of notes they join. The share of
    all pairs of notes that are there is the ``density``. ``orphans`` have no link to or from any note; ``islands`` are
    the connected parts of two nodes or more beside the ``largest``. Bridges are told without missing notes. ``undated``
    notes do not tell when they were begun.
    """

    vault: str
    notes: int
    kinds: Sequence[Count]
    links: int
    types: Sequence[Count]
    pairs: int
    density: float
    ghosts: int
    orphans: int
    islands: int
    largest: int
    bridges: int
    bridge_notes: Sequence[Bridge]
    central: Sequence[Central]
    growth: Sequence[Month]
    undated: int
    since: Changes | None = None
    version: int = 1


def stats(graph: ConceptGraph, vault: str, dates: Mapping[str, tuple[int, int]] | None = None) -> Stats:
    """The numbers of a graph of notes and missing notes; ``vault`` is its name.

    ``dates`` are the days on which files were first and last changed, counted from 1970-01-01.
    """
    nodes = list(graph.nodes.values())
    notes = [index for index, node in enumerate(nodes) if node.type == "note"]
    joined = measures.undirected(graph)
    is_note = [node.type == "note" for node in nodes]
    # What hangs by a missing note, or is one, loses no touch with anything.
    written = {pair: 1 for pair in joined.pairs if is_note[pair[0]] and is_note[pair[1]]}
    cuts = measures.cuts(measures.Undirected(len(nodes), written))
    types: Counter[str] = Counter()
    for edge in graph.edges:
        types[edge.type] += edge.weight
    sizes = [len(members) for members in joined.components]
    bridge_notes = sorted((node for node in notes if cuts.apart[node]), key=lambda node: (-cuts.apart[node], node))
    central = sorted(notes, key=lambda node: (-graph.pagerank[nodes[node].id], node))
    growth, undated = _growth(graph, [nodes[node] for node in notes], dates or {})
    return Stats(
        vault=vault,
        notes=len(notes),
        kinds=_counts(Counter(nodes[node].kind for node in notes)),
        links=types.total(),
        types=_counts(types),
        pairs=len(joined.pairs),
        density=_figures(len(written) / max(1, len(notes) * (len(notes) - 1) // 2)),
        ghosts=len(nodes) - len(notes),
        orphans=sum(not joined.neighbours[node] for node in notes),
        islands=sum(size > 1 for size in sizes[1:]),
        largest=sizes[0] if sizes else 0,
        bridges=len(cuts.bridges),
        bridge_notes=[Bridge(_name(nodes[node]), cuts.apart[node]) for node in bridge_notes[:LISTED]],
        central=[Central(_name(nodes[node]), _figures(graph.pagerank[nodes[node].id])) for node in central[:LISTED]],
        growth=growth,
        undated=undated,
    )


def _name(node: Node) -> NoteName:
    return NoteName(node.name, node.path)


def _figures(number: float) -> float:
    # Enough figures to tell them apart, and so few that they are the same on every machine.
    return float(f"{number:.9g}")


def _counts(found: Mapping[str | None, int] | Mapping[str, int]) -> Sequence[Count]:
    """The counts, the highest first, those without a name last."""
    return [
        Count(name, count)
        for name, count in sorted(found.items(), key=lambda each: (each[0] is None, -each[1], each[0] or ""))
    ]


def _growth(
    graph: ConceptGraph, notes: Sequence[Node], dates: Mapping[str, tuple[int, int]]
) -> tuple[Sequence[Month], int]:
    created, _ = in_days([graph.vault.notes[node.id] for node in notes], dates)
    months = Counter(
        f"{_EPOCH + timedelta(days=day):%Y-%m}".rjust(7, "0") for day in created if day is not None and _is_date(day)
    )
    growth, total = [], 0
    for month in sorted(months):
        total += months[month]
        growth.append(Month(month, months[month], total))
    return growth, len(notes) - total


def _is_date(day: int) -> bool:
    return 1 <= day + _EPOCH.toordinal() <= date.max.toordinal()


# -- what has changed --------------------------------------------------------------------------------------------------

_NUMBERS = ("notes", "links", "pairs", "density", "ghosts", "orphans", "islands", "largest", "bridges")


def changes(revision: str, then: tuple[Stats, ConceptGraph], now: tuple[Stats, ConceptGraph]) -> Changes:
    """What is different ``now`` from what was ``then``, at ``revision``; each is given by its numbers and its graph."""
    before, after = _numbers(then[0]), _numbers(now[0])
    names = dict.fromkeys([*before, *after])
    notes_then, notes_now = _notes(then[1]), _notes(now[1])
    missing = {node.name for node in then[1].nodes.values() if node.type == "ghost"}
    still = {node.name for node in now[1].nodes.values() if node.type == "ghost"}
    written = {now[1].nodes[path].name for path in notes_now - notes_then} & (missing - still)
    return Changes(
        revision,
        [
            Change(name, before.get(name, 0), after.get(name, 0))
            for name in names
            if before.get(name, 0) != after.get(name, 0)
        ],
        sorted(notes_now - notes_then),
        sorted(notes_then - notes_now),
        sorted(written),
    )


def _numbers(of: Stats) -> Mapping[str, float]:
    """All numbers by name: ``notes``, ``notes of kind concept``, ``links of type requires``."""
    found: dict[str, float] = {name: getattr(of, name) for name in _NUMBERS}
    found |= {f"notes of kind {each.name}" if each.name else "notes of no kind": each.count for each in of.kinds}
    return found | {f"links of type {each.name}": each.count for each in of.types}


def _notes(graph: ConceptGraph) -> set[str]:
    return {node.id for node in graph.nodes.values() if node.type == "note"}


# -- for people --------------------------------------------------------------------------------------------------------


def rows(of: Stats) -> Iterator[tuple[str, str, str]]:
    """The numbers as a table: what is counted, how many there are, and more on it."""
    yield "notes", str(of.notes), _listed(of.kinds)
    yield "links", str(of.links), f"between notes: {_listed(of.types)}" if of.types else "between notes"
    yield "density", f"{100 * of.density:.2g} %", "of all pairs of notes are joined"
    yield "missing notes", str(of.ghosts), ""
    yield "orphans", str(of.orphans), "notes without any link"
    yield "islands", str(of.islands), f"beside the largest part of {of.largest}"
    yield "bridges", str(of.bridges), "links that alone hold two parts together"
    for bridge in of.bridge_notes:
        yield "bridge note", str(bridge.apart), bridge.note.name
    for number, central in enumerate(of.central, 1):
        yield "most central", f"{number}.", central.note.name
    for month in of.growth[-LISTED:]:
        yield "begun", str(month.begun), f"in {month.month}, {month.total} in all"
    if of.since:
        changed = (of.since.numbers, of.since.added, of.since.removed, of.since.written)
        if not any(changed):
            yield f"since {of.since.revision}", "", "nothing has changed"
        for change in of.since.numbers:
            yield f"since {of.since.revision}", _difference(change), _TOLD.get(change.name, change.name)
        for sign, names in (("added", of.since.added), ("removed", of.since.removed), ("written", of.since.written)):
            for name in names:
                yield f"since {of.since.revision}", sign, name


# The numbers that a reader would not know by their names.
_TOLD = {
    "pairs": "pairs of notes that are joined",
    "ghosts": "missing notes",
    "largest": "notes in the largest part",
    "bridges": "links that alone hold two parts together",
}


def _difference(change: Change) -> str:
    difference = change.after - change.before
    # A share of one, told in percent.
    return f"{100 * difference:+.2g} %" if change.name == "density" else f"{difference:+g}"


def _listed(counts: Sequence[Count]) -> str:
    return ", ".join(f"{each.count} {each.name or 'of no kind'}" for each in counts)
