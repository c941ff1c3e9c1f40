"""The documentation as a vault: clean under every rule that is on, and with a page for all there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from docs import vault
from fmvault.cli import commands
from fmvault.config.site import HELP
from fmvault.lint.rules import RULES


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    vault.write(folder)
    return folder


def test_the_documentation_has_no_findings(written: Path) -> None:
    result = CliRunner().invoke(
        commands, ["check", str(written), "--extend-select", "orphan-note,island", "--no-cache"]
    )
    assert (result.exit_code, result.stdout.split(" in ")[0]) == (0, "No findings")


def test_every_rule_and_command_has_a_page(written: Path) -> None:
    assert {page.stem for page in (written / "Rules").glob("*.md")} == {rule.name for rule in RULES}
    assert {page.stem for page in (written / "Commands").glob("*.md")} == {
        f"fmvault {name}" for name in commands.commands
    }


def test_every_setting_of_a_site_is_told(written: Path) -> None:
    told = (written / "Configuration.md").read_text("utf-8")
    assert [name for name in HELP if f"- `{name}`, " not in told] == []


def test_every_family_of_rules_is_described() -> None:
    assert {rule.family for rule in RULES} == set(vault.FAMILIES)
