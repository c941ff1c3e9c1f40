"""What a page is, for search engines: https://schema.org as JSON-LD."""

from __future__ import annotations

from typing import Any

import msgspec

from fmvault.model import Note
from fmvault.publish.addresses import GLOSSARY, HOME
from fmvault.publish.machines.social import social_image
from fmvault.publish.machines.told import Told, absolute, aliases, clean, tags
from fmvault.publish.published import Published


def json_ld(published: Published, note: Note | None, lead: str) -> str:
    """A page as JSON-LD that can stand in a script element; ``lead`` is the definition of its note, if there is one.

    The first page, with or without a note, is the site; a note with a definition a term of the site's set of terms, and
    any other an article.
    """
    told = Told(published, {} if note is None else {note.path: lead})
    settings = published.settings
    if note is None or note.path == published.addresses.home:
        found = _site(told)
        if settings.description or lead:
            found["description"] = clean(settings.description or lead)
        if told.url and settings.search:
            found["potentialAction"] = {
                "@type": "SearchAction",
                "target": {"@type": "EntryPoint", "urlTemplate": f"{told.url}{HOME}?q={{search_term_string}}"},
                "query-input": "required name=search_term_string",
            }
    else:
        found = _note(told, note, lead)
    if settings.language and note is None:
        found["inLanguage"] = settings.language
    return encoded({"@context": "https://schema.org", **found})


def encoded(tree: Any) -> str:
    """JSON in which nothing ends a script element or begins a comment in one."""
    text = msgspec.json.encode(tree).decode()
    return (
        text.replace("<", "\\u003c").replace(">", "\\u003e").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    )


def _site(told: Told) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "WebSite", "name": clean(told.published.title)}
    if told.url:
        found |= {"@id": f"{told.url}#site", "url": told.url}
    if told.settings.author:
        found["author"] = _author(told)
    return found


def _note(told: Told, note: Note, lead: str) -> dict[str, Any]:
    settings = told.settings
    url = absolute(settings, told.address(note.path))
    title, names, day = told.title(note), aliases(note), told.updated(note)
    page: dict[str, Any] = {"isPartOf": _site(told)}
    if settings.language:
        page["inLanguage"] = settings.language
    if created := told.created(note):
        page["datePublished"] = created
    if day:
        page["dateModified"] = day
    if settings.author:
        page["author"] = _author(told)
    if words := tags(note):
        page["keywords"] = list(words)
    if image := social_image(told.published, note):
        page["image"] = absolute(settings, image)
    if url:
        page["url"] = url
    summary = told.summary(note)
    if lead:
        term: dict[str, Any] = {"@type": "DefinedTerm", "name": title, "description": summary}
        if url:
            term |= {"@id": f"{url}#term", "url": url}
        if names:
            term["alternateName"] = list(names)
        terms: dict[str, Any] = {"@type": "DefinedTermSet", "name": clean(told.published.title)}
        if told.url:
            terms |= {"@id": f"{told.url}#terms", "url": absolute(settings, GLOSSARY)}
        term["inDefinedTermSet"] = terms
        term["subjectOf"] = {"@type": "WebPage", "name": title, **page}
        return term
    found = {"@type": "Article", "headline": title, **page}
    if summary:
        found["description"] = summary
    if names:
        found["alternativeHeadline"] = list(names)
    return found


def _author(told: Told) -> dict[str, Any]:
    return {"@type": "Person", "name": clean(told.settings.author)}
