"""Vaults that lie beside the checkout: one made to be hard, and real ones. Without them nothing is tested here."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from fmvault import workspace
from fmvault.lint.report.locate import Lines
from fmvault.lint.rules import RULES
from fmvault.lint.run import RULES_BY_NAME, check

SHARED = Path(__file__).parents[2] / "shared"
VAULTS = SHARED / "vaults"
SEEDS = sorted((SHARED / "seeds").glob("*.txt"))

pytestmark = pytest.mark.skipif(not VAULTS.is_dir() or not SEEDS, reason="the vaults are not here")


def found(vault: Path, *, everything: bool = False) -> list[tuple[str, int, str]]:
    """What is found in a vault at default settings, or with every rule on: path, line, rule."""
    opened = workspace.open_vault(vault)
    active = {rule.name: rule.severity for rule in RULES if rule.enabled or everything}
    findings = check(opened.vault, active, {}, opened.reported)
    lines: dict[str, Lines] = {}
    for finding in findings:
        if finding.path not in lines:
            lines[finding.path] = Lines(opened.read(finding.path))
    return [(finding.path, lines[finding.path].place(finding.span).line, finding.rule) for finding in findings]


def of_severity(findings: list[tuple[str, int, str]], severity: str) -> Counter[str]:
    return Counter(rule for _, _, rule in findings if RULES_BY_NAME[rule].severity == severity)


def test_every_fault_of_the_torture_vault_is_found_at_its_line() -> None:
    assert [(line, rule) for path, line, rule in found(VAULTS / "torture") if path == "bad.md"] == [
        (2, "broken-note"),
        (4, "broken-note"),
        (7, "broken-note"),
        (8, "broken-heading"),
        (9, "broken-block"),
        (10, "broken-attachment"),
        (11, "link-by-alias"),
        (12, "broken-note"),
        (13, "broken-heading"),
        (14, "ambiguous-link"),
        (15, "broken-heading"),
        (16, "broken-heading"),
        (17, "broken-note"),
        (18, "broken-note"),
        (19, "broken-note"),
        (20, "broken-note"),
        (21, "broken-attachment"),
        (24, "undefined-footnote"),
    ]


def test_the_torture_vaults_canvas_has_two_faults() -> None:
    assert [rule for path, _, rule in found(VAULTS / "torture") if path == "Board.canvas"] == ["broken-note"] * 2


def test_nothing_in_the_good_notes_of_the_torture_vault_is_a_fault() -> None:
    assert {path for path, _, _ in found(VAULTS / "torture")} == {"bad.md", "Board.canvas"}


def test_an_empty_label_is_a_fault_only_when_asked_for() -> None:
    assert ("bad.md", 22, "empty-label") in found(VAULTS / "torture", everything=True)


def test_obsidians_own_help_has_six_broken_notes_and_one_broken_block() -> None:
    findings = found(VAULTS / "obsidian-help-en")
    assert of_severity(findings, "error") == {"broken-note": 6, "broken-block": 1}
    families = Counter(RULES_BY_NAME[rule].family for _, _, rule in findings)
    assert families["links"] == 6
    assert families["anchors"] == 1


def test_a_vault_with_notes_left_unwritten_has_broken_notes_and_no_other_error() -> None:
    assert set(of_severity(found(VAULTS / "kepano"), "error")) == {"broken-note"}


@pytest.fixture
def seeds(tmp_path: Path) -> list[list[tuple[int, str]]]:
    """Line and rule of what is found in each of the five notes, in one vault."""
    for seed in SEEDS:
        shutil.copyfile(seed, tmp_path / f"{seed.stem}.md")
    findings = found(tmp_path)
    return [[(line, rule) for path, line, rule in findings if path == f"{seed.stem}.md"] for seed in SEEDS]


def test_the_first_seed_has_three_missing_notes(seeds: list[list[tuple[int, str]]]) -> None:
    assert [rule for _, rule in seeds[0]] == ["broken-note"] * 3


needs_text_rules = pytest.mark.skipif("mojibake" not in RULES_BY_NAME, reason="the rules on text are not here")


@needs_text_rules
def test_the_second_and_third_seed_have_headings_that_are_not_marked(seeds: list[list[tuple[int, str]]]) -> None:
    for seed in seeds[1:3]:
        assert {rule for _, rule in seed} == {"unmarked-heading"}


@needs_text_rules
def test_the_fourth_seed_has_eighteen_lines_of_mojibake_and_a_chats_residue(seeds: list[list[tuple[int, str]]]) -> None:
    assert len({line for line, rule in seeds[3] if rule == "mojibake"}) == 18
    assert "leftover-chat" in {rule for _, rule in seeds[3]}
    assert {rule for _, rule in seeds[3]} == {"mojibake", "leftover-chat"}


def test_the_fifth_seed_has_scalar_tags_and_a_missing_image(seeds: list[list[tuple[int, str]]]) -> None:
    assert [rule for _, rule in seeds[4]] == ["scalar-list", "broken-attachment"]
