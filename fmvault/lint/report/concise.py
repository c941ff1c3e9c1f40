"""One line a finding, as compilers write them and editors read them."""

from __future__ import annotations

from fmvault.lint.report import Located, Report, Style
from fmvault.lint.report.people import COLORS, Brush, shown_path, tally
from fmvault.lint.report.printable import visible


def write(report: Report, style: Style) -> str:
    """``path:line:column: severity [rule] message`` for each finding, then the summary."""
    brush = Brush(style.color)
    lines = "".join([_line(report, located, brush) for located in report.findings])
    return lines + tally(report.summary, brush) if style.summary else lines


def _line(report: Report, located: Located, brush: Brush) -> str:
    finding, place = located.finding, located.place
    path = brush(shown_path(report, located), bold=True)
    severity = brush(finding.severity, COLORS[finding.severity], bold=True)
    return f"{path}:{place.line}:{place.column}: {severity} [{finding.rule}] {visible(finding.message)}\n"
