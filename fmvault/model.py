"""The nouns: what a vault is made of, and what is said about it.

All are frozen ``msgspec`` structs, cheap to make by the hundred thousand. Offsets are UTF-8 byte offsets into a
file's source as it stands on disk (a byte order mark included); lines and columns are worked out only for what is
reported. Paths are relative to the vault's root, with ``/`` between folders.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any, Literal, TypeAlias

from msgspec import Struct

Severity: TypeAlias = Literal["error", "warning", "info"]
Syntax: TypeAlias = Literal["wikilink", "markdown", "property", "canvas", "base"]

PassageKind: TypeAlias = Literal["paragraph", "item", "table", "quote", "code", "html"]

# A plain JSON tree: None, bool, int, float, str, list of it, dict from str to it.
Json: TypeAlias = Any


# Where a thing that has a span begins, for whoever looks it up by its place.
START = attrgetter("span.start")


class Span(Struct, frozen=True, gc=False, array_like=True, order=True):
    """The bytes ``start`` up to, and without, ``end``."""

    start: int
    end: int


class Link(Struct, frozen=True, gc=False, array_like=True):
    r"""One internal link or embed, whatever its syntax.

    ``target`` is percent-decoded where the syntax asks for it and trimmed; empty means the note itself. ``subpath`` is
    what follows the first ``#``, without it. ``label`` is None where none is written. ``section`` is the index in
    ``Note.headings`` of the heading it stands under, -1 above the first. ``dest`` spans target and subpath as written,
    the part to change when the link is to lead elsewhere. ``key`` is the property's name for a link in a property.
    ``in_table``: it stands in a table's cell, where a bar is written ``\|``.
    """

    span: Span
    target: str
    subpath: str
    label: str | None
    embed: bool
    syntax: Syntax
    section: int
    dest: Span
    key: str = ""
    in_table: bool = False


class Heading(Struct, frozen=True, gc=False, array_like=True):
    """A heading of level 1 to 6; ``text`` is its raw source, markers and white space taken off."""

    span: Span
    level: int
    text: str


class Block(Struct, frozen=True, gc=False, array_like=True):
    """A block id, as in ``^id`` at a paragraph's end; the span takes in the ``^``."""

    span: Span
    id: str


class Tag(Struct, frozen=True, gc=False, array_like=True):
    """A tag without its ``#``, in the text or in the property ``tags``."""

    span: Span
    name: str
    in_property: bool


class Alias(Struct, frozen=True, gc=False, array_like=True):
    """Another name of the note, from its property ``aliases``."""

    span: Span
    name: str


class Property(Struct, frozen=True, gc=False, array_like=True):
    """A property of the frontmatter: ``key_span`` its name, ``span`` its value (empty where there is none).

    ``value`` is a JSON tree: dates and times are ISO strings, YAML aliases are resolved, depth and size are capped.
    ``items`` has the span of each entry where the value is a list. ``quoted``: a scalar was written in quotes.
    """

    key_span: Span
    span: Span
    key: str
    value: Json
    items: tuple[Span, ...] = ()
    quoted: bool = False


class Footnote(Struct, frozen=True, gc=False, array_like=True):
    """``[^label]`` where it is used, or ``[^label]:`` where it is defined."""

    span: Span
    label: str
    defines: bool


class Callout(Struct, frozen=True, gc=False, array_like=True):
    """``> [!type]- title``; ``span`` is the type's, between ``[!`` and ``]``."""

    span: Span
    type: str


class Allowance(Struct, frozen=True, gc=False, array_like=True):
    """A comment that allows faults: ``%% fmvault: allow broken-note %%``.

    ``rules`` has the names as written with their spans; ``covers`` is the stretch of text they hold for.
    """

    span: Span
    rules: tuple[tuple[str, Span], ...]
    covers: Span


class Edit(Struct, frozen=True, gc=False, array_like=True):
    """Replace the bytes of ``span`` by ``text``."""

    span: Span
    text: str


class Fix(Struct, frozen=True, gc=False):
    """A cure: ``title`` is an imperative sentence; ``safe`` if it can be applied without being looked at."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False


class Defect(Struct, frozen=True, gc=False):
    """A malformed thing met while a file was read; ``fault`` is the name of the rule that reports it."""

    fault: str
    span: Span
    message: str
    fix: Fix | None = None


class Passage(Struct, frozen=True, gc=False, array_like=True):
    """A block of a note's text that lies in no other; every entry of a list is one, with all that is nested in it."""

    span: Span
    kind: PassageKind


class Text(Struct, frozen=True, gc=False, array_like=True):
    """What a note says, kept where somebody is going to ask for it.

    ``source`` is the whole file as UTF-8. ``opaque`` are the stretches of it that are not read as they stand, sorted:
    code, math, HTML, comments and the destinations of links. ``hyperlinks`` are all links in Markdown's own syntax,
    those to other hosts among them, that lie in no other.
    """

    source: bytes
    passages: tuple[Passage, ...]
    opaque: tuple[Span, ...]
    hyperlinks: tuple[Span, ...]


class Note(Struct, frozen=True, gc=False):
    """A file that was read: a note, or a canvas or base with the links it holds.

    ``digest`` is the BLAKE2b-128 of the bytes on disk, ``size`` their number. ``anchors`` are ids set in raw HTML
    (``<a id="x">``) or behind a heading (``{#x}``). ``body`` is where the text after the frontmatter starts. ``text``
    is None unless the reader was asked to keep it.
    """

    path: str
    digest: bytes
    size: int
    body: int = 0
    properties: tuple[Property, ...] = ()
    aliases: tuple[Alias, ...] = ()
    headings: tuple[Heading, ...] = ()
    links: tuple[Link, ...] = ()
    blocks: tuple[Block, ...] = ()
    tags: tuple[Tag, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    callouts: tuple[Callout, ...] = ()
    anchors: tuple[str, ...] = ()
    defects: tuple[Defect, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    text: Text | None = None

    @property
    def name(self) -> str:
        """The file's name without folder and without ``.md``: what a wikilink calls it."""
        base = self.path.rpartition("/")[2]
        return base[:-3] if base[-3:].lower() == ".md" else base

    @property
    def folder(self) -> str:
        """The folder it lies in, without a slash at its end; empty at the vault's root."""
        return self.path.rpartition("/")[0]


# -- where a link leads: every outcome is a type ---------------------------------------------------------------------


class Resolved(Struct, frozen=True, gc=False):
    """It leads to the file ``path``, and there to ``anchor`` if it asked for one that can be checked.

    ``by_slug``: the anchor was found by GitHub's slug or an id that the text sets, which Obsidian does not follow.
    """

    path: str
    anchor: Heading | Block | Footnote | None = None
    by_slug: bool = False


class MissingNote(Struct, frozen=True, gc=False):
    """No file of the vault is meant by ``target``."""

    target: str


class MissingAnchor(Struct, frozen=True, gc=False):
    """The note ``path`` is there, the heading, block or footnote that ``subpath`` names is not."""

    path: str
    subpath: str


class Ambiguous(Struct, frozen=True, gc=False):
    """Two or more files are meant and only the length of their paths, or nothing, decides: the first is taken."""

    candidates: tuple[str, ...]


class External(Struct, frozen=True, gc=False):
    """It is none of the vault's business.

    It is a URL, or an address that a Markdown link gives of a place fmvault never looks at: a hidden file, a folder, or
    what lies outside the vault.
    """

    url: str


Resolution: TypeAlias = Resolved | MissingNote | MissingAnchor | Ambiguous | External


# -- what is said about a vault ---------------------------------------------------------------------------------------


class Finding(Struct, frozen=True, gc=False):
    """One fault at one place. ``message`` states the fact, then the help: lower case, no full stop."""

    rule: str
    path: str
    span: Span
    message: str
    severity: Severity
    fix: Fix | None = None
    link: Link | None = None
