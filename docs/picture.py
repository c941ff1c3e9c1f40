"""Draw the README's picture from a real report: ``python docs/picture.py``, from the repository's root."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

COMMAND = ["fmvault", "check", "vault"]
PICTURE = Path(__file__).with_name("report.svg")
_COLUMNS = 108

_THEME = TerminalTheme(
    background=(22, 24, 29),
    foreground=(221, 224, 230),
    normal=[
        (60, 64, 72), (242, 110, 110), (140, 200, 120), (235, 195, 105),
        (110, 165, 240), (200, 140, 230), (100, 200, 205), (221, 224, 230),
    ],
)  # fmt: skip

# The viewer's own monospace font; the width of each run of text is given, so that any of them fits.
_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<title>fmvault check vault</title>
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; \
font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>\
</clipPath>{lines}</defs>
<rect fill="#16181d" width="{width}" height="{height}" rx="10"/>
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""


def report() -> str:
    """What the command prints on a terminal, with its escape codes."""
    command = [sys.executable, "-m", *COMMAND, "--color", "always"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": str(_COLUMNS)}
    )
    return done.stdout


def draw(printed: str) -> str:
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text(f"$ {' '.join(COMMAND)}", style="bold"))
    console.print(Text.from_ansi(printed))
    return console.export_svg(title="", theme=_THEME, code_format=_SVG, unique_id="report")


if __name__ == "__main__":
    PICTURE.write_text(draw(report()), "utf-8")
