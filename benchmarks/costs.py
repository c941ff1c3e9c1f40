"""What a command costs: run it on its own, measure it, and take the middle of several runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]


class Cost(NamedTuple):
    """Seconds on the clock and of the processors (both modes, children included), and the peak of resident bytes."""

    wall: float
    cpu: float
    peak: float


def run(
    command: Sequence[str],
    folder: Path,
    output: Path,
    *,
    statuses: Sequence[int] = (0, 1, 2),
    more: Mapping[str, str] = {},
) -> Cost:
    """Run the command in ``folder``, its standard output going to ``output`` and the rest to ``output`` + ``.err``.

    A checker ends with 1 or 2 when it finds something; any other status is a failure and raises RuntimeError. ``more``
    are variables of its environment.
    """
    measure = [
        sys.executable,
        "-I",
        "-S",
        str(Path(__file__).with_name("measure.py")),
        str(folder),
        str(output),
        *command,
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    answer = subprocess.run(measure, capture_output=True, text=True, check=True, env=environment).stdout.split()
    if int(answer[4]) not in statuses:
        error = Path(f"{output}.err").read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"{' '.join(command)} ended with {answer[4]}\n{error[-2000:]}")
    wall, user, system, peak = (float(number) for number in answer[:4])
    return Cost(wall, user + system, peak)


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each of the three, which need not be of one run."""
    return Cost(*(median(column) for column in zip(*costs, strict=True)))


def table(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first row is its head, and all columns but the first and the last hold numbers."""
    head, *body = rows
    rule = ["---", *["---:"] * (len(head) - 2), "---"]
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, rule, *body))


def machine() -> str:
    """What the figures were measured on, in a line."""
    import platform

    return f"{os.cpu_count()} cores ({platform.machine()}), {platform.system()}, Python {platform.python_version()}"
