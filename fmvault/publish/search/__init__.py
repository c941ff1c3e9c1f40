"""Search without a server, and previews: scripts with data that pages load when they are asked for it.

``data/search.js`` comes first, with the index of titles; ``data/search-GROUP-PART.js`` have the words of the texts,
``data/places-GROUP-PART.js`` where they stand, ``data/words-GROUP.js`` list them,
``data/text-SHARE.js`` the texts that excerpts are made of, and ``data/previews.js`` leads to ``data/preview-SHARE.js``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from fmvault.publish.published import Published
from fmvault.publish.search.index import Group, listed, name, size, titles
from fmvault.publish.search.notes import Found
from fmvault.publish.search.scripts import address, numbered, script, share, shares
from fmvault.publish.task import Task, digest

__all__ = ["search"]

# About so many notes are in a group of the index, in a script of texts and in one of previews; at most so many of each
# there are. A part of the index has about so many notes' words.
_GROUP, _GROUPS = 256, 8
_PART, _PARTS = 64, 128
_TEXT, _TEXTS = 8, 4096
_PREVIEW, _PREVIEWS = 64, 512
# What the interface says in the browser begins so in the catalogue.
_SAID = "search_"


def search(published: Published, leads: Mapping[str, str], texts: Mapping[str, str] | None = None) -> Sequence[Task]:
    """The scripts that search and previews are made of.

    ``leads`` are the definitions of notes by their paths, as plain text; ``texts`` is the catalogue of the interface.
    Tasks that share work follow one another. Where the site is not to be searched, there are previews alone.
    """
    pages = [*published.notes, *published.boards]
    notes = sorted((Found(published, note, leads.get(note.path, "")) for note in pages), key=lambda note: note.address)
    # All that is read of a note, whichever share it is in: what is not its text may be hidden by the settings.
    digests = {note.address: digest(note.note.digest, note.address, note.title, note.kind, note.lead) for note in notes}
    found: list[Task] = []
    if published.settings.search:
        found += _index(notes, digests, texts or {})
    return [*found, *_previews(notes, digests)]


def _index(notes: Sequence[Found], digests: Mapping[str, bytes], texts: Mapping[str, str]) -> Sequence[Task]:
    groups, parts = shares(len(notes), _GROUP, _GROUPS), shares(len(notes), _PART, _PARTS)
    # All notes of a script of texts are in one group, since there are as many of each, or twice, or four times ...
    shown_in = _shared("text", notes, digests, shares(len(notes), _TEXT, _TEXTS), Found.shown)
    facts = {
        "groups": groups,
        "parts": parts,
        "texts": len(shown_in),
        "said": {key: text for key, text in sorted(texts.items()) if key.startswith(_SAID)},
    }
    shown = [(note.address, note.title, note.other_names, note.tags, note.kind, size(note)) for note in notes]
    found = [Task(address("search"), digest("titles", facts, shown), partial(titles, notes, facts))]
    for number, members in enumerate(_divided(notes, groups)):
        group = Group(members, number, parts)
        common = digest(number, parts, [digests[note.address] for note in members])
        of_group = [
            Task(address(name(number, part)), digest(common, part), partial(group.script, part))
            for part in range(parts)
        ]
        of_group += (
            Task(address(name(number, part, "places")), digest("places", common, part), partial(group.places, part))
            for part in range(parts)
        )
        of_group.append(Task(address(listed(number)), digest("words", common), group.words))
        found += (replace(task, work=f"search {number}") for task in (*of_group, *shown_in[number::groups]))
    return found


def _previews(notes: Sequence[Found], digests: Mapping[str, bytes]) -> Sequence[Task]:
    count = shares(len(notes), _PREVIEW, _PREVIEWS)
    told = Task(address("previews"), digest("previews", count), partial(script, "previews", count))
    return [told, *_shared("preview", notes, digests, count, Found.preview)]


def _shared(stem: str, notes: Sequence[Found], digests: Mapping[str, bytes], count: int, ask: Any) -> Sequence[Task]:
    """Scripts that have what is asked of each note, by its address."""
    found = []
    for number, members in enumerate(_divided(notes, count)):
        made = digest(stem, count, number, [digests[note.address] for note in members])
        found.append(
            Task(address(numbered(stem, number)), made, partial(_answers, numbered(stem, number), members, ask))
        )
    return found


def _answers(name: str, notes: Sequence[Found], ask: Any) -> bytes:
    return script(name, {note.address: ask(note) for note in notes})


def _divided(notes: Sequence[Found], count: int) -> Sequence[Sequence[Found]]:
    """The notes by the shares that they fall into, in their order."""
    divided: list[list[Found]] = [[] for _ in range(count)]
    for note in notes:
        divided[share(note.address, count)].append(note)
    return divided
