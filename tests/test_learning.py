"""``fmvault wanted`` and ``fmvault path``: what they print, and the exit status."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from fmvault.cli import commands

ROOT = Path(__file__).parents[1]

KINDS = {"fmvault.toml": "[kinds.concept]\n"}


def concept(*requires: str, definition: str = "", questions: str = "") -> str:
    """A concept note that requires some, and names others in its definition and its questions."""
    listed = "".join(f"  - '[[{name}]]'\n" for name in requires)
    return f"---\ntype: concept\nrequires:\n{listed}---\n# Definition\n{definition}\n# Open questions\n{questions}\n"


# What a person knows who has not yet heard of attention.
NETS = {
    **KINDS,
    "Transformer.md": concept("Attention", definition="A [[Network]] with [[Attention]], not a [[RNN]]."),
    "Attention.md": "---\naliases: [Self-Attention]\n" + concept("Token", questions="- Is it like an [[RNN]]?")[4:],
    "Token.md": concept(questions="- How many are there?\n- What has an [[RNN]] of a [[Token]], or a [[Loop]]?"),
    "Network.md": concept(definition="Made of [[Layer|layers]]."),
    "Layer.md": concept(definition="A part of a [[Network]]."),
}


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes a vault of the texts by path, in a folder that is the current one from then on."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def make(files: Mapping[str, str], folder: str = ".") -> Path:
        for path, text in files.items():
            file = tmp_path / folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8", newline="")
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return make


Make = Callable[..., Path]


def run(*arguments: str) -> Result:
    """``fmvault`` with these arguments, in this process."""
    result = CliRunner().invoke(commands, list(arguments), prog_name="fmvault")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def as_json(command: str, *arguments: str) -> Any:
    """What a command prints as JSON, which is held to its schema."""
    result = run(command, *arguments, "--format", "json")
    assert (result.stderr, result.exit_code) == ("", 0)
    document = json.loads(result.stdout)
    schema = json.loads((ROOT / "schemas" / f"{command}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)
    return document


def in_terminal(columns: int, *arguments: str) -> str:
    """What ``fmvault`` writes to a terminal of this width."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": str(columns), "TERM": "xterm", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "fmvault", *arguments]
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=environment):
        os.close(theirs)
        written = b""
        try:
            while part := os.read(ours, 1 << 16):
                written += part
        except OSError:
            # So Linux tells that nobody writes any more.
            pass
    os.close(ours)
    return written.decode().replace("\r\n", "\n")


# -- wanted -----------------------------------------------------------------------------------------------------------


def test_missing_notes_are_listed_with_who_asks_and_the_questions(vault: Make) -> None:
    vault(NETS)
    result = run("wanted")
    assert result.stdout == (
        "#  gain  missing note\n"
        "1   100  RNN\n"
        "         asked for by 3 notes: Attention, Token and Transformer\n"
        "         ? Is it like an RNN? (Attention)\n"
        "         ? What has an RNN of a Token, or a Loop? (Token)\n"
        "2    67  Loop\n"
        "         asked for by Token\n"
        "         ? What has an RNN of a Token, or a Loop?\n"
        "\n"
        "2 missing notes.\n"
    )
    assert (result.stderr, result.exit_code) == ("", 0)


def test_missing_notes_as_json_keep_to_their_schema(vault: Make) -> None:
    vault(NETS | {"fmvault.toml": "planned = ['loop']\n[kinds.concept]\n"}, "v")
    document = as_json("wanted", "v")
    assert (document["version"], document["vault"], document["total"]) == (1, "v", 2)
    rnn, loop = document["wanted"]
    assert (rnn["rank"], rnn["name"], rnn["gain"], rnn["planned"]) == (1, "RNN", 100, False)
    assert rnn["asked_by"][0] == {
        "note": {"name": "Attention", "path": "Attention.md"},
        "types": ["questions"],
        "links": 1,
    }
    assert [asker["types"] for asker in rnn["asked_by"]] == [["questions"], ["questions"], ["definition"]]
    assert rnn["questions"][0] == {"note": {"name": "Attention", "path": "Attention.md"}, "text": "Is it like an RNN?"}
    assert (loop["rank"], loop["name"], loop["planned"]) == (2, "Loop", True)
    assert loop["pagerank"] < rnn["pagerank"]


def test_the_first_are_listed_where_no_more_are_wanted(vault: Make) -> None:
    vault({"a.md": " ".join(f"[[Note {index:02}]]" for index in range(25))})
    assert "\n20   100  Note 19\n" in run("wanted").stdout
    assert run("wanted").stdout.endswith("\n20 of 25 missing notes; '--limit 0' shows all.\n")
    assert run("wanted", "--limit", "0").stdout.endswith("\n25 missing notes.\n")
    assert run("wanted", "--limit", "1").stdout.endswith("\n1 of 25 missing notes; '--limit 0' shows all.\n")
    assert len(as_json("wanted")["wanted"]) == 25
    limited = as_json("wanted", "--limit", "2")
    assert (len(limited["wanted"]), limited["total"]) == (2, 25)


def test_a_vault_without_missing_notes_is_told(vault: Make) -> None:
    vault({"fmvault.toml": "", "a.md": "[[b]] ![[gone.png]]", "b.md": ""})
    assert run("wanted").stdout == "No missing notes: every link of 2 notes to a note has its note.\n"
    assert as_json("wanted")["wanted"] == []


def test_planned_notes_are_marked_whichever_key_names_them(vault: Make) -> None:
    rules = "planned = ['X']\n[rules.broken-note]\nplanned = ['Y*']\n"
    vault({"fmvault.toml": rules, "a.md": "[[X]] [[Yes]] [[Z]]"})
    listed = [
        line.split(maxsplit=2)[2]
        for line in run("wanted").stdout.splitlines()
        if line[:1].isdigit() and "gain" not in line
    ]
    assert listed[:3] == ["X  planned", "Yes  planned", "Z"]


def test_a_part_of_the_vault_is_asked_what_it_wants(vault: Make) -> None:
    vault({"fmvault.toml": "exclude = ['old']", "a/a.md": "[[X]]", "b/b.md": "[[X]] [[Y]]", "old/c.md": "[[Z]]"})
    assert [each["name"] for each in as_json("wanted")["wanted"]] == ["X", "Y"]
    (found,) = as_json("wanted", "a")["wanted"]
    assert [asker["note"]["path"] for asker in found["asked_by"]] == ["a/a.md"]
    assert [each["name"] for each in as_json("wanted", "--no-config")["wanted"]] == ["X", "Z", "Y"]


def test_a_part_without_missing_notes_is_told_of_the_part_alone(vault: Make) -> None:
    vault({"fmvault.toml": "", "a/a.md": "[[b]]", "b/b.md": "[[X]] [[Y]]", "b/c.md": ""})
    assert run("wanted", "a").stdout == "No missing notes: every link of 1 note in 'a' to a note has its note.\n"
    assert run("wanted", "b").stdout.endswith("\n2 missing notes that 'b' asks for.\n")
    assert run("wanted", "b", "--limit", "1").stdout.endswith(
        "\n1 of 2 missing notes that 'b' asks for; '--limit 0' shows all.\n"
    )
    assert run("wanted").stdout.endswith("\n2 missing notes.\n")
    assert as_json("wanted", "a")["total"] == 0
    assert "fmvault wanted [OPTIONS] [PATH]" in run("wanted", "--help").stdout


def test_a_narrow_terminal_is_kept_to_and_no_word_is_parted(vault: Make) -> None:
    long = "The Unreasonable Effectiveness of Recurrent Neural Networks"
    vault(
        NETS | {"Transformer.md": concept("Attention", long, definition="A [[Network]].", questions=f"- [[{long}]]?")}
    )
    words = set(f"{' '.join(NETS.values())} {long}".replace("[", " ").replace("]", " ").split())
    for command in (["wanted"], ["path", "Transformer"], ["path", long]):
        printed = in_terminal(40, *command)
        lines = printed.splitlines()
        assert max(map(len, lines)) <= 40, printed
        assert "…" not in printed
        assert "Effectiveness" in words & set(printed.split())
    assert in_terminal(40, "path", "Attention") == (
        "1  Token\n     required by Attention\n2  Attention\n\n2 notes to read.\n"
    )
    assert "".join(in_terminal(30, "path", "Token").split()) == "Tokenneedsnothingthatistobereadbeforeit."


def test_names_are_laid_out_for_the_width_of_the_terminal(vault: Make) -> None:
    askers = {f"Note {index}.md": "[[Missing]]" for index in range(9)}
    vault({"fmvault.toml": "", "Long.md": f"[[{'long ' * 20}end]]", "Note which.md": "[[Other]]", **askers})
    lines = in_terminal(60, "wanted").splitlines()
    assert max(map(len, lines)) <= 60
    assert lines[1:3] == [
        "1   100  Missing",
        "         asked for by 9 notes: Note 0, Note 1 and 7 more",
    ]
    assert lines[5].endswith(f"  {'long ' * 10}".rstrip())
    assert lines[7].strip() == "end"


def test_names_of_strangers_do_not_steer_the_terminal(vault: Make) -> None:
    vault({"a\x1b[2J.md": "[[B\x1b[31mred]]"})
    printed = run("wanted", "--color", "never").stdout
    assert "\x1b" not in printed
    assert "B\\x1b[31mred" in printed
    assert "\x1b[36m" in run("wanted", "--color", "always").stdout


# -- path -------------------------------------------------------------------------------------------------------------


def test_what_to_read_first_is_listed_with_the_reasons(vault: Make) -> None:
    vault(NETS)
    result = run("path", "Transformer")
    assert result.stdout == (
        "1    Token        required by Attention\n"
        "2    Attention    required by Transformer\n"
        "3  | Layer        used in the definition of Network\n"
        "4  | Network      used in the definition of Layer and Transformer\n"
        "   | these 2 need each other: read them together\n"
        "5    RNN          missing  used in the definition of Transformer\n"
        "6    Transformer\n"
        "\n"
        "6 notes to read, 1 of them missing.\n"
    )
    assert (result.stderr, result.exit_code) == ("", 0)


def test_the_reading_order_as_json_keeps_to_its_schema(vault: Make) -> None:
    vault(NETS, "v")
    document = as_json("path", "transformer", "--vault", "v")
    assert (document["note"], document["missing"]) == ({"name": "Transformer", "path": "Transformer.md"}, False)
    assert [step["note"]["name"] for step in document["steps"]] == [
        "Token",
        "Attention",
        "Layer",
        "Network",
        "RNN",
        "Transformer",
    ]
    assert [step["circle"] for step in document["steps"]] == [None, None, 1, 1, None, None]
    assert document["steps"][1] == {
        "position": 2,
        "note": {"name": "Attention", "path": "Attention.md"},
        "kind": "concept",
        "missing": False,
        "circle": None,
        "reasons": [
            {"type": "requires", "by": {"name": "Transformer", "path": "Transformer.md"}},
            {"type": "definition", "by": {"name": "Transformer", "path": "Transformer.md"}},
        ],
    }
    assert document["steps"][4]["note"] == {"name": "RNN", "path": None}
    assert document["steps"][4]["missing"] is True


@pytest.mark.parametrize("name", ["attention", "self-attention", "Attention.md", "v/Attention.md"])
def test_a_note_is_named_by_name_alias_or_path(vault: Make, name: str) -> None:
    vault(NETS, "v")
    options = () if name.startswith("v/") else ("--vault", "v")
    assert as_json("path", name, *options)["note"]["path"] == "Attention.md"


def test_a_missing_note_is_told_with_who_asks_for_it(vault: Make) -> None:
    vault(NETS)
    assert run("path", "rnn").stdout == "RNN is missing\nasked for by 3 notes: Attention, Token and Transformer\n"
    document = as_json("path", "rnn")
    assert [asker["note"]["name"] for asker in document["asked_by"]] == ["Attention", "Token", "Transformer"]
    assert [step["note"]["name"] for step in document["steps"]] == ["RNN"]


def test_a_missing_note_comes_after_what_says_that_it_enables_it(vault: Make) -> None:
    vault({"fmvault.toml": "[relations.requires]\ninverse = 'enables'\n", "a.md": "---\nenables: '[[X]]'\n---\n"})
    assert run("path", "X").stdout == (
        "X is missing\nasked for by a\n\n1  a  required by X\n2  X  missing\n\n2 notes to read, 1 of them missing.\n"
    )


def test_of_many_notes_that_a_name_may_mean_some_are_told(vault: Make) -> None:
    vault({f"{letter}/Plan.md": "" for letter in "abcdefgh"})
    assert run("path", "plan").stderr == (
        "fmvault: 'plan' may be any of 8 notes: 'a/Plan.md', 'b/Plan.md', 'c/Plan.md', 'd/Plan.md', 'e/Plan.md'"
        " and 3 more; give the path of one\n"
    )


def test_a_note_that_needs_nothing_is_told(vault: Make) -> None:
    vault(NETS | {"Diary.md": "[[Token]]"})
    assert run("path", "Token").stdout == "Token needs nothing that is to be read before it.\n"
    assert run("path", "Diary").stdout == (
        "Diary needs nothing that is to be read before it; it has no kind, so that its definition is not known.\n"
    )


def test_a_relation_of_ones_own_is_told_by_its_name(vault: Make) -> None:
    vault(
        {
            "fmvault.toml": "[relations.builds-on]\nacyclic = true\ntransitive = true\n",
            "a.md": "---\nbuilds-on: ['[[b]]', '[[c]]']\nrequires: '[[c]]'\n---\n",
            "b.md": "",
            "c.md": "",
        }
    )
    assert run("path", "a").stdout == ("1  c  required by a\n2  b  needed by a (builds-on)\n3  a\n\n3 notes to read.\n")
    assert [reason["type"] for step in as_json("path", "a")["steps"] for reason in step["reasons"]] == [
        "requires",
        "builds-on",
        "builds-on",
    ]


def test_a_name_that_is_longer_than_any_files_is_cut(vault: Make) -> None:
    vault(KINDS)
    for name in ("x" * 300, "x" * 5000):
        result = run("path", name)
        assert (result.stdout, result.exit_code) == ("", 2)
        assert result.stderr.startswith("fmvault: no note is named '")
        assert len(result.stderr) < 140


def test_a_property_requires_counts_without_any_configuration(vault: Make) -> None:
    vault({"a.md": "---\nrequires: '[[b]]'\n---\n", "b.md": ""})
    assert run("path", "a").stdout == "1  b  required by a\n2  a\n\n2 notes to read.\n"


def test_long_reasons_are_shortened(vault: Make) -> None:
    askers = {f"Note {index}.md": concept("Base") for index in range(5)}
    vault({**KINDS, "Base.md": concept(), "Top.md": concept(*(f"Note {index}" for index in range(5))), **askers})
    assert run("path", "top").stdout.startswith("1  Base    required by Note 0, Note 1 and 3 more\n")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Transfromer", "no note is named 'Transfromer'; did you mean 'Transformer'?"),
        ("Bicycle", "no note is named 'Bicycle'"),
        ("", "no note is named ''"),
        ("Plan", "'Plan' may be any of 2 notes: 'a/Plan.md' and 'b/Plan.md'; give the path of one"),
        ("old/Draft.md", "'old/Draft.md' is no note that is reported on: a template, excluded or ignored"),
        ("draft", "'draft' is no note that is reported on: a template, excluded or ignored"),
    ],
)
def test_a_name_that_means_no_note_or_several_is_told_in_a_line_and_ends_with_2(
    vault: Make, name: str, message: str
) -> None:
    more = {
        "a/Plan.md": "",
        "b/Plan.md": "",
        "old/Draft.md": "",
        "fmvault.toml": "exclude = ['old']\n[kinds.concept]\n",
    }
    vault(NETS | more)
    result = run("path", name)
    assert (result.stdout, result.stderr, result.exit_code) == ("", f"fmvault: {message}\n", 2)


# -- both -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("wanted nowhere", "no file or folder 'nowhere'"),
        ("wanted --format jsn", "unknown format 'jsn'; did you mean 'json'?"),
        ("wanted --limit -1", "invalid value for '--limit': -1 is not in the range x>=0"),
        ("wanted --select links", "unknown option '--select'"),
        ("wanted --config fmvault.toml --no-config", "'--config' and '--no-config' exclude each other"),
        ("path", "missing argument 'NOTE'"),
        ("path a --vault nowhere", "no file or folder 'nowhere'"),
    ],
)
def test_misuse_is_told_in_a_line_and_ends_with_2(vault: Make, arguments: str, message: str) -> None:
    vault(KINDS)
    result = run(*arguments.split())
    assert (result.stdout, result.exit_code) == ("", 2)
    assert result.stderr.startswith(f"fmvault: {message}")
    assert result.stderr.count("\n") == 1


def test_what_stood_in_the_way_of_reading_is_told(vault: Make) -> None:
    root = vault({"a.md": "[[X]]"})
    os.symlink(root / "gone.md", root / "b.md")
    result = run("wanted", "--format", "json")
    assert json.loads(result.stdout)["total"] == 1
    assert result.stderr.startswith("warning: b.md: ")


def test_a_wrong_schema_is_told_at_its_place(vault: Make) -> None:
    vault({"fmvault.toml": "[kinds.concept]\nschema = 'mine.json'\n", "mine.json": "{\n  'x'\n}\n"})
    for arguments in (["wanted"], ["path", "a"]):
        result = run(*arguments)
        assert result.exit_code == 2
        assert result.stderr.startswith("mine.json:2:")


@pytest.mark.parametrize("arguments", [["wanted"], ["path", "Transformer"]])
def test_what_is_not_needed_is_not_loaded(vault: Make, arguments: list[str]) -> None:
    vault({path: text for path, text in NETS.items() if path != "Layer.md"})
    code = (
        f"import os, sys; sys.argv[1:] = {arguments!r}\nos._exit = sys.exit\nfrom fmvault.__main__ import main\n"
        "try: main()\nexcept SystemExit: pass\nprint(*sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    modules = set(done.stdout.splitlines()[-1].split())
    assert "fmvault.graph" in modules
    assert not modules & {"networkx", "numpy", "scipy", "rich", "rapidfuzz"}


def test_the_shipped_vault_wants_the_concept_that_its_one_broken_link_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    first = as_json("wanted", "vault")["wanted"][0]
    assert first["name"] == "Recurrent Neural Network (RNN)"
    assert [asker["note"]["name"] for asker in first["asked_by"]] == ["Foundation Model"]
    assert len(first["questions"]) == 1
    assert as_json("path", "transformer", "--vault", "vault")["steps"][-1]["note"]["name"] == "Transformer"
