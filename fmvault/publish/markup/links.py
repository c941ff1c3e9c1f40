"""Where the links of a page lead, as the attributes of their tags: to what is published, and to nothing that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from fmvault.model import Ambiguous, External, Link, MissingAnchor, MissingNote, Note, Resolution, Resolved, Span
from fmvault.publish.addresses import href
from fmvault.publish.markup import media
from fmvault.publish.markup.text import escaped, quoted
from fmvault.publish.svg import is_active, is_svg

if TYPE_CHECKING:
    from fmvault.publish.markup.renderer import Renderer

_FRAGMENT = "=&,:;/?@!$'()*+~"


class Links:
    """The links of ``note`` on the page at ``address``."""

    __slots__ = ("_address", "_renderer", "note")

    def __init__(self, renderer: Renderer, address: str, note: Note) -> None:
        self._renderer = renderer
        self._address = address
        self.note = note

    def place(self, link: Link, outcome: Resolution) -> tuple[str | None, str]:
        """The published file that a link leads to, None if to none, and the id or viewer's argument there."""
        fragment = ""
        match outcome:
            case Resolved(found, anchor):
                path = found
                if anchor is not None:
                    fragment = self._renderer.addresses.fragment(path, anchor)
                elif path not in self._renderer.vault.notes or link.subpath in self._renderer.vault.notes[path].anchors:
                    # The page of a board has no place of its own for what is in it.
                    fragment = link.subpath
            case MissingAnchor(path, _):
                pass
            case Ambiguous(candidates):
                path = candidates[0]
            case _:
                return None, ""
        if path not in self._renderer.addresses:
            return None, ""
        if path not in self._renderer.vault.notes and is_active(path) and not is_svg(path):
            # The site does not hold it, for a browser would run it.
            return None, ""
        return path, fragment

    def href(self, path: str, fragment: str) -> str:
        """The way to a published file, and to a place in it."""
        address = self._renderer.addresses[path]
        if path in self._renderer.vault.notes:
            return href(address, self._address, fragment)
        to = href(address, self._address)
        return f"{to}#{quote(fragment, safe=_FRAGMENT)}" if fragment else to

    def attributes(self, link: Link, outcome: Resolution, title: str = "") -> str:
        """The attributes of the link; empty if it leads nowhere that may be led to."""
        told = f' title="{quoted(title)}"' if title else ""
        if isinstance(outcome, External):
            url = self.outward(outcome.url)
            return external(url) + told if url else ""
        path, fragment = self.place(link, outcome)
        if path is None and not isinstance(outcome, MissingNote):
            return ""
        if path is None:
            key = "missing_file" if media.kind_of(link.target) else "missing"
            told = quoted(self._renderer.texts(key))
            return f' class="link missing" role="link" aria-disabled="true" title="{told}"'
        to = quoted(self.href(path, fragment))
        if path in self._renderer.vault.notes:
            return f' class="link" href="{to}" data-note="{quoted(self._renderer.addresses[path])}"{told}'
        return f' class="link file" href="{to}"{told}'

    def outward(self, url: str) -> str | None:
        """An address that leads out of the site, if it may.

        One that is neither of the web nor of mail tells no name of what is not published.
        """
        found = media.outward(url)
        is_kept = found is None or found.lower().startswith(("http", "mailto:"))
        return found if is_kept or not self._renderer.published.tells(unquote(url)) else None

    def told(self, url: str) -> str:
        """An address that may not be led to, as it is shown; empty if it may not be shown either."""
        found = media.told(url)
        return "" if found and self._renderer.published.tells(unquote(found)) else found

    def raw_address(self, value: str, is_media: bool) -> tuple[str, bool] | None:
        """Where an address in raw HTML leads, by the same rules as a Markdown link's."""
        value = value.strip()
        if media.has_scheme(value):
            found = self.outward(value)
            if found is None or (is_media and not found.lower().startswith("http")):
                return None
            return found, True
        if not value:
            return None
        target, _, subpath = value.partition("#")
        if not target and not is_media:
            return f"#{quote(unquote(subpath), safe=_FRAGMENT)}", False
        link = Link(Span(0, 0), unquote(target), unquote(subpath), None, is_media, "markdown", -1, Span(0, 0))
        path, fragment = self.place(link, self._renderer.vault.resolve(link, self.note))
        if path is None or (is_media and media.kind_of(path) == ""):
            return None
        return self.href(path, fragment), False

    def raw_player(self, tag: str, src: str, given: dict[str, str]) -> str:
        """A frame or player of raw HTML: the site's own files play, what is elsewhere is a link."""
        found = self.raw_address(src, True) if src else None
        name = given.get("title") or given.get("aria-label") or src
        if found is None:
            return ""
        address, distant = found
        if distant and not self._renderer.settings.remote_media:
            return f"<a{external(address)}>{escaped(name)}</a>"
        if tag == "audio":
            return media.sound(address, name)
        if tag == "video":
            size = "".join(
                f' {key}="{int(given[key])}"' for key in ("width", "height") if given.get(key, "").isdecimal()
            )
            return media.film(address, name, size)
        return media.frame(address) if distant else f'<a class="link" href="{quoted(address)}">{escaped(name)}</a>'


def external(address: str) -> str:
    """The attributes of a link to another site."""
    return f' class="external" href="{quoted(address)}" rel="noopener noreferrer"'


def as_link(url: str) -> Link:
    """The link of the vault that a Markdown link's address stands for."""
    target, _, subpath = url.partition("#")
    return Link(Span(0, 0), unquote(target).strip(), unquote(subpath).strip(), None, False, "markdown", -1, Span(0, 0))


def shown(link: Link) -> str:
    """What a link without a label reads like."""
    return " > ".join(filter(None, (link.target, *link.subpath.split("#"))))


def target(link: Link) -> str:
    """What a link names, as it is written."""
    return f"{link.target}#{link.subpath}" if link.subpath else link.target
