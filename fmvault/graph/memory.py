"""What earlier builds of the explorer worked out, and what they worked it out from: nothing is worked out twice.

What a note says of its links, and how many words it has, depends on its bytes and its path alone; what is measured
depends on which nodes are joined alone. So it is taken over exactly where these have not changed, and only there.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import msgspec
from msgspec import Struct

from fmvault.graph import measures
from fmvault.graph.concept_graph import ConceptGraph
from fmvault.graph.excerpts import sentence
from fmvault.graph.layout import Map
from fmvault.graph.measures import Measures, Undirected
from fmvault.model import Link, Note
from fmvault.plain import words_of


class _Said(Struct, array_like=True, gc=False):
    """Of a note with this digest: its words, and by where a link stands the sentence around it, if ever asked for."""

    digest: bytes
    words: int
    sentences: dict[int, str] | None = None


class _Kept(Struct, array_like=True):
    said: dict[str, _Said] = {}
    edges: bytes = b""
    measures: Measures | None = None
    nodes: bytes = b""
    map: Map | None = None


class Memory:
    """What is known from before; whatever it is asked and does not know, it works out and keeps.

    ``content`` is what ``encoded`` gave for an earlier build by the same version of everything.
    """

    def __init__(self, content: bytes = b"") -> None:
        self._before = msgspec.msgpack.decode(content, type=_Kept) if content else _Kept()
        self._now = _Kept()
        self._is_new = False

    def encoded(self) -> bytes | None:
        """What this build has asked for, for the next one; None if that has not changed."""
        if not self._is_new and len(self._now.said) == len(self._before.said):
            return None
        return msgspec.msgpack.encode(self._now)

    def words(self, note: Note) -> int:
        """How many words stand in a note, which has its text or is known; marks of Markdown between spaces are none."""
        return self._of(note).words

    def sentence(self, note: Note, link: Link) -> str:
        """The sentence that a link of the note stands in; see ``excerpts.sentence``."""
        said = self._of(note)
        if said.sentences is None:
            # Of all its links, so that the note can go without its text the next time.
            self._is_new = True
            said.sentences = {_place(each): sentence(note, each) for each in note.links}
        return said.sentences[_place(link)]

    def knows(self, path: str, digest: bytes) -> bool:
        """Whether nothing will be asked of the text of the note at ``path`` if its bytes have this digest."""
        said = self._before.said.get(path)
        return said is not None and said.digest == digest and said.sentences is not None

    def _of(self, note: Note) -> _Said:
        said = self._now.said.get(note.path)
        if said is None:
            said = self._before.said.get(note.path)
            if said is None or said.digest != note.digest:
                self._is_new = True
                said = _Said(note.digest, words_of(note), None if note.links else {})
            self._now.said[note.path] = said
        return said

    def map(self, joined: Undirected, names: Sequence[str], groups: Sequence[int]) -> Map:
        """Where the nodes stand on a map that was not drawn before; see ``layout.lay_out``."""
        # A file's name may hold bytes that are no text.
        told = [name.encode("utf-8", "surrogatepass") for name in names]
        nodes = blake2b(msgspec.msgpack.encode((joined.count, joined.pairs, told, groups)), digest_size=16).digest()
        known = self._before.map
        if known is None or self._before.nodes != nodes:
            from fmvault.graph.layout import lay_out

            self._is_new = True
            known = lay_out(joined, names, groups)
        self._now.nodes, self._now.map = nodes, known
        return known

    def measures(self, graph: ConceptGraph, joined: Undirected) -> Measures:
        """What can be measured of a graph, whose nodes are ``joined``. The graph knows its PageRank then."""
        edges = _digest(graph)
        known = self._before.measures
        if known is None or self._before.edges != edges:
            self._is_new = True
            known = measures.measured(graph, joined)
        else:
            graph.take_pagerank(known.pagerank)
        self._now.edges, self._now.measures = edges, known
        return known


def _place(link: Link) -> int:
    return link.span.start << 32 | link.span.end


def _digest(graph: ConceptGraph) -> bytes:
    """Of all that measures ask of a graph: how many nodes there are, and from which to which edges lead."""
    number = {id: index for index, id in enumerate(graph.nodes)}
    edges = [(number[edge.source], number[edge.target], edge.type, edge.weight) for edge in graph.edges]
    return blake2b(msgspec.msgpack.encode((len(number), edges)), digest_size=16).digest()
