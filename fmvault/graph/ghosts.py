"""Ghosts: the notes that links name and that are not there."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, TypeAlias

from fmvault.model import Link, MissingNote, Note
from fmvault.vault import Vault, fold

_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,8})\Z")
# Endings that tell a file from a note's name that has a dot in it, such as `Node.js`.
_FILE_TYPE = re.compile(
    r"""canvas|base|pdf|png|jpe?g|gif|bmp|svg|webp|avif|heic|tiff?|ico|mp3|wav|m4a|og[gav]|opus|flac|3gp|mp4|m4v|mov|mkv
    |webm|avi|zip|7z|rar|tar|gz|docx?|odt|rtf|xlsx?|ods|pptx?|odp|key|pages|numbers|epub|mobi|csv|tsv|txt|json|xml|ya?ml
    |html?|bib|excalidraw|drawio""",
    re.IGNORECASE | re.VERBOSE,
)
# No folder lies deeper than this below another; what pretends to is not taken apart altogether.
_DEEPEST = 64

Missing: TypeAlias = Literal["alias", "attachment", "note"]


def missing(link: Link, target: str, vault: Vault) -> Missing:
    """What ``link`` means, whose ``target`` no file has: a note by its only alias, an attachment, or a note."""
    if link.syntax != "base" and len(vault.with_alias(note_name(target))) == 1:
        return "alias"
    extension = _EXTENSION.search(target)
    if extension and not extension[1].isdigit() and extension[1].lower() != "md":
        told = link.embed or link.syntax in ("markdown", "canvas") or _FILE_TYPE.fullmatch(extension[1])
        return "attachment" if told else "note"
    return "note"


def note_name(target: str) -> str:
    """A target's name of a note: without ``.md``."""
    return target[:-3] if target[-3:].lower() == ".md" else target


@lru_cache(maxsize=1)
def _expected(planned: tuple[str, ...]) -> tuple[frozenset[str], re.Pattern[str] | None]:
    """The names that are planned, folded, and what matches those given by a pattern."""
    patterns = []
    for entry in planned:
        if "*" in entry:
            first, *inner, last = map(re.escape, fold(entry).split("*"))
            # The first place where a part fits is as good as any, so that none is tried again.
            patterns.append(f"{first}{''.join(f'(?>.*?{part})' for part in inner if part)}.*{last}")
    names = frozenset(fold(entry) for entry in planned if "*" not in entry)
    return names, re.compile("|".join(patterns), re.DOTALL) if patterns else None


def is_planned(name: str, planned: tuple[str, ...]) -> bool:
    """Whether ``planned`` has the name, with its folders or without; ``*`` stands for anything."""
    names, pattern = _expected(planned)
    name = fold(name)
    last = name.rpartition("/")[2]
    if name in names or last in names:
        return True
    return pattern is not None and bool(pattern.fullmatch(name) or pattern.fullmatch(last))


class Ghost:
    """A note that is not there.

    ``spellings`` are the paths, or ends of paths, that links have for it, the most used first. ``name`` is what it
    would be called, with folders where they alone tell it from another.
    """

    def __init__(self, id: str, name: str, spellings: Sequence[str]) -> None:
        self.id = id
        self.name = name
        self.spellings = spellings


class Ghosts:
    """The ghosts that the links of ``notes`` name.

    Two links name one ghost if a single new note would be the end of both: ``[[Entropy]]`` and ``[[Physics/Entropy]]``
    do, ``[[Maths/Entropy]]`` beside them names another, and which one ``[[Entropy]]`` then means nobody can tell.
    """

    def __init__(self, vault: Vault, notes: Iterable[Note]) -> None:
        self._vault = vault
        spelt: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for note in notes:
            for link, outcome in vault.unsettled(note):
                if not isinstance(outcome, MissingNote) or missing(link, outcome.target, vault) != "note":
                    continue
                if path := _path(outcome.target, note.folder):
                    spelt[fold(path)][path] += 1
        by_name: defaultdict[str, list[str]] = defaultdict(list)
        for key in spelt:
            by_name[key.rpartition("/")[2]].append(key)
        self._by_key: dict[str, Ghost] = {}
        for name, keys in by_name.items():
            groups = _one_note_each(keys)
            for place, members in groups.items():
                spellings = sum((spelt[key] for key in members), Counter[str]())
                alone = len(groups) == 1
                shown = spelt[place] if not alone or vault.named(name) else _last_parts(spellings)
                ghost = Ghost(f"/{name if alone else place}", _most_used(shown)[0], _most_used(spellings))
                self._by_key.update(dict.fromkeys(members, ghost))

        self.all: Sequence[Ghost] = sorted(set(self._by_key.values()), key=lambda ghost: ghost.id)

    def named(self, target: str, note: Note) -> Ghost | None:
        """The one that a link of ``note`` names, whose target is missing; None if no link was known to name it."""
        return self._by_key.get(fold(_path(target, note.folder)))


def _path(target: str, folder: str) -> str:
    """The path, or the end of one, that a new note must have to be what the target means, without ``.md``.

    It is empty where the target is nothing but slashes.
    """
    path = note_name(target)
    if path.startswith(("./", "../")):
        path = posixpath.normpath(f"{folder}/{path}")
    return "/".join(part for part in path.split("/") if part not in ("", ".", ".."))


def _one_note_each(keys: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Ends of paths that have one name, put together where one note can be meant by all of them: by the longest."""
    groups: dict[str, list[str]] = {}
    # An end is shorter than what it ends. Of those it may end, it goes to one only if there is no other.
    longest: dict[str, set[str]] = {}
    for key in sorted(keys, key=lambda key: (-len(key), key)):
        places = longest.get(key, set())
        place = next(iter(places)) if len(places) == 1 else key
        groups.setdefault(place, []).append(key)
        parts = key.split("/")
        for index in range(max(1, len(parts) - _DEEPEST), len(parts)):
            longest.setdefault("/".join(parts[index:]), set()).add(place)
    return groups


def _last_parts(spellings: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for spelling, count in spellings.items():
        found[spelling.rpartition("/")[2]] += count
    return found


def _most_used(spellings: Mapping[str, int]) -> Sequence[str]:
    return sorted(spellings, key=lambda spelling: (-spellings[spelling], spelling))
