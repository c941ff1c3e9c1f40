"""Every rule's page, and every page on the syntax, is true."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet
from msgspec.structs import replace

from fmvault import config, workspace
from fmvault.kinds.concepts import Concepts, Terms
from fmvault.kinds.relations import DEFAULTS
from fmvault.lint import rules
from fmvault.lint.report import FORMATS
from fmvault.lint.report.locate import Lines
from fmvault.lint.rule import Rule
from fmvault.lint.rules import RULES
from fmvault.lint.run import RULES_BY_NAME, check
from fmvault.model import (
    Ambiguous,
    Block,
    External,
    Finding,
    Fix,
    Footnote,
    Heading,
    MissingAnchor,
    MissingNote,
    Resolved,
    Span,
)
from fmvault.vault import Vault
from fmvault.workspace import Opened
from tests import pages

RULE_PAGES = {path.stem: path for path in Path(rules.__file__).parent.glob("*.md")}
SYNTAX_PAGES = sorted((Path(__file__).parent / "pages").glob("*.md"))
KNOWN = config.Known(rules=RULES_BY_NAME, formats=tuple(FORMATS), relations=DEFAULTS)


def _cases(paths: list[Path]) -> list[ParameterSet]:
    return [pytest.param(case, id=case.id) for path in paths for case in pages.read(path)]


def _open(folder: Path) -> tuple[Opened, config.Config, Concepts | None]:
    """The vault that lies in the folder, its configuration, and the vault in the terms of that."""
    file = folder / "fmvault.toml"
    settings = config.load("fmvault.toml", file.read_bytes() if file.exists() else b"", KNOWN)
    opened = workspace.open_vault(folder, exclude=settings.exclude, templates=settings.templates, keep_text=True)
    if not settings.kinds and not settings.relations:
        return opened, settings, None
    return opened, settings, Terms(settings, lambda path: (folder / path).read_bytes()).of(opened.vault)


def _check(rule: Rule, folder: Path) -> tuple[Opened, list[Finding]]:
    """The findings of one rule alone, under the configuration that lies in the folder."""
    opened, settings, concepts = _open(folder)
    # What other rules find decides what is said of an allowance, so there they are asked as well.
    active = settings.active() if rule.family == "meta" else {rule.name: rule.severity}
    findings = check(opened.vault, active, settings.options(), opened.reported, settings.ignored, concepts)
    return opened, [finding for finding in findings if finding.rule == rule.name]


def _lines(opened: Opened, findings: list[Finding]) -> list[str]:
    lines = []
    for finding in findings:
        place = Lines(opened.read(finding.path)).place(finding.span)
        lines.append(f"{finding.path}:{place.line}:{place.column} {finding.message}")
    return lines


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert sorted(RULE_PAGES) == sorted(RULES_BY_NAME)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_page_says_what_the_rule_says_of_itself(rule: Rule) -> None:
    text = RULE_PAGES[rule.name].read_text("utf-8")
    title, _, rest = text.partition("\n\n")
    assert title == f"# {rule.name}"
    assert rest.startswith(rule.summary), f"the page opens with the rule's own summary: {rule.summary}"
    for option in rule.options:
        assert f"- `{option}`" in text, f"the page describes the option {option}"
    cases = list(pages.read(RULE_PAGES[rule.name]))
    fires = [case for case in cases if any(case.expected.get("findings", []))]
    silent = [case for case in cases if not any(case.expected.get("findings", []))]
    assert fires, "no section shows the fault"
    assert silent, "no section shows what is no fault"
    assert rule.fixable == any(case.fixed for case in cases)
    titles = [case.title for case in cases]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("case", _cases(sorted(RULE_PAGES.values())))
def test_a_rule_keeps_to_its_page(case: pages.Case, tmp_path: Path) -> None:
    rule = RULES_BY_NAME[case.page]
    assert "findings" in case.expected, "a section says which findings it expects, were it none"
    opened, findings = _check(rule, case.write(tmp_path))
    assert _lines(opened, findings) == [line for line in case.expected["findings"] if line]
    if not case.fixed:
        return
    fixes: defaultdict[str, list[Fix]] = defaultdict(list)
    for finding in findings:
        if finding.fix:
            fixes[finding.path].append(finding.fix)
    assert sorted(fixes) == sorted(case.fixed)
    for path, content in case.fixed.items():
        mended = pages.apply(case.files[path], fixes[path])
        assert mended == content
        (tmp_path / path).write_bytes(mended)
    _, left = _check(rule, tmp_path)
    assert [finding for finding in left if finding.fix] == []


@pytest.mark.parametrize("case", _cases(SYNTAX_PAGES))
def test_the_reader_and_the_resolver_keep_to_the_syntax(case: pages.Case, tmp_path: Path) -> None:
    assert case.expected, "a section says what it expects"
    if case.lacks:
        pytest.skip(f"the document {case.lacks} is not here")
    folder = case.write(tmp_path)
    if mistakes := case.expected.pop("mistakes", None):
        with pytest.raises(config.ConfigError) as refused:
            _open(folder)
        assert [str(mistake) for mistake in refused.value.mistakes] == mistakes
        return
    opened, settings, concepts = _open(folder)
    for kind, expected in case.expected.items():
        if kind == "findings":
            found = check(
                opened.vault, settings.active(), settings.options(), opened.reported, settings.ignored, concepts
            )
            seen = _lines(
                opened, [replace(finding, message=f"[{finding.rule}] {finding.message}") for finding in found]
            )
        else:
            seen = _seen(kind, opened.vault, opened)
        assert seen == [line for line in expected if line], kind


def _seen(kind: str, vault: Vault, opened: Opened) -> list[str]:
    seen = []
    for note in vault.notes.values():
        lines = Lines(opened.read(note.path))

        def at(span: Span, path: str = note.path, lines: Lines = lines) -> str:
            place = lines.place(span)
            return f"{path}:{place.line}:{place.column}"

        match kind:
            case "links":
                for link, resolution in vault.outgoing(note):
                    embed = "!" if link.embed else ""
                    subpath = f"#{link.subpath}" if link.subpath else ""
                    label = "" if link.label is None else f"|{link.label}"
                    written = f"{embed}{link.target}{subpath}{label}"
                    seen.append(f"{at(link.span)} {link.syntax} {written} -> {_outcome(resolution)}")
            case "headings":
                seen += [f"{at(heading.span)} {heading.level} {heading.text}" for heading in note.headings]
            case "blocks":
                seen += [f"{at(block.span)} {block.id}" for block in note.blocks]
            case "tags":
                seen += [f"{at(tag.span)} {tag.name}" for tag in note.tags]
            case "footnotes":
                seen += [f"{at(f.span)} {f.label}{' defined' if f.defines else ''}" for f in note.footnotes]
            case "callouts":
                seen += [f"{at(callout.span)} {callout.type}" for callout in note.callouts]
            case "properties":
                seen += [f"{at(prop.key_span)} {prop.key} = {prop.value!r}" for prop in note.properties]
    return seen


def _outcome(resolution: object) -> str:
    match resolution:
        case Resolved(path, None):
            return path
        case Resolved(path, Heading() as heading):
            return f"{path} # {heading.text}"
        case Resolved(path, Block() as block):
            return f"{path} ^{block.id}"
        case Resolved(path, Footnote() as footnote):
            return f"{path} [^{footnote.label}]"
        case MissingNote():
            return "missing note"
        case MissingAnchor(path, subpath):
            kind = "block" if subpath.rpartition("#")[2].startswith("^") else "heading"
            return f"missing {kind} in {path}"
        case Ambiguous(candidates):
            return f"ambiguous: {', '.join(candidates)}"
        case External():
            return "external"
    raise AssertionError(resolution)
