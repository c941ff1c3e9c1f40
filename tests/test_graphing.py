"""``fmvault graph`` and ``fmvault stats``: what they write and print, and the exit status."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from fmvault import cli
from fmvault.cli import commands, graphing
from fmvault.graph.explore import past
from fmvault.graph.exports import FORMATS
from fmvault.graph.page import unpacked

SCHEMAS = Path(__file__).parents[1] / "schemas"
ZOO = {
    "fmvault.toml": "[kinds.concept]\n",
    "Cat.md": "---\ntype: concept\ntags: [pets]\nis-a: '[[Animal]]'\n---\n![[cat.png]]\n",
    "Dog.md": "---\ntype: concept\nis-a: '[[Animal]]'\n---\nSee [[Cat]] and [[Wolf]].\n",
    "Animal.md": "---\ntype: concept\n---\n",
    "cat.png": "",
}
Make = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes a vault ``zoo`` of the texts by path, in a folder that is the current one from then on."""

    def make(files: Mapping[str, str]) -> Path:
        for path, text in files.items():
            file = tmp_path / "zoo" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8", newline="")
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return make


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, list(arguments), prog_name="fmvault")


def document(file: Path) -> Any:
    return json.loads(unpacked(file.read_bytes()) or b"")


# -- fmvault graph -----------------------------------------------------------------------------------------------------


def test_the_graph_is_a_page_unless_it_is_asked_for_otherwise(vault: Make) -> None:
    here = vault(ZOO)
    result = run("graph", "zoo")
    assert (result.exit_code, result.stdout) == (0, "wrote 'graph.html': 3 notes, 1 missing, 4 links\n")
    written = document(here / "graph.html")
    assert written["title"] == "zoo"
    assert written["nodes"]["name"] == ["Animal", "Cat", "Dog", "Wolf"]


def test_the_same_vault_gives_the_same_page_over_and_over(vault: Make) -> None:
    here = vault(ZOO)
    run("graph", "zoo")
    first = (here / "graph.html").read_bytes()
    run("graph", "zoo")
    assert (here / "graph.html").read_bytes() == first


def test_notes_keep_their_places_when_one_is_added(vault: Make) -> None:
    here = vault(ZOO)
    run("graph", "zoo")
    before = past(unpacked((here / "graph.html").read_bytes()) or b"")
    vault({"Mouse.md": "Eaten by the [[Cat]]."})
    run("graph", "zoo")
    after = past(unpacked((here / "graph.html").read_bytes()) or b"")
    assert before is not None
    assert after is not None
    assert len(after.nodes) == 5
    assert {key: place[:2] for key, place in after.nodes.items() if key in before.nodes} == {
        key: place[:2] for key, place in before.nodes.items()
    }


def test_tags_and_attachments_are_nodes_on_request(vault: Make) -> None:
    here = vault(ZOO)
    run("graph", "zoo", "--tags", "--attachments")
    assert document(here / "graph.html")["nodes"]["name"][-2:] == ["cat.png", "pets"]


def test_the_page_speaks_german(vault: Make) -> None:
    here = vault(ZOO)
    run("graph", "zoo", "--language", "de")
    assert '<html lang="de">' in (here / "graph.html").read_text("utf-8")


def test_days_come_from_git_unless_they_are_not_wanted(vault: Make) -> None:
    here = vault(ZOO)
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "zoo", "--date=2024-02-29T12:00:00Z"]):
        author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", "-C", str(here / "zoo"), *author, *command], check=True)
    run("graph", "zoo")
    # From 1970-01-01 to 2024-02-29 are 54 years, 13 of them leap, and 59 days.
    assert document(here / "graph.html")["nodes"]["created"] == [54 * 365 + 13 + 59, *[19782] * 2, None]
    run("graph", "zoo", "--no-history")
    assert document(here / "graph.html")["nodes"]["created"] == [None] * 4


@pytest.mark.parametrize("format", [name for name in FORMATS if name != "csv"])
def test_a_file_is_written_in_the_format_it_is_named_after(vault: Make, format: str) -> None:
    here = vault(ZOO)
    file = f"zoo{FORMATS[format].suffix}"
    for _ in range(2):
        assert run("graph", "zoo", "-o", file).exit_code == 0
    assert FORMATS[format].wrote((here / file).read_bytes())
    assert run("graph", "zoo", "--format", format, "-o", "-").stdout_bytes == (here / file).read_bytes()


def test_tables_are_written_to_a_folder_or_an_archive(vault: Make) -> None:
    here = vault(ZOO)
    for _ in range(2):
        assert run("graph", "zoo", "--format", "csv", "-o", "tables/").exit_code == 0
        assert run("graph", "zoo", "-o", "tables.zip").exit_code == 0
    assert sorted(file.name for file in (here / "tables").iterdir()) == ["edges.csv", "nodes.csv"]
    with zipfile.ZipFile(here / "tables.zip") as archive:
        assert archive.read("nodes.csv") == (here / "tables/nodes.csv").read_bytes()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_page_by_pyvis_says_when_there_are_too_many_notes(vault: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyvis")
    here = vault(ZOO)
    monkeypatch.setattr("fmvault.graph.pyvis.MOST_NODES", 3)
    for _ in range(2):
        result = run("graph", "zoo", "--renderer", "pyvis")
        assert result.exit_code == 0
        assert result.stderr.startswith("warning: a map by pyvis is slow above 3 nodes, and this one has 4;")
    assert "vis.Network" in (here / "graph.html").read_text("utf-8")
    # Either page may take the place of the other.
    assert run("graph", "zoo").exit_code == 0


@pytest.mark.parametrize("name", ["graph.html", "graph.svg", "nodes.csv"])
def test_what_others_wrote_is_not_written_over(vault: Make, name: str) -> None:
    here = vault(ZOO)
    (here / name).write_text("mine")
    result = run("graph", "zoo", *(["--format", "csv", "-o", "./"] if name == "nodes.csv" else ["-o", name]))
    assert result.exit_code == 2
    assert result.stderr == (
        f"fmvault: '{name}' is there already, and not from 'fmvault graph'; name another file with '-o'\n"
    )
    assert (here / name).read_text() == "mine"


def test_a_note_that_holds_a_diagram_of_ours_is_not_written_over(vault: Make) -> None:
    here = vault(ZOO)
    diagram = run("graph", "zoo", "--format", "mermaid", "-o", "-").stdout
    (here / "note.md").write_text(f"Mine.\n\n```mermaid\n{diagram}```\n")
    assert run("graph", "zoo", "--format", "mermaid", "-o", "note.md").exit_code == 2
    assert (here / "note.md").read_text().startswith("Mine.")


def test_an_archive_with_more_than_our_tables_is_not_written_over(vault: Make) -> None:
    here = vault(ZOO)
    assert run("graph", "zoo", "-o", "ours.zip").exit_code == 0
    assert run("graph", "zoo", "-o", "ours.zip").exit_code == 0
    with zipfile.ZipFile(here / "ours.zip", "a") as archive:
        archive.writestr("thesis.txt", "mine")
    before = (here / "ours.zip").read_bytes()
    assert run("graph", "zoo", "-o", "ours.zip").exit_code == 2
    assert (here / "ours.zip").read_bytes() == before


def test_a_table_that_stands_alone_is_not_written_over(vault: Make) -> None:
    here = vault(ZOO)
    (here / "edges.csv").write_text("source,target,relation,weight\na,b,mine,1\n")
    assert run("graph", "zoo", "--format", "csv", "-o", "./").exit_code == 2
    assert "mine" in (here / "edges.csv").read_text()
    assert not (here / "nodes.csv").exists()


def test_a_symbolic_link_is_neither_followed_nor_replaced(vault: Make) -> None:
    here = vault(ZOO)
    assert run("graph", "zoo").exit_code == 0
    (here / "link.html").symlink_to("graph.html")
    (here / "dangling.html").symlink_to("nowhere.html")
    for name in ("link.html", "dangling.html"):
        result = run("graph", "zoo", "-o", name)
        assert result.exit_code == 2
        assert result.stderr == f"fmvault: '{name}' is a symbolic link; name the file that is to be written\n"
        assert (here / name).is_symlink()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to every file")
def test_a_page_that_is_read_only_is_not_written_over(vault: Make) -> None:
    here = vault(ZOO)
    assert run("graph", "zoo").exit_code == 0
    (here / "graph.html").chmod(0o444)
    assert run("graph", "zoo").stderr == "fmvault: 'graph.html' is there already, and read-only\n"


def test_an_ending_that_no_format_has_is_told(vault: Make) -> None:
    here = vault(ZOO)
    result = run("graph", "zoo", "-o", "map.md")
    assert result.exit_code == 2
    assert result.stderr == "fmvault: no format has files that end with '.md'; say with '--format' which one is meant\n"
    assert run("graph", "zoo", "-o", "map.gv").exit_code == 0
    assert "digraph" in (here / "map.gv").read_text()
    assert run("graph", "zoo", "-o", "").stderr == "fmvault: '-o' wants the name of a file\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "svgg"], "unknown format 'svgg'; did you mean 'svg'?"),
        (["--format", "csv", "-o", "-"], "csv is 2 files; name a folder, or an archive such as graph.zip"),
        (["--format", "csv", "-o", "a"], "csv is 2 files; name a folder, as 'a/', or an archive"),
        (["-o", "zoo"], "'zoo' is a folder; name a file in it"),
        (["-o", "none/a.html"], "no folder 'none' to write 'a.html' to"),
        (["--format", "dot", "--renderer", "pyvis"], "'--renderer' is for pages, and '--format dot' makes none"),
        (["--format", "dot", "--language", "de"], "'--language' is for the page that sigma draws"),
    ],
)
def test_what_does_not_go_together_is_said_in_a_line(vault: Make, arguments: list[str], said: str) -> None:
    vault(ZOO)
    result = run("graph", "zoo", *arguments)
    assert (result.exit_code, result.stderr) == (2, f"fmvault: {said}\n")


@pytest.mark.parametrize(
    ("arguments", "missing", "extra"),
    [
        ([], "fmvault_site", "graph"),
        (["--format", "svg"], "graspologic_native", "graph"),
        (["--renderer", "pyvis"], "pyvis", "pyvis"),
    ],
)
def test_a_line_says_what_to_install(
    vault: Make, monkeypatch: pytest.MonkeyPatch, arguments: list[str], missing: str, extra: str
) -> None:
    vault(ZOO)
    monkeypatch.setattr(graphing, "find_spec", lambda name: None if name == missing else find_spec(name))
    result = run("graph", "zoo", *arguments)
    assert (result.exit_code, result.stderr) == (
        2,
        f"fmvault: {missing} is not installed; run pip install 'fmvault[{extra}]', or in a checkout: "
        f"pip install '.[{extra}]' ./site\n",
    )


def test_formats_without_places_need_nothing_more(vault: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    vault(ZOO)
    monkeypatch.setattr(graphing, "find_spec", lambda name: None)
    assert run("graph", "zoo", "--format", "mermaid").exit_code == 0


def test_what_the_command_offers_is_what_there_is() -> None:
    assert ("html", *FORMATS) == cli.GRAPHS
    site = pytest.importorskip("fmvault_site")
    assert cli.LANGUAGES == site.LANGUAGES


# -- fmvault stats -----------------------------------------------------------------------------------------------------


def test_the_health_of_a_vault_is_told_in_a_table(vault: Make) -> None:
    vault(ZOO)
    lines = run("stats", "zoo").stdout.splitlines()
    assert lines[0].split() == ["notes", "3", "3", "concept"]
    assert lines[1].split() == ["links", "4", "between", "notes:", "2", "is-a,", "2", "mentions"]
    assert [line.split()[-1] for line in lines if line.startswith("most central")] == ["Animal"]


def test_the_health_of_a_vault_is_told_as_json_of_a_schema(vault: Make) -> None:
    here = vault(ZOO)
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "zoo"]):
        author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", "-C", str(here / "zoo"), *author, *command], check=True)
    assert run("stats", "zoo", "--since", "HEAD").stdout.endswith("nothing has changed\n")
    vault({"Wolf.md": "---\ntype: concept\n---\n"})
    told = json.loads(run("stats", "zoo", "--format", "json", "--since", "HEAD").stdout)
    jsonschema.validate(told, json.loads((SCHEMAS / "stats.schema.json").read_text("utf-8")))
    assert (told["notes"], told["ghosts"]) == (4, 0)
    assert (told["since"]["added"], told["since"]["written"]) == (["Wolf.md"], ["Wolf"])
    assert "since HEAD" in run("stats", "zoo", "--since", "HEAD").stdout


def test_a_revision_that_git_does_not_know_is_misuse(vault: Make) -> None:
    vault(ZOO)
    result = run("stats", "zoo", "--since", "HEAD")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
