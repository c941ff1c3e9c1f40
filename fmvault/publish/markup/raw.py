"""Raw HTML in notes, cleaned: what is left can run nothing, and is well-formed.

Tags of a note's own come mixed with those we write. While a note holds any, ours carry *seals* in place of attributes,
``data-s="KEY-7;"``, which nobody can write who does not know the key; when all is cleaned the seals are broken.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
from typing import TypeAlias

import nh3

from fmvault.publish.markup.media import SCHEMES
from fmvault.publish.markup.text import escaped, quoted

_PHRASING = frozenset(
    str.split(
        "a abbr b bdi bdo big br cite code del dfn em font i img ins kbd mark q rp rt ruby s samp small span"
        " strike strong sub sup tt u var wbr time data"
    )
)
_FLOW = _PHRASING | frozenset(
    str.split(
        "address article aside blockquote caption center col colgroup dd details div dl dt figcaption figure"
        " footer h1 h2 h3 h4 h5 h6 header hr li ol p pre section summary table tbody td tfoot th thead tr ul"
    )
)
_ATTRIBUTES = {
    "*": {"data-s", "id", "class", "title", "lang", "dir"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height"},
    "details": {"open"},
    "ol": {"start", "reversed", "type"},
    "li": {"value"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
    "col": {"span"},
    "colgroup": {"span"},
    "time": {"datetime"},
    "data": {"value"},
    "div": {"align"},
    "p": {"align"},
    "bdo": {"dir"},
}
_CONTENT = {"script", "style"}
# Elements whose content a browser does not read as tags, or not as usual; an open one would swallow what follows.
_SWALLOWED = re.compile(
    r"<(script|style|template|title|textarea|noscript|noembed|noframes|object|xmp)\b.*?(?:</\1\s*>|\Z)", re.I | re.S
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<[!?].*?(?:>|\Z)", re.S)
_UNREAD = re.compile(
    r"</?(?:script|style|template|title|textarea|noscript|noembed|noframes|object|xmp|plaintext|svg|math|select|option"
    r"|optgroup|button|form|frameset|frame|body|html|head|embed|applet|marquee|param|input|iframe|video|audio|source"
    r"|track|picture|portal|link|meta|base|dialog|menu|nobr|image|keygen|isindex|listing)\b[^<>]{0,2000}>?",
    re.I,
)
_PLAYER = re.compile(
    r"<(iframe|video|audio)\b([^<>]{0,2000})>"
    r"(?:([^<]{0,2000}(?:<(?!/?(?:iframe|video|audio)\b)[^<]{0,2000}){0,20})</\1\s*>)?",
    re.I,
)
# What is left open of these is opened again in every block that follows, so that not many may be.
_FORMATTING = re.compile(r"<(/?)(a|b|big|code|em|font|i|s|small|strike|strong|tt|u)\b[^<>]{0,2000}>", re.I)
_NESTING = re.compile(
    r"<(/?)(address|article|aside|blockquote|center|details|div|dl|figure|footer|header|ol|pre|section|span|summary"
    r"|table|ul)\b[^<>]{0,2000}>",
    re.I,
)
_MOST_OPEN = 50
_LINK, _LINK_TAG = re.compile(r"<a\b", re.I), re.compile(r"</?a\b[^<>]{0,2000}>", re.I)
_WHOLE_LINK = re.compile(r"<a( [^<>]*)>([^<>]*)</a>\Z")
_LIST_TAG = re.compile(r"<(/?)(ul|ol|dl|li|dt|dd)\b")
_ATTRIBUTE = re.compile(r"""([a-zA-Z][\w-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>=`]+))""")
_SOURCE = re.compile(r"<source\b([^<>]{0,2000})>", re.I)
_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
_SIZE = re.compile(r"\d{1,4}%?\Z")
_ID = re.compile(r"[^\s_<>\"'&][^\s<>\"'&]{0,199}\Z")
_OUR_IDS = ("fn-", "fnref-", "block-")
_OUR_CLASSES = frozenset({"mermaid"})
_PICTURE = re.compile(r'<img((?: [\w-]+="[^"]*")*)>')
_HEADING = re.compile(r"<(/?)h([1-6])(?=[\s/>])", re.I)
_IN_LINK = re.compile(r'<(/?)(a|img)((?: [\w-]+="[^"]*")*)>')

Player: TypeAlias = Callable[[str, str, dict[str, str]], str]
# Where an address of raw HTML leads: the attribute's value, or None for nowhere; and whether it is on another host.
Leads: TypeAlias = Callable[[str, bool], tuple[str, bool] | None]


def tag_name(tag: str) -> str:
    """The name of a tag in lower case; empty for a comment or instruction."""
    found = _NAME.match(tag)
    return found[1].lower() if found else ""


def is_phrasing(name: str) -> bool:
    """Whether an element may stand within a line."""
    return name in _PHRASING


def attributes(tag: str) -> dict[str, str]:
    """The attributes of a tag; references are left as they are written."""
    from html import unescape

    return {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(tag)}


class Cleaner:
    """Cleans the raw HTML of one text. ``used`` are the ids taken on the page, None where raw HTML may set none."""

    def __init__(self, source: bytes, leads: Leads, player: Player, used: set[str] | None, media: bool) -> None:
        self._key = "k" + blake2b(source, digest_size=12).hexdigest()
        self._leads = leads
        self._player = player
        self._used = used
        self._media = media
        self._sealed: list[str] = []
        self._remote = False
        self._heading_level = 2
        self._left_open: Counter[re.Pattern[str]] = Counter()
        self._cleaners: dict[frozenset[str], nh3.Cleaner] = {}
        key = self._key
        self._seal = re.compile(
            rf'<(?P<atom>span|div) data-s="{key}-(?P<of>\d+)!"></(?P=atom)>'
            rf'| (?:data-s|id|name|href|src)="{key}-(?P<attribute>\d+);"'
        )
        self._distant = re.compile(rf' src="{key}-(\d+);"')

    def sealed(self, attributes: str) -> str:
        """What stands for attributes of ours, a space in front of them."""
        self._sealed.append(attributes)
        return f' data-s="{self._key}-{len(self._sealed) - 1};"'

    def atom(self, html: str, block: bool) -> str:
        """What stands for a whole element of ours."""
        self._sealed.append(html)
        tag = "div" if block else "span"
        return f'<{tag} data-s="{self._key}-{len(self._sealed) - 1}!"></{tag}>'

    def played(self, html: str, block: bool) -> str:
        """What stands for a player, or for the link in its place."""
        if link := _WHOLE_LINK.match(html):
            return f"<a{self.sealed(link[1])}>{link[2]}</a>"
        return self.atom(html, block) if html else ""

    def block(self, html: str, lowered: Callable[[int], int]) -> str:
        """An HTML block as it is written, without what would not end with it; ``lowered`` gives a heading its level."""
        html = _COMMENT.sub("", html)
        html = _PLAYER.sub(self._played, html)
        html = _UNREAD.sub("", _SWALLOWED.sub("", html))
        if "<h" in html or "<H" in html:
            html = _HEADING.sub(lambda found: self._heading(found, lowered), html)
        if len(_LINK.findall(html)) != html.lower().count("</a"):
            # Links in what follows would lie in this one.
            html = _LINK_TAG.sub("", html)
        return self._limited(self._limited(html, _NESTING), _FORMATTING)

    def _heading(self, found: re.Match[str], lowered: Callable[[int], int]) -> str:
        if not found[1]:
            self._heading_level = lowered(int(found[2]))
        return f"<{found[1]}h{self._heading_level}"

    def _limited(self, html: str, tags: re.Pattern[str]) -> str:
        """The HTML, without these tags if too many of them are left open."""
        opened: Counter[str] = Counter()
        for closing, name in tags.findall(html):
            opened[name.lower()] += -1 if closing and opened[name.lower()] else not closing
        self._left_open[tags] += opened.total()
        return tags.sub("", html) if self._left_open[tags] > _MOST_OPEN else html

    def line(self, html: str) -> str:
        """What stands in one paragraph, heading, entry or cell, cleaned."""
        return self._cleaned(html, _PHRASING)

    def flow(self, html: str) -> str:
        """A number of blocks, cleaned."""
        cleaned = self._cleaned(html, _FLOW)
        return _in_lists(cleaned) if "<li" in cleaned or "<d" in cleaned else cleaned

    def opened(self, html: str) -> str:
        """The text with the seals broken."""
        if self._remote:
            html = self._without_distant(html)
        sealed = self._sealed
        return self._seal.sub(lambda found: sealed[int(found["of"] or found["attribute"])], html)

    def _cleaned(self, html: str, tags: frozenset[str]) -> str:
        cleaner = self._cleaners.get(tags)
        if cleaner is None:
            self._cleaners[tags] = cleaner = nh3.Cleaner(
                tags=set(tags),
                clean_content_tags=_CONTENT,
                attributes=_ATTRIBUTES,
                attribute_filter=self._attribute,
                link_rel=None,
                url_schemes={"http", "https", "obsidian", *SCHEMES},
            )
        cleaned = cleaner.clean(html)
        return _PICTURE.sub(_pictured, cleaned) if "<img" in cleaned else cleaned

    def _attribute(self, tag: str, name: str, value: str) -> str | None:
        if value.startswith(self._key):
            return value
        if name == "data-s":
            return None
        if name == "href":
            found = self._leads(value, False)
            if found is None:
                return None
            outward = ' class="external" rel="noopener noreferrer"' if found[1] else ""
            return self._kept(f' href="{quoted(found[0])}"{outward}')
        if name == "src":
            found = self._leads(value, True)
            if found is None:
                return None
            if found[1] and not self._media:
                self._remote = True
                return self._kept(f"\0{found[0]}")
            return self._kept(f' src="{quoted(found[0])}" loading="lazy"')
        if name in ("id", "name"):
            if self._used is None or not _ID.match(value) or value.startswith(_OUR_IDS) or value in self._used:
                return None
            self._used.add(value)
            return self._kept(f' id="{quoted(value)}"')
        if name == "class":
            return None if tag == "a" else " ".join(each for each in value.split() if each not in _OUR_CLASSES) or None
        if name in ("width", "height", "colspan", "rowspan", "span"):
            return value if _SIZE.match(value) else None
        if name == "align":
            return value if value.lower() in ("left", "right", "center", "justify") else None
        if name == "start" or (name == "value" and tag == "li"):
            return value if re.fullmatch(r"-?\d{1,9}", value) else None
        if name == "dir":
            return value if value.lower() in ("ltr", "rtl", "auto") else None
        if name == "type":
            return value if value in ("1", "a", "A", "i", "I") else None
        return value

    def _kept(self, attribute: str) -> str:
        self._sealed.append(attribute)
        return f"{self._key}-{len(self._sealed) - 1};"

    def _played(self, found: re.Match[str]) -> str:
        given = attributes(found[2])
        if "src" not in given and (source := _SOURCE.search(found[3] or "")):
            given |= attributes(source[1])
        return self.played(self._player(found[1].lower(), given.get("src", ""), given), True)

    def _without_distant(self, html: str) -> str:
        """Pictures of other hosts as links to them, or as their text in what is a link already."""
        depth = 0

        def each(found: re.Match[str]) -> str:
            nonlocal depth
            closing, tag, given = found.groups()
            if tag == "a":
                depth += -1 if closing else 1
                return found[0]
            distant = self._distant.search(given)
            if distant is None or not self._sealed[int(distant[1])].startswith("\0"):
                return found[0]
            url = self._sealed[int(distant[1])][1:]
            text = escaped(attributes(given).get("alt", "").strip() or url)
            if depth > 0:
                return text
            return f'<a class="external" href="{quoted(url)}" rel="noopener noreferrer">{text}</a>'

        return _IN_LINK.sub(each, html)


def _pictured(found: re.Match[str]) -> str:
    """A picture, which has words in its place or says that it needs none; nothing if its address was dropped."""
    given = found[1]
    if ' data-s="' in given:
        return found[0]
    if ' src="' not in given:
        return ""
    return found[0] if ' alt="' in given else f'<img{given} alt="">'


def _in_lists(html: str) -> str:
    """Well-formed HTML in which entries that stand in no list are plain blocks; they would end an entry around them."""
    opened: list[tuple[str, bool]] = []
    lists = 0

    def each(found: re.Match[str]) -> str:
        nonlocal lists
        closing, name = found.groups()
        is_list = name in ("ul", "ol", "dl")
        if closing:
            shown, is_list = opened.pop() if opened else (name, False)
            lists -= is_list
            return f"</{shown}"
        lists += is_list
        shown = name if lists else "div"
        opened.append((shown, is_list))
        return f"<{shown}"

    return _LIST_TAG.sub(each, html)
