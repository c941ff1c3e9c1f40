"""What ``[site]`` says: how the vault is published."""

from __future__ import annotations

import re
from typing import Any, Literal, TypeAlias

from msgspec import Struct

Extent: TypeAlias = Literal["all", "marked"]


class SiteSettings(Struct, frozen=True, kw_only=True):
    """How the vault is published; each field is the key of its name in ``[site]``, with ``-`` for ``_``.

    ``publish``: ``all`` notes but those that say ``publish: false`` or ``draft: true``, or only those ``marked`` with
    ``publish: true``. ``include`` and ``private`` are patterns of ``.gitignore``: which notes and boards are published,
    all where there are none, and what never is. ``url`` is where the site will be, empty where that is not known.
    ``edit`` is an address with ``{path}`` in it. ``templates`` and ``styles`` are paths beside the configuration file.
    """

    title: str = ""
    description: str = ""
    author: str = ""
    url: str = ""
    language: str = "en"
    home: str = ""
    output: str = "public"
    publish: Extent = "all"
    include: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    hidden_properties: tuple[str, ...] = ()
    templates: str = ""
    styles: tuple[str, ...] = ()
    edit: str = ""
    feed_entries: int = 20
    search: bool = True
    history: bool = True
    social_images: bool = False
    trust_html: bool = False
    remote_media: bool = False


# The common part of https://www.rfc-editor.org/rfc/rfc5646#section-2.1: a language, then its script, region and others.
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
# So many notes has a feed at most; readers take fewer.
MOST_ENTRIES = 10_000
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]")


def fault_in_url(url: str) -> str | None:
    """Why a site cannot be at an address; None if it can."""
    fault = _fault_in_address(url)
    if fault is None and ("?" in url or "#" in url):
        fault = "it ends with a folder, without '?' or '#'"
    return f"'{_shown(url)}' is no address of a site; {fault}" if fault else None


def fault_in_edit(edit: str) -> str | None:
    """Why a note cannot be edited at an address; None if it can."""
    fault = _fault_in_address(edit)
    if fault is None and "{path}" not in edit:
        fault = "it has {path} where the path of the note goes"
    return f"'{_shown(edit)}' is no address to edit a note at; {fault}" if fault else None


def fault_in_language(language: str) -> str | None:
    """Why a language is none; None if it is one."""
    return None if _LANGUAGE.fullmatch(language) else f"'{language}' is no language; write its tag, such as de or pt-BR"


def _fault_in_address(address: str) -> str | None:
    from urllib.parse import urlsplit

    if not address.lower().startswith(("http://", "https://")):
        return "it begins with https:// or http://"
    if _SPACE.search(address):
        return "it has no spaces"
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return str(error)[:1].lower() + str(error)[1:]
    if "@" in parts.netloc:
        return "everybody could read the user and the password"
    return None if host else "it names a host, such as example.org"


def _shown(address: str) -> str:
    """An address without a password."""
    return re.sub(r"//[^/]*@", "//***@", address)


# By the key as it is written: the example, and what it does.
HELP: dict[str, tuple[Any, str]] = {
    "title": ("Concepts", "The name of the site; the vault's folder's where none is given."),
    "description": ("Notes on foundation models", "What the site is about, in a sentence."),
    "author": ("Ada Lovelace", "Who wrote it."),
    "url": ("https://example.org/vault/", "Where it will be, for feeds, the sitemap and previews elsewhere."),
    "language": ("en", "The language of the notes, and of the interface where it speaks it: en or de."),
    "home": ("Start.md", "The note that is the first page; else one called index, Home or README at the top."),
    "output": ("public", "The folder that is written, beside this file."),
    "publish": (
        "all",
        "all notes but those that say publish: false or draft: true, or only those marked with publish: true.",
    ),
    "include": (
        ("Concepts/",),
        "Which notes are published, as patterns of .gitignore, with the attachments that they use; without any, all.",
    ),
    "private": (("Journal/",), "What is never published, as patterns of .gitignore: notes and attachments."),
    "hidden-properties": (("rating",), "Properties that pages do not show."),
    "templates": ("theme", "A folder of templates that come before those of fmvault."),
    "styles": (("theme/own.css",), "Style sheets that every page has after fmvault's own."),
    "edit": ("https://example.org/edit/main/{path}", "Where a note is edited; {path} is its path in the vault."),
    "feed-entries": (20, "How many notes the feed has; 0 leaves it out."),
    "search": (True, "Whether the site can be searched."),
    "history": (True, "Whether git is asked when notes were written."),
    "social-images": (False, "Whether each note has a picture for previews elsewhere, and not only the site."),
    "trust-html": (False, "Whether raw HTML in notes is left as it is, scripts and all. Only for a vault of your own."),
    "remote-media": (False, "Whether images and frames from other hosts are shown, and not only linked to."),
}
