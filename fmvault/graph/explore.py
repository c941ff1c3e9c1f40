"""The explorer's data: one document of columns, in the shape of ``schemas/explorer.schema.json``."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct

from fmvault.graph import layout, measures
from fmvault.graph.concept_graph import ATTACHED, MENTIONS, TAGGED, ConceptGraph, Node
from fmvault.graph.excerpts import Excerpts, excerpts, in_days
from fmvault.graph.memory import Memory
from fmvault.graph.wanted import wanted
from fmvault.model import Note
from fmvault.vault import fold

# The static table and picture show so many nodes.
SHOWN = 500
# PageRank and betweenness are given in whole numbers, the highest of all as this one.
_HIGHEST = 1_000_000
_MENTIONS = (MENTIONS, TAGGED, ATTACHED)
_NODE_TYPES = ("note", "ghost", "tag", "attachment")

EdgeKind: TypeAlias = Literal["relation", "section", "mention"]
Day: TypeAlias = int | None


class EdgeType(Struct, frozen=True):
    """What edges stand for; ``count`` is how many there are."""

    name: str
    kind: EdgeKind
    inverse: str | None
    symmetric: bool
    count: int


class Community(Struct, frozen=True):
    """A community: the most central of its nodes, which it is named after, and how many they are."""

    name: str
    node: int
    size: int


class Nodes(Struct, frozen=True):
    """The nodes, a column for each thing that is known of them."""

    name: Sequence[str]
    type: Sequence[int]
    kind: Sequence[int]
    folder: Sequence[int]
    tags: Sequence[Sequence[int]]
    aliases: Sequence[Sequence[str]]
    x: Sequence[int]
    y: Sequence[int]
    rank: Sequence[int]
    community: Sequence[int | None]
    words: Sequence[int]
    created: Sequence[Day]
    updated: Sequence[Day]
    depth: Sequence[int | None]
    between: Sequence[int]
    cut: Sequence[int]
    component: Sequence[int]
    url: Sequence[str | None] | None


class Text(Struct, frozen=True):
    """What the notes say, as plain text."""

    definition: Sequence[str]
    why: Sequence[str]
    questions: Sequence[Sequence[str]]


class Edges(Struct, frozen=True):
    """The edges; ``context`` has the sentence that the first of its links stands in."""

    source: Sequence[int]
    target: Sequence[int]
    type: Sequence[int]
    weight: Sequence[int]
    context: Sequence[str] | None


class WantedNote(Struct, frozen=True):
    """A missing note; ``gain`` is its PageRank in percent of the first one's."""

    node: int
    gain: float
    askers: Sequence[int]
    questions: Sequence[str]


class Limits(Struct, frozen=True):
    """How much is shown in the static table, and what was left out for the sake of size."""

    table: int
    text: Literal["kept", "trimmed"]
    context: Literal["kept", "trimmed"]


class Kept(Struct, frozen=True):
    """What the next build has to know of the map: see ``layout.Map``."""

    added: int = 0
    length: int = 0


class Document(Struct, frozen=True):
    """All that the explorer knows of a vault."""

    title: str
    kinds: Sequence[str]
    folders: Sequence[str]
    tags: Sequence[str]
    types: Sequence[EdgeType]
    communities: Sequence[Community]
    nodes: Nodes
    text: Text | None
    edges: Edges
    bridges: Sequence[int]
    wanted: Sequence[WantedNote]
    limits: Limits
    layout: Kept
    version: int = 1


class Past(Struct, frozen=True):
    """What a document says of where its nodes stand and belong: ``nodes`` by what tells them apart."""

    nodes: Mapping[tuple[int, str, str], tuple[int, int, int | None]]
    layout: Kept


# -- the document ------------------------------------------------------------------------------------------------------


def data(
    graph: ConceptGraph,
    title: str,
    *,
    planned: tuple[str, ...] = (),
    dates: Mapping[str, tuple[int, int]] | None = None,
    urls: Mapping[str, str] | None = None,
    titles: Mapping[str, str] = {},
    past: Past | None = None,
    memory: Memory | None = None,
) -> Document:
    """The document of a graph, whose notes were read with their text.

    ``title`` is the vault's name and ``planned`` has names of notes that are yet to be written. ``dates`` are the days
    on which the files at some paths were first and last changed, counted from 1970-01-01; a note's own properties come
    before them. ``urls`` are the published pages by the notes' paths, and ``titles`` what notes are called there and on
    the map, where they have their own names beside. With ``past``, the map of the last build, nodes keep their places
    and communities as far as these are good. What ``memory`` has is not worked out again, and the document is the same.
    """
    memory = memory or Memory()
    nodes = list(graph.nodes.values())
    number = {node.id: index for index, node in enumerate(nodes)}
    notes = [graph.vault.notes.get(node.id) if node.type == "note" else None for node in nodes]
    joined = measures.undirected(graph)
    measured = memory.measures(graph, joined)
    rank = measured.pagerank
    before = _before(nodes, past)
    found = measures.communities(
        joined,
        rank,
        {index: group for index, (_, _, group) in before.items() if group is not None},
        measured.partition,
    )
    group = [0] * len(nodes)
    for index, community in enumerate(found):
        for member in community.members:
            group[member] = index
    places = {index: (x, y) for index, (x, y, _) in before.items()}
    ids = [node.id for node in nodes]
    names = [titles.get(node.id, node.name) for node in nodes]
    if past is not None and places:
        plan = layout.lay_out(joined, ids, group, layout.Before(places, past.layout.added, past.layout.length))
    else:
        plan = memory.map(joined, ids, group)
    # A note that has no neighbours belongs to none.
    listed = [community for community in found if len(community.members) > 1]
    told = excerpts(graph, notes, memory.sentence)
    kinds, kind = _indexed([node.kind or "" for node in nodes], [""])
    folders, folder = _indexed([node.id.rpartition("/")[0] if node.path else "" for node in nodes], [""])
    tags, tag_lists = _tags(notes)
    types = _types(graph)
    type_number = {type.name: index for index, type in enumerate(types)}
    edges = [(number[edge.source], number[edge.target]) for edge in graph.edges]
    bridges = set(measured.bridges)
    created, updated = in_days(notes, dates or {})
    return Document(
        title=title,
        kinds=kinds,
        folders=folders,
        tags=tags,
        types=types,
        communities=[Community(names[each.node], each.node, len(each.members)) for each in listed],
        nodes=Nodes(
            name=names,
            type=[_NODE_TYPES.index(node.type) for node in nodes],
            kind=kind,
            folder=folder,
            tags=tag_lists,
            aliases=[_other_names(note, name) if note else [] for note, name in zip(notes, names, strict=True)],
            x=plan.x,
            y=plan.y,
            rank=_of_highest(rank),
            community=[each if each < len(listed) else None for each in group],
            words=[memory.words(note) if note else 0 for note in notes],
            created=created,
            updated=updated,
            depth=measured.depth,
            between=_of_highest(measured.between),
            cut=[int(apart > 0) for apart in measured.apart],
            component=measured.component,
            url=[urls.get(node.id) for node in nodes] if urls else None,
        ),
        text=_text(told),
        edges=Edges(
            source=[source for source, _ in edges],
            target=[target for _, target in edges],
            type=[type_number[edge.type] for edge in graph.edges],
            weight=[edge.weight for edge in graph.edges],
            context=told.context,
        ),
        bridges=[index for index, ends in enumerate(edges) if (min(ends), max(ends)) in bridges],
        wanted=_wanted(graph, number, planned),
        limits=Limits(
            SHOWN, "trimmed" if told.definition is None else "kept", "trimmed" if told.context is None else "kept"
        ),
        layout=Kept(plan.added, plan.length),
    )


def _other_names(note: Note, name: str) -> Sequence[str]:
    """What else a note is called: its aliases, and its own name where it is shown by another."""
    names = [alias.name for alias in note.aliases]
    return names if name == note.name or note.name in names else [note.name, *names]


def _before(nodes: Sequence[Node], past: Past | None) -> Mapping[int, tuple[int, int, int | None]]:
    """The places and communities that nodes had, by their number."""
    if past is None:
        return {}
    left = dict(past.nodes)
    found = {}
    for index, node in enumerate(nodes):
        key = (_NODE_TYPES.index(node.type), node.id.rpartition("/")[0] if node.path else "", node.name)
        if (before := left.pop(key, None)) is not None:
            found[index] = before
    return found


def _indexed(values: Sequence[str], first: Sequence[str]) -> tuple[Sequence[str], Sequence[int]]:
    """The different values, sorted behind ``first``, and the place of each value among them."""
    listed = [*first, *sorted(set(values).difference(first))]
    place = {value: index for index, value in enumerate(listed)}
    return listed, [place[value] for value in values]


def _tags(notes: Sequence[Note | None]) -> tuple[Sequence[str], Sequence[Sequence[int]]]:
    """All tags, each as it is most often written, and those of each note by their places."""
    spelt: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for note in notes:
        for tag in note.tags if note else ():
            spelt[fold(tag.name)][tag.name] += 1
    place = {key: index for index, key in enumerate(sorted(spelt))}
    names = [min(spelt[key], key=lambda name: (-spelt[key][name], name)) for key in place]
    return names, [sorted({place[fold(tag.name)] for tag in note.tags}) if note else [] for note in notes]


def _types(graph: ConceptGraph) -> Sequence[EdgeType]:
    """The types of edges, the most frequent first."""
    counts = Counter(edge.type for edge in graph.edges)
    relations = graph.concepts.terms.relations if graph.concepts else {}
    found = []
    for name in sorted(counts, key=lambda name: (-counts[name], name)):
        relation = relations.get(name)
        kind: EdgeKind = "relation" if relation else "mention" if name in _MENTIONS else "section"
        symmetric = relation.symmetric if relation else False
        found.append(EdgeType(name, kind, relation.inverse if relation else None, symmetric, counts[name]))
    return found


def _of_highest(values: Sequence[float]) -> Sequence[int]:
    highest = max(values, default=0.0) or 1.0
    return [round(_HIGHEST * value / highest) for value in values]


def _text(told: Excerpts) -> Text | None:
    if told.definition is None or told.why is None or told.questions is None:
        return None
    return Text(told.definition, told.why, told.questions)


def _wanted(graph: ConceptGraph, number: Mapping[str, int], planned: tuple[str, ...]) -> Sequence[WantedNote]:
    found = wanted(graph, planned)
    return [
        WantedNote(
            number[each.node.id],
            round(100 * each.pagerank / found[0].pagerank, 1),
            [number[asker.node.id] for asker in each.askers],
            list(dict.fromkeys(question.text for question in each.questions)),
        )
        for each in found
    ]


# -- as JSON -----------------------------------------------------------------------------------------------------------


def encode(tree: Struct | Mapping[str, Any]) -> bytes:
    """A document, or a part of one, as compact JSON."""
    try:
        return msgspec.json.encode(tree)
    except UnicodeEncodeError:
        # A file's name may hold bytes that are no text.
        return msgspec.json.encode(_encodable(msgspec.to_builtins(tree)))


def _encodable(tree: Any) -> Any:
    match tree:
        case str():
            return tree.encode("utf-8", "replace").decode("utf-8")
        case list() | tuple():
            return [_encodable(each) for each in tree]
        case dict():
            return {_encodable(key): _encodable(value) for key, value in tree.items()}
    return tree


class _PastNodes(Struct):
    name: list[str]
    type: list[int]
    folder: list[int]
    x: list[int]
    y: list[int]
    community: list[int | None]


class _PastDocument(Struct):
    version: Literal[1]
    folders: list[str]
    nodes: _PastNodes
    layout: Kept


def past(document: bytes) -> Past | None:
    """What a document, as JSON, says of its map; None if it is none, or says nothing that can be used."""
    try:
        read = msgspec.json.decode(document, type=_PastDocument)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    nodes, edge = read.nodes, layout.EDGE
    columns = (nodes.type, nodes.folder, nodes.name, nodes.x, nodes.y, nodes.community)
    if any(len(column) != len(nodes.name) for column in columns):
        return None
    found: dict[tuple[int, str, str], tuple[int, int, int | None]] = {}
    for type, folder, name, x, y, community in zip(*columns, strict=True):
        if not (0 <= folder < len(read.folders) and -edge <= x <= edge and -edge <= y <= edge):
            return None
        found.setdefault((type, read.folders[folder], name), (x, y, community))
    return Past(found, read.layout) if found else None
