"""Write a vault of any size, and beside it what is wrong with it.

    python -m benchmarks.generate OUT --notes 6571 --seed 1

The same arguments give the same bytes. What a note is called, where it lies, and which headings and block ids it has
follow from its number alone, so a link can be made to a note that is not written yet, and no more than one note is held
in memory. Names are unique whatever their case and punctuation, and nothing is wrong but what is counted in
``OUT.json``: links to notes, headings, blocks and attachments that are not there.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.shape import Shape
from benchmarks.text import RULES, Fault, GeneratedNote, written

SYNTAXES = ("wikilink", "markdown", "property")


@dataclass
class Truth:
    """What a generated vault holds. ``links`` counts internal links and embeds; ``broken`` is by rule."""

    notes: int = 0
    attachments: int = 0
    folders: int = 0
    bytes: int = 0
    links: int = 0
    links_by_syntax: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SYNTAXES, 0))
    embeds: int = 0
    broken: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RULES, 0))
    broken_by_syntax: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SYNTAXES, 0))

    def add(self, note: GeneratedNote, size: int) -> None:
        """Count one more note."""
        self.notes += 1
        self.attachments += len(note.attachments)
        self.bytes += size
        for syntax, number in note.links.items():
            if syntax == "embed":
                self.embeds += number
            else:
                self.links += number
                self.links_by_syntax[syntax] += number
        for fault in note.faults:
            self.broken[fault.rule] += 1
            self.broken_by_syntax[fault.syntax] += 1


def write(shape: Shape, out: Path, each: Callable[[Fault], None] = lambda fault: None) -> Truth:
    """Write the vault into ``out``, and what it holds into ``out`` + ``.json``. ``each`` is handed every fault."""
    truth = Truth(folders=len(shape.folders))
    for note in _files(shape, out):
        truth.add(note, len(note.text.encode()))
        for fault in note.faults:
            each(fault)
    described = {"version": 1, "arguments": asdict(shape), **asdict(truth)}
    out.with_name(f"{out.name}.json").write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
    return truth


def _files(shape: Shape, out: Path) -> Iterator[GeneratedNote]:
    """Write the vault into ``out``, which must not be there or be empty, giving each note once it is written."""
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty")
    (out / ".obsidian").mkdir(parents=True)
    (out / ".obsidian/app.json").write_text("{}\n", encoding="utf-8")
    made = {""}
    root = f"{out}/"
    for note in written(shape):
        for path in (note.path, *note.attachments):
            folder = path.rpartition("/")[0]
            if folder not in made:
                os.makedirs(root + folder, exist_ok=True)
                made.add(folder)
        with open(root + note.path, "wb", buffering=0) as file:
            file.write(note.text.encode())
        for path in note.attachments:
            open(root + path, "wb").close()
        yield note


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a vault as the command line asks."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description="Write a vault of any size.")
    parser.add_argument(
        "out", type=Path, help="the folder to write, not there yet or empty; OUT.json says what it holds"
    )
    parser.add_argument("--notes", type=int, default=Shape.notes, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=Shape.seed, help="default: %(default)s")
    parser.add_argument(
        "--links-per-note", type=float, default=Shape.links_per_note, help="mean number of wikilinks (%(default)s)"
    )
    parser.add_argument(
        "--broken", type=float, default=Shape.broken, help="share of links that are broken (%(default)s)"
    )
    parser.add_argument("--words", type=int, default=Shape.words, help="mean length of a note (%(default)s)")
    options = vars(parser.parse_args(arguments))
    out: Path = options.pop("out")
    try:
        shape = Shape(**options)
        truth = write(shape, out)
    except (ValueError, FileExistsError) as error:
        parser.error(str(error))
    broken = ", ".join(f"{number} {rule}" for rule, number in truth.broken.items())
    print(f"{out}: {truth.notes:,} notes, {truth.bytes / 1e6:.1f} MB, {truth.links:,} links; {broken}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
