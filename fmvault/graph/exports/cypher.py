"""The graph as statements of Cypher, for Neo4j 4.4 and later."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from fmvault.graph.exports.subject import Subject
from fmvault.graph.exports.text import distinct, encodable

# So many nodes or edges are made by one statement: enough to be fast, and few enough for a server to read.
_BATCH = 500

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_PLAIN = re.compile("[a-z][a-z0-9]*(?:[-_ ][a-z0-9]+)*")


def write(of: Subject) -> str:
    """Statements that add the graph to a database, or change what is there to what the vault says now.

    Nodes are ``:Note``, ``:Ghost``, ``:Tag`` or ``:Attachment``, and all ``:Concept``; a relationship's type is written
    as Neo4j's users do (``requires`` is ``REQUIRES``), and as it is in its property ``type``.
    """
    return "".join(f"{statement};\n" for statement in _statements(of))


def _statements(of: Subject) -> Iterator[str]:
    yield "CREATE CONSTRAINT fmvault_id IF NOT EXISTS FOR (n:Concept) REQUIRE n.id IS UNIQUE"
    ids = distinct(of.graph.nodes)
    rows: defaultdict[str, list[str]] = defaultdict(list)
    for node in of.nodes:
        facts = of.facts(node)
        properties: dict[str, str | int | float | Sequence[str] | None] = {
            "name": node.name,
            "kind": node.kind,
            "folder": facts.folder if node.type == "note" else None,
            "tags": facts.tags or None,
            "aliases": facts.aliases or None,
        }
        properties |= of.measured(node)
        rows[node.type].append(f"{{id: {_value(ids[node.id])}, properties: {_map(properties)}}}")
    for type, label in (("note", "Note"), ("ghost", "Ghost"), ("tag", "Tag"), ("attachment", "Attachment")):
        # A ghost may have been written since, or a note deleted.
        former = {"Note": "\nREMOVE n:Ghost", "Ghost": "\nREMOVE n:Note"}.get(label, "")
        for batch in _batches(rows[type]):
            yield (
                f"UNWIND [\n{batch}\n] AS row\nMERGE (n:Concept {{id: row.id}})\n"
                f"SET n += row.properties, n:{label}{former}"
            )
    names = _type_names(of)
    between: defaultdict[str, list[str]] = defaultdict(list)
    for edge in of.graph.edges:
        between[edge.type].append(
            f"{{source: {_value(ids[edge.source])}, target: {_value(ids[edge.target])}, weight: {edge.weight}}}"
        )
    for type, name in names.items():
        for batch in _batches(between[type]):
            yield (
                f"UNWIND [\n{batch}\n] AS row\n"
                "MATCH (source:Concept {id: row.source})\nMATCH (target:Concept {id: row.target})\n"
                f"MERGE (source)-[r:{name}]->(target)\nSET r.type = {_value(type)}, r.weight = row.weight"
            )


def _batches(rows: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(rows), _BATCH):
        yield ",\n".join(rows[start : start + _BATCH])


def _type_names(of: Subject) -> Mapping[str, str]:
    """The name of each type of edge in the database; what is not of the usual letters stands in backticks."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for type in of.types():
        name = re.sub("[-_ ]", "_", type).upper() if _PLAIN.fullmatch(type) else _quoted_name(type)
        if name in taken:
            name = _quoted_name(type)
        taken.add(name)
        found[type] = name
    return found


def _quoted_name(name: str) -> str:
    """A name in backticks. Some versions read escapes by ``\\u`` even there, so that no backslash is written."""
    return f"`{_CONTROLS.sub(chr(0xFFFD), encodable(name)).replace(chr(92), chr(0xFF3C)).replace('`', '``')}`"


def _map(properties: Mapping[str, str | int | float | Sequence[str] | None]) -> str:
    told = (
        f"{name if re.fullmatch('[A-Za-z][A-Za-z0-9_]*', name) else _quoted_name(name)}: {_value(value)}"
        for name, value in properties.items()
    )
    return f"{{{', '.join(told)}}}"


def _value(value: str | int | float | Sequence[str] | None) -> str:
    if value is None:
        return "null"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return _string(value)
    return f"[{', '.join(map(_string, value))}]"


def _string(text: str) -> str:
    """A string literal.

    Some versions read ``\\u0027`` as a quote before they look for where strings end, whatever backslashes stand before
    it, so that a backslash and a ``u`` behind it are never written beside each other.
    """
    text = _CONTROLS.sub("\ufffd", encodable(text))
    for character, escape in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        if character in text:
            text = text.replace(character, escape)
    return "'" + re.sub(r"(?<=\\\\)(?=[uU])", "' + '", text) + "'"
