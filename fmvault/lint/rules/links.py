"""Links, told apart by what is missing, whatever their syntax."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal, TypeAlias
from urllib.parse import quote

from fmvault.graph.ghosts import Missing, is_planned, missing, note_name
from fmvault.lint.rule import Problem, defects, rule
from fmvault.model import Ambiguous, Edit, External, Fix, Heading, Link, MissingNote, Note, Resolved
from fmvault.vault import Vault, fold, without_query

_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,8})\Z")
_NOT_IN_DEST = re.compile(r"[\s%#<>\\]")
_PLACEHOLDER = re.compile(
    r"(?:(?:your|my|some|another|other)[ _-])?"
    r"(?:concept|note|topic|term|page|link|title|name|file|idea|subject|related note|related concept)"
    r"(?:[ _-](?:[a-z]|\d{1,2}|name|title|here))?\Z|(?:\.\.\.|…|todo|tbd|xxx+|placeholder|lorem ipsum)\Z",
    re.IGNORECASE,
)

_Fault = Literal["url-as-wikilink", "link-by-alias", "broken-attachment", "broken-note"]
# The first that applies, so that one fault is one finding.
_BY_MEANING: Mapping[Missing, _Fault] = {
    "alias": "link-by-alias",
    "attachment": "broken-attachment",
    "note": "broken-note",
}


@lru_cache(maxsize=1)
def _faults(path: str, vault: Vault) -> Mapping[_Fault, Sequence[tuple[Link, str]]]:
    """The links of the note ``path`` that lead to no file, and the target of each, by what is wrong with them.

    Four rules ask for it, one after the other.
    """
    found: defaultdict[_Fault, list[tuple[Link, str]]] = defaultdict(list)
    for link, resolution in vault.unsettled(vault.notes[path]):
        match resolution:
            case External(url) if link.syntax != "markdown" or url.lower().startswith("www."):
                found["url-as-wikilink"].append((link, url))
            case MissingNote(target):
                found[_BY_MEANING[missing(link, target, vault)]].append((link, target))
    return found


def _faulty(note: Note, vault: Vault, fault: _Fault) -> Sequence[tuple[Link, str]]:
    return _faults(note.path, vault).get(fault, ()) if vault.unsettled(note) else ()


def relink(
    link: Link, title: str, target: str, subpath: str, *, label: str | None = None, safe: bool = False
) -> Fix | None:
    """The fix that makes ``link`` lead to ``target`` and ``subpath``, and gives it a label.

    It is written in the link's own syntax. None where the name cannot be written in it, or its place is not known.
    """
    if link.syntax in ("canvas", "base") or link.dest == link.span:
        return None
    if link.syntax == "markdown":
        written = without_query(link.target)
        ending = ".md" if written[-3:].lower() == ".md" and not _EXTENSION.search(target) else ""
        query = "" if target == link.target else link.target[len(written) :]
        new = _percent_encoded(target + ending + query if target else "")
        fragment = _percent_encoded(subpath)
    else:
        new, fragment = target, subpath
        if any(mark in target for mark in ("#", "|", "[[", "]]")):
            return None
    if fragment:
        new += f"#{fragment}"
    if label is not None:
        new += f"\\|{label}" if link.in_table else f"|{label}"
    # Whether the YAML string has single quotes or double ones is not known here.
    if link.syntax == "property" and any(mark in new for mark in "\"'\\"):
        return None
    return Fix(title, (Edit(link.dest, new),), safe)


def _percent_encoded(text: str) -> str:
    """``text`` as a Markdown link's destination, with letters of every script left as they are."""
    text = _NOT_IN_DEST.sub(lambda match: quote(match[0]), text)
    return text if text.count("(") == text.count(")") else text.replace("(", "%28").replace(")", "%29")


def _shown(link: Link, target: str) -> str:
    return target.lstrip("/") if link.syntax == "canvas" else target


@rule(family="links", since="0.1", severity="error", fixable=True)
def broken_note(note: Note, vault: Vault, *, planned: tuple[str, ...] = ()) -> Iterator[Problem]:
    """A link names a note that is not in the vault.

    A reader who follows it finds nothing, and Obsidian makes an empty note where one click was meant to lead on.
    A note that is yet to be written can be named under `planned`.
    """
    for link, target in _faulty(note, vault, "broken-note"):
        name = note_name(_shown(link, target))
        if planned and is_planned(name, planned):
            continue
        message, fix = _missing_note(link, name, vault)
        yield Problem(link.span, message, fix, link)


def _missing_note(link: Link, name: str, vault: Vault) -> tuple[str, Fix | None]:
    last = name.rpartition("/")[2]
    message = f"no note is {'at' if '/' in name else 'named'} '{name}'"
    if _PLACEHOLDER.match(last):
        return f"{message}; it looks like a placeholder", None
    if vault.is_folder(name):
        return f"{message}; '{name.strip('/')}' is a folder", None
    elsewhere = vault.named(last) if "/" in name else ()
    if len(elsewhere) > 1:
        return f"{message}; {len(elsewhere)} notes elsewhere are named '{last}'", None
    meant = vault.link_text(elsewhere[0]) if elsewhere else vault.with_extension(last) or vault.nearest(last)
    if not meant:
        return message, None
    return f"{message}; did you mean '{meant}'?", relink(link, f"change the link to '{meant}'", meant, link.subpath)


@rule(family="links", since="0.1", severity="error", fixable=True)
def broken_attachment(note: Note, vault: Vault) -> Iterator[Problem]:
    """A link or embed names a file that is not in the vault.

    The picture is missing, the document does not open. It was renamed outside Obsidian, or never copied into the vault.
    """
    for link, target in _faulty(note, vault, "broken-attachment"):
        shown = _shown(link, target)
        message = f"no file is {'at' if '/' in shown else 'named'} '{shown}'"
        meant = vault.nearest_file(shown.rpartition("/")[2])
        fix = None
        if meant:
            message += f"; did you mean '{meant}'?"
            fix = relink(link, f"change the link to '{meant}'", meant, link.subpath)
        yield Problem(link.span, message, fix, link)


@rule(family="links", since="0.1", severity="error", fixable=True)
def link_by_alias(note: Note, vault: Vault) -> Iterator[Problem]:
    """A link names a note by its alias, which leads nowhere.

    Obsidian offers aliases while a link is written, but puts the note's own name into it: `[[Note|Alias]]`. A link to
    the alias itself is a link to a note that does not exist.
    """
    for link, written in _faulty(note, vault, "link-by-alias"):
        alias = note_name(written)
        (path,) = vault.with_alias(alias)
        target = vault.link_text(path)
        label = alias if link.syntax in ("wikilink", "property") and link.label is None and not link.embed else None
        help_ = f"[[{target}|{alias}]]" if label else f"'{target}'"
        fix = relink(link, f"link to the note '{target}'", target, link.subpath, label=label, safe=True)
        yield Problem(link.span, f"'{alias}' is an alias of '{target}', not a note; write {help_}", fix, link)


@rule(family="links", since="0.1", severity="error", fixable=True)
def url_as_wikilink(note: Note, vault: Vault) -> Iterator[Problem]:
    """A URL stands in double brackets, which Obsidian takes for a note of that name.

    A click makes a note with a strange name instead of opening the page. A link to the web is written `[label](https://…)`.
    """
    for link, target in _faulty(note, vault, "url-as-wikilink"):
        url = f"{target}#{link.subpath}" if link.subpath else target
        address = url if "://" in url or url.lower().startswith("mailto:") else f"https://{url}"
        label = link.label or url
        fix = None
        if link.syntax == "wikilink" and not re.search(r"[\s<>]", address):
            dest = address if address.count("(") == address.count(")") else f"<{address}>"
            new = f"{'!' if link.embed else ''}[{label}]({dest})" if link.label else f"<{address}>"
            fix = Fix("write it as a link to the web", (Edit(link.span, new),), safe=not link.embed)
        yield Problem(link.span, f"'{url}' is a URL, not a note; write [{link.label or 'label'}]({address})", fix, link)


@rule(family="links", since="0.1", severity="warning")
def ambiguous_link(note: Note, vault: Vault) -> Iterator[Problem]:
    """A link can mean two or more files, and only the length of their paths decides.

    Obsidian takes the one with the shortest path, so a new folder or a moved note can silently lead it elsewhere.
    """
    for link, resolution in vault.unsettled(note):
        if type(resolution) is Ambiguous:
            paths = [f"'{note_name(path)}'" for path in resolution.candidates[:3]]
            more = len(resolution.candidates) - 3
            listed = f"{', '.join(paths)} or {more} more" if more > 0 else " or ".join(paths)
            yield Problem(link.span, f"'{link.target}' can mean {listed}; write the path", None, link)


@rule(family="links", since="0.1", severity="warning", fixable=True, of_reader=True)
def malformed_link(note: Note, vault: Vault) -> Iterator[Problem]:
    """Brackets or a space keep what was meant as a link from being one.

    It is shown as plain text, leads nowhere and gives no backlink. Only what cannot have been meant otherwise is
    reported.
    """
    return defects(note, "malformed-link")


@rule(family="links", since="0.1", severity="warning", fixable=True, of_reader=True)
def unescaped_table_pipe(note: Note, vault: Vault) -> Iterator[Problem]:
    r"""The bar of a wikilink ends a table's cell.

    In a table the bar before a label is written `\|`; as it stands the link is cut in two, and both cells show its
    halves.
    """
    return defects(note, "unescaped-table-pipe")


@rule(family="links", since="0.1", severity="warning", enabled=False, fixable=True)
def empty_label(note: Note, vault: Vault) -> Iterator[Problem]:
    """A link has an empty label.

    Nothing is left to read or to click on once the note is published.
    """
    for link in note.links:
        if link.label is not None and not link.label.strip() and not link.embed:
            fix = None
            if link.syntax == "wikilink":
                end = link.span.end - 2
                fix = Fix("take the bar out", (Edit(type(link.span)(link.dest.end, end), ""),), safe=True)
            yield Problem(link.span, "the link has an empty label", fix, link)


@rule(family="links", since="0.1", severity="info", enabled=False)
def self_link(note: Note, vault: Vault) -> Iterator[Problem]:
    """A note links to itself as a whole.

    It leads where the reader already is. A link to one of the note's own headings or blocks is none of these.
    """
    for link, resolution in vault.outgoing(note):
        if link.target and not link.subpath and type(resolution) is Resolved and resolution.path == note.path:
            yield Problem(link.span, "the note links to itself", None, link)


@rule(family="links", since="0.1", severity="warning")
def circular_embed(vault: Vault) -> Iterator[Problem]:
    """Notes embed each other in a circle.

    What is shown never comes to an end, so that readers see it cut off somewhere, each program in a place of its own.
    Of each knot of notes the shortest circle is reported.
    """
    from fmvault.kinds.cycles import shortest_cycles

    for circle in shortest_cycles(embeds := _embeds(vault)):
        steps = zip(circle, (*circle[1:], circle[0]), strict=True)
        (path, link), *others = ((path, embeds[path, heading][target]) for (path, heading), target in steps)
        names = [_embedded(vault, *each) for each in (*circle, circle[0])]
        way = " -> ".join(names)
        message = f"embeds go round in a circle: {way}" if others else f"{names[0]} embeds itself"
        elsewhere = tuple((other, each.span) for other, each in others)
        yield Problem(link.span, message, None, link, path, elsewhere)


# A note, or one of its sections: the place of the heading among the note's, -1 for the whole note.
_Shown: TypeAlias = tuple[str, int]


def _embeds(vault: Vault) -> Mapping[_Shown, Mapping[_Shown, Link]]:
    """The notes and sections that each embeds, with the first link that does so.

    Those of a block are left out: a block is small, and what more it shows is told by nothing but its text.
    """
    found: dict[_Shown, Mapping[_Shown, Link]] = {}
    left: list[_Shown] = [(path, -1) for path, note in vault.notes.items() if any(link.embed for link in note.links)]
    while left:
        if (shown := left.pop()) not in found:
            found[shown] = _embeds_of(vault, *shown)
            left += found[shown]
    return found


def _embeds_of(vault: Vault, path: str, heading: int) -> Mapping[_Shown, Link]:
    note = vault.notes[path]
    start, end = 0, note.size
    if heading >= 0:
        start, level = note.headings[heading].span.start, note.headings[heading].level
        end = next((each.span.start for each in note.headings[heading + 1 :] if each.level <= level), end)
    found: dict[_Shown, Link] = {}
    for link in note.links:
        if link.embed and start <= link.span.start < end and type(led := vault.resolve(link, note)) is Resolved:
            if led.path[-3:].lower() != ".md" or led.path not in vault.notes:
                continue
            if led.anchor is None:
                found.setdefault((led.path, -1), link)
            elif isinstance(led.anchor, Heading):
                found.setdefault((led.path, vault.notes[led.path].headings.index(led.anchor)), link)
    return found


def _embedded(vault: Vault, path: str, heading: int) -> str:
    note = vault.notes[path]
    return f"'{note.name}'" if heading < 0 else f"'{note.name}#{note.headings[heading].text}'"


@rule(family="links", since="0.1", severity="warning", enabled=False, fixable=True)
def case_mismatch(note: Note, vault: Vault) -> Iterator[Problem]:
    """A link differs from the file's name in capitals.

    Obsidian does not mind, but once published on a web server that tells them apart the link is a 404.
    """
    for link, resolution in vault.outgoing(note):
        if type(resolution) is not Resolved or not link.target or link.syntax == "base":
            continue
        written = without_query(link.target) if link.syntax == "markdown" else link.target
        target = written.lstrip("/")
        while target.startswith(("./", "../")):
            target = target.partition("/")[2]
        path = resolution.path if note_name(target) != target else note_name(resolution.path)
        actual = path[-len(target) :]
        if actual != target and fold(actual) == fold(target) and actual.lower() == target.lower():
            new = written[: -len(target)] + actual
            fix = relink(link, f"write '{actual}'", new, link.subpath, safe=True)
            yield Problem(link.span, f"the file is named '{actual}', not '{target}'", fix, link)
