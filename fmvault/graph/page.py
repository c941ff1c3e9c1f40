"""The explorer as one HTML file: its parts put together, its data packed, a table and a picture beside it."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from html import escape
from math import log10, sqrt
from typing import Any

from msgspec import Struct, convert
from msgspec.structs import replace

from fmvault.graph.explore import Document, encode

# JSON of so many bytes is left as it is.
PLAIN = 64 * 1024
# What unpacks to more was not written by us.
_LARGEST = 1 << 30
_SLOT = re.compile(r"\{\{([a-z]+)\}\}")
_CARRIER = re.compile(rb'<script type="application/json" id="fmvault-data">([^<]*)</script>')
# An address that is not relative to the page.
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|/")
# The picture's lines and names; more of either are no longer told apart.
_LINES, _NAMES, _NAME = 2000, 40, 40
# So many kinds, or communities, have a colour of their own: the classes k0, k1, ... of the page's style.
_COLOURS = 8


class Phrases(Struct, frozen=True):
    """The words of the table and the picture. ``{shown}`` and ``{all}`` stand for numbers of notes."""

    all_notes: str
    some_notes: str
    picture: str
    columns: tuple[str, str, str, str, str, str]
    missing: str


class Parts(Struct, frozen=True):
    """What the page is made of.

    ``template`` is HTML with ``{{slots}}``, ``script`` and ``style`` are the contents of these elements, and
    ``phrases`` what else is said, all in one ``language``.
    """

    language: str
    template: str
    script: str
    style: str
    phrases: Phrases


def parts(language: str) -> Parts:
    """The explorer of the package ``fmvault_site`` in a language. Raises ``ImportError`` where it is not installed."""
    from fmvault_site import explorer

    return convert(explorer(language), Parts, from_attributes=True)


def page(document: Document, parts: Parts) -> str:
    """The HTML of the explorer. The same document and parts give the same text.

    Text that comes from the vault is escaped. The page loads nothing, and runs no script but its own.
    """
    shown = _most_central(document)
    slots = {
        "lang": escape(parts.language),
        "csp": _policy(parts),
        "title": escape(document.title),
        "home": _home(document),
        "style": parts.style,
        "svg": picture(document, shown, parts.phrases),
        "table": table(document, shown, parts.phrases),
        "data": packed(document),
        "script": parts.script,
    }
    # All in one pass: what is filled in is not searched for slots.
    html = _SLOT.sub(lambda slot: slots.get(slot[1], slot[0]), parts.template)
    # A file's name may hold bytes that are no text.
    return html.encode("utf-8", "replace").decode()


def _policy(parts: Parts) -> str:
    script, style = (
        f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'" for content in (parts.script, parts.style)
    )
    return (
        f"default-src 'none'; script-src {script}; style-src {style}; img-src data: blob:; base-uri 'none'; "
        "form-action 'none'"
    )


# -- the data ----------------------------------------------------------------------------------------------------------


def packed(document: Document) -> str:
    """The document as the page carries it.

    It is JSON where that is short; else a line of it, deflated and in base64, without what notes say, and a line of
    what they say. Nothing in it can end the element it stands in.
    """
    whole = encode(document)
    if len(whole) <= PLAIN:
        return whole.decode().replace("<", "\\u003c")
    said = {"text": document.text, "context": document.edges.context}
    rest = replace(document, text=None, edges=replace(document.edges, context=None))
    lines: Sequence[Struct | Mapping[str, Any]] = [rest, said] if any(said.values()) else [rest]
    # Side by side: while zlib is at work it lets other threads run.
    with ThreadPoolExecutor(len(lines)) as threads:
        return "\n".join(threads.map(_deflated, lines))


def _deflated(line: Struct | Mapping[str, Any]) -> str:
    press = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return b64encode(press.compress(encode(line)) + press.flush()).decode()


def unpacked(html: bytes) -> bytes | None:
    """The document, as JSON, that a page carries, without what notes say; None if it is no page of ours."""
    carrier = _CARRIER.search(html)
    if carrier is None:
        return None
    content = carrier[1].strip()
    if content.startswith(b"{"):
        return content
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(b64decode(content.partition(b"\n")[0]), _LARGEST)
    except (zlib.error, ValueError):
        return None


# -- for those who see no map ------------------------------------------------------------------------------------------


def _most_central(document: Document) -> Sequence[int]:
    """The nodes that are shown without the map, the most central first."""
    rank = document.nodes.rank
    return sorted(range(len(rank)), key=lambda node: (-rank[node], node))[: document.limits.table]


def table(document: Document, shown: Sequence[int], phrases: Phrases) -> str:
    """The table of the nodes ``shown``."""
    nodes = document.nodes
    led_to, leading = [0] * len(nodes.name), [0] * len(nodes.name)
    edges = document.edges
    for source, target, weight in zip(edges.source, edges.target, edges.weight, strict=True):
        leading[source] += weight
        led_to[target] += weight
    rows = [
        f'<tr><th scope="row"><bdi>{_named(document, node, phrases)}</bdi></th>'
        f"<td>{escape(document.kinds[nodes.kind[node]])}</td>"
        f"<td><bdi>{escape(_community(document, node))}</bdi></td>"
        f"<td>{led_to[node]}</td><td>{leading[node]}</td><td>{nodes.rank[node] / 10_000:.1f}</td></tr>"
        for node in shown
    ]
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in phrases.columns)
    caption = f"<caption>{escape(_caption(document, shown, phrases))}</caption>"
    body = "\n".join(rows)
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"


def _caption(document: Document, shown: Sequence[int], phrases: Phrases) -> str:
    count = len(document.nodes.name)
    return phrases.all_notes if len(shown) == count else phrases.some_notes.format(shown=len(shown), all=count)


def _named(document: Document, node: int, phrases: Phrases) -> str:
    name = escape(document.nodes.name[node])
    url = document.nodes.url[node] if document.nodes.url else None
    if url and _is_web_address(url):
        name = f'<a href="{escape(url)}">{name}</a>'
    return f"{name} {escape(phrases.missing)}" if document.nodes.type[node] == 1 else name


def _home(document: Document) -> str:
    """The title; where the notes have pages beside the map's, it leads to the first of these."""
    title = escape(document.title)
    is_published = any(url and not _ELSEWHERE.match(url) for url in document.nodes.url or ())
    return f'<a href="index.html">{title}</a>' if is_published else title


def _is_web_address(url: str) -> bool:
    """Whether nothing can be run by following it: a relative address, or one of the web."""
    scheme, colon, _ = url.partition(":")
    return not colon or "/" in scheme or scheme.lower() in ("http", "https")


def _community(document: Document, node: int) -> str:
    number = document.nodes.community[node]
    return "" if number is None else document.communities[number].name


def picture(document: Document, shown: Sequence[int], phrases: Phrases) -> str:
    """The nodes ``shown`` as an SVG, where they stand on the map, with the edges between them."""
    if not shown:
        return ""
    nodes = document.nodes
    # As on the map, what has a greater y stands lower.
    left, top = min(nodes.x[node] for node in shown), min(nodes.y[node] for node in shown)
    wide = max(nodes.x[node] for node in shown) - left
    high = max(nodes.y[node] for node in shown) - top
    unit = 900 / max(wide, high, 1)
    at = {node: (round((nodes.x[node] - left) * unit) + 50, round((nodes.y[node] - top) * unit) + 30) for node in shown}
    size = f"{round(wide * unit) + 100} {round(high * unit) + 60}"
    title = escape(f"{phrases.picture}: {_caption(document, shown, phrases)}")
    lines = "".join(f"M{at[one][0]} {at[one][1]}L{at[other][0]} {at[other][1]}" for one, other in _lines(document, at))
    classes, radii = _classes(document), _radii(document)
    dots = "\n".join(
        f'<circle cx="{at[node][0]}" cy="{at[node][1]}" r="{radii[node]:g}" '
        f'class="{classes[node]}"><title>{escape(nodes.name[node])}</title></circle>'
        for node in reversed(shown)
    )
    names = "\n".join(
        f'<text x="{at[node][0]}" y="{at[node][1] - radii[node] - 4:g}">{escape(nodes.name[node][:_NAME])}</text>'
        for node in _readable(document, shown, at)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" role="img" aria-label="{title}">\n'
        f'<path d="{lines}" fill="none" stroke="#8a8a8a" stroke-opacity="0.3"/>\n{dots}\n'
        f'<g fill="currentColor" font-family="sans-serif" font-size="12" text-anchor="middle">\n{names}\n</g>\n</svg>'
    )


def _lines(document: Document, at: Mapping[int, tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """The pairs of nodes that are joined by a line, those with the most central other end first."""
    edges, rank = document.edges, document.nodes.rank
    pairs = {
        (min(ends), max(ends))
        for ends in zip(edges.source, edges.target, strict=True)
        if ends[0] in at and ends[1] in at
    }
    return sorted(pairs, key=lambda ends: (-min(rank[ends[0]], rank[ends[1]]), ends))[:_LINES]


def _readable(document: Document, shown: Sequence[int], at: Mapping[int, tuple[int, int]]) -> Sequence[int]:
    """The first of the nodes whose names can stand beside each other, if a letter is 7 wide and 14 high."""
    found: list[int] = []
    boxes: list[tuple[float, int]] = []
    for node in shown:
        x, y = at[node]
        half = 3.5 * len(document.nodes.name[node][:_NAME])
        if all(
            abs(x - at[other][0]) >= half + other_half or abs(y - other_y) >= 14
            for other, (other_half, other_y) in zip(found, boxes, strict=True)
        ):
            found.append(node)
            boxes.append((half, y))
        if len(found) == _NAMES:
            break
    return found


def _classes(document: Document) -> Sequence[str]:
    """For each node the class that gives it the colour it has on the map at first: by kind, else by community."""
    nodes, by_kind = document.nodes, len(document.kinds) > 1
    keys = [kind or None for kind in nodes.kind] if by_kind else nodes.community
    counted = Counter(
        key for key, type in zip(keys, nodes.type, strict=True) if key is not None and type <= (0 if by_kind else 1)
    )
    ranked = sorted(counted, key=lambda key: (-counted[key], key))[:_COLOURS]
    place: dict[int | None, str] = {key: f"k{number}" for number, key in enumerate(ranked)}
    return [
        ("", "ghost", "tag", "attachment")[type] if type > (0 if by_kind else 1) else place.get(key, "other")
        for key, type in zip(keys, nodes.type, strict=True)
    ]


def _radii(document: Document) -> Sequence[float]:
    """For each node how large it is on the map at first: by the number of its links, as in palette.ts."""
    edges, count = document.edges, len(document.nodes.name)
    links = [0] * count
    for source, target, weight in zip(edges.source, edges.target, edges.weight, strict=True):
        links[source] += weight
        links[target] += weight
    most, crowd = max(1, *links), log10(max(10, count))
    least, range_ = max(0.9, 6.2 - crowd * 1.3), max(6, 18 - crowd * 2.6)
    return [round(least + range_ * sqrt(each / most), 1) for each in links]
