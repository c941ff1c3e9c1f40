"""The concept graph in the formats that other programs read.

The same graph gives the same bytes. Names are shown as they are, whatever they hold; what a format cannot express,
such as control characters in XML or the bytes of a name that is not UTF-8, stands as U+FFFD. Ids stay distinct.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Literal, TypeAlias

from msgspec import Struct

from fmvault.graph.concept_graph import ConceptGraph
from fmvault.graph.exports.subject import Positions, Subject, Value, subject
from fmvault.graph.exports.text import MARK

__all__ = ["FORMATS", "Content", "Format", "Positions", "Subject", "Value", "export", "subject", "zipped"]

# A file's text in UTF-8; where a format is more than one file, each by its name.
Content: TypeAlias = bytes | Mapping[str, bytes]


class Format(Struct, frozen=True):
    """A format: the ending its files have, and whether ``positions`` must be given, are used, or mean nothing to it.

    ``files`` are the names where it is more than one; these may be written to a folder, or as one file by ``zipped``.
    ``begins`` is a pattern of how a file of ours begins, and hardly another one.
    """

    suffix: str
    positions: Literal["needed", "used", "unused"]
    write: Callable[[Subject], Content]
    files: tuple[str, ...] = ()
    begins: str = rf"(?:<\?xml [^>]*>\n)?<!-- {MARK} -->\n"

    def wrote(self, content: bytes) -> bool:
        """Whether a file that holds ``content`` was written in this format by us."""
        if self.files and content.startswith(b"PK"):
            return _members(content) == self.files
        return re.match(self.begins.encode(), content, re.DOTALL) is not None


def _writer(name: str) -> Callable[[Subject], Content]:
    """What writes the format ``name``; its module is loaded when a graph is first written in it."""

    def write(of: Subject) -> Content:
        written: str | Mapping[str, str] = import_module(f"{__name__}.{name}").write(of)
        if isinstance(written, str):
            return written.encode()
        return {file: text.encode() for file, text in written.items()}

    return write


# The head of either table.
_TABLES = r"id,label,type,kind,folder,tags,aliases\b|source,target,relation,weight\r?\n"

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "json": Format(
            ".json",
            "used",
            _writer("json"),
            begins=r'{"version":1,"title":"[^\n]*","directed":true,"multigraph":true,',
        ),
        "graphml": Format(".graphml", "used", _writer("graphml")),
        "gexf": Format(".gexf", "used", _writer("gexf")),
        "dot": Format(".dot", "used", _writer("dot"), begins=f"// {MARK}\n"),
        "mermaid": Format(".mmd", "unused", _writer("mermaid"), begins=f"flowchart LR\n  %% {MARK}\n"),
        "csv": Format(".zip", "used", _writer("csv"), ("nodes.csv", "edges.csv"), begins=_TABLES),
        "svg": Format(".svg", "needed", _writer("svg")),
        "cypher": Format(".cypher", "unused", _writer("cypher"), begins=r"CREATE CONSTRAINT fmvault_id "),
        "jsonld": Format(
            ".jsonld", "unused", _writer("jsonld"), begins=r'{"@context":{[^\n]*"edge":"urn:fmvault:edge:"'
        ),
        "canvas": Format(".canvas", "needed", _writer("canvas"), begins=r'{"nodes":\[\n(?:{"id":"[0-9a-f]{16}"|])'),
    }
)


def export(
    graph: ConceptGraph,
    format: str,
    *,
    title: str = "",
    positions: Positions | None = None,
    measures: Mapping[str, Mapping[str, Value | None]] | None = None,
    base: str | None = None,
) -> Content:
    """The graph in one of the ``FORMATS``: a file's bytes, or those of several by name.

    ``positions`` has x and y of every node, in any unit, y upwards. ``measures`` has by its name what was measured of
    nodes, by id. ``base`` is the address that paths of notes are appended to where notes have addresses. Raises
    ``ValueError`` where positions are needed and not given, and for a measure that cannot be called what it is.
    """
    chosen = FORMATS[format]
    if chosen.positions == "needed" and positions is None:
        raise ValueError(f"{format} needs positions")
    return chosen.write(subject(graph, title=title, positions=positions, measures=measures, base=base))


def _members(archive: bytes) -> tuple[str, ...]:
    """The names of the files in a ZIP archive; none if it is no archive."""
    from io import BytesIO
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(BytesIO(archive)) as read:
            return tuple(read.namelist())
    except BadZipFile:
        return ()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Files as one ZIP archive, in which all are of one date, so that the same files give the same archive."""
    from io import BytesIO
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

    archive = BytesIO()
    with ZipFile(archive, "w") as written:
        for name, content in files.items():
            info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            written.writestr(info, content)
    return archive.getvalue()
