"""The format for people: each finding with its line of the source, carets under the fault, help and fix."""

from __future__ import annotations

from fmvault.lint.report import Located, LocatedFix, Report, Style
from fmvault.lint.report.people import COLORS, Brush, halves, shown_path, tally
from fmvault.lint.report.printable import visible, window

# Narrower than this, too little of a line is left to be of use; the terminal may wrap it then.
_NARROWEST = 40


def write(report: Report, style: Style) -> str:
    """The findings, an empty line after each, and the summary."""
    brush = Brush(style.color)
    gutter = len(str(max((located.place.line for located in report.findings), default=0)))
    room = max(_NARROWEST, style.width) - gutter - len(" | ")
    blocks = [_block(report, located, brush, gutter, room) for located in report.findings]
    if style.summary:
        return "".join(block + "\n" for block in blocks) + tally(report.summary, brush)
    return "\n".join(blocks)


def _block(report: Report, located: Located, brush: Brush, gutter: int, room: int) -> str:
    finding, place = located.finding, located.place
    color = COLORS[finding.severity]
    fact, help = halves(finding.message)
    margin = " " * gutter
    at = brush(shown_path(report, located), bold=True) + brush(f":{place.line}:{place.column}", dim=True)
    lines = [
        brush(f"{finding.severity}[{finding.rule}]", color, bold=True) + brush(f": {visible(fact)}", bold=True),
        f"{margin}{brush('-->', dim=True)} {at}",
    ]
    if located.source:
        lines += _excerpt(located, brush, gutter, room, color)
    if help:
        lines.append(f"{margin} {brush('=', dim=True)} {brush('help:', bold=True)} {visible(help)}")
    if located.fix:
        lines.append(f"{margin} {brush('=', dim=True)} {brush('fix:', bold=True)} {_fix(located.fix, brush)}")
    return "\n".join(lines) + "\n"


def _excerpt(located: Located, brush: Brush, gutter: int, room: int, color: str) -> list[str]:
    place, source = located.place, located.source
    start = min(place.column - 1, len(source))
    end = place.end_column - 1 if place.end_line == place.line else len(source)
    text, offset, length = window(source, start, end, room)
    bar = brush("|", dim=True)
    return [
        f"{' ' * gutter} {bar}",
        f"{brush(f'{place.line:>{gutter}}', dim=True)} {bar} {text}".rstrip(),
        f"{' ' * gutter} {bar} {' ' * offset}{brush('^' * length, color, bold=True)}",
    ]


def _fix(fix: LocatedFix, brush: Brush) -> str:
    return visible(fix.title) + ("" if fix.safe else brush(" (look first)", dim=True))
