"""Who wants a note that is not there, and the folder it belongs into."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from unicodedata import normalize

import msgspec

from fmvault.graph.ghosts import note_name
from fmvault.model import Link, MissingNote, Note
from fmvault.vault import Vault, fold, without_query

# A pattern of .gitignore that names one folder, and the notes in it or all that is below.
_PLAIN = re.compile(r"/?((?:[^*?\[\\/]|\\.)+(?:/(?:[^*?\[\\/]|\\.)+)*)/(?:\*\*/?)?(?:\*\.md|\*)?|/\*\.md")


def wanting(name: str, vault: Vault) -> Sequence[tuple[Note, Link]]:
    """The links to a note of this name that is not there, with the notes they stand in, by path and position."""
    wanted = fold(name)
    return [
        (note, link)
        for note in vault.notes.values()
        for link, resolution in vault.unsettled(note)
        if type(resolution) is MissingNote and fold(_target(link).rpartition("/")[2]) == wanted
    ]


def spelt(name: str, wishes: Sequence[tuple[Note, Link]]) -> str:
    """The name as the links to it spell it, most of them, where all write it in another case."""
    spellings = Counter(normalize("NFC", _target(link).rpartition("/")[2]) for _, link in wishes)
    alike = [other for other, _ in spellings.most_common() if other.casefold() == name.casefold()]
    return name if name in alike or not alike else alike[0]


def _target(link: Link) -> str:
    return note_name(without_query(link.target) if link.syntax == "markdown" else link.target)


class Folders:
    """The folders of a vault, and the one that a new note belongs into."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self._spelt: dict[str, str] = {}
        for path in vault.files:
            while path := path.rpartition("/")[0]:
                self._spelt.setdefault(fold(path), path)

    def spelt(self, folder: str) -> str:
        """The folder as it is spelt where it is there: on Windows and macOS case tells no folders apart."""
        known, rest = folder, ""
        while known:
            if found := self._spelt.get(fold(known)):
                return found + rest
            known, _, last = known.rpartition("/")
            rest = f"/{last}{rest}"
        return folder

    def proposed(
        self, wishes: Sequence[tuple[Note, Link]], match: Sequence[str], app: bytes, here: str | None
    ) -> Iterator[str]:
        """The folders that a note may belong into, the best first.

        ``wishes`` are the links to it, ``match`` the patterns of its kind, ``app`` is Obsidian's ``app.json``, and
        ``here`` the folder somebody is in.
        """
        asked = Counter(folder for note, link in wishes if (folder := self._asked(link, note)) is not None)
        yield from (folder for folder, _ in asked.most_common())
        yield from (folder for pattern in match if (folder := _plain(pattern)) is not None)
        match _setting(app):
            case "folder", folder:
                yield folder
            case "current", _:
                yield from (note.folder for note, _ in wishes[:1])
                yield from (here,) if here is not None else ()
        yield ""

    def _asked(self, link: Link, note: Note) -> str | None:
        """The folder that a link names."""
        folder, slash, _ = _target(link).rpartition("/")
        if not slash:
            return None
        if link.target.startswith(("./", "../")):
            folder = posixpath.join(note.folder, folder)
        elif link.syntax == "markdown" and not link.target.startswith("/"):
            # Such a link may be relative to the note as well as to the vault's root.
            beside = posixpath.join(note.folder, folder)
            folder = beside if self.vault.is_folder(beside) and not self.vault.is_folder(folder) else folder
        folder = posixpath.normpath(folder.strip("/") or ".")
        return None if folder.split("/")[0] == ".." else "" if folder == "." else self.spelt(folder)


def _plain(pattern: str) -> str | None:
    """The folder that a pattern names; None if it names none or several."""
    if pattern.startswith(("!", "#")) or (found := _PLAIN.fullmatch(pattern)) is None:
        return None
    return re.sub(r"\\(.)", r"\1", found[1] or "")


def _setting(app: bytes) -> tuple[str, str]:
    """Where Obsidian puts new notes: ``root``, ``current`` or ``folder``, and in the last case which."""
    try:
        settings = msgspec.json.decode(app.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "root", ""
    location = settings.get("newFileLocation") if isinstance(settings, dict) else None
    if location != "folder":
        return ("current" if location == "current" else "root"), ""
    folder = settings.get("newFileFolderPath")
    folder = folder.strip().replace("\\", "/") if isinstance(folder, str) else ""
    folder = posixpath.normpath(folder.strip("/") or ".")
    return "folder", "" if folder == "." else folder
