"""Whether a note can have a name: whether it can be a file, whether a link can spell it, and whether it is free."""

from __future__ import annotations

import unicodedata

from fmvault import markdown
from fmvault.lint.rules.names import unportable_name
from fmvault.model import Link, Note
from fmvault.vault import Vault, reached

# Controls, halves of characters, the separators of lines and paragraphs, and what has no width or turns the order.
_REFUSED = ("Cc", "Cf", "Cs", "Zl", "Zp")
_JOINERS = "\u200c\u200d"


def unfit(path: str) -> str | None:
    """Why no note should be at the vault path ``path``; None if it may be."""
    for part in path.removesuffix(".md").split("/"):
        if part.startswith("."):
            return f"'{part}' begins with a dot, which hides it from the vault; choose another name"
        if any(_is_unseen(index, part) for index in range(len(part))):
            return f"'{part}' holds a character that cannot be seen; choose another name"
    index = Vault((), (path,))
    if problem := next(unportable_name.check(index), None):
        return f"{problem.message}; choose another name"
    name = path.rpartition("/")[2].removesuffix(".md")
    if (link := _link(name)) and reached(index.resolve(link, Note("", b"", 0))) == path:
        return None
    return f"no link can spell the name '{name}'; choose another name"


def _is_unseen(index: int, text: str) -> bool:
    """Whether the character at this place cannot be seen, in itself or by what it does to those beside it."""
    if unicodedata.category(text[index]) not in _REFUSED:
        return False
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    if text[index] not in _JOINERS or not before or not after:
        return True
    # Persian and the scripts of India are written with joiners (RFC 5892, appendix A), and so are emoji.
    is_written = unicodedata.combining(before) == 9 or {"AL"} == set(map(unicodedata.bidirectional, before + after))
    is_emoji = unicodedata.category(after) == "So" and (
        unicodedata.category(before) in ("So", "Sk") or before == "\ufe0f"
    )
    return not (is_written or (is_emoji and text[index] == "\u200d"))


def taken(name: str, vault: Vault) -> tuple[str, bool] | None:
    """The path of what goes by this name already, and whether it does so by an alias; None if nothing does."""
    if paths := vault.named(name):
        return paths[0], False
    if paths := vault.with_alias(name):
        return paths[0], True
    # A link by the name of a file, such as `picture.png`, never leads to `picture.png.md`.
    link = _link(name)
    path = reached(vault.resolve(link, Note("", b"", 0))) if link else None
    return (path, False) if path is not None else None


def link_to(path: str, vault: Vault) -> str | None:
    """A link to the note at ``path``, as it is written; None if no link can spell its name."""
    text = vault.link_text(path)
    link = _link(text)
    return f"[[{text}]]" if link and reached(vault.resolve(link, Note("", b"", 0))) == path else None


def _link(name: str) -> Link | None:
    """A link by this name, as it is read where somebody writes it."""
    links = markdown.parse("", f"[[{name}]]\n".encode()).links
    return links[0] if len(links) == 1 and not links[0].subpath and links[0].label is None else None
