"""Text: what a note says that nobody meant it to say."""

from __future__ import annotations

from collections.abc import Iterator

from fmvault.lint.rule import Problem, defects, rule
from fmvault.model import Edit, Fix, Note
from fmvault.nearest import Nearest
from fmvault.vault import Vault


@rule(family="text", since="0.1", severity="warning", fixable=True, of_reader=True)
def mojibake(note: Note, vault: Vault) -> Iterator[Problem]:
    """Text was decoded in the wrong encoding.

    UTF-8 that was once read as Mac Roman, Windows-1252 or another encoding of single bytes shows two to four odd
    characters for each that was there. No search finds the word any more, and a heading with such a run breaks its
    links.
    """
    yield from defects(note, "mojibake")


@rule(family="text", since="0.1", severity="warning", of_reader=True)
def invalid_encoding(note: Note, vault: Vault) -> Iterator[Problem]:
    """A note is not encoded in UTF-8.

    Obsidian reads every note as UTF-8. It shows other bytes as replacement characters and, once the note is edited,
    writes these back: what stood there is lost.
    """
    yield from defects(note, "invalid-encoding")


@rule(family="text", since="0.1", severity="warning", fixable=True, of_reader=True)
def leftover_chat(note: Note, vault: Vault) -> Iterator[Problem]:
    """A chat assistant's words to its user were left in a note.

    They came along when an answer was pasted. They say nothing about the note's subject, and a reader who meets them
    trusts the rest less.
    """
    yield from defects(note, "leftover-chat")


@rule(family="text", since="0.1", severity="warning", of_reader=True)
def template_leftover(note: Note, vault: Vault) -> Iterator[Problem]:
    """A template's placeholder or prompt was never filled in.

    The note was made of a template without the command that fills it in, or the prompt was never answered.
    """
    if not any("template" in part.lower() for part in note.path.split("/")):
        yield from defects(note, "template-leftover")


@rule(family="text", since="0.1", severity="warning", of_reader=True)
def unclosed_comment(note: Note, vault: Vault) -> Iterator[Problem]:
    """A comment is opened and never closed.

    Obsidian hides everything from the `%%` to the end of the note in reading view and on a published page.
    """
    yield from defects(note, "unclosed-comment")


@rule(family="text", since="0.1", severity="warning", of_reader=True)
def unclosed_fence(note: Note, vault: Vault) -> Iterator[Problem]:
    """A code block is opened and never closed.

    Everything down to the end of the note is code then: its links are no links, its headings no headings.
    """
    yield from defects(note, "unclosed-fence")


_CALLOUTS = frozenset(
    (
        *(
            "note",
            "abstract",
            "summary",
            "tldr",
            "info",
            "todo",
            "tip",
            "hint",
            "important",
            "success",
            "check",
            "done",
        ),
        *(
            "question",
            "help",
            "faq",
            "warning",
            "caution",
            "attention",
            "failure",
            "fail",
            "missing",
            "danger",
            "error",
        ),
        *("bug", "example", "quote", "cite"),
    )
)


@rule(family="text", since="0.1", severity="warning", enabled=False, fixable=True)
def unknown_callout(note: Note, vault: Vault, *, known: tuple[str, ...] = ()) -> Iterator[Problem]:
    """A callout is of a type that Obsidian does not know.

    It is shown as a plain `note`, without the colour and icon that were meant, unless a style sheet or a plugin gives
    it its own.
    """
    if not note.callouts:
        return
    types = _CALLOUTS.union(map(str.casefold, known))
    for callout in note.callouts:
        if callout.type.strip().casefold() in types:
            continue
        message = f"no callout is of the type '{callout.type}'"
        if meant := Nearest(types).find(callout.type):
            fix = Fix(f"change it to '{meant}'", (Edit(callout.span, meant),))
            yield Problem(callout.span, f"{message}; did you mean '{meant}'?", fix)
        else:
            yield Problem(callout.span, f"{message}; it is shown as 'note'")


@rule(family="text", since="0.1", severity="warning", fixable=True, of_reader=True)
def unmarked_heading(note: Note, vault: Vault) -> Iterator[Problem]:
    """A line stands where a heading would, without the mark of one.

    Text that was copied from a web page loses its headings' marks. Without them a note has no outline, nothing can link
    to its parts, and the line runs into the paragraph after it.
    """
    yield from defects(note, "unmarked-heading")
