"""The page of the vault that ships with fmvault, in a browser: it is drawn without a network, and says what we say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner

from fmvault.cli import commands
from fmvault.cli.options import Asked
from fmvault.cli.place import configured, find
from fmvault.cli.reading import read_graph
from fmvault.graph import ConceptGraph
from fmvault.graph.path import reading_path
from tests.browser import Page, opened

VAULT = Path(__file__).parents[1] / "vault"
# Goes from view to view, and gives the names on the list in each.
_READ = """async (views) => {
  const found = {};
  for (const [name, view] of views) {
    location.hash = view;
    await new Promise((done) => addEventListener("hashchange", done, { once: true }));
    found[name] = [...document.querySelectorAll("ol.reading > li > .note-link")].map((each) => each.innerText.trim());
  }
  return found;
}"""


def graph() -> ConceptGraph:
    asked = Asked(vault=VAULT, config=None, no_config=False, tracked=None)
    place = find(VAULT, [])
    return read_graph(place, configured(place, asked), keep_text=True)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    pytest.importorskip("fmvault_site")
    folder = tmp_path_factory.mktemp("page")
    file = folder / "graph.html"
    result = CliRunner().invoke(commands, ["graph", str(VAULT), "-o", str(file)])
    assert result.exit_code == 0, result.output
    with opened(file, folder / "profile") as page:
        yield page


def test_the_map_is_drawn_and_nothing_is_asked_of_others(page: Page) -> None:
    assert page.ask("performance.getEntriesByName('fmvault:first-frame').length") == 1
    assert page.ask("document.title") == "vault"
    assert page.ask("document.querySelectorAll('canvas').length") > 0
    assert page.trouble == []


def test_the_reading_path_of_the_page_is_that_of_the_command(page: Page) -> None:
    of = graph()
    # What is to be read before each node, in order; a path of the node alone is no path.
    expected = {
        node.name: names if len(names := [step.node.name for step in reading_path(of, node.id).steps]) > 1 else []
        for node in of.nodes.values()
    }
    assert sum(map(bool, expected.values())) > 10
    views = [[name, urlencode({"note": name, "reading": 1})] for name in expected]
    shown = page.ask(f"({_READ})({json.dumps(views)})")
    assert shown == expected
    assert page.trouble == []
