"""What every page has around what it says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from urllib.parse import quote

from fmvault.config import SiteSettings
from fmvault.publish.addresses import ALL, GLOSSARY, GRAPH, HOME, NOT_FOUND, QUESTIONS, TAGS, WANTED, href, root
from fmvault.publish.contexts import Frame, Head, Ref
from fmvault.publish.machines.told import absolute, site_url
from fmvault.publish.pages.atlas import Atlas
from fmvault.publish.pages.inputs import folders_above
from fmvault.publish.pages.properties import direction_of

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "media-src": "'self'",
    "font-src": "'self'",
    "frame-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
}
_REMOTE = ("img-src", "media-src", "frame-src")
_MENU = {"all": ALL, "glossary": GLOSSARY, "graph": GRAPH, "tags": TAGS, "questions": QUESTIONS, "wanted": WANTED}


class Frames:
    """Makes the frames of a site's pages; ``styles`` are the addresses of the style sheets that come last."""

    def __init__(self, atlas: Atlas, texts: Mapping[str, str], styles: Sequence[str]) -> None:
        self._atlas = atlas
        self._settings = atlas.settings
        self._texts = texts
        self._styles = styles

    @cached_property
    def menu(self) -> Sequence[str]:
        """The names of the pages that every page leads to: those with anything on them."""
        atlas = self._atlas
        there = {
            "all": True,
            "glossary": bool(atlas.definitions),
            "graph": True,
            "tags": bool(atlas.addresses.tags),
            "questions": bool(atlas.asked),
            "wanted": any(node.type == "ghost" for node in atlas.graph.nodes.values()),
        }
        return [name for name, is_there in there.items() if is_there]

    @cached_property
    def feed(self) -> str | None:
        """Where the feed is, if there is one."""
        from fmvault.publish.machines import feed_address

        return feed_address(self._atlas.published)

    def frame(
        self,
        kind: str,
        address: str,
        title: str,
        *,
        crumbs: Sequence[Ref] = (),
        description: str = "",
        markdown: str | None = None,
        image: str | None = None,
        json_ld: str = "",
        type: str = "website",
        needs: Collection[str] = (),
        note_language: str = "",
        direction: str = "",
    ) -> Frame:
        """The frame of the page at ``address``; ``title`` is empty for the site's own."""
        settings = self._settings
        site = self._atlas.published.title
        own_direction = "rtl" if direction_of(settings.language) == "rtl" else ""
        return Frame(
            site_title=site,
            site_description=settings.description,
            author=settings.author,
            language=settings.language,
            note_language=note_language,
            direction=direction or own_direction,
            site_direction=own_direction,
            page=kind,
            root=self.root(address),
            address=address,
            title=title or site,
            head=Head(
                title=f"{title} · {site}" if title and title != site else site,
                description=description,
                canonical=absolute(settings, address) if address != NOT_FOUND else None,
                markdown=markdown,
                feed=self._href(self.feed, address) if self.feed is not None else None,
                image=image,
                json_ld=json_ld,
                type=type,
            ),
            policy=policy(settings, needs),
            menu=[(name, self._href(_MENU[name], address), _MENU[name] == address) for name in self.menu],
            crumbs=crumbs,
            needs=sorted(needs),
            styles=[self._href(style, address) for style in self._styles],
            search=settings.search,
            texts=self._texts,
        )

    def root(self, address: str) -> str:
        """What leads from a page to the site's root: a server shows the page for what is not there anywhere."""
        return site_url(self._settings) if address == NOT_FOUND else root(address)

    def crumbs(self, folder: str, page: str) -> Sequence[Ref]:
        """The home page, a folder and those above it, from the page at an address."""
        home = Ref(title=self._texts.get("home") or self._atlas.published.title, href=href(HOME, page))
        return [home, *(self.folder(each, page) for each in folders_above(folder))]

    def folder(self, folder: str, page: str) -> Ref:
        """A link to a folder's page."""
        return Ref(title=folder.rpartition("/")[2], href=href(self._atlas.addresses.folders[folder], page))

    def _href(self, address: str, page: str) -> str:
        return site_url(self._settings) + quote(address) if page == NOT_FOUND else href(address, page)


def policy(settings: SiteSettings, needs: Collection[str]) -> str:
    """What the page may load, and from where."""
    allowed = dict(_POLICY)
    if "mermaid" in needs or settings.trust_html:
        allowed["style-src"] += " 'unsafe-inline'"
    if settings.trust_html:
        allowed["script-src"] += " 'unsafe-inline'"
    if settings.remote_media:
        for name in _REMOTE:
            allowed[name] += " https:"
    return "; ".join(f"{name} {sources}" for name, sources in allowed.items())
