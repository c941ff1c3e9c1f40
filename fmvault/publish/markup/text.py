"""Text as it stands in HTML, and what the interface says around it."""

from __future__ import annotations

import re
from collections.abc import Mapping

# What the catalogue may lack: it has these keys, in the language of the site.
DEFAULTS: Mapping[str, str] = {
    "anchor": "Link to this section",
    "math_source": "Shown as it is written: not all of this formula is known here.",
    "missing": "not written yet",
    "missing_file": "no such file",
    "footnotes": "Footnotes",
    "footnote": "Footnote {number}",
    "footnote_back": "Back to the text",
    "plugin": "This block is run by a plugin in Obsidian; here is what it says.",
    "remote": "on another site; opens there",
    "task_open": "to do",
    "task_done": "done",
    "task_other": "marked {mark}",
    "diagram": "Diagram",
    "board_outline": "Too large to be read here: this is its outline.",
    "unreadable_note": "This note cannot be read: its file is not text in UTF-8.",
    "unreadable_canvas": "This canvas cannot be read: its file is not JSON in UTF-8.",
    "unreadable_base": "This base cannot be read: its file is not YAML in UTF-8.",
    "drawing": "This is a drawing of the plugin {plugin} for Obsidian; here is what stands in it.",
    "base_note": "This is a base: Obsidian makes tables and cards of notes with it. Here is what it asks for.",
}

# What no HTML may hold: controls, and code points that are no characters.
_INVALID = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
# The same in UTF-8, roughly: where none of these is found, nothing need be looked for.
_CONTROLS = bytes((*range(9), 11, *range(14, 32), 127))
_HIGH_CONTROL, _NO_CHARACTER = re.compile(rb"\xc2[\x80-\x9f]"), re.compile(rb"\xbf[\xbe\xbf]|\xef\xb7")


def escaped(text: str) -> str:
    """``text`` between tags."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    return text


def quoted(text: str) -> str:
    """``text`` as the value of an attribute, without the quotes around it."""
    return escaped(text).replace('"', "&quot;")


def valid(html: str) -> str:
    """``html`` without the characters that it may not hold."""
    data = html.encode("utf-8", "replace")
    if (
        len(data.translate(None, _CONTROLS)) == len(data)
        and not (b"\xc2" in data and _HIGH_CONTROL.search(data))
        and not _NO_CHARACTER.search(data)
    ):
        return html
    return _INVALID.sub("\ufffd", html)


def boxed(html: str) -> str:
    """A word of ours on what stands below, or does not."""
    return f'<div class="plugin"><p class="plugin-note">{html}</p></div>\n'


class Texts:
    """The catalogue, and what to say where it has nothing."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = {**DEFAULTS, **texts}

    def __call__(self, key: str, **values: object) -> str:
        found = self._texts[key]
        for name, value in values.items():
            found = found.replace(f"{{{name}}}", str(value))
        return found

    def __getitem__(self, key: str) -> str:
        """A text without values; a part of a base is called what it is called there."""
        return self._texts.get(key) or key.removeprefix("base_")

    def callout(self, type_: str) -> str:
        """What a callout is called that has no title: the catalogue's ``callout_tip``, else its type."""
        return self._texts.get(f"callout_{type_}") or type_.replace("-", " ").capitalize()
