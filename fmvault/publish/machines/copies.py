"""Each note as Markdown that is read without the vault, beside its page.

Links lead to the copies of the notes they name and to the files of the site, in Markdown's own syntax; embeds are links
too, and pictures stay pictures. What a reader can follow nowhere is text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import quote

from fmvault.model import Edit, External, Link, Note
from fmvault.publish.addresses import href
from fmvault.publish.machines.told import End, Told, aliases, tags
from fmvault.publish.svg import is_active, is_svg
from fmvault.publish.task import Task, digest

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".svg")
# What stands as it is in a place of a file, but for brackets, which would end the link.
_FRAGMENT = "=&,:;/?@!$'*+~"
# What would end a label, or begin something in it.
_LABEL = re.compile(r"[\[\]\\]")
# A size, and nothing that is read: `![[picture.png|300]]`.
_SIZE = re.compile(r"\d+(?:x\d+)?")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def copy_address(address: str) -> str:
    """Where the copy of the note is whose page is at ``address``."""
    return address.removesuffix(".html") + ".md"


def copies(told: Told) -> Iterator[Task]:
    """The copy of every note."""
    for note in told.published.notes:
        mark = digest("copy", told.mark(note))
        yield Task(copy_address(told.address(note.path)), mark, partial(_copy, told, note))


def _copy(told: Told, note: Note) -> bytes:
    address = told.address(note.path)
    pieces: list[bytes] = [_frontmatter(told, note, address).encode("utf-8", "replace")]
    if note.text is None:
        return pieces[0]
    source, here = note.text.source, copy_address(address)
    at = note.body
    while source[at : at + 1] in (b"\r", b"\n"):
        at += 1
    for (link, outcome), end in zip(told.published.vault.outgoing(note), told.ends(note), strict=True):
        if link.syntax not in ("wikilink", "markdown") or isinstance(outcome, External):
            continue
        edit = _rewritten(link, _way(told, link, end, here))
        # Links may lie in one another, and share one definition of where they lead.
        if edit is not None and edit.span.start >= at:
            pieces += source[at : edit.span.start], edit.text.encode("utf-8", "replace")
            at = edit.span.end
    pieces.append(source[at:])
    return b"".join(pieces).rstrip().replace(b"\r\n", b"\n") + b"\n"


def _way(told: Told, link: Link, end: End | None, here: str) -> str:
    """What a copy writes to lead to another, a board's page, or a file; empty for what is not in the site."""
    if end is None:
        return ""
    if end.path[-3:].lower() == ".md":
        return href(copy_address(end.address), here, end.fragment)
    if end.path not in told.published.vault.notes and is_active(end.path) and not is_svg(end.path):
        return ""
    to = href(end.address, here)
    # A page of a paper, or where a film begins; a board's page has no such places.
    is_place = link.subpath and end.path not in told.published.vault.notes
    return f"{to}#{quote(link.subpath, safe=_FRAGMENT)}" if is_place else to


def _rewritten(link: Link, way: str) -> Edit | None:
    """A link as it is written in a copy; None for one that stays as it is."""
    if link.syntax == "markdown":
        return Edit(link.dest, way) if way else None
    label = _label(link)
    sign = "!" if link.embed and way.partition("#")[0].lower().endswith(_PICTURES) else ""
    return Edit(link.span, f"{sign}[{label}]({way})" if way else label)


def _label(link: Link) -> str:
    """What is read of a wikilink."""
    label = link.label or ""
    if link.embed and _SIZE.fullmatch(label.rpartition("|")[2].strip()):
        label = label.rpartition("|")[0]
    if not label.strip():
        # As Obsidian shows it.
        label = " > ".join(part for part in (link.target, *link.subpath.split("#")) if part)
    shown = _LABEL.sub(r"\\\g<0>", " ".join(label.split()))
    return shown.replace("|", "\\|") if link.in_table else shown


def _frontmatter(told: Told, note: Note, address: str) -> str:
    """What is known of the note, as properties; its own are not told but for these."""
    url = told.at(address)
    lines = [f"title: {_quoted(told.title(note))}"]
    if names := aliases(note):
        lines += ["aliases:", *(f"  - {_quoted(name)}" for name in names)]
    if words := tags(note):
        lines += ["tags:", *(f"  - {_quoted(word)}" for word in words)]
    if kind := told.kind(note):
        lines.append(f"kind: {_quoted(kind)}")
    if definition := told.definition(note):
        lines.append(f"description: {_quoted(definition)}")
    lines.append(f"url: {_quoted(url)}")
    return "\n".join(["---", *lines, "---", "", ""])


def _quoted(text: str) -> str:
    """``text`` in quotes as YAML and JSON have them."""
    shown = json.dumps(text, ensure_ascii=False)
    return shown if shown.isascii() else _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", shown)
