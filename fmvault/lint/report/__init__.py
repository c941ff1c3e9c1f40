"""Reports: what was found, at lines and columns, in the formats that people and other programs read.

The same findings give the same text, byte for byte, whatever the machine. All formats end with a line break, or are
empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from itertools import groupby
from types import MappingProxyType
from typing import TypeAlias

from msgspec import Struct

from fmvault.lint.report.locate import Lines, Place, locate
from fmvault.lint.rule import Rule
from fmvault.model import Finding

__all__ = [
    "FORMATS",
    "STATISTICS",
    "Located",
    "LocatedFix",
    "Place",
    "Report",
    "Style",
    "Summary",
    "build",
    "locate",
    "render",
    "statistics",
]


class LocatedFix(Struct, frozen=True, gc=False):
    """A fix with the places its edits replace."""

    title: str
    safe: bool
    edits: tuple[tuple[Place, str], ...]


class Located(Struct, frozen=True, gc=False):
    """A finding at its place; ``source`` is the text of the place's first line, without its line break.

    A finding about a file as a whole, whose span is empty at the file's start, has no ``source``.
    """

    finding: Finding
    place: Place
    source: str
    fix: LocatedFix | None = None


class Summary(Struct, frozen=True, gc=False):
    """How many notes were read, links followed, and findings made; ``fixable`` findings carry a fix."""

    notes: int
    links: int
    errors: int
    warnings: int
    infos: int
    fixable: int


class Report(Struct, frozen=True):
    """All that was found in a vault, sorted by path, position and rule.

    ``vault`` is the vault's folder as the user named it. ``prefix`` (empty, or with a ``/`` at its end) makes a path
    from the working folder of a finding's path. ``rules`` has the rules by name.
    """

    vault: str
    prefix: str
    findings: tuple[Located, ...]
    summary: Summary
    rules: Mapping[str, Rule]


class Style(Struct, frozen=True):
    """How people's formats look: with colours or without, ``width`` cells wide, and whether a summary ends them."""

    color: bool = False
    width: int = 120
    summary: bool = True


Format: TypeAlias = Callable[[Report, Style], str]


def _format(name: str) -> Format:
    """The format ``name``; its module is loaded when a report is first written in it."""

    def write(report: Report, style: Style) -> str:
        written: str = import_module(f"{__name__}.{name}").write(report, style)
        return written

    return write


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        name: _format(name)
        for name in (
            "full",
            "concise",
            "grouped",
            "json",
            "jsonl",
            "github",
            "gitlab",
            "sarif",
            "junit",
            "rdjson",
        )
    }
)

# The formats in which statistics can be told.
STATISTICS = ("full", "concise", "grouped", "json")


def build(
    findings: Iterable[Finding],
    read: Callable[[str], bytes],
    *,
    vault: str,
    prefix: str,
    notes: int,
    links: int,
    rules: Mapping[str, Rule],
) -> Report:
    """The report of ``findings``, in whatever order they come.

    ``read`` gives the bytes of the file at a finding's path, the same bytes that its offsets are of. It is asked once
    a file, and only for a file with a finding that is at some place in it.
    """
    ordered = sorted(findings, key=lambda finding: (finding.path, finding.span, finding.rule, finding.message))
    located: list[Located] = []
    for path, group in groupby(ordered, key=lambda finding: finding.path):
        of_file = list(group)
        # An attachment, which may be large and no text, has only findings about the file as a whole.
        in_text = any(finding.span.end or finding.fix for finding in of_file)
        lines = Lines(read(path) if in_text else b"")
        located += [_located(finding, lines) for finding in of_file]
    severities = [finding.severity for finding in ordered]
    summary = Summary(
        notes=notes,
        links=links,
        errors=severities.count("error"),
        warnings=severities.count("warning"),
        infos=severities.count("info"),
        fixable=sum(finding.fix is not None for finding in ordered),
    )
    return Report(vault, prefix, tuple(located), summary, rules)


def _located(finding: Finding, lines: Lines) -> Located:
    place = lines.place(finding.span)
    fix = finding.fix
    edits = tuple((lines.place(edit.span), edit.text) for edit in fix.edits) if fix else ()
    return Located(
        finding,
        place,
        lines.text(place.line) if finding.span.end else "",
        LocatedFix(fix.title, fix.safe, edits) if fix else None,
    )


def render(report: Report, format: str, *, color: bool = False, width: int | None = None, summary: bool = True) -> str:
    """The report in ``format``, one of ``FORMATS``; ``color``, ``width`` and ``summary`` matter to people's formats."""
    style = Style(color=color, summary=summary)
    return FORMATS[format](report, style if width is None else Style(color, width, summary))


def statistics(report: Report, format: str, *, color: bool = False, summary: bool = True) -> str:
    """How often each rule was broken, most often first, in a format of ``STATISTICS``."""
    from fmvault.lint.report.counts import as_json, as_text

    return as_json(report) if format == "json" else as_text(report, Style(color=color, summary=summary))
