"""What embeds of notes and boards show, and how much of them a page holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fmvault.model import Footnote, Link, MissingAnchor, Note, Resolution, Resolved
from fmvault.publish.markup.links import Links, target
from fmvault.publish.markup.marks import Events, Prepared
from fmvault.publish.markup.text import escaped
from fmvault.vault import fold

if TYPE_CHECKING:
    from fmvault.publish.markup.renderer import Renderer

# How deep embeds nest, and how much of other notes one page shows, in bytes and a charge for each event.
_DEEPEST = 5
_MOST_EMBEDDED = 2_000_000
_EVENT = 60
# What heads a view of a base; it is no heading of the note.
_VIEW = 'p class="base-name"'


class Page:
    """What all that stands on one page has in common."""

    def __init__(self, renderer: Renderer, address: str) -> None:
        self.renderer = renderer
        self.address = address
        self.embeds = True
        self.needs: set[str] = set()
        self.troubles: list[str] = []
        # What is being embedded: the note's path, and where in it.
        self.active: list[tuple[str, int]] = []
        self.left = _MOST_EMBEDDED
        self.used: set[str] = set()
        # The level of the heading that is being written below; 1 is that of the title.
        self.level = 1
        self._counts: dict[str, int] = {}

    def trouble(self, message: str) -> None:
        """Say once that something is not shown as it was meant."""
        if message not in self.troubles and len(self.troubles) < 20:
            self.troubles.append(message)

    def unique(self, id: str) -> str:
        """``id``, with a number where that is taken."""
        found, number = id, self._counts.get(id, 1)
        while found in self.used:
            number += 1
            found = f"{id}-{number}"
        self._counts[id] = number
        self.used.add(found)
        return found

    def has_room(self, size: int, link: Link, path: str) -> bool:
        """Whether so many bytes more may be embedded; ``link`` is that of the note at ``path`` which asks for them."""
        if self.left > 0 and size <= self.left:
            return True
        self.left = 0
        self.trouble(f"the page embeds more than it can hold; '{target(link)}' in '{path}' is a link")
        return False


def embedded(page: Page, links: Links, note: Note, outcome: Resolution, link: Link, caption: str) -> str | None:
    """What the embed ``link``, one of ``links``, shows of a note or board, as a block; None if it is to be a link."""
    if note.path[-3:].lower() != ".md":
        inner = _board(page, links, note, link)
    elif isinstance(outcome, MissingAnchor):
        return None
    else:
        inner = _note(page, links, note, outcome, link)
    if inner is None:
        return None
    title = f"<a{links.attributes(link, outcome)}>{escaped(caption or _title(note, link))}</a>"
    return f'<div class="embed"><p class="embed-title">{title}</p>\n{inner}</div>\n'


def base_written(renderer: Renderer, note: Note, source: str) -> str:
    """What a base that is written in ``note`` asks for; empty if it is none."""
    from fmvault.publish import boards

    told = boards.told(renderer.published, note, source.encode("utf-8", "replace"), renderer.texts, _VIEW)
    return boards.noted(told, renderer.texts) if told else ""


def _note(page: Page, links: Links, note: Note, outcome: Resolution, link: Link) -> str | None:
    """The text of a note, or of a part of it."""
    anchor = outcome.anchor if isinstance(outcome, Resolved) else None
    if note.text is None or isinstance(anchor, Footnote) or is_unreadable(note):
        return None
    here = links.note.path
    key = (note.path, anchor.span.start if anchor else -1)
    if key in page.active:
        page.trouble(f"'{here}' embeds '{target(link)}', which embeds it in turn; the second is a link")
        return None
    if len(page.active) > _DEEPEST:
        page.trouble(f"'{here}' embeds '{target(link)}' more than {_DEEPEST} notes deep; it is a link")
        return None
    if not page.has_room(len(note.text.source), link, here):
        return None
    prepared = page.renderer.prepared(note)
    if anchor is not None:
        events = prepared.place(anchor)
        page.left -= _EVENT * (len(prepared.events) - len(events)) // 10
    else:
        events = _without_name(prepared, note)
    page.left -= _EVENT * (len(events) + 10) + (events[-1][1]["end"] - events[0][1]["start"] if events else 0)
    page.active.append(key)
    level = page.level
    inner = page.renderer.part(page, prepared, events)
    page.level = level
    page.active.pop()
    return f'<div class="embed-body">\n{inner}</div>'


def is_unreadable(note: Note) -> bool:
    """Whether nothing could be read of a note, canvas or base that is not empty."""
    if any(each.fault == "malformed-file" for each in note.defects):
        return True
    is_no_text = any(each.fault == "invalid-encoding" for each in note.defects)
    return is_no_text and note.size > 0 and not (note.text and note.text.source)


def _board(page: Page, links: Links, board: Note, link: Link) -> str | None:
    """The picture of a canvas, or what a base asks for."""
    if not page.has_room(board.size, link, links.note.path):
        return None
    from fmvault.publish import boards

    renderer = page.renderer
    published, texts = renderer.published, renderer.texts
    if board.path[-7:].lower() == ".canvas":
        # Embeds in its cards are links, so that there are no circles.
        svg, is_whole = boards.embedded(published, renderer, board, page.address)
        if not svg:
            return None
        about = "" if is_whole else f'<p class="plugin-note">{escaped(texts("board_outline"))}</p>'
        inner = f'<div class="embed-board">{svg}</div>{about}'
    else:
        source = published.read(board.path)
        inner = boards.noted(boards.told(published, board, source, texts, _VIEW, link.subpath), texts)
    page.left -= max(board.size, len(inner)) + 10 * _EVENT
    return inner


def _title(note: Note, link: Link) -> str:
    """What an embed is headed by: the note's name, and the heading it begins with."""
    return " > ".join(filter(None, (note.name, *(part for part in link.subpath.split("#") if part[:1] != "^"))))


def _without_name(prepared: Prepared, note: Note) -> Events:
    """The events of a note without a first heading that only repeats its name."""
    events = prepared.events
    if not events or not note.headings:
        return events
    first = note.headings[0]
    if first.level != 1 or fold(first.text) != fold(note.name) or events[0][1]["start"] + note.body != first.span.start:
        return events
    end = next(index for index, each in enumerate(events) if each[1] == events[0][1] and "End" in each[0])
    return events[end + 1 :]
