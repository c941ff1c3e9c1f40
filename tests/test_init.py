"""``fmvault init``: what is written, what is kept, and that a vault is then set up."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from fmvault.cli import HOSTS, commands, writing
from fmvault.cli.options import known_names
from fmvault.config import load
from fmvault.lint.rules import RULES
from fmvault.scaffold import pages, setup
from fmvault.workspace import WorkspaceError, write_atomic

CHECKOUT = Path(__file__).parents[1]
VAULTS = CHECKOUT.parent / "shared" / "vaults"
SET_UP = ["fmvault.toml", "schemas/concept.schema.json", "schemas/source.schema.json"]

ENTROPY = """\
## What this concept means
How many ways there are to be as it looks.
## Why it matters
It tells which way time goes.
## Tradeoffs
It is defined in many ways.
## Open questions
- Why was it low at the start?
"""
PAPER = "## What this paper is about\n## Key concepts\n## My explanation\n"
OTHER = "## Ingredients\n## Summary\n## Questions\n"

Make = Callable[..., Path]


def write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes files of the texts by path, in a folder that is the current one from then on."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)

    def make(files: Mapping[str, str], *, git: bool = False) -> Path:
        write(tmp_path, files)
        if git:
            subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
        return tmp_path

    return make


needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def run(*arguments: str) -> Result:
    """``fmvault`` with these arguments, in this process."""
    result = CliRunner().invoke(commands, list(arguments), prog_name="fmvault")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def init(*arguments: str) -> list[str]:
    """The lines that ``fmvault init`` prints."""
    result = run("init", *arguments)
    assert (result.stderr, result.exit_code) == ("", 0)
    return result.stdout.splitlines()


def files(folder: Path) -> dict[str, bytes]:
    """All files in a folder but git's own, by path."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {path: file.read_bytes() for path, file in sorted(found.items()) if not path.startswith(".git/")}


def kinds(folder: Path) -> dict[str, Any]:
    """The kinds that the configuration in a folder declares."""
    declared: dict[str, Any] = tomllib.loads((folder / "fmvault.toml").read_text("utf-8"))["kinds"]
    return declared


# -- what is written --------------------------------------------------------------------------------------------------


def test_a_folder_is_made_a_vault_and_the_second_time_nothing_is_done(folder: Make) -> None:
    here = folder({"Entropy.md": ENTROPY})
    assert init() == [*(f"wrote '{path}'" for path in SET_UP), "no hook, since the vault is in no git repository"]
    before = files(here)
    assert list(before) == ["Entropy.md", *SET_UP]
    assert before["Entropy.md"] == ENTROPY.encode()
    assert init() == [
        *(f"kept '{path}' as it is" for path in SET_UP),
        "no hook, since the vault is in no git repository",
        "nothing to do: the vault is set up",
    ]
    assert files(here) == before
    assert run("check").exit_code == 0


def test_the_configuration_is_valid_and_turns_the_advised_rules_on(folder: Make) -> None:
    here = folder({})
    init()
    source = (here / "fmvault.toml").read_text("utf-8")
    config = load("fmvault.toml", source, known_names())
    assert set(config.active()) - {rule.name for rule in RULES if rule.enabled} == set(setup.ADVISED)
    assert {name: kind.schema for name, kind in config.kinds.items()} == {
        "concept": "schemas/concept.schema.json",
        "source": "schemas/source.schema.json",
    }
    for rule in RULES:
        assert (f'"{rule.name}", # {rule.summary}\n' in source) is (rule.name in setup.ADVISED)
    # What is commented out is valid too.
    examples = [line.removeprefix("# ") for line in source.splitlines() if line.startswith("# ") and " = [" in line]
    assert [line.partition(" = ")[0] for line in examples] == ["exclude", "planned", "match", "match"]
    uncommented = source
    for example in examples:
        uncommented = uncommented.replace(f"# {example}", example)
    top, _, tables = uncommented.partition("[kinds.concept]")
    assert load("fmvault.toml", top, known_names()).exclude == ("Archive/",)
    assert load("fmvault.toml", f"[kinds.concept]{tables}", known_names()).kinds["concept"].match == ("Concepts/*.md",)


def test_every_rule_that_is_advised_is_off_by_default() -> None:
    off = {rule.name for rule in RULES if not rule.enabled and rule.family not in ("links", "anchors", "names", "text")}
    assert set(setup.ADVISED) <= off


@pytest.mark.parametrize("kind", ["concept", "source"])
def test_the_schemas_ask_for_what_the_shipped_ones_do_until_they_are_changed(folder: Make, kind: str) -> None:
    note = f"---\ntype: {kind}\n---\n## Open questions\n- Why?\n"
    here = folder({"fmvault.toml": f"[kinds.{kind}]", "A.md": note})
    before = run("check", "--format", "concise").stdout
    assert "is missing" in before
    (here / "fmvault.toml").unlink()
    init()
    assert run("check", "--format", "concise").stdout == before
    # The example is taken by moving it to the top.
    file = here / "schemas" / f"{kind}.schema.json"
    schema = json.loads(file.read_text("utf-8"))
    schema["properties"] = schema["$defs"]["example"]["properties"]
    file.write_text(json.dumps(schema), "utf-8")
    (here / "A.md").write_text(note.replace("---\n##", "status: sed\n---\n##"), "utf-8")
    after = run("check", "--format", "concise").stdout
    assert "'History' is missing" in after
    assert "[property-schema]" in after
    (here / "A.md").write_text(note.replace("---\n##", "status: seed\n---\n## Origins\nLong ago.\n##"), "utf-8")
    assert run("check", "--format", "concise").stdout.count("error") == before.count("error")


# -- what is found out ------------------------------------------------------------------------------------------------


def test_folders_that_hold_such_notes_are_told_by_their_notes(folder: Make) -> None:
    here = folder(
        {
            "Physics/Entropy.md": ENTROPY,
            "Physics/Heat.md": ENTROPY,
            "Physics/Journal.md": OTHER,
            "Papers [old]/P.md": PAPER,
            "#1/E.md": ENTROPY,
            "Mostly others/E.md": ENTROPY,
            "Mostly others/A.md": OTHER,
            "Mostly others/B.md": OTHER,
            "Kitchen/Soup.md": OTHER,
            "Kitchen/Soup.canvas": "{}",
        }
    )
    init()
    assert kinds(here)["concept"]["match"] == ["/#1/*.md", "Physics/*.md"]
    assert kinds(here)["source"]["match"] == ["Papers \\[old]/*.md"]
    report = json.loads(run("check", "--format", "json").stdout)
    missing = {each["path"] for each in report["findings"] if each["rule"] == "missing-section"}
    assert missing == {"Physics/Journal.md", "Papers [old]/P.md"}


def test_notes_at_the_top_are_told_without_those_below(folder: Make) -> None:
    here = folder({"Entropy.md": ENTROPY, "Kitchen/Soup.md": OTHER})
    init()
    assert kinds(here)["concept"]["match"] == ["/*.md"]
    assert run("check").exit_code == 0


def test_notes_that_tell_their_kind_need_no_pattern(folder: Make) -> None:
    here = folder(
        {"Physics/Entropy.md": f"---\ntype: Concept\n---\n{ENTROPY}", "P.md": f"---\ntype: [source]\n---\n{PAPER}"}
    )
    init()
    assert "match" not in kinds(here)["concept"]
    assert "match" not in kinds(here)["source"]


def test_templates_and_what_git_ignores_tell_nothing(folder: Make) -> None:
    here = folder(
        {
            ".obsidian/templates.json": '{"folder": "Templates"}',
            "Templates/Concept.md": ENTROPY,
            ".gitignore": "build/",
            ".git/HEAD": "",
            "build/Entropy.md": ENTROPY,
        }
    )
    init()
    assert "match" not in kinds(here)["concept"]


def test_a_folder_by_its_name_alone_is_an_example_and_not_in_force(folder: Make) -> None:
    here = folder({"Deep/Glossary/Soup.md": OTHER, "Books/Dune.md": "A book.\n"})
    init()
    source = (here / "fmvault.toml").read_text("utf-8")
    assert '# match = ["Deep/Glossary/*.md"]\n' in source
    assert '# match = ["Books/*.md"]\n' in source
    assert not any("match" in kind for kind in kinds(here).values())


@pytest.mark.parametrize("name", ["kepano", "obsidian-help-en"])
def test_a_real_vault_has_no_new_errors(folder: Make, name: str) -> None:
    if not (VAULTS / name).is_dir():
        pytest.skip("needs the vault")
    here = folder({})
    shutil.copytree(VAULTS / name, here / name)

    def errors() -> list[Any]:
        report = json.loads(run("check", name, "--format", "json").stdout)
        return [each for each in report["findings"] if each["severity"] == "error"]

    before = errors()
    init(name)
    assert errors() == before


# -- where ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere", "no file or folder 'nowhere'"),
        ("no/where", "no file or folder 'no/where'"),
        ("a.md", "'a.md' is a file, and a vault is a folder"),
    ],
)
def test_a_path_that_is_no_folder_is_refused(folder: Make, path: str, message: str) -> None:
    here = folder({"a.md": ""})
    result = run("init", path)
    assert (result.stdout, result.stderr, result.exit_code) == ("", f"fmvault: {message}\n", 2)
    assert list(files(here)) == ["a.md"]


def test_without_a_path_it_is_the_vault_around_the_current_folder(
    folder: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = folder({".obsidian/app.json": "{}", "Deep/Down/a.md": ""})
    monkeypatch.chdir("Deep/Down")
    assert init()[0] == "wrote '../../fmvault.toml'"
    assert (here / "fmvault.toml").is_file()


def test_a_path_is_meant_as_it_is_told_and_a_vault_within_another_is_told_of(folder: Make) -> None:
    folder({".obsidian/app.json": "{}", "Deep/a.md": ""})
    lines = init("Deep")
    assert lines[0] == "wrote 'Deep/fmvault.toml'"
    assert "the vault lies in another, '.', and is one of its own from now on" in lines
    assert "the vault lies in another, '.', and is one of its own from now on" not in init("Deep")


def test_a_dry_run_tells_the_same_and_writes_nothing(folder: Make) -> None:
    here = folder({"a.md": ENTROPY})
    before = files(here)
    assert init("--dry-run")[:3] == [f"would write '{path}'" for path in SET_UP]
    assert files(here) == before


# -- what is kept -----------------------------------------------------------------------------------------------------


def added(lines: list[str], file: str) -> str:
    """What is to be added to a file by hand."""
    start = next(index for index, line in enumerate(lines) if line.startswith(f"kept '{file}' as it is; add to"))
    end = next(index for index in range(start + 1, len(lines)) if lines[index].startswith(("kept ", "wrote ", "no")))
    return "\n".join(lines[start + 1 : end]).strip("\n") + "\n"


def test_a_configuration_is_kept_and_what_it_lacks_is_told(folder: Make) -> None:
    own = 'extend-select = ["graph"]\nignore = ["near-duplicate"]\n\n[kinds.concept]\nmatch = ["*.md"]\n'
    here = folder({"fmvault.toml": own})
    lines = init()
    assert lines[0] == "kept 'fmvault.toml' as it is; add to it above its tables, 'extend-select' in place of its own:"
    assert (here / "fmvault.toml").read_text("utf-8") == own
    # The kind that is declared takes the shipped schema, and is to go on with it.
    assert list(files(here)) == ["fmvault.toml", "schemas/source.schema.json"]
    lacking = added(lines, "fmvault.toml")
    assert tomllib.loads(lacking) == {
        "extend-select": ["graph", *(name for name in setup.ADVISED if name != "near-duplicate")],
        "kinds": {"source": {"schema": "schemas/source.schema.json"}},
    }
    assert init()[-1] == "nothing written"
    top, _, tables = lacking.partition("[kinds.source]")
    merged = top + own.partition("\n")[2] + f"\n[kinds.source]{tables}"
    (here / "fmvault.toml").write_text(merged, "utf-8")
    assert init()[0] == "kept 'fmvault.toml' as it is"
    assert init()[-1] == "nothing to do: the vault is set up"


def test_an_empty_configuration_lacks_everything(folder: Make) -> None:
    here = folder({"fmvault.toml": ""})
    lines = init()
    assert lines[0] == "kept 'fmvault.toml' as it is; add to it above its tables:"
    (here / "fmvault.toml").write_text(added(lines, "fmvault.toml"), "utf-8")
    assert init()[-1] == "nothing to do: the vault is set up"


def test_a_project_that_configures_a_vault_is_told_what_to_add(folder: Make) -> None:
    before, after = "[project]\nname = 'x'\n\n[tool.fmvault]\nexclude = ['x']\n", "[tool.fmvault.rules]\n[tool.x]\n"
    here = folder({"pyproject.toml": before + after})
    lines = init()
    how = "add to it at the end of '[tool.fmvault]', above the next table"
    assert lines[0] == f"kept 'pyproject.toml' as it is; {how}:"
    assert list(files(here)) == ["pyproject.toml", *SET_UP[1:]]
    lacking = added(lines, "pyproject.toml")
    assert lacking.startswith("extend-select = [\n")
    assert "\n[tool.fmvault.kinds.concept]" in lacking
    (here / "pyproject.toml").write_text(before + lacking + after, "utf-8")
    assert init()[-1] == "nothing to do: the vault is set up"
    assert run("check").exit_code == 0


def test_a_project_that_has_no_header_of_our_table_is_told_it_too(folder: Make) -> None:
    own = "[project]\nname = 'x'\n\n[tool.fmvault.rules]\n"
    here = folder({"pyproject.toml": own})
    lines = init()
    assert lines[0] == "kept 'pyproject.toml' as it is; add to it:"
    (here / "pyproject.toml").write_text(own + added(lines, "pyproject.toml"), "utf-8")
    assert init()[-1] == "nothing to do: the vault is set up"


def test_a_project_without_our_table_gets_a_file_of_its_own(folder: Make) -> None:
    folder({"pyproject.toml": "[project]\nname = 'x'\n"})
    assert init()[0] == "wrote 'fmvault.toml'"


def test_a_mistake_in_the_configuration_is_told_and_nothing_is_written(folder: Make) -> None:
    here = folder({"fmvault.toml": "slect = []"})
    result = run("init")
    assert result.stderr == "fmvault.toml:1:1: unknown key 'slect'; did you mean 'select'?\n"
    assert (result.stdout, result.exit_code) == ("", 2)
    assert list(files(here)) == ["fmvault.toml"]


def test_schemas_that_are_there_are_kept(folder: Make) -> None:
    here = folder({"schemas/concept.schema.json": "{}"})
    assert init()[1] == "kept 'schemas/concept.schema.json' as it is"
    assert (here / "schemas" / "concept.schema.json").read_text() == "{}"


def test_nothing_is_written_through_a_link_out_of_the_vault(
    folder: Make, tmp_path_factory: pytest.TempPathFactory
) -> None:
    here = folder({})
    outside = tmp_path_factory.mktemp("outside")
    (here / "schemas").symlink_to(outside)
    result = run("init")
    assert result.stderr == "fmvault: cannot write 'schemas/concept.schema.json': its folder leads out of '.'\n"
    assert result.exit_code == 2
    assert list(outside.iterdir()) == []


def test_where_one_file_cannot_be_written_none_is(folder: Make) -> None:
    here = folder({"schemas": "A file."})
    result = run("init")
    assert result.stderr == "fmvault: cannot write 'schemas/concept.schema.json': 'schemas' is no folder\n"
    assert (result.stdout, result.exit_code) == ("", 2)
    assert list(files(here)) == ["schemas"]


def test_what_was_written_is_taken_back_where_a_later_file_fails(folder: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    here = folder({"a.md": ""})

    def fail(path: Path, content: bytes) -> None:
        if path.name == "source.schema.json":
            raise WorkspaceError("the disk is full")
        write_atomic(path, content)

    monkeypatch.setattr(writing, "write_atomic", fail)
    result = run("init")
    assert (result.stdout, result.stderr, result.exit_code) == ("", "fmvault: the disk is full\n", 2)
    assert sorted(path.name for path in here.iterdir()) == ["a.md"]


@pytest.mark.skipif(os.name != "posix", reason="needs pipes")
@needs_git
def test_hooks_in_a_pipe_or_nowhere_are_told_and_nothing_is_written(folder: Make) -> None:
    here = folder({}, git=True)
    os.mkfifo(here / ".pre-commit-config.yaml")
    result = run("init")
    assert result.stderr == "fmvault: cannot read '.pre-commit-config.yaml': it is not a regular file\n"
    (here / ".pre-commit-config.yaml").unlink()
    (here / ".pre-commit-config.yaml").symlink_to("gone.yaml")
    result = run("init")
    assert result.stderr == "fmvault: cannot read '.pre-commit-config.yaml': it is not there\n"
    assert (result.stdout, result.exit_code, list(files(here))) == ("", 2, [])


# -- the hook ---------------------------------------------------------------------------------------------------------


@needs_git
def test_in_a_repository_the_hook_stands_at_its_top_and_names_the_vault(folder: Make) -> None:
    here = folder({'my "vault"/a.md': ""}, git=True)
    lines = init('my "vault"')
    assert lines[-2:] == [
        "wrote '.pre-commit-config.yaml'",
        "run 'pre-commit install' or 'prek install' once, so that git calls the hook",
    ]
    configuration = yaml.safe_load((here / ".pre-commit-config.yaml").read_text("utf-8"))
    manifest = yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text("utf-8"))[0]
    del manifest["description"]
    (repo,) = configuration["repos"]
    assert repo == {"repo": "local", "hooks": [manifest | {"language": "system", "args": ['my "vault"']}]}


@needs_git
def test_a_repository_that_is_the_vault_needs_no_args(folder: Make) -> None:
    here = folder({}, git=True)
    init()
    configuration = yaml.safe_load((here / ".pre-commit-config.yaml").read_text("utf-8"))
    assert "args" not in configuration["repos"][0]["hooks"][0]


@needs_git
@pytest.mark.parametrize("name", [".pre-commit-config.yaml", ".pre-commit-config.yml"])
def test_hooks_that_are_there_are_kept_and_the_entry_is_told(folder: Make, name: str) -> None:
    own = "repos:\n  - repo: local\n    hooks: []\n"
    here = folder({"v/a.md": "", "w/a.md": "", name: own}, git=True)
    lines = init("v")
    assert f"kept '{name}' as it is; add to its 'repos':" in lines
    assert (here / name).read_text("utf-8") == own
    entry = "\n".join(lines[lines.index("  - repo: local") :]).strip() + "\n"
    (here / name).write_text(f"{own}  {entry}", "utf-8")
    assert len(yaml.safe_load((here / name).read_text("utf-8"))["repos"]) == 2
    assert init("v")[-2:] == [f"kept '{name}' as it is", "nothing to do: the vault is set up"]
    # The hook of one vault is not that of another.
    assert f"kept '{name}' as it is; add to its 'repos':" in init("w")


@needs_git
def test_the_entry_of_the_readme_counts_as_the_hook(folder: Make) -> None:
    readme = (CHECKOUT / "README.md").read_text("utf-8")
    entry = readme.partition("```yaml\n# .pre-commit-config.yaml\n")[2].partition("```")[0]
    folder({"vault/a.md": "", ".pre-commit-config.yaml": entry}, git=True)
    assert "kept '.pre-commit-config.yaml' as it is" in init("vault")


@needs_git
@pytest.mark.parametrize("runner", ["pre-commit", "prek"])
def test_the_hook_refuses_a_commit_that_breaks_a_link(folder: Make, runner: str, tmp_path: Path) -> None:
    search = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    program = shutil.which(runner, path=search)
    if program is None:
        pytest.skip(f"needs {runner}")
    bin_ = tmp_path / ".bin"
    write(bin_, {"fmvault": f'#!/bin/sh\nexec "{sys.executable}" -m fmvault "$@"\n'})
    (bin_ / "fmvault").chmod(0o755)
    environment = os.environ | {
        "PATH": os.pathsep.join([os.fspath(bin_), search]),
        "PYTHONPATH": os.fspath(CHECKOUT),
        "HOME": os.fspath(tmp_path / ".home"),
        "PRE_COMMIT_HOME": os.fspath(tmp_path / ".home"),
        "PREK_HOME": os.fspath(tmp_path / ".home"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": "ada@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }

    def do(*command: str) -> tuple[int, str]:
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    here = folder({"v/a.md": "[[b]]\n", "v/b.md": "Here.\n"}, git=True)
    init("v")
    assert do(program, "install")[0] == 0
    do("git", "add", "v", ".pre-commit-config.yaml")
    status, said = do("git", "commit", "-m", "one")
    assert status == 0, said
    write(here, {"v/a.md": "[[Nowhere]]\n"})
    do("git", "add", "v")
    status, said = do("git", "commit", "-m", "two")
    assert status != 0
    assert "v/a.md" in said
    assert "no note is named 'Nowhere'" in said


# -- publishing it ----------------------------------------------------------------------------------------------------

WORKFLOW, JOB = ".github/workflows/pages.yml", ".gitlab-ci.yml"


def valid(schema: str, file: Path, *more: str) -> None:
    """Hold a file against a schema that its host has published."""
    pytest.importorskip("check_jsonschema")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *more, os.fspath(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_hosts_that_are_offered_are_those_that_are_known() -> None:
    assert tuple(pages.PATHS) == HOSTS


@needs_git
@pytest.mark.parametrize(
    ("asked", "written"), [("github", [WORKFLOW]), ("gitlab", [JOB]), ("gitlab,github", [JOB, WORKFLOW])]
)
def test_what_publishes_a_vault_is_written_at_the_top_of_the_repository(
    folder: Make, asked: str, written: list[str]
) -> None:
    here = folder({"v/a.md": ""}, git=True)
    lines = init("v", "--pages", asked)
    assert [line for line in lines if "pages.yml" in line or "gitlab" in line] == [
        *(f"wrote '{path}'" for path in written),
        *(f"in '{path}', put the address of fmvault's repository in the place of REPOSITORY" for path in written),
    ]
    assert [path for path in files(here) if path in (WORKFLOW, JOB)] == sorted(written)
    assert all("REPOSITORY" in (here / path).read_text("utf-8") for path in written)
    assert init("v", "--pages", asked)[-1] == "nothing to do: the vault is set up"


@needs_git
def test_without_the_option_nothing_publishes_and_a_path_is_never_taken_for_a_host(folder: Make) -> None:
    here = folder({"v/a.md": ""}, git=True)
    init("v")
    assert not {WORKFLOW, JOB} & set(files(here))
    result = run("init", "--pages", "v")
    assert (result.exit_code, result.stderr) == (
        2,
        "fmvault: unknown host 'v'; there is 'github' and 'gitlab'\n",
    )
    result = run("init", "v", "--pages")
    assert (result.exit_code, result.stderr) == (2, "fmvault: option '--pages' requires an argument\n")
    init("--pages", "github", "v")
    assert WORKFLOW in files(here)
    init("--pages=gitlab", "v")
    assert JOB in files(here)


@needs_git
@pytest.mark.parametrize(
    ("contents", "hint"),
    [
        ({}, "add '/v/public/' to '.gitignore', so that no site is committed"),
        ({".gitignore": "*.tmp\n"}, "add '/v/public/' to '.gitignore', so that no site is committed"),
        ({".gitignore": "public/\n"}, None),
        ({"v/.gitignore": "/public\n"}, None),
        (
            {"v/fmvault.toml": "[site]\noutput = 'site'\n", ".gitignore": "public/\n"},
            "add '/v/site/' to '.gitignore', so that no site is committed",
        ),
    ],
)
def test_a_site_is_not_to_be_committed(folder: Make, contents: Mapping[str, str], hint: str | None) -> None:
    here = folder({"v/a.md": "", **contents}, git=True)
    lines = init("v", "--pages", "github")
    assert [line for line in lines if ".gitignore" in line] == ([hint] if hint else [])
    assert {path: (here / path).read_text("utf-8") for path in contents} == contents


# What a shell or a host would make something of, and names that YAML takes for something else.
NAMES = [".", "my vault", 'it\'s "x" $(touch y)', "a: b # c", "${{ github }}", "yes", "$HOME", "größe", "{}"]


@needs_git
@pytest.mark.parametrize("name", NAMES)
def test_the_workflow_is_valid_and_publishes_the_vault_whatever_its_name(folder: Make, name: str) -> None:
    here = folder({f"{name}/a.md": ""}, git=True)
    init(name, "--pages", "github,gitlab")
    valid("github-workflows", here / WORKFLOW)
    valid("gitlab-ci", here / JOB, "--data-transform", "gitlab-ci")
    text = (here / WORKFLOW).read_text("utf-8")
    build = yaml.safe_load(text)["jobs"]["build"]
    script = [step["run"] for step in build["steps"] if "run" in step]
    assert script[-1] == 'fmvault build "$VAULT" --strict -o "$RUNNER_TEMP/public" --base-url "$URL"'
    assert name == "." or not any(name in line for line in script)
    job = yaml.safe_load((here / JOB).read_text("utf-8"))["pages"]
    assert job["script"][-1] == 'fmvault build "$VAULT" --strict -o public --base-url "$CI_PAGES_URL"'
    # GitHub would look for an expression in the name, and GitLab for a variable.
    if "${{" not in name:
        assert build["env"]["VAULT"] == name
    assert job["variables"]["VAULT"].replace("$$", "$") == name
    assert "$" not in job["variables"]["VAULT"].replace("$$", "")
    # All of the past, since git tells when notes were written.
    assert next(step for step in build["steps"] if "checkout" in step.get("uses", ""))["with"]["fetch-depth"] == 0
    assert job["variables"]["GIT_DEPTH"] == "0"


@needs_git
def test_what_publishes_already_is_kept_and_a_job_that_lacks_is_told(folder: Make) -> None:
    own = {WORKFLOW: "name: mine\n", JOB: "test:\n  script: [make]\n"}
    here = folder({"a.md": "", **own}, git=True)
    lines = init("--pages", "github,gitlab")
    assert f"kept '{WORKFLOW}' as it is" in lines
    at = lines.index(f"kept '{JOB}' as it is; add to it:")
    assert {path: (here / path).read_text("utf-8") for path in own} == own
    end = next(index for index, line in enumerate(lines[at + 2 :], at + 2) if not line)
    (here / JOB).write_text(own[JOB] + "\n".join(lines[at + 1 : end]) + "\n", "utf-8")
    valid("gitlab-ci", here / JOB, "--data-transform", "gitlab-ci")
    assert list(yaml.safe_load((here / JOB).read_text("utf-8"))) == ["test", "pages"]
    assert f"kept '{JOB}' as it is" in init("--pages", "gitlab")


def test_outside_a_repository_there_is_nothing_to_publish_with(folder: Make) -> None:
    here = folder({"a.md": ""})
    result = run("init", "--pages", "github")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "fmvault: '.' is in no git repository, which '--pages' publishes from; run 'git init', or leave it out\n"
    )
    assert list(files(here)) == ["a.md"]


def test_a_host_that_is_not_known_is_refused(folder: Make) -> None:
    folder({})
    assert run("init", "--pages", "gitub").stderr == "fmvault: unknown host 'gitub'; did you mean 'github'?\n"
