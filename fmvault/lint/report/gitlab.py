"""GitLab's Code Quality report, in the form that it takes from Code Climate.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from typing import Any

from fmvault.lint.report import Located, Report, Style
from fmvault.lint.report.fingerprint import fingerprints
from fmvault.lint.report.json import encode
from fmvault.model import Severity

_SEVERITIES: dict[Severity, str] = {"error": "major", "warning": "minor", "info": "info"}


def write(report: Report, style: Style) -> str:
    """One array with an issue for each finding."""
    issues = ",\n".join(
        [
            encode(_issue(report, located, fingerprint))
            for located, fingerprint in zip(report.findings, fingerprints(report), strict=True)
        ]
    )
    return f"[{issues}]\n"


def _issue(report: Report, located: Located, fingerprint: str) -> dict[str, Any]:
    finding, place = located.finding, located.place
    return {
        "type": "issue",
        "check_name": finding.rule,
        "description": finding.message,
        "severity": _SEVERITIES[finding.severity],
        "fingerprint": fingerprint,
        "location": {
            "path": report.prefix + finding.path,
            "positions": {
                "begin": {"line": place.line, "column": place.column},
                "end": {"line": place.end_line, "column": place.end_column},
            },
        },
    }
