"""One JSON object a line and finding, the same as in ``json``'s ``findings``, for programs that read line by line."""

from __future__ import annotations

from fmvault.lint.report import Report, Style
from fmvault.lint.report.json import encode_finding


def write(report: Report, style: Style) -> str:
    """The findings; nothing where there are none."""
    return "".join([encode_finding(located) + "\n" for located in report.findings])
