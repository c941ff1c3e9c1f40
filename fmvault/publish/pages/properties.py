"""A note's properties as its page shows them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from html import escape

from fmvault.model import Json, Link, Note, Property
from fmvault.publish.contexts import PropertyRow
from fmvault.publish.pages.atlas import Atlas

# What the page shows elsewhere.
_ELSEWHERE = frozenset({"alias", "aliases", "tag", "tags", "lang", "dir"})
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
# What Obsidian calls the types that a vault gives its properties.
_TYPES = {"text": "text", "multitext": "list", "number": "number", "checkbox": "checkbox", "date": "date"}
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
# Languages written from right to left.
_LEFTWARD = frozenset("ar arc ckb dv fa ha he khw ks ku nqo ps sd syr ug ur yi".split())  # noqa: SIM905


def rows(atlas: Atlas, note: Note, page: str) -> Sequence[PropertyRow]:
    """The properties that have a value and are shown nowhere else on the page ``page``, in the note's order."""
    return [row for each in note.properties if (row := _row(atlas, note, each, page)) is not None]


def language(note: Note) -> tuple[str, str]:
    """The language that a note says it is in, and its direction; empty where it does not say."""
    told = {each.key.casefold(): each.value for each in note.properties if isinstance(each.value, str)}
    lang, direction = told.get("lang", "").strip(), told.get("dir", "").strip().lower()
    if not _LANGUAGE.fullmatch(lang):
        lang = ""
    if direction not in ("ltr", "rtl", "auto"):
        direction = direction_of(lang) if lang else ""
    return lang, direction


def direction_of(language: str) -> str:
    """The direction that a language is written in."""
    return "rtl" if language.lower().partition("-")[0] in _LEFTWARD else "ltr"


def _row(atlas: Atlas, note: Note, each: Property, page: str) -> PropertyRow | None:
    name = each.key.casefold()
    values = [value for value in (each.value if isinstance(each.value, list) else [each.value]) if value is not None]
    if name in _ELSEWHERE or not values or values == [""]:
        return None
    # A title is told where a heading stands in its place.
    if name == "title" and values == [atlas.titles[note.path]]:
        return None
    if name == "type" and atlas.kind(note.path):
        return None
    links = [
        link for link in note.links if link.syntax == "property" and each.span.start <= link.span.start < each.span.end
    ]
    if links and atlas.published.concepts.relations.told_by(each.key) and len(links) >= len(values):
        return None
    kind = _type(atlas, each, links)
    left = iter(links)
    shown = [_value(atlas, note, kind, value, left, page, each.key) for value in values]
    return PropertyRow(key=each.key, type=kind, values_html=[html for html in shown if html])


def _type(atlas: Atlas, each: Property, links: Sequence[Link]) -> str:
    value = each.value
    declared = _TYPES.get(atlas.vault.settings.property_types.get(each.key.lower(), ""), "")
    if isinstance(value, bool):
        return "checkbox"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, list):
        return "list"
    if isinstance(value, str) and (moment := _MOMENT.fullmatch(value.strip())):
        return "datetime" if moment[2] else "date"
    if links:
        return "link"
    return declared if declared in ("text", "list") else "text"


def _value(atlas: Atlas, note: Note, kind: str, value: Json, links: Iterator[Link], page: str, key: str) -> str:
    if isinstance(value, bool):
        checked = " checked" if value else ""
        return f'<input type="checkbox" disabled{checked} aria-label="{escape(key)}">'
    if isinstance(value, str):
        return _text(atlas, note, value, links, page)
    if isinstance(value, int | float):
        return escape(str(value))
    return f"<code>{escape(json.dumps(value, ensure_ascii=False))}</code>"


def _text(atlas: Atlas, note: Note, value: str, links: Iterator[Link], page: str) -> str:
    if moment := _MOMENT.fullmatch(value.strip()):
        try:
            shown = atlas.shown_day(date.fromisoformat(moment[1])).shown
        except ValueError:
            return escape(value)
        return (
            f'<time datetime="{escape(value.strip())}">{escape(f"{shown} {moment[2]}" if moment[2] else shown)}</time>'
        )
    pieces: list[str] = []
    at = 0
    while (start := value.find("[[", at)) >= 0 and (end := value.find("]]", start)) >= 0:
        link = next(links, None)
        if link is None:
            break
        # Of an embed there is the link, as in Obsidian.
        before = value[at:start]
        pieces += _plain(before.removesuffix("!") if link.embed else before), atlas.link_html(note, link, page)
        at = end + 2
    pieces.append(_plain(value[at:]))
    return "".join(pieces)


def _plain(text: str) -> str:
    """Text with its addresses on the web as links."""
    pieces: list[str] = []
    at = 0
    for url in _URL.finditer(text):
        shown = escape(url[0])
        pieces += (
            escape(text[at : url.start()]),
            f'<a class="external" href="{shown}" rel="noopener noreferrer">{shown}</a>',
        )
        at = url.end()
    return "".join((*pieces, escape(text[at:])))
