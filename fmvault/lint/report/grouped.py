"""The findings under the name of their file, in columns."""

from __future__ import annotations

from itertools import groupby

from fmvault.lint.report import Located, Report, Style
from fmvault.lint.report.people import COLORS, Brush, shown_path, tally
from fmvault.lint.report.printable import visible


def write(report: Report, style: Style) -> str:
    """A block for each file with findings, an empty line after each, and the summary."""
    brush = Brush(style.color)
    groups = groupby(report.findings, key=lambda located: located.finding.path)
    blocks = [_block(report, list(group), brush) for _, group in groups]
    if style.summary:
        return "".join(block + "\n" for block in blocks) + tally(report.summary, brush)
    return "\n".join(blocks)


def _block(report: Report, group: list[Located], brush: Brush) -> str:
    lines = [brush(shown_path(report, group[0]), bold=True)]
    line_digits = len(str(max(located.place.line for located in group)))
    column_digits = len(str(max(located.place.column for located in group)))
    severity_letters = max(len(located.finding.severity) for located in group)
    rule_letters = max(len(located.finding.rule) for located in group)
    for located in group:
        finding, place = located.finding, located.place
        at = f"{place.line:>{line_digits}}:{place.column:<{column_digits}}"
        severity = f"{finding.severity:<{severity_letters}}"
        lines.append(
            f"  {brush(at, dim=True)}  {brush(severity, COLORS[finding.severity], bold=True)}"
            f"  {finding.rule:<{rule_letters}}  {visible(finding.message)}"
        )
    return "\n".join(lines) + "\n"
