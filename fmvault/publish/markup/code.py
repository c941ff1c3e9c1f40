"""Code in colours, by Pygments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fmvault.publish.markup.text import escaped

if TYPE_CHECKING:
    from pygments.lexer import Lexer

# Longer code, and longer lines, stay plain: some lexers take the square of a line's length.
_LONGEST, _LONGEST_LINE = 20_000, 1_000
_KEPT = 4_000_000
_NAME = re.compile(r"[A-Za-z0-9_+#.\-]{1,40}\Z")
# Names that people give and Pygments does not know, and those that mean plain text.
_OTHERS = {"js": "javascript", "ts": "typescript", "yml": "yaml", "jsonc": "json", "latex": "tex", "jsx": "javascript"}
_PLAIN = frozenset({"", "text", "txt", "plain", "plaintext", "none", "no-highlight", "nohighlight", "output"})


class Highlighter:
    """Code made so far, by language and source, and the lexers looked up."""

    def __init__(self) -> None:
        self._lexers: dict[str, Lexer | None] = {}
        self._made: dict[tuple[str, str], str] = {}
        self._size = 0

    def get(self, language: str, source: str) -> str:
        """The source as HTML, with spans of Pygments' classes where the language is known."""
        key = (language, source)
        found = self._made.get(key)
        if found is None:
            found = self._highlighted(language, source)
            self._size += len(found)
            if self._size > _KEPT:
                self._made.clear()
                self._size = len(found)
            self._made[key] = found
        return found

    def _highlighted(self, language: str, source: str) -> str:
        lexer = self._lexer(language)
        if lexer is None or len(source) > _LONGEST or max(map(len, source.split("\n"))) > _LONGEST_LINE:
            return escaped(source)
        from pygments.token import STANDARD_TYPES, Token

        pieces: list[str] = []
        opened = ""
        for kind, text in lexer.get_tokens(source):
            name = STANDARD_TYPES.get(kind)
            while name is None:
                kind = kind.parent or Token
                name = STANDARD_TYPES.get(kind)
            if name == "w":
                name = opened
            if name != opened:
                pieces.append("</span>" if opened else "")
                pieces.append(f'<span class="{name}">' if name else "")
                opened = name
            pieces.append(escaped(text))
        pieces.append("</span>" if opened else "")
        return "".join(pieces)

    def _lexer(self, language: str) -> Lexer | None:
        name = language.lower()
        if name in _PLAIN or not _NAME.match(name):
            return None
        if name not in self._lexers:
            from pygments.lexers import get_lexer_by_name
            from pygments.util import ClassNotFound

            try:
                found = get_lexer_by_name(_OTHERS.get(name, name), stripnl=False, ensurenl=False)
            except ClassNotFound:
                found = None
            self._lexers[name] = found
        return self._lexers[name]


# Pygments' classes by what they have in common; each colour has a contrast of 4.5 to 1 at least on its ground.
_GROUPS = {
    "comment": ("c", "ch", "cm", "cp", "cpf", "c1", "cs", "gh", "go"),
    "keyword": ("k", "kc", "kd", "kn", "kp", "kr", "kt", "ow", "nt"),
    "string": ("s", "sa", "sb", "sc", "dl", "sd", "s2", "se", "sh", "si", "sx", "s1", "ld", "gi"),
    "number": ("m", "mb", "mf", "mh", "mi", "mo", "il", "no", "ss", "sr"),
    "name": ("nf", "fm", "nc", "nn", "nd", "ne", "na", "nb", "bp"),
    "wrong": ("gd", "gr", "gt"),
}
_LIGHT = {
    "comment": "#5f6672",
    "keyword": "#8a2a6b",
    "string": "#1f6b3a",
    "number": "#8a4b00",
    "name": "#1a56a0",
    "wrong": "#b3261e",
}
_DARK = {
    "comment": "#a0a8b5",
    "keyword": "#f0a3d4",
    "string": "#9fdcae",
    "number": "#f2c27b",
    "name": "#9cc7ff",
    "wrong": "#ffb4ab",
}


def code_style() -> str:
    """The style sheet of highlighted code, light and dark.

    Its colours are custom properties, ``--code-keyword`` and so on, that a theme may set.
    """
    light = "".join(f"--code-{name}:{colour};" for name, colour in _LIGHT.items())
    dark = "".join(f"--code-{name}:{colour};" for name, colour in _DARK.items())
    rules = [
        f":root{{{light}}}",
        f"@media (prefers-color-scheme: dark){{:root{{{dark}}}}}",
        f":root[data-theme=light]{{{light}}}",
        f":root[data-theme=dark]{{{dark}}}",
        f"@media print{{:root,:root[data-theme]{{{light}}}}}",
    ]
    for name, classes in _GROUPS.items():
        rules.append(f"{','.join(f'.code .{each}' for each in classes)}{{color:var(--code-{name})}}")
    rules.append(".code :is(.c,.c1,.cm,.cs,.sd,.ge){font-style:italic}")
    rules.append(".code :is(.gs,.gh,.gu){font-weight:bold}")
    return "\n".join(rules) + "\n"
