"""The graph as a thesaurus: SKOS (https://www.w3.org/TR/skos-reference) written as JSON-LD 1.1."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import msgspec

from fmvault.graph.concept_graph import ATTACHED, TAGGED, Edge, Node
from fmvault.graph.exports.subject import Subject
from fmvault.graph.exports.text import encodable, line

# Where no address is known that notes are published at.
BASE = "urn:fmvault:note:"
# What stands between two notes and has no term in SKOS, as `requires`, `mentions` or `questions`.
EDGES = "urn:fmvault:edge:"
# What is told of a note and has no term elsewhere.
TERMS = "urn:fmvault:term:"

# The relations that SKOS has a term for, and the closer one of ISO 25964 (http://purl.org/iso25964/skos-thes).
_BROADER: Mapping[str, str] = {"is-a": "broaderGeneric", "part-of": "broaderPartitive"}
_NARROWER: Mapping[str, str] = {"is-a": "narrowerGeneric", "part-of": "narrowerPartitive"}
_RELATED = frozenset({"related", "contrasts-with"})
_DEFINITION = "definition"
# A note on a book or a paper is no concept.
_SOURCE = "source"

# How many edges are looked at for each there is, in search of related notes that are above each other.
_PER_EDGE = 4
_AT_LEAST = 100_000

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_CONTEXT: Mapping[str, object] = {
    "@version": 1.1,
    "skos": _SKOS,
    "dct": "http://purl.org/dc/terms/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "iso-thes": "http://purl.org/iso25964/skos-thes#",
    "edge": EDGES,
    "id": "@id",
    "type": "@type",
    **{name: f"skos:{name}" for name in ("prefLabel", "altLabel", "definition")},
    **{
        name: {"@id": f"skos:{name}", "@type": "@id"}
        for name in ("broader", "narrower", "related", "inScheme", "hasTopConcept", "topConceptOf")
    },
    **{name: {"@id": f"iso-thes:{name}", "@type": "@id"} for name in (*_BROADER.values(), *_NARROWER.values())},
    "title": "dct:title",
    "label": "rdfs:label",
    "tag": f"{TERMS}tag",
    "kind": f"{TERMS}kind",
    "missing": f"{TERMS}missing",
}


def write(of: Subject) -> str:
    """A concept scheme, its concepts, and a property for each type of edge that SKOS has no term for.

    An edge stands under its type in ``EDGES`` (``urn:fmvault:edge:requires``), unless SKOS's terms say all of it.
    Notes of the kind ``source`` are no concepts but ``dct:BibliographicResource``. Tags are told with the notes that
    have them, and attachments are left out.
    """
    base = of.base or BASE
    nodes = [node for node in of.nodes if node.type in ("note", "ghost")]
    ids = {node.id: _address(node, base) for node in nodes}
    scheme = base.rstrip("/:#") or base
    told: dict[str, defaultdict[str, dict[str, None]]] = {id: defaultdict(dict) for id in ids}
    terms = {type: _term(type) for type in of.types()}
    related = _apart(of)
    topped = set()
    own = set()
    for edge in of.graph.edges:
        if edge.type in (TAGGED, ATTACHED):
            continue
        source, target = told[edge.source], told[edge.target]
        if not (_is_concept(of, edge.source) and _is_concept(of, edge.target)):
            own.add(edge.type)
            source[terms[edge.type]][ids[edge.target]] = None
            continue
        if edge.type in _BROADER:
            for term in ("broader", _BROADER[edge.type]):
                source[term][ids[edge.target]] = None
            for term in ("narrower", _NARROWER[edge.type]):
                target[term][ids[edge.source]] = None
            topped.add(edge.source)
            continue
        if edge in related:
            source["related"][ids[edge.target]] = None
            target["related"][ids[edge.source]] = None
        if edge.type != "related" or edge not in related:
            own.add(edge.type)
            source[terms[edge.type]][ids[edge.target]] = None
    # A missing note is at the top only if something is below it.
    top = [
        node.id
        for node in nodes
        if _is_concept(of, node.id) and node.id not in topped and (node.type == "note" or "narrower" in told[node.id])
    ]
    head: dict[str, object] = {"id": scheme, "type": "skos:ConceptScheme"}
    if of.title:
        head["title"] = line(of.title)
    head["hasTopConcept"] = [ids[id] for id in top]
    entries: list[object] = [head]
    entries += (
        {"id": f"{EDGES}{_quoted(name, safe='')}", "type": "rdf:Property", "label": line(name)} for name in sorted(own)
    )
    tops = frozenset(top)
    for node in nodes:
        entry = _described(of, node, ids[node.id], scheme)
        if node.id in tops:
            entry["topConceptOf"] = scheme
        for term, others in told[node.id].items():
            entry[term] = list(others) if ":" not in term else [{"id": other} for other in others]
        entries.append(entry)
    lines = ",\n".join(map(_encode, entries))
    return f'{{"@context":{_encode(_CONTEXT)},\n"@graph":[\n{lines}\n]}}\n'


def _described(of: Subject, node: Node, id: str, scheme: str) -> dict[str, object]:
    """What is known of a node itself."""
    facts = of.facts(node)
    if not _is_concept(of, node.id):
        entry: dict[str, object] = {"id": id, "type": "dct:BibliographicResource", "title": line(node.name)}
        if facts.aliases:
            entry["dct:alternative"] = [line(alias) for alias in facts.aliases]
    else:
        name = line(node.name)
        entry = {"id": id, "type": "skos:Concept", "inScheme": scheme, "prefLabel": name}
        # No label is both the preferred one and another (S13).
        if aliases := [alias for alias in dict.fromkeys(map(line, facts.aliases)) if alias and alias != name]:
            entry["altLabel"] = aliases
        if text := _definition(of, node):
            entry["definition"] = text
    if node.kind is not None:
        entry["kind"] = encodable(node.kind)
    if facts.tags:
        entry["tag"] = [encodable(tag) for tag in facts.tags]
    if node.type == "ghost":
        entry["missing"] = True
    return entry


def _definition(of: Subject, node: Node) -> str:
    concepts = of.graph.concepts
    if concepts is None or node.type != "note":
        return ""
    view = concepts.view(of.graph.vault.notes[node.id])
    section = view.first.get(_DEFINITION) if view else None
    return " ".join(encodable(section.text).split()) if section else ""


def _is_concept(of: Subject, id: str) -> bool:
    return of.graph.nodes[id].kind != _SOURCE


def _apart(of: Subject) -> frozenset[Edge]:
    """The edges of related notes, neither of which is above the other: SKOS has it that those are not related (S27).

    The search is given up where it takes too long, and what was not asked about is left out.
    """
    above: defaultdict[str, list[str]] = defaultdict(list)
    pairs = []
    for edge in of.graph.edges:
        if _is_concept(of, edge.source) and _is_concept(of, edge.target):
            if edge.type in _BROADER:
                above[edge.source].append(edge.target)
            elif edge.type in _RELATED:
                pairs.append(edge)
    steps = max(_AT_LEAST, _PER_EDGE * len(of.graph.edges))
    cached: dict[str, frozenset[str]] = {}
    found = []
    for edge in pairs:
        for start in (edge.source, edge.target):
            if start not in cached and steps > 0:
                cached[start] = _above(start, above)
                steps -= 1 + sum(len(above.get(id, ())) for id in (start, *cached[start]))
        ends = (cached.get(edge.source), cached.get(edge.target))
        if ends[0] is not None and ends[1] is not None and edge.target not in ends[0] and edge.source not in ends[1]:
            found.append(edge)
    return frozenset(found)


def _above(start: str, above: Mapping[str, Sequence[str]]) -> frozenset[str]:
    found: set[str] = set()
    left = [start]
    while left:
        for target in above.get(left.pop(), ()):
            if target not in found:
                found.add(target)
                left.append(target)
    return frozenset(found)


def _term(type: str) -> str:
    return f"edge:{_quoted(type, safe='')}"


def _address(node: Node, base: str) -> str:
    """A note's address: its path without ``.md``; a ghost, which is no page, is a place on the first."""
    if node.type == "ghost":
        return f"{base}#{_quoted(node.id[1:])}"
    path = node.id
    # What has the ending twice keeps it, so that no two notes have one address.
    if path.endswith(".md") and not path[:-3].lower().endswith(".md"):
        path = path[:-3]
    return f"{base}{_quoted(path)}"


def _quoted(text: str, safe: str = "/") -> str:
    """``text`` percent-encoded; the bytes of a name that is not UTF-8 stay what they are."""
    try:
        return quote(text.encode("utf-8", "surrogateescape"), safe)
    except UnicodeEncodeError:
        return quote(text.encode("utf-8", "surrogatepass"), safe)


def _encode(value: object) -> str:
    return msgspec.json.encode(value).decode()
