"""What is told to machines of a site and of each of its notes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple
from urllib.parse import quote

from fmvault.config import SiteSettings
from fmvault.graph.excerpts import in_days, shortened
from fmvault.model import Note, Resolution, Resolved
from fmvault.plain import plain
from fmvault.publish import titles
from fmvault.publish.addresses import HOME, KEPT
from fmvault.publish.published import Published
from fmvault.publish.task import digest
from fmvault.vault import reached

_EPOCH = date(1970, 1, 1).toordinal()
# What a summary has at most, in characters, and in so many passages its first sentences are looked for.
_SUMMARY, _PASSAGES = 500, 6
# What parts the labels of a host's name.
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
# Characters that XML 1.0 has no place for, and halves of surrogate pairs.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


class End(NamedTuple):
    """Where a link leads: to the file at a path of the vault, its address in the site, and a place there."""

    path: str
    address: str
    fragment: str


class Told:
    """A published vault and its notes' definitions, as machines are told of them; each fact is worked out once."""

    def __init__(self, published: Published, leads: Mapping[str, str]) -> None:
        self.published = published
        self.settings = published.settings
        self.leads = leads
        self.url = site_url(published.settings)
        self._titles: dict[str, str] = {}
        self._ends: dict[str, Sequence[End | None]] = {}
        self._marks: dict[str, bytes] = {}
        self._known_days: dict[str, tuple[str, str]] = {}

    def title(self, note: Note) -> str:
        if (known := self._titles.get(note.path)) is None:
            self._titles[note.path] = known = clean(titles.title(note))
        return known

    def kind(self, note: Note) -> str:
        """The name of the note's kind, empty for a note without one."""
        kind = self.published.concepts.kind(note)
        return kind.name if kind is not None else ""

    def definition(self, note: Note) -> str:
        return " ".join(clean(self.leads.get(note.path, "")).split())

    def summary(self, note: Note) -> str:
        """What the note is about: what it says itself, else its definition, else its first sentences."""
        if found := titles.description(note) or self.leads.get(note.path):
            return shortened(clean(found), _SUMMARY)
        for passage in note.text.passages[:_PASSAGES] if note.text else ():
            if passage.kind in ("paragraph", "item", "quote") and (found := plain(note, passage.span)):
                return shortened(clean(found), _SUMMARY)
        return ""

    def created(self, note: Note) -> str:
        """The day the note was begun, ``2026-11-22``; empty where nobody knows."""
        return self._days(note)[0]

    def updated(self, note: Note) -> str:
        """The day the note was last changed; that it was begun on where no change is known."""
        return self._days(note)[1]

    def _days(self, note: Note) -> tuple[str, str]:
        if (known := self._known_days.get(note.path)) is None:
            (created,), (updated,) = in_days([note], self.published.days)
            known = _day(created), _day(updated if updated is not None else created)
            self._known_days[note.path] = known
        return known

    def address(self, path: str) -> str:
        return self.published.addresses[path]

    def at(self, address: str) -> str:
        """The whole address of a page if it is known where the site will be, else the address in the site."""
        return absolute(self.settings, address) or quote(address)

    def ends(self, note: Note) -> Sequence[End | None]:
        """Where each of the note's links leads in the site, in their order; None where it leads to no part of it."""
        if (known := self._ends.get(note.path)) is None:
            known = [self._end(outcome) for _, outcome in self.published.vault.outgoing(note)]
            self._ends[note.path] = known
        return known

    def _end(self, outcome: Resolution) -> End | None:
        addresses = self.published.addresses
        path = reached(outcome)
        if path is None or path not in addresses:
            return None
        anchor = outcome.anchor if isinstance(outcome, Resolved) else None
        return End(path, addresses[path], addresses.fragment(path, anchor) if anchor is not None else "")

    def mark(self, note: Note) -> bytes:
        """A digest of all that is told of the note: its text, what it is called, where it is and where it leads."""
        if (known := self._marks.get(note.path)) is None:
            self._marks[note.path] = known = digest(
                note.digest,
                self.address(note.path),
                self.settings.url,
                self.title(note),
                self.kind(note),
                tags(note),
                aliases(note),
                self.leads.get(note.path, ""),
                self._days(note),
                [end and (end.address, end.fragment) for end in self.ends(note)],
            )
        return known

    @cached_property
    def facts(self) -> bytes:
        """A digest of all that is told of the site and its notes."""
        settings = self.settings
        said = (settings.description, settings.author, settings.url, settings.language)
        return digest(self.published.title, said, [self.mark(note) for note in self.published.notes])


def tags(note: Note) -> Sequence[str]:
    """The note's tags in their order, each once."""
    found: dict[str, str] = {}
    for tag in note.tags:
        found.setdefault(tag.name.casefold(), clean(tag.name))
    return list(found.values())


def aliases(note: Note) -> Sequence[str]:
    return list(dict.fromkeys(clean(alias.name) for alias in note.aliases))


def clean(text: str) -> str:
    """``text`` without characters that no format has a place for."""
    return text if text.isascii() and text.isprintable() else _NO_TEXT.sub("", text)


def site_url(settings: SiteSettings) -> str:
    """Where the site will be, in ASCII and with a slash at its end; empty where that is not known."""
    url = settings.url.strip()
    if not url.lower().startswith(("https://", "http://")):
        return ""
    return (url if url.isascii() else in_ascii(url)).rstrip("/") + "/"


def in_ascii(url: str) -> str:
    """An address with its host as https://www.rfc-editor.org/rfc/rfc5891 has it, and the rest percent-encoded."""
    scheme, _, rest = url.encode("utf-8", "replace").decode().partition("://")
    host, slash, path = rest.partition("/")
    account, at, host = host.rpartition("@")
    name, colon, port = host.rpartition(":")
    if not port.isdecimal():
        name, colon, port = host, "", ""
    # Python's own codec is of 2003, and makes another host of one with a sharp s.
    labels = [
        label if label.isascii() else f"xn--{unicodedata.normalize('NFC', label.lower()).encode('punycode').decode()}"
        for label in _DOTS.split(name)
    ]
    return f"{scheme}://{quote(account, safe=KEPT)}{at}{'.'.join(labels)}{colon}{port}{slash}{quote(path, safe=KEPT)}"


def absolute(settings: SiteSettings, address: str) -> str | None:
    """The whole address of a page, the first page's being the site's; None if it is not known where the site is."""
    url = site_url(settings)
    if not url:
        return None
    return url if address == HOME else url + quote(address)


def _day(day: int | None) -> str:
    try:
        return date.fromordinal(day + _EPOCH).isoformat() if day is not None else ""
    except (ValueError, OverflowError):
        return ""
