"""A note with thousands of faults is checked like any other."""

from __future__ import annotations

from fmvault import markdown
from fmvault.lint.rules import RULES
from fmvault.lint.run import check
from fmvault.model import Finding
from fmvault.vault import Vault

MANY = 10_000


def _check(**notes: str) -> list[Finding]:
    """The findings in notes given by their names."""
    read = [markdown.parse(f"{name}.md", text.encode("utf-8")) for name, text in notes.items()]
    vault = Vault(read, [note.path for note in read])
    active = {rule.name: rule.severity for rule in RULES if rule.family == "anchors" or rule.name == "broken-note"}
    active["unused-allowance"] = "info"
    return check(vault, active, {}, vault.notes.keys())


def test_many_links_to_missing_headings_of_a_note_with_many() -> None:
    links = "".join(f"[[b#Headnig {number}]]\n\n" for number in range(MANY))
    headings = "".join(f"# Heading {number}\n" for number in range(MANY))
    findings = _check(a=links, b=headings)
    assert [finding.rule for finding in findings] == ["broken-heading"] * MANY
    assert findings[7].message == "'b' has no heading 'Headnig 7'; did you mean 'Heading 7'?"


def test_many_paths_of_headings_that_lead_nowhere() -> None:
    links = "".join(f"[[b#Below {number}#Above {number}]]\n\n" for number in range(MANY))
    headings = "".join(f"# Above {number}\n## Below {number}\n" for number in range(MANY))
    findings = _check(a=links, b=headings)
    assert len(findings) == MANY
    assert findings[7].message == "'b' has no heading 'Above 7' below 'Below 7'"


def test_many_links_to_missing_blocks_of_a_note_with_many() -> None:
    links = "".join(f"[[b#^paragraph-{number}x]]\n\n" for number in range(MANY))
    blocks = "".join(f"Text. ^paragraph-{number}\n\n" for number in range(MANY))
    findings = _check(a=links, b=blocks)
    assert [finding.rule for finding in findings] == ["broken-block"] * MANY
    assert findings[7].message == "'b' has no block '^paragraph-7x'; did you mean '^paragraph-7'?"


def test_many_allowances_of_one_line_each() -> None:
    allowed = "[[missing]] %% fmvault: allow broken-note %%\n\n" * MANY
    assert _check(a=allowed) == []
    findings = _check(a=allowed.replace("[[missing]]", "Text."))
    assert [finding.rule for finding in findings] == ["unused-allowance"] * MANY


def test_many_allowances_for_the_whole_note() -> None:
    assert _check(a="%% fmvault: allow-file broken-note %%\n\n[[missing]]\n\n" * MANY) == []
