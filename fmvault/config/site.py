"""What ``[site]`` says: how the vault is published."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from msgspec import Struct

Extent: TypeAlias = Literal["all", "marked"]


class SiteSettings(Struct, frozen=True, kw_only=True):
    """How the vault is published; each field is the key of its name in ``[site]``, with ``-`` for ``_``.

    ``publish``: ``all`` notes but those that say ``publish: false`` or ``draft: true``, or only those ``marked`` with
    ``publish: true``. ``include`` and ``private`` are patterns of ``.gitignore``: what is published, all where there
    are none, and what never is. ``url`` is where the site will be, empty where that is not known.
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
    "include": (("Concepts/",), "What is published, as patterns of .gitignore; without any, everything."),
    "private": (("Journal/",), "What is never published, as patterns of .gitignore."),
    "hidden-properties": (("rating",), "Properties that pages do not show."),
    "templates": ("theme", "A folder of templates that come before those of fmvault."),
    "styles": (("theme/own.css",), "Style sheets that every page has after fmvault's own."),
    "edit": ("https://example.org/edit/main/{path}", "Where a note is edited; {path} is its path in the vault."),
    "feed-entries": (20, "How many notes the feed has."),
    "search": (True, "Whether the site can be searched."),
    "history": (True, "Whether git is asked when notes were written."),
    "social-images": (False, "Whether each note has a picture for previews elsewhere, and not only the site."),
    "trust-html": (False, "Whether raw HTML in notes is left as it is, scripts and all. Only for a vault of your own."),
    "remote-media": (False, "Whether images and frames from other hosts are shown, and not only linked to."),
}
