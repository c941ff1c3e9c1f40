"""Time fmvault alone on vaults of growing size: is its time linear, and what does it hold in memory?

python -m benchmarks.scale --notes 1000 6571 20000 100000 --runs 3
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.check import CONTENDERS, score
from benchmarks.costs import machine, middle, run, table
from benchmarks.generate import write
from benchmarks.shape import Shape
from benchmarks.text import Fault


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a Markdown table, one row a size and set of rules."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description="Time fmvault on growing vaults.")
    parser.add_argument("--notes", type=int, nargs="+", default=[1000, 6571, 20_000, 100_000], help="%(default)s")
    parser.add_argument("--seed", type=int, default=Shape.seed)
    parser.add_argument("--runs", type=int, default=3, help="timed runs of each size (%(default)s)")
    parser.add_argument("--markdown", type=Path, help="a file for the table, which is printed as well")
    options = parser.parse_args(arguments)
    rows = [["notes", "MB", "links", "rules", "wall s", "µs a note", "CPU s", "peak MB", "KB a note", "found"]]
    for notes in options.notes:
        with tempfile.TemporaryDirectory(prefix="fmvault-benchmark-") as folder:
            work = Path(folder).resolve()
            vault, output = work / "vault", work / "printed"
            faults: list[Fault] = []
            truth = write(Shape(notes=notes, seed=options.seed), vault, faults.append)
            for contender in CONTENDERS:
                if contender.tool != "fmvault" or contender.places is None:
                    continue
                command = contender.command(vault, work)
                cost = middle([run(command, work, output) for _ in range(options.runs + 1)][1:])
                scored = score(contender.places(output.read_text(encoding="utf-8"), vault), faults)
                rows.append(
                    [
                        f"{notes:,}",
                        f"{truth.bytes / 1e6:.1f}",
                        f"{truth.links:,}",
                        contender.title.partition(", ")[2].removesuffix(" rules"),
                        f"{cost.wall:.2f}",
                        f"{cost.wall / notes * 1e6:.0f}",
                        f"{cost.cpu:.2f}",
                        f"{cost.peak / 1e6:.0f}",
                        f"{cost.peak / notes / 1e3:.1f}",
                        f"{scored.found.total():,} of {len(faults):,}, {scored.false:,} false",
                    ]
                )
                print(" | ".join(rows[-1]), file=sys.stderr)
    text = f"Median of {options.runs} runs on {machine()}:\n\n{table(rows)}"
    print(text)
    if options.markdown:
        options.markdown.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
