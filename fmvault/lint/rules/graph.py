"""Graph: notes and files that the vault's links leave out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fmvault.gitignore import matching
from fmvault.lint.rule import Problem, rule
from fmvault.model import Json, Note, Span
from fmvault.vault import Vault, fold, reached

_FILE = Span(0, 0)


@rule(family="graph", since="0.1", severity="warning", enabled=False)
def orphan_note(note: Note, vault: Vault, *, ignore: tuple[str, ...] = ()) -> Iterator[Problem]:
    """No link of another note leads to this one.

    Nobody comes upon it while reading: it can be found by search alone. A home page or a daily note is meant to stand
    so, and can be named under `ignore`.
    """
    if not _is_note(note.path, vault) or matching(ignore)(note.path):
        return
    # A template's link is copied into the notes made of it; in the template nobody reads it.
    if all(path == note.path or _is_template(path, vault) for path, _ in vault.backlinks(note.path)):
        more = "" if _links_on(note, vault) else ", and it links to none"
        yield Problem(_FILE, f"no other note links to this one{more}")


@rule(family="graph", since="0.1", severity="warning", enabled=False)
def dead_end_note(note: Note, vault: Vault, *, ignore: tuple[str, ...] = ()) -> Iterator[Problem]:
    """A note links to no other.

    Whoever comes to it has to go back. A concept that stands in no relation to any other is seldom finished. Links to
    notes that are yet to be written count.
    """
    if _is_note(note.path, vault) and not matching(ignore)(note.path) and not _links_on(note, vault):
        yield Problem(_FILE, "this note links to no other")


def _links_on(note: Note, vault: Vault) -> bool:
    """Whether the note links to another, be it one yet to be written."""
    for link, outcome in vault.outgoing(note):
        path = reached(outcome)
        if link.target and path != note.path and (path is None or path in vault.notes):
            return True
    return False


@rule(family="graph", since="0.1", severity="warning", enabled=False)
def island(vault: Vault) -> Iterator[Problem]:
    """Some notes are linked among themselves, and with no other note of the vault.

    However long one follows links from the rest, one never comes there. Often a single link is missing, or one is
    broken. An island is reported once, at its first note; a single note without links is an `orphan-note`.
    """
    above = {path: path for path in vault.notes if not _is_template(path, vault)}

    def top(path: str) -> str:
        while above[path] != path:
            above[path] = path = above[above[path]]
        return path

    for path in above:
        for _, outcome in vault.outgoing(vault.notes[path]):
            other = reached(outcome)
            if other in above:
                one, two = sorted((top(path), top(other)))
                above[two] = one
    groups: dict[str, list[str]] = {}
    for path in above:
        if _is_note(path, vault):
            groups.setdefault(top(path), []).append(path)
    # `max` takes the first of equals, and groups are in the order of their first notes.
    largest = max(groups.values(), key=len, default=[])
    for group in groups.values():
        if group is not largest and len(group) > 1:
            others = [vault.notes[path].name for path in group[1:]]
            yield Problem(
                _FILE, f"no link joins this note and {_listed(others)} to the rest of the vault", path=group[0]
            )


def _listed(names: Sequence[str]) -> str:
    shown = [f"'{name}'" for name in names[:3]]
    if len(names) > 4:
        shown.append(f"{len(names) - 3} more")
    elif len(names) == 4:
        shown.append(f"'{names[3]}'")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


# What Obsidian takes for an attachment (https://help.obsidian.md/file-formats).
_PICTURES = ("avif", "bmp", "gif", "jpeg", "jpg", "png", "svg", "webp", "pdf")
_RECORDINGS = ("flac", "m4a", "mp3", "ogg", "wav", "webm", "3gp", "mkv", "mov", "mp4", "ogv")
_ATTACHMENTS = frozenset([*_PICTURES, *_RECORDINGS])


@rule(family="graph", since="0.1", severity="warning", enabled=False)
def unused_attachment(vault: Vault, *, ignore: tuple[str, ...] = ()) -> Iterator[Problem]:
    """No note links to or embeds an image, recording, video or PDF.

    It is carried along in every copy of the vault and shown nowhere. A file that a property names by its path, such as
    `cover: Attachments/cat.png`, is in use.
    """
    unlinked = [
        path
        for path in vault.files
        if path.rpartition(".")[2].lower() in _ATTACHMENTS
        and path not in vault.notes
        and not vault.backlinks(path)
        and not matching(ignore)(path)
    ]
    if not unlinked:
        return
    named = {name for note in vault.notes.values() for held in note.properties for name in _file_names(held.value)}
    for path in unlinked:
        if fold(path.rpartition("/")[2]) not in named:
            yield Problem(_FILE, "no note links to or embeds this file", path=path)


def _file_names(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        if "." in value:
            yield fold(value.strip().rpartition("/")[2])
    elif isinstance(value, list):
        for entry in value:
            yield from _file_names(entry)
    elif isinstance(value, dict):
        for entry in value.values():
            yield from _file_names(entry)


def _is_note(path: str, vault: Vault) -> bool:
    return path[-3:].lower() == ".md" and not _is_template(path, vault)


def _is_template(path: str, vault: Vault) -> bool:
    return any(path.startswith(f"{folder}/") for folder in vault.settings.template_folders)
