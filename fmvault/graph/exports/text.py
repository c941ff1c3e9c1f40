"""Names and texts of strangers, made fit for formats that cannot hold every character."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_SURROGATES = re.compile("[\ud800-\udfff]")
# What XML 1.0 has no place for, carriage returns, which its readers turn into line breaks, and other controls.
_NOT_FOR_XML = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
# Stands in a comment near the beginning of what a format would not tell by itself whose it is.
MARK = "written by fmvault"


def encodable(text: str) -> str:
    """``text`` with U+FFFD in place of lone surrogates, which stand for the bytes of a name that is not UTF-8."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def xml(text: str) -> str:
    """``text`` with U+FFFD in place of what XML cannot hold, or cannot give back as it was."""
    return text if text.isascii() and text.isprintable() else _NOT_FOR_XML.sub("\ufffd", text)


def document(root: Element) -> str:
    """An XML document, to be written in UTF-8."""
    from xml.etree.ElementTree import tostring

    return f"<?xml version='1.0' encoding='utf-8'?>\n<!-- {MARK} -->\n{tostring(root, encoding='unicode').rstrip()}\n"


def line(text: str) -> str:
    """``text`` on one line: what breaks lines, and any stretch of spaces, is a space, other controls are U+FFFD."""
    return _CONTROLS.sub("\ufffd", " ".join(text.split()))


def distinct(ids: Iterable[str], fit: Callable[[str], str] = encodable) -> Mapping[str, str]:
    """Each id as ``fit`` makes it, with a number behind it where two would be one."""
    found: dict[str, str] = {}
    changed = []
    for id in ids:
        found[id] = shown = fit(id)
        if shown != id:
            changed.append(id)
    if changed:
        # Those that stay as they are come first, so that nothing else is renamed for them.
        taken = {id for id, shown in found.items() if shown == id}
        numbers: dict[str, int] = {}
        for id in changed:
            shown = found[id]
            while shown in taken:
                numbers[found[id]] = numbers.get(found[id], 1) + 1
                shown = f"{found[id]} ({numbers[found[id]]})"
            taken.add(shown)
            found[id] = shown
    return found
