"""What crawlers and feed readers ask for: https://www.sitemaps.org/protocol.html, RFC 4287, RFC 9309."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from xml.sax.saxutils import escape, quoteattr

from fmvault.model import Note
from fmvault.publish.addresses import FEED, NOT_FOUND, ROBOTS, SITEMAP
from fmvault.publish.machines.told import Told, absolute, clean, site_url, tags
from fmvault.publish.published import Published
from fmvault.publish.task import Task, digest

# No sitemap may have more addresses.
_MOST = 50_000
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(told: Told, pages: Sequence[str]) -> Sequence[Task]:
    """The addresses of all pages, in as many files as they need; none if it is not known where the site will be."""
    if not told.url:
        return []
    days = {told.address(note.path): told.updated(note) for note in told.published.notes}
    # Templates of servers' errors and pages that only lead on are no pages to be found.
    entries = [(absolute(told.settings, page), days.get(page, "")) for page in sorted(set(pages)) if page != NOT_FOUND]
    parts = [entries[start : start + _MOST] for start in range(0, len(entries), _MOST)] or [[]]
    if len(parts) == 1:
        return [Task(SITEMAP, digest("sitemap", parts[0]), lambda: _urls("urlset", "url", parts[0]))]
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    index = [(absolute(told.settings, name), "") for name in names]
    tasks = [Task(SITEMAP, digest("sitemaps", index), lambda: _urls("sitemapindex", "sitemap", index))]
    for name, part in zip(names, parts, strict=True):
        tasks.append(Task(name, digest("sitemap", part), partial(_urls, "urlset", "url", part)))
    return tasks


def _urls(root: str, each: str, entries: Sequence[tuple[str | None, str]]) -> bytes:
    lines = [f"{_DECLARATION}<{root} xmlns={quoteattr(_SITEMAPS)}>"]
    for address, day in entries:
        changed = f"<lastmod>{day}</lastmod>" if day else ""
        lines.append(f"<{each}><loc>{escape(address or '')}</loc>{changed}</{each}>")
    lines.append(f"</{root}>\n")
    return "\n".join(lines).encode()


def robots(told: Told) -> Task:
    """All may read all; where the sitemap is."""
    lines = ["User-agent: *", "Allow: /"]
    if told.url:
        lines += ["", f"Sitemap: {absolute(told.settings, SITEMAP)}"]
    content = ("\n".join(lines) + "\n").encode()
    return Task(ROBOTS, digest("robots", content), lambda: content)


def feed_address(published: Published) -> str | None:
    """Where the feed is; None for a site without one: it needs to know where it is, and when notes were changed."""
    if not site_url(published.settings) or published.settings.feed_entries < 1:
        return None
    told = Told(published, {})
    return FEED if any(told.updated(note) for note in published.notes) else None


def feed(told: Told) -> Sequence[Task]:
    """The Atom feed of the notes changed last, if the site can have one."""
    dated = [note for note in told.published.notes if told.updated(note)]
    # Those of one day in the order of their paths.
    dated.sort(key=told.updated, reverse=True)
    notes = dated[: max(0, told.settings.feed_entries)]
    if not told.url or not notes:
        return []
    settings = told.settings
    said = (told.published.title, settings.description, settings.author, settings.url, settings.language)
    mark = digest("feed", said, [told.mark(note) for note in notes])
    return [Task(FEED, mark, lambda: _feed(told, notes))]


def _feed(told: Told, notes: Sequence[Note]) -> bytes:
    settings = told.settings
    own = absolute(settings, FEED) or ""
    title = clean(told.published.title)
    lines = [
        f'{_DECLARATION}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(settings.language)}>',
        f"<title>{escape(title)}</title>",
    ]
    if settings.description:
        lines.append(f"<subtitle>{escape(clean(settings.description))}</subtitle>")
    lines += [
        f"<id>{escape(told.url)}</id>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(own)}/>',
        f'<link rel="alternate" type="text/html" href={quoteattr(told.url)}/>',
        f"<updated>{_time(told.updated(notes[0]))}</updated>",
        # An author is asked for, of the feed or of each entry.
        f"<author><name>{escape(clean(settings.author) or title or told.url)}</name></author>",
    ]
    for note in notes:
        lines += _entry(told, note)
    lines.append("</feed>\n")
    return "\n".join(lines).encode()


def _entry(told: Told, note: Note) -> Sequence[str]:
    address = absolute(told.settings, told.address(note.path)) or ""
    # The first page has the address of the site, which is the feed's own id.
    id = address if address != told.url else f"{address}index.html"
    created = told.created(note)
    return [
        "<entry>",
        f"<title>{escape(told.title(note))}</title>",
        f"<id>{escape(id)}</id>",
        f'<link rel="alternate" type="text/html" href={quoteattr(address)}/>',
        *([f"<published>{_time(created)}</published>"] if created else []),
        f"<updated>{_time(told.updated(note))}</updated>",
        *(f"<category term={quoteattr(tag)}/>" for tag in tags(note)),
        f"<summary>{escape(told.summary(note))}</summary>",
        "</entry>",
    ]


def _time(day: str) -> str:
    return f"{day}T00:00:00Z"
