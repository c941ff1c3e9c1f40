"""Canvases drawn, and bases told: https://jsoncanvas.org/spec/1.0, https://help.obsidian.md/bases/syntax.

A canvas is one SVG without a script or a style of its own. Its cards hold HTML, so that their links and lists are read
and followed as in a note; what stands where and what leads to what is also told as a list.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import escape, unescape
from typing import Any, Literal, Protocol, TypeAlias
from urllib.parse import unquote

from msgspec import Struct

from fmvault import properties
from fmvault.graph.excerpts import shortened
from fmvault.model import Block, Heading, Json, Link, Note, Resolved, Span
from fmvault.plain import plain
from fmvault.publish.addresses import href
from fmvault.publish.contexts import Entry, Ref
from fmvault.publish.markup.media import SCHEMES
from fmvault.publish.published import Published
from fmvault.publish.svg import is_active, is_svg
from fmvault.publish.titles import title
from fmvault.vault import fold, reached

# What is read of a canvas; more no browser draws at ease.
_MOST_NODES, _MOST_EDGES = 2_000, 5_000
_MOST_TEXT, _LONGEST_TEXT, _LONGEST_LABEL = 1_000_000, 20_000, 200
# A note of which a card shows a part is no longer than this, in bytes.
_LONGEST_NOTE = 100_000
# In the canvas' own unit, a pixel. What lies further out is moved in, so that the rest can still be seen.
_FARTHEST, _LARGEST = 100_000, 20_000
_MARGIN = 40
_LEAD, _TITLE = 300, 80
# What is drawn of a canvas in full where a note embeds it; a larger one is drawn in outline.
_MANY_NODES, _MANY_EDGES, _MUCH_TEXT = 200, 400, 60_000
# How wide a canvas is, in steps that the style sheet knows.
_A_STEP, _STEPS = 500, 8
# An arrow's head, and how far an edge leaves its side before it turns.
_HEAD, _HALF = 14, 7
_NEAR, _FAR = 30, 200

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z")
_ADDRESS = re.compile(rf"(?:https?://|obsidian://|(?:{'|'.join(SCHEMES)}):)[^\s\x00-\x1f\x7f\\<>\"]+\Z", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".svg")

Side: TypeAlias = Literal["top", "right", "bottom", "left"]
_OUTWARD: Mapping[Side, tuple[int, int]] = {"top": (0, -1), "right": (1, 0), "bottom": (0, 1), "left": (-1, 0)}


class Passages(Protocol):
    """What renders text: all that is asked of a ``Renderer`` here."""

    def passage(self, note: Note, span: Span, page: str) -> str:
        """The HTML of a stretch of a note, its links relative to ``page``."""

    def place(self, note: Note, anchor: Heading | Block, page: str) -> str:
        """The HTML of a section or block of a note, its links relative to ``page``."""


class Catalogue(Protocol):
    """What the interface says, by key."""

    def __getitem__(self, key: str, /) -> str: ...


class _Node(Struct, frozen=True):
    """A node that is drawn. ``html`` is what its card holds, ``text`` what it says, ``picture`` an image's address."""

    id: str
    type: Literal["group", "text", "file", "link"]
    x: int
    y: int
    width: int
    height: int
    colour: str
    ref: Ref
    html: str = ""
    text: str = ""
    picture: str = ""


class _Edge(Struct, frozen=True):
    source: _Node
    target: _Node
    sides: tuple[Side, Side]
    arrows: tuple[bool, bool]
    colour: str
    label: str


def canvas(published: Published, renderer: Passages, note: Note, page: str) -> tuple[str, Sequence[Entry]]:
    """The canvas as SVG, and a list of what it holds and what leads where; nothing and no entry if there is none.

    Cards of what is not published are left out with all that leads to them.
    """
    nodes, edges = _parts(published, renderer, note, page, _data(published, note), _MOST_TEXT)
    return (_drawn(nodes, edges, note), _listing(nodes, edges)) if nodes else ("", ())


def embedded(published: Published, renderer: Passages, note: Note, page: str) -> tuple[str, bool]:
    """The canvas as SVG on a page that embeds it, and whether that is all of it; nothing if there is none.

    Of a large one there are the groups, the places of the cards and what joins them, without what the cards hold.
    """
    data = _data(published, note)
    listed = _list(data, "nodes")
    texts = (each.get("text") for each in listed if isinstance(each, dict))
    is_whole = (
        len(listed) <= _MANY_NODES
        and len(_list(data, "edges")) <= _MANY_EDGES
        and sum(len(text) for text in texts if isinstance(text, str)) <= _MUCH_TEXT
    )
    nodes, edges = _parts(published, renderer, note, page, data, _MOST_TEXT if is_whole else 0)
    if not nodes:
        return "", True
    # All of it is on its own page.
    return (_drawn(nodes, edges, note, scrolls=False) if is_whole else _outlined(nodes, edges, note)), is_whole


def _data(published: Published, note: Note) -> Json:
    try:
        # What stands for no number is none.
        data: Json = json.loads(published.read(note.path).decode("utf-8-sig"), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    return data


def _parts(
    published: Published, renderer: Passages, note: Note, page: str, data: Json, left: int
) -> tuple[Sequence[_Node], Sequence[_Edge]]:
    """What of a canvas is drawn; its cards hold no more text than ``left``, in characters."""
    found: dict[str, _Node] = {}
    for each in _list(data, "nodes")[:_MOST_NODES]:
        node = _node(published, renderer, note, page, each, left)
        if node is not None and node.id not in found:
            found[node.id] = node
            left -= len(node.text)
    edges = [edge for each in _list(data, "edges")[:_MOST_EDGES] if (edge := _edge(each, found)) is not None]
    return list(found.values()), edges


def _list(data: Json, key: str) -> list[Json]:
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, list) else []


def _node(published: Published, renderer: Passages, board: Note, page: str, data: Json, left: int) -> _Node | None:
    if not isinstance(data, dict):
        return None
    id, type = data.get("id"), data.get("type")
    x, y = _number(data.get("x"), -_FARTHEST, _FARTHEST), _number(data.get("y"), -_FARTHEST, _FARTHEST)
    width, height = _number(data.get("width"), 1, _LARGEST), _number(data.get("height"), 1, _LARGEST)
    if not isinstance(id, str) or x is None or y is None or width is None or height is None:
        return None
    html = text = picture = ""
    kind: Literal["group", "text", "file", "link"]
    if type == "group":
        kind, ref = "group", Ref(title=_line(data.get("label")), href=None)
    elif type == "text":
        kind = "text"
        card = _card(published, board, _text(data.get("text"))[: max(0, min(_LONGEST_TEXT, left))])
        assert card.text is not None
        span = Span(card.body, len(card.text.source))
        html, text = renderer.passage(card, span, page), plain(card, span)
        ref = Ref(title=shortened(text, _TITLE), href=None)
    elif type == "file":
        kind = "file"
        path = _text(data.get("file")).lstrip("/")
        nowhere = Span(0, 0)
        link = Link(nowhere, f"/{path}", _text(data.get("subpath")).lstrip("#"), None, True, "canvas", -1, nowhere)
        outcome = published.vault.resolve(link, board)
        led_to = reached(outcome)
        if not path or led_to is None or led_to not in published.addresses:
            return None
        address = published.addresses[led_to]
        ref, lead = _file(published, led_to, address, page, outcome.anchor if isinstance(outcome, Resolved) else None)
        if led_to.lower().endswith(_PICTURES):
            picture = href(address, page)
        html = f"<p>{escape(lead)}</p>" if lead else ""
        text = lead
        if isinstance(outcome, Resolved) and isinstance(outcome.anchor, Heading | Block):
            other = published.vault.notes[outcome.path]
            if other.text is not None and len(other.text.source) <= min(_LONGEST_NOTE, left):
                html = renderer.place(other, outcome.anchor, page)
                text = unescape(_TAG.sub("", html)).strip()
        html = f'<p class="canvas-title">{_linked(ref)}</p>{html}'
    elif type == "link":
        kind = "link"
        url = _line(data.get("url"), 2_000)
        if not url.lower().startswith(("http://", "https://", "mailto:")) and published.tells(unquote(url)):
            return None
        shown = shortened(url.partition("://")[2] or url, _TITLE)
        ref = Ref(title=shown, href=url if _ADDRESS.match(url) else None)
        html = f'<p class="canvas-title">{_linked(ref)}</p>'
    else:
        return None
    return _Node(id, kind, x, y, width, height, _coloured(data.get("color")), ref, html, text, picture)


def _card(published: Published, board: Note, text: str) -> Note:
    """The text of a card, in which links to places in itself are what they read: those places have no ids."""
    card = published.card(board, text)
    own = [link for link in card.links if not link.target and link.syntax in ("wikilink", "markdown")]
    if not own or card.text is None:
        return card
    pieces: list[bytes] = []
    at = 0
    for link in own:
        if link.span.start >= at:
            shown = link.label or link.subpath
            pieces += card.text.source[at : link.span.start], shown.encode()
            at = link.span.end
    return published.card(board, b"".join((*pieces, card.text.source[at:])).decode("utf-8", "replace"))


def _file(published: Published, path: str, address: str, page: str, anchor: Any) -> tuple[Ref, str]:
    """A link to a file of the vault, and what it is about."""
    note = published.vault.notes.get(path)
    if note is None or path[-3:].lower() != ".md":
        name = path.rpartition("/")[2]
        if note is not None:
            return Ref(title=name.rpartition(".")[0] or name, href=href(address, page), key=address), ""
        # What a browser would run is not there to be opened.
        return Ref(title=name, href=None if is_active(path) and not is_svg(path) else href(address, page)), ""
    definition = published.concepts.definitions.get(path)
    lead = shortened(definition.text, _LEAD) if definition else ""
    leads_to = href(address, page, published.addresses.fragment(path, anchor))
    return Ref(title=title(note), href=leads_to, key=address, lead=lead), lead


def _linked(ref: Ref) -> str:
    if ref.href is None:
        return escape(ref.title)
    if ref.key:
        return f'<a class="link" href="{escape(ref.href)}" data-note="{escape(ref.key)}">{escape(ref.title)}</a>'
    if _ADDRESS.match(ref.href):
        return f'<a class="external" href="{escape(ref.href)}" rel="noopener noreferrer">{escape(ref.title)}</a>'
    return f'<a href="{escape(ref.href)}">{escape(ref.title)}</a>'


def _edge(data: Json, nodes: Mapping[str, _Node]) -> _Edge | None:
    if not isinstance(data, dict):
        return None
    source, target = (nodes.get(_text(data.get(key))) for key in ("fromNode", "toNode"))
    if source is None or target is None or source is target:
        return None
    one, other = _sides(source, target)
    first, last = _side(data.get("fromSide"), one), _side(data.get("toSide"), other)
    return _Edge(
        source,
        target,
        (first, last),
        (data.get("fromEnd") == "arrow", data.get("toEnd", "arrow") != "none"),
        _coloured(data.get("color")),
        _line(data.get("label")),
    )


def _side(value: Json, facing: Side) -> Side:
    return value if value in ("top", "right", "bottom", "left") else facing


def _sides(source: _Node, target: _Node) -> tuple[Side, Side]:
    """The sides that face each other, where a canvas does not say which an edge joins."""
    across = (2 * target.x + target.width) - (2 * source.x + source.width)
    down = (2 * target.y + target.height) - (2 * source.y + source.height)
    if abs(across) > abs(down):
        return ("right", "left") if across > 0 else ("left", "right")
    return ("bottom", "top") if down > 0 else ("top", "bottom")


def _number(value: Json, least: int, most: int) -> int | None:
    """A whole number in a range; None for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return None
    return round(min(max(value, least), most))


def _text(value: Json) -> str:
    """The text, without halves of surrogate pairs; empty for what is none."""
    return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "") if isinstance(value, str) else ""


def _line(value: Json, length: int = _LONGEST_LABEL) -> str:
    return shortened(_text(value), length)


def _coloured(value: Json) -> str:
    """The attribute for one of Obsidian's six colours, or for one of the canvas' own."""
    if value in ("1", "2", "3", "4", "5", "6"):
        return f' data-color="{value}"'
    return f' color="{value}"' if isinstance(value, str) and _COLOUR.match(value) else ""


# -- drawn -------------------------------------------------------------------------------------------------------------


def _drawn(nodes: Sequence[_Node], edges: Sequence[_Edge], board: Note, *, scrolls: bool = True) -> str:
    """The whole board; where it ``scrolls``, so do cards that say more than they have room for."""
    return "".join(
        (
            _opening(nodes, board, "group"),
            # Groups lie below all, and cards above what joins them.
            *(_shown_group(node) for node in nodes if node.type == "group"),
            *map(_shown_edge, edges),
            *(_shown_card(node, scrolls) for node in nodes if node.type != "group"),
            *(_shown_label(edge) for edge in edges if edge.label),
            "</svg>",
        )
    )


def _outlined(nodes: Sequence[_Node], edges: Sequence[_Edge], board: Note) -> str:
    lines = "".join(_line_of(edge) for edge in edges)
    return "".join(
        (
            _opening(nodes, board, "img"),
            *(_shown_group(node) for node in nodes if node.type == "group"),
            f'<path class="canvas-lines" d="{lines}" fill="none"/>' if lines else "",
            *(
                f'<g class="canvas-card"{node.colour}><rect {_box(node)} rx="8"/></g>'
                for node in nodes
                if node.type != "group"
            ),
            "</svg>",
        )
    )


def _opening(nodes: Sequence[_Node], board: Note, role: str) -> str:
    left, top = min(node.x for node in nodes) - _MARGIN, min(node.y for node in nodes) - _MARGIN
    width = max(node.x + node.width for node in nodes) + _MARGIN - left
    height = max(node.y + node.height for node in nodes) + _MARGIN - top
    name = escape(board.name.removesuffix(".canvas"))
    return (
        f'<svg class="canvas" viewBox="{left} {top} {width} {height}" width="{width}" height="{height}"'
        # On a phone it is no smaller than what can be read.
        f' data-wide="{min(_STEPS, -(-width // _A_STEP))}" role="{role}" aria-label="{name}">'
    )


def _box(node: _Node) -> str:
    return f'x="{node.x}" y="{node.y}" width="{node.width}" height="{node.height}"'


def _shown_group(node: _Node) -> str:
    label = f'<text x="{node.x}" y="{node.y - 10}">{escape(node.ref.title)}</text>' if node.ref.title else ""
    return f'<g class="canvas-group"{node.colour}><rect {_box(node)} rx="8"/>{label}</g>'


def _shown_card(node: _Node, scrolls: bool) -> str:
    if node.picture:
        inside = (
            f'<image {_box(node)} href="{escape(node.picture)}" preserveAspectRatio="xMidYMid meet"'
            f' role="img" aria-label="{escape(node.ref.title)}"/>'
        )
    else:
        # What may not fit is reached by keyboard too.
        lines = sum(1 + len(line) * 9 // node.width for line in node.text.split("\n"))
        stop = ' tabindex="0"' if scrolls and lines * 28 + 60 > node.height else ""
        inside = f'<foreignObject {_box(node)}><div class="canvas-body"{stop}>{node.html}</div></foreignObject>'
    return f'<g class="canvas-card canvas-{node.type}"{node.colour}><rect {_box(node)} rx="8"/>{inside}</g>'


def _shown_edge(edge: _Edge) -> str:
    (x1, y1), (x2, y2), (x3, y3), (x4, y4) = _curve(edge)
    heads = "".join(
        _head(end, side)
        for end, side, is_there in zip(((x1, y1), (x4, y4)), edge.sides, edge.arrows, strict=True)
        if is_there
    )
    line = f'<path d="M{x1} {y1}C{x2} {y2} {x3} {y3} {x4} {y4}" fill="none"/>'
    return f'<g class="canvas-edge"{edge.colour} aria-hidden="true">{line}{heads}</g>'


def _line_of(edge: _Edge) -> str:
    (x1, y1), (x2, y2) = _middle(edge.source, edge.sides[0]), _middle(edge.target, edge.sides[1])
    return f"M{x1} {y1}L{x2} {y2}"


def _shown_label(edge: _Edge) -> str:
    (x1, y1), (x2, y2), (x3, y3), (x4, y4) = _curve(edge)
    # The middle of the curve.
    x, y = (x1 + 3 * x2 + 3 * x3 + x4) // 8, (y1 + 3 * y2 + 3 * y3 + y4) // 8
    return f'<text class="canvas-label"{edge.colour} x="{x}" y="{y}" text-anchor="middle">{escape(edge.label)}</text>'


def _curve(edge: _Edge) -> Sequence[tuple[int, int]]:
    """The ends of an edge and, between them, the points it is drawn to: it leaves and meets sides at right angles."""
    first, last = _middle(edge.source, edge.sides[0]), _middle(edge.target, edge.sides[1])
    reach = max(_NEAR, min(_FAR, (abs(first[0] - last[0]) + abs(first[1] - last[1])) // 2))
    return [first, _out(first, edge.sides[0], reach), _out(last, edge.sides[1], reach), last]


def _middle(node: _Node, side: Side) -> tuple[int, int]:
    across, down = _OUTWARD[side]
    return node.x + node.width * (1 + across) // 2, node.y + node.height * (1 + down) // 2


def _out(point: tuple[int, int], side: Side, by: int) -> tuple[int, int]:
    across, down = _OUTWARD[side]
    return point[0] + across * by, point[1] + down * by


def _head(tip: tuple[int, int], side: Side) -> str:
    across, down = _OUTWARD[side]
    x, y = _out(tip, side, _HEAD)
    return (
        f'<path class="canvas-arrow" d="M{tip[0]} {tip[1]}L{x + down * _HALF} {y + across * _HALF}'
        f'L{x - down * _HALF} {y - across * _HALF}Z"/>'
    )


# -- told --------------------------------------------------------------------------------------------------------------


def _listing(nodes: Sequence[_Node], edges: Sequence[_Edge]) -> Sequence[Entry]:
    """The nodes from top to bottom, each with those that arrows lead to; a group with what lies in it."""
    leading: defaultdict[str, list[Ref]] = defaultdict(list)
    for edge in edges:
        backward, forward = edge.arrows
        if forward or not backward:
            leading[edge.source.id].append(_led_to(edge.target, edge.label))
        if backward:
            leading[edge.target.id].append(_led_to(edge.source, edge.label))
    found = []
    for node in sorted(nodes, key=lambda node: (node.y, node.x, node.id)):
        inner = [other.ref for other in nodes if _holds(node, other)] if node.type == "group" else []
        text = node.text if node.text != node.ref.title else ""
        found.append(Entry(ref=node.ref, text_html=escape(text), notes=[*inner, *leading[node.id]]))
    return found


def _led_to(node: _Node, label: str) -> Ref:
    ref = node.ref
    return Ref(title=f"{label}: {ref.title}", href=ref.href, key=ref.key, lead=ref.lead) if label else ref


def _holds(group: _Node, node: _Node) -> bool:
    return (
        node is not group
        and group.x <= node.x
        and group.y <= node.y
        and node.x + node.width <= group.x + group.width
        and node.y + node.height <= group.y + group.height
    )


# -- bases -------------------------------------------------------------------------------------------------------------

# What a view or a filter says at most.
_MOST_VIEWS, _MOST_LINES = 100, 200
_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'")
# What is no file's name but an ending or a span of time.
_NO_NAME = re.compile(r"\.?(?:md|canvas|base|png|jpe?g|pdf|svg)|-?\d+ ?[a-zA-Z]{1,7}")
# A filter that asks of files themselves names some.
_OF_FILES = re.compile(r"\bfile\b|\blink\b|\bthis\b|\[\[", re.IGNORECASE)


def base(published: Published, note: Note, texts: Catalogue) -> str:
    """What a base asks for, as HTML: its filters and formulas, its views and their columns.

    The names of files and folders that are not published are not told.
    """
    return noted(told(published, note, published.read(note.path), texts, "h2"), texts)


def noted(html: str, texts: Catalogue) -> str:
    """What is told of a base, below a word on what it is."""
    return f'<p class="plugin-note">{escape(texts["base_note"])}</p>{html}'


def told(published: Published, note: Note, source: bytes, texts: Catalogue, heading: str, view: str = "") -> str:
    """What the base ``source`` of ``note`` asks for; empty if that is nothing.

    ``heading`` is the element that views are headed by, with its attributes. Of a base with a view named ``view`` that
    view alone is told.
    """
    # A base is one document of YAML, as properties are, and read with the same care.
    source = source.removeprefix(b"\xef\xbb\xbf").removeprefix(b"---\n")
    read = properties.read(b"---\n" + source + b"\n---\n")
    teller = _Base(published, note, texts)
    tree = {each.key: teller.without_names(each.value) for each in read.properties} if read else {}
    parts = list(teller.described(tree, ("filters", "formulas")))
    names = teller.names(tree.get("properties"))
    views = [(each, _line(each.get("name"))) for each in _list(tree, "views")[:_MOST_VIEWS] if isinstance(each, dict)]
    named = [each for each in views if view and fold(each[1]) == fold(view)]
    for told_view, name in named[:1] or views:
        shown = escape(name or _line(told_view.get("type")) or texts["base_view"])
        parts.append(f'<section class="base-view"><{heading}>{shown}</{heading.partition(" ")[0]}>')
        parts += teller.described(told_view, ("type", "filters", "order", "sort", "groupBy", "limit"), names)
        parts.append("</section>")
    return "".join(parts)


class _Base:
    """Tells the parts of a base."""

    def __init__(self, published: Published, board: Note, texts: Catalogue) -> None:
        self.published = published
        self.board = board
        self.texts = texts

    def without_names(self, value: Json) -> Json:
        """A part of the base, with no text in it that names what is not published."""
        if isinstance(value, str):
            return "…" if self.published.tells(value) else value
        if isinstance(value, list):
            return [self.without_names(each) for each in value]
        if isinstance(value, dict):
            return {self.without_names(key): self.without_names(each) for key, each in value.items()}
        return value

    def names(self, told: Json) -> Mapping[str, str]:
        """What columns are called."""
        found = {}
        for key, value in told.items() if isinstance(told, dict) else ():
            if isinstance(value, dict) and (shown := _line(value.get("displayName"))):
                found[key] = shown
        return found

    def described(
        self,
        tree: Mapping[str, Json],
        keys: Sequence[str],
        names: Mapping[str, str] = {},
    ) -> Iterator[str]:
        rows = [(key, shown) for key in keys if (shown := self._said(key, tree.get(key), names))]
        if rows:
            yield '<dl class="base">'
            for key, shown in rows:
                yield f"<dt>{escape(self.texts[f'base_{key.lower()}'])}</dt><dd>{shown}</dd>"
            yield "</dl>"

    def _said(self, key: str, value: Json, names: Mapping[str, str]) -> str:
        if key == "filters":
            return "".join(self._filters(value, 0))
        if key == "formulas":
            formulas = value if isinstance(value, dict) else {}
            return _listed(f"{escape(name)} = {self._code(text)}" for name, text in formulas.items())
        if key == "order":
            columns = value if isinstance(value, list) else []
            return _listed(escape(self._column(each, names)) for each in columns if isinstance(each, str))
        if key in ("sort", "groupBy"):
            entries = value if isinstance(value, list) else [value]
            return _listed(self._sorted(each, names) for each in entries if isinstance(each, dict | str))
        return escape(_line(value if isinstance(value, str) else str(value))) if isinstance(value, str | int) else ""

    def _column(self, name: str, names: Mapping[str, str]) -> str:
        return names.get(name) or names.get(name.removeprefix("note.")) or _line(name)

    def _sorted(self, entry: Json, names: Mapping[str, str]) -> str:
        if isinstance(entry, str):
            return escape(self._column(entry, names))
        column = self._column(_text(entry.get("property") or entry.get("column")), names)
        arrow = {"DESC": " ↓", "ASC": " ↑"}.get(_text(entry.get("direction")).upper(), "")
        return escape(column + arrow)

    def _filters(self, value: Json, depth: int) -> Iterator[str]:
        if isinstance(value, str):
            yield self._code(value)
        elif isinstance(value, list):
            yield _listed("".join(self._filters(each, depth + 1)) for each in value[:_MOST_LINES])
        elif isinstance(value, dict):
            for key in ("and", "or", "not"):
                if key in value:
                    yield f"{escape(self.texts[f'base_{key}'])} "
                    yield from self._filters(value[key], depth + 1)

    def _code(self, value: Json) -> str:
        return f"<code>{escape(self._discreet(_line(value, 1_000)))}</code>"

    def _discreet(self, text: str) -> str:
        """``text`` without the names of files that there are not."""
        if not _OF_FILES.search(text):
            return text
        return _STRING.sub(lambda match: match[0] if self._is_public(match[1] or match[2] or "") else '"…"', text)

    def _is_public(self, name: str) -> bool:
        vault = self.published.vault
        target = properties.split_target(name.strip("[]"))[0]
        nowhere = Span(0, 0)
        link = Link(nowhere, target, "", None, False, "base", -1, nowhere)
        if not target or _NO_NAME.fullmatch(target) or vault.is_folder(target):
            return True
        if target.lstrip("#").lower() in self.published.addresses.tags:
            return True
        return reached(vault.resolve(link, self.board)) is not None


def _listed(items: Iterator[str] | Sequence[str]) -> str:
    shown = [f"<li>{item}</li>" for item in items if item]
    return f"<ul>{''.join(shown)}</ul>" if shown else ""
