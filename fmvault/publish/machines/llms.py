"""``llms.txt``: the site as a language model is shown it (https://llmstxt.org)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from urllib.parse import quote

from fmvault.graph.excerpts import shortened
from fmvault.model import Note
from fmvault.publish.addresses import GLOSSARY, LLMS, NOTES_JSON
from fmvault.publish.machines.copies import copy_address
from fmvault.publish.machines.told import Told, absolute, clean
from fmvault.publish.task import Task, digest

_LEAD = 160
_MARKS = re.compile(r"[\[\]\\`*_<>#]")


def llms(told: Told, pages: Sequence[str]) -> Task:
    """The notes by folder, the most linked first, each with its copy's address and what it is about."""
    # Boards link to notes too.
    boards = [board.digest for board in told.published.boards]
    return Task(LLMS, digest("llms", told.facts, boards, GLOSSARY in pages), lambda: _llms(told, GLOSSARY in pages))


def _llms(told: Told, has_glossary: bool) -> bytes:
    published, settings = told.published, told.settings
    lines = [f"# {_plain(published.title) or 'Notes'}", ""]
    if settings.description:
        lines += [f"> {_plain(settings.description)}", ""]
    by_folder: defaultdict[str, list[Note]] = defaultdict(list)
    for note in published.notes:
        by_folder[note.folder].append(note)
    links = {note.path: len(published.vault.backlinks(note.path)) for note in published.notes}
    for folder in sorted(by_folder):
        lines += [f"## {_plain(folder) or 'Notes'}", ""]
        notes = sorted(by_folder[folder], key=lambda note: (-links[note.path], note.path))
        lines += [_line(told, note) for note in notes]
        lines.append("")
    # What is under this heading may be left out where there is little room.
    lines += ["## Optional", "", f"- [notes.json]({_at(told, NOTES_JSON)}): all sections of all notes, as JSON"]
    if has_glossary:
        lines.append(f"- [Glossary]({_at(told, GLOSSARY)}): all definitions on one page")
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _line(told: Told, note: Note) -> str:
    lead = _plain(shortened(told.definition(note), _LEAD))
    about = f": {lead}" if lead else ""
    return f"- [{_plain(told.title(note))}]({_at(told, copy_address(told.address(note.path)))}){about}"


def _at(told: Told, address: str) -> str:
    return absolute(told.settings, address) or quote(address)


def _plain(text: str) -> str:
    return _MARKS.sub(r"\\\g<0>", " ".join(clean(text).split()))
