"""Where each page of the site is, and what a place on it is called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from hashlib import blake2b
from urllib.parse import quote

from fmvault.config import SiteSettings
from fmvault.model import Block, Footnote, Heading, Note
from fmvault.publish.task import alike
from fmvault.vault import Vault, fold, github_slug

HOME, ALL, GLOSSARY, QUESTIONS, WANTED = "index.html", "all.html", "glossary.html", "questions.html", "wanted.html"
GRAPH, NOT_FOUND, TAGS = "graph.html", "404.html", "tags/index.html"
FEED, SITEMAP, ROBOTS, LLMS, NOTES_JSON = "feed.xml", "sitemap.xml", "robots.txt", "llms.txt", "notes.json"
# What is fmvault's own, and what the manifest of a build is called.
ASSETS, DATA, FILES = "assets/", "data/", "files/"
MANIFEST = "fmvault-site.json"
RESERVED = (HOME, ALL, GLOSSARY, QUESTIONS, WANTED, GRAPH, NOT_FOUND, TAGS, FEED, SITEMAP, ROBOTS, LLMS, NOTES_JSON)
_HOMES = ("index.md", "home.md", "readme.md")
_PARTS = re.compile(r"[^\w.]+")
# What Windows takes for a device, whatever its ending.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)")
# Kept as they are in a whole address; all else is percent-encoded.
KEPT = "!#$%&'()*+,/:;=?@[]~"
# In bytes; systems of files take 255.
_LONGEST = 120


class Addresses:
    """The path of every page from the site's root, all in lower case, and different on every system.

    A note's is made of its path: ``Notes/Large Model.md`` is at ``notes/large-model.html``. Of two that would be the
    same, the later has a number. Attachments are below ``files/``.
    """

    def __init__(self, vault: Vault, settings: SiteSettings) -> None:
        self._vault = vault
        self._taken: set[str] = set(RESERVED)
        self.home = _home(vault, settings)
        self._of: dict[str, str] = {} if self.home is None else {self.home: HOME}
        self.folders: Mapping[str, str] = {
            folder: self._take("/".join(map(slug, folder.split("/"))), "/index.html") for folder in _folders(vault)
        }
        for path in vault.files:
            if path not in self._of:
                self._of[path] = self._page(path) if path in vault.notes else self._file(path)
        self._ids: dict[str, Mapping[int, str]] = {}

    def __getitem__(self, path: str) -> str:
        """The address of the note, board or attachment at a vault path."""
        return self._of[path]

    def __contains__(self, path: str) -> bool:
        return path in self._of

    def tag(self, name: str) -> str:
        """The address of a tag's page, whatever the case it is written in."""
        return self._tags[fold(name)]

    def has_tag(self, name: str) -> bool:
        """Whether a tag has a page: a note has it, and not only a board's card."""
        return fold(name) in self._tags

    @cached_property
    def tags(self) -> Mapping[str, str]:
        """All tags, those above others among them, as most often written, by their names folded."""
        found: dict[str, str] = {}
        for path in self._vault.notes:
            for tag in self._vault.notes[path].tags:
                parts = tag.name.strip("/").split("/") if tag.name.strip("/") else ()
                for count in range(1, len(parts) + 1):
                    name = "/".join(parts[:count])
                    found.setdefault(fold(name), name)
        return dict(sorted(found.items()))

    @cached_property
    def _tags(self) -> Mapping[str, str]:
        return {key: self._take("tags/" + "/".join(map(slug, key.split("/"))), ".html") for key in self.tags}

    def ids(self, note: Note) -> Sequence[str]:
        """The id of each heading of a note, as GitHub makes them, but those that the page itself has, with ``_``."""
        seen: dict[str, int] = {}
        taken: set[str] | None = None
        found = []
        for heading in note.headings:
            base = github_slug(heading.text).lstrip("_") or "section"
            count = seen.get(base, 0)
            name = f"{base}-{count}" if count else base
            if taken is None and base.startswith(("block-", "fn-")):
                # Blocks and footnotes have theirs first.
                taken = {block_id(block.id) for block in note.blocks}
                taken.update(footnote_id(each.label) for each in note.footnotes if each.defines)
            while name in seen or (taken and name in taken):
                count += 1
                name = f"{base}-{count}"
            seen[base] = count + 1
            seen.setdefault(name, 1)
            found.append(name)
        return found

    def fragment(self, path: str, anchor: Heading | Block | Footnote | None) -> str:
        """The id of a place in the note at ``path``; empty for the page itself."""
        match anchor:
            case Heading(span):
                ids = self._ids.get(path)
                if ids is None:
                    note = self._vault.notes[path]
                    starts = (each.span.start for each in note.headings)
                    self._ids[path] = ids = dict(zip(starts, self.ids(note), strict=True))
                return ids[span.start]
            case Block(_, id):
                return block_id(id)
            case Footnote(_, label):
                return footnote_id(label)
        return ""

    def _page(self, path: str) -> str:
        folder, _, name = path.rpartition("/")
        stem = name[:-3] if name[-3:].lower() == ".md" else name
        parts = [*folder.split("/"), stem] if folder else [stem]
        return self._take("/".join(map(slug, parts)), ".html")

    def _file(self, path: str) -> str:
        stem, dot, ending = path.rpartition(".")
        if not dot or "/" in ending:
            stem, ending = path, ""
        return self._take(FILES + "/".join(map(slug, stem.split("/"))), f".{slug(ending)}" if ending else "")

    def _take(self, stem: str, ending: str) -> str:
        """``stem`` and ``ending``, with a number between them if that is taken."""
        address, number = stem + ending, 1
        while (key := alike(address)) in self._taken:
            number += 1
            address = f"{stem}-{number}{ending}"
        self._taken.add(key)
        return address


def slug(name: str) -> str:
    """``name`` as a part of an address: lower case, words joined by dashes, no longer than systems of files take."""
    text = unicodedata.normalize("NFC", name).lower()
    found = _PARTS.sub("-", text).strip("-.") or "note"
    if _DEVICES.match(found):
        found += "-"
    if len(found.encode()) > _LONGEST:
        mark = blake2b(name.encode("utf-8", "replace"), digest_size=4).hexdigest()
        found = f"{found.encode()[: _LONGEST - 9].decode('utf-8', 'ignore')}-{mark}"
    return found


def block_id(id: str) -> str:
    """The id of a block on its page."""
    return f"block-{id.lower()}"


def footnote_id(label: str) -> str:
    """The id of a footnote on its page."""
    return f"fn-{fold(label)}"


def href(address: str, page: str, fragment: str = "") -> str:
    """What the page at one address writes to lead to another, percent-encoded."""
    if address == page and fragment:
        return f"#{quote(fragment)}"
    way = _way(address, page.rpartition("/")[0])
    return f"{way}#{quote(fragment)}" if fragment else way


@lru_cache(maxsize=1 << 17)
def _way(address: str, folder: str) -> str:
    """What leads from a page in a folder to an address."""
    here = folder.split("/") if folder else []
    *there, name = address.split("/")
    # Both are parts of one tree: what they have in common is left out.
    common = 0
    for one, other in zip(here, there, strict=False):
        if one != other:
            break
        common += 1
    return "../" * (len(here) - common) + quote("/".join((*there[common:], name)))


def root(page: str) -> str:
    """What the page at an address writes in front of an address: ``../`` for each folder it lies in."""
    return "../" * page.count("/")


def _folders(vault: Vault) -> Sequence[str]:
    """The folders that hold published notes, those above them too."""
    found: set[str] = set()
    for path in vault.notes:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return sorted(found)


def _home(vault: Vault, settings: SiteSettings) -> str | None:
    """The note that is the site's first page, if there is one."""
    wanted = [settings.home, f"{settings.home}.md"] if settings.home else _HOMES
    by_name = {fold(path): path for path in vault.notes if path[-3:].lower() == ".md"}
    return next((by_name[fold(name)] for name in wanted if fold(name) in by_name), None)
