"""Family *sections*: names of notes that a text uses without a link to them."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING

from ahocorasick_rs import BytesAhoCorasick
from msgspec import Struct

from fmvault.lint.rule import Problem, rule
from fmvault.model import START, Edit, Fix, Note, Span
from fmvault.vault import Vault, fold, reached

if TYPE_CHECKING:
    from fmvault.kinds.concepts import Concepts


# -- names ------------------------------------------------------------------------------------------------------------

# Below three letters a word is mostly one of those that hold others together: `To Do`, `Set up`.
_TELLING_WORD = re.compile(r"[^\W\d_]{3,}")
_SPELT_APART = re.compile(r"[^\W_]+[A-Z]")
_BLANK = re.compile(r"\s")
_HAN_AND_KANA = re.compile("[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff々]")
_KATAKANA = re.compile("[\u30a1-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
# Amid a sentence without spaces, a shorter name is mostly a part of another word.
_SHORTEST_UNSPACED = 4

# A note's text is searched in pieces of so many bytes at most, so that what is found at once stays small.
_PIECE = 1 << 15


class Mention(Struct, frozen=True, gc=False):
    """The name of the note ``path``, or an alias of it, as it stands in a text."""

    span: Span
    text: str
    path: str
    is_alias: bool


class _Owner(Struct, frozen=True, gc=False):
    """Whose a name of ``length`` characters is, empty if nobody's; ``exact`` is how it is written if case matters."""

    path: str
    is_alias: bool
    length: int
    exact: bytes


class Names:
    """The names and aliases of many notes, found in one pass over a text.

    Where one name holds another, the longer one is meant; where two only share a word, as "graph view" and "view
    settings" do in "graph view settings", there is no telling, and neither is found. A name that several notes have is
    found for none of them. Case does not matter, but for a name of one word that has capitals within: "QLoRA", "RNN".
    """

    def __init__(self, notes: Collection[Note], *, words: int, ignore: Sequence[str] = ()) -> None:
        """Names of fewer than ``words`` words, and those of ``ignore``, are left out."""
        ignored = {fold(name) for name in ignore}
        names = [(note.name, note.path, False) for note in notes]
        names += [(alias.name, note.path, True) for note in notes for alias in note.aliases]
        self._owners: dict[bytes, _Owner] = {}
        for name, path, is_alias in names:
            bare = name.strip()
            is_apart = len(bare) > 2 and _SPELT_APART.search(bare) is not None and not _BLANK.search(bare)
            if not is_apart and _word_count(bare) < max(words, 1):
                continue
            owner = _Owner(
                "" if fold(bare) in ignored else path, is_alias, len(bare), bare.encode() if is_apart else b""
            )
            for pattern in _spellings(bare):
                if self._owners.setdefault(pattern, owner).path != owner.path:
                    self._owners[pattern] = _Owner("", False, len(bare), b"")
        self._patterns = list(self._owners)
        self._automaton = BytesAhoCorasick(self._patterns) if self._patterns else None

    def mentions(self, source: bytes, start: int, end: int) -> Iterator[Mention]:
        """Where the names stand in ``source`` as words of their own, from ``start`` to ``end``."""
        if self._automaton is None:
            return
        for at, past in _pieces(source, start, end):
            # Lower case for ASCII alone, so that every byte stays where it is.
            found = self._automaton.find_matches_as_indexes(source[at:past].lower(), overlapping=True)
            for first, last, owner in self._longest(source, at, found) if found else ():
                if owner.path:
                    text = source[first:last].decode("utf-8", "replace")
                    yield Mention(Span(first, last), text, owner.path, owner.is_alias)

    def _longest(self, source: bytes, at: int, found: list[tuple[int, int, int]]) -> Sequence[tuple[int, int, _Owner]]:
        """Those of the matches from ``at`` on that stand alone and lie in no other, without those that overlap."""
        edges = _Edges(source)
        # From the last to end on, and of those that end together the longest first: what lies in another follows it.
        found.sort(key=itemgetter(1))
        found.sort(key=itemgetter(2), reverse=True)
        kept: list[tuple[int, int, _Owner]] = []
        unclear = set()
        leftmost = len(source)
        for index, start, end in found:
            first, last = at + start, at + end
            if first >= leftmost:
                continue
            owner = self._owners[self._patterns[index]]
            if (owner.exact and source[first:last] != owner.exact) or not edges.free(first, last, owner.length):
                continue
            if last > leftmost:
                unclear |= {len(kept) - 1, len(kept)}
            kept.append((first, last, owner))
            leftmost = first
        return [kept[index] for index in reversed(range(len(kept))) if index not in unclear]


def _word_count(name: str) -> int:
    """How many words set the name apart from common speech; where words have no spaces, two characters are one."""
    unspaced = len(_HAN_AND_KANA.findall(name))
    return len(_TELLING_WORD.findall(_HAN_AND_KANA.sub(" ", name) if unspaced else name)) + unspaced // 2


def _spellings(name: str) -> Iterable[bytes]:
    """The bytes to be looked for in a text whose ASCII letters are in lower case."""
    if name.isascii():
        return (name.lower().encode(),)
    forms = [unicodedata.normalize(form, name) for form in ("NFC", "NFD")]
    return {spelling for form in forms for spelling in (form.encode().lower(), form.lower().encode())}


def _pieces(source: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretch in pieces, cut between lines unless a line is longer than a piece."""
    while end - start > _PIECE:
        cut = source.rfind(b"\n", start + 1, start + _PIECE)
        cut = cut if cut > 0 else start + _PIECE
        yield start, cut
        start = cut
    yield start, end


# -- words ------------------------------------------------------------------------------------------------------------

# Bytes to either side that decide whether a name is a part of something longer.
_AROUND = 12
_EMPHASIS = "*_~="
# Right before a name these make it a part of a longer term, of code, of an address or of other markup.
_LEADING = frozenset("-‐‑–/\\#@^$&+.:!{[<%")
_TRAILING = frozenset("-‐‑–/\\#@^$&+([]{}>%")
# Behind it these end a sentence, unless it goes on at once: `Node.js`, `host:port`, `name?key`.
_GOING_ON = re.compile(r"[.:?!,;][\w/:]")
_APOSTROPHE = re.compile(r"['’](?!s\b)\w")
_ADDRESS = re.compile(rb"://[^\s]*\Z")
_LONGEST_ADDRESS = 300


# How two characters hold together.
_FREE, _UNSPACED, _JOINED = range(3)


class _Edges:
    """Where words, and terms of several words, begin and end in a text; each place is looked at once."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._begin: dict[int, int] = {}
        self._end: dict[int, int] = {}

    def free(self, start: int, end: int, length: int) -> bool:
        """Whether a name of ``length`` characters is no part of a longer word or term, of an address or of code."""
        if (begin := self._begin.get(start)) is None:
            begin = self._begin[start] = self._begins(start)
        if begin == _JOINED:
            return False
        if (past := self._end.get(end)) is None:
            past = self._end[end] = self._ends(end)
        return max(begin, past) < (_JOINED if length >= _SHORTEST_UNSPACED else _UNSPACED)

    def _begins(self, at: int) -> int:
        before = self._before(at).rstrip(_EMPHASIS)[-1:]
        if before in _LEADING or _ADDRESS.search(self._source, max(at - _LONGEST_ADDRESS, 0), at):
            return _JOINED
        return _held(before, self._after(at)[:1])

    def _ends(self, at: int) -> int:
        after = self._after(at).lstrip(_EMPHASIS)
        if after[:1] in _TRAILING or _GOING_ON.match(after) or _APOSTROPHE.match(after):
            return _JOINED
        return _held(self._before(at)[-1:], after[:1])

    def _before(self, at: int) -> str:
        return self._source[max(at - _AROUND, 0) : at].decode("utf-8", "ignore")

    def _after(self, at: int) -> str:
        return self._source[at : at + _AROUND].decode("utf-8", "ignore")


def _held(one: str, other: str) -> int:
    """How two neighbours hold together; words of different scripts do not."""
    if not (_is_of_word(one) and _is_of_word(other)):
        return _FREE
    scripts = {bool(_HAN_AND_KANA.match(char)) - bool(_HANGUL.match(char)) for char in (one, other)}
    if len(scripts) > 1:
        return _FREE
    # A word in katakana is told from what stands around it by its script.
    return _UNSPACED if scripts == {1} and not (_KATAKANA.match(one) and _KATAKANA.match(other)) else _JOINED


def _is_of_word(char: str) -> bool:
    return char.isalnum() or (char >= "\u0300" and unicodedata.category(char)[0] == "M")


# -- rules ------------------------------------------------------------------------------------------------------------


@rule(family="sections", since="0.1", severity="warning", enabled=False, fixable=True, of_text=True)
def term_before_definition(concepts: Concepts, *, ignore: tuple[str, ...] = ()) -> Iterator[Problem]:
    """A definition uses the name of another concept without a link to it.

    A reader who meets the term for the first time has nowhere to go. Only names of notes that are of a kind and have a
    definition count; once the definition links the note, all is well, and where that one's definition links this note
    already, a link back would lead round in a circle.
    """
    defined, vault = concepts.definitions, concepts.vault
    names = Names([vault.notes[path] for path in defined], words=1, ignore=ignore)

    def linked(path: str) -> Collection[str | None]:
        return {reached(vault.resolve(link, vault.notes[path])) for link in defined[path].leading}

    for path, section in defined.items():
        note = vault.notes[path]
        for mention in _unlinked(note, names, section.body, partial(linked, path)):
            if path not in linked(mention.path):
                message = f"{_told(mention, vault)}; link it where the definition uses it"
                yield Problem(mention.span, message, _link(mention, note, vault), path=path)


@rule(family="sections", since="0.1", severity="info", enabled=False, fixable=True, of_text=True)
def unlinked_mention(vault: Vault, *, words: int = 2, ignore: tuple[str, ...] = ()) -> Iterator[Problem]:
    """A note names another note and never links to it.

    The connection is in the text and not in the graph. Names and aliases are looked for in all that is read, but for
    headings; of each note the first mention is told. Names of one word are mostly everyday words too, and an option
    asks for them.
    """
    notes = [note for note in vault.notes.values() if note.text is not None]
    names = Names(notes, words=words, ignore=ignore)
    for note in notes:

        def linked(note: Note = note) -> Collection[str | None]:
            return {reached(to) for _, to in vault.outgoing(note)}

        for mention in _unlinked(note, names, Span(note.body, note.size), linked):
            message = f"{_told(mention, vault)}, which this one never links to"
            yield Problem(mention.span, message, _link(mention, note, vault), path=note.path)


def _unlinked(
    note: Note, names: Names, within: Span, linked: Callable[[], Collection[str | None]]
) -> Iterator[Mention]:
    """The first mention of each other note that is not ``linked``, in what is read and is no heading."""
    assert note.text is not None
    told: set[str | None] | None = None
    for mention in names.mentions(note.text.source, within.start, within.end):
        if told is None:
            told = {note.path, *linked()}
            held = _Held(note)
        if mention.path not in told and not held(mention.span):
            told.add(mention.path)
            yield mention


class _Held:
    """What may hold no new link: links, headings, titles of callouts, code, math, HTML, comments, definitions of links.

    Footnotes and definitions of links are in no passage.
    """

    def __init__(self, note: Note) -> None:
        assert note.text is not None
        self._text = text = note.text
        held = [link.span for link in note.links]
        held += text.opaque
        held += text.hyperlinks
        held += (heading.span for heading in note.headings)
        held += (Span(each.span.start, _line_end(text.source, each.span.end)) for each in note.callouts)
        held.sort()
        self._starts = [span.start for span in held]
        self._ends: list[int] = []
        furthest = 0
        for span in held:
            furthest = max(furthest, span.end)
            self._ends.append(furthest)

    def __call__(self, span: Span) -> bool:
        index = bisect_right(self._starts, span.end - 1) - 1
        if index >= 0 and self._ends[index] > span.start:
            return True
        passages = self._text.passages
        index = bisect_right(passages, span.start, key=START) - 1
        return index < 0 or passages[index].span.end < span.end


def _told(mention: Mention, vault: Vault) -> str:
    if mention.is_alias:
        return f"'{mention.text}' is another name of the note '{vault.notes[mention.path].name}'"
    return f"'{mention.text}' has a note of its own"


# What ends a wikilink's target or a wikilink, wherever it stands.
_NOT_IN_LINK = re.compile(r"[#|^\[\]]")


def _link(mention: Mention, note: Note, vault: Vault) -> Fix | None:
    """Make a link of the mention that reads as it did; None where the name cannot be written in one."""
    target = vault.link_text(mention.path)
    bar = _bar(note, mention.span)
    if mention.text == target:
        link = f"[[{target}]]"
    elif bar is None:
        return None
    else:
        link = f"[[{target}{bar}{mention.text}]]"
    if _NOT_IN_LINK.search(target) or _NOT_IN_LINK.search(mention.text):
        return None
    return Fix(f"link it: {link}", (Edit(mention.span, link),))


_WIKILINK = re.compile(rb"\[\[[^\[\]]*\]\]")


def _bar(note: Note, span: Span) -> str | None:
    """How the bar of a link is written at this place: in a table with a backslash. None if there is no telling."""
    text = note.text
    assert text is not None
    passages = text.passages
    passage = passages[bisect_right(passages, span.start, key=START) - 1]
    if passage.kind == "table":
        return "\\|"
    if passage.kind == "paragraph":
        return "|"
    # A list's entry and a quote may hold a table.
    line = text.source[text.source.rfind(b"\n", 0, span.start) + 1 : _line_end(text.source, span.end)]
    return None if b"|" in _WIKILINK.sub(b"", line) else "|"


def _line_end(source: bytes, at: int) -> int:
    end = source.find(b"\n", at)
    return end if end >= 0 else len(source)
