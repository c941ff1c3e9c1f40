"""``fmvault new``: the stub of a note, the folder it is put into, and the names no note can have."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import frontmatter
import pytest
from click.testing import CliRunner, Result
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fmvault import markdown
from fmvault.cli import commands
from fmvault.model import Note
from fmvault.vault import fold, reached
from fmvault.workspace import open_vault

KINDS = "[kinds.concept]\n[kinds.source]\n"

Make = Callable[[Mapping[str, str]], Path]


def write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="")


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes a vault of the texts by path, in a folder that is the current one from then on."""
    monkeypatch.chdir(tmp_path)

    def make(files: Mapping[str, str]) -> Path:
        write(tmp_path, {"fmvault.toml": "", **files})
        return tmp_path

    return make


def run(*arguments: str) -> Result:
    """``fmvault`` with these arguments, in this process."""
    result = CliRunner().invoke(commands, list(arguments), prog_name="fmvault")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def new(*arguments: str) -> str:
    """The path that ``fmvault new`` prints."""
    result = run("new", *arguments)
    assert (result.stderr, result.exit_code) == ("", 0)
    assert result.stdout.endswith("\n")
    return result.stdout[:-1]


def refused(*arguments: str) -> str:
    """The one line that ``fmvault new`` says instead."""
    result = run("new", *arguments)
    assert (result.stdout, result.exit_code, result.stderr.count("\n")) == ("", 2, 1)
    assert result.stderr.startswith("fmvault: ")
    return result.stderr.removeprefix("fmvault: ").rstrip("\n")


def files(folder: Path) -> list[str]:
    """The paths of all files in a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


# -- the note ---------------------------------------------------------------------------------------------------------


def test_a_stub_has_every_section_of_its_kind_and_what_each_is_for(vault: Make) -> None:
    here = vault({"fmvault.toml": KINDS})
    before = date.today()
    assert new("Attention Is All You Need", "--kind", "source") == "Attention Is All You Need.md"
    text = (here / "Attention Is All You Need.md").read_text("utf-8")
    day = next(day for day in (before, date.today()) if str(day) in text)
    assert text == (
        f"---\ntype: source\naliases: []\ncreated: {day}\n---\n"
        """
# Attention Is All You Need

## What it is about

%% What the work says, in a few sentences. %%

## Key concepts

%% The concepts it brings up, each a link to a note of its own. %%

## My explanation

%% What it says in one's own words, as one would tell it to a friend. %%

## Open questions

%% What is still to be found out, one entry each. %%

## Related notes

%% Other notes to read, each with a word on how it is related. %%

## References

%% The work itself, and what else it leads to. %%
"""
    )


def test_the_links_that_were_broken_lead_to_it_and_it_lacks_no_section(vault: Make) -> None:
    here = vault(
        {
            "fmvault.toml": KINDS,
            "b.md": "See [[entropy]], [[Entropy#Definition|disorder]] and [[Entropy]].\n",
            "a.md": "---\nrelated: '[[Entropy]]'\n---\n![x](Entropy.md)\n",
            "Other.md": "[[Enthalpy]]\n",
        }
    )
    assert json.loads(run("check", "--format", "json").stdout)["summary"]["errors"] == 6
    assert new("Entropy") == "Entropy.md"
    assert "## Related concepts\n\n%% Other notes" in (here / "Entropy.md").read_text("utf-8")
    assert "%%\n\n- [[a]]\n- [[b]]\n\n## Mis" in (here / "Entropy.md").read_text("utf-8")
    findings = json.loads(run("check", "--format", "json").stdout)["findings"]
    assert {(each["path"], each["rule"]) for each in findings} == {
        ("Other.md", "broken-note"),
        ("Entropy.md", "empty-section"),
    }


def test_only_notes_that_are_reported_on_and_can_be_linked_to_are_related(vault: Make) -> None:
    here = vault(
        {
            "fmvault.toml": "exclude = ['Archive/']",
            ".obsidian/templates.json": '{"folder": "Templates"}',
            "Templates/t.md": "[[Entropy]]",
            "Archive/old.md": "[[Entropy]]",
            "Board.canvas": '{"nodes": [{"id": "1", "type": "text", "text": "[[Entropy]]"}]}',
            "x/Heat.md": "[[Entropy]]",
            "y/Heat.md": "",
            "No link spells # this.md": "[[Entropy]]",
        }
    )
    new("Entropy")
    assert [line for line in (here / "Entropy.md").read_text("utf-8").split("\n") if line.startswith("- ")] == [
        "- [[x/Heat]]"
    ]


def test_a_heading_that_would_begin_a_section_is_left_out_as_a_title(vault: Make) -> None:
    here = vault({"fmvault.toml": KINDS})
    new("Limitations")
    text = (here / "Limitations.md").read_text("utf-8")
    assert "# Limitations" not in text
    assert "\n## Tradeoffs\n" in text


def test_a_title_that_markdown_would_read_otherwise_is_escaped(vault: Make) -> None:
    here = vault({})
    new("a $x$ and `y`")
    assert "\n# a \\$x\\$ and \\`y\\`\n" in (here / "a $x$ and `y`.md").read_text("utf-8")
    new("snake_case & C++")
    assert "\n# snake_case & C++\n" in (here / "snake_case & C++.md").read_text("utf-8")


def test_print_writes_to_standard_output_and_nothing_else(vault: Make) -> None:
    here = vault({})
    before = files(here)
    printed = run("new", "Ideas/Entropy", "--print")
    assert files(here) == before
    assert printed.exit_code == 0
    new("Ideas/Entropy")
    assert printed.stdout == (here / "Ideas" / "Entropy.md").read_text("utf-8")


# -- its kind ---------------------------------------------------------------------------------------------------------

BOOK = json.dumps(
    {
        "properties": {
            "properties": {
                "required": ["rating", "Author"],
                "properties": {"created": False, "Author": {"type": ["string", "null"]}},
                "dependentRequired": {"rating": ["reader"]},
            },
            "sections": {
                "properties": {
                    "plot": {
                        "description": "What\nhappens; 100 %% of it.",
                        "x-headings": ["What {name} tells", "Plot"],
                    },
                    "verdict": {"x-headings": ["Is {name} good?"]},
                    "last-words": {},
                }
            },
        }
    }
)


def test_a_kind_of_ones_own_decides_on_sections_and_properties(vault: Make) -> None:
    here = vault({"fmvault.toml": "[kinds.book]\nschema = 'book.json'\n", "book.json": BOOK})
    new("Dune")
    text = (here / "Dune.md").read_text("utf-8")
    assert list(frontmatter.loads(text).metadata.items()) == [
        ("type", "book"),
        ("aliases", []),
        ("Author", None),
        ("rating", None),
        ("reader", None),
    ]
    assert "rating:\n" in text
    assert text.partition("\n---\n")[2] == (
        "\n# Dune\n\n## Plot\n\n%% What happens; 100 % of it. %%\n\n## Is Dune good?\n\n## Last words\n"
    )
    assert "missing" not in run("check", "--select", "missing-section").stdout


def test_the_only_kind_that_is_declared_goes_without_saying_and_concept_comes_before_others(vault: Make) -> None:
    here = vault({"fmvault.toml": "[kinds.source]"})
    assert frontmatter.load(str(here / new("A")))["type"] == "source"
    (here / "fmvault.toml").write_text(KINDS)
    assert frontmatter.load(str(here / new("B")))["type"] == "concept"
    (here / "fmvault.toml").write_text("")
    assert frontmatter.load(str(here / new("C")))["type"] == "concept"
    assert frontmatter.load(str(here / new("D", "--kind", "Source")))["type"] == "source"


def test_a_kind_that_nobody_declares_is_refused(vault: Make) -> None:
    here = vault({})
    assert refused("A", "--kind", "conept") == "unknown kind 'conept'; did you mean 'concept'?"
    (here / "fmvault.toml").write_text("[kinds.source]")
    assert refused("A", "--kind", "concept") == (
        "the kind 'concept' is not declared; add a table [kinds.concept] to the configuration"
    )
    write(here, {"fmvault.toml": "[kinds.book]\nschema = 'b.json'\n[kinds.film]\nschema = 'b.json'\n", "b.json": "{}"})
    assert refused("A") == "of which kind is it to be? name one with '--kind': book, film"
    assert refused("A", "--kind", "bok") == "unknown kind 'bok'; did you mean 'book'?"
    assert files(here) == ["b.json", "fmvault.toml"]


def test_a_mistake_in_the_schema_is_told_at_its_line(vault: Make) -> None:
    here = vault({"fmvault.toml": "[kinds.book]\nschema = 'b.json'\n", "b.json": '{\n"type": "objct"}'})
    result = run("new", "A")
    assert result.stderr.startswith("b.json:2:")
    assert result.exit_code == 2
    assert not (here / "A.md").exists()


# -- where it is put --------------------------------------------------------------------------------------------------


def test_the_folder_that_is_told_comes_first(vault: Make) -> None:
    vault({"fmvault.toml": "[kinds.concept]\nmatch = ['Concepts/*.md']", "n.md": "[[Ideas/A]] [[Ideas/B]]"})
    assert new("A", "--folder", "Heat") == "Heat/A.md"
    assert new("Heat/Deep/B.md") == "Heat/Deep/B.md"
    assert new("Deep\\C", "--folder", "./heat//") == "Heat/Deep/C.md"
    assert new("D", "--folder", ".") == "D.md"


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("[[Ideas/A]]", "Ideas/A.md"),
        ("[[ideas/A|x]]", "Ideas/A.md"),
        ("[[/New/A.md]]", "New/A.md"),
        ("[[./A]]", "Notes/A.md"),
        ("[[../A]]", "A.md"),
        ("[x](Ideas/A.md)", "Ideas/A.md"),
        ("[x](Sub/A.md)", "Notes/Sub/A.md"),
        ("[x](../New%20Ideas/A.md#top)", "New Ideas/A.md"),
        ("[[Once/A]] [[Twice/A]] [[Twice/A#b]]", "Twice/A.md"),
        # What lies outside the vault or is hidden in it is never written to.
        ("[[../../A]]", "Concepts/A.md"),
        ("[[.git/hooks/A]]", "Concepts/A.md"),
        ("[[a:b/A]]", "Concepts/A.md"),
        ("[[A]]", "Concepts/A.md"),
    ],
)
def test_links_that_name_a_folder_come_before_the_kind(vault: Make, link: str, path: str) -> None:
    here = vault(
        {
            "fmvault.toml": "[kinds.concept]\nmatch = ['Concepts/*.md']",
            "Notes/n.md": link,
            "Notes/Sub/m.md": "",
            "Ideas/i.md": "",
            ".git/HEAD": "",
        }
    )
    assert new("A") == path
    opened = open_vault(here)
    note = opened.vault.notes["Notes/n.md"]
    if path != "Concepts/A.md" or link == "[[A]]":
        assert reached(opened.vault.resolve(note.links[-1], note)) == path


@pytest.mark.parametrize(
    ("match", "path"),
    [
        ("['Concepts/*.md']", "Concepts/A.md"),
        ("['Concepts/']", "Concepts/A.md"),
        ("['/Concepts/Deep/**']", "Concepts/Deep/A.md"),
        ("['Concepts/**/*.md']", "Concepts/A.md"),
        ("['2?*/*.md', '!Concepts/', '*.md', 'My \\[own\\]/*.md']", "My [own]/A.md"),
        ("['/*.md']", "A.md"),
        ("['*.md']", "Inbox/A.md"),
        ("['Concepts/A.md']", "Inbox/A.md"),
        ("[]", "Inbox/A.md"),
    ],
)
def test_a_pattern_that_names_a_folder_comes_before_obsidians_setting(vault: Make, match: str, path: str) -> None:
    app = {"newFileLocation": "folder", "newFileFolderPath": "Inbox/"}
    vault({"fmvault.toml": f"[kinds.concept]\nmatch = {match}", ".obsidian/app.json": json.dumps(app)})
    assert new("A") == path


@pytest.mark.parametrize(
    ("app", "path"),
    [
        ('{"newFileLocation": "folder", "newFileFolderPath": "Inbox"}', "Inbox/A.md"),
        ('{"newFileLocation": "folder", "newFileFolderPath": "/"}', "A.md"),
        ('{"newFileLocation": "folder", "newFileFolderPath": "../out"}', "A.md"),
        ('{"newFileLocation": "folder", "newFileFolderPath": ".hidden"}', "A.md"),
        ('{"newFileLocation": "folder", "newFileFolderPath": 7}', "A.md"),
        ('{"newFileLocation": "root", "newFileFolderPath": "Inbox"}', "A.md"),
        ('{"newFileFolderPath": "Inbox"}', "A.md"),
        ("[]", "A.md"),
        ("{", "A.md"),
    ],
)
def test_obsidians_setting_comes_before_the_root(vault: Make, app: str, path: str) -> None:
    vault({".obsidian/app.json": app})
    assert new("A") == path


def test_beside_the_current_file_is_beside_what_wants_it_or_where_one_stands(
    vault: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = vault({".obsidian/app.json": '{"newFileLocation": "current"}', "Ideas/i.md": "[[A]]"})
    assert new("A") == "Ideas/A.md"
    (here / "Deep").mkdir()
    monkeypatch.chdir("Deep")
    assert new("B") == "../Deep/B.md"
    monkeypatch.chdir("..")
    assert new("C") == "C.md"
    monkeypatch.chdir(here.parent)
    assert new("D", "--vault", here.name) == f"{here.name}/D.md"


# -- names ------------------------------------------------------------------------------------------------------------


def test_a_name_is_written_as_obsidian_writes_names(vault: Make) -> None:
    here = vault({})
    assert new(" Foundation\u00a0Model.md ") == "Foundation Model.md"
    assert new("Cafe\u0301.MD") == "Caf\u00e9.md"
    assert files(here) == ["Caf\u00e9.md", "Foundation Model.md", "fmvault.toml"]


@pytest.mark.parametrize(
    "name",
    [
        "\U0001f469\u200d\U0001f52c",
        "\U0001f3f3\ufe0f\u200d\U0001f308 flags",
        "\U0001f468\U0001f3fd\u200d\U0001f680",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0915\u094d\u200d\u0937",
    ],
)
def test_joiners_stand_in_emoji_and_in_scripts_that_are_written_with_them(vault: Make, name: str) -> None:
    here = vault({})
    new(name)
    assert files(here) == sorted([f"{name}.md", "fmvault.toml"])


@pytest.mark.parametrize(
    ("given", "links", "path"),
    [
        ("equity", "[[Equity]]", "Equity.md"),
        ("equity", "[[finance/Equity|it]] [[EQUITY]] [x](./Equity.md)", "finance/Equity.md"),
        ("equity", "[[Equity]] [[Equity]] [[equity]]", "equity.md"),
        ("CAFE\u0301", "[[Cafe\u0301]]", "Caf\u00e9.md"),
        ("equity", "[[Equities]]", "equity.md"),
    ],
)
def test_a_name_is_spelt_as_the_links_to_it_spell_it(vault: Make, given: str, links: str, path: str) -> None:
    here = vault({"a.md": links})
    assert new(given) == path
    assert f"# {Path(path).stem}\n" in (here / path).read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "'' names no note; give it a name, such as 'Foundation Model'"),
        (".md", "'.md' names no note; give it a name, such as 'Foundation Model'"),
        ("Ideas/", "'Ideas/' names no note; give it a name, such as 'Foundation Model'"),
        ("a|b", "the name 'a|b.md' holds '|', which Windows refuses; choose another name"),
        ("a#b", "the name 'a#b.md' holds '#', which breaks links to it; choose another name"),
        ("a\nb", "'a b' holds a character that cannot be seen; choose another name"),
        ("\udcff", "'\\udcff' holds a character that cannot be seen; choose another name"),
        ("a\u200bb", "'a\\u200bb' holds a character that cannot be seen; choose another name"),
        ("a\u202eb", "'a\\u202eb' holds a character that cannot be seen; choose another name"),
        ("a\u200db", "'a\u200db' holds a character that cannot be seen; choose another name"),
        ("\u200da", "'\u200da' holds a character that cannot be seen; choose another name"),
        ("aux", "the name 'aux.md' is refused by Windows, which keeps 'AUX' for a device; choose another name"),
        (".hidden", "'.hidden' begins with a dot, which hides it from the vault; choose another name"),
        (".obsidian/x", "'.obsidian' begins with a dot, which hides it from the vault; choose another name"),
        ("x" * 300, f"the name '{'x' * 300}.md' is 303 bytes long; most file systems stop at 255; choose another name"),
        ("a. /b", "the folder's name 'a. ' ends with a space, which Windows takes off; choose another name"),
        ("www.example.org", "no link can spell the name 'www.example.org'; choose another name"),
        ("../A", "'..' is no folder of the vault; name one relative to its root"),
        ("x/../../A", "'x/../..' is no folder of the vault; name one relative to its root"),
        ("/etc/A", "'/etc' is no folder of the vault; name one relative to its root"),
        ("/A", "'/A' is no place in the vault; name one relative to its root"),
        ("C:\\A", "'C:' is no folder of the vault; name one relative to its root"),
    ],
)
def test_a_name_that_no_note_can_have_is_refused_with_what_to_do(vault: Make, name: str, message: str) -> None:
    here = vault({})
    assert refused("--", name) == message
    assert files(here) == ["fmvault.toml"]


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("..", "'..' is no folder of the vault; name one relative to its root"),
        ("/tmp", "'/tmp' is no folder of the vault; name one relative to its root"),
        (".obsidian", "'.obsidian' begins with a dot, which hides it from the vault; choose another name"),
        ("out", "the folder 'out' leads out of the vault; choose another"),
        ("out/side", "the folder 'out/side' leads out of the vault; choose another"),
        ("file", "'file' is no folder, or leads through a file; choose another"),
        ("file/x", "'file/x' is no folder, or leads through a file; choose another"),
        ("public/x", "the folder 'public/x' holds a published site and no notes; choose another"),
    ],
)
def test_a_folder_outside_the_vault_or_none_of_its_own_is_refused(
    vault: Make, tmp_path_factory: pytest.TempPathFactory, folder: str, message: str
) -> None:
    here = vault({"file": "", "public/fmvault-site.json": "{}"})
    outside = tmp_path_factory.mktemp("outside")
    (here / "out").symlink_to(outside)
    assert refused("A", "--folder", folder) == message
    assert refused(f"{folder}/A").startswith(message.removesuffix("; choose another"))
    assert files(outside) == []
    assert files(here) == ["file", "fmvault.toml", "public/fmvault-site.json"]


def test_a_folder_that_is_closed_is_passed_over_where_a_link_asks_for_it(
    vault: Make, tmp_path_factory: pytest.TempPathFactory
) -> None:
    here = vault({"n.md": "[[out/A]] [[file/A]]", "file": ""})
    (here / "out").symlink_to(tmp_path_factory.mktemp("outside"))
    assert new("A") == "A.md"


def test_what_is_there_already_is_never_written_over(vault: Make) -> None:
    texts = {"x/Entropy.md": "mine", "Heat.md": "---\naliases: [Warmth]\n---\n", "pic.png": "", "Board.canvas": "{}"}
    here = vault(texts)
    before = {path: (here / path).read_bytes() for path in files(here)}
    assert refused("entropy") == "'x/Entropy.md' is there already; add to it, or choose another name"
    assert refused("y/Entropy.md") == "'x/Entropy.md' is there already; add to it, or choose another name"
    assert refused("WARMTH") == "'WARMTH' is an alias of 'Heat.md' already; add to it, or choose another name"
    assert refused("pic.png") == "'pic.png' is there already; add to it, or choose another name"
    assert refused("Entropy", "--print") == "'x/Entropy.md' is there already; add to it, or choose another name"
    assert {path: (here / path).read_bytes() for path in files(here)} == before


def test_what_the_vault_does_not_see_is_not_written_over_either(
    vault: Make, tmp_path_factory: pytest.TempPathFactory
) -> None:
    here = vault({})
    target = tmp_path_factory.mktemp("outside") / "file.md"
    (here / "A.md").symlink_to(target)
    (here / "B.md").mkdir()
    for name in ("A", "B"):
        assert refused(name) == f"'{name}.md' is there already, and is not overwritten"
    assert not target.exists()
    assert sorted(path.name for path in here.iterdir()) == ["A.md", "B.md", "fmvault.toml"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a folder that cannot be written to")
def test_where_nothing_can_be_written_nothing_is_left(vault: Make) -> None:
    here = vault({"locked/x.md": ""})
    (here / "locked").chmod(0o500)
    try:
        assert refused("locked/deep/A") == "'locked/deep': permission denied"
    finally:
        (here / "locked").chmod(0o700)
    assert files(here) == ["fmvault.toml", "locked/x.md"]


def test_the_path_is_seen_from_the_working_folder(vault: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    here = vault({"v/fmvault.toml": "", "v/sub/n.md": ""})
    assert new("A", "--vault", "v") == "v/A.md"
    monkeypatch.chdir(here / "v" / "sub")
    assert new("B") == "../B.md"
    assert refused("C", "--vault", "nowhere") == "no file or folder 'nowhere'"


AWKWARD = st.text(
    "aA.-_ /\\[]()`$%*~&<>|#^:'\"!?{}@=+,;0é\u0301\u00a0\u202e\u200d\U0001f600\n\t\x00\udcff", max_size=12
)
READY = st.sampled_from(
    ["Definition", "Open questions", "What is X", "1. Intro", "%%x%%", "[[x", "x]]", "- a", "> q", "a\\", "www.x.org/y"]
)


@settings(max_examples=150)
@given(name=AWKWARD | READY | st.text(max_size=20))
@example("Heat")
@example("x/Warmth")
@example("Sub/../A")
@example("<!-- a")
@example("# a")
@example("a\\[b")
@example("&amp;")
@example("@%%")
@example("a\u2028b")
def test_any_name_gives_one_note_that_is_found_by_it_or_one_line(name: str) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        outer = Path(temporary).resolve()
        root = outer / "vault"
        write(root, {"fmvault.toml": KINDS, "Heat.md": "---\naliases: [Warmth]\n---\n", "Sub/pic.png": ""})
        before = files(outer)
        result = run("new", "--vault", str(root), "--", name)
        added = sorted(set(files(outer)) - set(before))
        if result.exit_code:
            assert (result.exit_code, result.stdout, result.stderr.count("\n"), added) == (2, "", 1, [])
            return
        assert (result.stderr, len(added)) == ("", 1)
        path = added[0].removeprefix("vault/")
        assert path != added[0]
        called = path.rpartition("/")[2].removesuffix(".md")
        assert fold(name.strip()).replace("\\", "/").endswith((fold(called), f"{fold(called)}.md"))
        opened = open_vault(root)
        link = markdown.parse("x.md", f"[[{called}]]".encode()).links[0]
        assert reached(opened.vault.resolve(link, Note("x.md", b"", 0))) == path
        report = run("check", "--vault", str(root), "--format", "json").stdout
        assert {each["rule"] for each in json.loads(report)["findings"]} == {"empty-section"}
        note = opened.vault.notes[path]
        assert frontmatter.loads((root / path).read_text("utf-8"))["type"] == "concept"
        assert sum(heading.level == 2 for heading in note.headings) == 12
