"""JUnit's XML, which most build servers show: one test suite, in it a failed test case for each finding."""

from __future__ import annotations

from fmvault.lint.report import Located, Report, Style
from fmvault.lint.report.printable import visible

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def write(report: Report, style: Style) -> str:
    """The suite; where nothing is found, one test case that passes, since some servers refuse an empty suite."""
    failures = len(report.findings)
    counts = f'name="fmvault" tests="{failures or 1}" failures="{failures}" errors="0"'
    cases = "".join([_case(report, located) for located in report.findings])
    if not cases:
        cases = f'<testcase classname="{_attribute(report.vault or ".")}" name="no findings"/>\n'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites {counts}>\n<testsuite {counts} skipped="0">\n'
        f"{cases}</testsuite>\n</testsuites>\n"
    )


def _case(report: Report, located: Located) -> str:
    finding, place = located.finding, located.place
    path = _attribute(report.prefix + finding.path)
    message = _attribute(finding.message)
    at = f"{place.line}:{place.column}"
    return (
        f'<testcase classname="{path}" name="{finding.rule} ({at})" file="{path}" line="{place.line}">\n'
        f'<failure type="{finding.severity}" message="{message}">'
        f"{path}:{at}: {finding.severity} [{finding.rule}] {message}</failure>\n</testcase>\n"
    )


def _attribute(text: str) -> str:
    # XML has no way to write most control characters, not even as a reference.
    return visible(text).translate(_ENTITIES)
