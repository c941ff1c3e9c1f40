"""SARIF 2.1.0, which code scanning platforms and editors read, with fixes and the rules' help.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from fmvault import __version__
from fmvault.lint.report import Located, LocatedFix, Place, Report, Style
from fmvault.lint.report.fingerprint import fingerprints
from fmvault.lint.report.json import encode
from fmvault.lint.report.printable import encodable
from fmvault.lint.rule import Rule
from fmvault.model import Severity

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}

# What a viewer takes for a link in a message.
_EMBEDDED_LINK = re.compile(r"\[(?=[^\[\]]*\]\()")


def write(report: Report, style: Style) -> str:
    """A log with one run; only rules with findings are described in it."""
    names = sorted({located.finding.rule for located in report.findings})
    indexes = {name: index for index, name in enumerate(names)}
    driver = {
        "name": "fmvault",
        "version": __version__,
        "rules": [_descriptor(name, report.rules.get(name)) for name in names],
    }
    # Each result is encoded by itself: a tree of them all would keep the garbage collector busy.
    results = ",\n".join(
        [
            encode(_result(report, located, indexes[located.finding.rule], fingerprint))
            for located, fingerprint in zip(report.findings, fingerprints(report), strict=True)
        ]
    )
    return (
        f'{{"$schema":"{_SCHEMA}","version":"2.1.0","runs":[{{"tool":{encode({"driver": driver})},'
        f'"columnKind":"unicodeCodePoints","results":[\n{results}]}}]}}\n'
    )


def _descriptor(name: str, rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {"id": name}
    help = _help(rule)
    return {
        "id": name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": " ".join(rule.doc.split())},
        "help": {"text": help, "markdown": help},
        "defaultConfiguration": {"enabled": rule.enabled, "level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.family]},
    }


def _help(rule: Rule) -> str:
    """The page's text between its title and its first section: the sections are examples."""
    page = rule.page().removeprefix(f"# {rule.name}\n")
    return re.split(r"^## ", page, maxsplit=1, flags=re.MULTILINE)[0].strip()


def _result(report: Report, located: Located, rule_index: int, fingerprint: str) -> dict[str, Any]:
    finding = located.finding
    # A colon in the first part of the path would make it a scheme, so all but `/` is encoded.
    artifact = {"uri": quote(encodable(report.prefix + finding.path))}
    location = {"physicalLocation": {"artifactLocation": artifact, "region": _region(located.place)}}
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.severity],
        "message": {"text": _EMBEDDED_LINK.sub(r"\[", finding.message)},
        "locations": [location],
        "partialFingerprints": {"fmvault/v1": fingerprint},
    }
    if located.fix:
        result["fixes"] = [_fix(located.fix, artifact)]
    return result


def _fix(fix: LocatedFix, artifact: dict[str, str]) -> dict[str, Any]:
    replacements = [{"deletedRegion": _region(place), "insertedContent": {"text": text}} for place, text in fix.edits]
    return {
        "description": {"text": fix.title},
        "artifactChanges": [{"artifactLocation": artifact, "replacements": replacements}],
    }


def _region(place: Place) -> dict[str, int]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
