"""Exports of the concept graph, each read back by a program that its format is for."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import networkx
import pytest

from fmvault import canvas, config, markdown
from fmvault.graph import ConceptGraph, Edge, build
from fmvault.graph.exports import FORMATS, Positions, export, zipped
from fmvault.graph.exports.mermaid import MOST_CHARACTERS, MOST_EDGES
from fmvault.graph.exports.text import distinct, encodable, line, xml
from fmvault.kinds.concepts import Terms
from fmvault.lint import run
from fmvault.vault import Vault

ROOT = Path(__file__).parents[1]
READERS = Path(__file__).parent / "readers"

SMALL = {
    "Concepts/Cat.md": (
        "---\ntype: concept\ntags: [animals, Pets/small]\naliases: [Felis catus, Cat]\nis-a: '[[Animal]]'\n"
        "contrasts-with: '[[Dog]]'\nrequires: '[[Whisker]]'\n---\n"
        "## Definition\n\nA *small* [[Animal]] that purrs.\n\n## Open questions\n\n"
        "- Why does a [[Cat]] purr? See [[Dog]].\n"
    ),
    "Concepts/Dog.md": "---\ntype: concept\nis-a: '[[Animal]]'\nrelated: '[[Animal]]'\n---\nSee [[Cat]] and [[Cat]].\n",
    "Animal.md": "---\ntype: concept\npart-of: '[[Nature]]'\n---\nAll of them. #animals #Animals\n",
    "Brehm.md": "---\ntype: source\nrelated: '[[Cat]]'\n---\nA book.\n",
}
KINDS = "[kinds.concept]\n[kinds.source]\n"

HOSTILE = [
    'He said "x"',
    "it's",
    "a]]>b",
    "</script><script>alert(1)</script>",
    "line\nbreak",
    "tab\tand\rreturn",
    "control\x00\x07\x1b[31m\x85",
    "--> comment <!-- x",
    "עברית ו-English",
    "\u202etxt.exe",
    "👩‍🔬 lab",
    "bad\udc80byte",
    "bad\udc81byte",
    "bad\ufffdbyte",
    "x" * 200,
    "back\\slash \\",
    "\\u0027 }) DETACH DELETE n //",
    "\\\\u0027",
    "\\N\\n\\l",
    "<img src=x onerror=alert(1)>",
    "end",
    "graph",
    "subgraph",
    "style: x#y;",
    "=1+1",
    "'=2",
    "'=1+1",
    "@home",
    "-1",
    "a & b &amp; &lt;",
    "%%{init: {}}%%",
    "#quot; #35;",
    "ﬂ°°35¶ß",
    "1. list",
    "- item",
    "`code`",
    "x [[y]]|z#w^v",
    "<b>html</b>",
    "a;b,c|d",
    "${x} {{y}} {0}",
    "*bold* _it_ $x^2$",
    " ",
]


def graph(files: Mapping[str, str], settings: str = KINDS) -> ConceptGraph:
    notes = [markdown.parse(path, text.encode("utf-8"), keep_text=True) for path, text in files.items()]
    read = config.load("fmvault.toml", settings, config.Known(run.RULES_BY_NAME, ("full",)))
    return build(Terms(read, lambda path: b"").of(Vault(notes, list(files))))


def spread(of: ConceptGraph) -> Positions:
    """A place for every node, on a spiral."""
    return {id: ((-1) ** number * number / 7, number % 5 - 2.5) for number, id in enumerate(of.nodes)}


def text(of: ConceptGraph, format: str, **told: Any) -> str:
    content = export(of, format, **({"positions": spread(of)} | told))
    assert isinstance(content, bytes)
    return content.decode()


def files(of: ConceptGraph, format: str, **told: Any) -> Mapping[str, bytes]:
    content = export(of, format, **({"positions": spread(of)} | told))
    assert not isinstance(content, bytes)
    return content


@cache
def small() -> ConceptGraph:
    return graph(SMALL)


@cache
def hostile() -> ConceptGraph:
    """Notes of such names, each leading to the next, and one whose aliases, tag and definition are as bad."""
    notes = {f"{name}.md": "---\ntype: concept\n---\n" for name in HOSTILE}
    aliases = json.dumps([encodable(name) for name in HOSTILE])
    told = "[[a\"b'c\\\\d`e]] ]]> </script> --> \x07"
    notes["Aliases.md"] = (
        f'---\ntype: concept\naliases: {aliases}\n---\n## Definition\n\n{told} [[Missing <b>&amp; "x"]]\n'
    )
    read = config.load("fmvault.toml", KINDS, config.Known(run.RULES_BY_NAME, ("full",)))
    parsed = [markdown.parse(path, source.encode("utf-8", "replace"), keep_text=True) for path, source in notes.items()]
    built = build(Terms(read, lambda path: b"").of(Vault(parsed, list(notes))))
    paths = list(notes)
    built.edges = [  # a link cannot name them all
        *built.edges,
        *(Edge(path, after, "requires") for path, after in pairwise(paths)),
        Edge(paths[0], paths[1], 'odd `\\u0060 "type" |]] -->\udc80'),
        Edge(paths[0], paths[1], "is a"),
        Edge(paths[0], paths[1], "is-a"),
    ]
    return built


def told(of: ConceptGraph, fit: Callable[[str], str] = str) -> Counter[tuple[str, str, str, int]]:
    """The edges, by the names of their ends."""
    return Counter(
        (fit(of.nodes[edge.source].name), fit(edge.type), fit(of.nodes[edge.target].name), edge.weight)
        for edge in of.edges
    )


def names(of: ConceptGraph, fit: Callable[[str], str] = str) -> Counter[str]:
    return Counter(fit(node.name) for node in of.nodes.values())


def by_node(format: str, source: str) -> Any:
    """What a program written for Node makes of it."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node to run the reader")
    if not (READERS / "node_modules").is_dir():
        pytest.skip("the readers are not installed; run `npm ci` in tests/readers")
    done = subprocess.run(
        [node, "read.mjs", format], input=source.encode(), cwd=READERS, capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return json.loads(done.stdout)


def schema(path: Path) -> jsonschema.Draft202012Validator:
    document = json.loads(path.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


BOTH = pytest.mark.parametrize("of", [small, hostile], ids=["small", "hostile"])


# -- all formats ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_vault_gives_the_same_bytes_whatever_the_order_of_sets(format: str) -> None:
    script = (
        "import sys; from tests.test_exports import *; of = hostile();"
        f" content = export(of, {format!r}, title='t', positions=spread(of));"
        " sys.stdout.buffer.write(content if isinstance(content, bytes) else zipped(content))"
    )
    written = [
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert written[0] == written[1]
    assert written[0]


@pytest.mark.parametrize("format", FORMATS)
def test_a_vault_without_notes_is_a_graph_without_nodes(format: str) -> None:
    content = export(graph({}), format, positions={})
    for each in [content] if isinstance(content, bytes) else content.values():
        assert each.decode().endswith("\n")


@pytest.mark.parametrize("format", ["svg", "canvas"])
def test_what_is_drawn_needs_positions(format: str) -> None:
    with pytest.raises(ValueError, match="needs positions"):
        export(small(), format)


@pytest.mark.parametrize("name", ["label", "x", "a b", ""])
def test_a_measure_is_not_called_what_something_else_is(name: str) -> None:
    with pytest.raises(ValueError, match="no measure can be called"):
        export(small(), "json", measures={name: {"Animal.md": 1}})


def test_ids_stay_distinct_where_what_tells_them_apart_cannot_be_shown() -> None:
    shown = distinct(["a\udc80", "a\udc81", "a\ufffd", "b"])
    assert list(shown.values()) == ["a\ufffd (2)", "a\ufffd (3)", "a\ufffd", "b"]


# -- json -------------------------------------------------------------------------------------------------------------


@BOTH
def test_json_keeps_to_its_schema_and_is_read_by_networkx(of: Callable[[], ConceptGraph]) -> None:
    document = json.loads(text(of(), "json", title="Zoo", measures={"rank": of().pagerank}))
    schema(ROOT / "schemas" / "graph.schema.json").validate(document)
    read = networkx.node_link_graph(document, edges="edges")
    assert read.is_directed()
    assert read.is_multigraph()
    assert Counter(name for _, name in read.nodes(data="name")) == names(of(), encodable)
    labels = dict(read.nodes(data="name"))
    assert told(of(), encodable) == Counter(
        (labels[source], data["type"], labels[target], data["weight"]) for source, target, data in read.edges(data=True)
    )


def test_json_says_what_is_known_of_a_note_and_of_the_types() -> None:
    document = json.loads(text(small(), "json", measures={"rank": {"Animal.md": 0.5}, "cut": {"Animal.md": True}}))
    by_id = {node["id"]: node for node in document["nodes"]}
    cat = by_id["Concepts/Cat.md"]
    assert (cat["folder"], cat["tags"], cat["aliases"], cat["kind"], cat["measures"]) == (
        "Concepts",
        ["animals", "Pets/small"],
        ["Felis catus"],
        "concept",
        {},
    )
    assert by_id["Animal.md"]["tags"] == ["animals"]
    assert by_id["Animal.md"]["measures"] == {"rank": 0.5, "cut": 1}
    assert by_id["/whisker"]["type"] == "ghost"
    assert [(each["name"], each["kind"]) for each in document["types"]] == [
        ("contrasts-with", "relation"),
        ("is-a", "relation"),
        ("part-of", "relation"),
        ("related", "relation"),
        ("requires", "relation"),
        ("definition", "section"),
        ("questions", "section"),
        ("mentions", "mention"),
    ]


def test_numbers_of_numpy_are_numbers() -> None:
    numpy = pytest.importorskip("numpy")
    measures = {"rank": {"Animal.md": numpy.float64(0.5), "Brehm.md": 1, "Concepts/Cat.md": float("nan")}}
    for format in FORMATS:
        export(small(), format, positions=spread(small()), measures=measures)
    by_id = {node["id"]: node["measures"] for node in json.loads(text(small(), "json", measures=measures))["nodes"]}
    assert (by_id["Animal.md"], by_id["Brehm.md"], by_id["Concepts/Cat.md"]) == ({"rank": 0.5}, {"rank": 1.0}, {})


def test_a_measure_of_numbers_and_texts_is_of_texts() -> None:
    measures = {"age": {"Animal.md": 1, "Brehm.md": "old"}}
    by_id = {node["id"]: node["measures"] for node in json.loads(text(small(), "json", measures=measures))["nodes"]}
    assert (by_id["Animal.md"], by_id["Brehm.md"]) == ({"age": "1"}, {"age": "old"})


# -- GraphML and GEXF -------------------------------------------------------------------------------------------------


@BOTH
def test_graphml_is_read_by_networkx(of: Callable[[], ConceptGraph]) -> None:
    measures = {
        "rank": of().pagerank,
        "community": dict.fromkeys(of().nodes, "a\x00b & ]]>"),
        "words": {"Animal.md": 3},
    }
    read = networkx.parse_graphml(text(of(), "graphml", title="Zoo", measures=measures))
    labels = dict(read.nodes(data="name"))
    assert Counter(labels.values()) == names(of(), xml)
    assert told(of(), xml) == Counter(
        (labels[source], data["type"], labels[target], data["weight"]) for source, target, data in read.edges(data=True)
    )
    by_path = {data.get("path"): data for _, data in read.nodes(data=True)}
    if of is small:
        animal = by_path["Animal.md"]
        assert (animal["type"], animal["kind"], animal["words"], animal["community"]) == (
            "note",
            "concept",
            3,
            "a\ufffdb & ]]>",
        )
        assert (animal["x"], animal["y"]) == spread(small())["Animal.md"]
        assert animal["rank"] == small().pagerank["Animal.md"]
        assert "kind" not in by_path[None]


@BOTH
def test_graphml_has_what_its_schema_asks_of_ids_and_keys(of: Callable[[], ConceptGraph]) -> None:
    name = "{http://graphml.graphdrawing.org/xmlns}"
    root = ElementTree.fromstring(text(of(), "graphml", measures={"rank": of().pagerank}))
    keys = {key.get("id"): key for key in root.iter(f"{name}key")}
    assert {key.get("attr.type") for key in keys.values()} <= {"boolean", "int", "long", "float", "double", "string"}
    nodes = [node.get("id") or "" for node in root.iter(f"{name}node")]
    edges = list(root.iter(f"{name}edge"))
    ids = [*nodes, *(edge.get("id") or "" for edge in edges)]
    assert len(ids) == len(set(ids))
    # The type is xs:NMTOKEN, and both ends of an edge are references to nodes.
    assert all(re.fullmatch(r"[\w.:-]+", id, re.ASCII) for id in ids)
    assert {edge.get(end) for edge in edges for end in ("source", "target")} <= set(nodes)
    for element, scope in [*((node, "node") for node in root.iter(f"{name}node")), *((edge, "edge") for edge in edges)]:
        told = [data.get("key") for data in element.findall(f"{name}data")]
        assert len(told) == len(set(told))
        assert {keys[key].get("for") for key in told} <= {scope}


@BOTH
def test_gexf_is_read_by_networkx(of: Callable[[], ConceptGraph]) -> None:
    measures = {"rank": of().pagerank, "community": dict.fromkeys(of().nodes, "a\x00b")}
    written = text(of(), "gexf", title="Zoo", measures=measures)
    read = networkx.read_gexf(io.BytesIO(written.encode()))
    labels = dict(read.nodes(data="label"))
    assert Counter(labels.values()) == names(of(), xml)
    assert told(of(), xml) == Counter(
        (labels[source], data["relation"], labels[target], data["weight"])
        for source, target, data in read.edges(data=True)
    )
    if of is small:
        assert read.nodes["Animal.md"]["community"] == "a\ufffdb"
        assert read.nodes["/whisker"]["type"] == "ghost"
        x, y = spread(small())["Animal.md"]
        assert read.nodes["Animal.md"]["viz"]["position"] == {"x": x, "y": y, "z": 0.0}


def test_gexf_says_neither_the_date_nor_what_wrote_it() -> None:
    root = ElementTree.fromstring(text(small(), "gexf", title="Zoo & more"))
    (meta,) = root.iter("{http://www.gexf.net/1.2draft}meta")
    assert meta.attrib == {}
    assert [child.text for child in meta] == ["fmvault", "Zoo & more"]


@pytest.mark.parametrize("format", ["graphml", "gexf"])
@BOTH
def test_xml_is_read_by_graphology(format: str, of: Callable[[], ConceptGraph]) -> None:
    read = by_node(format, text(of(), format))
    labels = {node["key"]: node["attributes"].get("label", "") for node in read["nodes"]}
    # Its parser leaves out spaces about a name, and reads breaks within attributes as spaces.
    assert Counter(map(line, labels.values())) == names(of(), lambda name: line(xml(name)))
    assert len(read["edges"]) == len(of().edges)


# -- Graphviz ---------------------------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("placed", [True, False])
def test_dot_is_drawn_by_graphviz_with_all_names(of: Callable[[], ConceptGraph], placed: bool) -> None:
    dot = shutil.which("dot")
    if dot is None:
        pytest.skip("Graphviz is not installed")
    source = text(of(), "dot", title='a "b" \\', **({} if placed else {"positions": None}))
    done = subprocess.run([dot, "-Tsvg"], input=source.encode(), capture_output=True, check=True)
    svg = "{http://www.w3.org/2000/svg}"
    drawn: dict[str, str] = {}
    labels = []
    for group in ElementTree.fromstring(done.stdout).iter(f"{svg}g"):
        shown = "".join(each.text or "" for each in group.findall(f".//{svg}text")).replace("\xa0", " ")
        title = group.findtext(f"{svg}title") or ""
        if group.get("class") == "node":
            drawn[title] = shown
        elif group.get("class") == "edge":
            labels.append((title, shown or "mentions"))
    nodes = {id: line(name) for id, name in drawn.items()}
    assert Counter(nodes.values()) == names(of(), line)
    ends = ((*title.split("->"), type) for title, type in labels)
    assert Counter((nodes[source], line(type), nodes[target]) for source, target, type in ends) == Counter(
        (source, type, target) for source, type, target, _ in told(of(), line).elements()
    )


def test_dot_gives_each_node_its_place() -> None:
    source = text(small(), "dot")
    assert "layout=nop;" in source
    assert source.count("pos=") == len(small().nodes)
    assert "pos=" not in text(small(), "dot", positions=None)


# -- Mermaid ----------------------------------------------------------------------------------------------------------


@BOTH
def test_mermaid_reads_its_flowchart(of: Callable[[], ConceptGraph]) -> None:
    read = by_node("mermaid", text(of(), "mermaid"))
    labels = {node["id"]: node["label"] for node in read["nodes"]}
    assert Counter(labels.values()) == names(of(), line)
    assert Counter(
        (labels[edge["source"]], edge["label"] or "mentions", labels[edge["target"]]) for edge in read["edges"]
    ) == Counter((line(source), type, line(target)) for source, type, target, _ in told(of(), line).elements())
    ghosts = {labels[node["id"]] for node in read["nodes"] if "ghost" in node["classes"]}
    assert ghosts == {line(node.name) for node in of().nodes.values() if node.type == "ghost"}


def test_mermaid_draws_the_most_central_and_says_what_it_left_out() -> None:
    of = graph(
        {f"{number:04}.md": "".join(f"[[{other:04}]] " for other in range(0, number, 7)) for number in range(300)}
    )
    written = text(of, "mermaid")
    edges = written.count(" -.-> ")
    nodes = written.count('["')
    # All lead to those by seven that stand before them: 32 have 496 edges between them, 33 have 528.
    assert (nodes, edges) == (32, 496)
    assert edges <= MOST_EDGES
    assert len(written) <= MOST_CHARACTERS
    assert f"the {nodes} most central of 300 nodes; {300 - nodes} nodes and {len(of.edges) - edges:,} edges" in written
    assert '["0000"]' in written
    assert len(by_node("mermaid", written)["nodes"]) == nodes


def test_mermaid_bears_long_names() -> None:
    of = graph({f"{number:04} {'“]' * 90}.md": "" for number in range(300)})
    written = text(of, "mermaid")
    assert MOST_CHARACTERS - 3_000 < len(written) <= MOST_CHARACTERS
    by_node("mermaid", written)


# -- tables -----------------------------------------------------------------------------------------------------------


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


@BOTH
def test_tables_join_by_ids(of: Callable[[], ConceptGraph]) -> None:
    tables = files(of(), "csv")
    nodes, edges = rows(tables["nodes.csv"]), rows(tables["edges.csv"])
    ids = [node["id"] for node in nodes]
    assert len(set(ids)) == len(ids) == len(of().nodes)
    by_id = {id: encodable(node.name) for id, node in zip(ids, of().nodes.values(), strict=True)}
    assert Counter(
        (by_id[edge["source"]], edge["relation"], by_id[edge["target"]], int(edge["weight"])) for edge in edges
    ) == told(of(), encodable)


def test_a_table_says_what_is_known_of_a_note() -> None:
    tables = files(small(), "csv", measures={"rank": {"Concepts/Cat.md": 7}})
    (cat,) = (node for node in rows(tables["nodes.csv"]) if node["label"] == "Cat")
    x, y = spread(small())["Concepts/Cat.md"]
    assert cat == {
        "id": "Concepts/Cat.md",
        "label": "Cat",
        "type": "note",
        "kind": "concept",
        "folder": "Concepts",
        "tags": "animals|Pets/small",
        "aliases": "Felis catus",
        "x": str(x),
        "y": str(y),
        "rank": "7",
    }


def test_no_cell_is_a_formula_and_none_is_lost() -> None:
    nodes = rows(files(hostile(), "csv")["nodes.csv"])
    assert not [
        cell for node in nodes for name, cell in node.items() if name not in "xy" and cell[:1] in tuple("=+-@\t\r")
    ]
    labels = [node["label"] for node in nodes]
    for name in ("=1+1", "'=2", "'=1+1", "@home", "-1"):
        assert f"'{name}" in labels
    assert "it's" in labels


def test_tables_are_two_files_of_one_archive() -> None:
    tables = files(small(), "csv")
    archive = zipped(tables)
    assert archive == zipped(tables)
    with zipfile.ZipFile(io.BytesIO(archive)) as read:
        assert read.testzip() is None
        assert {name: read.read(name) for name in read.namelist()} == tables
    assert tuple(tables) == FORMATS["csv"].files


# -- SVG --------------------------------------------------------------------------------------------------------------


@BOTH
def test_a_drawing_is_xml_with_every_node_and_edge_and_nothing_that_runs(of: Callable[[], ConceptGraph]) -> None:
    written = text(of(), "svg", title="</title><script>alert(1)</script>")
    root = ElementTree.fromstring(written)
    svg = "{http://www.w3.org/2000/svg}"
    assert {element.tag.removeprefix(svg) for element in root.iter()} == {
        *("svg", "title", "desc", "style"),
        *("g", "path", "circle", "text"),
    }
    assert not [name for element in root.iter() for name in element.attrib if name.startswith("on") or "href" in name]
    circles = list(root.iter(f"{svg}circle"))
    assert Counter(
        (circle.findtext(f"{svg}title") or "").removesuffix(" (concept)").removesuffix(" (source)")
        for circle in circles
    ) == Counter(
        line(f"{node.name} ({node.kind})" if node.kind else node.name)
        .removesuffix(" (concept)")
        .removesuffix(" (source)")
        for node in of().nodes.values()
    )
    lines = [path.get("d", "").count("M") for path in root.iter(f"{svg}path")]
    assert sum(lines) == len(of().edges)
    _, _, width, height = map(float, (root.get("viewBox") or "").split())
    assert all(0 < float(circle.get("cx", 0)) < width and 0 < float(circle.get("cy", 0)) < height for circle in circles)


def test_in_a_drawing_up_is_up() -> None:
    of = graph({"High.md": "", "Low.md": ""})
    root = ElementTree.fromstring(text(of, "svg", positions={"High.md": (0, 1), "Low.md": (0, -1)}))
    high, low = (float(circle.get("cy", 0)) for circle in root.iter("{http://www.w3.org/2000/svg}circle"))
    assert high < low


# -- Cypher -----------------------------------------------------------------------------------------------------------

LITERAL = re.compile(r"'((?:[^'\\]|\\.)*)'(?: \+ '((?:[^'\\]|\\.)*)')*", re.DOTALL)


def literals(statement: str) -> list[str]:
    """The strings of a statement, each as a database has it."""
    found = []
    for each in LITERAL.finditer(statement):
        parts = re.findall(r"'((?:[^'\\]|\\.)*)'", each[0], re.DOTALL)
        found.append(
            re.sub(
                r"\\(.)",
                lambda escape: {"n": "\n", "t": "\t", "r": "\r"}.get(escape[1], escape[1]),
                "".join(parts),
                flags=re.DOTALL,
            )
        )
    return found


@BOTH
def test_cypher_holds_every_name_as_a_string_and_nothing_else_of_it(of: Callable[[], ConceptGraph]) -> None:
    written = text(of(), "cypher", measures={"rank": of().pagerank})
    controls = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
    strings = Counter(literals(written))
    for node in of().nodes.values():
        assert strings[re.sub(controls, "\ufffd", encodable(node.name))]
    # What is left without its strings is of a few words.
    words = set(re.findall(r"[^\W\d]\w*", re.sub("`(?:[^`]|``)*`", "", LITERAL.sub("", written)))) - {"e"}
    assert words <= set(
        "CREATE CONSTRAINT fmvault_id IF NOT EXISTS FOR n Concept REQUIRE id IS UNIQUE UNWIND AS row MERGE SET REMOVE"  # noqa: SIM905
        " properties name kind folder tags aliases rank null Note Ghost source target weight MATCH r type"
        " IS_A PART_OF REQUIRES RELATED CONTRASTS_WITH MENTIONS DEFINITION QUESTIONS".split()
    )
    # Some versions read it before anything else.
    assert "\\u" not in written
    assert not re.search(controls, written)


@BOTH
def test_cypher_is_understood_by_the_parser_of_neo4j(of: Callable[[], ConceptGraph]) -> None:
    assert by_node("cypher", text(of(), "cypher", measures={"rank": dict.fromkeys(of().nodes, 1e-7)})) == []


# -- SKOS -------------------------------------------------------------------------------------------------------------

SKOS = "http://www.w3.org/2004/02/skos/core#"
# rdflib's own parser uses what rdflib has given up.
RDF = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")


def triples(of: ConceptGraph, **told: Any) -> set[tuple[str, str, str]]:
    rdflib = pytest.importorskip("rdflib")
    read = rdflib.Graph().parse(data=text(of, "jsonld", **told), format="json-ld")
    return {(str(subject), str(predicate), str(object)) for subject, predicate, object in read}


@RDF
def test_a_vault_is_a_thesaurus() -> None:
    read = triples(small(), title="Zoo", base="https://zoo.example/")
    cat, dog, animal, nature, whisker = (
        f"https://zoo.example/{name}" for name in ("Concepts/Cat", "Concepts/Dog", "Animal", "#nature", "#whisker")
    )
    scheme, skos, edge = "https://zoo.example", SKOS, "urn:fmvault:edge:"
    iso = "http://purl.org/iso25964/skos-thes#"
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    assert {triple for triple in read if triple[0] == cat} == {
        (cat, f"{rdf}type", f"{skos}Concept"),
        (cat, f"{skos}inScheme", scheme),
        (cat, f"{skos}prefLabel", "Cat"),
        (cat, f"{skos}altLabel", "Felis catus"),
        (cat, f"{skos}definition", "A small Animal that purrs."),
        (cat, f"{skos}broader", animal),
        (cat, f"{iso}broaderGeneric", animal),
        (cat, f"{skos}related", dog),
        (cat, f"{edge}contrasts-with", dog),
        (cat, f"{edge}requires", whisker),
        (cat, f"{edge}definition", animal),
        (cat, f"{edge}questions", dog),
        (cat, "urn:fmvault:term:kind", "concept"),
        (cat, "urn:fmvault:term:tag", "animals"),
        (cat, "urn:fmvault:term:tag", "Pets/small"),
    }
    assert {(dog, f"{skos}related", cat), (animal, f"{skos}narrower", cat), (animal, f"{skos}narrower", dog)} <= read
    assert (nature, f"{iso}narrowerPartitive", animal) in read
    assert {object for subject, term, object in read if (subject, term) == (scheme, f"{skos}hasTopConcept")} == {nature}
    # A source is no concept, whatever it is related to.
    brehm = "https://zoo.example/Brehm"
    assert (brehm, f"{rdf}type", "http://purl.org/dc/terms/BibliographicResource") in read
    assert (brehm, f"{edge}related", cat) in read
    assert not [triple for triple in read if brehm in (triple[0], triple[2]) and triple[1].startswith(skos)]
    assert (scheme, "http://purl.org/dc/terms/title", "Zoo") in read


@RDF
def test_what_is_above_a_concept_is_not_related_to_it() -> None:
    # Dog is related to Animal, and is one: SKOS keeps the two apart (S27).
    read = triples(small(), base="https://zoo.example/")
    ends = ("https://zoo.example/Concepts/Dog", "https://zoo.example/Animal")
    assert (ends[0], f"{SKOS}broader", ends[1]) in read
    assert (ends[0], "urn:fmvault:edge:related", ends[1]) in read
    assert (ends[0], f"{SKOS}related", ends[1]) not in read
    chain = graph(
        {
            "A.md": "---\nis-a: '[[B]]'\n---\n",
            "B.md": "---\npart-of: '[[C]]'\n---\n",
            "C.md": "---\ncontrasts-with: '[[A]]'\n---\n",
        }
    )
    assert not [triple for triple in triples(chain) if triple[1] == f"{SKOS}related"]


@RDF
def test_a_thesaurus_keeps_hostile_names_and_the_rules_of_labels() -> None:
    read = triples(hostile())
    labels = {
        term: {(subject, text) for subject, each, text in read if each == f"{SKOS}{term}"}
        for term in ("prefLabel", "altLabel")
    }
    assert Counter(text for _, text in labels["prefLabel"]) == names(hostile(), line)
    assert not labels["prefLabel"] & labels["altLabel"]
    addresses = [subject for subject, _ in labels["prefLabel"]]
    assert len(addresses) == len(set(addresses)) == len(hostile().nodes)
    assert "urn:fmvault:edge:odd%20%60%5Cu0060%20%22type%22%20%7C%5D%5D%20--%3E%80" in {term for _, term, _ in read}
    assert all(re.fullmatch(r"urn:fmvault:note:#?[\w.~%/-]*", address, re.ASCII) for address in addresses)
    assert "urn:fmvault:note:bad%80byte" in addresses


# -- canvas -----------------------------------------------------------------------------------------------------------


@BOTH
def test_a_canvas_keeps_to_the_schema_and_its_cards_lie_apart(of: Callable[[], ConceptGraph]) -> None:
    document = json.loads(text(of(), "canvas"))
    schema(Path(__file__).parent / "schemas" / "jsoncanvas-1.0.schema.json").validate(document)
    nodes, edges = document["nodes"], document["edges"]
    ids = [each["id"] for each in nodes]
    assert len(set(ids)) == len(ids) == len(of().nodes)
    assert len({each["id"] for each in edges}) == len(edges) == len(of().edges)
    assert {edge[end] for edge in edges for end in ("fromNode", "toNode")} <= set(ids)
    for index, one in enumerate(nodes):
        for other in nodes[index + 1 :]:
            assert abs(one["x"] - other["x"]) >= one["width"] or abs(one["y"] - other["y"]) >= one["height"]


def test_a_canvas_leads_to_the_notes_and_names_the_missing() -> None:
    note = canvas.parse("Map.canvas", text(small(), "canvas").encode())
    vault = Vault([*small().vault.notes.values(), note], [*small().vault.files, "Map.canvas"])
    assert not note.defects
    assert {link.target for link in note.links} == {*(f"/{path}" for path in SMALL), "Nature", "Whisker"}
    assert {type(outcome).__name__ for _, outcome in vault.outgoing(note)} == {"Resolved", "MissingNote"}


def test_cards_of_one_place_are_put_beside_each_other() -> None:
    of = graph({f"{number}.md": "" for number in range(60)})
    cards = json.loads(text(of, "canvas", positions=dict.fromkeys(of.nodes, (0.5, 0.5))))["nodes"]
    assert len({(card["x"], card["y"]) for card in cards}) == 60
    assert all(abs(card["x"]) <= 5 * 420 and abs(card["y"]) <= 9 * 200 for card in cards)


def test_relations_that_hold_both_ways_have_no_arrow() -> None:
    edges = json.loads(text(small(), "canvas"))["edges"]
    ends = {edge.get("label", "mentions"): edge.get("toEnd", "arrow") for edge in edges}
    assert ends["contrasts-with"] == ends["related"] == "none"
    assert ends["is-a"] == ends["mentions"] == "arrow"


# -- tags and attachments ---------------------------------------------------------------------------------------------


@cache
def tagged() -> ConceptGraph:
    files = {"Cat.md": "---\ntags: [pets]\n---\n![[cat.png]] [[Dog]]", "Dog.md": "#Pets #pets"}
    notes = [markdown.parse(path, text.encode(), keep_text=True) for path, text in files.items()]
    return build(Vault(notes, [*files, "cat.png"]), tags=True, attachments=True)


def test_tags_and_attachments_are_nodes_of_their_own_types() -> None:
    document = json.loads(text(tagged(), "json"))
    schema(ROOT / "schemas/graph.schema.json").validate(document)
    assert [(node["id"], node["type"]) for node in document["nodes"]] == [
        ("Cat.md", "note"),
        ("Dog.md", "note"),
        ("cat.png", "attachment"),
        ("//pets", "tag"),
    ]
    assert {each["name"]: each["kind"] for each in document["types"]} == dict.fromkeys(
        ("mentions", "tagged", "attached"), "mention"
    )


def test_no_format_but_a_thesaurus_loses_tags_or_attachments() -> None:
    for format in set(FORMATS) - {"jsonld"}:
        content = export(tagged(), format, positions=spread(tagged()))
        written = (content if isinstance(content, bytes) else b"".join(content.values())).decode()
        # Mermaid is told of a full stop by its number.
        assert re.search(r"cat(?:\.|#46;)png", written), format
        assert "pets" in written, format
    assert re.findall(r"SET n \+= row.properties, n:(\w+)", text(tagged(), "cypher")) == ["Note", "Tag", "Attachment"]
    cards = json.loads(text(tagged(), "canvas"))["nodes"]
    assert [card.get("file", card.get("text")) for card in cards] == ["Cat.md", "Dog.md", "cat.png", "#pets"]


@RDF
def test_a_thesaurus_has_tags_with_the_notes_and_no_attachments() -> None:
    read = triples(tagged(), base="https://zoo.example/")
    assert {object for _, term, object in read if term == "urn:fmvault:term:tag"} == {"pets", "Pets"}
    assert not [triple for triple in read if "cat.png" in "".join(triple)]


# -- whose a file is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
@BOTH
def test_what_was_written_is_known_again(of: Callable[[], ConceptGraph], format: str) -> None:
    content = export(of(), format, title='a "b"', positions=spread(of()))
    if isinstance(content, bytes):
        assert FORMATS[format].wrote(content)
    else:
        assert all(FORMATS[format].wrote(each) for each in content.values())
        assert FORMATS[format].wrote(zipped(content))


@pytest.mark.parametrize(
    ("format", "content"),
    [
        ("json", '{"version":1,"title":"mine"}'),
        ("graphml", "<?xml version='1.0'?><graphml/>"),
        ("dot", "digraph { a -> b }"),
        ("mermaid", "flowchart LR\n  a --> b\n"),
        ("csv", "id,label\n1,a\n"),
        ("svg", '<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("cypher", "MATCH (n) RETURN n;"),
        ("jsonld", '{"@context":{"skos":"http://www.w3.org/2004/02/skos/core#"}}'),
        # As Obsidian writes them.
        ("canvas", '{\n\t"nodes":[\n\t\t{"id":"ae2a835701fecb75","type":"text","text":"mine"}]}'),
    ],
)
def test_what_others_wrote_is_not_taken_for_ours(format: str, content: str) -> None:
    assert not FORMATS[format].wrote(content.encode())
