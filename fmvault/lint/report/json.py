"""The report as JSON, in the shape of ``schemas/report.schema.json``; one finding a line, for those who compare."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from fmvault.lint.report import Located, Report, Style
from fmvault.lint.report.printable import encodable
from fmvault.model import Severity, Syntax


class _Link(Struct, frozen=True, gc=False):
    target: str
    subpath: str
    syntax: Syntax
    embed: bool


class _Edit(Struct, frozen=True, gc=False):
    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class _Fix(Struct, frozen=True, gc=False):
    title: str
    safe: bool
    edits: list[_Edit]


class _Finding(Struct, frozen=True, gc=False):
    rule: str
    severity: Severity
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    link: _Link | None
    fix: _Fix | None


def write(report: Report, style: Style) -> str:
    """One object with the version of its shape, the vault, the findings and the summary."""
    head = f'{{"version":1,"vault":{encode(report.vault)},"findings":['
    findings = ",\n".join([encode_finding(located) for located in report.findings])
    lines = f"\n{findings}\n" if findings else ""
    return f'{head}{lines}],"summary":{encode(report.summary)}}}\n'


def encode_finding(located: Located) -> str:
    """A finding as one JSON object on one line."""
    finding, place, fix = located.finding, located.place, located.fix
    link = finding.link
    edits = [_Edit(at.line, at.column, at.end_line, at.end_column, text) for at, text in fix.edits] if fix else []
    return encode(
        _Finding(
            rule=finding.rule,
            severity=finding.severity,
            path=finding.path,
            line=place.line,
            column=place.column,
            end_line=place.end_line,
            end_column=place.end_column,
            message=finding.message,
            link=_Link(link.target, link.subpath, link.syntax, link.embed) if link else None,
            fix=_Fix(fix.title, fix.safe, edits) if fix else None,
        )
    )


_ENCODER = msgspec.json.Encoder()


def encode(tree: Any) -> str:
    """``tree``, plain values or structs, as compact JSON in UTF-8."""
    try:
        return _ENCODER.encode(tree).decode()
    except UnicodeEncodeError:
        return _ENCODER.encode(_encodable(msgspec.to_builtins(tree))).decode()


def _encodable(tree: Any) -> Any:
    match tree:
        case str():
            return encodable(tree)
        case list() | tuple():
            return [_encodable(item) for item in tree]
        case dict():
            return {encodable(key): _encodable(value) for key, value in tree.items()}
        case _:
            return tree
