"""Canvases drawn and bases told: where things stand, what leads where, and what is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fmvault.model import Block, Heading, Note, Span
from fmvault.plain import plain
from fmvault.publish.boards import base, canvas
from fmvault.publish.contexts import Entry
from fmvault.publish.markup import Body, Renderer
from tests.test_machines import site
from tests.test_site import tasks

TEXTS = {
    f"base_{key}": key.upper()
    for key in "note view filters formulas type order sort groupby limit and or not".split()  # noqa: SIM905
}
SVG = "{http://www.w3.org/2000/svg}"


class Plain:
    """Renders a passage as its words in a paragraph, and tells of its links."""

    def passage(self, note: Note, span: Span, page: str) -> str:
        return f"<p>{escape(plain(note, span))}</p>" + "".join(f"<i>{link.target}</i>" for link in note.links)

    def place(self, note: Note, anchor: Heading | Block, page: str) -> str:
        return f"<p>{type(anchor).__name__} of {note.name} &amp; more</p>"


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
    node = {**card("n", 0, 0), "type": "file", "file": "Concepts/A & B.md"}
    svg, listing = drawn({"nodes": [node]}, files)
    link = '<a class="link" href="../concepts/a-b.html" data-note="concepts/a-b.html">A &amp; B</a>'
    assert f'<p class="canvas-title">{link}</p><p>What A &amp; B is.</p>' in svg
    assert listing[0].ref.href == "../concepts/a-b.html"


@pytest.mark.parametrize(
    ("subpath", "id", "shown"), [("#More", "more", "Heading of A & more"), ("#^it", "block-it", "Block of A & more")]
)
def test_a_file_card_with_a_place_shows_what_stands_there(subpath: str, id: str, shown: str) -> None:
    files = {"A.md": "## Definition\n\nWhat A is.\n\n## More\n\nText. ^it\n"}
    node = {**card("n", 0, 0), "type": "file", "file": "A.md", "subpath": subpath}
    svg, listing = drawn({"nodes": [node]}, files)
    link = f'<a class="link" href="../a.html#{id}" data-note="a.html">A</a>'
    assert f'<p class="canvas-title">{link}</p><p>{escape(shown)}</p>' in svg
    assert (listing[0].ref.href, listing[0].text_html) == (f"../a.html#{id}", escape(shown))


def test_a_place_of_a_card_is_written_as_an_embed_of_it_is() -> None:
    text = "# A\n\n## One\n\nNo.\n\n## Two\n\nYes, [[B]].\n\n### Three\n\nAnd this.\n\n## Four\n\nNo.\n"
    node = {**card("n", 0, 0), "type": "file", "file": "A.md", "subpath": "#Two"}
    of = site({"Board.canvas": json.dumps({"nodes": [node]}), "A.md": text, "B.md": ""})
    svg, _ = canvas(of, Renderer(of, {}), of.boards[0], of.addresses["Board.canvas"])
    link = '<a class="link" href="b.html" data-note="b.html">B</a>'
    assert f"<h2>Two</h2>\n<p>Yes, {link}.</p>\n<h3>Three</h3>\n<p>And this.</p>\n</div>" in svg
    assert "No." not in svg


def test_a_link_of_a_card_to_itself_is_text() -> None:
    svg = drawn(
        {"nodes": [card("n", 0, 0, text="# Part\n\n[[#Part]], [[#Part|that]], [so](#part) and [[A]]")]}, {"A.md": ""}
    )[0]
    assert "Part, that, so and A</p><i>A</i></div>" in svg


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
        ("tel:+49301", "tel:+49301"),
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


def test_an_address_in_obsidian_that_names_what_is_not_published_is_left_out() -> None:
    nodes = [
        {**card("a", 0, 0), "type": "link", "url": "obsidian://open?file=The%20canary"},
        {**card("b", 400, 0), "type": "link", "url": "https://example.org/canary"},
    ]
    svg, listing = drawn({"nodes": nodes}, {"The Canary.md": "---\ndraft: true\n---\n", "Canary.md": "x"})
    assert [entry.ref.href for entry in listing] == ["https://example.org/canary"]
    assert "obsidian" not in svg


# -- boards in notes ---------------------------------------------------------------------------------------------------


def body(files: Mapping[str, object], path: str = "a.md") -> Body:
    """The text of the note at ``path`` as its page has it."""
    made = site({name: text if isinstance(text, str) else json.dumps(text) for name, text in files.items()})
    return Renderer(made, {}).body(made.vault.notes[path], made.addresses[path])


def test_a_canvas_is_drawn_where_a_note_embeds_it() -> None:
    node = {**card("n", 0, 0), "type": "file", "file": "C/D.md"}
    files = {"N/a.md": "Before\n![[B.canvas|the board]]\nafter", "B.canvas": {"nodes": [node]}, "C/D.md": "x"}
    html = body(files, "N/a.md").html
    # Its links lead on from the note's page, and it stands between the paragraphs.
    assert '<p class="canvas-title"><a class="link" href="../c/d.html" data-note="c/d.html">D</a></p>' in html
    title = '<p class="embed-title"><a class="link" href="../b.canvas.html" data-note="b.canvas.html">the board</a></p>'
    assert html.startswith(f'<p>Before</p>\n<div class="embed">{title}\n<div class="embed-board"><svg class="canvas" ')
    assert html.endswith("</svg></div></div>\n<p>after</p>\n")


def test_a_note_s_picture_of_a_canvas_is_that_of_its_page() -> None:
    board = {"nodes": [card("a", 0, 0, text="*One*\n- $x$"), card("b", 400, 0)], "edges": [edge("a", "b", label="to")]}
    made = site({"a.md": "![](B.canvas)", "B.canvas": json.dumps(board)})
    renderer = Renderer(made, {})
    svg, _ = canvas(made, renderer, made.boards[0], "a.html")
    # There cards scroll, and so can be reached by keys.
    svg = svg.replace(' tabindex="0"><p>', "><p>")
    assert svg in renderer.body(made.vault.notes["a.md"], "a.html").html


def test_boards_on_one_page_have_no_ids_that_could_clash() -> None:
    text = "# Part\n\nText[^1] ^block\n\n[^1]: Foot\n\n<b id=mine>x</b>\n\n```mermaid\na\n```\n\n- [ ] task"
    files = {
        "a.md": "![[B.canvas]]\n\n![[B.canvas]]\n\n![[B.base]]",
        "B.canvas": {"nodes": [card("n", 0, 0, text=text)]},
    }
    html = body({**files, "B.base": "views: [{type: table, name: mine}]"}).html
    assert html.count("<svg ") == 2
    assert not re.search(r"\sid=", html)


def test_a_canvas_that_shows_a_note_which_embeds_it_is_no_circle() -> None:
    nodes = [card("t", 0, 0, text="![[a]] ![[B.canvas]]"), {**card("f", 400, 0), "type": "file", "file": "a.md"}]
    html = body({"a.md": "![[B.canvas]]\n\n![[c]]", "c.md": "![[B.canvas]]", "B.canvas": {"nodes": nodes}}).html
    # Once in the note itself, and once in the note that it embeds.
    assert html.count("<svg ") == 2
    assert html.count('<a class="link" href="b.canvas.html" data-note="b.canvas.html">B.canvas</a>') == 4


def test_a_canvas_stands_in_a_quote_and_in_an_entry_and_beside_raw_html() -> None:
    board = {"nodes": [card("n", 0, 0)]}
    html = body(
        {"a.md": "> ![[B.canvas]]\n\n- <i>x</i>\n  ![[B.canvas]]\n\n<div>\n\n![[B.canvas]]", "B.canvas": board}
    ).html
    assert re.findall(r"<(blockquote|li|i|svg|/blockquote|/li)\b", html) == [
        *("blockquote", "svg", "/blockquote"),
        *("li", "i", "svg", "/li"),
        "svg",
    ]


def test_within_a_line_and_in_a_link_a_board_is_a_link() -> None:
    html = body(
        {"a.md": "**![[B.canvas]]** and # x\n\n## ![[B.canvas]]", "B.canvas": {"nodes": [card("n", 0, 0)]}}
    ).html
    assert "<svg" not in html
    assert html.count('href="b.canvas.html"') == 2


def test_what_is_no_canvas_is_led_to() -> None:
    assert body({"a.md": "![[B.canvas]]", "B.canvas": "{"}).html == (
        '<p><a class="link" href="b.canvas.html" data-note="b.canvas.html">B.canvas</a></p>\n'
    )


# 200 cards, 400 edges and 60,000 characters are shown in full.
_CARDS_200 = [card(str(number), 120 * number, 0) for number in range(200)]
_EDGES_400 = [edge("a", "b")] * 400
_TEXT_60_000 = [card(str(number), 0, 0, text="x" * 15_000) for number in range(4)]
_PAIR = [card("a", 0, 0), card("b", 400, 0)]


@pytest.mark.parametrize(
    ("nodes", "edges", "is_whole"),
    [
        (_CARDS_200, [], True),
        ([*_CARDS_200, card("more", 0, 100)], [], False),
        (_PAIR, _EDGES_400, True),
        (_PAIR, [*_EDGES_400, edge("b", "a")], False),
        (_TEXT_60_000, [], True),
        ([*_TEXT_60_000, card("more", 0, 0, text="x")], [], False),
    ],
)
def test_of_a_large_canvas_a_note_shows_the_outline_and_says_so(
    nodes: list[object], edges: list[object], is_whole: bool
) -> None:
    html = body({"a.md": "![[B.canvas]]", "B.canvas": {"nodes": nodes, "edges": edges}}).html
    assert html.count('<g class="canvas-card') == len(nodes)
    assert html.count("<foreignObject ") == (len(nodes) if is_whole else 0)
    # In outline a line joins the sides that face each other.
    assert html.count("M100 25L400 25") == (0 if is_whole or not edges else 400)
    assert ("this is its outline.</p></div>" in html) is not is_whole


def test_in_outline_nothing_is_told_of_what_is_not_published() -> None:
    nodes = [card(str(number), 0, 0, text="canary [[Canary]]") for number in range(300)]
    nodes += [{**card("secret", 9_000, 0), "type": "file", "file": "Canary.md"}]
    files = {"a.md": "![[B.canvas]]", "B.canvas": {"nodes": nodes}, "Canary.md": "---\ndraft: true\n---\n"}
    html = body(files).html
    assert "canary" not in html.lower()
    # The card that stands far out is not there either.
    assert 'viewBox="-40 -40 180 130"' in html


def test_a_page_embeds_no_more_of_boards_than_it_can_hold() -> None:
    board = {"nodes": [card(str(number), 0, 0, text="words " * 50) for number in range(190)]}
    made = body({"a.md": "\n\n".join(["![[B.canvas]]"] * 100), "B.canvas": board})
    # Each is above 60,000 bytes, and 2,000,000 are shown.
    assert 10 < made.html.count("<svg ") < 34
    assert len(made.html) < 3_000_000
    assert made.troubles == ("the page embeds more than it can hold; 'B.canvas' in 'a.md' is a link",)


BASE = """
filters: file.name != "Canary"
views:
  - {type: table, name: All of them, limit: 10}
  - {type: cards, name: Some}
"""


def test_a_base_is_told_where_a_note_embeds_it() -> None:
    html = body({"a.md": "![[B.base]]", "B.base": BASE, "Canary.md": "---\ndraft: true\n---\n"}).html
    title = '<p class="embed-title"><a class="link" href="b.base.html" data-note="b.base.html">B.base</a></p>'
    assert html.startswith(f'<div class="embed">{title}\n<p class="plugin-note">This is a base: Obsidian makes tables')
    assert re.findall('<p class="base-name">(.*?)</p>', html) == ["All of them", "Some"]
    assert "<dt>limit</dt><dd>10</dd>" in html
    assert "canary" not in html.lower()


def test_of_a_base_the_view_that_is_asked_for_is_told() -> None:
    html = body({"a.md": "![[B.base#some]]", "B.base": BASE}).html
    assert 'href="b.base.html" data-note="b.base.html">B.base &gt; some</a>' in html
    assert re.findall('<p class="base-name">(.*?)</p>', html) == ["Some"]
    assert "<dt>filters</dt>" in html
    # A view that is not there stands for all, as in Obsidian.
    html = body({"a.md": "![[B.base#None]]", "B.base": BASE}).html
    assert re.findall('<p class="base-name">(.*?)</p>', html) == ["All of them", "Some"]


def test_a_base_in_a_block_of_code_is_told_as_one_in_a_file() -> None:
    text = f"```base\n{BASE}```\n\n- x\n\n  ```base\n  views: [\n  ```\n"
    html = body({"a.md": text, "Canary.md": "---\ndraft: true\n---\n"}).html
    first, second = re.findall('<div class="plugin" data-plugin="base">(.*?)</div>', html, re.DOTALL)
    assert re.findall('<p class="base-name">(.*?)</p>', first) == ["All of them", "Some"]
    assert "canary" not in first.lower()
    # What cannot be read is shown as it is written.
    assert second.endswith('<pre tabindex="0"><code>views: [\n</code></pre>')


# -- what a page with a board depends on -------------------------------------------------------------------------------


EMBEDDING = {
    "a.md": "![[B.canvas]]",
    "b.md": "![[a]]",
    "c.md": "[[B.canvas]]",
    "d.md": "![[L.base]]",
    "e.md": "```base\nfilters: file.name != 'Named'\n```",
    "f.md": "[x](obsidian://open?file=Named)",
    "g.md": "[x](zotero://select/Named)",
    "h.md": "---\nsaid: after [[Named]]\n---\n",
    "i.md": "---\nsaid: Named.md\n---\n",
    "B.canvas": json.dumps({"nodes": [{**card("n", 0, 0), "type": "file", "file": "Shown.md"}]}),
    "L.base": "filters: file.name != 'Named'",
    "Shown.md": "---\ntype: concept\n---\n## Definition\n\nThis is shown.\n",
    "Named.md": "x",
}


@pytest.mark.parametrize(
    ("path", "text", "remade"),
    [
        ("B.canvas", json.dumps({"nodes": [card("n", 0, 0)]}), {"a.html", "b.html", "b.canvas.html", "shown.html"}),
        ("L.base", "filters: 1 > 2", {"d.html", "l.base.html"}),
        # A card says what the note that it leads to is about.
        (
            "Shown.md",
            "---\ntype: concept\n---\n## Definition\n\nThat is so.\n",
            {"a.html", "b.html", "b.canvas.html", "shown.html"},
        ),
        # What is no longer published is no longer named.
        ("Named.md", "---\ndraft: true\n---\n", {*(f"{each}.html" for each in "defghi"), "l.base.html"}),
    ],
)
def test_a_page_is_made_anew_when_a_board_on_it_would_differ(path: str, text: str, remade: set[str]) -> None:
    before, after = tasks(EMBEDDING), tasks({**EMBEDDING, path: text})
    pages = {task for task in after if re.fullmatch(r"[a-i]\.html|shown\.html|.*\.(?:base|canvas)\.html", task)}
    assert {page for page in pages if before[page].make() != after[page].make()} == remade
    assert {page for page in pages if before[page].digest != after[page].digest} >= remade
    # Who only leads to a board does not show it.
    assert before["c.html"].digest == after["c.html"].digest


def test_a_list_is_made_anew_when_it_would_name_what_is_no_longer_published() -> None:
    text = "---\ntype: concept\n---\n## Definition\n\nSee [it](obsidian://open?file=Named).\n"
    before = tasks({"a.md": text, "Named.md": "x"})["glossary.html"]
    after = tasks({"a.md": text, "Named.md": "---\ndraft: true\n---\n"})["glossary.html"]
    assert (b"Named" in before.make(), b"Named" in after.make()) == (True, False)
    assert before.digest != after.digest


_NAMES = st.sampled_from(["Open", "Named", "x/Other"])
_CARDS = st.lists(
    st.builds(
        lambda name, type, far: {
            **card(f"{name}{far}", far, 0),
            "type": type,
            "file": f"{name}.md",
            "text": f"[[{name}]]",
        },
        _NAMES,
        st.sampled_from(["file", "text"]),
        st.integers(0, 3),
    ),
    max_size=3,
)
_BOARDS = st.fixed_dictionaries(
    {
        "B.canvas": st.builds(lambda cards: json.dumps({"nodes": cards}), _CARDS),
        "L.base": st.builds(lambda name: f'filters: file.name == "{name}"', _NAMES),
        "Open.md": st.sampled_from(
            ["x", "## Definition\n\nx\n", "![[B.canvas]]\n\n![[L.base]]", "---\ndraft: true\n---\n"]
        ),
        "Named.md": st.sampled_from(["![[Open]]", "---\ndraft: true\n---\n", "```base\nfilters: file == 'Open'\n```"]),
        "x/Other.md": st.sampled_from(
            ["![[B.canvas]]", "![[L.base#View]]", "[[B.canvas]] <obsidian://open?file=Named>"]
        ),
    }
)


@settings(max_examples=60)
@given(_BOARDS, _BOARDS, st.sets(st.sampled_from(["B.canvas", "L.base", "Open.md", "Named.md", "x/Other.md"])))
def test_a_page_with_the_same_digest_has_the_same_boards(
    one: Mapping[str, str], other: Mapping[str, str], edited: set[str]
) -> None:
    before, after = tasks(one), tasks({**one, **{path: other[path] for path in edited}})
    for address, task in after.items():
        old = before.get(address)
        if address.endswith(".html") and old is not None and old.digest == task.digest and address != "graph.html":
            assert old.make() == task.make(), address


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


def test_a_base_names_nothing_that_is_not_published_wherever_it_stands() -> None:
    source = (
        "filters: file.name == 'Canary'\nformulas:\n  canary: 1 + 1\nproperties:\n  a: {displayName: of canary}\n"
        "views:\n  - {type: table, name: The Canary, order: [a, canary], sort: [{property: canary}]}\n"
    )
    of = site({"B.base": source, "A.md": "![[B.base]]", "Canary.md": "---\ndraft: true\n---\n"})
    told = base(of, of.boards[0], TEXTS) + Renderer(of, {}).body(of.vault.notes["A.md"], "a.html").html
    assert "canary" not in told.lower()
    assert told.count("1 + 1") == 2


def test_a_tag_on_a_card_that_no_note_has_leads_nowhere() -> None:
    board = json.dumps({"nodes": [card("a", 0, 0, text="#new, #known, #known/new")]})
    of = site({"B.canvas": board, "A.md": "#known"})
    svg, _ = canvas(of, Renderer(of, {}), of.boards[0], "b.html")
    assert re.findall(r"<a [^>]*>(#[^<]*)</a>", svg) == ["#known"]


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
