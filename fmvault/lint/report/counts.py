"""How often each rule was broken."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from fmvault.lint.report import Report, Style, Summary
from fmvault.lint.report.json import encode
from fmvault.lint.report.people import COLORS, Brush, tally
from fmvault.model import Severity


class _Count(Struct, frozen=True, gc=False):
    """``fixable`` of the ``count`` findings carry a fix."""

    rule: str
    severity: Severity
    count: int
    fixable: int


class _Statistics(Struct, frozen=True):
    version: int
    vault: str
    statistics: list[_Count]
    summary: Summary


def as_text(report: Report, style: Style) -> str:
    """A line for each rule with findings: how many, how grave, its name, how many fixable."""
    brush = Brush(style.color)
    counts = _counts(report)
    digits = max((len(f"{count.count:,}") for count in counts), default=0)
    severity_letters = max((len(count.severity) for count in counts), default=0)
    rule_letters = max((len(count.rule) for count in counts), default=0)
    lines = []
    for count in counts:
        severity = brush(f"{count.severity:<{severity_letters}}", COLORS[count.severity], bold=True)
        fixable = brush(f"  {count.fixable:,} fixable", dim=True) if count.fixable else ""
        rule = f"{count.rule:<{rule_letters}}" if fixable else count.rule
        lines.append(f"{count.count:>{digits},}  {severity}  {rule}{fixable}\n")
    if not style.summary:
        return "".join(lines)
    return "".join(lines) + ("\n" if lines else "") + tally(report.summary, brush)


def as_json(report: Report) -> str:
    """One object with the counts and the summary."""
    return encode(_Statistics(1, report.vault, _counts(report), report.summary)) + "\n"


def _counts(report: Report) -> list[_Count]:
    # One rule may have two severities, where the configuration sets another for some of the notes.
    found = Counter((located.finding.rule, located.finding.severity) for located in report.findings)
    fixable = Counter((located.finding.rule, located.finding.severity) for located in report.findings if located.fix)
    counts = [_Count(rule, severity, n, fixable[rule, severity]) for (rule, severity), n in found.items()]
    return sorted(counts, key=lambda count: (-count.count, count.rule, count.severity))
