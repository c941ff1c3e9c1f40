"""What the README says is so. ``python -m tests.test_readme`` writes anew what it copies: tables and workflows."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree

import pytest
import tomlkit

from fmvault import config
from fmvault.config.site import HELP
from fmvault.graph.exports import FORMATS as EXPORTS
from fmvault.kinds.schema import load
from fmvault.lint.report import FORMATS
from fmvault.lint.rules import RULES
from fmvault.lint.run import RULES_BY_NAME
from fmvault.scaffold import pages

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BETWEEN = re.compile(r"(<!-- rules: [^\n]* -->\n)(.*?)(<!-- /rules -->)", re.DOTALL)
SETTINGS = re.compile(r"(<!-- site: [^\n]* -->\n)(.*?)(<!-- /site -->)", re.DOTALL)
BLOCKS = re.compile(r"(<!-- blocks: [^\n]* -->\n)(.*?)(<!-- /blocks -->)", re.DOTALL)
WORKFLOWS = {
    host: re.compile(rf"(```yaml\n# {re.escape(path)}\n)((?:(?!```).)*?fmvault build.*?)(```)", re.DOTALL)
    for host, path in pages.PATHS.items()
}


def table() -> str:
    """The rules by family, those that are off by default in italics."""
    rows = ["| family | rules (*off by default*) |", "| --- | --- |"]
    for family, members in groupby(RULES, key=lambda rule: rule.family):
        names = (f"`{rule.name}`" if rule.enabled else f"*`{rule.name}`*" for rule in members)
        rows.append(f"| {family} | {', '.join(names)} |")
    return "\n".join(rows) + "\n"


def settings() -> str:
    """What ``[site]`` may hold: each key with an example, and what it does."""
    rows = ["| `[site]` | |", "| --- | --- |"]
    for key, (example, help) in HELP.items():
        value = tomlkit.item(list(example) if isinstance(example, tuple) else example).as_string()
        rows.append(f"| `{key} = {value}` | {help} |")
    return "\n".join(rows) + "\n"


def blocks() -> str:
    """The templates of a site, and the blocks that each has."""
    from fmvault_site import theme

    rows = ["| template | its blocks, in order |", "| --- | --- |"]
    for name, source in sorted(theme("en").templates.items()):
        if found := re.findall(r"\{%-? block (\w+)", source):
            rows.append(f"| `{name}` | {' '.join(f'`{block}`' for block in found)} |")
    return "\n".join(rows) + "\n"


def workflow(host: str) -> str:
    """What publishes the vault there, but for the line that says so."""
    return pages.workflow(host, "vault").partition("\n")[2]


def test_the_table_of_the_site_lists_its_settings() -> None:
    found = SETTINGS.search(README.read_text("utf-8"))
    assert found
    assert found[2] == settings(), "python -m tests.test_readme writes it anew"


def test_the_table_of_blocks_lists_those_of_the_templates() -> None:
    pytest.importorskip("fmvault_site")
    found = BLOCKS.search(README.read_text("utf-8"))
    assert found
    assert found[2] == blocks(), "python -m tests.test_readme writes it anew"


@pytest.mark.parametrize("host", pages.PATHS)
def test_what_publishes_a_vault_is_what_init_writes(host: str) -> None:
    found = WORKFLOWS[host].findall(README.read_text("utf-8"))
    assert [text for _, text, _ in found] == [workflow(host)], "python -m tests.test_readme writes it anew"


def test_the_table_of_rules_lists_the_rules() -> None:
    found = BETWEEN.search(README.read_text("utf-8"))
    assert found
    assert found[2] == table(), "python -m tests.test_readme writes it anew"


def test_the_table_of_formats_lists_the_formats() -> None:
    section = README.read_text("utf-8").partition("| format | for |")[2].partition("\n\n")[0]
    listed = [name for row in section.splitlines() if row for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(listed) == sorted(FORMATS)


def test_the_table_of_exports_lists_the_formats_of_graphs() -> None:
    section = README.read_text("utf-8").partition("<!-- exports:")[2].partition("<!-- /exports -->")[0]
    rows = [row for row in section.splitlines() if row.startswith("| `")]
    assert [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])] == list(EXPORTS)


def test_the_command_that_passes_the_tests_is_the_one_that_ci_runs() -> None:
    commands = re.findall(r"```sh\n(python3 -m venv.*pytest)\n```", README.read_text("utf-8"))
    assert len(commands) == 1
    assert commands[0] in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert commands[0] in (ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines()


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", README.read_text("utf-8"), re.DOTALL))
def test_the_configuration_it_shows_is_one(example: str) -> None:
    known = config.Known(rules=RULES_BY_NAME, formats=tuple(FORMATS))
    assert config.load("fmvault.toml", example, known).files == ("fmvault.toml",)


@pytest.mark.parametrize("page", ["README.md", "docs/kinds.md"])
def test_the_schemas_it_shows_are_ones(page: str) -> None:
    shown = re.findall(r"```json\n(\{\n  \"allOf\".*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
    assert shown
    for source in shown:
        held = load("concept", "concept.schema.json", source, lambda path: b"")
        assert set(held.sections) > {"definition", "tradeoffs"}


def test_its_picture_shows_what_the_command_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    from docs import picture

    monkeypatch.chdir(ROOT)
    printed = re.sub(r"\x1b\[[0-9;]*m", "", picture.report())
    drawn = ElementTree.fromstring(picture.PICTURE.read_text("utf-8"))
    texts: dict[str, str] = {}
    for text in drawn.iter("{http://www.w3.org/2000/svg}text"):
        texts[text.attrib["y"]] = texts.get(text.attrib["y"], "") + (text.text or "")
    # A drawing puts text at its place and leaves out the space between.
    shown = ["".join(text.split()) for text in texts.values()]
    lines = ["".join(line.split()) for line in ("$ fmvault check vault", *printed.splitlines())]
    assert [line for line in shown if line] == [line for line in lines if line]


def _written_anew(text: str) -> str:
    text = BETWEEN.sub(lambda match: match[1] + table() + match[3], text)
    text = SETTINGS.sub(lambda match: match[1] + settings() + match[3], text)
    text = BLOCKS.sub(lambda match: match[1] + blocks() + match[3], text)
    for host, pattern in WORKFLOWS.items():
        text = pattern.sub(lambda match, host=host: match[1] + workflow(host) + match[3], text)  # type: ignore[misc]
    return text


if __name__ == "__main__":
    README.write_text(_written_anew(README.read_text("utf-8")), "utf-8")
