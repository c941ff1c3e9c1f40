"""GitLab's Code Quality report, in the form that it takes from Code Climate.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from fmvault.lint.report import Report, Style
from fmvault.lint.report.fingerprint import fingerprints
from fmvault.lint.report.json import encode
from fmvault.model import Severity

_SEVERITIES: dict[Severity, str] = {"error": "major", "warning": "minor", "info": "info"}


def write(report: Report, style: Style) -> str:
    """One array with an issue for each finding."""
    issues = [
        {
            "type": "issue",
            "check_name": located.finding.rule,
            "description": located.finding.message,
            "severity": _SEVERITIES[located.finding.severity],
            "fingerprint": fingerprint,
            "location": {
                "path": report.prefix + located.finding.path,
                "positions": {
                    "begin": {"line": located.place.line, "column": located.place.column},
                    "end": {"line": located.place.end_line, "column": located.place.end_column},
                },
            },
        }
        for located, fingerprint in zip(report.findings, fingerprints(report), strict=True)
    ]
    return encode(issues) + "\n"
