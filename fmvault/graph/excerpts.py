"""What the explorer shows of the notes themselves: definitions, questions, the sentences around links, and days."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from fmvault.graph.concept_graph import ConceptGraph
from fmvault.kinds.projection import Section, View
from fmvault.model import START, Link, Note, Span
from fmvault.plain import plain

# In a larger graph words are left out, and where they come to more characters than these.
_MOST_NOTES, _MOST_EDGES = 20_000, 80_000
_MOST_TEXT = 5_000_000
# No section, question or sentence is shown at greater length, in characters.
_SECTION, _QUESTION, _SENTENCE = 700, 240, 300
_MOST_QUESTIONS = 12
# The sections that are shown, whatever the kind.
_DEFINITION, _WHY, _QUESTIONS = "definition", "why-it-matters", "questions"

_CREATED = ("created", "created_at", "created-at", "date created", "date-created", "creation date", "date")
_UPDATED = ("updated", "updated_at", "updated-at", "modified", "last modified", "last-modified", "date modified")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d(?!\d)")
_EPOCH = date(1970, 1, 1).toordinal()

# Where a sentence ends: at a full stop and a space, a line that begins an entry, a row or a heading, or an empty line.
_END = re.compile(rb"[.!?][)\"'*_\]]{0,3}(?=\s)|\n(?=[ \t>]*(?:[-*+|#]|\d{1,9}[.)]|\r?\n))")


class Excerpts(Struct, frozen=True):
    """Plain text by node, and ``context`` by edge; None for what would be too much."""

    definition: Sequence[str] | None
    why: Sequence[str] | None
    questions: Sequence[Sequence[str]] | None
    context: Sequence[str] | None


def excerpts(graph: ConceptGraph, notes: Sequence[Note | None], sentence: Callable[[Note, Link], str]) -> Excerpts:
    """What the nodes of a graph say; ``notes`` are theirs, in their order, None for what is no note.

    ``sentence`` gives the one that a link of a note stands in.
    """
    texts = _texts(graph, notes)
    definition, why, questions = texts or (None, None, None)
    return Excerpts(definition, why, questions, _contexts(graph, sentence))


def _texts(
    graph: ConceptGraph, notes: Sequence[Note | None]
) -> tuple[Sequence[str], Sequence[str], Sequence[Sequence[str]]] | None:
    if len(notes) > _MOST_NOTES:
        return None
    definitions, reasons, questions = [], [], []
    size = 0
    for note in notes:
        view = graph.concepts.view(note) if note and graph.concepts else None
        sections = view.first if view else {}
        definitions.append(_clipped(sections, _DEFINITION))
        reasons.append(_clipped(sections, _WHY))
        questions.append(_open_questions(view) if view else [])
        size += len(definitions[-1]) + len(reasons[-1]) + sum(map(len, questions[-1]))
        if size > _MOST_TEXT:
            return None
    return definitions, reasons, questions


def _clipped(sections: Mapping[str, Section], name: str) -> str:
    section = sections.get(name)
    return shortened(section.text, _SECTION) if section else ""


def _open_questions(view: View) -> Sequence[str]:
    section = view.first.get(_QUESTIONS)
    found = (shortened(plain(view.note, entry.span), _QUESTION) for entry in (section.entries if section else ()))
    return [question for question in found if question][:_MOST_QUESTIONS]


def shortened(text: str, length: int) -> str:
    """``text`` on one line, of at most ``length`` characters; a word that does not fit is left out."""
    # Twice as much as is wanted is enough to find it.
    text = " ".join(text[: 4 * length].split())
    if len(text) <= length:
        return text
    return (
        text[: length - 1].rpartition(" ")[0].rstrip(" ,;:") + "…" if " " in text[:length] else text[: length - 1] + "…"
    )


# -- the sentence that a link stands in --------------------------------------------------------------------------------


def _contexts(graph: ConceptGraph, sentence: Callable[[Note, Link], str]) -> Sequence[str] | None:
    if len(graph.edges) > _MOST_EDGES:
        return None
    # Edges to tags are told by no link.
    found = [""] * len(graph.edges)
    size = 0
    for index, (path, link) in enumerate(graph.tellers):
        found[index] = sentence(graph.vault.notes[path], link)
        size += len(found[index])
        if size > _MOST_TEXT:
            return None
    return found


def sentence(note: Note, link: Link) -> str:
    """The sentence that a link stands in, as plain text; empty for a link in a property, and where no text was kept."""
    text = note.text
    if text is None or link.syntax not in ("wikilink", "markdown"):
        return ""
    if (around := _around(note, link)) is None:
        return ""
    # A passage may be as long as a note, and have as many links as it has words.
    around = Span(max(around.start, link.span.start - 4 * _SENTENCE), min(around.end, link.span.end + 4 * _SENTENCE))
    start, end = around.start, around.end
    for match in _END.finditer(text.source, around.start, around.end):
        at = match.end()
        if _is_within(note, at):
            continue
        if at <= link.span.start:
            start = at
        elif at >= link.span.end:
            end = at
            break
    while start < end and text.source[start] & 0xC0 == 0x80:
        start += 1
    return shortened(plain(note, Span(start, end)), _SENTENCE)


def _around(note: Note, link: Link) -> Span | None:
    """The passage or heading that a link stands in; None if it is hidden by a comment."""
    text, at = note.text, link.span
    assert text is not None
    hidden = bisect_right(text.opaque, at) - 1
    if hidden >= 0 and text.opaque[hidden].end >= at.end:
        return None
    index = bisect_right(text.passages, at.start, key=START) - 1
    if index >= 0 and text.passages[index].span.end >= at.end:
        return text.passages[index].span
    index = bisect_right(note.headings, at.start, key=START) - 1
    return note.headings[index].span if index >= 0 and note.headings[index].span.end >= at.end else None


def _is_within(note: Note, at: int) -> bool:
    """Whether a place lies inside a link, in code or in a formula."""
    assert note.text is not None
    links, opaque = note.links, note.text.opaque
    before = bisect_left(links, at, key=START) - 1
    if before >= 0 and links[before].span.end > at:
        return True
    hidden = bisect_left(opaque, Span(at, 0)) - 1
    return hidden >= 0 and opaque[hidden].end > at


# -- days --------------------------------------------------------------------------------------------------------------


def in_days(
    notes: Sequence[Note | None], dates: Mapping[str, tuple[int, int]]
) -> tuple[Sequence[int | None], Sequence[int | None]]:
    """The days on which the notes were begun and last changed, counted from 1970-01-01.

    What a note's properties say comes before ``dates``, which has both by path.
    """
    created: list[int | None] = []
    updated: list[int | None] = []
    for note in notes:
        first, last = dates.get(note.path, (None, None)) if note else (None, None)
        told = _told(note) if note else {}
        created.append(next((told[key] for key in _CREATED if key in told), first))
        updated.append(next((told[key] for key in _UPDATED if key in told), last))
    return created, updated


def _told(note: Note) -> Mapping[str, int]:
    """The days that the properties of a note tell, by name in lower case."""
    found: dict[str, int] = {}
    for each in note.properties:
        if isinstance(each.value, str) and (day := _ISO_DAY.match(each.value.strip())):
            try:
                found.setdefault(each.key.strip().lower(), date.fromisoformat(day[0]).toordinal() - _EPOCH)
            except ValueError:
                continue
    return found
