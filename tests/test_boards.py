"""Canvases drawn and bases told: where things stand, what leads where, and what is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmvault.model import Note, Span
from fmvault.plain import plain
from fmvault.publish.boards import base, canvas
from fmvault.publish.contexts import Entry
from fmvault.publish.markup import Renderer
from tests.test_machines import site

TEXTS = {
    f"base_{key}": key.upper()
    for key in "note view filters formulas type order sort groupby limit and or not".split()  # noqa: SIM905
}
SVG = "{http://www.w3.org/2000/svg}"


class Plain:
    """Renders a passage as its words in a paragraph, and tells of its links."""

    def passage(self, note: Note, span: Span, page: str) -> str:
        return f"<p>{escape(plain(note, span))}</p>" + "".join(f"<i>{link.target}</i>" for link in note.links)


def drawn(board: object, files: Mapping[str, str] = {}, **chosen: object) -> tuple[str, Sequence[Entry]]:
    """The canvas ``Maps/Board.canvas`` as it is drawn on its page."""
    text = board if isinstance(board, str) else json.dumps(board)
    of = site({"Maps/Board.canvas": text, **files})
    return canvas(of, Plain(), of.boards[0], of.addresses["Maps/Board.canvas"])


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def card(id: str, x: float, y: float, width: float = 100, height: float = 50, **more: object) -> dict[str, object]:
    return {"id": id, "type": "text", "text": id, "x": x, "y": y, "width": width, "height": height, **more}


def edge(source: str, target: str, **more: object) -> dict[str, object]:
    return {"id": f"{source}-{target}", "fromNode": source, "toNode": target, **more}


# -- where things stand ------------------------------------------------------------------------------------------------


def test_a_canvas_is_as_large_as_what_stands_on_it() -> None:
    root = parsed(drawn({"nodes": [card("a", -100, 0), card("b", 300, 200, 200, 80)]})[0])
    # From -100 to 500 and from 0 to 280, and a margin of 40.
    assert root.get("viewBox") == "-140 -40 680 360"
    # The style sheet is told how many times 500 it is wide.
    assert root.get("data-wide") == "2"
    assert (root.get("width"), root.get("height")) == ("680", "360")
    assert root.get("aria-label") == "Board"


def test_an_edge_joins_the_middles_of_the_sides_it_names() -> None:
    nodes = [card("a", 0, 0), card("b", 400, 300)]
    root = parsed(drawn({"nodes": nodes, "edges": [edge("a", "b", fromSide="bottom", toSide="left")]})[0])
    line, head = root.findall(f"{SVG}g[@class='canvas-edge']/{SVG}path")
    # From (50, 50) down, to (400, 325) from the left; the ends are 350 and 275 apart: half of it is 312, at most 200.
    assert line.get("d") == "M50 50C50 250 200 325 400 325"
    # The head's tip is on the side, its back 14 to the left of it.
    assert head.get("d") == "M400 325L386 318L386 332Z"


@pytest.mark.parametrize(
    ("x", "y", "line"),
    [
        (400, 0, "M100 25C250 25 250 25 400 25"),
        (-400, 0, "M0 25C-150 25 -150 25 -300 25"),
        (0, 400, "M50 50C50 225 50 225 50 400"),
        (0, -400, "M50 0C50 -175 50 -175 50 -350"),
    ],
)
def test_an_edge_that_names_no_sides_joins_those_that_face_each_other(x: int, y: int, line: str) -> None:
    svg = drawn({"nodes": [card("a", 0, 0), card("b", x, y)], "edges": [edge("a", "b")]})[0]
    path = parsed(svg).find(f"{SVG}g[@class='canvas-edge']/{SVG}path")
    assert path is not None
    assert path.get("d") == line


@pytest.mark.parametrize(
    ("ends", "heads"),
    [({}, 1), ({"toEnd": "none"}, 0), ({"fromEnd": "arrow"}, 2), ({"fromEnd": "arrow", "toEnd": "none"}, 1)],
)
def test_arrows_stand_where_the_canvas_has_them(ends: dict[str, object], heads: int) -> None:
    svg = drawn({"nodes": [card("a", 0, 0), card("b", 400, 0)], "edges": [edge("a", "b", **ends)]})[0]
    assert svg.count('class="canvas-arrow"') == heads


def test_groups_lie_below_edges_and_edges_below_cards() -> None:
    group = {"id": "g", "type": "group", "label": "All & more", "x": -50, "y": -50, "width": 600, "height": 300}
    board = {"nodes": [card("a", 0, 0), card("b", 400, 0), group], "edges": [edge("a", "b", label="to <b>")]}
    svg = drawn(board)[0]
    assert re.findall(r'class="(canvas-group|canvas-edge|canvas-card|canvas-label)', svg) == [
        "canvas-group",
        "canvas-edge",
        "canvas-card",
        "canvas-card",
        "canvas-label",
    ]
    assert "All &amp; more</text>" in svg
    assert 'x="250" y="25" text-anchor="middle">to &lt;b&gt;</text>' in svg


@pytest.mark.parametrize(
    ("colour", "attribute"),
    [
        ("1", ' data-color="1"'),
        ("6", ' data-color="6"'),
        ("#a1B2c3", ' color="#a1B2c3"'),
        ("#abc", ' color="#abc"'),
        ("7", ""),
        ("red", ""),
        ("#12345", ""),
        ('#abc" onload="x', ""),
        ("#abcdef\n", ""),
        (1, ""),
        (None, ""),
    ],
)
def test_colours_are_the_six_or_hexadecimal(colour: object, attribute: str) -> None:
    svg = drawn({"nodes": [card("a", 0, 0, color=colour)]})[0]
    assert f'<g class="canvas-card canvas-text"{attribute}><rect' in svg


# -- what cards hold ---------------------------------------------------------------------------------------------------


def test_a_file_card_leads_to_the_page_and_says_what_it_is_about() -> None:
    files = {"Concepts/A & B.md": "## Definition\n\nWhat A & B is.\n\n## More\n\nText.\n"}
    node = {**card("n", 0, 0), "type": "file", "file": "Concepts/A & B.md", "subpath": "#More"}
    svg, listing = drawn({"nodes": [node]}, files)
    link = '<a class="link" href="../concepts/a-b.html#more" data-note="concepts/a-b.html">A &amp; B</a>'
    assert f'<p class="canvas-title">{link}</p><p>What A &amp; B is.</p>' in svg
    assert listing[0].ref.href == "../concepts/a-b.html#more"


def test_a_link_of_a_card_to_itself_is_text() -> None:
    svg = drawn(
        {"nodes": [card("n", 0, 0, text="# Part\n\n[[#Part]], [[#Part|that]], [so](#part) and [[A]]")]}, {"A.md": ""}
    )[0]
    assert "Part, that, so and A</p><i>A</i></div>" in svg


def test_a_part_of_a_board_is_led_to_as_the_board() -> None:
    made = site({"a.md": "![[B.base#View]]", "B.base": "views: []\n"})
    assert 'href="b.base.html"' in Renderer(made, {}).body(made.vault.notes["a.md"], "a.html").html


def test_a_picture_is_shown() -> None:
    node = {**card("n", 0, 0), "type": "file", "file": "Pics/my map.png"}
    svg = drawn({"nodes": [node]}, {"Pics/my map.png": ""})[0]
    image = parsed(svg).find(f".//{SVG}image")
    assert image is not None
    assert (image.get("href"), image.get("aria-label")) == ("../files/pics/my-map.png", "my map.png")


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("https://example.org/a?b=1&c", "https://example.org/a?b=1&amp;c"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        (" https://example.org/ x", None),
        ('https://example.org/"onclick="x', None),
        ("file:///etc/passwd", None),
    ],
)
def test_a_link_card_leads_only_where_it_is_safe(url: str, href: str | None) -> None:
    svg = drawn({"nodes": [{**card("n", 0, 0), "type": "link", "url": url}]})[0]
    assert re.findall('href="([^"]*)"', svg) == ([href] if href else [])
    assert "onclick=" not in re.sub("&quot;.*", "", svg)


def test_what_is_not_published_is_left_out_with_its_edges() -> None:
    nodes = [
        card("a", 0, 0, text="See [[Canary]] and %% canary %% [[Canary|canary]]."),
        {**card("secret", 400, 0), "type": "file", "file": "Canary.md"},
        {**card("gone", 800, 0), "type": "file", "file": "No such canary.md"},
        {**card("outside", 800, 0), "type": "file", "file": "../../canary.md"},
    ]
    edges = [edge("a", "secret", label="canary"), edge("gone", "a", label="canary")]
    svg, listing = drawn({"nodes": nodes, "edges": edges}, {"Canary.md": "---\ndraft: true\n---\n"})
    assert "canary" not in (svg + repr(listing)).lower()
    assert parsed(svg).get("viewBox") == "-40 -40 180 130"
    assert "(not published)" in svg


def test_the_list_says_what_leads_where_from_top_to_bottom() -> None:
    group = {"id": "g", "type": "group", "label": "Both", "x": -50, "y": -50, "width": 300, "height": 400}
    board = {
        "nodes": [card("low", 0, 200), card("high", 0, 0), group],
        "edges": [edge("low", "high", label="needs"), edge("high", "low", fromEnd="arrow", toEnd="none")],
    }
    told = [(entry.ref.title, [note.title for note in entry.notes]) for entry in drawn(board)[1]]
    assert told == [("Both", ["low", "high"]), ("high", []), ("low", ["needs: high", "high"])]


# -- hostile canvases --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "board",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        "{}",
        '{"nodes": 1}',
        '{"nodes": [1, null, [], {"id": 1}]}',
        "[" * 100_000,
        '{"nodes": [{"id": "a", "type": "text", "text": "x", "x": NaN, "y": 0, "width": 1, "height": 1}]}',
        '{"nodes": [{"id": "a", "type": "text", "text": "x", "x": Infinity, "y": 0, "width": 1, "height": 1}]}',
        '{"nodes": [{"id": "a", "type": "text", "text": "x", "x": true, "y": 0, "width": 1, "height": 1}]}',
        '{"nodes": [{"id": "a", "type": "text", "text": "x", "x": "0", "y": 0, "width": 1, "height": 1}]}',
        '{"nodes": [{"id": "a", "type": "script", "text": "x", "x": 0, "y": 0, "width": 1, "height": 1}]}',
        '{"nodes": [{"id": "a", "type": "text", "text": "x", "x": '
        + "9" * 5000
        + ', "y": 0, "width": 1, "height": 1}]}',
    ],
)
def test_what_is_no_canvas_shows_nothing(board: str) -> None:
    assert drawn(board) == ("", ())


@pytest.mark.parametrize("far", [1e300, -1e300, 10**400, 1e999, 123456789])
def test_what_lies_far_out_is_moved_in(far: float) -> None:
    board = json.dumps({"nodes": [card("a", 0, 0), card("b", 0, 0, 1, 1)]}).replace(
        '"x": 0, "y": 0, "width": 1,', '"x": FAR, "y": FAR, "width": FAR,'
    )
    svg, _ = drawn(board.replace("FAR", json.dumps(far)))
    root = parsed(svg)
    assert float(root.get("width", "")) <= 200_000 + 20_000 + 80


def test_a_large_canvas_is_cut_short() -> None:
    nodes = [card(str(number), number, 0) for number in range(3000)]
    svg = drawn({"nodes": nodes, "edges": [edge("0", "1")] * 9000})[0]
    assert (svg.count("canvas-card"), svg.count("canvas-edge")) == (2000, 5000)


def test_an_edge_to_itself_or_to_nothing_is_none() -> None:
    svg = drawn({"nodes": [card("a", 0, 0)], "edges": [edge("a", "a"), edge("a", "b"), edge("a", ""), 1]})[0]
    assert "canvas-edge" not in svg


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_VALUE = _JSON | st.sampled_from(["a", "b", "text", "file", "link", "group", "top", "arrow", "A.md", "#x", 0, 10, 1e9])


@given(
    st.lists(
        st.fixed_dictionaries(
            dict.fromkeys(("id", "type", "x", "y", "width", "height", "text", "file", "url", "color", "label"), _VALUE)
        ),
        max_size=4,
    ),
    st.lists(
        st.fixed_dictionaries(dict.fromkeys(("fromNode", "toNode", "fromSide", "toEnd", "label", "color"), _VALUE)),
        max_size=3,
    ),
)
def test_any_canvas_is_drawn_as_xml_that_runs_nothing(nodes: list[object], edges: list[object]) -> None:
    svg, _ = drawn(json.dumps({"nodes": nodes, "edges": edges}), {"A.md": "x"})
    if svg:
        for each in parsed(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", svg)).iter():
            assert not any(name.startswith("on") or name == "style" for name in each.attrib)


# -- bases -------------------------------------------------------------------------------------------------------------


def told(source: str, files: Mapping[str, str] = {}) -> str:
    of = site({"B.base": source, "Concepts/A.md": "#x", **files})
    return base(of, of.boards[0], TEXTS)


def test_a_base_tells_its_filters_views_and_columns() -> None:
    source = """
filters:
  and:
    - file.hasTag("x")
    - or:
        - 'status != "done"'
        - price > 2 < 3
formulas:
  double: price * 2
properties:
  note.price:
    displayName: Price & more
views:
  - type: table
    name: All <of> them
    limit: 10
    order: [file.name, note.price, formula.double]
    sort:
      - property: note.price
        direction: DESC
  - type: cards
    filters: file.inFolder("Concepts")
"""
    assert told(source) == (
        '<p class="plugin-note">NOTE</p><dl class="base"><dt>FILTERS</dt><dd>AND <ul><li><code>file.hasTag('
        "&quot;x&quot;)</code></li><li>OR <ul><li><code>status != &quot;done&quot;</code></li><li><code>price &gt; 2 "
        "&lt; 3</code></li>"
        "</ul></li></ul></dd><dt>FORMULAS</dt><dd><ul><li>double = <code>price * 2</code></li></ul></dd></dl>"
        '<section class="base-view"><h2>All &lt;of&gt; them</h2><dl class="base"><dt>TYPE</dt><dd>table</dd>'
        "<dt>ORDER</dt><dd><ul><li>file.name</li><li>Price &amp; more</li><li>formula.double</li></ul></dd>"
        "<dt>SORT</dt><dd><ul><li>Price &amp; more ↓</li></ul></dd><dt>LIMIT</dt><dd>10</dd></dl></section>"
        '<section class="base-view"><h2>cards</h2><dl class="base"><dt>TYPE</dt><dd>cards</dd>'
        "<dt>FILTERS</dt><dd><code>file.inFolder(&quot;Concepts&quot;)</code></dd></dl></section>"
    )


@pytest.mark.parametrize(
    "filter",
    [
        'file.inFolder("Canary")',
        'file.hasLink("canary")',
        "file.name == 'Canary'",
        'link("Canary/canary")',
        'up == "[[canary]]"',
        'file.path.contains("canary\\\\"x")',
    ],
)
def test_a_base_does_not_tell_what_is_not_published(filter: str) -> None:
    shown = told(f"filters: {json.dumps(filter)}", {"Canary/canary.md": "---\npublish: false\n---\n"})
    assert "canary" not in shown.lower()
    assert "<code>" in shown


@pytest.mark.parametrize(
    "source",
    [
        "",
        "- a",
        "views: 1",
        "views: [1, [], {order: 3, sort: {a: b}}]",
        "a: [",
        "[" * 9999,
        "\x00",
        "a: &a [*a]",
        "---\n---\n",
    ],
)
def test_what_is_no_base_is_told_as_nothing(source: str) -> None:
    assert told(source).startswith('<p class="plugin-note">NOTE</p>')


def test_aliases_in_a_base_do_not_grow_without_end() -> None:
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12))
    assert len(told(f"l0: &l0 [x]\n{levels}\nviews: *l11")) < 10_000
