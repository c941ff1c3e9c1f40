"""The map by pyvis: one file that asks for no other, and a network to go on with."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from fmvault.graph.exports.text import encodable
from fmvault.graph.pyvis import MOST_NODES, advice, network, page
from tests.test_exports import graph, hostile, names, small, spread

pytest.importorskip("pyvis")
# pyvis imports IPython, and warns of itself.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


class Elements(HTMLParser):
    """The elements of a page, with their attributes and the text right in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), []))

    def handle_data(self, data: str) -> None:
        if self.found:
            self.found[-1][2].append(data)


def test_a_network_has_every_note_in_its_place_and_every_edge_with_its_type() -> None:
    drawn = network(small(), {id: (x, -y) for id, (x, y) in spread(small()).items()})
    nodes = {node["id"]: node for node in drawn.nodes}
    assert drawn.get_nodes() == list(small().nodes)
    assert len(drawn.edges) == len(small().edges)
    assert {(edge["from"], edge.get("label"), edge["to"]) for edge in drawn.edges} >= {
        ("Concepts/Cat.md", "is-a", "Animal.md"),
        ("Concepts/Dog.md", None, "Concepts/Cat.md"),
    }
    cat, whisker = nodes["Concepts/Cat.md"], nodes["/whisker"]
    assert (cat["label"], cat["group"]) == ("Cat", "concept")
    assert cat["color"] != nodes["Brehm.md"]["color"]
    assert whisker["shapeProperties"] == {"borderDashes": [4, 3]}
    assert [edge["dashes"] for edge in drawn.edges if edge["to"] == "/whisker"] == [True]
    assert drawn.get_adj_list()["Concepts/Dog.md"] == {"Animal.md", "Concepts/Cat.md"}
    assert drawn.options["physics"] == {"enabled": False}


def test_in_a_network_up_is_up() -> None:
    drawn = network(graph({"High.md": "", "Low.md": ""}), {"High.md": (0, 1), "Low.md": (0, -1)})
    high, low = drawn.nodes
    assert high["y"] < low["y"]


def test_a_page_asks_for_nothing_and_holds_names_as_text() -> None:
    written = page(hostile(), spread(hostile()), title="</title><script>alert(1)</script>")
    elements = Elements(written).found
    assert not [
        (tag, attributes) for tag, attributes, _ in elements if {"src", "href", "srcset", "data"} & attributes.keys()
    ]
    assert "@import" not in written
    assert not re.search(r"url\((?!\"?data:)", "".join("".join(text) for tag, _, text in elements if tag == "style"))
    scripts = ["".join(text) for tag, _, text in elements if tag == "script"]
    assert len(scripts) == 3
    data = json.loads(scripts[0])
    assert Counter(node["label"] for node in data["nodes"]) == names(hostile(), encodable)
    assert data["options"]["physics"] == {"enabled": False}


def test_the_same_graph_gives_the_same_page() -> None:
    assert page(small(), spread(small())) == page(small(), spread(small()))


def test_above_a_size_it_says_what_to_use_instead() -> None:
    of = graph({f"{number}.md": "" for number in range(MOST_NODES + 1)})
    assert advice(small()) is None
    assert advice(of) == (
        "a map by pyvis is slow above 2,000 nodes, and this one has 2,001;"
        " leave out `--renderer pyvis`, or write `--format graphml` for a notebook"
    )


def test_a_browser_draws_it_without_a_network(tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no Chromium to open the page")
    file = tmp_path / "map.html"
    file.write_text(page(hostile(), spread(hostile())), "utf-8")
    done = subprocess.run(
        [
            chromium,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--enable-logging=stderr",
            "--virtual-time-budget=3000",
            "--dump-dom",
            file.as_uri(),
        ],
        capture_output=True,
        check=True,
        timeout=120,
    )
    assert "canvas" in [tag for tag, _, _ in Elements(done.stdout.decode()).found]
    # What a policy forbids, a request that fails, and an error of a script are all told there.
    assert [each for each in done.stderr.decode().splitlines() if "CONSOLE" in each] == []
