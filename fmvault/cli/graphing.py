"""``fmvault graph`` and ``fmvault stats``: the concept graph as a page or a file, and a vault's health in numbers."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import click
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from fmvault.cli import terminal
from fmvault.cli.options import Asked
from fmvault.cli.place import Place, configured, find, terms
from fmvault.cli.reading import days_of, graph_of, planned, read_graph
from fmvault.config import Config
from fmvault.graph import ConceptGraph
from fmvault.graph.explore import Document, Past, data, encode, past
from fmvault.graph.exports import FORMATS, Content, Value, export, zipped
from fmvault.graph.measures import degrees
from fmvault.graph.memory import Memory
from fmvault.lint.report.people import plural
from fmvault.lint.report.printable import visible
from fmvault.workspace import collector_paused, open_vault, write_atomic
from fmvault.workspace.history import at_revision
from fmvault.workspace.kept import recall_graph, remember_graph

HTML = "html"
# What is asked of packages that the core does without.
_LAYOUT = ("crategraph_forceatlas2", "graspologic_native", "numpy")
_SITE = "fmvault_site"
_PYVIS = "pyvis"
_OTHER_SUFFIXES = {".gv": ".dot", ".mermaid": ".mmd", ".cql": ".cypher"}


class Drawing(Struct, frozen=True, kw_only=True):
    """What ``fmvault graph`` is asked for; without a ``format`` the name of the output says which."""

    output: str | None
    format: str | None
    renderer: str
    language: str
    tags: bool
    attachments: bool
    history: bool


# -- fmvault graph -----------------------------------------------------------------------------------------------------


@collector_paused()
def draw(path: Path | None, asked: Asked, drawing: Drawing) -> int:
    """Write the concept graph of a vault as a page, or in a format that others read. The exit status."""
    format = drawing.format or _format_of(drawing.output)
    _check(format, drawing)
    place = find(asked.vault, [path] if path else [])
    config = configured(place, asked)
    target = _Target.of(drawing.output, format)
    before = past(_unpacked(target.there)) if target.there and format == HTML else None
    cached = not asked.no_cache
    memory = Memory(recall_graph(place.root.path) if cached and _has_positions(format) else b"")
    graph = read_graph(
        place,
        config,
        cached=cached,
        keep_text=True,
        spare_text=memory.knows,
        tags=drawing.tags,
        attachments=drawing.attachments,
    )
    content = _content(graph, place, config, format, drawing, before, memory)
    target.write(content)
    if cached and _has_positions(format) and (known := memory.encoded()) is not None:
        remember_graph(place.root.path, known)
    if target.path is not None:
        notes, ghosts = (sum(node.type == type for node in graph.nodes.values()) for type in ("note", "ghost"))
        links = sum(edge.weight for edge in graph.edges)
        told = ", ".join([plural(notes, "note"), f"{ghosts:,} missing", plural(links, "link")])
        terminal.write(f"wrote '{visible(os.fspath(target.path))}': {told}\n")
    return 0


def _format_of(output: str | None) -> str:
    """The format that an output is named after; a page if its name has no ending."""
    suffix = Path(output or "").suffix.lower()
    if not suffix or suffix in (".html", ".htm") or output == "-":
        return HTML
    suffix = _OTHER_SUFFIXES.get(suffix, suffix)
    if (found := next((name for name, format in FORMATS.items() if format.suffix == suffix), None)) is None:
        raise click.UsageError(f"no format has files that end with '{suffix}'; say with '--format' which one is meant")
    return found


def _has_positions(format: str) -> bool:
    return format == HTML or FORMATS[format].positions != "unused"


def _check(format: str, drawing: Drawing) -> None:
    """Refuse what does not go together, and what packages are missing for."""
    if format != HTML and drawing.renderer != "sigma":
        raise click.UsageError(f"'--renderer' is for pages, and '--format {format}' makes none")
    if drawing.language != "en" and (format != HTML or drawing.renderer != "sigma"):
        raise click.UsageError("'--language' is for the page that sigma draws")
    needed: list[str] = []
    if _has_positions(format):
        needed += _LAYOUT
    extra = "graph"
    if format == HTML and drawing.renderer == "sigma":
        needed.append(_SITE)
    elif format == HTML:
        needed.append(_PYVIS)
        extra = "pyvis"
    if missing := [name for name in needed if find_spec(name) is None]:
        raise click.UsageError(
            f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not installed; "
            f"run pip install 'fmvault[{extra}]', or in a checkout: pip install '.[{extra}]' ./site"
        )


def _content(
    graph: ConceptGraph,
    place: Place,
    config: Config,
    format: str,
    drawing: Drawing,
    before: Past | None,
    memory: Memory,
) -> Content:
    title = place.root.path.name or "vault"
    if not _has_positions(format):
        return export(graph, format, title=title, measures=_counted(graph))
    dates = days_of(place.root.path) if drawing.history and format == HTML else {}
    document = data(graph, title, planned=planned(config), dates=dates, past=before, memory=memory)
    if format == HTML and drawing.renderer == "sigma":
        from fmvault.graph import page

        return page.page(document, page.parts(drawing.language)).encode()
    nodes = document.nodes
    # What has a greater y stands lower on the map of the page, and higher in other formats.
    positions = {id: (float(x), -float(y)) for id, x, y in zip(graph.nodes, nodes.x, nodes.y, strict=True)}
    if format != HTML:
        return export(graph, format, title=title, positions=positions, measures=_measured(graph, document))
    from fmvault.graph import pyvis

    if advice := pyvis.advice(graph):
        click.echo(f"warning: {advice}", err=True)
    return pyvis.page(graph, positions, title=title).encode()


def _counted(graph: ConceptGraph) -> Mapping[str, Mapping[str, Value | None]]:
    """What can be said of nodes without a layout."""
    incoming, outgoing = degrees(graph)
    return {
        "pagerank": graph.pagerank,
        "in_degree": dict(zip(graph.nodes, incoming, strict=True)),
        "out_degree": dict(zip(graph.nodes, outgoing, strict=True)),
    }


def _measured(graph: ConceptGraph, document: Document) -> Mapping[str, Mapping[str, Value | None]]:
    nodes = document.nodes
    names = [None if each is None else document.communities[each].name for each in nodes.community]
    columns: Mapping[str, Iterable[Value | None]] = {
        "community": names,
        "component": nodes.component,
        "depth": nodes.depth,
        # In parts of the highest.
        "betweenness": (each / 1_000_000 for each in nodes.between),
        "cut": nodes.cut,
        "words": nodes.words,
    }
    more = {name: dict(zip(graph.nodes, column, strict=True)) for name, column in columns.items()}
    return {**_counted(graph), **more}


# -- where it is written to --------------------------------------------------------------------------------------------


class _Target(Struct, frozen=True):
    """Where the graph is written to: a file, a folder for formats of several files, or standard output (no path).

    ``there`` is the page that is there already, if one is.
    """

    path: Path | None
    is_folder: bool = False
    there: bytes = b""

    @classmethod
    def of(cls, output: str | None, format: str) -> _Target:
        """What ``output`` means. Nothing that somebody else wrote is written over."""
        files = FORMATS[format].files if format != HTML else ()
        if output == "":
            raise click.UsageError("'-o' wants the name of a file")
        if output == "-":
            if files:
                raise click.UsageError(
                    f"{format} is {len(files)} files; name a folder, or an archive such as graph.zip"
                )
            return cls(None)
        path = Path(output or ("graph.html" if format == HTML else f"graph{FORMATS[format].suffix}"))
        is_folder = path.is_dir() or (output or "").endswith(("/", os.sep))
        if files and not is_folder and path.suffix.lower() != ".zip":
            raise click.UsageError(f"{format} is {len(files)} files; name a folder, as '{path}/', or an archive")
        if is_folder and not files:
            raise click.UsageError(f"'{path}' is a folder; name a file in it")
        if not path.parent.is_dir():
            raise click.UsageError(f"no folder '{path.parent}' to write '{path.name}' to")
        written = [path / name for name in files] if is_folder else [path]
        there = [_there(file, format) for file in written]
        # One of our own files never stands alone.
        for file, content in zip(written, there, strict=True):
            if content and not all(there):
                raise click.UsageError(_foreign(file))
        return cls(path, is_folder, there[0])

    def write(self, content: Content) -> None:
        """Write a graph there."""
        if self.path is None:
            assert isinstance(content, bytes)
            terminal.write(content.decode())
        elif self.is_folder:
            assert not isinstance(content, bytes)
            self.path.mkdir(parents=True, exist_ok=True)
            for name, each in content.items():
                write_atomic(self.path / name, each)
        else:
            write_atomic(self.path, content if isinstance(content, bytes) else zipped(content))


def _there(file: Path, format: str) -> bytes:
    """What is in a file that may be written over, since we wrote it."""
    if file.is_symlink() and (file.is_file() or not file.exists()):
        raise click.UsageError(f"'{file}' is a symbolic link; name the file that is to be written")
    # A device or a pipe holds nothing that could be lost.
    content = file.read_bytes() if file.is_file() else b""
    if content and not (_is_page(content) if format == HTML else FORMATS[format].wrote(content)):
        raise click.UsageError(_foreign(file))
    if file.exists() and not os.access(file, os.W_OK):
        raise click.UsageError(f"'{file}' is there already, and read-only")
    return content


def _foreign(file: Path) -> str:
    return f"'{file}' is there already, and not from 'fmvault graph'; name another file with '-o'"


def _is_page(content: bytes) -> bool:
    from fmvault.graph import pyvis
    from fmvault.graph.page import unpacked

    return pyvis.is_page(content) or unpacked(content) is not None


def _unpacked(content: bytes) -> bytes:
    from fmvault.graph.page import unpacked

    return unpacked(content) or b""


# -- fmvault stats -----------------------------------------------------------------------------------------------------


@collector_paused()
def show_stats(path: Path | None, asked: Asked, *, json: bool, since: str | None) -> int:
    """Print a vault's numbers, and how they have changed since a revision. The exit status."""
    from fmvault.graph.stats import changes, stats

    place = find(asked.vault, [path] if path else [])
    config = configured(place, asked)
    graph = read_graph(place, config, cached=not asked.no_cache)
    name = place.root.path.name or "vault"
    found = stats(graph, name, days_of(place.root.path))
    if since is not None:
        with at_revision(place.root.path, since) as folder:
            opened = open_vault(
                folder, exclude=config.exclude, templates=config.templates, keep_text=bool(config.kinds)
            )
            then = graph_of(opened, terms(place, config))
            found = replace(found, since=changes(since, (stats(then, name), then), (found, graph)))
    if json:
        terminal.write(msgspec.json.format(encode(found), indent=2).decode() + "\n")
    else:
        from fmvault.graph.stats import rows

        terminal.write("".join(f"{line}\n" for line in _table(list(rows(found)))))
    return 0


def _table(rows: list[tuple[str, str, str]]) -> Iterator[str]:
    """Rows in columns, what is counted told once where more rows say it."""
    shown = [tuple(visible(cell) for cell in row) for row in rows]
    widths = [max(len(row[column]) for row in shown) for column in (0, 1)]
    # A narrow terminal breaks lines by itself, and better than within words.
    room = max(terminal.width() - sum(widths) - 4, 20)
    for (label, count, told), before in zip(shown, chain([("",)], shown), strict=False):
        label = "" if label == before[0] else label
        for line in textwrap.wrap(told, room, break_long_words=False, break_on_hyphens=False) or [""]:
            yield f"{label:<{widths[0]}}  {count:>{widths[1]}}  {line}".rstrip()
            label = count = ""
