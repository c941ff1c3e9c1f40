"""What to learn next: the missing notes that others ask for, ranked by how much would be gained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from fmvault.graph.concept_graph import ConceptGraph, Node
from fmvault.graph.ghosts import is_planned
from fmvault.kinds.questions import QUESTIONS, entries, is_settled, links, sections
from fmvault.model import Link, Note
from fmvault.plain import plain


class Asker(Struct, frozen=True):
    """A note that asks for a missing one: by links of these types, so many in all."""

    node: Node
    types: tuple[str, ...]
    links: int


class Question(Struct, frozen=True):
    """An entry of a note's open questions that is open still, as a person reads it."""

    node: Node
    text: str


class Wanted(Struct, frozen=True):
    """A missing note, those who ask for it and their questions by path; ``planned``: it is known to be missing."""

    node: Node
    pagerank: float
    askers: tuple[Asker, ...]
    questions: tuple[Question, ...]
    planned: bool


def wanted(
    graph: ConceptGraph, planned: tuple[str, ...] = (), counts: Callable[[str], bool] | None = None
) -> list[Wanted]:
    """The missing notes, by PageRank, then by the number of notes that ask for them, then by name.

    ``planned`` has names of notes that are yet to be written, ``*`` standing for anything. Only notes whose path
    ``counts`` can ask; without it all do.
    """
    ghosts = [node for node in graph.nodes.values() if node.type == "ghost"]
    askers = {node.id: asking(graph, node.id, counts) for node in ghosts}
    asked_in_questions = {asker.node.id for each in askers.values() for asker in each if QUESTIONS in asker.types}
    questions = _questions(graph, sorted(asked_in_questions))
    found = [
        Wanted(
            node,
            graph.pagerank[node.id],
            askers[node.id],
            tuple(questions.get(node.id, ())),
            any(is_planned(spelling, planned) for spelling in graph.spellings(node.id)) if planned else False,
        )
        for node in ghosts
        if askers[node.id]
    ]
    return sorted(found, key=lambda each: (-each.pagerank, -len(each.askers), each.node.name, each.node.id))


def asking(graph: ConceptGraph, id: str, counts: Callable[[str], bool] | None = None) -> tuple[Asker, ...]:
    """The notes that ask for a ghost, by path. A relation told by its inverse leads from it, and asks for it too."""
    types: defaultdict[str, dict[str, None]] = defaultdict(dict)
    links: defaultdict[str, int] = defaultdict(int)
    ends = [(edge.source, edge) for edge in graph.incoming(id)] + [(edge.target, edge) for edge in graph.outgoing(id)]
    for other, edge in ends:
        if counts is None or counts(other):
            types[other][edge.type] = None
            links[other] += edge.weight
    return tuple(Asker(graph.nodes[other], tuple(sorted(types[other])), links[other]) for other in sorted(types))


def _questions(graph: ConceptGraph, paths: Sequence[str]) -> Mapping[str, Sequence[Question]]:
    """The questions of these notes, by the missing notes they name."""
    found: defaultdict[str, list[Question]] = defaultdict(list)
    if graph.concepts is None:
        return found
    for path in paths:
        note = graph.vault.notes[path]
        view = graph.concepts.view(note)
        for section in sections(view) if view else ():
            for entry in entries(section):
                if not is_settled(section, entry) and (ghosts := _named(graph, note, links(section, entry))):
                    question = Question(graph.nodes[path], " ".join(plain(note, entry.span).split()))
                    for ghost in ghosts:
                        found[ghost].append(question)
    return found


def _named(graph: ConceptGraph, note: Note, links: Sequence[Link]) -> Sequence[str]:
    """The missing notes that links of a note name, each once."""
    found: dict[str, None] = {}
    for link in links:
        other = graph.reached(note, link, graph.vault.resolve(link, note))
        if other is not None and graph.nodes[other].type == "ghost":
            found[other] = None
    return list(found)
