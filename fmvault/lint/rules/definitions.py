"""Family *sections*: definitions that explain nothing, lean on each other, or say what another one says."""

from __future__ import annotations

import re
import struct
from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING
from zlib import crc32

from fmvault.lint.rule import Problem, rule
from fmvault.lint.rules.sections import place
from fmvault.model import Link, Note, Resolved, Span
from fmvault.plain import plain

if TYPE_CHECKING:
    from fmvault.kinds.concepts import Concepts
    from fmvault.kinds.projection import Section

# -- what kind of thing it is -----------------------------------------------------------------------------------------

# What an English definition begins with that tells what something does, or when, before what it is.
_DOES = r"allows?|enables?|ensures?|happens?|helps?|improves?|lets?|makes?|occurs?|prevents?|provides?|reduces?|solves?"
_USE = re.compile(
    rf"(?:(?:{_DOES}|when(?:ever)?|where|how|because|if|in order|by \w+ing)(?![\w-])"
    r"|used (?:to|for|in|by|as|when|where|with|on|at|during|mainly|mostly|often|widely|commonly)\b)",
    re.IGNORECASE,
)
_NAMED_USE = re.compile(
    rf"(?:can |(?:is|are) used to )?(?:{_DOES})(?![\w-])|(?:is|are|can be) used (?:to|for|in|when)\b"
)
# What says, somewhere in it, of which kind something is; a phrase behind a comma may do so as well: "For every map, the
# set of ..."
_GENUS = re.compile(
    r"\b(?:is|are|was|were|be|being) (?:(?:basically|essentially|just|not|simply|usually) )*"
    r"(?:an?|any|another|each|either|every|one|some|the|this|to|what|when|where|whether|how|our|its)\b"
    r"|\b(?:it|that|these|they|this|those|which|who)(?:'s|’s| is| are| was| were)\b"
    r"|\b(?:means?|meant|denotes?|describes?|names?|stands? for|refers? to|called|known as|defined as|kinds? of"
    r"|types? of|forms? of|sorts? of|a term|an example)\b"
    r"|[,;] (?:an?|any|one|the)\b|[:—–=]| - ",
    re.IGNORECASE,
)


@rule(family="sections", since="0.1", severity="warning", enabled=False, of_text=True)
def undefined_concept(note: Note, concepts: Concepts) -> Iterator[Problem]:
    """A definition never says what kind of thing it defines.

    "Helps a model answer better" fits a hundred things. A definition that begins with the kind of thing, "a technique
    that ...", can be told from its neighbours; the property `is-a` does as well. Only English is judged.
    """
    if (view := concepts.view(note)) is None or (section := view.definition) is None:
        return
    text = section.text
    if not _tells_use(text, note.name) or _GENUS.search(text):
        return
    told = concepts.relations.told(note)
    if not any(edge.relation in ("is-a", "example-of") and edge.source == note.path for edge in told):
        yield Problem(place(section), f"the definition never says what kind of thing '{note.name}' is")


def _tells_use(text: str, name: str) -> bool:
    if _USE.match(text):
        return True
    # A name of several words mostly ends in the kind: "A vector database lets you ..."
    named = " " not in name and text[: len(name)].casefold() == name.casefold()
    return named and _NAMED_USE.match(text[len(name) :].lstrip()) is not None


# -- definitions that lean on each other ------------------------------------------------------------------------------

# What stands before the name of something that is only told apart. A definition does not lean on it.
_CONTRAST = re.compile(
    r"\b(?:unlike|versus|vs|in contrast (?:to|with)|contrasts? with|contrasted with|compared (?:to|with)|as opposed to"
    r"|(?:the )?(?:opposite|converse|inverse|complement|counterpart|dual) (?:of|to)|rather than|instead of|other than"
    r"|(?:distinct|different|distinguished|differs?) from|(?:confused|mixed up) with|(?:but|and|is|are) not)"
    r"[\s,.:*_]*(?:an?\s|the\s)?[\s*_\"“]*\Z",
    re.IGNORECASE,
)
_BEFORE = 80


@rule(family="sections", since="0.1", severity="warning", enabled=False, of_text=True)
def circular_definition(concepts: Concepts) -> Iterator[Problem]:
    """Definitions lean on each other in a circle.

    Whoever looks up the one is sent to the other and back. One of them has to do without.
    """
    from fmvault.kinds.cycles import components, shortest_cycles

    defined = concepts.definitions
    linking = {path: _links(concepts, section, defined) for path, section in defined.items()}
    # Most definitions are on no circle, and their links need not be looked at more closely.
    knotted = {path for knot in components(linking) for path in knot}
    leaning = {path: _leaned_on(concepts, defined[path], linking[path]) for path in knotted}
    for cycle in shortest_cycles(leaning):
        steps = zip(cycle, (*cycle[1:], cycle[0]), strict=True)
        (path, link), *others = [(path, leaning[path][target]) for path, target in steps]
        names = " -> ".join(f"'{_name(concepts, each)}'" for each in (*cycle, cycle[0]))
        elsewhere = tuple((other, each.span) for other, each in others)
        yield Problem(link.span, f"definitions go round in a circle: {names}", None, link, path, elsewhere)


def _links(concepts: Concepts, section: Section, defined: Mapping[str, Section]) -> Mapping[str, Sequence[Link]]:
    """The notes whose definition this one links to, each with the links; an embed brings its text along."""
    note = section.note
    found: dict[str, list[Link]] = {}
    for link in section.leading:
        path = None if link.embed else _defined_by(concepts, link, note, defined)
        if path is not None and path != note.path:
            found.setdefault(path, []).append(link)
    return found


def _leaned_on(concepts: Concepts, section: Section, links: Mapping[str, Sequence[Link]]) -> Mapping[str, Link]:
    """Those of the notes that are not told apart from this one, in words or by a relation, each with its first link."""
    contrasts = {edge.target for edge in concepts.relations.told(section.note) if edge.relation == "contrasts-with"}
    return {
        path: leaned[0]
        for path, each in links.items()
        if path not in contrasts and (leaned := [link for link in each if not _is_told_apart(link, section)])
    }


def _defined_by(concepts: Concepts, link: Link, note: Note, defined: Mapping[str, Section]) -> str | None:
    """The note that the link leads to as a whole or for its definition."""
    match concepts.vault.resolve(link, note):
        case Resolved(path, anchor) if path in defined:
            if anchor is None or anchor in (concepts.vault.notes[path].headings[0], defined[path].heading):
                return path
    return None


def _is_told_apart(link: Link, section: Section) -> bool:
    before = plain(section.note, Span(max(section.body.start, link.span.start - _BEFORE), link.span.start))
    return _CONTRAST.search(f"{before} ") is not None


# -- definitions that say the same ------------------------------------------------------------------------------------

# Han and kana, which have no spaces between words, one by one.
_WORD = re.compile("[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|[^\\W\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
# Definitions of fewer pairs of words are alike by chance.
_FEWEST = 7
# Pairs that more definitions have, and more than one in so many, are turns of speech or a form that is filled in.
_COMMON, _ONE_IN = 25, 1000
# A pair is known by this many bytes of a checksum, and counted under so many of its bits.
_BYTES, _COUNTED = 4, 22
_PERMUTATIONS = 256
# Of definitions that are just alike enough, at most so many are missed.
_MISSED = 0.02
_AT_ONCE = 1000


@rule(family="sections", since="0.1", severity="warning", enabled=False, of_text=True)
def near_duplicate(concepts: Concepts, *, likeness: float = 0.8) -> Iterator[Problem]:
    """Two notes define the same thing in nearly the same words.

    They are mostly one concept under two names, of which each note has half of the links. How much of their pairs of
    words two definitions have to share is an option.
    """
    likeness = min(1.0, max(0.0, likeness))
    # The first of the notes whose definitions have the same pairs, by these.
    firsts: dict[bytes, str] = {}
    for path, section in concepts.definitions.items():
        pairs = _pairs(section.text)
        if len(pairs) >= _FEWEST * _BYTES and (first := firsts.setdefault(pairs, path)) != path:
            yield _alike(concepts, path, first)
    telling = list(_without_common(firsts))
    for index, other in _likely([pairs for pairs, _ in telling], likeness):
        yield _alike(concepts, telling[index][1], telling[other][1])


def _pairs(text: str) -> bytes:
    """The pairs of neighbouring words, each by its checksum, in order."""
    pairs = map(" ".join, pairwise(_WORD.findall(text.casefold())))
    return b"".join(sorted({crc32(pair.encode()).to_bytes(_BYTES, "big") for pair in pairs}))


def _without_common(defined: Mapping[bytes, str]) -> Iterator[tuple[bytes, str]]:
    """Definitions by those of their pairs that few have, if there are enough of these."""
    limit = max(_COMMON, len(defined) // _ONE_IN)
    # How many have a pair is counted by a part of its checksum: a dictionary of all pairs would fill the memory.
    counts = array("L", [0]) * (1 << _COUNTED)
    shift = 8 * _BYTES - _COUNTED
    for pairs in defined:
        for number in _numbers(pairs):
            counts[number >> shift] += 1
    for pairs, path in defined.items():
        rare = [number for number in _numbers(pairs) if counts[number >> shift] <= limit]
        if len(rare) >= _FEWEST:
            yield pairs if len(rare) * _BYTES == len(pairs) else struct.pack(f">{len(rare)}I", *rare), path


def _likely(sets: Sequence[bytes], likeness: float) -> Iterator[tuple[int, int]]:
    """Each set of pairs that is like an earlier one, with that one, by their numbers."""
    from rensa import RMinHash, RMinHashLSH

    # Hashing finds those worth a comparison, so that a hundred thousand are not compared two by two. No element is in
    # more than a few sets, which keeps those found few.
    likely = RMinHashLSH(likeness, _PERMUTATIONS, _bands(likeness))
    for start in range(0, len(sets), _AT_ONCE):
        tokens = [
            [pairs[at : at + _BYTES] for at in range(0, len(pairs), _BYTES)] for pairs in sets[start : start + _AT_ONCE]
        ]
        for index, sketch in enumerate(RMinHash.from_token_sets(tokens, _PERMUTATIONS, 1), start):
            for other in sorted(likely.query(sketch)):
                one, another = set(_numbers(sets[index])), set(_numbers(sets[other]))
                if len(one & another) >= likeness * len(one | another):
                    yield index, other
                    break
            else:
                # One of a kind stands for all that are like it.
                likely.insert(index, sketch)


def _numbers(pairs: bytes) -> Sequence[int]:
    return struct.unpack(f">{len(pairs) // _BYTES}I", pairs)


def _bands(likeness: float) -> int:
    """Into how many parts a sketch is cut, of which sets that are likely alike share one: as few as will do."""
    for bands in (8, 16, 32, 64, 128):
        if (1 - likeness ** (_PERMUTATIONS // bands)) ** bands <= _MISSED:
            return bands
    return _PERMUTATIONS


def _alike(concepts: Concepts, path: str, first: str) -> Problem:
    defined = concepts.definitions
    message = f"'{_name(concepts, path)}' and '{_name(concepts, first)}' are defined alike; are they one concept?"
    return Problem(place(defined[path]), message, path=path, elsewhere=((first, place(defined[first])),))


def _name(concepts: Concepts, path: str) -> str:
    return concepts.vault.notes[path].name
