"""Suppressions: comments that allow a fault, and what is wrong with the comments themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from fmvault.lint.rule import Rule
from fmvault.model import Allowance, Edit, Finding, Fix, Note, Severity, Span


def apply(
    note: Note, findings: Sequence[Finding], rules: Mapping[str, Rule], active: Mapping[str, Severity]
) -> Iterator[Finding]:
    """The findings that the note's comments leave, and the findings about those comments."""
    used: set[tuple[Span, str]] = set()
    for finding in findings:
        family = rules[finding.rule].family
        held = [
            (allowance.span, name)
            for allowance in note.allowances
            for name, _ in allowance.rules
            if name in (finding.rule, family) and _covers(allowance, finding)
        ]
        used.update(held)
        if not held:
            yield finding
    families = {rule.family for rule in rules.values()}
    for allowance in note.allowances:
        yield from _faults(note, allowance, used, rules, families, active)


def _covers(allowance: Allowance, finding: Finding) -> bool:
    return allowance.covers.start <= finding.span.start and (
        finding.span.start < allowance.covers.end or finding.span.start == allowance.covers.start
    )


def _faults(
    note: Note,
    allowance: Allowance,
    used: Collection[tuple[Span, str]],
    rules: Mapping[str, Rule],
    families: Collection[str],
    active: Mapping[str, Severity],
) -> Iterator[Finding]:
    known = {name: name in rules or name in families for name, _ in allowance.rules}
    if severity := active.get("unknown-allowance"):
        if not allowance.rules:
            message = "the comment allows no rule; name one, as in 'fmvault: allow broken-note'"
            yield Finding("unknown-allowance", note.path, allowance.span, message, severity)
        for name, span in allowance.rules:
            if not known[name]:
                message = f"no rule is named '{name}'{_help(name, [*rules, *families])}"
                yield Finding("unknown-allowance", note.path, span, message, severity)
    if severity := active.get("unused-allowance"):
        idle = [
            (name, span)
            for name, span in allowance.rules
            if known[name]
            and (allowance.span, name) not in used
            and any(rule == name or rules[rule].family == name for rule in active)
        ]
        for name, span in idle:
            # The comment goes when nothing in it is needed, else the one name does.
            whole = len(idle) == len(allowance.rules)
            title = "delete the comment" if whole else f"take '{name}' out"
            fix = Fix(title, (Edit(allowance.span if whole else span, ""),), safe=False)
            message = f"no fault of '{name}' is here to be allowed; {title}"
            yield Finding("unused-allowance", note.path, span, message, severity, fix)


def _help(name: str, known: Sequence[str]) -> str:
    from rapidfuzz.process import extractOne

    found = extractOne(name.lower().replace("_", "-"), sorted(known), score_cutoff=70)
    return f"; did you mean '{found[0]}'?" if found else ""
