"""``fmvault wanted`` and ``fmvault path``: what to write or to learn next, and what to read before a note."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click
import msgspec
from msgspec import Struct

from fmvault.cli import terminal
from fmvault.cli.options import Asked
from fmvault.cli.place import Place, configured, find
from fmvault.cli.reading import planned, read_graph
from fmvault.graph import ConceptGraph, Node
from fmvault.graph.path import ReadingPath, Reason, reading_path
from fmvault.graph.wanted import Asker, Wanted, wanted
from fmvault.lint.report.people import Brush, plural
from fmvault.lint.report.printable import encodable, visible, window
from fmvault.workspace import collector_paused

# A table shows so many missing notes where nothing else is asked for.
_SHOWN = 20
_CANDIDATES = 5
_COLOR = "cyan"


# -- the two commands --------------------------------------------------------------------------------------------------


@collector_paused()
def show_wanted(path: Path | None, asked: Asked, *, json: bool, limit: int | None, color: str) -> int:
    """Print the missing notes by rank, at most ``limit`` of them; 0 is all. The exit status."""
    place = find(asked.vault, [path] if path else [])
    config = configured(place, asked)
    graph = read_graph(place, config)
    found = wanted(graph, planned(config), place.holds)
    shown = found[: (0 if json else _SHOWN) if limit is None else limit] or found
    if json:
        terminal.write(_as_json(_wanted_document(place, shown, found)))
    else:
        brush = Brush(terminal.is_colored(color))
        terminal.write("".join(f"{line}\n" for line in _wanted_table(graph, shown, found, brush)))
    return 0


@collector_paused()
def show_path(name: str, asked: Asked, *, json: bool, color: str) -> int:
    """Print what to read before a note, given by name, alias or path. The exit status."""
    file = Path(name)
    is_file = asked.vault is None and name.strip() != "" and file.is_file()
    place = find(asked.vault, [file] if is_file else [])
    graph = read_graph(place, configured(place, asked))
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
    if not candidates:
        if name in graph.vault.notes or graph.vault.named(name):
            raise click.UsageError(f"'{name}' is no note that is reported on: a template, excluded or ignored")
        near = graph.nearest(name)
        raise click.UsageError(f"no note '{name}'" + (f"; did you mean '{near}'?" if near else ""))
    paths = [f"'{node.path or node.name}'" for node in candidates[:_CANDIDATES]]
    if len(candidates) > _CANDIDATES:
        paths.append(f"{len(candidates) - _CANDIDATES} more")
    raise click.UsageError(f"'{name}' may be any of {len(candidates)} notes: {_listed(paths)}; give the path of one")


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


def _wanted_table(graph: ConceptGraph, shown: Sequence[Wanted], found: Sequence[Wanted], brush: Brush) -> Iterator[str]:
    if not found:
        notes = sum(node.type == "note" for node in graph.nodes.values())
        yield brush(f"No missing notes: every link of {plural(notes, 'note')} to a note has its note.", "green")
        return
    digits = len(str(len(shown)))
    indent = " " * (digits + 8)
    room = terminal.width() - len(indent)
    yield brush(f"{'#':>{digits}}  gain  missing note", dim=True)
    for rank, each in enumerate(shown, 1):
        mark = "  planned" if each.planned else ""
        name = brush(_cut(each.node.name, room - len(mark)), _COLOR, bold=True) + brush(mark, dim=True)
        yield f"{rank:>{digits}}  {_gain(each, found):>4}  {name}"
        yield indent + _askers(each.askers, room)
        for question in each.questions:
            by = f" ({question.node.name})" if len(each.askers) > 1 else ""
            for number, line in enumerate(textwrap.wrap(visible(question.text + by), room - 2)):
                yield indent + (brush("? ", _COLOR) if not number else "  ") + line
    more = f" of {len(found):,}" if len(shown) < len(found) else ""
    hint = "; '--limit 0' shows all" if more else ""
    yield ""
    yield f"{len(shown):,}{more} missing {'note' if len(found) == 1 else 'notes'}{hint}."


def _askers(askers: Sequence[Asker], room: int) -> str:
    """``asked for by 3 notes: A, B and C``, with as many names as there is room for."""
    names = [visible(asker.node.name) for asker in askers]
    line = "asked for by " + (f"{plural(len(names), 'note')}: " if len(names) > 1 else "")
    if len(whole := line + _listed(names)) <= room:
        return whole
    left = room - len(line) - len(f" and {len(names):,} more")
    fitting = 0
    for name in names:
        left -= len(name) + len(", ")
        if left < 0:
            break
        fitting += 1
    shown = names[: max(1, fitting)]
    rest = [f"{len(names) - len(shown):,} more"] if len(shown) < len(names) else []
    return _cut(line + _listed([*shown, *rest]), room)


def _path_table(found: ReadingPath, brush: Brush) -> Iterator[str]:
    target, steps = found.target, found.steps
    missing = sum(step.node.type == "ghost" for step in steps)
    width = terminal.width()
    if target.type == "ghost":
        yield brush(visible(target.name), _COLOR, bold=True) + " is missing"
        yield _askers(found.askers, width)
    if len(steps) == 1:
        if target.type == "note":
            hint = "" if target.kind else "; it has no kind, so that its definition is not known"
            yield f"{brush(visible(target.name), bold=True)} needs nothing that is to be read before it{hint}."
        return
    if target.type == "ghost":
        yield ""
    digits = len(str(len(steps)))
    has_circles = any(step.circle for step in steps)
    widest = max(window(visible(step.node.name), 0, len(visible(step.node.name)), width)[2] for step in steps)
    column = min(widest, width // 2 - digits)
    for position, step in enumerate(steps, 1):
        is_ghost = step.node.type == "ghost"
        name = _cut(step.node.name, column)
        padding = " " * (column - window(name, 0, len(name), column)[2])
        mark = "missing  " if is_ghost else ""
        reasons = _cut(_reasons(step.reasons), width - digits - column - len(mark) - 5)
        bar = (brush("| ", _COLOR) if step.circle else "  ") if has_circles else ""
        shown = brush(name, _COLOR if is_ghost else None, bold=True)
        yield f"{position:>{digits}}  {bar}{shown}{padding}  {brush(mark, _COLOR)}{reasons}".rstrip()
        if step.circle and (position == len(steps) or steps[position].circle != step.circle):
            size = sum(other.circle == step.circle for other in steps)
            note = f"these {size} need each other: read them together"
            yield f"{' ' * digits}  {brush('|', _COLOR)} {brush(note, dim=True)}"
    yield ""
    yield f"{plural(len(steps), 'note')} to read{f', {missing:,} of them missing' if missing else ''}."


def _reasons(reasons: Sequence[Reason]) -> str:
    """``required by A and B; used in the definition of C``; who says both is told by the first."""
    required = {reason.by.id: reason.by for reason in reasons if reason.type == "requires"}
    defined = {reason.by.id: reason.by for reason in reasons if reason.by.id not in required}
    told = [("required by", required), ("used in the definition of", defined)]
    return "; ".join(f"{how} {_few([visible(by.name) for by in nodes.values()])}" for how, nodes in told if nodes)


def _few(names: Sequence[str]) -> str:
    return _listed(names if len(names) <= 3 else [*names[:2], f"{len(names) - 2} more"])


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _gain(each: Wanted, found: Sequence[Wanted]) -> int:
    """The PageRank in percent of that of the first."""
    return round(100 * each.pagerank / found[0].pagerank)


def _cut(name: str, cells: int) -> str:
    return window(visible(name), 0, 0, max(cells, 8))[0]
