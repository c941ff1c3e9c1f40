"""``fmvault wanted`` and ``fmvault path``: what to write or to learn next, and what to read before a note."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

import click
import msgspec
from msgspec import Struct

from fmvault.cli import terminal
from fmvault.cli.options import Asked
from fmvault.cli.place import Place, configured, find
from fmvault.cli.reading import planned, read_graph
from fmvault.graph import ConceptGraph, Node
from fmvault.graph.path import DEFINITION, REQUIRES, ReadingPath, Reason, reading_path
from fmvault.graph.wanted import Asker, Wanted, wanted
from fmvault.lint.report.people import Brush, plural
from fmvault.lint.report.printable import encodable, visible, window
from fmvault.workspace import collector_paused

# A table shows so many missing notes where nothing else is asked for.
_SHOWN = 20
# The fewest cells of a line in which names and reasons go side by side.
_WIDE = 60
# A name that has more cells is cut.
_LONGEST = 200
_CANDIDATES = 5
_COLOR = "cyan"


# -- the two commands --------------------------------------------------------------------------------------------------


@collector_paused()
def show_wanted(path: Path | None, asked: Asked, *, json: bool, limit: int | None, color: str) -> int:
    """Print the missing notes by rank, at most ``limit`` of them; 0 is all. The exit status."""
    place = find(asked.vault, [path] if path else [])
    config = configured(place, asked)
    graph = read_graph(place, config, cached=not asked.no_cache)
    found = wanted(graph, planned(config), place.holds)
    most = limit if limit is not None else 0 if json else _SHOWN
    shown = found[:most] if most else found
    if json:
        terminal.write(_as_json(_wanted_document(place, shown, found)))
    else:
        brush = Brush(terminal.is_colored(color))
        terminal.write("".join(f"{line}\n" for line in _wanted_table(place, graph, shown, found, brush)))
    return 0


@collector_paused()
def show_path(name: str, asked: Asked, *, json: bool, color: str) -> int:
    """Print what to read before a note, given by name, alias or path. The exit status."""
    file = Path(name)
    # Not `Path.is_file`, which fails for a name that is too long for a file's.
    is_file = asked.vault is None and name.strip() != "" and os.path.isfile(name)
    place = find(asked.vault, [file] if is_file else [])
    graph = read_graph(place, configured(place, asked), cached=not asked.no_cache)
    node = _meant(graph, next(iter(place.narrowed), "") if is_file else name)
    found = reading_path(graph, node.id)
    if json:
        terminal.write(_as_json(_path_document(place, found)))
    else:
        brush = Brush(terminal.is_colored(color))
        terminal.write("".join(f"{line}\n" for line in _path_table(found, brush)))
    return 0


def _meant(graph: ConceptGraph, name: str) -> Node:
    """The one node that ``name`` means."""
    found = graph.nodes.get(name)
    candidates = [found] if found else graph.named(name)
    if len(candidates) == 1:
        return candidates[0]
    shown = _cut(name, _LONGEST // 2)
    if not candidates:
        if name in graph.vault.notes or graph.vault.named(name):
            raise click.UsageError(f"'{shown}' is no note that is reported on: a template, excluded or ignored")
        near = graph.nearest(name)
        raise click.UsageError(f"no note is named '{shown}'" + (f"; did you mean '{near}'?" if near else ""))
    paths = [f"'{node.path or node.name}'" for node in candidates[:_CANDIDATES]]
    if len(candidates) > _CANDIDATES:
        paths.append(f"{len(candidates) - _CANDIDATES} more")
    raise click.UsageError(f"'{shown}' may be any of {len(candidates)} notes: {_listed(paths)}; give the path of one")


# -- as JSON -----------------------------------------------------------------------------------------------------------


class _Note(Struct, frozen=True):
    name: str
    path: str | None


class _Question(Struct, frozen=True):
    note: _Note
    text: str


class _AskedBy(Struct, frozen=True):
    note: _Note
    types: tuple[str, ...]
    links: int


class _Wanted(Struct, frozen=True):
    rank: int
    name: str
    planned: bool
    gain: int
    pagerank: float
    asked_by: list[_AskedBy]
    questions: list[_Question]


class _WantedDocument(Struct, frozen=True):
    vault: str
    total: int
    wanted: list[_Wanted]
    version: int = 1


class _Reason(Struct, frozen=True):
    type: str
    by: _Note


class _Step(Struct, frozen=True):
    position: int
    note: _Note
    kind: str | None
    missing: bool
    circle: int | None
    reasons: list[_Reason]


class _PathDocument(Struct, frozen=True):
    vault: str
    note: _Note
    missing: bool
    steps: list[_Step]
    asked_by: list[_AskedBy]
    version: int = 1


def _as_json(document: Struct) -> str:
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _note(node: Node) -> _Note:
    return _Note(encodable(node.name), encodable(node.path) if node.path else None)


def _asked_by(askers: Iterable[Asker]) -> list[_AskedBy]:
    return [_AskedBy(_note(asker.node), asker.types, asker.links) for asker in askers]


def _wanted_document(place: Place, shown: Sequence[Wanted], found: Sequence[Wanted]) -> _WantedDocument:
    listed = [
        _Wanted(
            rank,
            encodable(each.node.name),
            each.planned,
            _gain(each, found),
            # Enough figures to tell them apart, and so few that they are the same on every machine.
            float(f"{each.pagerank:.9g}"),
            _asked_by(each.askers),
            [_Question(_note(question.node), question.text) for question in each.questions],
        )
        for rank, each in enumerate(shown, 1)
    ]
    return _WantedDocument(encodable(place.named), len(found), listed)


def _path_document(place: Place, found: ReadingPath) -> _PathDocument:
    steps = [
        _Step(
            position,
            _note(step.node),
            step.node.kind,
            step.node.type == "ghost",
            step.circle or None,
            [_Reason(reason.type, _note(reason.by)) for reason in step.reasons],
        )
        for position, step in enumerate(found.steps, 1)
    ]
    is_missing = found.target.type == "ghost"
    return _PathDocument(encodable(place.named), _note(found.target), is_missing, steps, _asked_by(found.askers))


# -- as a table --------------------------------------------------------------------------------------------------------


def _wanted_table(
    place: Place, graph: ConceptGraph, shown: Sequence[Wanted], found: Sequence[Wanted], brush: Brush
) -> Iterator[str]:
    width = terminal.width()
    part = " and ".join(f"'{place.prefix}{path}'" for path in sorted(place.narrowed))
    if not found:
        notes = sum(node.type == "note" and place.holds(node.id) for node in graph.nodes.values())
        where = f" in {part}" if part else ""
        for line in _wrapped(f"No missing notes: every link of {plural(notes, 'note')}{where} to a note has its note."):
            yield brush(line, "green")
        return
    digits = len(str(len(shown)))
    indent = " " * (digits + 8)
    room = width - len(indent)
    yield brush(f"{'#':>{digits}}  gain  missing note", dim=True)
    for rank, each in enumerate(shown, 1):
        first, *others = _wrapped(_cut(each.node.name, _LONGEST), room)
        mark = "  planned" if each.planned else ""
        # Behind the name, or below it where the line is full.
        is_behind = _cells(others[-1] if others else first) + len(mark) <= room
        lines = [brush(line, _COLOR, bold=True) for line in (first, *others)]
        lines[-1] += brush(mark, dim=True) if is_behind else ""
        yield f"{rank:>{digits}}  {_gain(each, found):>4}  {lines[0]}"
        yield from (indent + line for line in lines[1:])
        if not is_behind:
            yield indent + brush(mark.strip(), dim=True)
        yield from (indent + line for line in _askers(each.askers, room))
        for question in each.questions:
            by = f" ({question.node.name})" if len(each.askers) > 1 else ""
            for number, line in enumerate(_wrapped(visible(question.text + by), room - 2)):
                yield indent + (brush("? ", _COLOR) if not number else "  ") + line
    more = f" of {len(found):,}" if len(shown) < len(found) else ""
    hint = "; '--limit 0' shows all" if more else ""
    where = f" that {part} {'asks' if len(place.narrowed) == 1 else 'ask'} for" if part else ""
    yield ""
    yield from _wrapped(f"{len(shown):,}{more} missing {'note' if len(found) == 1 else 'notes'}{where}{hint}.")


def _askers(askers: Sequence[Asker], room: int) -> Sequence[str]:
    """``asked for by 3 notes: A, B and C``, with as many names as there is room for in a line, or in two short ones."""
    names = [_cut(asker.node.name, _LONGEST) for asker in askers]
    line = "asked for by " + (f"{plural(len(names), 'note')}: " if len(names) > 1 else "")
    left = (room if room >= _WIDE - len("#  gain  ") else 2 * room) - len(line)
    if _cells(_listed(names)) > left:
        left -= len(f" and {len(names):,} more")
        fitting = 0
        for name in names:
            left -= _cells(name) + len(", ")
            if left < 0:
                break
            fitting += 1
        if rest := names[max(1, fitting) :]:
            names = [*names[: -len(rest)], f"{len(rest):,} more"]
    return _wrapped(line + _listed(names), room)


def _path_table(found: ReadingPath, brush: Brush) -> Iterator[str]:
    target, steps = found.target, found.steps
    missing = sum(step.node.type == "ghost" for step in steps)
    width = terminal.width()
    name = _cut(target.name, _LONGEST)
    if target.type == "ghost":
        yield from _sentence(name, " is missing", brush, _COLOR)
        yield from _askers(found.askers, width)
    if len(steps) == 1:
        if target.type == "note":
            hint = "" if target.kind else "; it has no kind, so that its definition is not known"
            yield from _sentence(name, f" needs nothing that is to be read before it{hint}.", brush)
        return
    if target.type == "ghost":
        yield ""
    digits = len(str(len(steps)))
    has_circles = any(step.circle for step in steps)
    names = [_cut(step.node.name, _LONGEST) for step in steps]
    margin = digits + (4 if has_circles else 2)
    room = width - margin
    # Names and reasons side by side, or below each other.
    column = min(max(map(_cells, names)), width // 2 - digits) if width >= _WIDE else 0
    for position, (step, name) in enumerate(zip(steps, names, strict=True), 1):
        is_ghost = step.node.type == "ghost"
        mark = "missing  " if is_ghost else ""
        left = _wrapped(name, column or room)
        first, *others = _wrapped(_reasons(step.reasons), room - column - 2 - len(mark))
        right = [brush(mark, _COLOR) + first, *(" " * len(mark) + other for other in others)]
        if not column:
            right = right if any(right) else []
            left, right = [*left, *[""] * len(right)], [*[""] * len(left), *right]
        bar = (brush("| ", _COLOR) if step.circle else "  ") if has_circles else ""
        for number, (one, other) in enumerate(zip_longest(left, right, fillvalue="")):
            padding = " " * (column - _cells(one) + 2 if other else 0)
            shown = brush(one, _COLOR if is_ghost else None, bold=True)
            begin = f"{position:>{digits}}" if not number else " " * digits
            yield f"{begin}  {bar}{shown}{padding}{other}".rstrip()
        if step.circle and (position == len(steps) or steps[position].circle != step.circle):
            size = sum(other.circle == step.circle for other in steps)
            for line in _wrapped(f"these {size} need each other: read them together", room):
                yield f"{' ' * digits}  {brush('|', _COLOR)} {brush(line, dim=True)}"
    yield ""
    yield from _wrapped(f"{plural(len(steps), 'note')} to read{f', {missing:,} of them missing' if missing else ''}.")


def _reasons(reasons: Sequence[Reason]) -> str:
    """``required by A and B; used in the definition of C``; who says several is told by the first."""
    told: dict[str, dict[str, str]] = {}
    seen: set[str] = set()
    for type in sorted(
        {reason.type for reason in reasons}, key=lambda type: (type != REQUIRES, type == DEFINITION, type)
    ):
        by = {reason.by.id: visible(reason.by.name) for reason in reasons if reason.type == type}
        told[type] = {id: name for id, name in by.items() if id not in seen}
        seen |= by.keys()
    how = {REQUIRES: "required by {}", DEFINITION: "used in the definition of {}"}
    parts = [(how.get(type, f"needed by {{}} ({type})"), list(by.values())) for type, by in told.items() if by]
    return "; ".join(part.format(_few(names)) for part, names in parts)


def _few(names: Sequence[str]) -> str:
    return _listed(names if len(names) <= 3 else [*names[:2], f"{len(names) - 2} more"])


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _gain(each: Wanted, found: Sequence[Wanted]) -> int:
    """The PageRank in percent of that of the first."""
    return round(100 * each.pagerank / found[0].pagerank)


def _cells(text: str) -> int:
    return window(text, 0, len(text), len(text) * 4 + 4)[2] if text else 0


def _cut(name: str, cells: int) -> str:
    return window(visible(name), 0, 0, max(cells, 8))[0]


def _sentence(name: str, rest: str, brush: Brush, color: str | None = None) -> Iterator[str]:
    """A sentence that begins with a name, which is told apart where it stands in one line."""
    first, *others = _wrapped(name + rest)
    yield brush(name, color, bold=True) + first.removeprefix(name) if first.startswith(name) else first
    yield from others


def _wrapped(text: str, cells: int | None = None) -> list[str]:
    """The text in lines of so many cells, by default those of a whole line. No word is parted; what is too long is cut.

    It is one line at least.
    """
    cells = terminal.width() if cells is None else cells
    lines, left = [""], cells
    for word in text.split():
        size = _cells(word)
        if lines[-1] and size < left:
            lines[-1] += f" {word}"
            left -= size + 1
        else:
            word = _cut(word, cells) if size > cells else word
            lines[len(lines) if lines[-1] else 0 :] = [word]
            left = cells - _cells(word)
    return lines
