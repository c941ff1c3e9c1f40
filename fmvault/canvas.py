"""Canvases and bases: files that are no notes but hold links (https://jsoncanvas.org, https://help.obsidian.md/bases)."""

from __future__ import annotations

import re
from bisect import bisect_right
from codecs import BOM_UTF8
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from msgspec.structs import replace

from fmvault import markdown
from fmvault.model import Defect, Link, Note, Span

_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
# `link("Note")` and `file("Note")` in a base's formulas and filters.
_CALL = re.compile(r"""\b(?:link|file)\(\s*(?:"([^"\\\n]+)"|'([^'\\\n]+)')""")
_WIKILINK = re.compile(r"\[\[([^\[\]\n]+)\]\]")


def parse(path: str, source: bytes) -> Note:
    """Read the canvas or base at ``path``: its links and, where it cannot be read, one defect."""
    links: list[Link] = []
    defects: list[Defect] = []
    reader = _read_canvas if path.lower().endswith(".canvas") else _read_base
    if source.removeprefix(BOM_UTF8).strip():
        try:
            first = 3 if source.startswith(BOM_UTF8) else 0
            text = source.decode("utf-8")[first // 3 :]
            offsets = _Offsets(text, first)
            links.extend(reader(text, offsets))
        except UnicodeDecodeError as error:
            message = f"byte 0x{source[error.start]:02x} is not UTF-8; save the file as UTF-8"
            defects.append(Defect("invalid-encoding", Span(error.start, error.end), message))
        except _Broken as broken:
            span = Span(offsets(min(broken.index, len(text))), offsets(min(broken.index + 1, len(text))))
            defects.append(Defect("malformed-file", span, broken.message))
    return Note(
        path=path,
        digest=blake2b(source, digest_size=16).digest(),
        size=len(source),
        links=tuple(sorted(links, key=lambda link: link.span)),
        defects=tuple(defects),
    )


class _Broken(Exception):
    """The file cannot be read; ``index`` is the character where that shows."""

    def __init__(self, index: int, message: str) -> None:
        super().__init__(message)
        self.index = index
        self.message = message


class _Offsets:
    """Character offsets to byte offsets; questions should come in rising order to be cheap."""

    def __init__(self, text: str, first: int) -> None:
        self._text = text
        self._known = (0, first)

    def __call__(self, index: int) -> int:
        known, offset = self._known
        if index < known:
            return offset - len(self._text[index:known].encode("utf-8"))
        offset += len(self._text[known:index].encode("utf-8"))
        self._known = (index, offset)
        return offset


# -- canvases: JSON ----------------------------------------------------------------------------------------------------


class _Located(str):
    """A JSON string that knows where it stands: the characters between its quotes."""

    start: int
    end: int


def _read_canvas(text: str, offsets: _Offsets) -> Iterator[Link]:
    data = _load_json(text)
    nodes = data.get("nodes") if isinstance(data, dict) else None
    if not isinstance(nodes, list):
        return
    for node in nodes:
        if not isinstance(node, dict):
            continue
        if node.get("type") == "file" and isinstance(file := node.get("file"), _Located) and file:
            span = Span(offsets(file.start), offsets(file.end))
            subpath = node.get("subpath")
            fragment = _whole(subpath.lstrip("#")) if isinstance(subpath, str) else ""
            # A file node names a path from the vault's root.
            yield Link(span, "/" + _whole(file.lstrip("/")), fragment, None, True, "canvas", -1, span)
        elif node.get("type") == "text" and isinstance(card := node.get("text"), _Located):
            inside = _whole(card)
            source = inside.encode("utf-8")
            place = _Card(source, _places(text, card), offsets)
            links = markdown.parse("", source).links
            ends = {offset for link in links for offset in (*_ends(link.span), *_ends(link.dest))}
            # Links can lie within one another, so each place is worked out once, and in order.
            at = {offset: place(offset) for offset in sorted(ends)}
            for link in links:
                span, dest = (Span(at[around.start], at[around.end]) for around in (link.span, link.dest))
                yield replace(link, span=span, dest=dest, syntax="canvas", section=-1)


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _whole(text: str) -> str:
    """``text`` with ``?`` for halves of surrogate pairs, which JSON can hold and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _load_json(text: str) -> Any:
    """The JSON document, its strings as ``_Located``: the standard library's scanner, with a reader of strings that
    notes their places.
    """
    from json import JSONDecodeError, JSONDecoder
    from json.decoder import scanstring  # type: ignore[attr-defined]
    from json.scanner import py_make_scanner  # type: ignore[attr-defined]

    def located(source: str, begin: int, strict: bool = True) -> tuple[str, int]:
        value, end = scanstring(source, begin, strict)
        found = _Located(value)
        found.start, found.end = begin, end - 1
        return found, end

    decoder = JSONDecoder()
    decoder.parse_string = located  # type: ignore[attr-defined]
    decoder.scan_once = py_make_scanner(decoder)  # type: ignore[attr-defined]
    try:
        return decoder.decode(text)
    except JSONDecodeError as error:
        message = error.msg[:1].lower() + error.msg[1:]
        raise _Broken(error.pos, f"the canvas is not JSON: {message}") from None
    except RecursionError:
        raise _Broken(0, "the canvas is nested too deeply to be read") from None
    except ValueError:
        # Python reads no integers of thousands of digits.
        raise _Broken(0, "the canvas holds a number too long to be read") from None


def _places(text: str, value: _Located) -> list[tuple[int, int]]:
    """Where a string's characters stand in the JSON: (index in the string, index in the text) after each escape."""
    places = [(0, value.start)]
    shift = value.start
    for match in _ESCAPE.finditer(text, value.start, value.end):
        # An escape is one character of the string, whatever its length.
        shift += len(match[0]) - 1
        places.append((match.end() - shift, match.end()))
    return places


class _Card:
    """Byte offsets in a text card's Markdown to byte offsets in the file; asked in rising order."""

    def __init__(self, source: bytes, places: list[tuple[int, int]], offsets: _Offsets) -> None:
        self._source = source
        self._places = places
        self._offsets = offsets
        self._known = (0, 0)

    def __call__(self, offset: int) -> int:
        known, index = self._known
        index += len(self._source[known:offset].decode("utf-8"))
        self._known = (offset, index)
        inside, outside = self._places[bisect_right(self._places, (index, 1 << 62)) - 1]
        return self._offsets(outside + index - inside)


# -- bases: YAML -------------------------------------------------------------------------------------------------------


def _read_base(text: str, offsets: _Offsets) -> Iterator[Link]:
    import yaml

    from fmvault.properties import MAX_DEPTH

    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.ScalarEvent):
                if "[[" in event.value or "(" in event.value:
                    yield from _links_in_scalar(text, event, offsets)
            elif isinstance(event, yaml.CollectionStartEvent):
                # The parser takes time by the square of the depth.
                depth += 1
                if depth > MAX_DEPTH:
                    place: Any = event.start_mark
                    raise _Broken(place.index, f"the base is nested more than {MAX_DEPTH} levels deep")
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark
        raise _Broken(mark.index if mark else 0, f"the base is not YAML: {error.problem or error.context}") from None
    except yaml.YAMLError:
        raise _Broken(0, "the base is not YAML: it holds characters that YAML does not allow") from None


def _links_in_scalar(text: str, event: Any, offsets: _Offsets) -> Iterator[Link]:
    from fmvault.properties import split_target

    start, end = event.start_mark.index, event.end_mark.index
    for match in _WIKILINK.finditer(text, start, end):
        target, subpath, label = split_target(match[1])
        span = Span(offsets(match.start()), offsets(match.end()))
        yield Link(
            span, target, subpath, label, False, "base", -1, Span(offsets(match.start(1)), offsets(match.end(1)))
        )
    for match in _CALL.finditer(text, start, end):
        group = 1 if match[1] else 2
        name = match[group]
        if "[[" in name or "://" in name:
            continue
        target, subpath, _ = split_target(name)
        span = Span(offsets(match.start(group)), offsets(match.end(group)))
        yield Link(span, target, subpath, None, False, "base", -1, span)
