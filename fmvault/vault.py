"""The index over a vault's notes and files, and where each link leads.

The rules are Obsidian's; where its help does not say and it was observed or guessed, the code says so.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from fmvault.model import (
    Ambiguous,
    Block,
    External,
    Footnote,
    Heading,
    Link,
    MissingAnchor,
    MissingNote,
    Note,
    Resolution,
    Resolved,
)
from fmvault.nearest import Nearest

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+://|mailto:|www\.[^\s/]+\.[^\s/]+", re.IGNORECASE)
# What Obsidian's API replaces by a space before headings are compared; line breaks too (`stripHeadingForLink`).
_HEADING_MARKS = re.compile(r"[!\"#$%&()*+,.:;<=>?@^`{|}~/\[\]\\\s]+")
# What surrounds a heading's text and is left out of its slug, and what is escaped. Each stops where another begins, so
# that a line of nothing but openings stays linear.
_TICKS = re.compile("`+")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_ENTITY = re.compile(r"\\.|&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_LABELLED = re.compile(
    r"\\.|\[\[(?:[^\[\]|]*\|)?(?P<wikilink>[^\[\]]*)\]\]"
    r"|(?P<image>!)?\[(?P<label>(?:\\.|[^\[\]\\])*)\](?:\([^)]*\)|\[[^\[\]]*\])"
)
_INLINE_MARKUP = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])|<[A-Za-z/!?][^<>]*>|(?<!\w)_+(?P<emphasis>[^\s_`](?:[^_`]*[^\s_`])?)_+(?!\w)"
)
_SLUG_DROPS = re.compile(r"[^\w\- ]")
# Where GitHub leads in a file that it shows as it is written: `#L10`, `#L10-L12`.
_LINES = re.compile(r"L\d+(?:C\d+)?(?:-L?\d+(?:C\d+)?)?")
# What an address asks of a server: `?raw=true`, `?plain=1`. A name may have a question mark too: `Why?`, `Why? How.md`.
_QUERY = re.compile(r"[\w%+&-]+(?:=\S*)?")
_HIDDEN = re.compile(r"(?:\A|/)\.+[^./]")
# No slug that somebody links to is longer.
_SLUG_LENGTH = 1000
# Above so many files of one name their paths' ends are indexed instead of compared.
_MANY = 8


class Settings(Struct, frozen=True):
    """What the vault's own ``.obsidian`` folder says (https://help.obsidian.md; every field has Obsidian's default).

    ``ignored`` are the paths of its excluded files. ``property_types`` maps a property's name, lower-cased, to its type
    (``text``, ``multitext``, ``number``, ``checkbox``, ``date``, ``datetime``, ``tags``, ``aliases``).
    ``template_folders`` are vault paths.
    """

    ignored: frozenset[str] = frozenset()
    attachment_folder: str = ""
    new_link_format: str = "shortest"
    use_markdown_links: bool = False
    template_folders: tuple[str, ...] = ()
    property_types: Mapping[str, str] = {}


def fold(name: str) -> str:
    """``name`` as Obsidian compares names: without case, NFC-normalised, special spaces as spaces."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", name).lower().replace("\u00a0", " ").replace("\u202f", " ")


def reached(resolution: Resolution) -> str | None:
    """The file that a link leads to, be it by Obsidian's choice or without the place it asks for; None if to none."""
    match resolution:
        case Resolved(path) | MissingAnchor(path):
            return path
        case Ambiguous(candidates):
            return candidates[0]
    return None


class Vault:
    """All notes and files of a vault, indexed once. Asking it never changes what it answers.

    ``notes`` are the files that were read, canvases and bases among them, by path; ``files`` the paths of all files.
    A file that Obsidian excludes can be linked to, but another of the same name comes before it.
    """

    def __init__(
        self,
        notes: Iterable[Note],
        files: Iterable[str],
        settings: Settings = Settings(),  # noqa: B008
    ) -> None:
        self.notes: Mapping[str, Note] = {note.path: note for note in sorted(notes, key=lambda note: note.path)}
        self.files: Sequence[str] = sorted(files)
        self.settings = settings
        by_name: defaultdict[str, list[str]] = defaultdict(list)
        for path in self.files:
            by_name[fold(path.rpartition("/")[2])].append(path)
        self._by_name: Mapping[str, Sequence[str]] = dict(by_name)
        self._paths: dict[str, str] = {}
        for path in self.files:
            self._paths.setdefault(fold(path), path)
        # Outcomes that hold from wherever the link stands, by target as written.
        self._anywhere: dict[str, Resolution] = {}
        self._from_folder: dict[tuple[str, str], Resolution] = {}
        self._by_address: dict[tuple[str, str], Resolution] = {}
        # Candidates that stand together in path order are known by the first of them and their number.
        self._undecided: dict[tuple[str, str, int], Resolution] = {}
        self._ends: dict[str, Mapping[str, Sequence[str]]] = {}
        self._anchors: dict[str, _Anchors] = {}
        self._outgoing: dict[str, Sequence[tuple[Link, Resolution]]] = {}
        self._unsettled: dict[str, Sequence[tuple[Link, Resolution]]] = {}

    # -- where a link leads --------------------------------------------------------------------------------------------

    def resolve(self, link: Link, note: Note) -> Resolution:
        """Where ``link``, standing in ``note``, leads."""
        target = link.target
        found: Resolution = (
            self._anywhere.get(target) or self._find(target, note.folder) if target else Resolved(note.path)
        )
        if link.syntax == "markdown" and type(found) is MissingNote:
            found = self._address(target, note.folder)
        if link.subpath and type(found) is Resolved and found.path[-3:].lower() == ".md":
            return self._anchor(found.path, link.subpath, link.syntax == "markdown")
        return found

    def _find(self, target: str, folder: str) -> Resolution:
        key = (folder, target)
        if (known := self._from_folder.get(key)) is not None:
            return known
        if _URL.match(target) and fold(target.rpartition("/")[2]) not in self._by_name:
            found: Resolution = External(target)
            self._anywhere[target] = found
            return found
        if target.startswith(("./", "../")):
            found = self._at(_join(folder, target), target)
        elif target.startswith("/"):
            found = self._at(target.strip("/"), target)
            self._anywhere[target] = found
        else:
            found = self._among(target, folder)
        self._from_folder[key] = found
        return found

    def _address(self, target: str, folder: str) -> Resolution:
        """Where a Markdown link leads that names no file: it is an address, and may lead to what is no note.

        It may have a query, mean a note as site builders serve it (`usage/` is `usage.md`), or lead to a folder or to a
        place outside the vault. Hidden files are outside the vault too.
        """
        key = (folder, target)
        if (known := self._by_address.get(key)) is not None:
            return known
        path = without_query(target)
        found = self._find(path, folder) if path != target else MissingNote(path)
        if type(found) is MissingNote:
            here = _join("" if path.startswith("/") else folder, path)
            if not here or not path or _HIDDEN.search(path):
                found = External(target)
            else:
                # What does not begin with a dot may be relative to the vault's root as well.
                places = [here] if path.startswith(".") else [here, _join("", path) or here]
                for place in places:
                    if type(found) is MissingNote:
                        found = self._at(place, path)
                if type(found) is MissingNote and any(map(self.is_folder, places)):
                    found = External(target)
        self._by_address[key] = found
        return found

    def _at(self, path: str | None, target: str) -> Resolution:
        """The file at exactly this path, with or without `.md`."""
        if path is not None:
            wanted = fold(path)
            if exact := self._paths.get(wanted) or self._paths.get(wanted + ".md"):
                return Resolved(exact)
        return MissingNote(target)

    def _among(self, target: str, folder: str) -> Resolution:
        """The file meant by a name or the end of a path, from a note in ``folder``."""
        wanted = fold(target)
        # The name as it stands comes before the name with `.md` (second-hand).
        for end in (wanted, wanted + ".md"):
            candidates = self._ending(end)
            if not candidates:
                continue
            if exact := self._paths.get(end):
                self._anywhere[target] = found = Resolved(exact)
                return found
            if len(candidates) == 1:
                self._anywhere[target] = found = Resolved(candidates[0])
                return found
            return self._choose(candidates, end, folder)
        self._anywhere[target] = missing = MissingNote(target)
        return missing

    def _choose(self, candidates: Sequence[str], end: str, folder: str) -> Resolution:
        if folder:
            if beside := self._paths.get(f"{fold(folder)}/{end}"):
                return Resolved(beside)
            # Candidates are in path order, so that those below the folder stand together.
            first = bisect_left(candidates, folder + "/")
            past = bisect_left(candidates, folder + "0")  # "0" follows "/"
            if past - first == 1:
                return Resolved(candidates[first])
            if past > first:
                candidates = candidates[first:past]
        key = (end, candidates[0], len(candidates))
        if (known := self._undecided.get(key)) is None:
            shown = [path for path in candidates if path not in self.settings.ignored] or candidates
            known = Resolved(shown[0]) if len(shown) == 1 else Ambiguous(tuple(sorted(shown, key=_rank)))
            self._undecided[key] = known
        return known

    def _ending(self, end: str) -> Sequence[str]:
        """The files whose path is ``end`` or ends with ``/`` and it, folded; in path order."""
        name = end.rpartition("/")[2]
        named = self._by_name.get(name, ())
        if name == end or not named:
            return named
        if len(named) <= _MANY:
            return [path for path in named if (folded := fold(path)) == end or folded.endswith("/" + end)]
        if (ends := self._ends.get(name)) is None:
            grown: defaultdict[str, list[str]] = defaultdict(list)
            for path in named:
                parts = fold(path).split("/")
                for index in range(len(parts)):
                    grown["/".join(parts[index:])].append(path)
            self._ends[name] = ends = grown
        return ends.get(end, ())

    # -- and where in the note -----------------------------------------------------------------------------------------

    def _anchor(self, path: str, subpath: str, slugs: bool) -> Resolution:
        return self._anchors_of(path).find(subpath, slugs) if path in self.notes else Resolved(path)

    def _anchors_of(self, path: str) -> _Anchors:
        if (anchors := self._anchors.get(path)) is None:
            self._anchors[path] = anchors = _Anchors(self.notes[path])
        return anchors

    # -- questions asked of the whole ----------------------------------------------------------------------------------

    def outgoing(self, note: Note) -> Sequence[tuple[Link, Resolution]]:
        """The note's links and where each leads, in the note's order; worked out once."""
        known = self._outgoing.get(note.path)
        if known is None:
            self._outgoing[note.path] = known = [(link, self.resolve(link, note)) for link in note.links]
        return known

    def unsettled(self, note: Note) -> Sequence[tuple[Link, Resolution]]:
        """Those of the note's links that do not simply lead somewhere; most notes have none."""
        known = self._unsettled.get(note.path)
        if known is None:
            known = [found for found in self.outgoing(note) if type(found[1]) is not Resolved] or ()
            self._unsettled[note.path] = known
        return known

    def backlinks(self, path: str) -> Sequence[tuple[str, Link]]:
        """The links that lead to the file ``path``: (path of the note it stands in, link), by path and position."""
        return self._backlinks.get(path, ())

    def with_alias(self, name: str) -> Sequence[str]:
        """The paths of the notes that have ``name`` as an alias, compared as names are."""
        return self._by_alias.get(fold(name), ())

    def named(self, name: str) -> Sequence[str]:
        """The paths of the notes whose name is ``name``, compared as names are."""
        return self._by_name.get(fold(name) + ".md", ())

    def with_extension(self, name: str) -> str | None:
        """The file name that lacks only its extension in ``name``, if there is one such file."""
        found = self._by_stem.get(fold(name), ())
        return found[0] if len(found) == 1 else None

    def link_text(self, path: str) -> str:
        """The shortest target that leads to the file ``path`` from everywhere: its name, else its path."""
        shown = path[:-3] if path[-3:].lower() == ".md" else path
        name = shown.rpartition("/")[2]
        return name if len(self._by_name.get(fold(path.rpartition("/")[2]), ())) == 1 else shown

    def repeats(self, path: str, heading: Heading) -> int:
        """How many headings of the note ``path`` read like ``heading`` to a link."""
        return len(self._anchors_of(path).headings[comparable(heading.text)])

    def is_folder(self, path: str) -> bool:
        """Whether a folder of the vault is at ``path``, and files in it."""
        return fold(path.strip("/")) in self._folders

    def nearest(self, name: str) -> str | None:
        """The note's name most like ``name``, if one is like enough to be meant."""
        return self._nearest_note.find(name)

    def nearest_file(self, name: str) -> str | None:
        """The attachment's file name most like ``name``, if one is like enough to be meant."""
        return self._nearest_file.find(name)

    @cached_property
    def _backlinks(self) -> Mapping[str, Sequence[tuple[str, Link]]]:
        found: defaultdict[str, list[tuple[str, Link]]] = defaultdict(list)
        for note in self.notes.values():
            for link, resolution in self.outgoing(note):
                if (path := reached(resolution)) is not None:
                    found[path].append((note.path, link))
        return dict(found)

    @cached_property
    def _by_alias(self) -> Mapping[str, Sequence[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for note in self.notes.values():
            for alias in {fold(alias.name) for alias in note.aliases}:
                found[alias].append(note.path)
        return dict(found)

    @cached_property
    def _by_stem(self) -> Mapping[str, Sequence[str]]:
        """The names of files that are no notes, by their names without extension."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for path in self.files:
            name = path.rpartition("/")[2]
            stem, dot, extension = name.rpartition(".")
            if dot and extension.lower() != "md":
                found[fold(stem)].append(name)
        return dict(found)

    @cached_property
    def _folders(self) -> frozenset[str]:
        found: set[str] = set()
        for path in self.files:
            folder = path.rpartition("/")[0]
            while folder and (folded := fold(folder)) not in found:
                found.add(folded)
                folder = folder.rpartition("/")[0]
        return frozenset(found)

    @cached_property
    def _nearest_note(self) -> Nearest:
        return Nearest(note.name for note in self.notes.values())

    @cached_property
    def _nearest_file(self) -> Nearest:
        return Nearest(path.rpartition("/")[2] for path in self.files if path not in self.notes)


class _Anchors:
    """The places in one note that a link may ask for."""

    def __init__(self, note: Note) -> None:
        self.note = note
        self.found: dict[tuple[str, bool], Resolution] = {}

    def find(self, subpath: str, slugs: bool) -> Resolution:
        key = (subpath, slugs)
        if (known := self.found.get(key)) is None:
            self.found[key] = known = self._look(subpath, slugs)
        return known

    def _look(self, subpath: str, slugs: bool) -> Resolution:
        path = self.note.path
        last = subpath.rpartition("#")[2].strip()
        if last.startswith("^"):
            if block := self.blocks.get(last[1:].lower()):
                return Resolved(path, block)
            return MissingAnchor(path, subpath)
        if last.startswith("[^") and last.endswith("]"):
            if footnote := self.footnotes.get(last[2:-1].lower()):
                return Resolved(path, footnote)
            return MissingAnchor(path, subpath)
        if heading := self._heading(subpath):
            return Resolved(path, heading)
        if slugs:
            # GitHub sets this before every id, and both lead there.
            for asked in (subpath, subpath.removeprefix("user-content-")):
                slug = asked.lower()
                if heading := self.slugs.get(slug) or self.slugs.get(_loose(slug)):
                    return Resolved(path, heading, by_slug=True)
                # Every browser takes `#top` for the page's beginning.
                if asked in self.ids or slug == "top" or _LINES.fullmatch(asked):
                    return Resolved(path, by_slug=True)
        return MissingAnchor(path, subpath)

    def _heading(self, subpath: str) -> Heading | None:
        """`A#B` walks down: B is a later and deeper heading than A."""
        segments = [segment for part in subpath.split("#") if (segment := comparable(part))]
        headings = self.note.headings
        if len(segments) > 1 and (found := self._walk(segments)) is not None:
            return headings[found]
        # A `#` may be part of the heading, as in `C# in short`.
        whole = self.headings.get(comparable(subpath))
        return headings[whole[0]] if whole else None

    def _walk(self, segments: Sequence[str]) -> int | None:
        """The heading the segments lead down to; the first of them that has the rest below it is taken."""
        headings = self.note.headings
        reached: Sequence[int] = self.headings.get(segments[0], ())
        for segment in segments[1:]:
            below = []
            above = iter(reached)
            upper = next(above, None)
            shallowest = 7
            for place in self.headings.get(segment, ()):
                while upper is not None and upper < place:
                    shallowest = min(shallowest, headings[upper].level)
                    upper = next(above, None)
                if shallowest < headings[place].level:
                    below.append(place)
            reached = below
        return reached[0] if reached else None

    @cached_property
    def headings(self) -> Mapping[str, Sequence[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for index, heading in enumerate(self.note.headings):
            found[comparable(heading.text)].append(index)
        return dict(found)

    @cached_property
    def blocks(self) -> Mapping[str, Block]:
        found: dict[str, Block] = {}
        for block in self.note.blocks:
            found.setdefault(block.id.lower(), block)
        return found

    @cached_property
    def footnotes(self) -> Mapping[str, Footnote]:
        found: dict[str, Footnote] = {}
        for footnote in self.note.footnotes:
            found.setdefault(footnote.label.lower(), footnote)
        return found

    @cached_property
    def slugs(self) -> Mapping[str, Heading]:
        """Headings by GitHub's slug, then by what is like it, `-1` and so on added to repeated ones."""
        found: dict[str, Heading] = {}
        exact = [github_slug(heading.text) for heading in self.note.headings]
        renderings = [exact, [_loose(slug) for slug in exact]]
        if any("![" in heading.text for heading in self.note.headings):
            renderings.append([_loose(github_slug(heading.text, alt=True)) for heading in self.note.headings])
        for slugs in renderings:
            seen: defaultdict[str, int] = defaultdict(int)
            for heading, slug in zip(self.note.headings, slugs, strict=True):
                count = seen[slug]
                seen[slug] += 1
                if slug:
                    found.setdefault(f"{slug}-{count}" if count else slug, heading)
        return found

    @cached_property
    def ids(self) -> frozenset[str]:
        return frozenset(self.note.anchors)


def comparable(heading: str) -> str:
    """A heading's text, or a link's subpath, as Obsidian compares them."""
    return _HEADING_MARKS.sub(" ", heading).strip().lower()


def without_query(target: str) -> str:
    """A Markdown link's target without the query at its end, if it has one."""
    path, mark, query = target.partition("?")
    return path if mark and _QUERY.fullmatch(query) else target


def github_slug(text: str, alt: bool = False) -> str:
    """GitHub's slug of a heading; with an image's alternative text if ``alt``, which site builders take."""
    read = _read(text[:_SLUG_LENGTH], alt).strip().lower()
    if read.isascii():
        kept = _SLUG_DROPS.sub("", read)
    else:
        kept = "".join(letter for letter in read if letter in "- " or _is_word(unicodedata.category(letter)))
    return kept.replace(" ", "-")


def _is_word(category: str) -> bool:
    # Ruby's `\p{Word}`. Python's `\w` has no marks, and with them no vowels of many scripts, but numbers such as `²`.
    return category[0] in "LM" or category in ("Nd", "Pc")


def _read(text: str, alt: bool) -> str:
    """What is read of a heading: the labels of its links, and no marks but those that the slug leaves out anyway."""
    if "`" in text:
        text = _code_as_escaped(text)
    if "&" in text:
        text = _ENTITY.sub(_decoded, text)
    if "[" in text:
        # A second time for the links around what were links: a picture that leads somewhere.
        for _ in range(2):
            text = _LABELLED.sub(lambda match: _label(match, alt), text)
    return _INLINE_MARKUP.sub(lambda match: match["escaped"] or match["emphasis"] or "", text)


def _code_as_escaped(text: str) -> str:
    """``text`` with every code span written as escaped text, so that nothing in it is taken for markup."""
    runs = list(_TICKS.finditer(text))
    by_length: defaultdict[int, list[int]] = defaultdict(list)
    for index, run in enumerate(runs):
        by_length[len(run[0])].append(index)
    pieces: list[str] = []
    done = 0
    for index, run in enumerate(runs):
        start = run.start()
        if start < done:
            continue
        before = text[done:start]
        if (len(before) - len(before.rstrip("\\"))) % 2:
            start += 1
        alike = by_length.get(run.end() - start, [])
        closing = bisect_right(alike, index)
        if closing < len(alike):
            end = runs[alike[closing]]
            pieces += text[done:start], _PUNCTUATION.sub(r"\\\g<0>", text[run.end() : end.start()])
            done = end.end()
    return "".join(pieces) + text[done:]


def _decoded(match: re.Match[str]) -> str:
    from html import unescape

    decoded = unescape(match[0])
    return f"\\{decoded}" if _PUNCTUATION.fullmatch(decoded) else decoded


def _label(match: re.Match[str], alt: bool) -> str:
    if match["image"] and not alt:
        return ""
    if match["label"] is not None:
        return match["label"]
    return match["wikilink"] if match["wikilink"] is not None else match[0]


def _loose(slug: str) -> str:
    """A slug without what renderers differ in: marks, numbers such as `²`, emoji, and how many dashes `a & b` gives."""
    if not slug.isascii():
        composed = unicodedata.normalize("NFC", slug)
        slug = "".join(
            letter
            for letter in composed
            if letter.isascii() or unicodedata.category(letter)[0] == "L" or letter.isdecimal()
        )
    return re.sub("-{2,}", "-", slug).strip("-")


def _rank(path: str) -> tuple[int, str]:
    # Obsidian takes the shortest path, counted in characters; what it does with ties is not stable.
    return len(path), path


def _join(folder: str, relative: str) -> str | None:
    """The vault path that ``relative`` means from ``folder``; None if it leads out of the vault."""
    parts = folder.split("/") if folder else []
    for part in relative.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
