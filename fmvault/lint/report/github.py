"""Workflow commands of GitHub Actions, which show a finding beside the line it is at.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from fmvault.lint.report import Located, Report, Style
from fmvault.lint.report.printable import visible
from fmvault.model import Severity

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


def write(report: Report, style: Style) -> str:
    """One command a finding. The message repeats path and rule, which the log of a run does not show else."""
    return "".join([_command(report, located) for located in report.findings])


def _command(report: Report, located: Located) -> str:
    finding, place = located.finding, located.place
    path = report.prefix + finding.path
    at = f"file={_property(visible(path))},line={place.line},endLine={place.end_line}"
    # Columns are understood only within one line.
    if place.line == place.end_line:
        at += f",col={place.column},endColumn={place.end_column}"
    message = f"{visible(path)}:{place.line}:{place.column}: [{finding.rule}] {visible(finding.message)}"
    return f"::{_COMMANDS[finding.severity]} title={_property(finding.rule)},{at}::{_data(message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
