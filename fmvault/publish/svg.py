"""Pictures in SVG as they can be given to strangers: nothing in them runs, and nothing is loaded from elsewhere.

A picture that is opened by itself is a document, with all that a page can do. What is known to draw is kept, all else
is left out: elements, attributes, addresses and rules of CSS. Sources: SVG 2, CSS Values 4.
"""

from __future__ import annotations

import re
import zlib
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

EMPTY = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>\n'

# In bytes, unpacked. No drawing of a note is as large.
_MOST = 32 << 20
_DEEPEST = 500
# Elements that are drawn, with those that `use` draws again counted each time.
_MOST_DRAWN = 200_000
# Of an entity of the document's own, in characters; editors write the names of namespaces so.
_LONGEST_ENTITY = 200
# Pictures in pictures.
_MOST_NESTED = 2

_SVG, _XHTML = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"
_XLINK, _XML = "http://www.w3.org/1999/xlink", "http://www.w3.org/XML/1998/namespace"

_DRAWN = frozenset(
    """a animate animateMotion animateTransform circle clipPath defs desc ellipse feBlend feColorMatrix
    feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight
    feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology
    feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter foreignObject g image line
    linearGradient marker mask mpath path pattern polygon polyline radialGradient rect set stop style svg switch
    symbol text textPath title tspan use view""".split()  # noqa: SIM905
)
# Of what stands in a `foreignObject`, as diagrams have their labels.
_WRITTEN = frozenset(
    """a b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre s small span
    strong sub sup table tbody td th thead tr u ul""".split()  # noqa: SIM905
)
_ANIMATIONS = frozenset({"animate", "animateMotion", "animateTransform", "set"})
_ATTRIBUTES = frozenset(
    """accumulate additive alignment-baseline amplitude attributeName attributeType azimuth baseFrequency
    baseline-shift begin bias by calcMode class clip clip-path clip-rule clipPathUnits color color-interpolation
    color-interpolation-filters cx cy d diffuseConstant direction display divisor dominant-baseline dur dx dy
    edgeMode elevation end exponent fill fill-opacity fill-rule filter filterUnits flood-color flood-opacity
    font-family font-size font-size-adjust font-stretch font-style font-variant font-weight fr from fx fy
    glyph-orientation-vertical gradientTransform gradientUnits height id image-rendering in in2 intercept
    isolation k1 k2 k3 k4 kernelMatrix kernelUnitLength keyPoints keySplines keyTimes lang lengthAdjust
    letter-spacing lighting-color limitingConeAngle marker-end marker-mid marker-start markerHeight markerUnits
    markerWidth mask mask-type maskContentUnits maskUnits max method min mix-blend-mode mode numOctaves offset
    opacity operator order orient origin overflow paint-order path pathLength patternContentUnits
    patternTransform patternUnits pointer-events points pointsAtX pointsAtY pointsAtZ preserveAlpha
    preserveAspectRatio primitiveUnits r radius refX refY repeatCount repeatDur requiredExtensions
    requiredFeatures restart result role rotate rx ry scale seed shape-rendering side slope spacing
    specularConstant specularExponent spreadMethod startOffset stdDeviation stitchTiles stop-color stop-opacity
    stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity
    stroke-width style surfaceScale systemLanguage tabindex tableValues targetX targetY text-anchor
    text-decoration text-overflow text-rendering textLength to transform transform-box transform-origin type
    unicode-bidi values vector-effect version viewBox visibility white-space width word-spacing writing-mode x
    x1 x2 xChannelSelector y y1 y2 yChannelSelector z align colspan dir rowspan valign buffered-rendering
    color-rendering cursor font glyph-orientation-horizontal kerning line-height marker media reversed start
    text-align zoomAndPan data-look""".split()  # noqa: SIM905
)
# What may change with time: how a thing looks and where it is, but not where it leads.
_ANIMATED = _ATTRIBUTES - {"attributeName", "class", "id", "role", "style", "tabindex", "type"}
_LED_TO = re.compile(r"https?://|mailto:|#", re.IGNORECASE)
_LOCAL = re.compile(r"#[^\s'\"()\\<>]+\Z")
_DRAWN_WITH = re.compile(r"url\(\s*['\"]?#([^\s'\"()]+)", re.IGNORECASE)
_RASTER = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif|bmp);base64,[A-Za-z0-9+/=\s]*\Z", re.IGNORECASE)
_NESTED = re.compile(r"data:image/svg\+xml(?P<parameters>(?:;[\w=\-]+)*),(?P<content>.*)\Z", re.IGNORECASE | re.DOTALL)
_FONT = re.compile(
    r"data:(?:font/(?:woff2?|ttf|otf)|application/(?:x-)?font-(?:woff2?|ttf|otf|opentype|truetype)|application/octet-stream)"
    r"(?:;charset=[\w\-]+)?;base64,[A-Za-z0-9+/=\s]*\Z",
    re.IGNORECASE,
)
# CSS without any of it names no address: a function, a rule with `@`, an escape or a comment that hides one.
_SUSPECT = re.compile(r"[\\@(<]|/\*")
# Functions that only count, or tell a colour, a place or a shape. What is not known may load.
_FUNCTIONS = frozenset(
    """rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark calc min max clamp abs sign round mod
    rem sin cos tan asin acos atan atan2 pow sqrt hypot log exp var env translate translatex translatey
    translatez translate3d rotate rotatex rotatey rotatez rotate3d scale scalex scaley scalez scale3d skew skewx
    skewy matrix matrix3d perspective blur brightness contrast drop-shadow grayscale hue-rotate invert opacity
    saturate sepia cubic-bezier steps linear circle ellipse inset polygon path rect xywh ray counter counters
    local format tech linear-gradient radial-gradient conic-gradient repeating-linear-gradient
    repeating-radial-gradient repeating-conic-gradient minmax repeat fit-content""".split()  # noqa: SIM905
)
# Functions among selectors; those of CSS that `_FUNCTIONS` has load nothing either.
_SELECTING = frozenset(
    {"not", "is", "where", "has", "nth-child", "nth-last-child", "nth-of-type", "lang", "dir", "host"}
)
_GROUPS = frozenset({"media", "supports", "layer", "container", "scope"})
_WHOLE = frozenset({"keyframes", "-webkit-keyframes", "property"})
# What runs, or binds what runs, in browsers of old.
_RUNNING = frozenset({"behavior", "-moz-binding", "-o-link", "-o-link-source"})


class _Refused(Exception):
    """The picture is none, or too much of one."""


def cleaned_svg(content: bytes) -> bytes:
    """The picture with nothing in it that runs or loads, as UTF-8; an empty one where it cannot be read.

    What it shows stays the same. Comments, metadata and what editors keep for themselves go too.
    """
    try:
        return _cleaned(content, 0)
    except (_Refused, RecursionError):
        # CSS can be nested without end.
        return EMPTY


def _cleaned(content: bytes, nested: int) -> bytes:
    return _Cleaner(nested).run(_unpacked(content))


def _unpacked(content: bytes) -> bytes:
    if content.startswith(b"\x1f\x8b"):
        reader = zlib.decompressobj(wbits=31)
        try:
            content = reader.decompress(content, _MOST + 1)
        except zlib.error:
            raise _Refused from None
    if len(content) > _MOST:
        raise _Refused
    return content.lstrip()


class _Cleaner:
    """One picture being read; what is kept of it is written at once."""

    def __init__(self, nested: int) -> None:
        self.nested = nested
        self.written: list[str] = []
        self.open: list[str] = []
        # How many elements are open inside of one that is left out.
        self.skipped = 0
        self.style: list[str] | None = None
        self.drawn = _Drawn()

    def run(self, content: bytes) -> bytes:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = _entity
        try:
            parser.Parse(content, True)
        except (expat.ExpatError, ValueError, LookupError):
            raise _Refused from None
        if not self.written or self.drawn.is_too_much():
            raise _Refused
        return ("".join(self.written) + "\n").encode("utf-8", "replace")

    def _start(self, name: str, attributes: Sequence[str]) -> None:
        if self.skipped or self.style is not None:
            self.skipped += 1
            return
        space, _, local = name.rpartition(" ")
        # A picture whose root says no namespace is meant to be SVG.
        tag = f"xhtml:{local}" if space == _XHTML else local if space in (_SVG, "") else ""
        pairs = list(zip(attributes[::2], attributes[1::2], strict=True))
        if not self._is_kept(tag) or (tag in _ANIMATIONS and not _changes_looks(pairs)):
            if not self.open:
                raise _Refused
            self.skipped += 1
            return
        if len(self.open) >= _DEEPEST:
            raise _Refused
        kept = dict(self._kept(tag, pairs))
        self.drawn.enter(kept.get("id"), () if tag == "a" else _targets(kept))
        head = [f"<{local}"]
        if not self.open:
            head.append(f' xmlns="{_SVG}" xmlns:xlink="{_XLINK}"')
        elif tag.startswith("xhtml:") != self.open[-1].startswith("xhtml:"):
            head.append(f' xmlns="{_XHTML if tag.startswith("xhtml:") else _SVG}"')
        head += (f" {key}={quoteattr(value)}" for key, value in kept.items())
        self.written.append("".join(head) + ">")
        self.open.append(tag)
        if tag == "style":
            self.style = []

    def _is_kept(self, tag: str) -> bool:
        if not self.open:
            return tag == "svg"
        if tag.startswith("xhtml:"):
            return tag[6:] in _WRITTEN and (self.open[-1] == "foreignObject" or self.open[-1].startswith("xhtml:"))
        # In running text there is no drawing but in a picture of its own, and a script's text is no picture's.
        return tag in _DRAWN and (not self.open[-1].startswith("xhtml:") or tag == "svg")

    def _end(self, name: str) -> None:
        if self.skipped:
            self.skipped -= 1
            return
        if self.style is not None:
            self.written.append(escape(_css("".join(self.style))))
            self.style = None
        tag = self.open.pop()
        self.drawn.leave()
        self.written.append(f"</{tag.rpartition(':')[2]}>")

    def _text(self, text: str) -> None:
        if self.skipped or not self.open:
            return
        if self.style is not None:
            self.style.append(text)
        else:
            self.written.append(escape(text))

    def _kept(self, tag: str, pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        for name, value in pairs:
            space, _, key = name.rpartition(" ")
            if key == "href" and space in ("", _XLINK):
                if (address := self._address(tag, value)) is not None:
                    yield ("xlink:href" if space else "href"), address
            elif space == _XML and key in ("space", "lang"):
                yield f"xml:{key}", value
            elif space:
                continue
            elif key == "style":
                if declared := _declarations(value):
                    yield key, declared
            elif (key in _ATTRIBUTES or key.startswith("aria-")) and (shown := _value(value)) is not None:
                yield key, shown

    def _address(self, tag: str, value: str) -> str | None:
        """An address as it may stand in an element; None if it may not."""
        value = value.strip()
        if tag in ("a", "xhtml:a"):
            # A reader may follow it; nothing does so by itself.
            return value if _LED_TO.match(value) else None
        if _LOCAL.match(value):
            return value
        if tag not in ("image", "feImage"):
            return None
        if _RASTER.match(value):
            return value
        if (inner := _NESTED.match(value)) and self.nested < _MOST_NESTED:
            from urllib.parse import unquote_to_bytes

            content = unquote_to_bytes(inner["content"])
            try:
                if inner["parameters"].lower().endswith(";base64"):
                    content = b64decode(content)
                picture = _cleaned(content, self.nested + 1)
            except (NoBase64, _Refused):
                return None
            return f"data:image/svg+xml;base64,{b64encode(picture).decode()}"
        return None


def _entity(
    name: str, is_parameter: int, value: str | None, base: str | None, system: str | None, *_: str | None
) -> None:
    """An entity that is short and holds no other is harmless, and so is one that stands elsewhere: it is not read."""
    if value is not None and (len(value) > _LONGEST_ENTITY or "&" in value or "%" in value):
        raise _Refused


def _changes_looks(pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether an animation changes neither where something leads nor what it is; a motion names no attribute."""
    name = dict(pairs).get("attributeName")
    return name is None or name in _ANIMATED


def _targets(kept: Mapping[str, str]) -> Iterator[str]:
    """The ids of what an element is drawn with."""
    for key, value in kept.items():
        if key in ("href", "xlink:href"):
            if value.startswith("#"):
                yield value[1:]
        elif "#" in value:
            yield from _DRAWN_WITH.findall(value)


class _Drawn:
    """How many elements are drawn, as far as ``use`` and its like repeat them."""

    def __init__(self) -> None:
        self.open: list[str | None] = []
        self.own: Counter[str] = Counter()
        self.repeats: dict[str, Counter[str]] = {"": Counter()}

    def enter(self, id: str | None, targets: Iterable[str]) -> None:
        self.open.append(id)
        # The nearest around it that can be repeated stands for it, and is itself repeated by the next.
        around = next((each for each in reversed(self.open) if each), "")
        self.own[around] += 1
        if id:
            outer = next((each for each in reversed(self.open[:-1]) if each), "")
            self.repeats.setdefault(id, Counter())
            self.repeats.setdefault(outer, Counter())[id] += 1
        for target in targets:
            self.repeats.setdefault(around, Counter())[target] += 1

    def leave(self) -> None:
        self.open.pop()

    def is_too_much(self) -> bool:
        """Whether more is drawn than a browser can; what repeats itself is drawn by none, and counts once."""
        known: dict[str, int] = {}
        stack = [("", False)]
        entered: set[str] = set()
        while stack:
            id, is_done = stack.pop()
            if is_done:
                inner = ((known.get(other, 1), count) for other, count in self.repeats.get(id, {}).items())
                known[id] = min(self.own[id] + sum(size * count for size, count in inner), _MOST_DRAWN + 1)
                continue
            if id in entered:
                continue
            entered.add(id)
            stack.append((id, True))
            stack += ((other, False) for other in self.repeats.get(id, ()) if other not in entered)
        return known[""] > _MOST_DRAWN


# -- CSS ---------------------------------------------------------------------------------------------------------------


def _value(value: str) -> str | None:
    """An attribute's value, which may be CSS; None if it would load."""
    if "(" not in value and "\\" not in value:
        return value
    import tinycss2

    return value if _loads_nothing(tinycss2.parse_component_value_list(value)) else None


def _declarations(text: str) -> str:
    """What of a ``style`` attribute loads nothing."""
    if not _SUSPECT.search(text):
        return text
    import tinycss2

    return str(tinycss2.serialize(_clean_declarations(tinycss2.parse_blocks_contents(text)))).strip()


def _css(text: str) -> str:
    """What of a style sheet loads nothing."""
    import tinycss2

    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    return str(tinycss2.serialize(_clean_rules(rules)))


def _clean_rules(rules: Iterable[Any]) -> list[Any]:
    import tinycss2

    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            if not _loads_nothing(rule.prelude, _SELECTING):
                continue
            rule.content = _clean_declarations(tinycss2.parse_blocks_contents(rule.content))
        elif rule.type == "at-rule" and rule.content is not None:
            name = rule.lower_at_keyword
            if name == "font-face":
                rule.content = _clean_declarations(tinycss2.parse_blocks_contents(rule.content), fonts=True)
            elif name in _GROUPS or name in _WHOLE:
                if not _loads_nothing(rule.prelude, _SELECTING):
                    continue
                inner = tinycss2.parse_blocks_contents(rule.content)
                if name == "property":
                    rule.content = _clean_declarations(inner)
                else:
                    rule.content = _clean_rules(tinycss2.parse_rule_list(rule.content, True, True))
            else:
                continue
        else:
            # A rule without a block imports, or names a set of characters or a namespace.
            continue
        kept.append(rule)
    return kept


def _clean_declarations(found: Iterable[Any], *, fonts: bool = False) -> list[Any]:
    """The declarations, and the rules among them, that load nothing."""
    kept: list[Any] = []
    for each in found:
        if each.type == "declaration":
            if each.lower_name not in _RUNNING and _loads_nothing(each.value, fonts=fonts):
                kept.append(each)
        elif each.type in ("qualified-rule", "at-rule"):
            kept += _clean_rules([each])
        elif each.type == "whitespace":
            kept.append(each)
    return kept


def _loads_nothing(values: Iterable[Any], also: frozenset[str] = frozenset(), *, fonts: bool = False) -> bool:
    """Whether no address stands among values of CSS but those of a part of the picture, or fonts that it holds."""
    left = list(values)
    while left:
        value = left.pop()
        kind = value.type
        if kind == "url":
            if not _is_held(value.value, fonts):
                return False
        elif kind == "function":
            if value.lower_name == "url":
                strings = [each for each in value.arguments if each.type not in ("whitespace", "comment")]
                if len(strings) != 1 or strings[0].type != "string" or not _is_held(strings[0].value, fonts):
                    return False
            elif value.lower_name not in _FUNCTIONS and value.lower_name not in also:
                return False
            else:
                left += value.arguments
        elif kind.endswith("block"):
            left += value.content
        elif kind == "error" or (kind == "ident" and value.lower_value == "url"):
            return False
    return True


def _is_held(address: str, fonts: bool) -> bool:
    address = address.strip()
    return _LOCAL.match(address) is not None or (fonts and _FONT.match(address) is not None)


# -- other files that run ----------------------------------------------------------------------------------------------

# What browsers open as a page, a document in XML or a script, by the ending.
_OPENED = frozenset(
    """htm html shtm shtml xhtm xhtml xht mht mhtml webarchive hta htc js mjs cjs jse vbs xml xsl xslt xsd dtd ent
    svg svgz mml mathml xul xbl vxml vml gml kml gpx rss rdf atom owl opml xspf dae x3d wsdl xaml plist ttml xlf
    xliff musicxml swf jar jnlp wasm appcache webmanifest""".split()  # noqa: SIM905
)
# What servers run, or take for their settings.
_SERVED = frozenset(
    """php php2 php3 php4 php5 php6 php7 php8 phps pht phtm phtml phar asp asa aspx ascx ashx asmx cer cshtml
    vbhtml cfm cfml cfc jsp jspx jspf jhtml cgi fcgi pl wsgi stm htaccess htpasswd config""".split()  # noqa: SIM905
)
_MEDIA = frozenset("png jpg jpeg gif webp avif bmp mp3 m4a wav ogg oga opus flac mp4 m4v mov webm ogv pdf".split())  # noqa: SIM905


def is_active(path: str) -> bool:
    """Whether a browser that opens the file would run what is in it, or a server that is asked for it.

    Such a file is never copied as it is; SVG is one too, until it has been cleaned. So is a name without an ending:
    what the file holds is guessed at.
    """
    name = path.rpartition("/")[2].strip(" .").lower()
    *_, last = endings = name.split(".")
    if len(endings) == 1:
        return True
    # Servers that run a file by any of its endings are set up wrong, and there are many; a second ending may also be
    # taken for a language.
    return any(each in _SERVED or (each in _OPENED and last not in _MEDIA) for each in endings[1:])


def is_svg(path: str) -> bool:
    """Whether the file is a picture that ``cleaned_svg`` makes fit to be copied."""
    return path.lower().endswith((".svg", ".svgz"))
