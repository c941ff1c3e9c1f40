"""What the formats for people share: colours, the two halves of a message, and the line that sums up."""

from __future__ import annotations

import re

from click import style
from msgspec import Struct

from fmvault.lint.report import Located, Report, Summary
from fmvault.lint.report.printable import visible
from fmvault.model import Severity

COLORS: dict[Severity, str] = {"error": "red", "warning": "yellow", "info": "blue"}

# A quotation, or the mark between fact and help; an apostrophe inside a word opens and closes nothing.
_QUOTE_OR_HELP = re.compile(r"""(?<!\w)'.*?'(?!\w)|"[^"]*"|`[^`]*`|; """)


class Brush(Struct, frozen=True):
    """Gives text a colour and weight, or leaves it as it is where colours are not wanted."""

    color: bool

    def __call__(self, text: str, fg: str | None = None, *, bold: bool | None = None, dim: bool | None = None) -> str:
        return style(text, fg=fg, bold=bold, dim=dim) if self.color and text else text


def halves(message: str) -> tuple[str, str]:
    """The fact and the help of a message: what stands before and after the first ``; `` outside quotes."""
    for match in _QUOTE_OR_HELP.finditer(message):
        if match[0] == "; ":
            return message[: match.start()], message[match.end() :]
    return message, ""


def shown_path(report: Report, located: Located) -> str:
    """The finding's path from the working folder, fit to be shown."""
    return visible(report.prefix + located.finding.path)


def plural(number: int, noun: str) -> str:
    """``1 note``, ``2 notes``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def tally(summary: Summary, brush: Brush) -> str:
    """The line that ends a report: ``Found 1 error and 2 warnings in 14 notes, 120 links; 1 fixable.``"""
    counts: list[tuple[int, Severity]] = [
        (summary.errors, "error"),
        (summary.warnings, "warning"),
        (summary.infos, "info"),
    ]
    found = [brush(plural(number, severity), COLORS[severity], bold=True) for number, severity in counts if number]
    where = f" in {plural(summary.notes, 'note')}, {plural(summary.links, 'link')}"
    if not found:
        return brush(f"No findings{where}.", "green") + "\n"
    listed = " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)
    return f"Found {listed}{where}{f'; {summary.fixable:,} fixable' if summary.fixable else ''}.\n"
