"""What is wrong with YAML in plain words: the place of the cause, and its cure where that is certain."""

from __future__ import annotations

import re

from yaml import MarkedYAMLError, YAMLError
from yaml.reader import ReaderError

from fmvault.properties.scalars import quoted
from fmvault.properties.tree import SCALAR, SEQUENCE, TEMPLATE, Cure, Node, Trouble, compose


def no_map(text: str, root: Node) -> Trouble | None:
    """The trouble of a text that YAML can read, but whose ``root`` is no map; none if it is blank."""
    if root.kind == SCALAR and not root.text.strip():
        return None
    start, end = root.start, min(root.end, text.index("\n", root.start))
    if root.kind == SEQUENCE:
        return Trouble(start, end, "properties are a list here; each is written 'name: value'")
    tight = None if root.style else _TIGHT.match(text, start)
    if tight:
        cure = Cure("Put a space after the colon", tight.end(), tight.end(), " ")
        return Trouble(start, end, f"a space is missing after the colon of '{tight[1]}'", cure)
    return Trouble(start, end, "what stands between the '---' lines is no property; each is written 'name: value'")


def explained(text: str, error: YAMLError) -> Trouble:
    """What is wrong with ``text``, of which the parser says ``error``."""
    if isinstance(error, ReaderError):
        place = len(text.encode()[: error.position].decode())
        message = f"the control character U+{error.character:04X} may not stand in properties"
        return Trouble(place, place + 1, message)
    # What is no error of the parser's reader has a mark.
    assert isinstance(error, MarkedYAMLError)
    assert error.problem_mark is not None
    opened = error.problem_mark.index
    context = error.context or ""
    if error.context_mark and not _AT_PROBLEM.match(context):
        opened = error.context_mark.index
    return _Explanation(text, opened, context, error.problem or "").trouble()


_AT_PROBLEM = re.compile("while parsing a block|while scanning for the next token")


class _Explanation:
    """An error of the parser, met while it read what begins at ``opened``."""

    def __init__(self, text: str, opened: int, context: str, problem: str) -> None:
        self.text = text
        self.context = context
        self.problem = problem
        self.opened = min(opened, len(text) - 1)
        self.start = text.rfind("\n", 0, self.opened) + 1
        end = text.find("\n", self.opened)
        self.line = text[self.start : end if end >= 0 else len(text)].rstrip("\r")

    def trouble(self) -> Trouble:
        causes = (self.conflict, self.tab, self.value, self.unclosed, self.no_colon, self.indentation)
        found = next(filter(None, (cause() for cause in causes)), None)
        return found or self.at_line(f"YAML cannot read this line: {self.problem}")

    def at_line(self, message: str) -> Trouble:
        start = self.start + len(self.line) - len(self.line.lstrip())
        return Trouble(start, start + len(self.line.strip()), message)

    def conflict(self) -> Trouble | None:
        marker = _CONFLICT.search(self.text)
        if marker is None:
            return None
        return Trouble(marker.start(), marker.end(), "a merge conflict was left here; keep one of its two sides")

    def tab(self) -> Trouble | None:
        indent = self.line[: len(self.line) - len(self.line.lstrip())]
        if "\t" not in indent or "token" not in self.context + self.problem:
            return None
        end = self.start + len(indent)
        spaces = indent.replace("\t", "  ")
        return self.curable(self.start, end, "a tab cannot indent YAML; use spaces", "Indent with spaces", spaces)

    def value(self) -> Trouble | None:
        """The value on this line needs quotes, or other quotes than it has."""
        entry = _Entry(self.line)
        value, name = entry.value, entry.name
        if not value or not (entry.key or "-" in self.line[: entry.start]):
            return None
        start = self.start + entry.start
        end = start + len(value)
        first = value[0]
        if "{{" in value and first not in "'\"":
            braces = TEMPLATE.search(value)
            said = f"'{braces[0] if braces else '{{'}' in the value of {name} needs quotes around the whole value"
            return self.unquoted(start, value, said)
        if value.startswith(("[[", "![[")):
            if value.count("[[") > 1 and _WIKILINKS.fullmatch(value):
                written = "[" + ", ".join(quoted(link) for link in _WIKILINK.findall(value)) + "]"
                message = f"wikilinks in a property need quotes, and several are a list; write {written}"
                return self.curable(start, end, message, "Put each wikilink in quotes", written)
            return self.unquoted(start, value, f"the wikilink in the value of {name} needs quotes")
        if first in "'\"":
            return self.quotes(start, value, name)
        if first in "[{":
            return self.collection(start, value, name)
        if first in "@`%*&!|>,]}?" or value.startswith("- "):
            return self.unquoted(start, value, f"the value of {name} begins with '{first}' and needs quotes")
        if ": " in value or value.endswith(":"):
            return self.unquoted(start, value, f"the value of {name} holds a colon and needs quotes")
        return None

    def collection(self, start: int, value: str, name: str) -> Trouble | None:
        if value[0] == "[" and _COMMENTED.search(value):
            message = f"a '#' starts a comment in YAML, and hides the end of the list in {name}"
            written = _COMMENTED.sub(r"\1", value)
            return self.curable(start, start + len(value), message, "Take the '#' off", written)
        closed = _CLOSED.match(value)
        if closed and closed.end() < len(value):
            said = f"text follows the '{closed[0][-1]}' in the value of {name}; it needs quotes"
            return self.unquoted(start, value, said)
        return None

    def quotes(self, start: int, value: str, name: str) -> Trouble | None:
        quote, inside = value[0], value[1:-1]
        end = start + len(value)
        if "escape" in self.problem:
            message = f"a backslash in the double quotes of {name} begins an escape; use single quotes"
            if len(value) == 1 or not value.endswith('"'):
                return Trouble(start, end, message)
            return self.curable(start, end, message, "Use single quotes", "'" + inside.replace("'", "''") + "'")
        closed = _QUOTED[quote].match(value)
        if closed is None:
            return Trouble(start, end, f"the quote that opens the value of {name} is never closed")
        if closed.end() == len(value):
            return self.unclosed_before()
        written = quoted(value)
        if quote == "'" and value.endswith("'"):
            written = "'" + inside.replace("''", "'").replace("'", "''") + "'"
        message = f"the value of {name} goes on after its closing quote"
        return self.curable(start, end, message, "Quote the whole value", written)

    def unclosed_before(self) -> Trouble | None:
        """A quote left open further up swallows lines until the next quote."""
        offset = self.start
        for line in reversed(self.text[: self.start].splitlines(keepends=True)[-200:]):
            offset -= len(line)
            entry = _Entry(line.rstrip("\r\n"))
            whole = _QUOTED.get(entry.value[:1])
            if whole and not whole.match(entry.value):
                start = offset + entry.start
                message = f"the quote that opens the value of {entry.name} is never closed"
                return Trouble(start, start + len(entry.value), message)
        return None

    def unclosed(self) -> Trouble | None:
        if self.context.startswith(("while parsing a flow", "while scanning a quoted")):
            end = self.start + len(self.line.rstrip())
            what = {"[": "list", "{": "map"}.get(self.text[self.opened], "quote")
            return Trouble(self.opened, end, f"the {what} that begins here is never closed")
        return None

    def no_colon(self) -> Trouble | None:
        """The line, or the one above, is no property: ``title Foo``, ``title:Foo``."""
        line, start = self.line, self.start
        if "simple key" not in self.context:
            above = self.text[:start].splitlines(keepends=True)
            if not above or line[:1] in " \t-":
                return None
            line = above[-1].rstrip("\r\n")
            start -= len(above[-1])
        bare = line.strip()
        if not bare or line[0] in " \t-#'\"[{" or _ENTRY_KEY.match(line):
            return None
        tight = _TIGHT.match(line)
        if tight:
            colon, end = tight.end(), len(line.rstrip())
            message = f"a space is missing after the colon of '{tight[1]}'"
            written = f"{line[:colon]} {line[colon:end]}"
            return self.curable(start, start + end, message, "Put a space after the colon", written)
        return Trouble(start, start + len(bare), f"'{bare[:60]}' is no property; each is written 'name: value'")

    def indentation(self) -> Trouble | None:
        if self.line[:1] == " " and "mapping values" in self.problem:
            return self.at_line("this line is indented under one that has a value already")
        if "expected key" in self.problem or "indicator" in self.problem or "sequence entries" in self.problem:
            return self.at_line("the indentation of this line does not fit the lines above")
        return None

    def unquoted(self, start: int, value: str, message: str) -> Trouble:
        end = start + len(value)
        # A comment behind the value, or part of it: nobody but its author knows.
        if " #" in value:
            return Trouble(start, end, message)
        return self.curable(start, end, message, "Put the value in quotes", quoted(value))

    def curable(self, start: int, end: int, message: str, title: str, written: str) -> Trouble:
        """The trouble, with its cure if by that the text can be read up to the end of this line."""
        line_end = self.text.find("\n", end)
        mended = self.text[:start] + written + self.text[end : line_end if line_end >= 0 else len(self.text)]
        try:
            compose(mended)
        except (YAMLError, Trouble):
            return Trouble(start, end, message)
        return Trouble(start, end, message, Cure(title, start, end, written))


class _Entry:
    """A line as far as it is ``key: value`` or ``- value``: the value, from ``start`` on, and what it is called."""

    def __init__(self, line: str) -> None:
        entry = _ENTRY.match(line)
        assert entry is not None, "any line matches"
        self.key = entry["key"]
        self.start = entry.start("value")
        self.value = entry["value"].rstrip(" \t")
        self.name = f"'{self.key.strip()}'" if self.key else "this entry"


_ENTRY = re.compile(
    r"""[ \t]*(?:-[ \t]+)*"""
    r"""(?:(?P<key>"[^"]*"[ \t]*|'[^']*'[ \t]*|[^\s"'#\[\]{}&*!|>%@`,-][^:]*+):(?:[ \t]+|$))?"""
    r"""(?P<value>.*)"""
)
_ENTRY_KEY = re.compile(r"""[^:]*:(?:[ \t]|$)""")
_TIGHT = re.compile(r"([^\W\d][\w-]*):(?=[^\s/:])")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?: [^\r\n]*)?(?=\r?$)", re.MULTILINE)
_WIKILINK = re.compile(r"!?\[\[[^\[\]]+\]\]")
_WIKILINKS = re.compile(r"!?\[\[[^\[\]]+\]\](?:,? *!?\[\[[^\[\]]+\]\])*,?")
_COMMENTED = re.compile(r"([\[\s])#(?=\w)")
_CLOSED = re.compile(r"\[[^\[\]]*\]|\{[^{}]*\}")
_QUOTED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"'), "'": re.compile(r"'(?:[^']|'')*'")}
