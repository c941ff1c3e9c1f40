"""Pages that lead on: from another name of a note, and from where it once was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote, urlsplit

from fmvault.model import Note
from fmvault.publish.addresses import ASSETS, DATA, HOME, slug
from fmvault.publish.machines.told import in_ascii, site_url
from fmvault.publish.pages.atlas import Atlas
from fmvault.publish.pages.notes import housekeeping
from fmvault.publish.task import alike

# The properties that tell where a note was.
_OLD = ("permalink", "redirect_from", "redirect-from")
# So many old addresses of one note, and so many characters and folders of one address.
_MOST, _LONGEST, _DEEPEST = 50, 300, 12
_BARRED = frozenset('<>:"|?*\\')


def moved(atlas: Atlas, taken: Iterable[str]) -> tuple[Mapping[str, str], list[str]]:
    """The addresses that lead on to a note, with its path, none of them one of those ``taken``; and what is amiss.

    An alias leads on if it is that of one note alone, from the folder that note is in.
    """
    free = _Free(taken)
    found: dict[str, str] = {}
    troubles = []
    for note in atlas.published.notes:
        for told in _old(note):
            address = old_address(told, site_url(atlas.settings))
            if address is None:
                troubles.append(f"{note.path}: no page can be at the old address '{told[:_LONGEST]}'")
            elif address != atlas.addresses[note.path] and found.get(address) != note.path:
                if free.take(address):
                    found[address] = note.path
                else:
                    troubles.append(f"{note.path}: the old address '{told[:_LONGEST]}' is that of another page")
    names: dict[str, set[str]] = {}
    for note in atlas.published.notes:
        folder = atlas.addresses[note.path].rpartition("/")[0]
        for alias in note.aliases:
            if len(atlas.vault.with_alias(alias.name)) == 1 and not atlas.vault.named(alias.name):
                name = f"{slug(alias.name)}.html"
                names.setdefault(f"{folder}/{name}" if folder else name, set()).add(note.path)
    for address, paths in names.items():
        if len(paths) == 1 and free.take(address):
            found[address] = next(iter(paths))
    return found, troubles


def old_address(told: str, site: str) -> str | None:
    """The file of the site that an old address means; None if it means none, or none that it may.

    ``site`` is where the site is: an address there is as good as one without it.
    """
    text = told.strip()
    if "://" in text and not text.isascii():
        # What is known of where the site is has been written so too.
        text = in_ascii(text)
    if site and text.lower().startswith(site.lower()):
        text = text[len(site) :]
    if len(text) > _LONGEST or "\\" in text:
        return None
    try:
        split = urlsplit(text)
    except ValueError:
        return None
    if split.scheme or split.netloc or split.query or split.fragment or text.startswith("//"):
        return None
    way = unquote(split.path)
    parts = [part for part in way.split("/") if part]
    if not parts:
        return HOME
    if len(parts) > _DEEPEST or not all(map(_is_safe, parts)):
        return None
    if parts[0].lower() + "/" in (ASSETS, DATA):
        return None
    if way.endswith("/") or not parts[-1].lower().endswith((".html", ".htm")):
        # Every server shows a folder's index; not all add `.html`.
        parts.append("index.html")
    return "/".join(parts)


def _is_safe(part: str) -> bool:
    """Whether a file of this name can be on every system, and is where it says."""
    if (
        part.startswith(".")
        or part.endswith((".", " "))
        or part != part.strip()
        or len(part.encode("utf-8", "replace")) > 120
    ):
        return False
    if any(ord(letter) < 32 or letter == "\x7f" or "\ud800" <= letter <= "\udfff" for letter in part):
        return False
    # A slug gets another character where Windows would take the name for a device.
    return not _BARRED.intersection(part) and not slug(part).endswith("-")


def _old(note: Note) -> Iterator[str]:
    told = housekeeping(note, _OLD)
    count = 0
    for name in _OLD:
        value = told.get(name)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str) and each.strip() and count < _MOST:
                count += 1
                yield each


class _Free:
    """What addresses are left, on systems that do not tell upper from lower case too."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()
        for address in taken:
            self._add(alike(address))

    def take(self, address: str) -> bool:
        """Whether a file can be at an address; none can be there, or below it, from then on."""
        key = alike(address)
        if key in self._files or key in self._folders or not self._files.isdisjoint(_above(key)):
            return False
        self._add(key)
        return True

    def _add(self, key: str) -> None:
        self._files.add(key)
        self._folders.update(_above(key))


def _above(key: str) -> list[str]:
    parts = key.split("/")
    return ["/".join(parts[:index]) for index in range(1, len(parts))]
