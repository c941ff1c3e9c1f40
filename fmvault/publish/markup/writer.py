"""The parser's events as HTML.

No method calls itself for what nests: elements wait on a stack to be closed. Only embeds, and what a callout's title or
a footnote within a line holds, are written by another round, and those are few deep.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fmvault.model import (
    Block,
    External,
    Link,
    Note,
    Resolution,
    Tag,
)
from fmvault.publish.addresses import block_id, footnote_id, href
from fmvault.publish.contexts import OutlineEntry
from fmvault.publish.markup import media
from fmvault.publish.markup.embeds import Page, base_written, embedded
from fmvault.publish.markup.links import Links, as_link, external, shown
from fmvault.publish.markup.marks import (
    BLOCK,
    ESCAPED,
    FOOTNOTE,
    INLINE_FOOTNOTE,
    LINK,
    MARKED,
    TAG,
    TITLE,
    Events,
    Level,
    Mark,
    Prepared,
    Title,
    parsed,
)
from fmvault.publish.markup.raw import Cleaner, is_phrasing, tag_name
from fmvault.publish.markup.text import escaped, quoted
from fmvault.publish.titles import title_heading

if TYPE_CHECKING:
    from fmvault.publish.markup.renderer import Renderer

# So deep, HTML blocks are cleaned with the quote or entry they stand in.
_CLEANED_APART = 6
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_PIECE = re.compile(
    r"(?P<mark>\x01\x02*|\x03)|(?P<light>={2,})"
    r"|(?P<url>(?<![A-Za-z0-9])https?://(?:[^\s<>=\x01-\x03\"]|=(?!=))+)"
)
# How deep tags of a stranger's nest in a line.
_MOST_NESTED = 100
_AFTER_URL = "?!.,:;*_~'\"]"
_TASK = re.compile(r"\[([^\x01-\x03])\](?=\s)[ \t]?|\[([^\x01-\x03])\]\Z")
_HEADING_ID = re.compile(r"\s*\{:?[ \t]*#([^\s{}\"'<>&]+)(?:[ \t][^{}]*)?\}\Z")
_BLANK = re.compile(r"(?:\s|<br>)*\Z")
_PLUGINS = frozenset(
    str.split(
        "dataview dataviewjs base bases tasks query button meta-bind meta-bind-button meta-bind-js-view"
        " tracker chart kanban leaflet timeline ad-note embed cardlink folder-overview excalidraw dbfolder"
        " ditaa ofc js-engine templater waypoint zoommap iframe calendar-nav homepage todoist gevent"
        " contributiongraph heatmap mapview latex-note tikz abc"
    )
) - {"embed", "iframe"}
_CALLOUTS = {
    **{name: name for name in (
        "note", "abstract", "info", "todo", "tip", "success", "question", "warning", "failure", "danger", "bug",
        "example", "quote",
    )},
    "summary": "abstract", "tldr": "abstract", "hint": "tip", "important": "tip", "check": "success",
    "done": "success", "help": "question", "faq": "question", "caution": "warning", "attention": "warning",
    "fail": "failure", "missing": "failure", "error": "danger", "cite": "quote",
}  # fmt: skip
_SIMPLE = {
    "Emphasis": ("<em>", "</em>"),
    "Strong": ("<strong>", "</strong>"),
    "Strikethrough": ("<del>", "</del>"),
    "Superscript": ("<sup>", "</sup>"),
    "Subscript": ("<sub>", "</sub>"),
}
_VOID = frozenset({"br", "img", "wbr"})
_LEVELS = {"H1": 1, "H2": 2, "H3": 3, "H4": 4, "H5": 5, "H6": 6}


class _Element:
    """A block that may be given an id when its end is reached: where its tag stands, and what it has."""

    __slots__ = ("attributes", "id", "index", "tag")

    def __init__(self, index: int, tag: str, attributes: str) -> None:
        self.index = index
        self.tag = tag
        self.attributes = attributes
        self.id = ""


class Writer:
    """Writes one note, or a part of it. ``root``: it is the page's own, so that it has ids and footnotes."""

    def __init__(self, page: Page, prepared: Prepared, *, root: bool) -> None:
        self.page = page
        self.renderer = page.renderer
        self.prepared = prepared
        self.note: Note = prepared.note
        self._links = Links(page.renderer, page.address, self.note)
        self.root = root
        self.title_html = self.title_id = ""
        self.outline: list[OutlineEntry] = []
        self._level: Level = prepared.outer
        self._base = self.note.body
        self._out: list[str] = []
        self._closers: list[str] = []
        self._elements: list[_Element] = []
        self._above: list[_Element | None] = [None]
        # Where the text began that stands in one paragraph, heading, entry or cell.
        self._run = 0
        self._run_is_raw = False
        self._run_depth = 0
        self._lights: list[tuple[int, int]] = []
        self._inline = 0
        self._in_link = 0
        self._paragraph: _Element | None = None
        self._raw: list[tuple[int, bool]] = [(0, False)]
        self._fresh_item = False
        self._after_block = False
        self._aligned: Sequence[str] = ()
        self._cell = 0
        self._in_head = False
        self._has_rows = False
        self._row = 0
        self._drop_row = False
        # The levels of the headings that what is written stands under, as the note has them.
        self._levels: list[int] = []
        self._outer_level = page.level
        self._tasks: list[bool] = []
        self._cleaner: Cleaner | None = None
        self._trusted = self.renderer.settings.trust_html
        self._numbers: dict[str, int] = {}
        self._footnotes: list[tuple[str, tuple[int, int]]] = []
        self._uses: dict[int, list[str]] = {}
        if root:
            ids = self.renderer.addresses.ids(self.note)
            self._ids = {heading.span.start: id for heading, id in zip(self.note.headings, ids, strict=True)}
            page.used.update(ids)
            page.active.append((self.note.path, -1))
            if self.note.footnotes:
                page.used.update(footnote_id(each.label) for each in self.note.footnotes if each.defines)
        else:
            self._ids = {}
        self._by_start = {link.span.start: link for link in self.note.links if link.syntax == "markdown"}

    # -- the whole -----------------------------------------------------------------------------------------------------

    def text(self, events: Events) -> str:
        """The HTML of the events, and of the footnotes they use."""
        if b"<" in self.prepared.original and not self._trusted:
            hidden = self.prepared.outer is not self.prepared.in_footnote
            for event, _ in events:
                if event.__class__ is str:
                    continue
                html = event.get("InlineHtml") or event.get("Html")
                if hidden or (html and not _BREAK.fullmatch(html)):
                    self._expect_raw()
                    break
        events = self._without_title(events)
        self._write(events)
        self._finish()
        if self._footnotes:
            self._write_footnotes()
        html = "".join(self._out)
        return self._opened(html)

    def words(self, start: int, end: int) -> str:
        """The HTML of a stretch of a line."""
        if b"<" in self.prepared.original[start:end] and not self._trusted:
            self._expect_raw()
        html = self._nested(self.prepared.outer, start, end)
        return self._opened(html)

    def _expect_raw(self) -> None:
        self._cleaner = Cleaner(
            self.prepared.original,
            self._links.raw_address,
            self._links.raw_player,
            self.page.used if self.root else None,
            self.renderer.settings.remote_media,
        )

    @staticmethod
    def label(renderer: Renderer, text: str) -> str:
        """Markdown within a line, links and pictures as their words."""
        if not re.search(r"[*_`~\\&$=\x00-\x1f]", text):
            return escaped(text)
        found: list[str] = []
        closers: list[str] = []
        text = " ".join(text.translate(_NO_CONTROLS).split())
        for event, _ in parsed(f"\x03{text}"):
            if event.__class__ is str:
                found.append(" ")
                continue
            ((kind, data),) = event.items()
            if kind == "Text" or kind == "InlineHtml":
                found.append(escaped(data.replace("\x03", "")))
            elif kind == "Code":
                found.append(f"<code>{escaped(data)}</code>")
            elif kind == "InlineMath" or kind == "DisplayMath":
                found.append(renderer.formulas.get(data, False) or f"<code>{escaped(data)}</code>")
            elif kind == "FootnoteReference":
                found.append(escaped(f"[^{data}]"))
            elif kind == "Start":
                opening, closing = _SIMPLE.get(data, ("", "")) if data.__class__ is str else ("", "")
                found.append(opening)
                closers.append(closing)
            elif kind == "End" and closers:
                found.append(closers.pop())
        return "".join(found).strip()

    def _opened(self, html: str) -> str:
        return self._cleaner.opened(html) if self._cleaner else html

    def _without_title(self, events: Events) -> Events:
        """The events without the first block, if that is the title of the page; it is written on the way."""
        if not self.root or not events or title_heading(self.prepared.note) is None:
            return events
        first = events[0][0]
        if first.__class__ is str or first.get("Start").__class__ is not dict:
            return events
        heading = first["Start"].get("Heading")
        if heading is None or heading["level"] != "H1":
            return events
        where = events[0][1]
        end = next(index for index, each in enumerate(events) if each[1] == where and "End" in each[0])
        self._inline_events(events[1:end])
        self.title_html = self._opened("".join(self._out)).strip()
        self.title_id = self._ids.get(where["start"] + self._base, "")
        self._out.clear()
        self._run = 0
        return events[end + 1 :]

    def _inline_events(self, events: Events) -> None:
        self._inline += 1
        self._run = len(self._out)
        self._write(events)
        self._end_run()
        self._inline -= 1

    def _finish(self) -> None:
        self._end_run()
        while self._closers:
            self._out.append(self._closers.pop())
        start, is_raw = self._raw[0]
        if is_raw and self._cleaner:
            self._out[start:] = [self._cleaner.flow("".join(self._out[start:]))]

    # -- the round of events -------------------------------------------------------------------------------------------

    def _write(self, events: Events) -> None:
        out = self._out
        count = len(events)
        index = 0
        while index < count:
            event, where = events[index]
            index += 1
            if event.__class__ is str:
                if event == "SoftBreak" or event == "HardBreak":
                    if not self._after_block:
                        out.append("<br>\n")
                else:
                    self._end_run()
                    out.append("<hr>\n")
                    self._begin_run()
                continue
            ((kind, data),) = event.items()
            if kind == "Text":
                if self._fresh_item:
                    data = self._task_text(data, where)
                if "\x01" in data or "==" in data or "://" in data or "\x03" in data:
                    self._rich(data, where)
                else:
                    out.append(escaped(data))
                    if self._after_block and not data.isspace():
                        self._after_block = False
                continue
            if kind == "Start":
                if data.__class__ is str:
                    simple = _SIMPLE.get(data)
                    if simple is not None:
                        out.append(simple[0])
                        self._closers.append(simple[1])
                        self._inline += 1
                        self._after_block = False
                    else:
                        index = self._start(data, None, where, events, index)
                else:
                    ((tag, given),) = data.items()
                    index = self._start(tag, given, where, events, index)
            elif kind == "End":
                if data.__class__ is str and data in _SIMPLE:
                    self._inline -= 1
                    self._drop_lights()
                    out.append(self._closers.pop())
                elif data.__class__ is str:
                    self._end(data)
                else:
                    self._end(next(iter(data)))
            else:
                self._after_block = self._after_block and kind in ("InlineHtml",)
                self._leaf(kind, data, where)

    def _start(self, tag: str, given: Any, where: Any, events: Events, index: int) -> int:
        """Begin an element; the index of the event to go on with."""
        fresh, self._fresh_item = self._fresh_item, False
        if tag == "Paragraph":
            self._fresh_item = fresh
            self._end_run()
            self._paragraph = self._open("p", "")
            self._closers.append("</p>\n")
            self._begin_run()
        elif tag == "Link":
            self._after_block = False
            self._start_link(given, where)
        elif tag == "Image":
            return self._image(given, where, events, index)
        elif tag == "Heading":
            return self._start_heading(_LEVELS[given["level"]], where, events, index)
        elif tag == "List":
            self._end_run()
            name = "ul" if given is None else "ol"
            self._open(name, "" if given in (None, 1) else f' start="{int(given)}"')
            self._out.append("\n")
            self._closers.append(f"</{name}>\n")
        elif tag == "Item":
            self._end_run()
            self._open("li", "")
            self._closers.append("</li>\n")
            self._tasks.append(False)
            self._raw.append((len(self._out), False))
            self._fresh_item = True
            self._begin_run()
        elif tag == "BlockQuote":
            self._end_run()
            if not self._start_callout(where, events, index):
                self._open("blockquote", "")
                self._out.append("\n")
                self._closers.append("</blockquote>\n")
                self._raw.append((len(self._out), False))
            else:
                index += 3
                self._raw.append((len(self._out), False))
        elif tag == "CodeBlock":
            return self._code_block(given, where, events, index)
        elif tag == "HtmlBlock":
            return self._html_block(events, index)
        elif tag == "Table":
            self._end_run()
            self._open("div", ' class="table" tabindex="0"')
            self._out.append("<table>\n")
            self._closers.append("</table></div>\n")
            self._aligned = given
            self._has_rows = False
        elif tag == "TableHead":
            self._out.append("<thead><tr>")
            self._closers.append("</tr></thead>\n")
            self._in_head, self._cell = True, 0
        elif tag == "TableRow":
            self._out.append("<tr>" if self._has_rows else "<tbody>\n<tr>")
            self._has_rows = True
            self._closers.append("</tr>\n")
            self._in_head, self._cell = False, 0
            self._row = len(self._out) - 1
            self._drop_row = False
        elif tag == "TableCell":
            align = self._aligned[self._cell] if self._cell < len(self._aligned) else "None"
            self._cell += 1
            name = "th" if self._in_head else "td"
            attributes = f' class="{align.lower()}"' if align != "None" else ""
            self._out.append(self._tag(name, attributes))
            self._closers.append(f"</{name}>")
            self._begin_run()
        elif tag == "FootnoteDefinition":
            # It stands with the others at the end.
            depth = 1
            while index < len(events) and depth:
                event = events[index][0]
                if event.__class__ is not str:
                    depth += ("Start" in event) - ("End" in event)
                index += 1
        else:
            self._closers.append("")
        return index

    def _end(self, tag: str) -> None:
        if tag == "Link":
            self._inline -= 1
            self._in_link -= 1
            self._drop_lights()
            closing = self._closers.pop()
            if closing == "</a>" and self._out[-1].startswith("<a ") and not self._out[-1].endswith("</a>"):
                # There is nothing in it that could be seen or followed.
                self._out.pop()
            else:
                self._out.append(closing)
            return
        out = self._out
        if tag == "Paragraph":
            self._end_run()
            element, self._paragraph = self._paragraph, None
            closing = self._closers.pop()
            assert element is not None
            if self._is_blank(element.index + 1):
                del out[element.index :]
                if element.id:
                    self._set_id(element.id, self._above[-1])
                self._elements.pop()
            else:
                out.append(closing)
                self._above[-1] = self._elements.pop()
                self._above.pop()
                self._above[-1] = element
                return
            self._above.pop()
        elif tag == "Heading":
            self._end_heading()
        elif tag == "Item":
            self._end_run()
            self._clean()
            self._tasks.pop()
            self._fresh_item = False
            self._close()
        elif tag == "BlockQuote":
            self._end_run()
            start = self._raw[-1][0]
            self._clean()
            if len(out) == start and self._closers[-1] in _CALLOUT_ENDS:
                # A callout that is all title.
                del out[-1]
                self._closers[-1] = self._closers[-1].replace("</div>", "", 1)
            self._close()
        elif tag == "List":
            self._end_run()
            self._close()
            self._begin_run()
        elif tag == "TableCell":
            self._end_run()
            out.append(self._closers.pop())
        elif tag == "TableRow":
            closing = self._closers.pop()
            if self._drop_row:
                del out[self._row + (out[self._row] != "<tr>") :]
                if out and out[self._row : self._row + 1] == ["<tbody>\n<tr>"]:
                    del out[self._row :]
                    self._has_rows = False
            else:
                out.append(closing)
        elif tag == "Table":
            if self._has_rows:
                out.append("</tbody>")
            self._close()
        else:
            out.append(self._closers.pop())

    def _leaf(self, kind: str, data: Any, where: Any) -> None:
        out = self._out
        self._fresh_item = False
        if kind == "Code":
            out.append(f"<code>{escaped(self._unmasked(data, where))}</code>")
        elif kind == "InlineMath" or kind == "DisplayMath":
            self._formula(self._unmasked(data, where), where, kind == "DisplayMath")
        elif kind == "InlineHtml" or kind == "Html":
            self._inline_html(self._unmasked(data, where))
        elif kind == "TaskListMarker":
            self._task("x" if data else " ")
        elif kind == "FootnoteReference":
            self._footnote(data, f"[^{data}]")

    # -- blocks --------------------------------------------------------------------------------------------------------

    def _tag(self, tag: str, attributes: str) -> str:
        if attributes and self._cleaner:
            return f"<{tag}{self._cleaner.sealed(attributes)}>"
        return f"<{tag}{attributes}>"

    def _atom(self, html: str, block: bool) -> str:
        return self._cleaner.atom(html, block) if self._cleaner else html

    def _open(self, tag: str, attributes: str) -> _Element:
        element = _Element(len(self._out), tag, attributes)
        self._out.append(self._tag(tag, attributes))
        self._elements.append(element)
        self._above.append(None)
        return element

    def _close(self) -> None:
        """Close a block that ``_open`` began."""
        self._out.append(self._closers.pop())
        self._above.pop()
        self._above[-1] = self._elements.pop()

    def _set_id(self, id: str, element: _Element | None) -> None:
        """Give a block the id of its own; a second one stands in front of it, and so does that of no block."""
        if not self.root or id in self.page.used:
            return
        self.page.used.add(id)
        if element is None or element.id or element.index >= len(self._out):
            self._out.append(self._tag("span", f' id="{quoted(id)}"') + "</span>")
            return
        element.id = id
        if not element.tag:
            out = self._out
            out[element.index] = self._tag("div", f' id="{quoted(id)}"') + out[element.index] + "</div>\n"
            return
        element.attributes = f' id="{quoted(id)}"{element.attributes}'
        self._out[element.index] = self._tag(element.tag, element.attributes)

    def _begin_run(self) -> None:
        self._run = len(self._out)
        self._run_is_raw = False
        self._run_depth = 0
        self._lights.clear()

    def _end_run(self) -> None:
        """What stood in one paragraph, heading, entry or cell has ended: its raw HTML with it."""
        if self._run_is_raw and self._cleaner:
            self._out[self._run :] = [self._cleaner.line("".join(self._out[self._run :]))]
        self._run_is_raw = False
        self._run_depth = 0
        self._run = len(self._out)
        self._lights.clear()
        self._after_block = False

    def _is_blank(self, index: int) -> bool:
        return all(_BLANK.match(piece) for piece in self._out[index:])

    def _clean(self) -> None:
        """A quote, entry or footnote has ended, and the HTML blocks in it; deep ones wait for those above."""
        start, is_raw = self._raw.pop()
        if not is_raw or not self._cleaner:
            return
        if len(self._raw) > _CLEANED_APART:
            self._raw[-1] = (self._raw[-1][0], True)
        else:
            self._out[start:] = [self._cleaner.flow("".join(self._out[start:]))]

    def _block_within(self, html: str) -> bool:
        """Put a block where text stands, ending its paragraph; whether that could be done."""
        if self._inline or self._in_link:
            return False
        out = self._out
        paragraph = self._paragraph
        while len(out) > self._run and out[-1] == "<br>\n":
            out.pop()
        if paragraph is not None:
            self._end_run()
            if self._is_blank(paragraph.index + 1):
                del out[paragraph.index :]
                # What has an id is what stands in its place.
            else:
                out.append("</p>\n")
            element = _Element(len(out), "", "")
            out.append(html)
            self._above[-2] = element
            paragraph.index = len(out)
            paragraph.attributes, paragraph.id = "", ""
            out.append("<p>")
        else:
            self._end_run()
            out.append(html)
        self._begin_run()
        self._after_block = True
        return True

    def _start_heading(self, level: int, where: Any, events: Events, index: int) -> int:
        self._end_run()
        # A callout's title has become a heading too, and may be none of a callout.
        mark = self._mark(where["start"] + self._base) if level == 1 else None
        level = self._lowered(level if mark is None or mark[2] != TITLE else 7)
        id = self._ids.get(where["start"] + self._base, "")
        attributes = f' id="{quoted(id)}"' if id else ""
        element = self._open(f"h{level}", attributes)
        # Its id is the heading's, which links to it lead to.
        element.id = id
        self._closers.append(f"</h{level}>\n")
        self._inline += 1
        self._begin_run()
        return index

    def _lowered(self, level: int) -> int:
        """The level of a heading on the page, one below that of the heading it stands under: the title has the first.

        So no level is left out, whatever levels the note has.
        """
        levels = self._levels
        while levels and levels[-1] >= level:
            levels.pop()
        levels.append(level)
        self.page.level = found = min(6, self._outer_level + len(levels))
        return found

    def _end_heading(self) -> None:
        out = self._out
        element = self._elements[-1]
        if out[-1].endswith("}") and (found := _HEADING_ID.search(out[-1])):
            out[-1] = out[-1][: found.start()]
            self._anchor(found[1])
        self._end_run()
        self._inline -= 1
        if not self.root and self._is_blank(element.index + 1):
            del out[element.index :]
            self._closers.pop()
            self._elements.pop()
            self._above.pop()
            return
        if element.id and self.root:
            # What has no words is nothing that one could choose.
            if title := _words("".join(out[element.index + 1 :]), self._cleaner):
                self.outline.append(OutlineEntry(level=int(element.tag[1]), title=title, id=element.id))
            label = quoted(self.renderer.texts("anchor"))
            attributes = f' class="anchor" href="#{quote(element.id)}" aria-label="{label}"'
            out.append(self._tag("a", attributes) + "</a>")
        self._close()

    def _anchor(self, id: str) -> None:
        if self.root and id not in self.page.used and not id.startswith("_"):
            self.page.used.add(id)
            self._out.append(self._tag("span", f' id="{quoted(id)}"') + "</span>")

    def _start_callout(self, where: Any, events: Events, index: int) -> bool:
        """Begin a callout, if the quote is one: its title is the heading that the marks made of its first line."""
        if index + 2 >= len(events):
            return False
        first, place = events[index]
        if first.__class__ is str or first.get("Start").__class__ is not dict or "Heading" not in first["Start"]:
            return False
        mark = self._mark(place["start"] + self._base)
        if mark is None or mark[2] != TITLE:
            return False
        title: Title = mark[3]
        type_ = _CALLOUTS.get(title.type, "")
        told = quoted(title.type)
        attributes = f' class="callout" data-type="{type_ or told}"'
        if title.start < title.end:
            html = self._nested(self.prepared.in_title, title.start, title.end)
        else:
            html = escaped(self.renderer.texts.callout(title.type))
        out = self._out
        if title.fold:
            self._open("details", attributes + (" open" if title.fold == "+" else ""))
            out.append(f"{self._tag('summary', _CALLOUT_TITLE)}{html}</summary>\n")
            closing = _CALLOUT_ENDS[1]
        else:
            self._open("div", attributes)
            out.append(f"{self._tag('p', _CALLOUT_TITLE)}{html}</p>\n")
            closing = _CALLOUT_ENDS[0]
        out.append(self._tag("div", ' class="callout-body"') + "\n")
        self._closers.append(closing)
        return True

    def _task_text(self, data: str, where: Any) -> str:
        """The text of an entry without the mark of a task, which may be any character."""
        self._fresh_item = False
        if data[:1] == "[" and self._base >= 0 and (found := _TASK.match(data)):
            at = where["start"] + self._base
            if self.prepared.original[at - 1 : at] != b"\\":
                self._task(found[1] or found[2])
                return data[found.end() :]
        return data

    def _task(self, mark: str) -> None:
        if not self._tasks or self._tasks[-1]:
            return
        self._tasks[-1] = True
        item = next((each for each in reversed(self._elements) if each.tag == "li"), None)
        if item is None:
            return
        item.attributes = f' class="task" data-task="{quoted(mark)}"{item.attributes}'
        self._out[item.index] = self._tag("li", item.attributes)
        texts = self.renderer.texts
        told = texts("task_open") if mark == " " else texts("task_done")
        if mark not in " xX":
            told = texts("task_other", mark=mark)
        checked = "" if mark == " " else " checked"
        if mark not in " xX":
            # The style sheet shows the mark itself, for which it must stand where it is shown.
            checked += f' data-task="{quoted(mark)}"'
        self._out.append(
            self._atom(f'<input type="checkbox" disabled{checked} aria-label="{quoted(told)}">', False) + " "
        )

    def _code_block(self, given: Any, where: Any, events: Events, index: int) -> int:
        self._end_run()
        pieces = []
        while "End" not in events[index][0]:
            pieces.append(events[index][0].get("Text", ""))
            index += 1
        source = self._unmasked("".join(pieces), where)
        info = given["Fenced"] if given.__class__ is dict else ""
        language = self._unmasked(info, where).replace("{", " ").replace("}", " ").replace(",", " ").split()
        name = language[0].lstrip(".") if language else ""
        lower = name.lower()
        if lower == "mermaid" and self.page.embeds:
            self.page.needs.add("mermaid")
            self._open("pre", ' class="mermaid" tabindex="0"')
            html, closing = escaped(source), "</pre>\n"
        elif lower == "base" and (told := base_written(self.renderer, self.note, source)):
            self._open("div", ' class="plugin" data-plugin="base"')
            html, closing = told, "</div>\n"
        elif lower in _PLUGINS:
            self._open("div", f' class="plugin" data-plugin="{quoted(lower)}"')
            note = escaped(self.renderer.texts("plugin"))
            html = f'<p class="plugin-note">{note}</p><pre tabindex="0"><code>{escaped(source)}</code></pre>'
            closing = "</div>\n"
        elif lower.startswith("ad-"):
            # A plugin's callouts, older than Obsidian's own.
            self._open("div", f' class="plugin" data-plugin="{quoted(lower)}"')
            html, closing = f'<pre tabindex="0"><code>{escaped(source)}</code></pre>', "</div>\n"
        else:
            attributes = f' class="code" data-language="{quoted(name)}"' if name else ' class="code"'
            self._open("div", attributes)
            code = self.renderer.code.get(lower, source)
            html, closing = f'<pre tabindex="0"><code>{code}</code></pre>', "</div>\n"
        self._out.append(self._atom(html, lower != "mermaid"))
        self._closers.append(closing)
        self._close()
        self._begin_run()
        return index + 1

    def _html_block(self, events: Events, index: int) -> int:
        self._end_run()
        pieces = []
        while "End" not in events[index][0]:
            event, where = events[index]
            pieces.append(self._unmasked(event.get("Html") or event.get("Text") or "", where))
            index += 1
        html = "".join(pieces)
        if self._trusted:
            self._out.append(html)
        elif self._cleaner:
            self._out.append(self._cleaner.block(html, self._lowered))
            self._raw[-1] = (self._raw[-1][0], True)
        self._begin_run()
        return index + 1

    # -- within a line -------------------------------------------------------------------------------------------------

    def _rich(self, text: str, where: Any) -> None:
        """Text that holds marks, highlights or addresses."""
        out = self._out
        start = where["start"] + self._base
        marks: Sequence[Mark] = self._level.within(start, where["end"] + self._base) if "\x01" in text else ()
        used = 0
        at = 0
        for found in _PIECE.finditer(text):
            if found.start() < at:
                continue
            if found.start() > at:
                out.append(escaped(text[at : found.start()]))
                self._after_block = False
            at = found.end()
            piece = found[0]
            if found["mark"]:
                if piece != "\x03" and used < len(marks):
                    self._after_block = False
                    self._marked(marks[used])
                    used += 1
            elif found["light"]:
                self._light(text, found, start)
            elif self._in_link:
                out.append(escaped(piece))
            else:
                at -= self._bare_url(piece)
        if at < len(text):
            out.append(escaped(text[at:]))
            self._after_block = self._after_block and text[at:].isspace()

    def _light(self, text: str, found: re.Match[str], start: int) -> None:
        """Two equals signs, which begin or end a highlight."""
        out = self._out
        before, after = text[: found.start()][-1:], text[found.end() :][:1]
        if len(found[0]) != 2 or (not before and self.prepared.original[start - 1 : start] == b"\\"):
            out.append(found[0])
            return
        # At an end of the text there is an element's edge, or a line's.
        if self._lights and self._lights[-1][1] == self._inline and not before.isspace() and out[-1] != "<br>\n":
            index, _ = self._lights.pop()
            if index < len(out) - 1:
                out[index] = "<mark>"
                out.append("</mark>")
                return
            self._lights.append((index, self._inline))
        out.append("==")
        if not after.isspace():
            self._lights.append((len(out) - 1, self._inline))

    def _drop_lights(self) -> None:
        """An element has ended, and with it the highlights that began in it."""
        while self._lights and self._lights[-1][1] > self._inline:
            self._lights.pop()

    def _bare_url(self, url: str) -> int:
        """Link an address that stands in the text; how many of its last characters are no part of it."""
        end, unopened = len(url), url.count(")") - url.count("(")
        while end and (url[end - 1] in _AFTER_URL or (url[end - 1] == ")" and unopened > 0)):
            unopened -= url[end - 1] == ")"
            end -= 1
        kept = url[:end]
        address = self._links.outward(kept)
        if address is None:
            self._out.append(escaped(url))
            return 0
        self._out.append(f"{self._tag('a', external(address))}{escaped(kept)}</a>")
        return len(url) - len(kept)

    def _marked(self, mark: Mark) -> None:
        start, end, kind, value = mark
        if kind == LINK:
            self._wikilink(value)
        elif kind == TAG:
            self._tag_link(value)
        elif kind == BLOCK:
            self._block_id(value)
        elif kind == FOOTNOTE:
            self._footnote(value.label, f"[^{value.label}]")
        elif kind == INLINE_FOOTNOTE:
            self._inline_footnote(start, end)
        elif kind == ESCAPED:
            self._out.append("=")
        elif kind == TITLE:
            # No quote began here after all.
            self._out.append(escaped(self._source(start, end)))

    def _source(self, start: int, end: int) -> str:
        return self.prepared.original[start:end].decode("utf-8", "replace")

    def _mark(self, start: int) -> Mark | None:
        found = self._level.within(start, start + 1)
        return found[0] if found else None

    def _unmasked(self, text: str, where: Any) -> str:
        """Text in which the parser's copy has marks, as it is in the source."""
        if "\x01" not in text:
            return text
        marks = iter(self._level.within(where["start"] + self._base, where["end"] + self._base))

        def source(found: re.Match[str]) -> str:
            mark = next(marks, None)
            return self._source(mark[0], mark[1]) if mark and found[0] != "\x03" else ""

        return MARKED.sub(source, text)

    def _nested(self, level: Level, start: int, end: int) -> str:
        """The HTML of a stretch of a line that stands in another place of the line."""
        saved = (
            self._out, self._level, self._base, self._run, self._run_is_raw, self._lights, self._paragraph,
            self._fresh_item, self._after_block, self._closers, self._elements, self._above,
        )  # fmt: skip
        self._out, self._level, self._base, self._closers = [], level, start - 1, []
        self._paragraph, self._elements, self._above = None, [], [None]
        self._run, self._lights, self._fresh_item, self._after_block = 0, [], False, False
        events = self.prepared.stretch(level, start, end)
        inner = [each for each in events if each[0] not in _PARAGRAPH]
        self._inline_events(inner)
        html = "".join(self._out).strip()
        (
            self._out, self._level, self._base, self._run, self._run_is_raw, self._lights, self._paragraph,
            self._fresh_item, self._after_block, self._closers, self._elements, self._above,
        ) = saved  # fmt: skip
        return html

    def _tag_link(self, tag: Tag) -> None:
        name = tag.name.strip("/")
        text = escaped(f"#{tag.name}")
        addresses = self.renderer.addresses
        if self._in_link or not addresses.has_tag(name):
            self._out.append(text)
            return
        to = href(addresses.tag(name), self.page.address)
        self._out.append(self._tag("a", f' class="tag" href="{quoted(to)}"') + f"{text}</a>")

    def _block_id(self, block: Block) -> None:
        """Give the block around its id; one alone on its line gives it to the block above."""
        out = self._out
        while len(out) > self._run and (out[-1] == "<br>\n" or out[-1] == " "):
            out.pop()
        if len(out) > self._run:
            out[-1] = out[-1].rstrip()
        id = block_id(block.id)
        if (
            self._elements
            and self._elements[-1].tag == "div"
            and self._closers
            and self._closers[-1] in ("</td>", "</th>")
        ):
            # The line that a table was followed by became its last row.
            if self._cell == 1 and not self._in_head and self._is_blank(self._run):
                self._drop_row = True
            self._set_id(id, self._elements[-1])
        elif self._paragraph is not None and self._is_blank(self._paragraph.index + 1):
            above = self._above[-2] if len(self._above) > 1 else None
            if above is not None:
                self._set_id(id, above)
            elif self.root and id not in self.page.used:
                self._set_id(id, None)
        else:
            self._set_id(id, self._elements[-1] if self._elements else None)

    # -- footnotes -----------------------------------------------------------------------------------------------------

    def _footnote(self, label: str, source: str) -> None:
        key = label.lower()
        definition = self.prepared.definitions.get(key)
        if definition is None:
            self._out.append(escaped(source))
            return
        if not self.root:
            here = self.note.path
            addresses = self.renderer.addresses
            if here in addresses and here[-3:].lower() == ".md":
                to = href(addresses[here], self.page.address, footnote_id(label))
                self._reference(label, to, "")
            return
        number = self._numbers.get(key)
        if number is None:
            self._footnotes.append((footnote_id(label), definition))
            self._numbers[key] = number = len(self._footnotes)
        self._refer(number, self._footnotes[number - 1][0])

    def _inline_footnote(self, start: int, end: int) -> None:
        if not self.root:
            # Its text stands where its number would.
            self._out.append(f" ({self._nested(self.prepared.in_footnote, start + 2, end - 1)})")
            return
        number = len(self._footnotes) + 1
        id = self.page.unique(f"fn-{number}")
        self._footnotes.append((id, (-start, -end)))
        self._refer(number, id)

    def _refer(self, number: int, id: str) -> None:
        back = self.page.unique(f"fnref-{number}")
        self._uses.setdefault(number, []).append(back)
        self._reference(str(number), f"#{quote(id)}", f' id="{back}"')

    def _reference(self, shown: str, to: str, id: str) -> None:
        if self._in_link:
            self._out.append(self._tag("sup", f' class="footnote"{id}') + f"{escaped(shown)}</sup>")
            return
        told = quoted(self.renderer.texts("footnote", number=shown))
        attributes = f' href="{quoted(to)}" role="doc-noteref" aria-label="{told}"'
        self._out.append(
            self._tag("sup", f' class="footnote"{id}') + self._tag("a", attributes) + f"{escaped(shown)}</a></sup>"
        )

    def _write_footnotes(self) -> None:
        """All footnotes in the order of their first use; those used in them are added on the way."""
        texts = self.renderer.texts
        out = self._out
        out.append(
            self._tag("section", f' class="footnotes" role="doc-endnotes" aria-label="{quoted(texts("footnotes"))}"')
        )
        out.append("<ol>\n")
        done = 0
        while done < len(self._footnotes):
            id, (first, last) = self._footnotes[done]
            done += 1
            out.append(self._tag("li", f' id="{quoted(id)}"'))
            begin = len(out)
            if first < 0:
                out.append(f"<p>{self._nested(self.prepared.in_footnote, 2 - first, -last - 1)}</p>\n")
            else:
                self._raw.append((begin, False))
                self._begin_run()
                self._write(self.prepared.events[first:last])
                self._end_run()
                self._clean()
            back = []
            for count, use in enumerate(self._uses[done], 1):
                shown = "↩" if count == 1 else f"↩<sup>{count}</sup>"
                told = quoted(texts("footnote_back") + (f" {count}" if count > 1 else ""))
                attributes = f' class="footnote-back" href="#{use}" role="doc-backlink" aria-label="{told}"'
                back.append(f" {self._tag('a', attributes)}{shown}</a>")
            if len(out) > begin and out[-1].endswith("</p>\n"):
                out[-1] = out[-1][:-5]
                out += [*back, "</p>\n"]
            else:
                out += back
            out.append("</li>\n")
        out.append("</ol></section>\n")

    # -- formulas and raw HTML -----------------------------------------------------------------------------------------

    def _formula(self, latex: str, where: Any, block: bool) -> None:
        if not block and self.prepared.original[(end := where["end"] + self._base) : end + 1].isdigit():
            # Two amounts of money.
            self._out.append(escaped(f"${latex}$"))
            return
        made = self.renderer.formulas.get(latex, block)
        if made is not None:
            self.page.needs.add("math")
            if not block:
                self._out.append(self._atom(made, False))
                return
            html = self._atom(f'<div class="math" tabindex="0">{made}</div>\n', True)
            if self._block_within(html):
                return
            made = self.renderer.formulas.get(latex, False)
            self._out.append(self._atom(made or "", False))
            return
        about = f' class="math-source" title="{quoted(self.renderer.texts("math_source"))}"'
        self._out.append(self._tag("code", about) + f"{escaped(latex.strip())}</code>")

    def _inline_html(self, html: str) -> None:
        if self._trusted:
            self._out.append(html)
            return
        if _BREAK.fullmatch(html):
            self._out.append("<br>")
            return
        name = tag_name(html)
        if self._cleaner is None or not name:
            return
        if is_phrasing(name):
            if name == "a" and self._in_link:
                return
            if name not in _VOID:
                if not html.startswith("</") and self._run_depth >= _MOST_NESTED:
                    return
                self._run_depth += -1 if html.startswith("</") else 1
            self._out.append(html)
            self._run_is_raw = True
        elif name in ("iframe", "video", "audio") and not html.startswith("</"):
            from fmvault.publish.markup.raw import attributes

            given = attributes(html)
            player = self._links.raw_player(name, given.get("src", ""), given)
            if self._in_link:
                return
            self._out.append(self._cleaner.played(player, False))
            self._run_is_raw = True
        elif name in ("script", "style"):
            self._out.append(html)
            self._run_is_raw = True

    # -- links ---------------------------------------------------------------------------------------------------------

    def _wikilink(self, link: Link) -> None:
        outcome = self.renderer.vault.resolve(link, self.note)
        if link.embed:
            self._embed(link, outcome, link.label or "", "")
            return
        label = self.label(self.renderer, link.label) if link.label else escaped(shown(link))
        if not label.strip():
            # `[[#]]`, which Obsidian shows as it is written.
            self._out.append(escaped(self._source(link.span.start, link.span.end)))
            return
        attributes = "" if self._in_link else self._links.attributes(link, outcome)
        self._out.append(f"{self._tag('a', attributes)}{label}</a>" if attributes else label)

    def _start_link(self, given: Any, where: Any) -> None:
        """Begin a Markdown link; its words alone are written if it leads nowhere that may be led to."""
        url = self._unmasked(given["dest_url"], where)
        title = self._unmasked(given["title"], where)
        link = self._by_start.get(where["start"] + self._base)
        self._inline += 1
        attributes = ""
        if self._in_link:
            pass
        elif link is not None and not link.embed:
            attributes = self._links.attributes(link, self.renderer.vault.resolve(link, self.note), title)
        elif given["link_type"] == "Email":
            to = media.outward(url if url.lower().startswith("mailto:") else f"mailto:{url}")
            attributes = external(to) if to else ""
        elif to := self._links.outward(url):
            attributes = external(to) + (f' title="{quoted(title)}"' if title else "")
        elif url and not media.has_scheme(url):
            # A definition's, in a part of a note; the reader has looked at it where it stands.
            link = as_link(url)
            attributes = self._links.attributes(link, self.renderer.vault.resolve(link, self.note), title)
        closing = "</a>" if attributes else ""
        if (
            not attributes
            and not self._in_link
            and given["link_type"] != "Autolink"
            and (told := self._links.told(url))
        ):
            closing = f" ({escaped(told)})"
        self._in_link += 1
        self._out.append(self._tag("a", attributes) if attributes else "")
        self._closers.append(closing)

    # -- embeds --------------------------------------------------------------------------------------------------------

    def _image(self, given: Any, where: Any, events: Events, index: int) -> int:
        """A Markdown image, with all that stands between its brackets."""
        words: list[str] = []
        depth = 1
        while depth:
            event, place = events[index]
            index += 1
            if event.__class__ is str:
                words.append(" ")
                continue
            ((kind, data),) = event.items()
            if kind == "Start":
                depth += 1
            elif kind == "End":
                depth -= 1
            elif kind in ("Text", "Code", "InlineMath", "DisplayMath"):
                words.append(self._unmasked(data, place))
        label = "".join(words)
        url = self._unmasked(given["dest_url"], where)
        title = self._unmasked(given["title"], where)
        link = self._by_start.get(where["start"] + self._base)
        if link is None and url and not media.has_scheme(url):
            link = as_link(url)
        if link is not None:
            self._embed(link, self.renderer.vault.resolve(link, self.note), label, title)
        else:
            self._elsewhere(url, label, title)
        return index

    def _elsewhere(self, url: str, label: str, title: str) -> None:
        """A picture or film of another host."""
        caption, size = media.sized(label)
        address = media.outward(url)
        if address is None or not address.lower().startswith("http"):
            self._out.append(escaped(caption))
            return
        if self.renderer.settings.remote_media:
            if media.is_film_elsewhere(address):
                html = self._atom(media.frame(address), True)
                if self._block_within(html):
                    return
            else:
                self._out.append(self._tag("img", media.picture(address, caption, size, title)))
                return
        told = escaped(caption.strip() or url)
        if self._in_link:
            self._out.append(told)
            return
        about = quoted(title or self.renderer.texts("remote"))
        self._out.append(self._tag("a", f'{external(address)} title="{about}"') + f"{told}</a>")

    def _embed(self, link: Link, outcome: Resolution, label: str, title: str) -> None:
        """What ``![[target]]`` shows: a picture, a player, a note's text, or a link to what cannot be shown."""
        path, fragment = self._links.place(link, outcome)
        if path is None:
            caption = media.sized(label)[0]
            if isinstance(outcome, External):
                self._elsewhere(outcome.url, label, title)
                return
            self._linked(link, outcome, caption or shown(link))
            return
        if path in self.renderer.vault.notes:
            caption = media.sized(label)[0]
            note = self.renderer.vault.notes[path]
            html = None
            if self.page.embeds and not self._inline and not self._in_link:
                html = embedded(self.page, self._links, note, outcome, link, caption)
            if html is None:
                self._linked(link, outcome, caption or shown(link))
            else:
                self._block_within(self._atom(html, True))
            return
        caption, size = media.sized(label)
        to = self._links.href(path, fragment)
        name = path.rpartition("/")[2]
        kind = media.kind_of(path)
        if kind == "picture":
            alt = caption if link.syntax == "markdown" or caption else name
            self._out.append(self._tag("img", media.picture(to, alt, size, title)))
        elif kind == "sound" and not self._in_link:
            self._out.append(self._atom(media.sound(to, caption or name), False))
        elif kind == "film" and not self._in_link:
            self._out.append(self._atom(media.film(to, caption or name, size), False))
        elif (
            kind == "paper"
            and self.page.embeds
            and self._block_within(self._atom(media.paper(to, caption or name, link.subpath), True))
        ):
            pass
        else:
            self._linked(link, outcome, caption or name)

    def _linked(self, link: Link, outcome: Resolution, label: str) -> None:
        attributes = "" if self._in_link else self._links.attributes(link, outcome)
        text = escaped(label)
        self._out.append(f"{self._tag('a', attributes)}{text}</a>" if attributes else text)


_CALLOUT_ENDS = ("</div></div>\n", "</div></details>\n")
_CALLOUT_TITLE = ' class="callout-title"'
_PARAGRAPH = ({"Start": "Paragraph"}, {"End": "Paragraph"})
_NO_CONTROLS = dict.fromkeys([*range(9), 11, *range(14, 32), 127])
_ATOM = re.compile(r'<(?:span|div) data-s="[^"]*!"></(?:span|div)>')
_ANY_TAG = re.compile(r"<[^<>]*>")


def _words(html: str, cleaner: Cleaner | None) -> str:
    """The words of a heading, of its own HTML."""
    from html import unescape

    if cleaner is not None:
        html = cleaner.opened(html)
    return " ".join(unescape(_ANY_TAG.sub("", html)).split()) if "<" in html or "&" in html else html.strip()
