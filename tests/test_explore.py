"""The explorer's data and its page: what they hold, that nothing of a vault runs, and that they are always the same."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
import zlib
from base64 import b64decode
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from msgspec.structs import replace

from fmvault import config, markdown
from fmvault.graph import ConceptGraph, build
from fmvault.graph.excerpts import sentence, shortened
from fmvault.graph.explore import Document, data, encode, past
from fmvault.graph.page import Parts, Phrases, packed, page, unpacked
from fmvault.kinds.concepts import Terms
from fmvault.vault import Vault

SCHEMA = json.loads((Path(__file__).parents[1] / "schemas/explorer.schema.json").read_text(encoding="utf-8"))
KINDS = "[kinds.concept]\n[relations.requires]\ninverse = 'enables'\n"
TEMPLATE = """<!doctype html><html lang="{{lang}}"><head><meta http-equiv="Content-Security-Policy" content="{{csp}}">
<title>{{title}}</title><style>{{style}}</style></head><body><noscript>{{svg}}{{table}}</noscript>
<script type="application/json" id="fmvault-data">{{data}}</script><script>{{script}}</script></body></html>"""
PHRASES = Phrases(
    "All notes",
    "The {shown} most central of {all} notes",
    "Map",
    ("Note", "Kind", "Group", "To", "From", "Rank"),
    "(missing)",
)
PARTS = Parts("en", TEMPLATE, "run('{{title}}')", "a{}", PHRASES)
ENTROPY = """---
type: concept
aliases: [Shannon entropy]
tags: [Maths/Information, physics]
created: 2026-11-22
requires: '[[Probability]]'
---
# Entropy

## Definition

Entropy is the mean **surprise** of a [[Source|source of symbols]]. It is measured in bits.

## Why this concept matters

No code is shorter. See [[Code]].

## Open questions

- What has [[Heat]] to do with it?
- Is it subjective?
"""
FILES = {
    "Maths/Entropy.md": ENTROPY,
    "Maths/Probability.md": "---\ntype: concept\ntags: [maths/information]\nenables: '[[Entropy]]'\n---\n",
    "Code.md": "A code leads back to [[Entropy]]! It also has ![[tree.png]].",
    "Alone.md": "one two three",
}


def graph(
    files: Mapping[str, str], others: Sequence[str] = (), *, tags: bool = False, attachments: bool = False
) -> ConceptGraph:
    """The graph of notes and other files, under the kind ``concept``."""
    notes = [markdown.parse(path, text.encode(), keep_text=True) for path, text in files.items()]
    read = config.load("fmvault.toml", KINDS, config.Known({}, ("full",)))
    return build(Terms(read, lambda path: b"").of(Vault(notes, [*files, *others])), tags=tags, attachments=attachments)


def document(files: Mapping[str, str] = FILES) -> Document:
    return data(graph(files), "vault")


def as_json(of: Document) -> Any:
    read = json.loads(encode(of))
    jsonschema.validate(read, SCHEMA)
    return read


def large(count: int = 1500) -> Mapping[str, str]:
    """Notes in a ring, with links across."""
    return {
        f"{number}.md": f"---\ntype: concept\n---\n# Definition\nIt comes before [[{(number + 1) % count}]].\n"
        f"# Mine\n[[{number * 7 % count}]] and [[missing {number % 50}]]\n"
        for number in range(count)
    }


# -- the data ----------------------------------------------------------------------------------------------------------


def test_the_document_says_what_there_is() -> None:
    read = as_json(document())
    nodes, edges = read["nodes"], read["edges"]
    assert nodes["name"] == ["Alone", "Code", "Entropy", "Probability", "Heat", "Source"]
    assert nodes["type"] == [0, 0, 0, 0, 1, 1]
    assert [read["kinds"][kind] for kind in nodes["kind"]] == ["", "", "concept", "concept", "", ""]
    assert [read["folders"][folder] for folder in nodes["folder"]] == ["", "", "Maths", "Maths", "", ""]
    assert [[read["tags"][tag] for tag in tags] for tags in nodes["tags"][2:4]] == [
        ["Maths/Information", "physics"],
        ["Maths/Information"],
    ]
    assert nodes["aliases"][2] == ["Shannon entropy"]
    assert nodes["created"][2] == 20_779
    assert nodes["words"][0] == 3
    assert nodes["depth"] == [None, None, 1, 0, None, None]
    assert nodes["community"][0] is None
    assert nodes["component"] == [1, 0, 0, 0, 0, 0]
    assert nodes["cut"] == [0, 0, 1, 0, 0, 0]
    told = [
        (nodes["name"][source], read["types"][type]["name"], nodes["name"][target], weight)
        for source, target, type, weight in zip(
            edges["source"], edges["target"], edges["type"], edges["weight"], strict=True
        )
    ]
    assert told == [
        ("Code", "mentions", "Entropy", 1),
        ("Entropy", "requires", "Probability", 2),
        ("Entropy", "definition", "Source", 1),
        ("Entropy", "why-it-matters", "Code", 1),
        ("Entropy", "questions", "Heat", 1),
    ]
    assert {type["name"]: (type["kind"], type["inverse"]) for type in read["types"]} == {
        "mentions": ("mention", None),
        "requires": ("relation", "enables"),
        "definition": ("section", None),
        "why-it-matters": ("section", None),
        "questions": ("section", None),
    }
    # Code and Entropy lead to each other; all others hang by one line.
    assert read["bridges"] == [0, 1, 2, 3, 4]
    assert [nodes["name"][each["node"]] for each in read["wanted"]] == ["Heat", "Source"]
    assert read["wanted"][0]["questions"] == ["What has Heat to do with it?"]


def test_notes_are_told_in_their_own_words() -> None:
    read = as_json(document())
    assert (
        read["text"]["definition"][2] == "Entropy is the mean surprise of a source of symbols. It is measured in bits."
    )
    assert read["text"]["why"][2] == "No code is shorter. See Code."
    assert read["text"]["questions"][2] == ["What has Heat to do with it?", "Is it subjective?"]
    assert read["edges"]["context"] == [
        "A code leads back to Entropy!",
        "",
        "Entropy is the mean surprise of a source of symbols.",
        "See Code.",
        "What has Heat to do with it?",
    ]


def test_days_come_from_properties_else_from_the_history() -> None:
    files = {"a.md": "---\ncreated: 2026-11-22\n---\n", "b.md": "---\nModified: 2026-11-22T10:00\n---\n", "c.md": ""}
    found = data(graph(files), "vault", dates={"a.md": (1, 2), "b.md": (3, 4)}).nodes
    assert (found.created, found.updated) == ([20_779, 3, None], [2, 20_779, None])


def test_tags_and_attachments_are_nodes_where_they_are_asked_for() -> None:
    read = as_json(data(graph(FILES, ["tree.png"], tags=True, attachments=True), "vault"))
    assert list(zip(read["nodes"]["name"], read["nodes"]["type"], strict=True))[6:] == [
        ("tree.png", 3),
        ("Maths/Information", 2),
        ("physics", 2),
    ]
    assert {type["name"]: type["count"] for type in read["types"] if type["name"] in ("tagged", "attached")} == {
        "tagged": 3,
        "attached": 1,
    }
    # What is wanted is not changed by it.
    assert [each["gain"] for each in read["wanted"]] == [each.gain for each in document().wanted]


def test_an_empty_vault_has_a_document_and_a_page() -> None:
    empty = document({})
    assert as_json(empty)["nodes"]["name"] == []
    assert "<tbody>" in page(empty, PARTS)


def test_addresses_are_given_where_pages_are_known() -> None:
    found = data(graph({"a.md": "", "b.md": ""}), "vault", urls={"b.md": "b.html"})
    assert found.nodes.url == [None, "b.html"]
    assert '<a href="b.html">b</a>' in page(found, PARTS)


def test_a_note_is_shown_by_its_title_and_known_by_its_name_too_where_it_has_a_page() -> None:
    document = data(graph({"2026.md": "---\naliases: [Year]\n---\n"}), "V", titles={"2026.md": "The year"})
    assert (document.nodes.name, document.nodes.aliases) == (["The year"], [["2026", "Year"]])


def test_an_address_that_runs_something_is_no_link() -> None:
    found = data(graph({"a.md": ""}), "vault", urls={"a.md": "javascript:alert(1)"})
    assert "<a " not in page(found, PARTS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two [[x]] three? Four.", "Two x three?"),
        ("Before [[x|Mr. X. Y]] after. Next.", "Before Mr. X. Y after."),
        ("- one [[y]]\n- two [[x]]\n- three", "two x"),
        ("# On [[x]] and more\ntext", "On x and more"),
        ("| a | [[x]] |\n|---|---|\n| b | c |", "a x"),
        ("`a. b` [[x]] é", "a. b x é"),
        ("%%[[x]]%% hidden", ""),
    ],
)
def test_the_context_of_a_link_is_its_sentence(text: str, expected: str) -> None:
    note = markdown.parse("a.md", text.encode(), keep_text=True)
    link = next((each for each in note.links if each.target == "x"), None)
    assert " ".join((sentence(note, link) if link else "").split()) == expected


def test_long_text_ends_at_a_word() -> None:
    assert shortened("one two  three", 20) == "one two three"
    assert shortened("one two three", 9) == "one two…"
    assert shortened("x" * 50, 5) == "xxxx…"


# -- one build and the next --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("files", [FILES, large()], ids=["small", "large"])
def test_a_page_built_again_from_itself_is_the_same(files: Mapping[str, str]) -> None:
    first = page(document(files), PARTS)
    assert first == page(document(files), PARTS)
    carried = unpacked(first.encode())
    assert carried is not None
    again = data(graph(files), "vault", past=past(carried))
    assert page(again, PARTS) == first


def test_a_note_that_was_moved_to_another_folder_of_the_list_is_known_by_its_path() -> None:
    files = {"b/x.md": "[[y]]", "b/y.md": ""}
    first = document(files)
    carried = past(encode(first))
    second = data(graph({"a/new.md": "", **files}), "vault", past=carried)
    assert second.nodes.x[1:] == first.nodes.x
    assert second.nodes.y[1:] == first.nodes.y


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b'{"version": 2}',
        b"\xff",
        b'{"version":1,"folders":[],"nodes":{"name":["a"],"type":[0],"folder":[0],"x":[1],"y":[1],"community":[0]},'
        b'"layout":{"added":0,"length":0}}',
        b'{"version":1,"folders":[""],"nodes":{"name":["a"],"type":[0],"folder":[0],"x":[99999],"y":[1],"community":[0]},'
        b'"layout":{"added":0,"length":0}}',
        b'{"version":1,"folders":[""],"nodes":{"name":["a"],"type":[0],"folder":[0],"x":[],"y":[1],"community":[0]},'
        b'"layout":{"added":0,"length":0}}',
    ],
)
def test_what_is_no_document_has_no_past(content: bytes) -> None:
    assert past(content) is None


@pytest.mark.parametrize("carried", ["", "####", "AAAA", "a", "é"])
def test_what_is_no_page_of_ours_carries_nothing(carried: str) -> None:
    html = f'<script type="application/json" id="fmvault-data">{carried}</script>'.encode()
    assert past(unpacked(html) or b"") is None
    assert unpacked(carried.encode()) is None


# -- the page ----------------------------------------------------------------------------------------------------------

HOSTILE = (
    "</script><script>alert(1)</script>",
    '"onload="alert(1)',
    "'><img src=x onerror=alert(1)>",
    "{{script}}",
    "<!--",
    "]]>",
    "&lt;b&gt;",
    "مرحبا \u202e RTL",
    "🎉" * 50,
    "x" * 200,
)


class Elements(HTMLParser):
    """The elements of a page with their attributes, and the contents of those that hold scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.attributes: set[str] = set()
        self.scripts: list[str] = []
        self._script = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.attributes.update(name for name, _ in attrs)
        self._script = tag == "script"
        if self._script:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._script = False

    def handle_data(self, data: str) -> None:
        if self._script:
            self.scripts[-1] += data


def test_hostile_names_are_text_and_nothing_else() -> None:
    files = {
        f"{number} {name.replace('/', '∕')}.md": "---\ntype: concept\n"
        f"aliases: [{json.dumps(name)}]\ntags: [a]\n---\n# Definition\n{name} [[x]]\n# Open questions\n- {name}\n"
        for number, name in enumerate(HOSTILE)
    }
    title = HOSTILE[0]
    html = page(data(graph(files), title), PARTS)
    parsed = Elements(html)
    assert parsed.found.count("script") == 2
    assert {"img", "b", "a"}.isdisjoint(parsed.found)
    assert not any(name.startswith("on") for name in parsed.attributes)
    assert parsed.scripts[1] == PARTS.script
    read = json.loads(parsed.scripts[0])
    assert read["title"] == title
    assert read["nodes"]["aliases"][0] == [HOSTILE[0]]


def test_a_name_that_is_no_text_is_shown_all_the_same() -> None:
    found = document({"a\udcff.md": ""})
    assert as_json(found)["nodes"]["name"] == ["a?"]
    page(found, PARTS).encode()


def test_the_policy_lets_the_script_run_and_nothing_else() -> None:
    html = page(document(), PARTS)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    # echo -n "run('{{title}}')" | openssl dgst -sha256 -binary | base64
    assert "script-src 'sha256-d6itoDt+4Ip3WP8clzUInNVQJf+RM9ydSkm45QB69+c=';" in policy[1]
    assert policy[1].startswith("default-src 'none';")
    assert "unsafe" not in policy[1]


def test_the_picture_is_a_picture_and_the_table_says_how_much_it_shows() -> None:
    html = page(document(large()), PARTS)
    svg = re.search("<svg.*?</svg>", html, re.DOTALL)
    assert svg is not None
    assert len(ElementTree.fromstring(svg[0]).findall("{*}circle")) == 500
    assert "<caption>The 500 most central of 1550 notes</caption>" in html
    assert html.count("<tr>") == 501


def test_the_title_leads_to_the_site_that_the_page_is_of() -> None:
    parts = replace(PARTS, template="<h1>{{home}}</h1>")
    of = graph({"a.md": ""})
    assert page(data(of, "A & B", urls={"a.md": "a.html"}), parts) == '<h1><a href="index.html">A &amp; B</a></h1>'
    assert page(data(of, "A & B"), parts) == "<h1>A &amp; B</h1>"
    assert page(data(of, "A & B", urls={"a.md": "https://x.org/a"}), parts) == "<h1>A &amp; B</h1>"


def test_the_page_speaks_the_language_of_its_parts() -> None:
    html = page(document(), replace(PARTS, language="de", phrases=replace(PHRASES, missing="(fehlt)")))
    assert '<html lang="de">' in html
    assert "(fehlt)" in html


def test_a_small_vault_is_carried_as_json_and_a_larger_one_is_packed_in_two_lines() -> None:
    assert packed(document()).startswith("{")
    whole = document(large())
    first, second = (json.loads(zlib.decompress(b64decode(line), -15)) for line in packed(whole).split("\n"))
    assert (first["text"], first["edges"]["context"]) == (None, None)
    first["text"], first["edges"]["context"] = second["text"], second["context"]
    assert first == json.loads(encode(whole))


def test_words_are_left_out_of_a_large_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fmvault.graph.excerpts._MOST_TEXT", 100)
    read = as_json(document())
    assert (read["text"], read["edges"]["context"]) == (None, None)
    assert read["limits"] == {"table": 500, "text": "trimmed", "context": "trimmed"}
