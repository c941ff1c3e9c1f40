"""Family *relations*: typed links that go round, miss, contradict each other or say what is said already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from fmvault import markdown
from fmvault.kinds.concepts import Concepts
from fmvault.kinds.relations import Edge, Relation
from fmvault.lint.rule import Problem, rule
from fmvault.lint.rules.sections import kind_told
from fmvault.model import Edit, Fix, Json, Link, Note, Property, Resolved, Span
from fmvault.properties.adding import more_entries, new_properties, start_of_text
from fmvault.vault import reached


@rule(family="relations", since="0.1", severity="error")
def relation_cycle(concepts: Concepts) -> Iterator[Problem]:
    """A relation that cannot go round does.

    What requires itself, by however many steps, can never be learned first, and what is a kind of itself is nothing.
    Of each knot of notes the shortest circle is reported.
    """
    counts = _counting(concepts)
    for relation in _unmirrored(concepts, lambda relation: relation.acyclic):
        for cycle in concepts.relations.cycles(relation.name, counts):
            first, *others = cycle
            if others:
                way = _way(concepts, [*(edge.source for edge in cycle), first.source])
                message = f"the relation '{relation.name}' goes round in a circle: {way}"
            else:
                message = f"'{relation.name}' leads from {_shown(concepts, first.source)} to itself"
            elsewhere = tuple((edge.note, edge.link.span) for edge in others)
            yield Problem(first.link.span, message, None, first.link, first.note, elsewhere)


@rule(family="relations", since="0.1", severity="warning")
def wrong_relation_target(note: Note, concepts: Concepts) -> Iterator[Problem]:
    """A relation joins what it cannot join.

    A concept may be a part of another, not of a paper, and nothing is an example of a picture. Which kinds of note a
    relation may lead from and to is for the configuration to say; a note without a kind is never wrong.
    """
    if not note.properties:
        return
    reported: set[str] = set()
    amiss: set[Span] = set()
    for edge in _told(note, concepts):
        relation, key = concepts.relations.types[edge.relation], edge.link.key
        if (end := _wrong_end(concepts, edge)) is None or edge.link.span in amiss:
            continue
        kind, kinds = _kind(concepts, end), relation.sources if end == edge.source else relation.targets
        if end != note.path:
            named = f"'{key}' cannot lead to {_shown(concepts, end)}, a note of the kind {kind}"
            help_ = "it leads to"
        elif key not in reported:
            # It is as true of the property's other links.
            reported.add(key)
            named = f"'{key}' cannot lead from a note of the kind {kind}"
            help_ = "it leads from"
        else:
            continue
        amiss.add(edge.link.span)
        listed = f"; {help_} notes of the kind {' or '.join(kinds)}" if kinds else ""
        yield Problem(edge.link.span, f"{named}{listed}", link=edge.link)
    for link, resolution in concepts.vault.outgoing(note):
        if link.syntax == "property" and (path := reached(resolution)) is not None and path not in concepts.vault.notes:
            names = {name for name, _ in concepts.relations.told_by(link.key)}
            if names and (concepts.kind(note) is not None or names & _declared(concepts)):
                yield Problem(link.span, f"'{link.key}' leads to '{path}', which is no note", link=link)


@rule(family="relations", since="0.1", severity="warning", fixable=True, of_text=True)
def missing_inverse(concepts: Concepts, *, one_sided: tuple[str, ...] = ("related",)) -> Iterator[Problem]:
    """A relation is told by one of its two notes alone.

    Where two things stand in contrast, whoever reads about the one wants to hear of the other. So does a relation with
    an inverse: what requires a note is found from that note when it is told there too.
    """
    for path, lacking in _lacking(concepts, one_sided).items():
        note = concepts.vault.notes[path]
        # What cannot be read may tell it.
        if any(defect.fault in ("malformed-frontmatter", "invalid-encoding") for defect in note.defects):
            continue
        writing = _Writing(concepts, note, lacking)
        unquoted = [defect.span for defect in note.defects if defect.fault == "unquoted-wikilink"]
        for lack in lacking:
            held = writing.held.get(lack.key, ())
            # A wikilink without quotes says what is meant, and wants another cure.
            if any(one.span.start <= span.start and span.end <= one.span.end for one in held for span in unquoted):
                continue
            ends = f"from {_listed(concepts, lack.others)} to {_shown(concepts, path)}"
            back = " and not back" if lack.symmetric else f", and no '{lack.name}' leads back"
            message = f"'{lack.edges[0].link.key}' leads {ends}{back}"
            span = held[0].key_span if held else kind_told(note)
            elsewhere = tuple((edge.note, edge.link.span) for edge in lack.edges)
            yield Problem(span, message, writing.fix(lack), path=path, elsewhere=elsewhere)


@rule(family="relations", since="0.1", severity="warning")
def contradicting_relations(note: Note, concepts: Concepts) -> Iterator[Problem]:
    """Two relations lead to the same note, and only one of them can hold.

    A wheel is a part of a car and no kind of car. Whoever reads both knows less than from either.
    """
    if not note.properties:
        return
    types = concepts.relations.types
    found: defaultdict[tuple[str, str], dict[str, Link]] = defaultdict(dict)
    amiss: set[Span] = set()
    for edge in _told(note, concepts):
        relation = types[edge.relation]
        ends = (edge.source, edge.target)
        for between in (ends, ends[::-1]) if relation.symmetric else (ends,):
            for other, link in found[between].items():
                if edge.link.span in amiss or link.span == edge.link.span:
                    continue
                if other in relation.excludes or relation.name in types[other].excludes:
                    amiss.add(edge.link.span)
                    leads = f"lead to {_shown(concepts, _other(edge))}"
                    message = f"'{link.key}' and '{edge.link.key}' cannot both {leads}"
                    yield Problem(edge.link.span, message, link=edge.link)
            found[between].setdefault(relation.name, edge.link)


@rule(family="relations", since="0.1", severity="info", enabled=False)
def redundant_relation(concepts: Concepts) -> Iterator[Problem]:
    """A relation is told that follows from others.

    What requires a thing requires all that this requires; told once more, it hides which steps there really are. It
    may be told on purpose, so the rule is off unless it is asked for.
    """
    counts = _counting(concepts)
    for relation in _unmirrored(concepts, lambda relation: relation.transitive):
        # What both notes tell is one fault.
        told: defaultdict[tuple[str, str], list[Edge]] = defaultdict(list)
        ways: dict[tuple[str, str], Sequence[str]] = {}
        for edge, path in concepts.relations.redundant(relation.name, counts):
            ends = (edge.source, edge.target)
            told[ends].append(edge)
            ways[ends] = path
        for ends, (first, *others) in told.items():
            source, target = (_shown(concepts, end) for end in ends)
            message = (
                f"'{relation.name}' leads from {source} to {target} without this link: {_way(concepts, ways[ends])}"
            )
            elsewhere = tuple((edge.note, edge.link.span) for edge in others)
            yield Problem(first.link.span, message, None, first.link, first.note, elsewhere)


# -- which relations count --------------------------------------------------------------------------------------------


def _told(note: Note, concepts: Concepts) -> Sequence[Edge]:
    """What a note tells, as far as it counts."""
    edges = concepts.relations.told(note)
    if not edges or concepts.kind(note) is not None:
        return edges
    declared = _declared(concepts)
    return [edge for edge in edges if edge.relation in declared]


def _counting(concepts: Concepts) -> Callable[[Edge], bool]:
    """Whether an edge counts: a note of a kind tells it, or the configuration declares its relation.

    In any other note a property that is called ``requires`` may mean anything.
    """
    declared, notes = _declared(concepts), concepts.vault.notes
    return lambda edge: edge.relation in declared or concepts.kind(notes[edge.note]) is not None


def _declared(concepts: Concepts) -> frozenset[str]:
    """The relations that the configuration declares, be it as the inverse of another."""
    declared = concepts.terms.declared_relations
    keys = {concepts.relations.key(name) for name in declared}
    inverses = (relation for relation in concepts.relations.types.values() if relation.inverse)
    return declared.union(
        relation.name for relation in inverses if concepts.relations.key(relation.inverse or "") in keys
    )


def _unmirrored(concepts: Concepts, asked: Callable[[Relation], bool]) -> Iterator[Relation]:
    """The relations of which something is ``asked``; of two that are each other's inverse, the first."""
    key = concepts.relations.key
    mirrored: set[str] = set()
    for relation in concepts.relations.types.values():
        if asked(relation) and key(relation.name) not in mirrored:
            if relation.inverse:
                mirrored.add(key(relation.inverse))
            yield relation


def _wrong_end(concepts: Concepts, edge: Edge) -> str | None:
    """The note that an edge cannot lead from or to, be it the one that tells it or else the other."""
    relation = concepts.relations.types[edge.relation]
    ends = ((edge.source, relation.leads_from), (edge.target, relation.leads_to))
    for path, may in ends[::-1] if edge.told_inverse else ends:
        kind = _kind(concepts, path)
        if kind is not None and not may(kind):
            return path
    return None


def _kind(concepts: Concepts, path: str) -> str | None:
    kind = concepts.kind(concepts.vault.notes[path])
    return kind.name if kind is not None else None


def _other(edge: Edge) -> str:
    """The note at the end of an edge that is not the one that tells it."""
    return edge.source if edge.told_inverse else edge.target


def _shown(concepts: Concepts, path: str) -> str:
    return f"'{concepts.vault.link_text(path)}'"


def _way(concepts: Concepts, paths: Sequence[str]) -> str:
    return " -> ".join(_shown(concepts, path) for path in paths)


def _listed(concepts: Concepts, paths: Sequence[str]) -> str:
    """Some notes by name, two of them where they are many."""
    most, last = paths[:-1], _shown(concepts, paths[-1])
    if len(paths) > _MOST_NAMED:
        most, last = paths[:2], f"{len(paths) - 2} more"
    return f"{', '.join(_shown(concepts, path) for path in most)} and {last}" if most else last


# -- what the other note lacks ----------------------------------------------------------------------------------------


class _Lack(Struct, frozen=True, gc=False):
    """A note lacks links in the property ``name``, which is ``key`` where names are compared.

    They are to lead to the notes that tell the ``edges``, each of them once.
    """

    name: str
    key: str
    symmetric: bool
    edges: list[Edge] = []

    @property
    def others(self) -> Sequence[str]:
        return [edge.note for edge in self.edges]


def _lacking(concepts: Concepts, one_sided: Sequence[str]) -> Mapping[str, Sequence[_Lack]]:
    """What each note lacks, by its path; other notes stand in the order of their paths."""
    relations, counts, declared = concepts.relations, _counting(concepts), _declared(concepts)
    alone = {relations.key(name) for name in one_sided}
    told: set[tuple[str, str, str]] = set()
    wanted: dict[tuple[str, str, str], tuple[Edge, str]] = {}
    for relation in relations.types.values():
        name, inverse = relation.name, relation.name if relation.symmetric else relation.inverse
        if inverse is None or relations.key(name) in alone or relations.key(inverse) in alone:
            continue
        keys = (relations.key(inverse), relations.key(name))
        for edge in relations.edges[name]:
            own, other = edge.note, _other(edge)
            back, forth = keys[::-1] if edge.told_inverse else keys
            told.add((own, forth, other))
            if own == other or (other, back, own) in wanted or not counts(edge):
                continue
            if name not in declared and _kind(concepts, other) is None:
                continue
            if _wrong_end(concepts, edge) is not None or (relation.symmetric and _wrong_end(concepts, _turned(edge))):
                continue
            wanted[other, back, own] = edge, name if edge.told_inverse else inverse
    lacking: defaultdict[str, dict[str, _Lack]] = defaultdict(dict)
    excluding = _excluding(concepts)
    for place, (edge, written) in wanted.items():
        path, key, other = place
        if place in told or key in excluding.get((path, other), ()):
            continue
        if key not in lacking[path]:
            symmetric = relations.types[edge.relation].symmetric
            # A vault that spells it its own way does so everywhere.
            lacking[path][key] = _Lack(edge.link.key if symmetric else written, key, symmetric)
        lacking[path][key].edges.append(edge)
    return {path: tuple(by_key.values()) for path, by_key in lacking.items()}


def _excluding(concepts: Concepts) -> Mapping[tuple[str, str], set[str]]:
    """For a note and another, the keys of the relations that cannot hold, as the note tells one that excludes them."""
    relations = concepts.relations
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for name, relation in relations.types.items():
        others = [
            each.name for each in relations.types.values() if name in each.excludes or each.name in relation.excludes
        ]
        for edge in relations.edges[name] if others else ():
            if not edge.told_inverse:
                found[edge.source, edge.target].update(map(relations.key, others))
    return found


def _turned(edge: Edge) -> Edge:
    return Edge(edge.relation, edge.target, edge.source, edge.link, edge.note)


# More notes than that are not all named.
_MOST_NAMED = 3


class _Writing:
    """What ``note`` lacks, written into its properties; ``held`` are those that it has, by key.

    All that is written at one place is one edit, so that none is in the way of another.
    """

    def __init__(self, concepts: Concepts, note: Note, lacking: Sequence[_Lack]) -> None:
        assert note.text is not None
        self.concepts = concepts
        self.note = note
        self.source = note.text.source
        self.held: dict[str, list[Property]] = {}
        for each in note.properties:
            self.held.setdefault(concepts.relations.key(each.key), []).append(each)
        # Properties that are not there yet are written together.
        self.places: dict[str, list[_Lack]] = {}
        for lack in lacking:
            self.places.setdefault(self._place(lack), []).append(lack)
        self.fixes: dict[str, Fix | None] = {}

    def fix(self, lack: _Lack) -> Fix | None:
        """What adds the links, and with them all that is to be added at the same place."""
        place = self._place(lack)
        if place not in self.fixes:
            self.fixes[place] = self._fix(self.places[place])
        return self.fixes[place]

    def _place(self, lack: _Lack) -> str:
        return lack.key if lack.key in self.held else ""

    def _fix(self, lacking: Sequence[_Lack]) -> Fix | None:
        properties: list[tuple[str, Json]] = [(each.key, each.value) for each in self.note.properties]
        written: dict[str, _Lack] = {}
        if held := self.held.get(lacking[0].key):
            # Of two of one name nobody knows which counts.
            if len(held) > 1:
                return None
            (lack,), value = lacking, held[0].value
            edits = more_entries(self.source, held[0], self._links(lack))
            before = value if isinstance(value, list) else [] if value in (None, "") else [value]
            properties[self.note.properties.index(held[0])] = (held[0].key, [*before, *self._links(lack)])
            written[held[0].key] = lack
        else:
            written = {lack.name: lack for lack in lacking}
            links = {name: self._links(lack) for name, lack in written.items()}
            edits = (new_properties(self.source, self.note.body, links),)
            properties += links.items()
        if not edits or not self._is_read(edits, properties, written):
            return None
        added = (f"{_listed(self.concepts, lack.others)} to '{name}'" for name, lack in written.items())
        return Fix(f"Add {' and '.join(added)}", edits)

    def _links(self, lack: _Lack) -> Sequence[str]:
        return [f"[[{self.concepts.vault.link_text(path)}]]" for path in lack.others]

    def _is_read(
        self, edits: Sequence[Edit], properties: Sequence[tuple[str, Json]], written: Mapping[str, _Lack]
    ) -> bool:
        """Whether the edits make these ``properties``, and what is ``written`` leads to the notes it is to lead to.

        YAML has more forms than are dealt with here, and a note's name may hold what no link can.
        """
        front, at = b"", 0
        for edit in edits:
            front += self.source[at : edit.span.start] + edit.text.encode()
            at = edit.span.end
        front += self.source[at : max(self.note.body, start_of_text(self.source))]
        read = markdown.parse(self.note.path, front)
        if read.body != len(front) or any(defect.fault == "malformed-frontmatter" for defect in read.defects):
            return False
        if [(each.key, each.value) for each in read.properties] != properties:
            return False
        leading = {(link.key, self.concepts.vault.resolve(link, self.note)) for link in read.links}
        return all((name, Resolved(path)) in leading for name, lack in written.items() for path in lack.others)
