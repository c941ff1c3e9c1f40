"""The graph as two tables, nodes and edges, with the columns that Gephi, Neo4j and spreadsheets look for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO

from fmvault.graph.exports.subject import Subject
from fmvault.graph.exports.text import distinct, encodable

# What a spreadsheet takes for a formula, or for the beginning of another cell
# (https://owasp.org/www-community/attacks/CSV_Injection). Apostrophes before one count, so that two names that differ
# in them alone stay two.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def write(of: Subject) -> Mapping[str, str]:
    """``nodes.csv`` and ``edges.csv``, as RFC 4180 has it, in UTF-8; ``source`` and ``target`` are ids of nodes.

    Several tags or aliases of a node are parted by ``|``, which is no part of either; in an alias it stands as ``\\|``.
    A cell that a spreadsheet would run as a formula has an apostrophe before it.
    """
    ids = distinct(of.graph.nodes)
    measures = list(of.measures)
    places = ["x", "y"] if of.positions else []
    head = ["id", "label", "type", "kind", "folder", "tags", "aliases", *places, *measures]
    rows: list[Sequence[object]] = []
    for node in of.nodes:
        facts, measured = of.facts(node), of.measured(node)
        texts = [ids[node.id], node.name, node.type, node.kind or "", facts.folder]
        values = [measured.get(name, "") for name in measures]
        rows.append(
            [
                *map(_cell, [*texts, _list(facts.tags), _list(facts.aliases)]),
                *(of.positions[node.id] if of.positions else ()),
                *(_cell(value) if isinstance(value, str) else value for value in values),
            ]
        )
    edges = (
        [_cell(ids[edge.source]), _cell(ids[edge.target]), _cell(edge.type), edge.weight] for edge in of.graph.edges
    )
    # A column `type` would tell Gephi which edges have a direction.
    return {"nodes.csv": _table(head, rows), "edges.csv": _table(["source", "target", "relation", "weight"], edges)}


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    import csv

    written = StringIO()
    writer = csv.writer(written)
    writer.writerow(head)
    writer.writerows(rows)
    return written.getvalue()


def _list(values: Sequence[str]) -> str:
    return "|".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in values)


def _cell(text: str) -> str:
    shown = _NUL.sub("\ufffd", encodable(text))
    return f"'{shown}" if _FORMULA.match(shown) else shown
