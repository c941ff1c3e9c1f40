"""What a note is called on its page and in lists, and what it says that it is about."""

from __future__ import annotations

import re

from fmvault import markdown
from fmvault.model import Heading, Note, Span
from fmvault.plain import plain
from fmvault.vault import fold

# What plain text has no other way to read.
_MARKS = frozenset("`*_[]<>$^\\=&~")
_SIMPLE = re.compile(r"[A-Za-z][\w ,.()'’-]*(?<![_-])")


def title_heading(note: Note) -> Heading | None:
    """The heading that is the note's title: the first of level 1, if nothing stands above it.

    Where there are more of level 1, it is only if it says the note's name: Obsidian shows the name above the note.
    """
    headings = note.headings
    if not headings or headings[0].level != 1 or note.text is None:
        return None
    if note.text.source[note.body : headings[0].span.start].strip(b"\xef\xbb\xbf \t\r\n"):
        return None
    if fold(" ".join(headings[0].text.split())) == fold(note.name):
        return headings[0]
    return headings[0] if all(heading.level > 1 for heading in headings[1:]) else None


def title(note: Note) -> str:
    """The title of a note as plain text: its title's heading, else its property ``title``, else its name.

    To Obsidian ``title`` is a property like any other, and what a reader sees at the top is the heading; so the heading
    comes first, and a property that says something else is shown among the properties.
    """
    heading = title_heading(note)
    if heading is not None:
        text = heading.text
        if "_" in text or not _SIMPLE.fullmatch(text):
            text = " ".join(plain(note, heading.span).split())
        if text:
            return text
    for each in note.properties:
        if each.key.casefold() == "title" and isinstance(each.value, str) and each.value.strip():
            return " ".join(each.value.split())
    return readable(note.name)


def description(note: Note) -> str:
    """What a note says itself that it is about, in its property ``description``; empty where it says nothing."""
    for each in note.properties:
        if each.key.casefold() == "description" and isinstance(each.value, str):
            said = " ".join(each.value.split())
            if _MARKS.isdisjoint(said):
                return said
            # People write it as they write a note.
            read = markdown.parse("", said.encode("utf-8", "replace"), keep_text=True)
            return " ".join(plain(read, Span(0, read.size)).split())
    return ""


def readable(name: str) -> str:
    """The name of a file as text; what is none in it is a question mark."""
    return name if name.isascii() else name.encode("utf-8", "replace").decode()
