"""The Reviewdog Diagnostic Format: one result object with a diagnostic for each finding.

https://github.com/reviewdog/reviewdog/tree/master/proto/rdf
"""

from __future__ import annotations

from typing import Any

from fmvault.lint.report import Located, Place, Report, Style
from fmvault.lint.report.json import encode
from fmvault.model import Severity

_SEVERITIES: dict[Severity, str] = {"error": "ERROR", "warning": "WARNING", "info": "INFO"}


def write(report: Report, style: Style) -> str:
    """The result; its columns count bytes, as the format asks."""
    diagnostics = ",\n".join([encode(_diagnostic(report, located)) for located in report.findings])
    return f'{{"source":{{"name":"fmvault"}},"diagnostics":[{diagnostics}]}}\n'


def _diagnostic(report: Report, located: Located) -> dict[str, Any]:
    finding, fix = located.finding, located.fix
    diagnostic: dict[str, Any] = {
        "message": finding.message,
        "location": {"path": report.prefix + finding.path, "range": _range(located.place)},
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.rule},
    }
    # Each suggestion is offered alone, so that a fix of two edits cannot be told in it: half of it may do harm.
    if fix and len(fix.edits) == 1:
        ((place, text),) = fix.edits
        diagnostic["suggestions"] = [{"range": _range(place), "text": text}]
    return diagnostic


def _range(place: Place) -> dict[str, Any]:
    return {
        "start": {"line": place.line, "column": place.byte_column},
        "end": {"line": place.end_line, "column": place.end_byte_column},
    }
