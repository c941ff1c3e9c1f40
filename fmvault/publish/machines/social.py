"""The picture that others show beside a link to the site or a note: PNG, made without a browser or a network.

Fonts come from packages alone, so that a picture is the same on every machine. What they cannot write is left out, and
shown as no boxes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from importlib import metadata
from importlib.util import find_spec
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from fmvault.model import Note
from fmvault.publish.addresses import ASSETS
from fmvault.publish.machines.told import Told, clean, site_url
from fmvault.publish.published import Published
from fmvault.publish.task import Task, digest

if TYPE_CHECKING:
    from pathlib import Path

WIDTH, HEIGHT = 1200, 630
_MARGIN = 90
_INNER = WIDTH - 2 * _MARGIN
# Sizes of a title's letters and the lines that fit at each.
_SIZES = ((88, 3), (72, 3), (60, 4), (48, 5))
# Letters are wider in bold than what is measured.
_BOLD = 1.08
_PAPER, _INK, _QUIET, _ACCENT = "#fbfaf7", "#1d1b18", "#6b665e", "#9a4a1f"
# Distributions with fonts, where their files are, and the family. All but the first may be missing.
_FONTS = (
    ("fontpkg-open-sans", "fontpkg_open_sans", "files/OpenSans[wdth,wght].ttf", "Open Sans"),
    ("fontpkg-noto-sans-arabic", "fontpkg_noto_sans_arabic", "files/NotoSansArabic[wdth,wght].ttf", "Noto Sans Arabic"),
    ("noto-cjk-sans-jp-regular", "noto_cjk_sans_jp_regular", "NotoSansCJKjp-Regular.otf", "Noto Sans CJK JP"),
)
_SITE = f"{ASSETS}social.png"


def social_image(published: Published, note: Note | None) -> str | None:
    """The address in the site of the picture for a note, or for other pages; None where there is none.

    Those who show it ask for a whole address, so that there is none if it is not known where the site will be.
    """
    if not site_url(published.settings) or not is_possible():
        return None
    if note is None or not published.settings.social_images:
        return _SITE
    address = published.addresses[note.path].removesuffix(".html")
    return f"{ASSETS}social/{address}.png"


def pictures(told: Told) -> Iterator[Task]:
    """The picture of the site, and of each note if the settings ask for them."""
    published = told.published
    if social_image(published, None) is None:
        return
    site = clean(published.title)
    yield _picture(_SITE, site, "", clean(published.settings.description))
    if published.settings.social_images:
        for note in published.notes:
            address = social_image(published, note)
            assert address is not None
            yield _picture(address, told.title(note), told.kind(note), site)


def _picture(address: str, title: str, kind: str, site: str) -> Task:
    return Task(address, digest("picture", title, kind, site, _versions()), partial(drawn, title, kind, site))


@cache
def is_possible() -> bool:
    """Whether what draws is installed, and the first of the fonts."""
    return all(find_spec(name) is not None for name in ("resvg_py", "fontTools", _FONTS[0][1]))


@cache
def _versions() -> Sequence[tuple[str, str]]:
    names = ("resvg-py", *(name for name, module, _, _ in _FONTS if find_spec(module) is not None))
    return [(name, metadata.version(name)) for name in names]


def drawn(title: str, kind: str, site: str) -> bytes:
    """A picture with a title, what kind of note it is and the site's name below, each as far as fonts can write it."""
    from resvg_py import svg_to_bytes

    svg = written(title, kind, site)
    families = {family for family in _fonts() if f'"{family}"' in svg or f"'{family}'" in svg}
    files = [str(font.path) for family, font in _fonts().items() if family in families]
    return bytes(svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=files))


def written(title: str, kind: str, site: str) -> str:
    """The picture as SVG."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_PAPER}"/>',
        f'<rect width="{WIDTH}" height="14" fill="{_ACCENT}"/>',
    ]
    title, kind, site = (_writable(text) for text in (title, kind, site))
    if kind:
        parts.append(_line(kind, 130, 32, _ACCENT, bold=True))
    if title:
        size, lines = _fitted(title)
        top = (HEIGHT - (len(lines) - 1) * size * 1.25) / 2 + size * 0.35
        parts += (_line(line, round(top + number * size * 1.25), size, _INK, True) for number, line in enumerate(lines))
    if site:
        parts.append(_line(_cut(site, 32, _INNER), HEIGHT - 80, 32, _QUIET))
    return "".join((*parts, "</svg>"))


def _line(text: str, y: int, size: int, colour: str, bold: bool = False) -> str:
    # Isolated, so that a stop at the end of a sentence from right to left stands at its left.
    rtl = _is_rtl(text)
    place = f'x="{WIDTH - _MARGIN}" text-anchor="end"' if rtl else f'x="{_MARGIN}"'
    shown = f"\u2067{text}\u2069" if rtl else text
    families = ",".join(f"'{family}'" for family in _families(text))
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text {place} y="{y}" font-family="{families}" font-size="{size}"{weight} fill="{colour}">'
        f"{escape(shown)}</text>"
    )


def _is_rtl(text: str) -> bool:
    """Whether the first letter with a direction is written from right to left."""
    strong = (unicodedata.bidirectional(character) for character in text)
    return next((each != "L" for each in strong if each in ("L", "R", "AL")), False)


# -- what fits ---------------------------------------------------------------------------------------------------------


def _fitted(title: str) -> tuple[int, Sequence[str]]:
    """The largest size at which a title fits, and its lines; the last is cut short if it fits at none."""
    for size, most in _SIZES:
        lines = _broken(title, size)
        if len(lines) <= most:
            return size, lines
    kept = list(lines[:most])
    kept[-1] = _cut(kept[-1] + "…", size, _INNER / _BOLD)
    return size, kept


def _broken(text: str, size: int) -> Sequence[str]:
    lines, line = [], ""
    for piece in _pieces(text):
        if line and _width(line + piece.rstrip(), size) * _BOLD > _INNER:
            lines.append(line.rstrip())
            line = ""
        for character in piece:
            # A word longer than a line is broken where it has to be, but not before a mark on a letter.
            if line and _width(line + character, size) * _BOLD > _INNER and not unicodedata.combining(character):
                lines.append(line.rstrip())
                line = ""
            line += character
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> Iterator[str]:
    """What a line can be broken between: words with the space behind them, and letters of scripts without spaces."""
    word = ""
    for character in text:
        if unicodedata.east_asian_width(character) in "WF" and not unicodedata.category(character).startswith("P"):
            if word:
                yield word
            word = character
        else:
            word += character
            if character == " ":
                yield word
                word = ""
    if word:
        yield word


def _cut(text: str, size: int, width: float) -> str:
    if _width(text, size) <= width:
        return text
    while text and _width(text + "…", size) > width:
        text = text[:-1].rstrip(" …")
    return text + "…"


# -- fonts -------------------------------------------------------------------------------------------------------------


class _Font:
    """What a font can write, and how wide its letters are in parts of their size."""

    def __init__(self, path: Path) -> None:
        from fontTools.ttLib import TTFont

        self.path = path
        with TTFont(path, lazy=True) as font:
            self.letters: Mapping[int, str] = font.getBestCmap()
            self._metrics = font["hmtx"].metrics
            self._units = font["head"].unitsPerEm

    def width(self, character: str) -> float:
        return float(self._metrics[self.letters[ord(character)]][0]) / float(self._units)


@cache
def _fonts() -> Mapping[str, _Font]:
    from importlib.resources import files
    from pathlib import Path

    found = {}
    for _, module, name, family in _FONTS:
        if find_spec(module) is not None and (path := Path(str(files(module))) / name).is_file():
            found[family] = _Font(path)
    return found


@cache
def _font(character: str) -> str | None:
    """The family of the first font that has a letter."""
    return next((family for family, font in _fonts().items() if ord(character) in font.letters), None)


def _families(text: str) -> Sequence[str]:
    return list(dict.fromkeys(family for character in text if (family := _font(character)) is not None))


def _width(text: str, size: int) -> float:
    fonts = _fonts()
    return size * sum(fonts[family].width(each) for each in text if (family := _font(each)) is not None)


def _writable(text: str) -> str:
    """``text`` without emoji that no font has; nothing at all if it has letters or signs that none has."""
    kept = []
    for character in unicodedata.normalize("NFC", " ".join(text.split())):
        category = unicodedata.category(character)
        if category in ("Cf", "Cc", "Co", "Cs", "Cn") or "\ufe00" <= character <= "\ufe0f":
            continue
        if _font(character) is None:
            if category != "So" and character not in "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff":
                return ""
            continue
        kept.append(character)
    return " ".join("".join(kept).split())
