"""The concept graph of a vault: its nodes, and edges that say what they stand for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, MutableMapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from fmvault.graph.ghosts import Ghosts, missing, note_name
from fmvault.graph.pagerank import pagerank
from fmvault.model import Link, MissingNote, Note, Resolution
from fmvault.nearest import Nearest
from fmvault.vault import Vault, fold, reached

if TYPE_CHECKING:
    from networkx import MultiDiGraph

    from fmvault.kinds.concepts import Concepts

# The type of an edge by a link that stands in no section that is known, and in no relation's property.
MENTIONS = "mentions"
# The types of edges from a note to a tag it has, and to an attachment it links to or shows.
TAGGED, ATTACHED = "tagged", "attached"

NodeType: TypeAlias = Literal["note", "ghost", "tag", "attachment"]


class Node(Struct, frozen=True, gc=False):
    """A note, or a ghost: a note that links name and that is not there. Where it is asked for, a tag or an attachment.

    ``id`` is a file's path in the vault; a ghost's begins with a slash and a tag's with two, as no path does. ``kind``
    is a note's kind.
    """

    id: str
    name: str
    type: NodeType
    kind: str | None = None

    @property
    def path(self) -> str | None:
        """The path in the vault of a note or an attachment."""
        return self.id if self.type in ("note", "attachment") else None


class Edge(Struct, frozen=True, gc=False):
    """The links by which one node leads to another as ``type``; ``weight`` is their number.

    ``type`` is the relation that a property tells, else the section a link stands in, else ``mentions``. Where a
    property tells a relation by its inverse, the note it stands in is the target.
    """

    source: str
    target: str
    type: str
    weight: int = 1


class ConceptGraph:
    """The nodes of a vault by id, notes before ghosts, then attachments and tags, and the edges between them.

    Edges stand in the order of the notes that tell them, and there in that of their first links. There is one of a type
    between two nodes at most in either direction, and none from a node to itself.
    """

    def __init__(
        self,
        vault: Vault,
        concepts: Concepts | None,
        ghosts: Ghosts,
        nodes: Mapping[str, Node],
        edges: Sequence[Edge],
        tellers: Sequence[tuple[str, Link]],
    ) -> None:
        """``tellers`` has for each edge the path of the note that tells it first, and the link by which it does."""
        self.vault = vault
        self.concepts = concepts
        self.nodes = nodes
        self.edges = edges
        self.tellers = tellers
        self._ghosts = ghosts

    def outgoing(self, id: str) -> Sequence[Edge]:
        """The edges that lead from a node, in their order."""
        return self._outgoing.get(id, ())

    def incoming(self, id: str) -> Sequence[Edge]:
        """The edges that lead to a node, in their order."""
        return self._incoming.get(id, ())

    def spellings(self, id: str) -> Sequence[str]:
        """The paths, or ends of paths, that links have for a ghost, the most used first; nothing for a note."""
        return self._spellings.get(id, ())

    def reached(self, note: Note, link: Link, outcome: Resolution) -> str | None:
        """The node that a link of ``note`` leads to; None if it leads to none."""
        return _reached(note, link, outcome, self.vault, self._ghosts, self.nodes)

    @cached_property
    def pagerank(self) -> Mapping[str, float]:
        """The PageRank of every node; a node passes it on by each of its links to notes alike."""
        index = {id: number for number, id in enumerate(self.nodes)}
        incoming: list[list[int]] = [[] for _ in index]
        for edge in self.edges:
            if edge.type not in (TAGGED, ATTACHED):
                incoming[index[edge.target]] += [index[edge.source]] * edge.weight
        return dict(zip(index, pagerank(incoming), strict=True))

    def take_pagerank(self, ranks: Sequence[float]) -> None:
        """Take over the PageRank of the nodes, in their order, from a graph of the same edges."""
        # Where `cached_property` looks for what was worked out.
        self.__dict__["pagerank"] = dict(zip(self.nodes, ranks, strict=True))

    @cached_property
    def digraph(self) -> MultiDiGraph[str]:
        """The graph as networkx has it.

        Nodes are ids, with ``name``, ``type`` and ``kind``; edges have their type as key, and ``weight``. It is made
        when it is first asked for, and not to be changed.
        """
        import networkx

        digraph: MultiDiGraph[str] = networkx.MultiDiGraph()
        for node in self.nodes.values():
            digraph.add_node(node.id, name=node.name, type=node.type, kind=node.kind)
        for edge in self.edges:
            digraph.add_edge(edge.source, edge.target, key=edge.type, weight=edge.weight)
        return digraph

    def named(self, name: str) -> Sequence[Node]:
        """The nodes that ``name`` means: by path, else by name or the end of a path, else by alias, else as ghosts."""
        wanted = fold(note_name(name.strip()).strip("/"))
        for ids in (self._by_path, self._by_end, self._by_alias):
            if found := ids(wanted):
                return [self.nodes[id] for id in found]
        if ghost := self.nodes.get(f"/{wanted}"):
            return [ghost]
        return [
            self.nodes[ghost.id]
            for ghost in self._ghosts.all
            if ghost.id.endswith(f"/{wanted}") or wanted in map(fold, ghost.spellings)
        ]

    def nearest(self, name: str) -> str | None:
        """The name, alias or ghost's name most like ``name``, if one is like enough to be meant."""
        names = [node.name for node in self.nodes.values()]
        aliases = [alias.name for note in self._notes() for alias in note.aliases]
        return Nearest([*names, *aliases]).find(name)

    def _by_path(self, wanted: str) -> Sequence[str]:
        return [note.path for note in self._notes() if fold(note_name(note.path)) == wanted]

    def _by_end(self, wanted: str) -> Sequence[str]:
        return [note.path for note in self._notes() if fold(note_name(note.path)).endswith(f"/{wanted}")]

    def _by_alias(self, wanted: str) -> Sequence[str]:
        return [note.path for note in self._notes() if any(fold(alias.name) == wanted for alias in note.aliases)]

    def _notes(self) -> Iterator[Note]:
        return (self.vault.notes[id] for id, node in self.nodes.items() if node.type == "note")

    @cached_property
    def _outgoing(self) -> Mapping[str, Sequence[Edge]]:
        found: defaultdict[str, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            found[edge.source].append(edge)
        return dict(found)

    @cached_property
    def _incoming(self) -> Mapping[str, Sequence[Edge]]:
        found: defaultdict[str, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            found[edge.target].append(edge)
        return dict(found)

    @cached_property
    def _spellings(self) -> Mapping[str, Sequence[str]]:
        return {ghost.id: ghost.spellings for ghost in self._ghosts.all}


def build(
    of: Concepts | Vault, reported: Collection[str] | None = None, *, tags: bool = False, attachments: bool = False
) -> ConceptGraph:
    """The concept graph of a vault; where it is given without kinds and relations, all edges are ``mentions``.

    ``reported`` are the paths of the files whose notes are its nodes; without it all notes are. A link to another note
    that is there is no edge, and one in another note names no ghost. Sections are told apart in notes that were read
    with their text. With ``tags`` the notes' tags are nodes too, and with ``attachments`` the files that notes lead to
    and that are no notes.
    """
    vault, concepts = (of, None) if isinstance(of, Vault) else (of.vault, of)
    notes = [
        note
        for path, note in vault.notes.items()
        if path[-3:].lower() == ".md" and (reported is None or path in reported)
    ]
    ghosts = Ghosts(vault, notes)
    nodes = {note.path: Node(note.path, note.name, "note", _kind(note, concepts)) for note in notes}
    nodes |= {ghost.id: Node(ghost.id, ghost.name, "ghost") for ghost in ghosts.all}
    if attachments:
        nodes |= {path: Node(path, path.rpartition("/")[2], "attachment") for path in _attachments(notes, vault)}
    weights: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    tellers: dict[tuple[str, str, str], tuple[str, Link]] = {}
    for note in notes:
        sections = _sections(note, concepts)
        for link, outcome in vault.outgoing(note):
            other = _reached(note, link, outcome, vault, ghosts, nodes)
            if other is None or other == note.path:
                continue
            for ends in _told(note, link, nodes[other], sections, concepts):
                weights[ends] += 1
                tellers.setdefault(ends, (note.path, link))
    edges = [Edge(*ends, weight) for ends, weight in weights.items()]
    told_by = list(tellers.values())
    if tags:
        _add_tags(notes, nodes, edges)
    return ConceptGraph(vault, concepts, ghosts, nodes, edges, told_by)


def _told(
    note: Note, link: Link, other: Node, sections: Mapping[int, str], concepts: Concepts | None
) -> Iterator[tuple[str, str, str]]:
    """The edges that a link to another node tells: source, target and type of each."""
    if other.type == "attachment":
        yield note.path, other.id, ATTACHED
        return
    types = concepts.relations.told_by(link.key) if concepts and link.syntax == "property" else ()
    for relation, told_inverse in types:
        yield (other.id, note.path, relation) if told_inverse else (note.path, other.id, relation)
    if not types:
        yield note.path, other.id, sections.get(link.span.start, MENTIONS)


def _attachments(notes: Sequence[Note], vault: Vault) -> Sequence[str]:
    """The files that notes lead to and that are no notes, sorted."""
    found = {reached(outcome) for note in notes for _, outcome in vault.outgoing(note)}
    return sorted(path for path in found if path is not None and path[-3:].lower() != ".md")


def _add_tags(notes: Sequence[Note], nodes: MutableMapping[str, Node], edges: list[Edge]) -> None:
    """Add a node for each tag, whatever the case it is written in, and edges from the notes that have it."""
    counts = {note.path: Counter(fold(tag.name) for tag in note.tags) for note in notes}
    spelt: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for note in notes:
        for tag in note.tags:
            spelt[fold(tag.name)][tag.name] += 1
    for key, spellings in sorted(spelt.items()):
        # The most used spelling; of those as much used, the first.
        name = min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
        nodes[f"//{key}"] = Node(f"//{key}", name, "tag")
    edges += (Edge(path, f"//{key}", TAGGED, count) for path, tags in counts.items() for key, count in tags.items())


def _kind(note: Note, concepts: Concepts | None) -> str | None:
    kind = concepts.kind(note) if concepts else None
    return kind.name if kind else None


def _sections(note: Note, concepts: Concepts | None) -> Mapping[int, str]:
    """The section that each link of the note stands in, by where the link begins."""
    if concepts is None or not note.links or (view := concepts.view(note)) is None:
        return {}
    return {link.span.start: section.name for section in view.sections for link in section.leading}


def _reached(
    note: Note, link: Link, outcome: Resolution, vault: Vault, ghosts: Ghosts, nodes: Mapping[str, Node]
) -> str | None:
    if (path := reached(outcome)) is not None:
        return path if path in nodes else None
    if not isinstance(outcome, MissingNote):
        return None
    match missing(link, outcome.target, vault):
        case "alias":
            # Obsidian does not follow it, but which note is meant is plain, and that one is there.
            (path,) = vault.with_alias(note_name(outcome.target))
            return path if path in nodes else None
        case "note":
            ghost = ghosts.named(outcome.target, note)
            return ghost.id if ghost else None
    return None
