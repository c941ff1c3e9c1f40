"""Pages: Markdown that documents a behaviour and states it as cases, each a small vault and what is expected of it.

A page's ``##`` sections hold fenced blocks. The first word of a fence's info line says what it is, the rest names a
file:

- ``findings``: the findings of the rule, one a line, ``path:line:column message``; on a page that is no rule's, those
  of all rules that are on, ``path:line:column [rule] message``
- ``fixed PATH``: the file once the findings' fixes are applied
- ``mistakes``: what is wrong with the configuration and the schemas it names, ``path:line:column: message``
- ``links``, ``headings``, ``blocks``, ``tags``, ``footnotes``, ``callouts``, ``properties``: what the reader found
- ``seed PATH``: a file whose text is that of a document beside the checkout, which is named
- ``bytes PATH``: a file with escapes such as ``\\xe9`` for bytes that are no text
- any other word with a path: a file of the section's vault, such as ``md a.md`` or ``toml fmvault.toml``

Info lines without a path, and fences of a section without any of these blocks, are prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from fmvault.model import Edit, Fix

EXPECTATIONS = (
    "findings",
    "mistakes",
    "links",
    "headings",
    "blocks",
    "tags",
    "footnotes",
    "callouts",
    "properties",
)
_FENCE = re.compile(r"(`{3,})[ ]*(\S*)[ ]*(.*?)[ ]*")


SEEDS = Path(__file__).parents[2] / "shared" / "seeds"


class Case(Struct):
    """One section of a page: a vault's files, and what is expected of it by kind.

    ``lacks`` is a document that it needs and that is not here.
    """

    page: str
    title: str
    files: dict[str, bytes] = {}
    expected: dict[str, list[str]] = {}
    fixed: dict[str, bytes] = {}
    lacks: str = ""

    @property
    def id(self) -> str:
        return f"{self.page}: {self.title}"

    def write(self, folder: Path) -> Path:
        """Lay the vault out on disk."""
        for path, content in self.files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return folder


def read(page: Path) -> Iterator[Case]:
    """The cases of a page, in order; sections of prose are passed over."""
    case: Case | None = None
    lines = iter(page.read_text("utf-8").split("\n"))
    for line in lines:
        if line.startswith("## "):
            if case is not None and (case.files or case.expected):
                yield case
            case = Case(page.stem, line[3:].strip())
        elif line.startswith("```"):
            fence = _FENCE.fullmatch(line)
            assert fence, f"{page}: {line}"
            body = []
            for inner in lines:
                if inner == fence[1]:
                    break
                body.append(inner)
            else:
                raise AssertionError(f"{page}: a fence is never closed: {line}")
            if case is not None:
                _add(case, fence[2], fence[3], body)
    if case is not None and (case.files or case.expected):
        yield case


def _add(case: Case, word: str, path: str, body: list[str]) -> None:
    content = "".join(f"{line}\n" for line in body)
    if word in EXPECTATIONS and not path:
        assert word not in case.expected, f"{case.id}: two blocks of {word}"
        case.expected[word] = body
    elif not path:
        return
    elif word == "fixed":
        case.fixed[path] = content.encode("utf-8")
    elif word == "seed":
        document = SEEDS / body[0]
        case.files[path] = document.read_bytes() if document.exists() else b""
        case.lacks = case.lacks or ("" if document.exists() else body[0])
    elif word == "bytes":
        case.files[path] = content.encode("latin-1").decode("unicode_escape").encode("latin-1")
    else:
        case.files[path] = content.encode("utf-8")


def apply(source: bytes, fixes: Iterable[Fix]) -> bytes:
    """``source`` with the fixes made, each as a whole or not at all: one that touches an earlier one's place waits."""
    taken: list[Edit] = []
    for fix in fixes:
        new = [edit for edit in fix.edits if edit not in taken]
        if not any(_clash(edit, other) for edit in new for other in taken):
            taken.extend(new)
    parts: list[bytes] = []
    at = 0
    for edit in sorted(taken, key=lambda edit: edit.span):
        parts += (source[at : edit.span.start], edit.text.encode("utf-8"))
        at = edit.span.end
    return b"".join((*parts, source[at:]))


def _clash(one: Edit, other: Edit) -> bool:
    return (one.span.start < other.span.end and other.span.start < one.span.end) or one.span == other.span
