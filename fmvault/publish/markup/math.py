"""Formulas as MathML, which browsers draw without a script.

``latex2mathml`` makes the tree; what is written of it is only what MathML has and what cannot lead anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING

from fmvault.publish.markup.text import escaped, quoted, valid

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

# Longer formulas, and those nested deeper, are shown as they are written.
_LONGEST, _DEEPEST, _LARGEST = 3_000, 40, 20_000
# Definitions could make much of little.
_DEFINES = re.compile(r"\\(?:[gex]?def|let|(?:re)?newcommand|providecommand|DeclareMathOperator|newenvironment)\b")
_OPENS = re.compile(r"\\\\|\\[{}]|(\{|\\begin\b|\\left\b)|(\}|\\end\b|\\right\b)|[\^_]|\\(?:sqrt|frac|text|math)\w*")
# What stands for \mathrm{d}, a letter that browsers would slant: all others are written as they are.
_UPRIGHT = re.compile(r"&#x000(?:4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A]);", re.IGNORECASE)
_ELEMENTS = frozenset(
    str.split(
        "math mrow mi mn mo ms mtext mspace msub msup msubsup munder mover munderover mmultiscripts"
        " mprescripts none mfrac msqrt mroot mstyle mpadded mphantom menclose mtable mtr mtd merror"
    )
)
_ATTRIBUTES = frozenset(
    str.split(
        "display mathvariant stretchy fence form lspace rspace minsize maxsize columnalign columnlines"
        " columnspacing rowalign rowlines rowspacing width height depth voffset linethickness accent"
        " accentunder movablelimits largeop symmetric separator frame notation displaystyle scriptlevel"
        " mathcolor mathbackground mathsize columnspan"
    )
)


class Formulas:
    """Formulas made so far, by their source."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, bool], str | None] = {}

    def get(self, latex: str, block: bool) -> str | None:
        """The formula as a ``math`` element; None if it cannot be read."""
        key = (latex, block)
        if key not in self._made:
            if len(self._made) > 20_000:
                self._made.clear()
            self._made[key] = _made(latex.strip(), block)
        return self._made[key]


def _made(latex: str, block: bool) -> str | None:
    if not latex or len(latex) > _LONGEST or _DEFINES.search(latex) or _depth(latex) > _DEEPEST:
        return None
    from latex2mathml.converter import Converter

    try:
        tree = Converter(display="block" if block else "inline").convert_to_element(latex)
    # It has errors of its own for some mistakes, and for others those of Python: IndexError, StopIteration, and more.
    except Exception:
        return None
    pieces: list[str] = []
    for piece in _written(tree):
        pieces.append(piece)
        if len(pieces) > _LARGEST:
            return None
    return valid("".join(pieces))


def _depth(latex: str) -> int:
    """No less than how deep the groups nest; scripts and roots of scripts and roots count too."""
    depth = deepest = chained = 0
    for token in _OPENS.finditer(latex):
        if token[1]:
            depth += 1
            chained += 1
        elif token[2]:
            depth -= 1
            chained = max(depth, 0)
        elif len(token[0]) > 2 or token[0] in "^_":
            chained += 1
            if latex[token.end() : token.end() + 1] not in ("\\", "^", "_", "{"):
                chained = max(depth, 0)
        deepest = max(deepest, depth, chained)
    return deepest


def _written(tree: Element) -> Iterator[str]:
    """The tree as text, without recursion."""
    todo: list[Element | str] = [tree]
    while todo:
        element = todo.pop()
        if isinstance(element, str):
            yield element
            continue
        known = element.tag in _ELEMENTS
        tag = element.tag if known else "mrow"
        kept = [
            f' {name}="{quoted(value)}"'
            for name, value in element.attrib.items()
            if name in _ATTRIBUTES and ":" not in value and "url" not in value.lower()
        ]
        if tag == "mi" and _UPRIGHT.fullmatch(element.text or "") and "mathvariant" not in element.attrib:
            kept.append(' mathvariant="normal"')
        yield f"<{tag}{''.join(kept)}>"
        if element.text and element.text.strip(" \n"):
            # Its symbols are written as references.
            yield escaped(unescape(element.text))
        elif element.text:
            yield element.text
        todo.append(f"</{tag}>")
        for child in reversed(element):
            if child.tail and child.tail.strip():
                todo.append(escaped(unescape(child.tail)))
            todo.append(child)
